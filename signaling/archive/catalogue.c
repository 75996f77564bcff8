/* The database: its tables, and which directories it knows. */
#include "signaling/archive/catalogue.h"

#include "signaling/archive/catalogue_priv.h"

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

int catalogue_run(struct catalogue *catalogue, const char *sql)
{
	return sqlite3_exec(catalogue->db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0 : -EIO;
}

static int make_tables(struct catalogue *catalogue)
{
	char version[64];
	(void)snprintf(version, sizeof(version), "PRAGMA user_version = %d", VERSION);
	const int err = catalogue_run(catalogue,
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
	return err < 0                                 ? err
	       : catalogue_run(catalogue, version) < 0 ? -EIO
						       : catalogue_run(catalogue, "COMMIT");
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
	err = catalogue_run(catalogue, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
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

int statement_done(sqlite3_stmt *statement)
{
	const int step = sqlite3_step(statement);
	(void)sqlite3_reset(statement); /* says again what the step said */
	if (step == SQLITE_CONSTRAINT)
		return -EEXIST;
	return step == SQLITE_DONE || step == SQLITE_ROW ? 0 : -EIO;
}

bool catalogue_bind_place(sqlite3_stmt *statement, const struct catalogue_place *place)
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
	if (!catalogue_bind_place(statement, place) || statement_done(statement) < 0)
		return -EIO;
	return sqlite3_changes(catalogue->db) > 0 ? 1 : 0;
}

/* What is known of this directory or, where that is NULL, of all that this scan did not find. */
int catalogue_delete_place(struct catalogue *catalogue, const struct catalogue_place *place)
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
		if (!catalogue_bind_place(statement, place) || statement_done(statement) < 0)
			return -EIO;
	}
	return sqlite3_changes(catalogue->db);
}

/* All or nothing: ends the transaction that began before `err`. */
int catalogue_end(struct catalogue *catalogue, int err)
{
	if (err >= 0 && catalogue_run(catalogue, "COMMIT") < 0)
		err = -EIO;
	if (err < 0)
		(void)catalogue_run(
			catalogue, "ROLLBACK"); /* it may have been rolled back already */
	return err;
}

int catalogue_forget(struct catalogue *catalogue, int64_t scan)
{
	const struct catalogue_place all = { .scan = scan };
	if (catalogue_run(catalogue, "BEGIN IMMEDIATE") < 0)
		return -EIO;
	return catalogue_end(catalogue, catalogue_delete_place(catalogue, &all));
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
	if (catalogue_run(catalogue, "BEGIN IMMEDIATE") < 0)
		return -EIO;
	int err = catalogue_delete_place(catalogue, place);
	if (err >= 0) {
		RS_CLEANUP(statement_freep)
		sqlite3_stmt *statement =
			statement_new(catalogue, "INSERT INTO recordings(directory, stamp, scan)"
						 " VALUES(:directory, :stamp, :scan)");
		err = catalogue_bind_place(statement, place) ? statement_done(statement) : -EIO;
	}
	return catalogue_end(catalogue, err);
}
