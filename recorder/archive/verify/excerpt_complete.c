/* Is all of a speech there, and of the time it says? Its ledgers tell: they are in the signed manifest, and each line of the speech's time
 * has its cluster in the excerpt, or a line of custody.jsonl that says that it was deleted. */
#include "common/evidence/ledger.h"
#include "recorder/archive/custody/custody_line.h"
#include "recorder/archive/files/digests.h"
#include "recorder/archive/verify/excerpt_verify_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* --- which ledgers --- */

/* "data/tracks/KEN.001.a.idx.jsonl" is the ledger of "tracks/KEN.001.a". */
static bool segment_of(const char *path, char out[NAMES_FILE_LEN])
{
	const size_t data = strlen(names_place(NAMES_DATA));
	size_t stem;
	const char *slash = strrchr(path, '/');
	if (slash == NULL || (size_t)(slash - path) <= data ||
		strncmp(path, names_place(NAMES_DATA), data) != 0 || path[data] != '/' ||
		!names_segment_parse(slash + 1, &stem) ||
		strcmp(slash + 1 + stem, NAMES_LEDGER) != 0)
		return false;
	const char *segment = path + data + 1;
	return rs_copy_text(out, NAMES_FILE_LEN, segment, (size_t)(slash + 1 - segment) + stem);
}

/* Whether two segments are of one channel: "channels/fr.001.a" and "channels/fr.002.a". */
static bool is_same_track(const char *one, const char *other)
{
	const char *slash = strchr(one, '/');
	const char *dot = slash != NULL ? strchr(slash, '.') : NULL;
	return dot != NULL && strncmp(one, other, (size_t)(dot - one) + 1) == 0;
}

static bool is_channel(const char *segment)
{
	static const char channels[] = "channels/";
	return strncmp(segment, channels, sizeof(channels) - 1) == 0;
}

static bool is_track_of(const char *source, const char *segment)
{
	static const char tracks[] = "tracks/";
	const size_t len = source != NULL ? strlen(source) : 0;
	const char *name = segment + sizeof(tracks) - 1;
	return len > 0 && strncmp(segment, tracks, sizeof(tracks) - 1) == 0 &&
	       strncmp(name, source, len) == 0 && name[len] == '.';
}

bool excerpt_is_speakers(const json_t *speech, const char *segment)
{
	return is_track_of(json_string_value(json_object_get(speech, "participant")), segment) ||
	       is_track_of(json_string_value(json_object_get(speech, "room")), segment);
}

/* The channels that the excerpt has; the floor, where it has none: it is not left out. */
static bool is_channel_of(const json_t *files, const char *segment)
{
	bool any = false;
	size_t i;
	const json_t *item;
	json_array_foreach(files, i, item)
	{
		const char *file = json_string_value(json_object_get(item, "file"));
		if (file == NULL || !is_channel(file))
			continue;
		if (is_same_track(file, segment))
			return true;
		any = true;
	}
	return !any && is_same_track("channels/" NAMES_FLOOR ".", segment);
}

/* Whatever of the speaker was recorded but for shared content, which is no part of a speech. */
static bool is_needed(const json_t *proof, const char *segment)
{
	const json_t *speech = json_object_get(json_object_get(proof, "record"), "speech");
	if (is_channel(segment))
		return is_channel_of(json_object_get(proof, "files"), segment);
	return segment[strlen(segment) - 1] != 'c' && excerpt_is_speakers(speech, segment);
}

/* --- what they say --- */

static int read_ledger(struct checking *checking, struct excerpt_ledger *ledger, struct lines *file,
	const json_t *proof)
{
	const json_int_t from_ms = json_integer_value(json_object_get(proof, "from_ms"));
	const json_int_t to_ms = json_integer_value(json_object_get(proof, "to_ms"));
	struct ledger chain;
	struct line line;
	size_t n = 0;
	while (lines_next(file, &line) == 1)
		n++;
	ledger->lines = rs_calloc(n + 1, sizeof(*ledger->lines));
	if (ledger->lines == NULL)
		return -ENOMEM;
	file->pos = 0;
	ledger_init(&chain);
	while (lines_next(file, &line) == 1) {
		struct ledger_line entry;
		const char *why = "";
		if (ledger_read(&chain, &line, &entry, &why) < 0) {
			verify_problem(&checking->verify, ledger->file,
				"line %" PRIu32 " of its ledger %s", chain.clusters + 1, why);
			return 0;
		}
		if (entry.t1_ms >= from_ms && entry.t0_ms <= to_ms)
			ledger->lines[ledger->n++] = entry;
	}
	return 0;
}

static struct excerpt_ledger *add_ledger(struct checking *checking, const char *segment)
{
	struct excerpt_ledger *larger = rs_calloc(checking->n_ledgers + 1, sizeof(*larger));
	if (larger == NULL)
		return NULL;
	if (checking->n_ledgers > 0)
		memcpy(larger, checking->ledgers, checking->n_ledgers * sizeof(*larger));
	rs_release(checking->ledgers);
	checking->ledgers = larger;
	struct excerpt_ledger *added = &larger[checking->n_ledgers++];
	(void)rs_set_text(added->file, segment); /* as long */
	return added;
}

static int take_ledger(struct checking *checking, const struct digests_line *listed,
	const char *segment, const json_t *proof)
{
	char hex[DIGESTS_HEX_LEN];
	struct lines file;
	const char *name = strrchr(listed->path, '/') + 1;
	int err = excerpt_load(&checking->verify, name, &file);
	if (err == -ENOENT)
		verify_problem(&checking->verify, name,
			"is missing, so that nobody knows what else was said at that time");
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	digests_of(file.data, file.len, hex);
	struct excerpt_ledger *ledger = add_ledger(checking, segment);
	if (ledger == NULL)
		err = -ENOMEM;
	else if (strcmp(hex, listed->hex) != 0)
		verify_problem(&checking->verify, name,
			"is not the ledger that the signed manifest covers");
	else
		err = read_ledger(checking, ledger, &file, proof);
	lines_done(&file);
	return err;
}

int excerpt_load_ledgers(
	struct checking *checking, const struct lines *manifest, const json_t *proof)
{
	struct lines all = *manifest;
	struct line line;
	int err = 0;
	while (err == 0 && lines_next(&all, &line) == 1) {
		struct digests_line listed;
		char segment[NAMES_FILE_LEN];
		if (digests_read(&line, &listed) == 0 && segment_of(listed.path, segment) &&
			is_needed(proof, segment))
			err = take_ledger(checking, &listed, segment, proof);
	}
	return err;
}

struct excerpt_ledger *excerpt_ledger(const struct checking *checking, const char *file)
{
	for (size_t i = 0; i < checking->n_ledgers; i++)
		if (strcmp(checking->ledgers[i].file, file) == 0)
			return &checking->ledgers[i];
	return NULL;
}

bool excerpt_is_ledger(const struct checking *checking, const char *name)
{
	for (size_t i = 0; i < checking->n_ledgers; i++) {
		const char *own = strchr(checking->ledgers[i].file, '/') + 1;
		const size_t len = strlen(own);
		if (strncmp(name, own, len) == 0 && strcmp(name + len, NAMES_LEDGER) == 0)
			return true;
	}
	return false;
}

void excerpt_check_whole(struct checking *checking)
{
	for (size_t i = 0; i < checking->n_ledgers; i++) {
		const struct excerpt_ledger *ledger = &checking->ledgers[i];
		if (!ledger->seen && ledger->n > 0)
			verify_problem(&checking->verify, ledger->file,
				"is not here, and its ledger has %zu clusters of this time",
				ledger->n);
	}
}

void excerpt_ledgers_done(struct checking *checking)
{
	for (size_t i = 0; i < checking->n_ledgers; i++)
		rs_release(checking->ledgers[i].lines);
	rs_release(checking->ledgers);
	checking->ledgers = NULL;
	checking->n_ledgers = 0;
}

/* --- what was deleted --- */

struct deletion {
	char signer[2 * RS_SIGN_PUBLIC_LEN + 1]; /* "" = nobody */
	char text[CUSTODY_TELL_LEN];
};

/* 0; -EBADMSG (it does not say that), another error of custody_line_check() or -ENOMEM. */
static int judge_deletion(const struct custody_line *said, const struct chain_line *entry,
	const char *segment, struct deletion *out)
{
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	json_error_t error;
	json_t *payload =
		json_loadb(entry->payload, entry->payload_len, JSON_REJECT_DUPLICATES, &error);
	const char *file = json_string_value(json_object_get(payload, "file"));
	int err = -EBADMSG;
	if (strcmp(entry->type, said->type) == 0 && file != NULL &&
		names_is_media_of(file, segment))
		err = custody_line_check(said, entry->payload, entry->payload_len, key);
	if (err == 1)
		rs_hex_encode(key, sizeof(key), out->signer);
	if (err >= 0)
		custody_line_tell(said->type, said->utc, payload, out->text);
	json_decref(payload);
	return err < 0 ? err : 0;
}

/* The line stands alone: its signature covers its place in custody.jsonl. */
static int read_deletion(const struct checking *checking, const struct line *line,
	const char *segment, struct deletion *out)
{
	struct chain chain;
	struct chain_line entry;
	const char *why;
	json_error_t error;
	if (line->text == NULL || !chain_before(&chain, line))
		return -EBADMSG;
	struct custody_line said = {
		.subject = checking->session_sha256, .seq = chain.seq + 1, .type = "deleted"
	};
	char prev[CHAIN_HASH_LEN];
	memcpy(prev, chain.prev, sizeof(prev));
	said.prev = prev;
	int err = chain_read(&chain, line, &entry, &why);
	json_t *json = json_loadb(line->text, line->len, JSON_REJECT_DUPLICATES, &error);
	said.utc = json_string_value(json_object_get(json, "utc"));
	if (err == 0)
		err = said.utc != NULL ? judge_deletion(&said, &entry, segment, out) : -EBADMSG;
	json_decref(json);
	return err;
}

int excerpt_check_deleted(struct checking *checking, const char *segment, const json_t *said)
{
	struct deletion deletion = { .signer = "" };
	const struct line line = {
		.text = json_string_value(said), .len = json_string_length(said), .whole = true
	};
	const int err = read_deletion(checking, &line, segment, &deletion);
	if (err == -ENOMEM)
		return err;
	checking->verify.report.deleted++;
	const struct custody_fate fate = { .text = deletion.text, .signer = deletion.signer };
	if (err < 0)
		verify_problem(&checking->verify, segment,
			"is not here, and its line of custody.jsonl says nothing of it");
	else
		verify_gone(&checking->verify, segment, &fate);
	return 0;
}
