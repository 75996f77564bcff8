#include "common/evidence/leaves.h"
#include "recorder/archive/verify/verify_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct reading {
	struct verify *verify;
	struct leaves leaves;
	struct chain chain;
	uint8_t key[RS_SIGN_PUBLIC_LEN]; /* of the first head */
	bool broken;                     /* the tree cannot be followed any more */
	bool kept;                       /* the head that was kept elsewhere is there */
	uint64_t n;
};

static const char *heads_name(void)
{
	return names_place(NAMES_HEADS);
}

/* A head says where events.jsonl stood: that line must still be there, and be the same. */
static void check_events(struct reading *reading, const struct head *head)
{
	const char *sum = head->events_seq == 0
				  ? NULL
				  : json_string_value(json_array_get(
					    reading->verify->sums, (size_t)head->events_seq - 1));
	if (sum == NULL)
		verify_problem(reading->verify, names_place(NAMES_EVENTS),
			"is cut off: line %" PRIu64
			" is missing, which was there when head %" PRIu64 " was signed",
			head->events_seq, reading->n);
	else if (strcmp(sum, head->events_sum) != 0)
		verify_problem(reading->verify, names_place(NAMES_EVENTS),
			"was rewritten: line %" PRIu64 " is not the one that head %" PRIu64
			" was signed over",
			head->events_seq, reading->n);
}

static int take_head(struct reading *reading, const struct head *head)
{
	struct verify *verify = reading->verify;
	char file[NAMES_FILE_LEN] = "";
	const char *why = "";
	if (reading->n == 1)
		memcpy(reading->key, head->key, sizeof(reading->key));
	else if (memcmp(reading->key, head->key, sizeof(reading->key)) != 0)
		verify_problem(verify, heads_name(), "head %" PRIu64 " is signed by another key",
			reading->n);
	if (verify->options->key != NULL &&
		memcmp(verify->options->key, head->key, sizeof(head->key)) != 0)
		verify_problem(verify, heads_name(),
			"head %" PRIu64 " is not signed by the key that was given", reading->n);
	check_events(reading, head);
	if (reading->broken)
		return 0;
	const int err = leaves_take(&reading->leaves, head, &why, file);
	if (err == -ENOMEM)
		return err;
	if (err < 0) {
		reading->broken = true;
		verify_problem(verify, file[0] != '\0' ? file : heads_name(),
			"%s (head %" PRIu64 ")", why, reading->n);
	}
	return 0;
}

static bool is_kept(const struct verify *verify, const struct line *line)
{
	const char *head = verify->options->head;
	return head != NULL && line->whole && line->len == strlen(head) &&
	       memcmp(line->text, head, line->len) == 0;
}

/* Whoever cuts events and heads back to what was signed earlier leaves nothing that shows it. */
static void check_kept(struct reading *reading)
{
	json_error_t error;
	if (reading->verify->options->head == NULL || reading->kept)
		return;
	json_t *head = json_loads(reading->verify->options->head, 0, &error);
	verify_problem(reading->verify, heads_name(),
		"does not hold the head that was kept elsewhere (head %" JSON_INTEGER_FORMAT
		"): it was cut back, or is of another recording",
		json_integer_value(json_object_get(head, "seq")));
	json_decref(head);
}

static int read_heads(struct reading *reading, struct lines *file)
{
	struct verify *verify = reading->verify;
	struct line line;
	int err = 0;
	while (err == 0 && lines_next(file, &line) == 1) {
		struct head head;
		const char *why = "";
		reading->n++;
		reading->kept = reading->kept || is_kept(verify, &line);
		const int bad =
			head_read(&reading->chain, &line, verify->session_sha256, &head, &why);
		if (bad == -ENOMEM)
			return bad;
		if (bad == -EBADMSG && chain_is_torn(&line)) {
			verify_note(verify, heads_name(),
				"ends in the middle of a line, as a recorder killed or still writing leaves it");
		} else if (bad < 0) {
			verify_problem(
				verify, heads_name(), "head %" PRIu64 " %s", reading->n, why);
			reading->broken = true;
		} else {
			verify->report.heads++;
			err = take_head(reading, &head);
			head_done(&head);
		}
	}
	return err;
}

/* Who says whose key it has to be is not content with a line that anybody may write, unless the manifest is signed. */
static bool wants_signature(const struct verify *verify)
{
	char path[ARCHIVE_PATH_LEN];
	return verify->options->key != NULL &&
	       (names_path(verify->directory, NAMES_SIGNED, path) < 0 || access(path, F_OK) < 0);
}

/* Who repaired without the key could not sign what came after the last head: that is open, but not wrong. */
static void tell_rest(struct reading *reading, const struct leaves_file *file)
{
	char text[160];
	(void)snprintf(text, sizeof(text),
		"has %" PRIu32 " clusters that no signed head covers, from cluster %" PRIu32
		" on%s",
		file->n - file->taken, file->taken,
		reading->verify->unsigned_repair ? ": it was closed by a repair without the key"
						 : ""); /* fits */
	if (reading->verify->unsigned_repair && !wants_signature(reading->verify))
		verify_note(reading->verify, file->file, text);
	else
		verify_problem(reading->verify, file->file, "%s", text);
}

/* Clusters that no head covers yet: a minute's worth at most, unless the recording was cut off. */
static void count_rest(struct reading *reading)
{
	for (size_t i = 0; i < reading->leaves.n; i++) {
		const struct leaves_file *file = &reading->leaves.files[i];
		reading->verify->report.covered += file->taken;
		if (file->taken < file->n && reading->verify->report.closed && !reading->broken)
			tell_rest(reading, file);
	}
}

int verify_load_heads(struct verify *verify)
{
	char path[ARCHIVE_PATH_LEN];
	int err = names_path(verify->directory, NAMES_HEADS, path);
	if (err == 0)
		err = lines_open(&verify->heads, path);
	return err == -ENOENT ? 0 : err;
}

int verify_tree(struct verify *verify)
{
	struct reading reading = { .verify = verify };
	chain_init(&reading.chain);
	if (verify->heads.data == NULL) {
		check_kept(&reading);
		verify_note(verify, heads_name(),
			"is missing: nothing was signed while it was recorded");
		return 0;
	}
	int err = leaves_load(verify->directory, &reading.leaves);
	if (err == 0)
		err = read_heads(&reading, &verify->heads);
	if (err == 0) {
		check_kept(&reading);
		count_rest(&reading);
	}
	leaves_done(&reading.leaves);
	return err;
}
