#include "tools/rostrumctl/lots.h"

#include "common/base/hash.h"
#include "common/base/text.h"
#include "common/evidence/chain.h"
#include "common/evidence/names.h"
#include "signaling/rules/lot.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Of a list of the longest kind, in all its events. */
#define PLACES_MAX ((size_t)1 << 20)
#define ORDER_MAX ((size_t)1 << 16)

static const char usage[] =
	"usage: rostrumctl lots verify DIR [--json]     a session's archive, or its events.jsonl\n";

struct draws {
	bool json;
	json_t *commitments; /* by "what number" */
	json_t *judged;      /* for --json */
	struct rs_buf places;
	json_int_t places_of; /* draw */
	uint64_t n;
	uint64_t wrong;
};

/* ---- judging ---- */

static bool keeps_commitment(const char *seed_hex, const char *commitment)
{
	uint8_t seed[LOT_SEED_LEN];
	uint8_t digest[RS_SHA256_LEN];
	char hex[LOT_HEX_LEN + 1];
	if (strlen(seed_hex) != LOT_HEX_LEN ||
		rs_hex_decode(seed_hex, LOT_HEX_LEN, seed, LOT_SEED_LEN) < 0)
		return false;
	lot_commit(seed, digest);
	rs_hex_encode(digest, sizeof(digest), hex);
	return strcmp(hex, commitment) == 0;
}

/* One of those that were drawn: "ENTRY:WHO:BLOCK:LEVEL". */
struct place {
	uint32_t block;
	uint32_t level;
	uint64_t lot;
};

/* 1; 0: by its number alone, as it kept its place; -EBADMSG. */
static int read_place(
	const char *text, size_t len, const char *seed, const char *word, struct place *out_place)
{
	char copy[RS_NAME_MAX + 64];
	char salted[LOT_HEX_LEN + RS_NAME_MAX + 128];
	char *parts[4] = { copy };
	uint8_t digest[RS_SHA256_LEN];
	size_t n = 1;
	if (!rs_copy_text(copy, sizeof(copy), text, len))
		return -EBADMSG;
	for (char *at = strchr(copy, ':'); at != NULL && n < 4; at = strchr(at, ':')) {
		*at++ = '\0';
		parts[n++] = at;
	}
	if (n == 1)
		return 0;
	uint64_t block;
	uint64_t level;
	if (n != 4 || rs_parse_u64(parts[2], strlen(parts[2]), UINT32_MAX, &block) < 0 ||
		rs_parse_u64(parts[3], strlen(parts[3]), UINT32_MAX, &level) < 0 ||
		rs_format(salted, sizeof(salted), "%s:%s:%s", seed, word, parts[1]) < 0)
		return -EBADMSG;
	rs_sha256(salted, strlen(salted), digest);
	*out_place = (struct place){ .block = (uint32_t)block, .level = (uint32_t)level };
	for (size_t i = 0; i < sizeof(out_place->lot); i++)
		out_place->lot = out_place->lot << 8 | digest[i];
	return 1;
}

static bool comes_before(const struct place *a, const struct place *b)
{
	if (a->block != b->block)
		return a->block < b->block;
	return a->level != b->level ? a->level < b->level : a->lot < b->lot;
}

/* NULL: as the lots give it; else what is wrong. */
static const char *judge_order(
	const char *places, const char *seed, const char *word, const char *order)
{
	char *entries = calloc(1, ORDER_MAX);
	char hex[LOT_HEX_LEN + 1];
	uint8_t digest[RS_SHA256_LEN];
	struct place before = { .block = 0 };
	bool any = false;
	const char *why = entries == NULL ? "out of memory" : NULL;
	for (const char *at = places; why == NULL && *at != '\0';) {
		struct place place;
		const size_t len = strcspn(at, " ");
		const size_t number = strcspn(at, ": ");
		const size_t used = strlen(entries);
		const int drawn = read_place(at, len, seed, word, &place);
		if (drawn < 0 || used + number + 2 > ORDER_MAX)
			why = "what was published of the places cannot be read";
		else if (drawn > 0 && any && !comes_before(&before, &place))
			why = "the order is not the one the lots give";
		else
			(void)snprintf(entries + used, ORDER_MAX - used, "%s%.*s",
				used > 0 ? "," : "", (int)number, at);
		if (drawn > 0) {
			before = place;
			any = true;
		}
		at += len + strspn(at + len, " ");
	}
	if (why == NULL) {
		rs_sha256(entries, strlen(entries), digest);
		rs_hex_encode(digest, sizeof(digest), hex);
		why = strcmp(hex, order) == 0
			      ? NULL
			      : "the places published are not the order that was drawn";
	}
	free(entries);
	return why;
}

/* ---- following the events ---- */

static const char *text_of(const json_t *data, const char *name)
{
	const char *text = json_string_value(json_object_get(data, name));
	return text != NULL ? text : "";
}

static json_int_t number_of(const json_t *data, const char *name)
{
	return json_integer_value(json_object_get(data, name));
}

static void commit(struct draws *draws, const char *what, json_int_t number, const json_t *data)
{
	char key[64];
	(void)snprintf(key, sizeof(key), "%s %" JSON_INTEGER_FORMAT, what, number);
	(void)json_object_set_new(draws->commitments, key,
		json_string(text_of(data, "commitment"))); /* a lack of memory: not announced */
}

static const char *judge_seed(
	const struct draws *draws, const char *what, json_int_t number, const json_t *data)
{
	char key[64];
	(void)snprintf(key, sizeof(key), "%s %" JSON_INTEGER_FORMAT, what, number);
	const char *commitment = json_string_value(json_object_get(draws->commitments, key));
	if (commitment == NULL)
		return "it was not announced in this session";
	return keeps_commitment(text_of(data, "seed"), commitment)
		       ? NULL
		       : "the seed is not the one that was announced";
}

static void tell(struct draws *draws, const char *what, json_int_t number, const json_t *data,
	const char *why)
{
	draws->n++;
	draws->wrong += why != NULL;
	if (draws->json) {
		(void)json_array_append_new(draws->judged, /* shows when it is printed */
			json_pack("{s:s, s:I, s:s, s:b, s:s}", "kind", what, "number", number,
				"item", text_of(data, "item"), "right", why == NULL, "text",
				why != NULL ? why : ""));
		return;
	}
	(void)printf("%s %" JSON_INTEGER_FORMAT "%s%s: %s\n", what, number,
		text_of(data, "item")[0] != '\0' ? ", item " : "", text_of(data, "item"),
		why != NULL ? why : "right");
}

static void add_places(struct draws *draws, const json_t *data)
{
	const char *places = text_of(data, "places");
	if (draws->places_of != number_of(data, "draw"))
		rs_buf_consume(&draws->places, rs_buf_len(&draws->places));
	draws->places_of = number_of(data, "draw");
	if (rs_buf_printf(
		    &draws->places, "%s%s", rs_buf_len(&draws->places) > 0 ? " " : "", places) < 0)
		draws->places_of = 0; /* too long */
}

static const char *judge_drawn(struct draws *draws, const json_t *data)
{
	const json_int_t draw = number_of(data, "draw");
	const char *why = judge_seed(draws, "draw", draw, data);
	if (why != NULL)
		return why;
	if (draws->places_of != draw || rs_buf_append(&draws->places, "", 1) < 0)
		return "the places were not published";
	return judge_order((const char *)rs_buf_data(&draws->places), text_of(data, "seed"),
		text_of(data, "word"), text_of(data, "order"));
}

static void follow(struct draws *draws, const json_t *event)
{
	const char *name = text_of(event, "name");
	const json_t *data = json_object_get(event, "data");
	const json_int_t draw = number_of(data, "draw");
	const json_int_t decision = number_of(data, "decision");
	if (strcmp(name, "lots-announced") == 0)
		commit(draws, "draw", draw, data);
	else if (strcmp(name, "lots-places") == 0)
		add_places(draws, data);
	else if (strcmp(name, "lots-drawn") == 0)
		tell(draws, "draw", draw, data, judge_drawn(draws, data));
	else if (strcmp(name, "presses-ordered") == 0)
		tell(draws, "presses", draw, data, judge_seed(draws, "draw", draw, data));
	else if (strcmp(name, "decision-proposed") == 0 &&
		 json_object_get(data, "commitment") != NULL)
		commit(draws, "roll call", decision, data);
	else if (strcmp(name, "voting-opened") == 0 && json_object_get(data, "seed") != NULL)
		tell(draws, "roll call", decision, data,
			judge_seed(draws, "roll call", decision, data));
}

/* 0, or -EBADMSG after it was said which line is no line of a chain. */
static int follow_all(struct draws *draws, struct lines *lines, const char *path)
{
	struct chain chain;
	struct chain_line read;
	struct line line;
	const char *why = "";
	chain_init(&chain);
	while (lines_next(lines, &line) > 0) {
		if (chain_read(&chain, &line, &read, &why) < 0) {
			(void)fprintf(stderr, "rostrumctl: %s: after line %" PRIu64 ": %s\n", path,
				chain.seq, why);
			return -EBADMSG;
		}
		if (strcmp(read.type, CHAIN_TYPE_MEETING) != 0)
			continue;
		json_t *event = json_loadb(read.payload, read.payload_len, 0, NULL);
		if (event != NULL)
			follow(draws, event);
		json_decref(event);
	}
	return 0;
}

static int print(const struct draws *draws)
{
	if (!draws->json) {
		(void)printf(
			"%" PRIu64 " drawn by lot, %" PRIu64 " wrong\n", draws->n, draws->wrong);
		return draws->wrong > 0 ? 1 : 0;
	}
	char *text = json_dumps(draws->judged, JSON_COMPACT);
	(void)printf("{\"draws\":%s}\n", text != NULL ? text : "null");
	free(text);
	return draws->wrong > 0 || text == NULL ? 1 : 0;
}

static int verify(const char *where, bool json)
{
	char path[ARCHIVE_PATH_LEN];
	struct stat info;
	struct lines lines;
	const bool folder = stat(where, &info) == 0 && S_ISDIR(info.st_mode);
	int err = folder ? names_path(where, NAMES_EVENTS, path)
			 : rs_format(path, sizeof(path), "%s", where);
	if (err == 0)
		err = lines_open(&lines, path);
	if (err < 0) {
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", where, strerror(-err));
		return 1;
	}
	struct draws draws = { .json = json, .commitments = json_object(), .judged = json_array() };
	rs_buf_init(&draws.places, PLACES_MAX);
	const int status = follow_all(&draws, &lines, path) < 0 ? 1 : print(&draws);
	rs_buf_done(&draws.places);
	json_decref(draws.judged);
	json_decref(draws.commitments);
	lines_done(&lines);
	return status;
}

int lots_main(int argc, char **argv)
{
	const char *words[2] = { NULL, NULL };
	size_t n = 0;
	bool json = false;
	bool wrong = false;
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			json = true;
		else if (argv[i][0] != '-' && n < RS_ARRAY_LEN(words))
			words[n++] = argv[i];
		else
			wrong = true;
	}
	if (wrong || n != 2 || strcmp(words[0], "verify") != 0) {
		(void)fprintf(stderr, "%s", usage);
		return 2;
	}
	return verify(words[1], json);
}
