/* signaling/wire/conference/roster.h
 *
 * Delegations and badges as spreadsheets keep them: a CSV table (RFC 4180) with a row of names on top and a badge, a delegation,
 * or both on every further row, put into the JSON of a conference file. Columns: conf/examples/README.md. Quoted fields, line
 * breaks in them, CRLF or LF, separators comma, semicolon and tab, UTF-8 with or without its mark are taken.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CONFERENCE_ROSTER_H
#define ROSTRUM_SIGNALING_WIRE_CONFERENCE_ROSTER_H

#include "signaling/wire/conference/faults.h"

#include <jansson.h>

/* As faults name the table. */
#define ROSTER_FILE "delegations"
/* Rows below the names. */
#define ROSTER_ROWS_MAX 16384
/* Octets of a field. */
#define ROSTER_FIELD_MAX 512

/* Which row each added delegation and badge came from. */
struct roster;

/* Append what the table says to `conference`: "delegations" of it and "badges" of its meetings. Every fault of the table itself is
 * added to `faults`; whether the conference is right then, conference_parse() judges. 0, or -ENOMEM. */
int roster_add(json_t *conference, const char *csv, size_t len, struct faults *faults,
	struct roster **out_roster) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct roster *roster_free(struct roster *roster);
void roster_freep(struct roster **roster);
/* The row a path of the conference ("meetings[0].badges[7].seat") came from, with its field; 0 when it is none of the table's. */
uint32_t roster_line(const struct roster *roster, const char *where, const char **out_field);

#endif
