/* signaling/archive/catalogue_priv.h
 *
 * The database inside: catalogue.c has its tables and places, catalogue_put.c writes a recording, catalogue_give.c and search.c read.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_CATALOGUE_PRIV_H
#define ROSTRUM_SIGNALING_ARCHIVE_CATALOGUE_PRIV_H

#include "signaling/archive/catalogue.h"

#include <sqlite3.h>

struct catalogue {
	sqlite3 *db;
};

/* What a line of the table `lines` is. The names are those of hits on the wire. */
enum line_kind {
	LINE_TITLE,
	LINE_ITEM,
	LINE_DECISION,
	LINE_SPEECH,
	LINE_CAPTION,
	LINE_KIND_COUNT,
};

/* 0 or -EIO. */
int catalogue_run(struct catalogue *catalogue, const char *sql);
/* All or nothing: ends the transaction that began before `err`, and says what became of it. */
int catalogue_end(struct catalogue *catalogue, int err) RS_MUST_USE;
/* What is known of this directory or, where that is NULL, of all that this scan did not find, is forgotten. How many, or -EIO. */
int catalogue_delete_place(
	struct catalogue *catalogue, const struct catalogue_place *place) RS_MUST_USE;
/* As :directory, :stamp and :scan. False where the statement is NULL, too. */
bool catalogue_bind_place(sqlite3_stmt *statement, const struct catalogue_place *place);

void statement_freep(sqlite3_stmt **statement);
/* NULL on any failure. */
sqlite3_stmt *statement_new(struct catalogue *catalogue, const char *sql);
/* Bind by name; what the statement does not ask for is left out. The text must live as long as the statement. False: no memory. */
bool statement_text(sqlite3_stmt *statement, const char *name, const char *text);
bool statement_int(sqlite3_stmt *statement, const char *name, int64_t value);
/* Run one that gives no rows, and make it ready again. 0, -EEXIST (a constraint) or -EIO. */
int statement_done(sqlite3_stmt *statement) RS_MUST_USE;
/* Never NULL. */
const char *statement_column(sqlite3_stmt *statement, int column);
/* The viewer as :any, :classes and :meetings, for ACCESS_SQL. `list` is room for the last. */
#define ACCESS_LIST_LEN (ACCESS_MEETINGS_MAX * (RS_NAME_MAX + 1) + 2)
#define ACCESS_SQL                                   \
	"(r.session IS NOT NULL AND (r.class = 0 OR" \
	" ((:classes >> r.class) & 1 = 1 AND"        \
	" (:any OR instr(:meetings, '/' || r.meeting || '/') > 0))))"
bool statement_viewer(
	sqlite3_stmt *statement, const struct access_viewer *viewer, char list[ACCESS_LIST_LEN]);

#endif
