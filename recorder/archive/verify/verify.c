#include "common/evidence/vault_format.h"
#include "recorder/archive/session/session.h"
#include "recorder/archive/verify/verify_priv.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXT_LEN 256

void verify_problem(struct verify *verify, const char *file, const char *format, ...)
{
	char text[TEXT_LEN];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* cutting is fine */
	va_end(args);
	verify->report.problems++;
	verify->sink->problem(verify->sink->ctx, file, text);
}

void verify_note(struct verify *verify, const char *file, const char *text)
{
	verify->report.notes++;
	verify->sink->note(verify->sink->ctx, file, text);
}

void verify_progress(struct verify *verify, uint64_t octets)
{
	verify->done += octets;
	if (verify->options->progress != NULL)
		verify->options->progress(verify->options->ctx,
			verify->done < verify->all ? verify->done : verify->all, verify->all);
}

/* --- events.jsonl --- */

static int keep_segment(struct verify *verify, const struct chain_line *line)
{
	json_error_t error;
	json_t *payload = json_loadb(line->payload, line->payload_len, 0, &error);
	const char *file = json_string_value(json_object_get(payload, "file"));
	int err = 0;
	if (file == NULL)
		verify_problem(verify, "events.jsonl", "line %" PRIu64 " names no file", line->seq);
	else if (json_object_set_new(payload, "line", json_string(line->type)) < 0 ||
		 json_object_set(verify->segments, file, payload) < 0)
		err = -ENOMEM;
	json_decref(payload);
	return err;
}

/* The meeting's own log is a chain as well: SHA-256 of the hash before and the payload, the first on zeros
 * (common/control/PROTOCOL.md section 3). A session that begins later is checked from its second event. */
static int check_event_hash(struct verify *verify, const struct chain_line *line)
{
	uint8_t said[RS_SHA256_LEN];
	uint8_t found[RS_SHA256_LEN];
	struct vault_event sealed;
	if (line->hash[0] == '\0' && vault_event_parse(line->payload, line->payload_len, &sealed)) {
		verify->report.encrypted_events++;
		return 0;
	}
	if (rs_hex_decode(line->hash, strlen(line->hash), said, sizeof(said)) < 0) {
		verify_problem(verify, "events.jsonl", "meeting event %" PRId64 " has no hash",
			line->event);
		return 0;
	}
	if (line->event == 1 || line->event == verify->last_event + 1) {
		struct rs_hash *hash = NULL;
		const int err = rs_hash_new(RS_HASH_SHA256, &hash);
		if (err < 0)
			return err;
		rs_hash_add(hash, verify->event_hash, sizeof(verify->event_hash));
		rs_hash_add(hash, line->payload, line->payload_len);
		rs_hash_finish(hash, found);
		rs_hash_free(hash);
		if (memcmp(said, found, sizeof(said)) != 0)
			verify_problem(verify, "events.jsonl",
				"meeting event %" PRId64 " is not the one of the meeting's log",
				line->event);
	}
	memcpy(verify->event_hash, said, sizeof(said));
	return 0;
}

static void tell_repair(struct verify *verify, const struct chain_line *line)
{
	char text[160];
	json_error_t error;
	json_t *payload = json_loadb(line->payload, line->payload_len, 0, &error);
	const int64_t until_ms = json_integer_value(json_object_get(payload, "until_ms"));
	verify->unsigned_repair = json_is_false(json_object_get(payload, "signed"));
	json_decref(payload);
	(void)snprintf(text, sizeof(text),
		"line %" PRIu64 ": the recorder was cut off %" PRId64 ".%03d s into the session, "
		"which was closed later, by a repair",
		line->seq, until_ms / 1000, (int)(until_ms % 1000)); /* fits */
	verify_note(verify, "events.jsonl", text);
}

static int take_line(struct verify *verify, const struct chain_line *line)
{
	verify->report.closed = strcmp(line->type, "recording-stopped") == 0;
	if (strcmp(line->type, "recording-repaired") == 0)
		tell_repair(verify, line);
	else if (strcmp(line->type, "recording-resumed") == 0)
		verify->unsigned_repair = false;
	if (strncmp(line->type, "segment-", 8) == 0)
		return keep_segment(verify, line);
	if (strcmp(line->type, "recording-started") == 0) {
		json_error_t error;
		json_t *payload = json_loadb(line->payload, line->payload_len, 0, &error);
		const char *sha256 = json_string_value(json_object_get(payload, "session_sha256"));
		if (sha256 != NULL)
			(void)rs_copy_text(verify->session_sha256, sizeof(verify->session_sha256),
				sha256, strlen(sha256)); /* a longer one will not match */
		json_decref(payload);
	}
	if (strcmp(line->type, CHAIN_TYPE_MEETING) != 0)
		return 0;
	verify->report.events++;
	if (verify->last_event != 0 && line->event != verify->last_event + 1)
		verify_problem(verify, "events.jsonl",
			"meeting event %" PRId64 " follows event %" PRId64, line->event,
			verify->last_event);
	const int err = check_event_hash(verify, line);
	if (err < 0)
		return err;
	verify->last_event = line->event;
	return 0;
}

static int check_events(struct verify *verify)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_path(verify->directory, NAMES_EVENTS, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err == -ENOENT) {
		verify_problem(verify, "events.jsonl", "is missing");
		return 0;
	}
	if (err < 0)
		return err;
	struct chain chain;
	chain_init(&chain);
	struct line line;
	for (uint64_t n = 1; err == 0 && lines_next(&file, &line) == 1; n++) {
		struct chain_line entry;
		const char *why = "";
		const int bad = chain_read(&chain, &line, &entry, &why);
		verify->report.lines++;
		if (bad == -EBADMSG && chain_is_torn(&line))
			verify_note(verify, "events.jsonl",
				"ends in the middle of a line, as a recorder killed or still writing leaves it");
		else if (bad < 0)
			verify_problem(verify, "events.jsonl", "line %" PRIu64 " %s", n, why);
		if (json_array_append_new(verify->sums, json_string(chain.prev)) < 0)
			err = -ENOMEM;
		else if (bad != -EBADMSG)
			err = take_line(verify, &entry);
	}
	lines_done(&file);
	return err;
}

static int check_session(struct verify *verify)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_path(verify->directory, NAMES_SESSION, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err == -ENOENT) {
		verify_problem(verify, "session.json", "is missing");
		return 0;
	}
	if (err < 0)
		return err;
	uint8_t digest[RS_SHA256_LEN];
	char hex[CHAIN_HASH_LEN];
	rs_sha256(file.data, file.len, digest);
	rs_hex_encode(digest, sizeof(digest), hex);
	lines_done(&file);
	if (strcmp(hex, verify->session_sha256) != 0)
		verify_problem(verify, "session.json", "is not the one the recording began with");
	return 0;
}

static void tell_sealed(struct verify *verify)
{
	char text[TEXT_LEN];
	const struct custody_fate gone = custody_gone(verify->custody, names_place(NAMES_EVENTS));
	if (verify->report.encrypted_events > 0 && gone.text != NULL)
		verify_note(verify, "events.jsonl", gone.text);
	if (verify->report.encrypted == 0 && verify->report.encrypted_events == 0)
		return;
	(void)snprintf(text, sizeof(text),
		"%" PRIu64 " segments and %" PRIu64
		" events are encrypted; without the key, chain, ledgers and tree were judged, not what is in them",
		verify->report.encrypted, verify->report.encrypted_events); /* fits */
	verify_note(verify, names_place(NAMES_KEYS), text);
}

/* What was left out by whoever cannot sign. */
static void check_signed(struct verify *verify)
{
	if (verify->options->key != NULL && verify->report.heads == 0 &&
		verify->report.signatures == 0)
		verify_problem(verify, names_place(NAMES_HEADS),
			"nothing is signed by the key that was given");
}

static int check_all(struct verify *verify)
{
	int err = verify_custody(verify);
	if (err == 0)
		err = verify_load_heads(verify);
	if (err == 0)
		err = check_events(verify);
	if (err == 0)
		err = check_session(verify);
	if (err == 0)
		err = verify_tree(verify);
	if (err == 0)
		err = verify_segments(verify);
	if (err == 0)
		err = verify_bag(verify);
	if (err == 0) {
		tell_sealed(verify);
		check_signed(verify);
	}
	return err;
}

/* Media are read for their clusters and, when the session is sealed, for their manifest. */
static void measure(struct verify *verify)
{
	static const enum names_place folders[] = { NAMES_TRACKS, NAMES_CHANNELS };
	for (size_t i = 0; i < RS_ARRAY_LEN(folders); i++) {
		char path[ARCHIVE_PATH_LEN];
		struct stat st;
		DIR *dir =
			names_path(verify->directory, folders[i], path) == 0 ? opendir(path) : NULL;
		const struct dirent *entry;
		while (dir != NULL && (entry = readdir(dir)) != NULL)
			if (fstatat(dirfd(dir), entry->d_name, &st, 0) == 0 && S_ISREG(st.st_mode))
				verify->all += (uint64_t)st.st_size;
		if (dir != NULL)
			(void)closedir(dir); /* read only */
	}
	char path[ARCHIVE_PATH_LEN];
	if (names_path(verify->directory, NAMES_MANIFEST, path) == 0 && access(path, F_OK) == 0)
		verify->all *= 2;
}

int archive_verify(const char *directory, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report)
{
	static const struct archive_knowledge nothing;
	struct verify verify = { .directory = directory,
		.options = knowledge != NULL ? knowledge : &nothing,
		.sink = sink };
	char path[ARCHIVE_PATH_LEN];
	int err = names_path(directory, NAMES_SESSION, path);
	if (err < 0)
		return err;
	const bool has_session = access(path, F_OK) == 0;
	err = names_path(directory, NAMES_EVENTS, path);
	if (err < 0)
		return err;
	if (!has_session && access(path, F_OK) < 0)
		return -ENOENT;
	verify.segments = json_object();
	verify.sums = json_array();
	measure(&verify);
	err = verify.segments != NULL && verify.sums != NULL ? check_all(&verify) : -ENOMEM;
	custody_free(verify.custody);
	json_decref(verify.segments);
	json_decref(verify.sums);
	verify_late_done(&verify.late);
	lines_done(&verify.heads);
	if (err == 0)
		*out_report = verify.report;
	return err;
}
