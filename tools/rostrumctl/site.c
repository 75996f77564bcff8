#include "tools/rostrumctl/site.h"

#include "common/base/time.h"
#include "tools/rostrumctl/remote.h"

#include <jansson.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_MAX_LEN 256
#define PRESET_HOURS 168
#define HOUR_S 3600
#define FAILED 1
#define MISUSED 2

static int misuse(const char *usage)
{
	(void)fprintf(stderr, "usage: rostrumctl %s [--json] [--base URL] [--state DIR]\n", usage);
	return MISUSED;
}

static bool word_is(const struct remote_options *options, size_t i, const char *text)
{
	return i < options->n_words && strcmp(options->words[i], text) == 0;
}

/* --- meeting open|close ID --- */

int site_meeting(int argc, char **argv)
{
	struct remote_options options;
	char path[PATH_MAX_LEN];
	if (remote_options_parse(argc, argv, &options) < 0 || options.n_words != 2 ||
		(!word_is(&options, 0, "open") && !word_is(&options, 0, "close")) ||
		!rs_name_valid(options.words[1], strlen(options.words[1])))
		return misuse("meeting open|close ID");
	(void)snprintf(
		path, sizeof(path), "/api/meetings/%s/%s", options.words[1], options.words[0]);
	json_t *answer = remote_ask(&options, path, "", 0);
	if (answer == NULL)
		return FAILED;
	if (options.json)
		return remote_print_json(answer);
	(void)printf("Meeting \"%s\": %s, event %lld.\n", options.words[1],
		word_is(&options, 0, "open") ? "open" : "closed",
		(long long)json_integer_value(json_object_get(answer, "event")));
	json_decref(answer);
	return 0;
}

/* --- token --- */

static void copy_name(char *out, size_t cap, const char *text)
{
	(void)rs_copy_text(
		out, cap, text, strlen(text)); /* what is cut is judged by auth_issue() */
}

/* A delegate's badge is by custom the delegation's name, that of the others their role's. */
static const char *badge_of(const struct remote_options *options)
{
	if (options->badge != NULL)
		return options->badge;
	return options->delegation != NULL ? options->delegation : options->role;
}

static int make_claims(const struct remote_options *options, struct claims *claims)
{
	const int64_t hours = options->hours > 0 ? options->hours : PRESET_HOURS;
	*claims = (struct claims){ .badge = "" };
	if (options->role == NULL || role_parse(options->role, &claims->role) < 0 ||
		(options->meeting == NULL && claims->role != ROLE_ADMIN))
		return -EINVAL;
	copy_name(claims->badge, sizeof(claims->badge), badge_of(options));
	if (options->meeting != NULL)
		copy_name(claims->meeting, sizeof(claims->meeting), options->meeting);
	if (options->delegation != NULL)
		copy_name(claims->delegation, sizeof(claims->delegation), options->delegation);
	if (options->name != NULL)
		copy_name(claims->name, sizeof(claims->name), options->name);
	claims->expires_s = rs_clock_wall_us() / 1000000 + hours * HOUR_S;
	return 0;
}

int site_token(int argc, char **argv)
{
	struct remote_options options;
	struct claims claims;
	char token[AUTH_TOKEN_LEN];
	struct auth *auth = NULL;
	if (remote_options_parse(argc, argv, &options) < 0 || options.n_words != 0 ||
		make_claims(&options, &claims) < 0)
		return misuse(
			"token --meeting M --role R [--delegation D] [--badge B] [--name N] [--hours H]");
	if (remote_auth(&options, &auth) < 0)
		return FAILED;
	const int err = auth_issue(auth, &claims, rs_clock_wall_us() / 1000000, token);
	auth_free(auth);
	if (err < 0) {
		(void)fprintf(stderr,
			"rostrumctl token: meeting, badge and delegation are names of 1 to 64 of [A-Za-z0-9_-]\n");
		return FAILED;
	}
	if (options.json)
		return remote_print_json(json_pack("{s:s, s:s, s:s, s:s, s:I}", "token", token,
			"meeting", claims.meeting, "badge", claims.badge, "role",
			role_name(claims.role), "expires", (json_int_t)claims.expires_s));
	(void)printf("%s\n", token);
	return 0;
}

/* --- node list --- */

static void print_node(const json_t *node)
{
	const char *kind = json_string_value(json_object_get(node, "kind"));
	const char *name = json_string_value(json_object_get(node, "node"));
	const char *instance = json_string_value(json_object_get(node, "instance"));
	(void)printf("%-10s %-20s %s%s\n", kind != NULL ? kind : "?", name != NULL ? name : "?",
		instance != NULL ? instance : "",
		json_is_true(json_object_get(node, "draining")) ? "  draining" : "");
}

static int print_nodes(const struct remote_options *options, json_t *answer)
{
	if (answer == NULL)
		return FAILED;
	if (options->json)
		return remote_print_json(answer);
	const json_t *nodes = json_object_get(answer, "nodes");
	for (size_t i = 0; i < json_array_size(nodes); i++)
		print_node(json_array_get(nodes, i));
	json_decref(answer);
	return 0;
}

/* --- node timeline --- */

/* Names and numbers only: nothing has to be quoted. */
static void print_records(const json_t *peer)
{
	const char *name = json_string_value(json_object_get(peer, "peer"));
	const json_t *records = json_object_get(peer, "records");
	for (size_t i = 0; i < json_array_size(records); i++) {
		const json_t *record = json_array_get(records, i);
		const char *way = json_string_value(json_array_get(record, 1));
		const char *kind = json_string_value(json_array_get(record, 2));
		(void)printf("%s,%lld,%s,%s", name != NULL ? name : "",
			(long long)json_integer_value(json_array_get(record, 0)),
			way != NULL ? way : "", kind != NULL ? kind : "");
		for (size_t at = 3; at < 6; at++)
			(void)printf(
				",%lld", (long long)json_integer_value(json_array_get(record, at)));
		(void)printf("\n");
	}
}

static int show_timeline(const struct remote_options *options)
{
	char path[PATH_MAX_LEN];
	const char *meeting = options->words[1];
	const char *badge = options->words[2];
	if (!rs_name_valid(meeting, strlen(meeting)) || !rs_name_valid(badge, strlen(badge)))
		return misuse("node timeline MEETING BADGE");
	(void)snprintf(path, sizeof(path), "/api/meetings/%s/timeline/%s", meeting, badge);
	json_t *answer = remote_ask(options, path, NULL, 0);
	if (answer == NULL)
		return FAILED;
	if (options->json)
		return remote_print_json(answer);
	const json_t *peers = json_object_get(answer, "peers");
	(void)printf("peer,time_us,direction,kind,ssrc,seq,size\n");
	for (size_t i = 0; i < json_array_size(peers); i++)
		print_records(json_array_get(peers, i));
	json_decref(answer);
	return 0;
}

/* Empty a media server, or let it serve again. */
static int steer_node(const struct remote_options *options)
{
	char path[PATH_MAX_LEN];
	(void)snprintf(
		path, sizeof(path), "/api/nodes/%s/%s", options->words[1], options->words[0]);
	return print_nodes(options, remote_ask(options, path, "", 0));
}

int site_node(int argc, char **argv)
{
	struct remote_options options;
	const int err = remote_options_parse(argc, argv, &options);
	if (err == 0 && options.n_words == 1 && word_is(&options, 0, "list"))
		return print_nodes(&options, remote_ask(&options, "/api/nodes", NULL, 0));
	if (err == 0 && options.n_words == 2 &&
		(word_is(&options, 0, "drain") || word_is(&options, 0, "serve")) &&
		rs_name_valid(options.words[1], strlen(options.words[1])))
		return steer_node(&options);
	if (err == 0 && options.n_words == 3 && word_is(&options, 0, "timeline"))
		return show_timeline(&options);
	return misuse("node list | node drain|serve NAME | node timeline MEETING BADGE");
}
