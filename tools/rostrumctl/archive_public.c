/* rostrumctl archive export ROOT --public: the sessions that were public, each as it is, and why the others stay. */
#include "common/base/text.h"
#include "common/evidence/class.h"
#include "recorder/archive/custody/list.h"
#include "tools/rostrumctl/archive_priv.h"
#include "tools/rostrumctl/transfer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum outcome {
	EXPORTED,
	THERE, /* by an earlier run */
	NOT_PUBLIC,
	NOT_KNOWN, /* of what class it was */
	NOT_CLOSED,
	NOT_GOOD,
	OUTCOMES,
};

static const struct {
	const char *key;
	const char *text;
} outcomes[OUTCOMES] = {
	[EXPORTED] = { "exported", "exported" },
	[THERE] = { "there", "there already" },
	[NOT_PUBLIC] = { "not_public", "left out: not public" },
	[NOT_KNOWN] = { "not_known", "left out: session.json does not say before whom it sat" },
	[NOT_CLOSED] = { "not_closed", "left out: still being recorded, or cut off" },
	[NOT_GOOD] = { "not_good", "left out" },
};

struct leaving {
	const struct options *options;
	json_t *sessions;
	uint64_t counts[OUTCOMES];
	uint64_t octets;
};

static void note(
	struct leaving *leaving, const char *session, enum outcome outcome, const char *why)
{
	leaving->counts[outcome]++;
	if (leaving->options->json) {
		json_t *item = json_pack(
			"{s:s, s:s}", "session", session, "outcome", outcomes[outcome].key);
		if (why != NULL)
			(void)json_object_set_new(item, "why", json_string(why)); /* as below */
		(void)json_array_append_new(
			leaving->sessions, item); /* a lack of memory shows when it is printed */
		return;
	}
	(void)printf("%s: %s%s%s\n", session, outcomes[outcome].text, why != NULL ? ": " : "",
		why != NULL ? why : "");
}

static void take(struct leaving *leaving, const char *session, const char *from)
{
	struct transfer_summary summary;
	struct stat st;
	char to[ARCHIVE_PATH_MAX];
	char error[TRANSFER_ERROR_LEN] = "";
	if (rs_format(to, sizeof(to), "%s/%s", leaving->options->to, session) < 0) {
		note(leaving, session, NOT_GOOD, strerror(ENAMETOOLONG));
		return;
	}
	if (lstat(to, &st) == 0) {
		note(leaving, session, THERE, NULL);
		return;
	}
	if (transfer_copy(from, to, &summary, error) < 0) {
		note(leaving, session, NOT_GOOD, error);
		return;
	}
	leaving->octets += summary.octets;
	note(leaving, session, EXPORTED, NULL);
}

static void judge(void *ctx, const struct archive_item *item)
{
	struct leaving *leaving = ctx;
	char from[ARCHIVE_PATH_MAX];
	char class[CLASS_LEN];
	if (rs_format(from, sizeof(from), "%s/%s", leaving->options->directory, item->session) < 0)
		note(leaving, item->session, NOT_GOOD, strerror(ENAMETOOLONG));
	else if (class_read(from, class) < 0)
		note(leaving, item->session, NOT_KNOWN, NULL);
	else if (strcmp(class, CLASS_PUBLIC) != 0)
		note(leaving, item->session, NOT_PUBLIC, NULL);
	else if (!item->closed)
		note(leaving, item->session, NOT_CLOSED, NULL);
	else
		take(leaving, item->session, from);
}

static int sum_up(struct leaving *leaving)
{
	if (leaving->options->json) {
		json_t *json = json_pack("{s:s, s:O, s:I}", "to", leaving->options->to, "sessions",
			leaving->sessions, "octets", (json_int_t)leaving->octets);
		for (size_t i = 0; i < OUTCOMES; i++)
			(void)json_object_set_new(json, outcomes[i].key,
				json_integer((json_int_t)leaving->counts[i])); /* as above */
		return archive_print(json);
	}
	(void)printf("%" PRIu64 " sessions exported, %" PRIu64 " octets; %" PRIu64
		     " there already; left out: %" PRIu64 " not public, %" PRIu64
		     " of no known class, %" PRIu64 " not closed, %" PRIu64 " not good\n",
		leaving->counts[EXPORTED], leaving->octets, leaving->counts[THERE],
		leaving->counts[NOT_PUBLIC], leaving->counts[NOT_KNOWN],
		leaving->counts[NOT_CLOSED], leaving->counts[NOT_GOOD]);
	return 0;
}

int archive_export_public(const struct options *options)
{
	struct leaving leaving = { .options = options, .sessions = json_array() };
	int err = mkdir(options->to, 0755) < 0 && errno != EEXIST ? -errno : 0;
	const char *at_fault = err < 0 ? options->to : options->directory;
	if (err == 0)
		err = archive_list(options->directory, judge, &leaving);
	const int status = err == 0 ? sum_up(&leaving) : archive_complain(at_fault, err);
	json_decref(leaving.sessions);
	return leaving.counts[NOT_GOOD] > 0 || leaving.counts[NOT_KNOWN] > 0 ? 1 : status;
}
