/* rostrum-signaling: the authority on the meetings. Reads its configuration, opens the store, binds its sockets and
 * serves until SIGTERM. */
#include "common/config/config.h"
#include "common/log/log.h"
#include "signaling/io/io.h"
#include "signaling/sdp/sdp.h"
#include "signaling/store/store.h"
#include "signaling/turn/turn.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PROGRAM "rostrum-signaling"
#define RULES_FILE_MAX ((size_t)1 << 20)

static const struct config_key keys[] = {
	{ "log.level", CONFIG_TEXT, "info", 0, 0, "error, warning, info or debug" },
	{ "listen", CONFIG_LIST, "127.0.0.1:8080", 0, 0, "ADDR:PORT to serve at, at most 8" },
	{ "tls.certificate", CONFIG_TEXT, "", 0, 0, "PEM file; empty = plain HTTP" },
	{ "tls.key", CONFIG_TEXT, "", 0, 0, "PEM file with its private key" },
	{ "state.dir", CONFIG_TEXT, "/var/lib/rostrum", 0, 0,
		"folder of the meetings and the signing key" },
	{ "control.socket", CONFIG_TEXT, "/run/rostrum/control.sock", 0, 0,
		"Unix socket for SFUs and recorders" },
	{ "archive.directory", CONFIG_TEXT, "", 0, 0,
		"folder of recordings that the archive page shows; empty = none" },
	{ "archive.look_s", CONFIG_INT, "60", 1, 86400,
		"seconds between two looks through that folder" },
	{ "webcast.directory", CONFIG_TEXT, "", 0, 0,
		"folder of what rostrum-webcast makes of public meetings; empty = no webcast" },
	{ "rules.dir", CONFIG_TEXT, "/usr/share/rostrum/rules", 0, 0,
		"folder of rules profiles, NAME.json" },
	{ "web.root", CONFIG_TEXT, "/usr/share/rostrum/web", 0, 0, "folder of the built pages" },
	{ "web.base", CONFIG_TEXT, "", 0, 0,
		"this site's address in join links; empty = as asked" },
	{ "web.origins", CONFIG_LIST, "", 0, 0,
		"other sites whose pages may open the WebSocket, at most 16" },
	{ "token.hours", CONFIG_INT, "168", 1, 87600, "hours that tokens of an import live" },
	{ "ice.stun", CONFIG_LIST, "", 0, 0,
		"stun:host:port told to pages, WHIP and WHEP clients" },
	{ "ice.turn", CONFIG_LIST, "", 0, 0, "turn: and turns: URLs of TURN servers told to them" },
	{ "ice.turn_secret", CONFIG_TEXT, "", 0, 0,
		"file with the secret shared with the TURN servers; needed with ice.turn" },
	{ "ice.turn_hours", CONFIG_INT, "12", 1, 168, "hours that TURN credentials live" },
	{ "webhooks.hosts", CONFIG_LIST, "", 0, 0,
		"hosts that webhooks may be sent to although their addresses are not public, at most 32" },
	{ "limits.connections", CONFIG_INT, "8192", 16, 60000, "TCP connections" },
	{ "limits.sessions", CONFIG_INT, "4096", 1, 60000, "WebSockets" },
	{ "limits.peers", CONFIG_INT, "1024", 1, 60000, "media peers" },
	{ "limits.nodes", CONFIG_INT, "16", 1, 256, "SFUs and recorders" },
	{ "limits.meetings", CONFIG_INT, "64", 1, 1024, "meetings" },
	{ "limits.outbox_messages", CONFIG_INT, "4096", 8, 65536, "messages waiting for one page" },
	{ "limits.outbox_octets", CONFIG_INT, "4194304", 65536, 1073741824,
		"octets waiting for one page" },
	{ "limits.media_per_badge", CONFIG_INT, "8", 1, 60000,
		"WHIP and WHEP sessions of one badge" },
	{ "limits.media_per_address", CONFIG_INT, "64", 1, 60000,
		"WHIP and WHEP sessions from one address" },
	{ "limits.line_tests", CONFIG_INT, "8", 1, 64,
		"tests of lines before a call at a time, each some Mbit/s for some seconds" },
	{ "limits.document_octets", CONFIG_INT, "67108864", 1024, 1073741824,
		"octets of one document of an agenda item" },
	{ "limits.documents_octets", CONFIG_INT, "1073741824", 1024, 1099511627776,
		"octets of all documents of one meeting" },
	{ "limits.requests_per_bearer", CONFIG_INT, "50", 1, 60000,
		"REST requests a second of one token's bearer, twice as many at once" },
	{ "limits.requests_per_address", CONFIG_INT, "200", 1, 60000,
		"REST requests a second from one address, twice as many at once" },
};

/* Everything main() makes and takes down again. */
struct program {
	struct config *config;
	struct rs_rand rand;
	struct auth *auth;
	uint8_t lot_secret[RS_SHA256_LEN];
	struct io *io;
	struct store *store;
	struct service *service;
	struct turn turn;
	char documents[4096]; /* folder of the documents */
	char catalogue[4096]; /* file of what the archive has */
	char error[512];
};

static void derive(void *ctx, const char *label, uint8_t out[RS_SHA256_LEN])
{
	auth_derive(ctx, label, out);
}

static int verify(void *ctx, const char *token, int64_t wall_ms, struct claims *out_claims)
{
	return auth_verify(ctx, token, wall_ms, out_claims);
}

static int list_of(const struct config *config, const char *key, size_t max, const char **out,
	size_t *out_n, char error[512])
{
	*out_n = config_list_len(config, key);
	if (*out_n > max) {
		(void)snprintf(error, 512, "key \"%s\": at most %zu are expected", key, max);
		return -EINVAL;
	}
	for (size_t i = 0; i < *out_n; i++)
		out[i] = config_list_at(config, key, i);
	return 0;
}

static size_t limit(const struct config *config, const char *key)
{
	return (size_t)config_int(config, key); /* the table keeps it positive */
}

/* --- Parts, in the order in which they are made --- */

static int make_log(struct program *program)
{
	enum log_level level;
	const char *name = config_text(program->config, "log.level");
	if (log_level_parse(name, &level) < 0) {
		(void)snprintf(program->error, sizeof(program->error),
			"key \"log.level\": error, warning, info or debug is expected");
		return -EINVAL;
	}
	log_init(level, NULL, NULL);
	return 0;
}

/* A file of the state directory. */
static int state_path(struct program *program, const char *name, char out[4096])
{
	return rs_format(out, 4096, "%s/%s", config_text(program->config, "state.dir"), name);
}

static int make_auth(struct program *program)
{
	uint8_t secret[AUTH_SECRET_LEN];
	char path[4096];
	const char *folder = config_text(program->config, "state.dir");
	if (mkdir(folder, 0750) < 0 && errno != EEXIST) {
		(void)snprintf(program->error, sizeof(program->error),
			"%.200s: %s (key \"state.dir\")", folder, strerror(errno));
		return -EIO;
	}
	int err = state_path(program, "token.key", path);
	if (err == 0)
		err = auth_secret_load(path, &program->rand, secret, program->error);
	if (err == 0)
		rs_hmac_sha256(secret, sizeof(secret), "lots", 4, program->lot_secret);
	if (err == 0)
		err = auth_new(
			secret, config_int(program->config, "token.hours") * 3600, &program->auth);
	rs_wipe(secret, sizeof(secret));
	return err;
}

static int turn_list(
	struct program *program, const char *key, bool of_turn, const char **out, size_t *out_n)
{
	int err = list_of(program->config, key, TURN_URLS_MAX, out, out_n, program->error);
	for (size_t i = 0; i < *out_n && err == 0; i++) {
		if (turn_url_valid(out[i], of_turn))
			continue;
		(void)snprintf(program->error, sizeof(program->error),
			"%s: \"%.200s\" is not a %s URL", key, out[i], of_turn ? "TURN" : "STUN");
		err = -EINVAL;
	}
	return err;
}

static int make_turn(struct program *program)
{
	struct turn *turn = &program->turn;
	char text[TURN_SECRET_MAX + 2];
	int err = turn_list(program, "ice.stun", false, turn->stun, &turn->n_stun);
	if (err == 0)
		err = turn_list(program, "ice.turn", true, turn->turn, &turn->n_turn);
	if (err < 0 || turn->n_turn == 0)
		return err;
	turn->lifetime_s = config_int(program->config, "ice.turn_hours") * 3600;
	const char *path = config_text(program->config, "ice.turn_secret");
	FILE *file = fopen(path, "rbe");
	const size_t len = file != NULL ? fread(text, 1, sizeof(text), file) : 0;
	if (file == NULL || ferror(file) != 0 || turn_secret_read(text, len, turn) < 0) {
		(void)snprintf(program->error, sizeof(program->error),
			"ice.turn_secret: \"%.200s\" holds no secret that can be read", path);
		err = -EINVAL;
	}
	if (file != NULL)
		(void)fclose(file); /* read only */
	rs_wipe(text, sizeof(text));
	return err;
}

static int make_io(struct program *program)
{
	const struct config *config = program->config;
	struct io_config io = {
		.certificate = config_text(config, "tls.certificate"),
		.key = config_text(config, "tls.key"),
		.control_socket = config_text(config, "control.socket"),
		.web_root = config_text(config, "web.root"),
		.web_base = config_text(config, "web.base"),
		.limits = {
			.connections = limit(config, "limits.connections"),
			.sessions = limit(config, "limits.sessions"),
			.peers = limit(config, "limits.peers"),
			.nodes = limit(config, "limits.nodes"),
			.outbox_messages = limit(config, "limits.outbox_messages"),
			.outbox_octets = limit(config, "limits.outbox_octets"),
			.media_per_badge = limit(config, "limits.media_per_badge"),
			.media_per_address = limit(config, "limits.media_per_address"),
			.requests_per_bearer =
				(uint32_t)limit(config, "limits.requests_per_bearer"),
			.requests_per_address =
				(uint32_t)limit(config, "limits.requests_per_address"),
			.document_octets = limit(config, "limits.document_octets"),
		},
		.documents = program->documents,
		.archive = config_text(config, "archive.directory"),
		.catalogue = program->catalogue,
		.webcast = config_text(config, "webcast.directory"),
		.archive_look_ms = (uint64_t)config_int(config, "archive.look_s") * 1000,
		.turn = &program->turn,
		.auth = program->auth,
		.rand = &program->rand,
	};
	int err = state_path(program, "documents", program->documents);
	if (err == 0)
		err = state_path(program, "archive.db", program->catalogue);
	if (err == 0)
		err = list_of(
			config, "listen", IO_LISTEN_MAX, io.listen, &io.n_listen, program->error);
	if (err == 0)
		err = list_of(config, "webhooks.hosts", IO_HOOK_HOSTS_MAX, io.hook_hosts,
			&io.n_hook_hosts, program->error);
	if (err == 0)
		err = list_of(config, "web.origins", IO_ORIGINS_MAX, io.origins, &io.n_origins,
			program->error);
	if (err == 0)
		err = make_turn(program);
	return err < 0 ? err : io_new(&io, &program->io, program->error);
}

static int make_store(struct program *program)
{
	char path[4096];
	const int err = state_path(program, "meetings.db", path);
	return err < 0 ? err
		       : store_sqlite_open(
				 path, io_wake, program->io, &program->store, program->error);
}

static int make_service(struct program *program)
{
	struct service_config service = {
		.store = program->store,
		.rand = &program->rand,
		.limits = service_limits_default,
		.hello_timeout = RS_SEC(10),
		.lost_grace = RS_SEC(20),
		.media_grace = RS_SEC(2),
		.verify = verify,
		.verify_ctx = program->auth,
		.derive = derive,
		.derive_ctx = program->auth,
		.ballot_dir = config_text(program->config, "state.dir"),
		.answer = sdp_answer,
		.turn = &program->turn,
		.archive = config_text(program->config, "archive.directory")[0] != '\0',
	};
	memcpy(service.lot_secret, program->lot_secret, sizeof(service.lot_secret));
	service.limits.sessions = limit(program->config, "limits.sessions");
	service.limits.peers = limit(program->config, "limits.peers");
	service.limits.line_tests = limit(program->config, "limits.line_tests");
	service.limits.nodes = limit(program->config, "limits.nodes");
	service.limits.documents_octets = limit(program->config, "limits.documents_octets");
	service.limits.meetings = limit(program->config, "limits.meetings");
	/* A page that comes back gets what it missed at once: that must leave room in its outbox. Who missed more gets the whole view. */
	const size_t half = limit(program->config, "limits.outbox_messages") / 2;
	if (service.limits.kept_events > half)
		service.limits.kept_events = half;
	return service_new(&service, &program->service);
}

/* --- Rules profiles --- */

static int add_rules_file(struct program *program, const char *path, const char *name)
{
	char why[SERVICE_ERROR_LEN] = "";
	char *text = malloc(RULES_FILE_MAX);
	FILE *file = fopen(path, "rb");
	int err = -EIO;
	if (text != NULL && file != NULL) {
		const size_t len = fread(text, 1, RULES_FILE_MAX, file);
		if (ferror(file) == 0)
			err = service_add_rules(program->service, name, text, len, why);
	}
	if (err < 0)
		(void)snprintf(program->error, sizeof(program->error), "%.200s: %.200s", path,
			why[0] != '\0' ? why : strerror(err == -EIO ? errno : -err));
	if (file != NULL)
		(void)fclose(file); /* read only */
	free(text);
	return err;
}

/* Files are read in the order of their names, so that an error is the same each time. */
static int add_rules(struct program *program)
{
	const char *folder = config_text(program->config, "rules.dir");
	struct dirent **entries = NULL;
	const int n = scandir(folder, &entries, NULL, alphasort);
	int err = 0;
	if (n < 0) {
		(void)snprintf(program->error, sizeof(program->error),
			"%.200s: %s (key \"rules.dir\")", folder, strerror(errno));
		return -EIO;
	}
	for (int i = 0; i < n; i++) {
		char path[4096];
		char name[RS_NAME_MAX + 1];
		const char *dot = strrchr(entries[i]->d_name, '.');
		const size_t len = dot != NULL ? (size_t)(dot - entries[i]->d_name) : 0;
		if (err == 0 && dot != NULL && strcmp(dot, ".json") == 0 &&
			rs_name_valid(entries[i]->d_name, len) &&
			rs_copy_text(name, sizeof(name), entries[i]->d_name, len) &&
			rs_format(path, sizeof(path), "%s/%s", folder, entries[i]->d_name) == 0)
			err = add_rules_file(program, path, name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int start_service(struct program *program)
{
	const struct moment at = { .now = rs_clock_monotonic(),
		.wall_ms = rs_clock_wall_us() / 1000 };
	const int err = add_rules(program);
	return err < 0 ? err : service_start(program->service, at, program->error);
}

static int make(struct program *program)
{
	static int (*const steps[])(struct program * program) = { make_log, make_auth, make_io,
		make_store, make_service, start_service };
	int err = 0;
	(void)snprintf(program->error, sizeof(program->error), "out of memory");
	rs_rand_init_system(&program->rand);
	for (size_t i = 0; i < RS_ARRAY_LEN(steps) && err == 0; i++)
		err = steps[i](program);
	return err;
}

int main(int argc, char **argv)
{
	static struct program program;
	const enum config_start start =
		config_start(PROGRAM, keys, RS_ARRAY_LEN(keys), argc, argv, &program.config);
	if (start != CONFIG_START)
		return start == CONFIG_EXIT_OK ? EXIT_SUCCESS : EXIT_FAILURE;

	const int err = make(&program);
	if (err < 0)
		(void)fprintf(stderr, PROGRAM ": %s\n", program.error);
	else
		io_run(program.io, program.service);

	/* Connections are closed. The store waits for what was handed over, and wakes the loop until then. */
	store_free(program.store);
	io_free(program.io);
	service_free(program.service);
	auth_free(program.auth);
	config_free(program.config);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
