#include "signaling/archive/search.h"

#include "signaling/archive/catalogue_priv.h"
#include "signaling/archive/fold.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

/* Steps of SQLite's machine after which a search is given up: some seconds of one core. */
#define STEPS_MAX 200000
#define STEPS_A_TIME 1000
#define QUESTION_MAX ((size_t)8192)
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)

/* Lines that have the words. The newest come first, since rowids grow. SQLite may look although nothing is asked: no word then. */
#define WITH(question)                                                              \
	"(SELECT rowid FROM words WHERE words MATCH coalesce(" question ", '\"\"')" \
	" ORDER BY rowid DESC LIMIT " TEXT(SEARCH_LINES_MAX) ")"
/* Does what was said in this line fit who, what about and in which language? */
#define FITS                                                                                     \
	"(:delegation IS NULL OR l.delegation = :delegation COLLATE NOCASE)"                     \
	" AND (:language IS NULL OR l.kind <> 4 OR l.language = :language)"                      \
	" AND (:speaker IS NULL OR l.speech IN (SELECT s.speech FROM lines s"                    \
	" WHERE s.recording = l.recording AND s.kind = 3 AND s.speech > 0 AND"                   \
	" s.id IN " WITH(                                                                        \
		":speaker") "))"                                                                 \
			    " AND (:item IS NULL OR l.item IN (SELECT i.item FROM lines i WHERE" \
			    " i.recording = l.recording AND i.kind = 1 AND (i.id IN " WITH(      \
				    ":item") " OR i.item = :number)))"
/* Titles, items and decisions are nobody's words. */
#define HAS_WORDS                                                                   \
	"(:words IS NULL OR EXISTS (SELECT 1 FROM lines l WHERE l.recording = r.id" \
	" AND l.id IN " WITH(":words") " AND (l.kind < 3 OR (" FITS "))))"
#define HAS_SPEECH                                                         \
	"((:delegation IS NULL AND :speaker IS NULL AND :item IS NULL) OR" \
	" EXISTS (SELECT 1 FROM lines l WHERE l.recording = r.id AND l.kind = 3 AND " FITS "))"
#define HAS_LANGUAGE                                                                   \
	"(:language IS NULL OR EXISTS (SELECT 1 FROM files f WHERE f.recording = r.id" \
	" AND (f.id = :language OR f.tag = :language)) OR EXISTS (SELECT 1 FROM lines" \
	" l WHERE l.recording = r.id AND l.kind = 3 AND l.language = :language))"
#define FOUND                                                                              \
	" FROM recordings r WHERE " ACCESS_SQL " AND (:from = 0 OR r.started_ms >= :from)" \
	" AND (:until = 0 OR r.started_ms < :until) AND " HAS_LANGUAGE " AND " HAS_WORDS   \
	" AND " HAS_SPEECH

_Static_assert(
	LINE_ITEM == 1 && LINE_SPEECH == 3 && LINE_CAPTION == 4, "the queries have the numbers");

/* What is asked for, as FTS5 has it; NULL = does not matter. */
struct asked {
	const struct search *search;
	const struct access_viewer *viewer;
	char list[ACCESS_LIST_LEN];
	struct rs_buf words, speaker, item;
	int64_t number; /* of an item; -1 = none was named */
};

static int ask(const char *text, struct rs_buf *out)
{
	rs_buf_init(out, QUESTION_MAX);
	int err = fold_question(text, out);
	if (err == 0 && rs_buf_len(out) > 0)
		err = rs_buf_append(out, "", 1);
	return err;
}

static const char *question(const struct rs_buf *buf)
{
	return rs_buf_len(buf) > 0 ? (const char *)rs_buf_data(buf) : NULL;
}

static const char *or_null(const char *text)
{
	return text[0] != '\0' ? text : NULL;
}

static bool bind(sqlite3_stmt *statement, struct asked *asked)
{
	const struct search *search = asked->search;
	return statement != NULL && statement_viewer(statement, asked->viewer, asked->list) &&
	       statement_text(statement, ":words", question(&asked->words)) &&
	       statement_text(statement, ":speaker", question(&asked->speaker)) &&
	       statement_text(statement, ":item", question(&asked->item)) &&
	       statement_int(statement, ":number", asked->number) &&
	       statement_text(statement, ":delegation", or_null(search->delegation)) &&
	       statement_text(statement, ":language", or_null(search->language)) &&
	       statement_int(statement, ":from", search->from_ms) &&
	       statement_int(statement, ":until", search->until_ms) &&
	       statement_int(statement, ":limit", search->limit) &&
	       statement_int(statement, ":offset", search->offset);
}

/* --- Places within a recording --- */

static const char *kind_name(int kind)
{
	static const char *const names[LINE_KIND_COUNT] = { "title", "item", "decision", "speech",
		"caption" };
	return kind >= 0 && kind < LINE_KIND_COUNT ? names[kind] : "";
}

/* Without words, the speeches that fit are the places; without anything that was asked about them, there are none. */
static bool has_hits(const struct asked *asked)
{
	return question(&asked->words) != NULL || question(&asked->speaker) != NULL ||
	       question(&asked->item) != NULL || asked->search->delegation[0] != '\0';
}

static json_t *hit_json(sqlite3_stmt *statement)
{
	json_t *hit =
		json_pack("{s:s, s:I, s:s}", "kind", kind_name(sqlite3_column_int(statement, 0)),
			"at_ms", (json_int_t)sqlite3_column_int64(statement, 1), "text",
			statement_column(statement, 2));
	const char *language = statement_column(statement, 3);
	const int64_t speech = sqlite3_column_int64(statement, 4);
	if (language[0] != '\0')
		(void)json_object_set_new(hit, "language", json_string(language));
	if (speech > 0)
		(void)json_object_set_new(hit, "speech", json_integer(speech));
	return hit;
}

static int add_hits(
	struct catalogue *catalogue, struct asked *asked, int64_t recording, json_t *meeting)
{
	if (!has_hits(asked))
		return 0;
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue,
		"SELECT l.kind, l.from_ms, l.shown, l.language, l.speech FROM lines l"
		" WHERE l.recording = :recording AND CASE WHEN :words IS NULL THEN l.kind = 3"
		" AND " FITS " ELSE l.id IN " WITH(
			":words") " AND (l.kind < 3 OR (" FITS
				  ")) END ORDER BY l.kind < 3 DESC, l.from_ms LIMIT " TEXT(
					  SEARCH_HITS_MAX));
	if (!bind(statement, asked) || !statement_int(statement, ":recording", recording))
		return -EIO;
	json_t *hits = json_array();
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW)
		(void)json_array_append_new(
			hits, hit_json(statement)); /* told by what is missing */
	const int set = json_object_set_new(meeting, "hits", hits);
	return step == SQLITE_INTERRUPT ? -ETIMEDOUT
	       : step != SQLITE_DONE    ? -EIO
	       : set == 0               ? 0
					: -ENOMEM;
}

/* --- Recordings --- */

static json_t *languages_json(struct catalogue *catalogue, int64_t recording)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(
		catalogue, "SELECT id FROM files WHERE recording = :recording AND kind = 0");
	json_t *languages = json_array();
	if (statement == NULL || !statement_int(statement, ":recording", recording))
		return languages;
	while (sqlite3_step(statement) == SQLITE_ROW)
		(void)json_array_append_new(languages, json_string(statement_column(statement, 0)));
	return languages;
}

static json_t *meeting_json(struct catalogue *catalogue, sqlite3_stmt *statement)
{
	const int class = sqlite3_column_int(statement, 5);
	const char *symbol = statement_column(statement, 4);
	json_t *meeting = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:o}", "session",
		statement_column(statement, 1), "meeting", statement_column(statement, 2), "title",
		statement_column(statement, 3), "class",
		visibility_name(class >= 0 && class < VISIBILITY_COUNT ? (enum visibility) class
								       : VISIBILITY_CLOSED_MEMBERS),
		"started_ms", (json_int_t)sqlite3_column_int64(statement, 6), "duration_ms",
		(json_int_t)sqlite3_column_int64(statement, 7), "languages",
		languages_json(catalogue, sqlite3_column_int64(statement, 0)));
	if (symbol[0] != '\0')
		(void)json_object_set_new(meeting, "symbol", json_string(symbol));
	return meeting;
}

static int add_meetings(struct catalogue *catalogue, struct asked *asked, json_t *meetings)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue,
		"SELECT r.id, r.session, r.meeting, r.title, r.symbol, r.class, r.started_ms,"
		" r.duration_ms" FOUND " ORDER BY r.started_ms DESC, r.id DESC"
		" LIMIT :limit OFFSET :offset");
	if (!bind(statement, asked))
		return -EIO;
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		json_t *meeting = meeting_json(catalogue, statement);
		if (json_array_append_new(meetings, meeting) < 0)
			return -ENOMEM;
		const int err =
			add_hits(catalogue, asked, sqlite3_column_int64(statement, 0), meeting);
		if (err < 0)
			return err;
	}
	return step == SQLITE_DONE ? 0 : step == SQLITE_INTERRUPT ? -ETIMEDOUT : -EIO;
}

static int count(struct catalogue *catalogue, struct asked *asked, int64_t *out_total)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue, "SELECT count(*)" FOUND);
	if (!bind(statement, asked))
		return -EIO;
	const int step = sqlite3_step(statement);
	if (step != SQLITE_ROW)
		return step == SQLITE_INTERRUPT ? -ETIMEDOUT : -EIO;
	*out_total = sqlite3_column_int64(statement, 0);
	return 0;
}

static int answer(struct catalogue *catalogue, struct asked *asked, struct rs_buf *out)
{
	int64_t total = 0;
	json_t *meetings = json_array();
	int err = add_meetings(catalogue, asked, meetings);
	if (err == 0)
		err = count(catalogue, asked, &total);
	json_t *whole = json_pack("{s:o, s:I}", "meetings", meetings, "total", (json_int_t)total);
	if (err == 0) {
		char *text = json_dumps(whole, JSON_COMPACT);
		err = text == NULL ? -ENOMEM : rs_buf_append(out, text, strlen(text));
		free(text);
	}
	json_decref(whole);
	return err;
}

static int count_steps(void *steps)
{
	return ++*(int *)steps > STEPS_MAX;
}

int search_run(struct catalogue *catalogue, const struct search *search,
	const struct access_viewer *viewer, struct rs_buf *out)
{
	struct asked asked = { .search = search, .viewer = viewer, .number = -1 };
	int steps = 0;
	uint32_t number;
	if (rs_parse_u32(search->item, strlen(search->item), INT32_MAX, &number) == 0)
		asked.number = number;
	int err = ask(search->words, &asked.words);
	if (err == 0)
		err = ask(search->speaker, &asked.speaker);
	if (err == 0)
		err = ask(search->item, &asked.item);
	sqlite3_progress_handler(catalogue->db, STEPS_A_TIME, count_steps, &steps);
	if (err == 0)
		err = answer(catalogue, &asked, out);
	sqlite3_progress_handler(catalogue->db, 0, NULL, NULL);
	rs_buf_done(&asked.words);
	rs_buf_done(&asked.speaker);
	rs_buf_done(&asked.item);
	return err;
}
