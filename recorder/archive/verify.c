#include "recorder/archive/files.h"
#include "recorder/archive/session.h"
#include "recorder/archive/unseal.h"
#include "recorder/archive/verify_balance.h"
#include "recorder/archive/verify_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

/* --- segments --- */

/* A segment under examination, and how far it has been verified. */
struct examined {
	const char *file;
	const json_t *end; /* payload of the line that ended it */
	bool gone;         /* its media was deleted, and that is accounted for */
	bool sealed; /* its media is encrypted: its octets are not those the ledger speaks of */
	int webm;
	uint64_t size;
	uint64_t first; /* offset of the first cluster */
	uint64_t to;    /* end of the last one */
	struct ledger ledger;
	struct balance balance;
};

static uint64_t number_of(const json_t *json, const char *key)
{
	const json_int_t value = json_integer_value(json_object_get(json, key));
	return value > 0 ? (uint64_t)value : 0;
}

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));
	return text != NULL ? text : "";
}

/* Part of the WebM has that digest. */
static bool digest_is(const struct examined *x, uint64_t offset, uint64_t len, const char *expected)
{
	char hex[65];
	return lines_digest(x->webm, offset, len, hex) == 0 && strcmp(hex, expected) == 0;
}

static int check_cluster(struct verify *verify, struct examined *x, const struct ledger_line *line)
{
	verify->report.clusters++;
	verify_progress(verify, line->len);
	verify->report.lost += line->lost;
	verify->report.skipped += line->skipped;
	verify->report.synthetic += line->synthetic;
	if (line->cluster == 0)
		x->first = line->offset;
	else if (line->offset != x->to)
		verify_problem(verify, x->file,
			"cluster %" PRIu32 " does not begin where the one before it ends",
			line->cluster);
	x->to = line->offset + line->len;
	if (x->gone || x->sealed)
		return 0;
	if (digest_is(x, line->offset, line->len, line->sha256))
		return verify_balance_cluster(verify, &x->balance, x->file, x->webm, line);
	verify_problem(verify, x->file,
		"cluster %" PRIu32 " (octets %" PRIu64 " to %" PRIu64 ") was changed or is cut off",
		line->cluster, line->offset, x->to);
	return 0;
}

static int check_ledger(struct verify *verify, struct examined *x)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	ledger_init(&x->ledger);
	int err = names_file_path(verify->directory, x->file, ".idx.jsonl", path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err == -ENOENT) {
		verify_problem(verify, x->file, "has no ledger");
		return 0;
	}
	if (err < 0)
		return err;
	struct line line;
	for (uint64_t n = 1; err == 0 && lines_next(&file, &line) == 1; n++) {
		struct ledger_line entry;
		const char *why = "";
		const int bad = ledger_read(&x->ledger, &line, &entry, &why);
		if (bad == -EBADMSG && !line.whole &&
			strcmp(text_of(x->end, "line"), "segment-closed") != 0)
			verify_note(verify, x->file, "its ledger ends in the middle of a line");
		else if (bad < 0)
			verify_problem(
				verify, x->file, "line %" PRIu64 " of its ledger %s", n, why);
		if (bad != -EBADMSG)
			err = check_cluster(verify, x, &entry);
	}
	lines_done(&file);
	return err;
}

/* What is not in any cluster, against the line that ended the segment. */
static void check_frame(struct verify *verify, struct examined *x)
{
	const uint64_t head_len = number_of(x->end, "head_len");
	const uint64_t tail_len = number_of(x->end, "tail_len");
	if (strcmp(x->ledger.head, text_of(x->end, "ledger_sha256")) != 0 ||
		x->ledger.clusters != number_of(x->end, "clusters"))
		verify_problem(verify, x->file, "its ledger is not the one it was ended with");
	if (x->gone)
		return;
	verify_balance_end(verify, &x->balance, x->file, x->end);
	if (x->size != number_of(x->end, "size"))
		verify_problem(verify, x->file, "has %" PRIu64 " octets instead of %" PRIu64,
			x->size, number_of(x->end, "size"));
	if (x->ledger.clusters > 0 && (head_len != x->first || x->to + tail_len != x->size))
		verify_problem(verify, x->file, "has octets that belong to nothing");
	/* What a recorder without the key measured of an encrypted file, which may have been opened since. */
	if (x->sealed || json_object_get(x->end, "sealed_sha256") != NULL)
		return;
	if (!digest_is(x, 0, head_len, text_of(x->end, "head_sha256")))
		verify_problem(verify, x->file, "its head (octets 0 to %" PRIu64 ") was changed",
			head_len);
	if (x->size < tail_len ||
		!digest_is(x, x->size - tail_len, tail_len, text_of(x->end, "tail_sha256")))
		verify_problem(verify, x->file, "its end (the last %" PRIu64 " octets) was changed",
			tail_len);
}

/* Without a key there are the lengths of its records, what a recorder measured of it, and the manifest. */
static void check_sealed(struct verify *verify, struct examined *x, const char *gone)
{
	const uint64_t sealed_size = number_of(x->end, "sealed_size");
	verify->report.encrypted++;
	if (sealed_size > 0 &&
		(sealed_size != x->size ||
			!digest_is(x, 0, sealed_size, text_of(x->end, "sealed_sha256"))))
		verify_problem(verify, x->file, "is not what was found when the recording went on");
	if (unseal_size(x->webm, &x->size) < 0)
		verify_problem(verify, x->file, "is no file of encrypted records");
	if (gone != NULL)
		verify_note(verify, x->file, gone);
}

static void tell_sealed(struct verify *verify)
{
	char text[TEXT_LEN];
	const char *gone = custody_gone(verify->custody, names_place(NAMES_EVENTS));
	if (verify->report.encrypted_events > 0 && gone != NULL)
		verify_note(verify, "events.jsonl", gone);
	if (verify->report.encrypted == 0 && verify->report.encrypted_events == 0)
		return;
	(void)snprintf(text, sizeof(text),
		"%" PRIu64 " segments and %" PRIu64
		" events are encrypted; without the key, chain, ledgers and tree were judged, not what is in them",
		verify->report.encrypted, verify->report.encrypted_events); /* fits */
	verify_note(verify, names_place(NAMES_KEYS), text);
}

static int check_segment(struct verify *verify, const char *file, const json_t *end)
{
	char path[ARCHIVE_PATH_LEN];
	struct examined x = { .file = file, .end = end };
	verify->report.segments++;
	int err = names_media_path(verify->directory, file, path);
	if (err < 0)
		return err;
	const char *gone = custody_gone_segment(verify->custody, file);
	x.webm = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	if (x.webm < 0 && errno == ENOENT && gone != NULL) {
		x.gone = true;
		verify->report.deleted++;
		verify_note(verify, file, gone);
	} else if (x.webm < 0 || fstat(x.webm, &st) < 0) {
		verify_problem(verify, file, "cannot be read");
		return x.webm >= 0 ? close(x.webm) : 0;
	}
	x.size = (uint64_t)st.st_size;
	verify->report.octets += x.size;
	x.sealed = !x.gone && names_is_sealed(path);
	if (x.sealed)
		check_sealed(verify, &x, gone);
	err = check_ledger(verify, &x);
	if (strcmp(text_of(end, "line"), "segment-opened") == 0) {
		verify->report.unfinished++;
		verify->report.unverified += x.size > x.to ? x.size - x.to : 0;
		verify_note(verify, file,
			"is still being written, or was cut off and not measured since");
	} else if (json_object_get(end, "problem") != NULL) {
		verify_problem(verify, file, "could not be read when the recording went on");
	} else if (err == 0) {
		check_frame(verify, &x);
	}
	if (x.webm >= 0)
		(void)close(x.webm); /* read only */
	return err;
}

/* Files nobody wrote down. Programmes are derived: the bag answers for them. */
static int check_folder(struct verify *verify, enum names_place folder)
{
	char path[ARCHIVE_PATH_LEN];
	const char *name = names_place(folder) + strlen(names_place(NAMES_DATA)) + 1;
	int err = names_path(verify->directory, folder, path);
	if (err < 0)
		return err;
	DIR *dir = opendir(path);
	if (dir == NULL) {
		verify_problem(verify, name, "is missing");
		return 0;
	}
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		char file[ARCHIVE_PATH_LEN];
		size_t stem = 0;
		if (entry->d_name[0] == '.' ||
			(folder == NAMES_CHANNELS && names_is_programme(entry->d_name)))
			continue;
		const bool segment = names_segment_parse(entry->d_name, &stem);
		err = rs_format(file, sizeof(file), "%s/%.*s", name, (int)stem, entry->d_name);
		if (err < 0 || !segment || json_object_get(verify->segments, file) == NULL)
			verify_problem(
				verify, name, "%s is in no line of events.jsonl", entry->d_name);
	}
	(void)closedir(dir); /* read only */
	return 0;
}

/* What was deleted since, by which rule: so that it can be told from what was altered. */
static int open_custody(struct verify *verify)
{
	char path[ARCHIVE_PATH_LEN];
	char why[CUSTODY_WHY_LEN];
	int err = names_path(verify->directory, NAMES_CUSTODY, path);
	if (err == 0)
		err = custody_open(path, CUSTODY_READ, why, &verify->custody);
	if (err != -EBADMSG)
		return err;
	verify_problem(verify, names_place(NAMES_CUSTODY), "%s", why);
	return 0;
}

static int check_all(struct verify *verify)
{
	int err = open_custody(verify);
	if (err == 0)
		err = verify_load_heads(verify);
	if (err == 0)
		err = check_events(verify);
	if (err == 0)
		err = check_session(verify);
	if (err == 0)
		err = verify_tree(verify);
	const char *file;
	json_t *end;
	json_object_foreach(verify->segments, file, end)
	{
		if (err == 0)
			err = check_segment(verify, file, end);
	}
	if (err == 0)
		err = check_folder(verify, NAMES_TRACKS);
	if (err == 0)
		err = check_folder(verify, NAMES_CHANNELS);
	if (err == 0)
		err = verify_bag(verify);
	if (err == 0)
		tell_sealed(verify);
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
	lines_done(&verify.heads);
	if (err == 0)
		*out_report = verify.report;
	return err;
}
