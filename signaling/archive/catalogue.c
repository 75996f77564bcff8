/* The database: its tables, and the rows of one recording. */
#include "signaling/archive/catalogue_priv.h"

#include "signaling/archive/captions.h"
#include "signaling/archive/fold.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

/* Raised whenever the tables, or what is written into them, change: older files are made anew. */
#define VERSION 1
#define BUSY_MS 5000

_Static_assert(VISIBILITY_PUBLIC == 0, "ACCESS_SQL has the number");

void statement_freep(sqlite3_stmt **statement)
{
	(void)sqlite3_finalize(*statement); /* says again what the last step said */
}

sqlite3_stmt *statement_new(struct catalogue *catalogue, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(catalogue->db, sql, -1, &statement, NULL) != SQLITE_OK)
		return NULL;
	return statement;
}

bool statement_text(sqlite3_stmt *statement, const char *name, const char *text)
{
	const int at = sqlite3_bind_parameter_index(statement, name);
	return at == 0 || sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC) == SQLITE_OK;
}

bool statement_int(sqlite3_stmt *statement, const char *name, int64_t value)
{
	const int at = sqlite3_bind_parameter_index(statement, name);
	return at == 0 || sqlite3_bind_int64(statement, at, value) == SQLITE_OK;
}

const char *statement_column(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);
	return text != NULL ? (const char *)text : "";
}

bool statement_viewer(
	sqlite3_stmt *statement, const struct access_viewer *viewer, char list[ACCESS_LIST_LEN])
{
	size_t len = 0;
	list[len++] = '/';
	for (size_t i = 0; i < viewer->n_meetings; i++)
		len += (size_t)snprintf(
			list + len, ACCESS_LIST_LEN - len, "%s/", viewer->meetings[i]);
	list[len] = '\0';
	return statement_int(statement, ":any", viewer->role == ROLE_ADMIN) &&
	       statement_int(statement, ":classes", access_classes(viewer->role)) &&
	       statement_text(statement, ":meetings", list);
}

/* --- Birth --- */

static int run(struct catalogue *catalogue, const char *sql)
{
	return sqlite3_exec(catalogue->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -EIO;
}

static int make_tables(struct catalogue *catalogue)
{
	char version[64];
	(void)snprintf(version, sizeof(version), "PRAGMA user_version = %d", VERSION);
	const int err = run(catalogue,
		"BEGIN;"
		"CREATE TABLE recordings(id INTEGER PRIMARY KEY, directory TEXT UNIQUE NOT NULL,"
		" stamp TEXT NOT NULL, scan INTEGER NOT NULL, session TEXT UNIQUE, meeting TEXT,"
		" title TEXT, symbol TEXT, class INTEGER, started_ms INTEGER, duration_ms INTEGER,"
		" json TEXT);"
		"CREATE INDEX recordings_by_time ON recordings(started_ms);"
		"CREATE TABLE files(recording INTEGER NOT NULL, kind INTEGER NOT NULL,"
		" id TEXT NOT NULL, file TEXT NOT NULL, tag TEXT NOT NULL,"
		" PRIMARY KEY(recording, kind, id)) WITHOUT ROWID;"
		"CREATE TABLE lines(id INTEGER PRIMARY KEY, recording INTEGER NOT NULL,"
		" kind INTEGER NOT NULL, language TEXT NOT NULL, item INTEGER NOT NULL,"
		" speech INTEGER NOT NULL, delegation TEXT NOT NULL, from_ms INTEGER NOT NULL,"
		" shown TEXT NOT NULL);"
		"CREATE INDEX lines_of_recording ON lines(recording, kind);"
		"CREATE VIRTUAL TABLE words USING fts5(text,"
		" tokenize = \"unicode61 remove_diacritics 2\");");
	return err < 0 ? err : run(catalogue, version) < 0 ? -EIO : run(catalogue, "COMMIT");
}

/* 1: these are our tables; 0: there are none; -EIO: others', older ones, or no database. */
static int read_version(struct catalogue *catalogue)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue,
		"SELECT user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_user_version");
	if (statement == NULL || sqlite3_step(statement) != SQLITE_ROW)
		return -EIO;
	if (sqlite3_column_int(statement, 1) == 0)
		return 0;
	return sqlite3_column_int(statement, 0) == VERSION ? 1 : -EIO;
}

/* All of it can be had again: a power cut may take the last of it, not its order. */
static int open_database(const char *path, int flags, struct catalogue *catalogue)
{
	const int opened = sqlite3_open_v2(path, &catalogue->db, flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (opened != SQLITE_OK)
		return -EIO;
	(void)sqlite3_busy_timeout(catalogue->db, BUSY_MS); /* fails for no database */
	return 0;
}

static int open_or_make(const char *path, struct catalogue *catalogue)
{
	int err = open_database(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, catalogue);
	const int found = err < 0 ? err : read_version(catalogue);
	if (found < 0)
		return found;
	err = run(catalogue, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
	return err < 0 || found == 1 ? err : make_tables(catalogue);
}

static void remove_database(const char *path)
{
	static const char *const endings[] = { "", "-wal", "-shm" };
	char name[4096];
	for (size_t i = 0; i < RS_ARRAY_LEN(endings); i++) {
		if (rs_format(name, sizeof(name), "%s%s", path, endings[i]) == 0)
			(void)unlink(name); /* what stays is told by the next attempt to open */
	}
}

int catalogue_open(
	const char *path, struct catalogue **out_catalogue, char error[CATALOGUE_ERROR_LEN])
{
	RS_CLEANUP(catalogue_freep)
	struct catalogue *catalogue = rs_zalloc(sizeof(*catalogue));
	if (catalogue == NULL)
		return -ENOMEM;
	int err = open_or_make(path, catalogue);
	if (err < 0) {
		(void)sqlite3_close(catalogue->db); /* nothing is open in it */
		catalogue->db = NULL;
		remove_database(path);
		err = open_or_make(path, catalogue);
	}
	if (err < 0)
		(void)snprintf(error, CATALOGUE_ERROR_LEN, "%.150s: %.80s", path,
			catalogue->db != NULL ? sqlite3_errmsg(catalogue->db) : "no memory");
	else
		*out_catalogue = rs_steal(&catalogue);
	return err;
}

int catalogue_open_reader(const char *path, struct catalogue **out_catalogue)
{
	RS_CLEANUP(catalogue_freep)
	struct catalogue *catalogue = rs_zalloc(sizeof(*catalogue));
	if (catalogue == NULL)
		return -ENOMEM;
	const int err = open_database(path, SQLITE_OPEN_READONLY, catalogue);
	if (err == 0)
		*out_catalogue = rs_steal(&catalogue);
	return err;
}

struct catalogue *catalogue_free(struct catalogue *catalogue)
{
	if (catalogue == NULL)
		return NULL;
	(void)sqlite3_close(catalogue->db); /* every statement is finalized where it was made */
	return rs_release(catalogue);
}

void catalogue_freep(struct catalogue **catalogue)
{
	*catalogue = catalogue_free(*catalogue);
}

/* --- Places --- */

static int step_done(sqlite3_stmt *statement)
{
	const int step = sqlite3_step(statement);
	(void)sqlite3_reset(statement); /* says again what the step said */
	if (step == SQLITE_CONSTRAINT)
		return -EEXIST;
	return step == SQLITE_DONE || step == SQLITE_ROW ? 0 : -EIO;
}

static bool bind_place(sqlite3_stmt *statement, const struct catalogue_place *place)
{
	return statement != NULL && statement_text(statement, ":directory", place->directory) &&
	       statement_text(statement, ":stamp", place->stamp) &&
	       statement_int(statement, ":scan", place->scan);
}

int catalogue_knows(struct catalogue *catalogue, const struct catalogue_place *place)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue,
		"UPDATE recordings SET scan = :scan WHERE directory = :directory AND stamp = :stamp");
	if (!bind_place(statement, place) || step_done(statement) < 0)
		return -EIO;
	return sqlite3_changes(catalogue->db) > 0 ? 1 : 0;
}

/* What is known of this directory or, where that is NULL, of all that this scan did not find. */
static int delete_place(struct catalogue *catalogue, const struct catalogue_place *place)
{
#define GONE                                                                     \
	"(SELECT id FROM recordings WHERE directory = :directory OR (:directory" \
	" IS NULL AND scan <> :scan))"
	static const char *const deeds[] = {
		"DELETE FROM words WHERE rowid IN (SELECT id FROM lines WHERE recording IN " GONE
		")",
		"DELETE FROM lines WHERE recording IN " GONE,
		"DELETE FROM files WHERE recording IN " GONE,
		"DELETE FROM recordings WHERE id IN " GONE,
	};
#undef GONE
	for (size_t i = 0; i < RS_ARRAY_LEN(deeds); i++) {
		RS_CLEANUP(statement_freep)
		sqlite3_stmt *statement = statement_new(catalogue, deeds[i]);
		if (!bind_place(statement, place) || step_done(statement) < 0)
			return -EIO;
	}
	return sqlite3_changes(catalogue->db);
}

/* All or nothing: ends the transaction that began before `err`. */
static int end(struct catalogue *catalogue, int err)
{
	if (err >= 0 && run(catalogue, "COMMIT") < 0)
		err = -EIO;
	if (err < 0)
		(void)run(catalogue, "ROLLBACK"); /* it may have been rolled back already */
	return err;
}

int catalogue_forget(struct catalogue *catalogue, int64_t scan)
{
	const struct catalogue_place all = { .scan = scan };
	if (run(catalogue, "BEGIN IMMEDIATE") < 0)
		return -EIO;
	return end(catalogue, delete_place(catalogue, &all));
}

int catalogue_last_scan(struct catalogue *catalogue, int64_t *out_scan)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement =
		statement_new(catalogue, "SELECT coalesce(max(scan), 0) FROM recordings");
	if (statement == NULL || sqlite3_step(statement) != SQLITE_ROW)
		return -EIO;
	*out_scan = sqlite3_column_int64(statement, 0);
	return 0;
}

int catalogue_refuse(struct catalogue *catalogue, const struct catalogue_place *place)
{
	if (run(catalogue, "BEGIN IMMEDIATE") < 0)
		return -EIO;
	int err = delete_place(catalogue, place);
	if (err >= 0) {
		RS_CLEANUP(statement_freep)
		sqlite3_stmt *statement =
			statement_new(catalogue, "INSERT INTO recordings(directory, stamp, scan)"
						 " VALUES(:directory, :stamp, :scan)");
		err = bind_place(statement, place) ? step_done(statement) : -EIO;
	}
	return end(catalogue, err);
}

/* --- A recording --- */

/* What writing one recording holds on to. */
struct entry {
	struct catalogue *catalogue;
	const struct recording *recording;
	int64_t id;
	sqlite3_stmt *line, *words;
	struct rs_buf folded;
};

struct line {
	enum line_kind kind;
	const char *language;
	int64_t item;
	const struct recording_speech *speech; /* NULL = none */
	int64_t from_ms;
	const char *shown;
	const char *also[3]; /* what else it is found by */
};

static int fold_line(struct entry *entry, const struct line *line)
{
	struct rs_buf *folded = &entry->folded;
	rs_buf_consume(folded, rs_buf_len(folded));
	int err = fold_text(line->shown, folded);
	for (size_t i = 0; i < RS_ARRAY_LEN(line->also) && err == 0; i++)
		err = line->also[i] != NULL ? fold_text(line->also[i], folded) : 0;
	return err < 0 ? err : rs_buf_append(folded, "", 1);
}

/* A line without a word is none. */
static int put_line(struct entry *entry, const struct line *line)
{
	sqlite3_stmt *to = entry->line;
	int err = fold_line(entry, line);
	if (err < 0 || rs_buf_len(&entry->folded) == 1)
		return err;
	if (!statement_int(to, ":recording", entry->id) ||
		!statement_int(to, ":kind", line->kind) ||
		!statement_text(to, ":language", line->language) ||
		!statement_int(to, ":item", line->item) ||
		!statement_int(to, ":speech", line->speech != NULL ? line->speech->n : 0) ||
		!statement_text(
			to, ":delegation", line->speech != NULL ? line->speech->delegation : "") ||
		!statement_int(to, ":from", line->from_ms) ||
		!statement_text(to, ":shown", line->shown))
		return -ENOMEM;
	err = step_done(to);
	if (err < 0)
		return err;
	if (!statement_int(entry->words, ":id", sqlite3_last_insert_rowid(entry->catalogue->db)) ||
		!statement_text(entry->words, ":text", (const char *)rs_buf_data(&entry->folded)))
		return -ENOMEM;
	return step_done(entry->words);
}

static int put_head(struct entry *entry, const struct catalogue_place *place)
{
	const struct recording *recording = entry->recording;
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *to = statement_new(entry->catalogue,
		"INSERT INTO recordings(directory, stamp, scan, session, meeting, title, symbol, class,"
		" started_ms, duration_ms, json) VALUES(:directory, :stamp, :scan, :session, :meeting,"
		" :title, :symbol, :class, :started, :duration, :json)");
	if (!bind_place(to, place) || !statement_text(to, ":session", recording->session) ||
		!statement_text(to, ":meeting", recording->meeting) ||
		!statement_text(to, ":title", recording->title) ||
		!statement_text(to, ":symbol", recording->symbol) ||
		!statement_int(to, ":class", recording->class) ||
		!statement_int(to, ":started", recording->started_ms) ||
		!statement_int(to, ":duration", recording->duration_ms) ||
		!statement_text(to, ":json", recording->json))
		return -EIO;
	const int err = step_done(to);
	entry->id = sqlite3_last_insert_rowid(entry->catalogue->db);
	return err;
}

/* The second of two files of a language is not reachable, and left out. */
static int put_files(struct entry *entry, enum catalogue_kind kind,
	const struct recording_language *files, size_t n)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *to = statement_new(entry->catalogue,
		"INSERT OR IGNORE INTO files(recording, kind, id, file, tag)"
		" VALUES(:recording, :kind, :id, :file, :tag)");
	if (to == NULL)
		return -EIO;
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		if (!statement_int(to, ":recording", entry->id) ||
			!statement_int(to, ":kind", kind) ||
			!statement_text(to, ":id", files[i].id) ||
			!statement_text(to, ":file", files[i].file) ||
			!statement_text(to, ":tag", files[i].tag))
			return -ENOMEM;
		err = step_done(to);
	}
	return err;
}

static int put_indexed(struct entry *entry)
{
	const struct recording *recording = entry->recording;
	int err = put_line(entry, &(struct line){ .kind = LINE_TITLE,
					  .language = "",
					  .shown = recording->title,
					  .also = { recording->symbol, recording->meeting } });
	for (size_t i = 0; i < recording->n_items && err == 0; i++) {
		const struct recording_item *item = &recording->items[i];
		err = put_line(entry, &(struct line){ .kind = LINE_ITEM,
					      .language = "",
					      .item = item->item,
					      .from_ms = item->from_ms,
					      .shown = item->title });
	}
	for (size_t i = 0; i < recording->n_decisions && err == 0; i++) {
		const struct recording_decision *decision = &recording->decisions[i];
		err = put_line(entry, &(struct line){ .kind = LINE_DECISION,
					      .language = "",
					      .from_ms = decision->at_ms,
					      .shown = decision->title });
	}
	for (size_t i = 0; i < recording->n_speeches && err == 0; i++) {
		const struct recording_speech *speech = &recording->speeches[i];
		err = put_line(entry, &(struct line){ .kind = LINE_SPEECH,
					      .language = speech->language,
					      .item = speech->item,
					      .speech = speech,
					      .from_ms = speech->from_ms,
					      .shown = speech->name,
					      .also = { speech->person, speech->participant,
						      speech->delegation } });
	}
	return err;
}

/* Where in the speeches, which come in the order of their beginnings, one has come to from cue to cue. */
struct place {
	size_t at;
	const struct recording_speech *chair; /* the last who took it by then */
};

static bool is_during(const struct recording_speech *speech, int64_t ms)
{
	return speech != NULL && speech->from_ms <= ms && ms < speech->to_ms;
}

/* Who speaks then; of two, who began later; between speeches, the chair. */
static const struct recording_speech *speech_at(
	const struct recording *recording, struct place *place, int64_t ms)
{
	const struct recording_speech *last = NULL;
	if (place->at > 0 && recording->speeches[place->at - 1].from_ms > ms)
		*place = (struct place){ .at = 0 };
	while (place->at < recording->n_speeches && recording->speeches[place->at].from_ms <= ms) {
		if (recording->speeches[place->at].presiding)
			place->chair = &recording->speeches[place->at];
		place->at++;
	}
	if (place->at > 0)
		last = &recording->speeches[place->at - 1];
	return is_during(last, ms) ? last : is_during(place->chair, ms) ? place->chair : NULL;
}

static int put_captions(
	struct entry *entry, const char *language, const struct catalogue_text *text)
{
	struct captions captions;
	struct captions_cue cue;
	struct place place = { .at = 0 };
	if (text->text == NULL || captions_begin(&captions, text->text, text->len) < 0)
		return 0; /* the recording is of use without them */
	int err = 0;
	while (err == 0 && captions_next(&captions, &cue)) {
		const struct recording_speech *speech =
			speech_at(entry->recording, &place, (cue.from_ms + cue.to_ms) / 2);
		err = put_line(entry, &(struct line){ .kind = LINE_CAPTION,
					      .language = language,
					      .item = speech != NULL ? speech->item : 0,
					      .speech = speech,
					      .from_ms = cue.from_ms,
					      .shown = cue.text });
	}
	return err;
}

static int put_lines(struct entry *entry, const struct catalogue_text *captions)
{
	const struct recording *recording = entry->recording;
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *line = statement_new(entry->catalogue,
		"INSERT INTO lines(recording, kind, language, item, speech, delegation, from_ms, shown)"
		" VALUES(:recording, :kind, :language, :item, :speech, :delegation, :from, :shown)");
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *words = statement_new(
		entry->catalogue, "INSERT INTO words(rowid, text) VALUES(:id, :text)");
	if (line == NULL || words == NULL)
		return -EIO;
	entry->line = line;
	entry->words = words;
	int err = put_indexed(entry);
	for (size_t i = 0; i < recording->n_captions && err == 0; i++)
		err = put_captions(entry, recording->captions[i].id, &captions[i]);
	return err;
}

int catalogue_put(struct catalogue *catalogue, const struct catalogue_place *place,
	const struct recording *recording, const struct catalogue_text *captions)
{
	struct entry entry = { .catalogue = catalogue, .recording = recording };
	rs_buf_init(&entry.folded, 16 * (size_t)CAPTIONS_TEXT_MAX);
	if (run(catalogue, "BEGIN IMMEDIATE") < 0)
		return -EIO;
	int err = delete_place(catalogue, place);
	if (err >= 0)
		err = put_head(&entry, place);
	if (err == 0)
		err = put_files(
			&entry, CATALOGUE_PROGRAMME, recording->languages, recording->n_languages);
	if (err == 0)
		err = put_files(
			&entry, CATALOGUE_CAPTIONS, recording->captions, recording->n_captions);
	if (err == 0)
		err = put_lines(&entry, captions);
	rs_buf_done(&entry.folded);
	return end(catalogue, err);
}

/* --- One recording, for who may see it --- */

int catalogue_index(struct catalogue *catalogue, const char *session,
	const struct access_viewer *viewer, struct rs_buf *out, char out_meeting[RS_NAME_MAX + 1])
{
	char list[ACCESS_LIST_LEN];
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue,
		"SELECT json, meeting FROM recordings r WHERE r.session = :session AND " ACCESS_SQL);
	if (statement == NULL || !statement_viewer(statement, viewer, list) ||
		!statement_text(statement, ":session", session))
		return -EIO;
	const int step = sqlite3_step(statement);
	if (step != SQLITE_ROW)
		return step == SQLITE_DONE ? -ENOENT : -EIO;
	const char *json = statement_column(statement, 0);
	if (!rs_copy_string(out_meeting, RS_NAME_MAX + 1, statement_column(statement, 1)))
		return -EIO;
	return rs_buf_append(out, json, strlen(json));
}

int catalogue_file(struct catalogue *catalogue, const char *session,
	const struct access_viewer *viewer, enum catalogue_kind kind, const char *language,
	struct catalogue_file *out_file)
{
	char list[ACCESS_LIST_LEN];
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue,
		"SELECT r.directory, f.file, r.meeting, r.symbol, r.started_ms FROM recordings r, files f"
		" WHERE f.recording = r.id AND f.kind = :kind AND f.id = :language"
		" AND r.session = :session AND " ACCESS_SQL);
	if (statement == NULL || !statement_viewer(statement, viewer, list) ||
		!statement_text(statement, ":session", session) ||
		!statement_int(statement, ":kind", kind) ||
		!statement_text(statement, ":language", language))
		return -EIO;
	const int step = sqlite3_step(statement);
	if (step != SQLITE_ROW)
		return step == SQLITE_DONE ? -ENOENT : -EIO;
	*out_file = (struct catalogue_file){ .started_ms = sqlite3_column_int64(statement, 4) };
	if (!rs_set_text(out_file->directory, statement_column(statement, 0)) ||
		!rs_set_text(out_file->file, statement_column(statement, 1)) ||
		!rs_set_text(out_file->meeting, statement_column(statement, 2)) ||
		!rs_set_text(out_file->symbol, statement_column(statement, 3)))
		return -EIO;
	return 0;
}
