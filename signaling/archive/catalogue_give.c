/* One recording, for who may see it. */
#include "signaling/archive/catalogue_priv.h"

#include <errno.h>
#include <string.h>

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

/* What the columns of a statement say of a recording: directory, file, meeting, symbol and when it began. */
static int take_file(sqlite3_stmt *statement, struct catalogue_file *out_file)
{
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
	return take_file(statement, out_file);
}

int catalogue_session(struct catalogue *catalogue, const char *session,
	const struct access_viewer *viewer, struct catalogue_file *out_file)
{
	char list[ACCESS_LIST_LEN];
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *statement = statement_new(catalogue,
		"SELECT r.directory, '', r.meeting, r.symbol, r.started_ms FROM recordings r"
		" WHERE r.session = :session AND " ACCESS_SQL);
	if (statement == NULL || !statement_viewer(statement, viewer, list) ||
		!statement_text(statement, ":session", session))
		return -EIO;
	return take_file(statement, out_file);
}
