/* By what badges join: a table of its own, beside the log, which is handed to recorders and must not hold this. */
#include "signaling/store/sqlite_priv.h"

#include <errno.h>

/* It came after version 1 of the schema and is made where it is missing; a program of before leaves it alone. */
static const char schema[] =
	"CREATE TABLE IF NOT EXISTS credentials(conference TEXT NOT NULL, badge TEXT NOT NULL,"
	" link TEXT NOT NULL, salt BLOB NOT NULL, hash BLOB NOT NULL, not_before INTEGER NOT NULL,"
	" state INTEGER NOT NULL, PRIMARY KEY(conference, badge)) WITHOUT ROWID;";

int sqlite_credentials_schema(sqlite3 *db)
{
	return sqlite3_exec(db, schema, NULL, NULL, NULL) == SQLITE_OK ? 0 : -EIO;
}

static bool copy_blob(sqlite3_stmt *statement, int i, uint8_t *out, size_t len)
{
	const void *data = sqlite3_column_blob(statement, i);
	if (data == NULL || (size_t)sqlite3_column_bytes(statement, i) != len)
		return false;
	memcpy(out, data, len);
	return true;
}

static bool copy_column(sqlite3_stmt *statement, int i, char *out, size_t cap)
{
	const char *text = (const char *)sqlite3_column_text(statement, i);
	return text != NULL && rs_copy_text(out, cap, text, strlen(text));
}

static bool read_row(sqlite3_stmt *statement, struct store_credential *out)
{
	const int state = sqlite3_column_int(statement, 6);
	out->not_before_s = sqlite3_column_int64(statement, 5);
	out->state = (enum store_credential_state)state;
	return state >= STORE_CREDENTIAL_GOOD && state <= STORE_CREDENTIAL_LOCKED &&
	       copy_column(statement, 0, out->conference, sizeof(out->conference)) &&
	       copy_column(statement, 1, out->badge, sizeof(out->badge)) &&
	       copy_column(statement, 2, out->link, sizeof(out->link)) &&
	       copy_blob(statement, 3, out->salt, sizeof(out->salt)) &&
	       copy_blob(statement, 4, out->hash, sizeof(out->hash));
}

int sqlite_load_credentials(struct sqlite_store *sqlite, const struct store_loader *loader)
{
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(sqlite->reader,
		"SELECT conference, badge, link, salt, hash, not_before, state FROM credentials", 0,
		NULL);
	if (statement == NULL)
		return -EIO;
	int step;
	while ((step = sqlite3_step(statement)) == SQLITE_ROW) {
		struct store_credential credential = { .conference = "" };
		if (!read_row(statement, &credential))
			return -EIO;
		const int err = loader->credential(loader->ctx, &credential);
		if (err < 0)
			return err;
	}
	return step == SQLITE_DONE ? 0 : -EIO;
}

static int write_one(sqlite3 *db, const struct store_credential *credential)
{
	const char *const texts[] = { credential->conference, credential->badge, credential->link };
	RS_CLEANUP(sqlite_finalizep)
	sqlite3_stmt *statement = sqlite_prepare(db,
		"INSERT OR REPLACE INTO credentials(conference, badge, link, salt, hash, not_before,"
		" state) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
		RS_ARRAY_LEN(texts), texts);
	if (statement == NULL ||
		sqlite3_bind_blob(statement, 4, credential->salt, STORE_SALT_LEN, SQLITE_STATIC) !=
			SQLITE_OK ||
		sqlite3_bind_blob(statement, 5, credential->hash, STORE_HASH_LEN, SQLITE_STATIC) !=
			SQLITE_OK ||
		sqlite3_bind_int64(statement, 6, credential->not_before_s) != SQLITE_OK ||
		sqlite3_bind_int(statement, 7, (int)credential->state) != SQLITE_OK)
		return -EIO;
	return sqlite3_step(statement) == SQLITE_DONE ? 0 : -EIO;
}

int sqlite_write_credentials(sqlite3 *db, const struct sqlite_job *job)
{
	int err = 0;
	for (size_t i = 0; i < job->n_credentials && err == 0; i++)
		err = write_one(db, &job->credentials[i]);
	return err;
}
