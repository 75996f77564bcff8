/* signaling/archive/catalogue_priv.h
 *
 * The database inside: what writing and searching share.
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

void statement_freep(sqlite3_stmt **statement);
/* NULL on any failure. */
sqlite3_stmt *statement_new(struct catalogue *catalogue, const char *sql);
/* Bind by name; what the statement does not ask for is left out. The text must live as long as the statement. False: no memory. */
bool statement_text(sqlite3_stmt *statement, const char *name, const char *text);
bool statement_int(sqlite3_stmt *statement, const char *name, int64_t value);
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
