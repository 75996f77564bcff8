/* signaling/archive/recording.h
 *
 * One recorded session as record/index.json of its archive tells it: who spoke when, what was decided, which languages can be
 * heard. The file comes from a disk that others write to, and so everything in it is bounded and checked. Plain data, any thread.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_RECORDING_H
#define ROSTRUM_SIGNALING_ARCHIVE_RECORDING_H

#include "common/base/text.h"
#include "signaling/rules/visibility.h"

/* Octets of an index that is read. */
#define RECORDING_OCTETS_MAX ((size_t)8 << 20)
#define RECORDING_TEXT_MAX 512
/* What a session is called, [A-Za-z0-9_-]: "demo-20261122T100000Z-k3Jd92ms". */
#define RECORDING_SESSION_MAX 160
#define RECORDING_LANGUAGES_MAX 64
#define RECORDING_ITEMS_MAX 1024
#define RECORDING_SPEECHES_MAX 16384
#define RECORDING_DECISIONS_MAX 4096
#define RECORDING_POINTS_MAX 4096
#define RECORDING_GAPS_MAX 4096
/* A week: no sitting is as long. */
#define RECORDING_MS_MAX ((int64_t)7 * 24 * 3600 * 1000)
/* "channels/" + name + ".webm" */
#define RECORDING_FILE_LEN (RS_NAME_MAX + 32)
#define RECORDING_ERROR_LEN 192

/* A file of the archive for a language: the programme as it was heard, or captions. */
struct recording_language {
	char id[RS_NAME_MAX + 1];  /* "floor", "fr" */
	char tag[RS_NAME_MAX + 1]; /* BCP 47; empty: the languages of the floor */
	char name[RECORDING_TEXT_MAX + 1];
	char file[RECORDING_FILE_LEN]; /* below data/; see recording_file_valid() */
};

struct recording_item {
	int64_t item;
	int64_t from_ms, to_ms;
	char title[RECORDING_TEXT_MAX + 1];
};

struct recording_speech {
	int64_t n;    /* from 1 */
	int64_t item; /* 0 = none */
	int64_t from_ms, to_ms;
	char participant[RS_NAME_MAX + 1];
	char delegation[RS_NAME_MAX + 1]; /* empty = none */
	char language[RS_NAME_MAX + 1];   /* empty = not known */
	bool presiding; /* lasts as long as the chair, the others' speeches within it */
	char name[RECORDING_TEXT_MAX + 1]; /* what it is shown by: the delegation, or the person */
	char person[RECORDING_TEXT_MAX + 1]; /* empty = not told */
};

struct recording_decision {
	int64_t at_ms;
	char title[RECORDING_TEXT_MAX + 1];
};

struct recording {
	char session[RECORDING_SESSION_MAX + 1];
	char meeting[RS_NAME_MAX + 1];
	char title[RECORDING_TEXT_MAX + 1];
	char symbol[RECORDING_TEXT_MAX + 1]; /* empty = none */
	enum visibility class;
	int64_t started_ms; /* wall clock */
	int64_t duration_ms;
	struct recording_language *languages;
	size_t n_languages;
	/* None, or one: the floor with what rooms delivered after an outage. */
	struct recording_language late;
	size_t n_late;
	struct recording_language *captions; /* `id` is the language; no name */
	size_t n_captions;
	struct recording_item *items;
	size_t n_items;
	struct recording_speech *speeches;
	size_t n_speeches;
	struct recording_decision *decisions;
	size_t n_decisions;
	char *json; /* the whole of it, compact, as pages get it */
	size_t json_len;
};

/* 0; -EBADMSG with `error` (which member, and why); -ENOMEM. To be freed by recording_free(). */
int recording_parse(const char *text, size_t len, struct recording **out_recording,
	char error[RECORDING_ERROR_LEN]) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct recording *recording_free(struct recording *recording);
void recording_freep(struct recording **recording);
/* A path that an index may name: one folder, "channels" or "text", and in it a file of [A-Za-z0-9._-] that does not begin with a
 * dot and ends as programmes (".webm", ".mkv") or captions (".vtt") do. */
bool recording_file_valid(const char *file);

#endif
