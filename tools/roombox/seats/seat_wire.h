/* tools/roombox/seats/seat_wire.h
 *
 * What the seats' local API says and understands (SEATS.md; seat_api.json describes it for programs): its routes, rows and problems as JSON,
 * and messages of adapters. Text only, no I/O. Rows and problems are appended to buffers of the caller's.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_WIRE_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_WIRE_H

#include "common/base/buf.h"
#include "tools/roombox/seats/seats.h"

#define SEAT_WIRE_FORMAT "rostrum-seats/1"
#define SEAT_WIRE_SUBPROTOCOL "rostrum-seats.v1"
/* Octets of a row, of which all that is text may have to be escaped, and of what stands around rows. */
#define SEAT_WIRE_ROW_MAX (128U + RS_NAME_MAX + 6U * (SEATS_NAME_MAX + SEATS_PERSON_MAX))
#define SEAT_WIRE_HEAD_MAX 512U
/* Octets of a message or a body that is taken in. */
#define SEAT_WIRE_TAKEN_MAX 512U
#define SEAT_WIRE_REASON_MAX 32U
/* Octets of a technician's line. */
#define SEAT_WIRE_TEXT_MAX 800U

/* --- Routes --- */

enum seat_route_kind {
	SEAT_ROUTE_SEATS,
	SEAT_ROUTE_SEAT,
	SEAT_ROUTE_PRESS,
	SEAT_ROUTE_RELEASE,
	SEAT_ROUTE_EVENTS,
	SEAT_ROUTE_PROBLEMS,
	SEAT_ROUTE_DESCRIPTION,
	SEAT_ROUTES,
};

/* One address: what stands before and behind the name of a seat, or, without a name, the whole of it. */
struct seat_route {
	const char *method;
	const char *before;
	const char *behind; /* NULL = no seat is named */
};
extern const struct seat_route seat_routes[SEAT_ROUTES];

/* The route of a decoded path; the seat that it names is written to `out_seat`, else "". -ENOENT: there is nothing; a name that is too
 * long is none either. */
int seat_route_find(const char *path, enum seat_route_kind *out_kind,
	char out_seat[SEATS_NAME_MAX + 1]) RS_MUST_USE;

/* --- Problems (RFC 9457) --- */

enum seat_problem {
	SEAT_PROBLEM_NO_TOKEN,
	SEAT_PROBLEM_FROM_A_PAGE,
	SEAT_PROBLEM_NO_SEAT,
	SEAT_PROBLEM_NOT_FOUND,
	SEAT_PROBLEM_METHOD,
	SEAT_PROBLEM_NOBODYS,
	SEAT_PROBLEM_TOO_LARGE,
	SEAT_PROBLEM_UPGRADE,
	SEAT_PROBLEM_MALFORMED,
	SEAT_PROBLEM_TOO_MANY,
	SEAT_PROBLEM_NO_LINE,
	SEAT_PROBLEM_NO_MEMORY,
	SEAT_PROBLEMS,
};

unsigned seat_problem_status(enum seat_problem problem);
/* {"type": "/problems#…", "status": …, "title": …, "reason": …}. 0, -E2BIG, -ENOMEM. */
int seat_problem_write(enum seat_problem problem, struct rs_buf *out) RS_MUST_USE;
/* All of them: {"problems": […]}. As above. */
int seat_problems_write(struct rs_buf *out) RS_MUST_USE;

/* --- Rows --- */

/* {"seat": "A12", "name": "Kenya", "badge": "KEN", "state": "open", "lamp": "open", "microphone": true}. 0, -E2BIG, -ENOMEM. */
int seat_row_write(const struct seat_row *row, struct rs_buf *out) RS_MUST_USE;
/* {"format": …, "meeting": …, "line": …, "seats": [rows]}; with `type`, a WebSocket's first message. As above. */
int seat_rows_write(const char *meeting, bool connected, const struct seat_row *rows, size_t n,
	bool type, struct rs_buf *out) RS_MUST_USE;
/* WebSocket messages: {"type": "seat", "seat": row}, {"type": "line", …}, {"type": "refused", …}, {"type": "message", …} (an
 * empty seat is the room itself, an empty text says that it is over: both null), {"type": "problem", …}. As above. */
int seat_message_row(const struct seat_row *row, struct rs_buf *out) RS_MUST_USE;
int seat_message_line(bool connected, struct rs_buf *out) RS_MUST_USE;
int seat_message_refused(const char *seat, const char *reason, struct rs_buf *out) RS_MUST_USE;
int seat_message_text(const char *seat, const char *text, struct rs_buf *out) RS_MUST_USE;
int seat_message_problem(
	const char *seat, enum seat_problem problem, struct rs_buf *out) RS_MUST_USE;

/* --- What adapters say --- */

struct seat_key {
	char seat[SEATS_NAME_MAX + 1];
	bool release; /* else it was pressed */
};

/* {"press": "A12"} or {"release": "A12"}. 0, or -EBADMSG: another thing, or no name of a seat. */
int seat_key_read(const char *text, size_t len, struct seat_key *out_key) RS_MUST_USE;

#endif
