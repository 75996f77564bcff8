/* Opening and reading a whole database: schema, hash chains, claims. */
#include "signaling/store/sqlite_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* "RSTM": marks the file as ours (PRAGMA application_id). */
#define APPLICATION_ID 0x5253544d
#define SCHEMA_VERSION 1

static const char schema[] =
	"BEGIN IMMEDIATE;"
	"CREATE TABLE conferences(id TEXT PRIMARY KEY, epoch TEXT NOT NULL, json BLOB NOT NULL);"
	"CREATE TABLE claims(meeting TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;"
	"CREATE TABLE events(meeting TEXT NOT NULL, number INTEGER NOT NULL, hash BLOB NOT NULL,"
	" payload BLOB NOT NULL, PRIMARY KEY(meeting, number)) WITHOUT ROWID;"
	"CREATE TABLE commands(meeting TEXT NOT NULL, badge TEXT NOT NULL, id TEXT NOT NULL,"
	" number INTEGER NOT NULL, reply BLOB NOT NULL, PRIMARY KEY(meeting, badge, id))"
	" WITHOUT ROWID;"
	"CREATE INDEX commands_in_order ON commands(meeting, number);"
	"PRAGMA application_id = 1381192781;"
	"PRAGMA user_version = 1;"
	"COMMIT;";
/* Beside the version: a database made before there was a chat gets the table as it is opened. What is deleted is overwritten. */
static const char messages[] =
	"CREATE TABLE IF NOT EXISTS messages(meeting TEXT NOT NULL, number INTEGER NOT NULL,"
	" text BLOB NOT NULL, PRIMARY KEY(meeting, number)) WITHOUT ROWID;"
	"PRAGMA secure_delete = ON;";
/* Came later; a program that does not know it leaves it alone, so the version stays. */
static const char notes[] =
	"CREATE TABLE IF NOT EXISTS notes(key TEXT PRIMARY KEY, text BLOB NOT NULL)"
	" WITHOUT ROWID;";
_Static_assert(APPLICATION_ID == 1381192781, "as the schema has it");

sqlite3_stmt *sqlite_prepare(sqlite3 *db, const char *sql, size_t n, const char *const *texts)
{
	sqlite3_stmt *statement = NULL;
	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (sqlite3_bind_text(statement, (int)i + 1, texts[i], -1, SQLITE_TRANSIENT) !=
			SQLITE_OK) {
			sqlite3_finalize(statement);
			return NULL;
		}
	}
	return statement;
}

void sqlite_finalizep(sqlite3_stmt **statement)
{
	(void)sqlite3_finalize(*statement); /* repeats the error of the last step */
	*statement = NULL;
}

static int query_int(sqlite3 *db, const char *sql, int64_t *out_value)
{
	RS_CLEANUP(sqlite_finalizep) sqlite3_stmt *statement = sqlite_prepare(db, sql, 0, NULL);
	if (statement == NULL || sqlite3_step(statement) != SQLITE_ROW)
		return -EIO;
	*out_value = sqlite3_column_int64(statement, 0);
	return 0;
}

static int fail(sqlite3 *db, const char *path, char error[STORE_ERROR_LEN])
{
	(void)snprintf(error, STORE_ERROR_LEN, "%.150s: %.90s", path, sqlite3_errmsg(db));
	return sqlite3_errcode(db) == SQLITE_NOTADB ? -EBADMSG : -EIO;
}

int sqlite_schema(sqlite3 *db, const char *path, char error[STORE_ERROR_LEN])
{
	int64_t id = 0;
	int64_t version = 0;
	int64_t tables = 0;
	if (sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", NULL, NULL,
		    NULL) != SQLITE_OK ||
		query_int(db, "PRAGMA application_id", &id) < 0 ||
		query_int(db, "PRAGMA user_version", &version) < 0 ||
		query_int(db, "SELECT count(*) FROM sqlite_schema", &tables) < 0)
		return fail(db, path, error);

	if (tables == 0 && sqlite3_exec(db, schema, NULL, NULL, NULL) != SQLITE_OK)
		return fail(db, path, error);
	if (tables == 0 || (id == APPLICATION_ID && version == SCHEMA_VERSION)) {
		return sqlite_credentials_schema(db) == 0 &&
				       sqlite3_exec(db, messages, NULL, NULL, NULL) == SQLITE_OK &&
				       sqlite3_exec(db, notes, NULL, NULL, NULL) == SQLITE_OK
			       ? 0
			       : fail(db, path, error);
	}
	(void)snprintf(error, STORE_ERROR_LEN, "%.150s: not a Rostrum database of version %d", path,
		SCHEMA_VERSION);
	return -EBADMSG;
}

/* A column as a view that lives until the next step; never NULL. */
static const char *column(sqlite3_stmt *statement, int i, size_t *out_len)
{
	const char *data = sqlite3_column_blob(statement, i);
	*out_len = (size_t)sqlite3_column_bytes(statement, i);
	return data != NULL ? data : "";
}

static const char *column_text(sqlite3_stmt *statement, int i)
{
	const unsigned char *text = sqlite3_column_text(statement, i);
	return text != NULL ? (const char *)text : "";
}

static int load_conferences(
	struct sqlite_store *sqlite, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(
		sqlite->reader, "SELECT id, epoch, json FROM conferences ORDER BY rowid", 0, NULL);
	if (statement == NULL)
		return fail(sqlite->reader, sqlite->path, error);
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_conference conference = {
			.id = column_text(statement, 0),
			.epoch = column_text(statement, 1),
		};
		conference.json = column(statement, 2, &conference.len);
		const int err = loader->conference(loader->ctx, &conference);
		if (err < 0)
			return err;
	}
	return step == SQLITE_DONE ? 0 : fail(sqlite->reader, sqlite->path, error);
}

/* Where the chain of the meeting being read stands. */
struct chain {
	char meeting[RS_NAME_MAX + 1];
	uint64_t number;
	uint8_t hash[RS_SHA256_LEN];
};

static void chain_next(
	uint8_t hash[RS_SHA256_LEN], struct rs_hash *sha, const char *payload, size_t len)
{
	rs_hash_add(sha, hash, RS_SHA256_LEN);
	rs_hash_add(sha, payload, len);
	rs_hash_finish(sha, hash);
}

static int check_event(struct chain *chain, struct rs_hash *sha, const char *meeting,
	const struct store_event *event, char error[STORE_ERROR_LEN])
{
	if (strcmp(chain->meeting, meeting) != 0) {
		*chain = (struct chain){ .number = 0 };
		(void)rs_set_text(chain->meeting, meeting);
	}
	chain_next(chain->hash, sha, event->payload, event->len);
	if (event->number == ++chain->number &&
		memcmp(chain->hash, event->hash, RS_SHA256_LEN) == 0)
		return 0;
	(void)snprintf(error, STORE_ERROR_LEN,
		"meeting %s, event %" PRIu64
		": the hash chain is broken here; the log was altered or damaged",
		meeting, chain->number);
	return -EBADMSG;
}

static int load_event(struct chain *chain, struct rs_hash *sha, sqlite3_stmt *statement,
	const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	const char *meeting = column_text(statement, 0);
	struct store_event event = { .number = (uint64_t)sqlite3_column_int64(statement, 1) };
	size_t hash_len;
	const char *hash = column(statement, 2, &hash_len);
	event.payload = column(statement, 3, &event.len);
	if (hash_len == RS_SHA256_LEN)
		memcpy(event.hash, hash, RS_SHA256_LEN);
	const int err = check_event(chain, sha, meeting, &event, error);
	return err < 0 ? err : loader->event(loader->ctx, meeting, &event);
}

static int load_events(
	struct sqlite_store *sqlite, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	struct chain chain = { .number = 0 };
	RS_CLEANUP(rs_hash_freep) struct rs_hash *sha = NULL;
	const int err = rs_hash_new(RS_HASH_SHA256, &sha);
	if (err < 0)
		return err;
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(sqlite->reader,
		"SELECT meeting, number, hash, payload FROM events ORDER BY meeting, number", 0,
		NULL);
	if (statement == NULL)
		return fail(sqlite->reader, sqlite->path, error);
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		const int loaded = load_event(&chain, sha, statement, loader, error);
		if (loaded < 0)
			return loaded;
	}
	return step == SQLITE_DONE ? 0 : fail(sqlite->reader, sqlite->path, error);
}

static int load_messages(
	struct sqlite_store *sqlite, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(sqlite->reader,
		"SELECT meeting, number, text FROM messages ORDER BY meeting, number", 0, NULL);
	if (statement == NULL)
		return fail(sqlite->reader, sqlite->path, error);
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_message message = {
			.meeting = column_text(statement, 0),
			.number = (uint64_t)sqlite3_column_int64(statement, 1),
		};
		message.text = column(statement, 2, &message.len);
		const int err = loader->message(loader->ctx, &message);
		if (err < 0)
			return err;
	}
	return step == SQLITE_DONE ? 0 : fail(sqlite->reader, sqlite->path, error);
}

static int load_commands(
	struct sqlite_store *sqlite, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(sqlite->reader,
		"SELECT meeting, badge, id, reply FROM commands ORDER BY meeting, number", 0, NULL);
	if (statement == NULL)
		return fail(sqlite->reader, sqlite->path, error);
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_command command = {
			.badge = column_text(statement, 1),
			.id = column_text(statement, 2),
		};
		command.reply = column(statement, 3, &command.reply_len);
		const int err = loader->command(loader->ctx, column_text(statement, 0), &command);
		if (err < 0)
			return err;
	}
	return step == SQLITE_DONE ? 0 : fail(sqlite->reader, sqlite->path, error);
}

static int load_notes(
	struct sqlite_store *sqlite, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement =
		sqlite_prepare(sqlite->reader, "SELECT key, text FROM notes", 0, NULL);
	if (statement == NULL)
		return fail(sqlite->reader, sqlite->path, error);
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_note note = { .key = column_text(statement, 0) };
		note.text = column(statement, 1, &note.len);
		const int err = loader->note(loader->ctx, &note);
		if (err < 0)
			return err;
	}
	return step == SQLITE_DONE ? 0 : fail(sqlite->reader, sqlite->path, error);
}

int sqlite_load(struct store *store, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	struct sqlite_store *sqlite = sqlite_of(store);
	int err = load_conferences(sqlite, loader, error);
	if (err == 0 && loader->credential != NULL)
		err = sqlite_load_credentials(sqlite, loader);
	if (err == -EIO)
		return fail(sqlite->reader, sqlite->path, error);
	if (err == 0)
		err = load_messages(sqlite, loader, error);
	if (err == 0)
		err = load_events(sqlite, loader, error);
	if (err == 0)
		err = load_commands(sqlite, loader, error);
	if (err == 0 && loader->note != NULL)
		err = load_notes(sqlite, loader, error);
	return err;
}

int sqlite_claim(struct store *store, const char *meeting, uint64_t *out_epoch)
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(sqlite_of(store)->reader,
		"INSERT INTO claims(meeting, epoch) VALUES(?1, 1) ON CONFLICT(meeting)"
		" DO UPDATE SET epoch = epoch + 1 RETURNING epoch",
		1, &meeting);
	if (statement == NULL || sqlite3_step(statement) != SQLITE_ROW)
		return -EIO;
	const int64_t epoch = sqlite3_column_int64(statement, 0);
	/* The write ends with the statement. */
	if (sqlite3_step(statement) != SQLITE_DONE)
		return -EIO;
	*out_epoch = (uint64_t)epoch;
	return 0;
}
