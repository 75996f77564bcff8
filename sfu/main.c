/* rostrum-sfu: relays the media of meetings. Reads its configuration, makes a certificate, runs the
 * loop until told to stop. */
#include "common/base/text.h"
#include "common/config/config.h"
#include "common/log/log.h"
#include "sfu/io/io.h"
#include "sfu/plain/plain.h"
#include "sfu/router/router.h"
#include "sfu/srtp/srtp.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#define PROGRAM "rostrum-sfu"

static const struct config_key keys[] = {
	{ "node.name", CONFIG_TEXT, "sfu-1", 0, 0, "name of this node in reports and logs" },
	{ "log.level", CONFIG_TEXT, "info", 0, 0, "error, warning, info or debug" },
	{ "control.socket", CONFIG_TEXT, "/run/rostrum/control.sock", 0, 0,
		"Unix socket signaling listens on" },
	{ "tap.socket", CONFIG_TEXT, "/run/rostrum/tap.sock", 0, 0,
		"Unix socket recorders connect to; empty = none" },
	{ "media.addresses", CONFIG_LIST, "127.0.0.1", 0, 0,
		"IP addresses to receive and send media by" },
	{ "media.port", CONFIG_INT, "0", 0, 65535,
		"UDP port of the first worker at each address, the next ones those of the others; 0 = any free ones" },
	{ "media.workers", CONFIG_INT, "0", 0, ROUTER_WORKERS_MAX,
		"threads for media, a UDP port each; 0 = one for each core" },
	{ "media.announce", CONFIG_LIST, "", 0, 0,
		"addresses clients are told instead, IP or IP:port, when the machine is behind a NAT" },
	{ "media.tcp", CONFIG_BOOL, "true", 0, 0,
		"listen for ICE-TCP, for clients whose network lets no UDP through" },
	{ "media.tcp_port", CONFIG_INT, "0", 0, 65535,
		"TCP port at each address; 0 = the number of the UDP port" },
	{ "media.socket_buffer", CONFIG_INT, "4194304", 65536, 268435456,
		"octets asked for as each socket's receive and send buffer" },
	{ "plain", CONFIG_TABLE, "[]", 0, PLAIN_MAX,
		"streams of RTP or SRTP without ICE and DTLS, each an object", plain_keys,
		PLAIN_KEYS },
	{ "limits.meetings", CONFIG_INT, "128", 1, 1088,
		"most meetings; the test of a line is one, too" },
	/* The whole desired state of so many fits one control message. */
	{ "limits.peers", CONFIG_INT, "1024", 1, 2000,
		"most peers: browsers, boxes, WHIP and WHEP" },
	{ "limits.tcp_connections", CONFIG_INT, "512", 1, 4096, "most ICE-TCP connections" },
	{ "limits.recorders", CONFIG_INT, "4", 1, 64, "most recorders connected to the tap" },
};

/* What the loop needs to stop. */
struct program {
	struct io *io;
	uv_signal_t signals[2];
};

static int complain(const char *text)
{
	(void)fprintf(stderr, PROGRAM ": %s\n", text);
	return 1;
}

static int bad_address(const char *key, const char *text, const char *why)
{
	(void)fprintf(stderr, PROGRAM ": %s: \"%s\" %s\n", key, text, why);
	return -1;
}

/* The addresses of a list; `port` for those without one. 0 or -1, then the error was printed. */
static int addresses(const struct config *config, const char *key, uint16_t port, bool with_port,
	struct rs_addr *out, size_t *out_n)
{
	const size_t n = config_list_len(config, key);
	for (size_t i = 0; i < n; i++) {
		const char *text = config_list_at(config, key, i);
		const size_t len = strlen(text);
		if (i == IO_ADDRESSES_MAX)
			return bad_address(key, text, "is one address too many");
		if (rs_addr_parse_ip(text, len, port, &out[i]) < 0 &&
			(!with_port || rs_addr_parse(text, len, &out[i]) < 0))
			return bad_address(key, text, "is not an IP address");
	}
	*out_n = n;
	return 0;
}

/* Worker i listens at port + i. */
static int judge_ports(const char *key, const struct rs_addr *addresses, size_t n, unsigned workers)
{
	for (size_t i = 0; i < n; i++) {
		char text[RS_ADDR_TEXT_LEN];
		if (addresses[i].port + workers - 1 <= UINT16_MAX)
			continue;
		rs_addr_format(&addresses[i], text);
		return bad_address(key, text, "leaves no ports for all media.workers");
	}
	return 0;
}

/* What the table of keys cannot say. 0 or -1, then the error was printed. */
static int judge(const struct io_config *io)
{
	if (io->n_addresses == 0)
		return bad_address("media.addresses", "", "is empty");
	for (size_t i = 0; i < io->n_addresses; i++) {
		if (rs_addr_is_any(&io->addresses[i]) && io->n_announce == 0)
			return bad_address("media.announce", "",
				"is empty, but media.addresses holds a wildcard that no client can reach");
	}
	if (io->tcp_port + io->workers - 1 > UINT16_MAX)
		return bad_address("media.tcp_port", "", "leaves no ports for all media.workers");
	if (judge_ports("media.port", io->addresses, io->n_addresses, io->workers) < 0)
		return -1;
	return judge_ports("media.announce", io->announce, io->n_announce, io->workers);
}

static void on_signal(uv_signal_t *handle, int number)
{
	struct program *program = handle->data;
	log_info(LOG_MAIN, NULL, "stopping signal=%d", number);
	io_close(program->io);
	for (size_t i = 0; i < RS_ARRAY_LEN(program->signals); i++)
		uv_close((uv_handle_t *)&program->signals[i], NULL);
	/* Told once is enough: Ctrl-C and a supervisor say it both. */
	(void)signal(SIGTERM, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
}

static void watch_signals(uv_loop_t *loop, struct program *program)
{
	static const int numbers[] = { SIGTERM, SIGINT };
	for (size_t i = 0; i < RS_ARRAY_LEN(numbers); i++) {
		/* These fail for lack of descriptors only; the default then ends the process. */
		(void)uv_signal_init(loop, &program->signals[i]);
		(void)uv_signal_start(&program->signals[i], on_signal, numbers[i]);
		program->signals[i].data = program;
	}
}

static int run(const struct io_config *config)
{
	struct program program = { .io = NULL };
	char error[IO_ERROR_LEN];
	if (io_new(config, error, &program.io) < 0)
		return complain(error);
	watch_signals(config->loop, &program);
	log_info(LOG_MAIN, NULL, "ready node=%s", config->node);
	(void)uv_run(config->loop, UV_RUN_DEFAULT); /* ends when on_signal() closed every handle */
	io_free(program.io);
	return 0;
}

/* The loop and the certificate around a run. */
static int run_with(struct io_config *io)
{
	uv_loop_t loop;
	struct dtls_identity *identity = NULL;
	if (crypt_start() < 0 || dtls_identity_new(rs_clock_wall_us() / 1000000, &identity) < 0)
		return complain("a certificate cannot be made");
	if (uv_loop_init(&loop) < 0) {
		dtls_identity_free(identity);
		return complain("an event loop cannot be made");
	}
	io->loop = &loop;
	io->identity = identity;
	const int status = run(io);
	(void)uv_loop_close(&loop); /* every handle is closed */
	dtls_identity_free(identity);
	return status;
}

/* With the streams that are not told by signaling. */
static int run_plain(const struct config *config, struct io_config *io)
{
	struct plain_spec plain[PLAIN_MAX];
	char error[PLAIN_ERROR_LEN];
	int status = 1;
	if (plain_read(config, "plain", plain, &io->n_plain, error) < 0) {
		(void)complain(error);
	} else {
		io->plain = plain;
		status = run_with(io);
	}
	rs_wipe(plain, sizeof(plain));
	return status;
}

static unsigned workers_of(const struct config *config)
{
	const unsigned wanted = (unsigned)config_int(config, "media.workers");
	const unsigned cores = uv_available_parallelism();
	const unsigned most = cores < ROUTER_WORKERS_MAX ? cores : ROUTER_WORKERS_MAX;
	return wanted > 0 ? wanted : most;
}

static int start(const struct config *config)
{
	enum log_level level = LOG_INFO;
	if (log_level_parse(config_text(config, "log.level"), &level) < 0)
		return complain("log.level: error, warning, info or debug is expected");
	log_init(level, NULL, NULL);

	struct rs_addr bound[IO_ADDRESSES_MAX];
	struct rs_addr announced[IO_ADDRESSES_MAX];
	struct io_config io = {
		.node = config_text(config, "node.name"),
		.control_path = config_text(config, "control.socket"),
		.tap_path = config_text(config, "tap.socket"),
		.addresses = bound,
		.announce = announced,
		.workers = workers_of(config),
		.meetings = (size_t)config_int(config, "limits.meetings"),
		.peers = (size_t)config_int(config, "limits.peers"),
		.tcp_connections = config_bool(config, "media.tcp")
					   ? (size_t)config_int(config, "limits.tcp_connections")
					   : 0,
		.tcp_port = (uint16_t)config_int(config, "media.tcp_port"),
		.taps = (size_t)config_int(config, "limits.recorders"),
		.socket_buffer = (int)config_int(config, "media.socket_buffer"),
	};
	const uint16_t media_port = (uint16_t)config_int(config, "media.port");
	if (addresses(config, "media.addresses", media_port, false, bound, &io.n_addresses) < 0 ||
		addresses(config, "media.announce", 0, true, announced, &io.n_announce) < 0 ||
		judge(&io) < 0)
		return 1;
	return run_plain(config, &io);
}

int main(int argc, char **argv)
{
	struct config *config = NULL;
	(void)signal(SIGPIPE, SIG_IGN); /* a log reader that goes away ends nothing */
	switch (config_start(PROGRAM, keys, RS_ARRAY_LEN(keys), argc, argv, &config)) {
	case CONFIG_EXIT_OK:
		return 0;
	case CONFIG_EXIT_FAIL:
		return 1;
	case CONFIG_START:
		break;
	}
	const int status = start(config);
	config_free(config);
	return status;
}
