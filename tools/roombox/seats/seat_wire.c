#include "tools/roombox/seats/seat_wire.h"

#include <jansson.h>

#include <errno.h>

/* --- Routes --- */

const struct seat_route seat_routes[SEAT_ROUTES] = {
	[SEAT_ROUTE_SEATS] = { "GET", "/seats", NULL },
	[SEAT_ROUTE_SEAT] = { "GET", "/seats/", "" },
	[SEAT_ROUTE_PRESS] = { "POST", "/seats/", "/press" },
	[SEAT_ROUTE_RELEASE] = { "POST", "/seats/", "/release" },
	[SEAT_ROUTE_EVENTS] = { "GET", "/events", NULL },
	[SEAT_ROUTE_PROBLEMS] = { "GET", "/problems", NULL },
	[SEAT_ROUTE_DESCRIPTION] = { "GET", "/openapi.json", NULL },
};

/* Whether the path is this route's; a seat's name may have any letters, a slash too. */
static bool match(const struct seat_route *route, const char *path, char seat[SEATS_NAME_MAX + 1])
{
	const size_t before = strlen(route->before);
	const size_t len = strlen(path);
	if (route->behind == NULL)
		return strcmp(path, route->before) == 0;
	const size_t behind = strlen(route->behind);
	if (strncmp(path, route->before, before) != 0 || len <= before + behind ||
		strcmp(path + len - behind, route->behind) != 0)
		return false;
	return rs_copy_text(seat, SEATS_NAME_MAX + 1, path + before, len - before - behind);
}

int seat_route_find(
	const char *path, enum seat_route_kind *out_kind, char out_seat[SEATS_NAME_MAX + 1])
{
	/* What has more behind the name goes first. */
	static const enum seat_route_kind order[] = { SEAT_ROUTE_PRESS, SEAT_ROUTE_RELEASE,
		SEAT_ROUTE_SEAT, SEAT_ROUTE_SEATS, SEAT_ROUTE_EVENTS, SEAT_ROUTE_PROBLEMS,
		SEAT_ROUTE_DESCRIPTION };
	_Static_assert(RS_ARRAY_LEN(order) == SEAT_ROUTES, "each route once");
	for (size_t i = 0; i < RS_ARRAY_LEN(order); i++) {
		char seat[SEATS_NAME_MAX + 1] = "";
		if (!match(&seat_routes[order[i]], path, seat))
			continue;
		*out_kind = order[i];
		memcpy(out_seat, seat, sizeof(seat));
		return 0;
	}
	return -ENOENT;
}

/* --- JSON --- */

/* Appends what it takes over; NULL is out of memory. */
static int put(json_t *json, struct rs_buf *out)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	const int err = text != NULL ? rs_buf_append(out, text, strlen(text)) : -ENOMEM;
	free(text);
	json_decref(json);
	return err;
}

static const char *state_name(enum seat_state state)
{
	switch (state) {
	case SEAT_IDLE:
		return "idle";
	case SEAT_REQUESTED:
		return "requested";
	case SEAT_CALLED:
		return "called";
	case SEAT_OPEN:
		break;
	}
	return "open";
}

static const char *lamp_name(enum seat_lamp lamp)
{
	switch (lamp) {
	case SEAT_LAMP_OFF:
		return "off";
	case SEAT_LAMP_REQUEST:
		return "request";
	case SEAT_LAMP_NEXT:
		return "next";
	case SEAT_LAMP_OPEN:
		break;
	}
	return "open";
}

static const char *line_name(bool connected)
{
	return connected ? "connected" : "lost";
}

/* --- Problems --- */

static const struct {
	unsigned status;
	const char *reason;
	const char *title;
} problems[SEAT_PROBLEMS] = {
	[SEAT_PROBLEM_NO_TOKEN] = { 401, "no-token",
		"The token of this box is needed: Authorization: Bearer." },
	[SEAT_PROBLEM_FROM_A_PAGE] = { 403, "from-a-page",
		"A browser's page may ask only where a token is set up." },
	[SEAT_PROBLEM_NO_SEAT] = { 404, "no-such-seat", "This room has no seat of this name." },
	[SEAT_PROBLEM_NOT_FOUND] = { 404, "not-found", "There is nothing at this address." },
	[SEAT_PROBLEM_METHOD] = { 405, "method-not-allowed", "This address has another method." },
	[SEAT_PROBLEM_NOBODYS] = { 409, "nobodys-seat",
		"Nobody of the meeting sits at this seat." },
	[SEAT_PROBLEM_TOO_LARGE] = { 413, "too-large", "The body is longer than is taken here." },
	[SEAT_PROBLEM_UPGRADE] = { 426, "upgrade-required",
		"A WebSocket with the subprotocol " SEAT_WIRE_SUBPROTOCOL " is expected." },
	[SEAT_PROBLEM_MALFORMED] = { 400, "malformed",
		"{\"press\": SEAT} or {\"release\": SEAT} is expected." },
	[SEAT_PROBLEM_TOO_MANY] = { 503, "too-many",
		"There are too many keys, or too many connections, at a time. Please try again." },
	[SEAT_PROBLEM_NO_LINE] = { 503, "no-line", "The box has no line to the meeting just now." },
	[SEAT_PROBLEM_NO_MEMORY] = { 500, "out-of-memory", "The box is out of memory." },
};

unsigned seat_problem_status(enum seat_problem problem)
{
	return problems[problem].status;
}

static json_t *problem_json(enum seat_problem problem)
{
	return json_pack("{s:s+, s:i, s:s, s:s}", "type", "/problems#", problems[problem].reason,
		"status", (int)problems[problem].status, "title", problems[problem].title, "reason",
		problems[problem].reason);
}

int seat_problem_write(enum seat_problem problem, struct rs_buf *out)
{
	return put(problem_json(problem), out);
}

int seat_problems_write(struct rs_buf *out)
{
	json_t *list = json_array();
	int err = 0;
	for (size_t i = 0; i < SEAT_PROBLEMS; i++)
		err |= json_array_append_new(list, problem_json((enum seat_problem)i));
	json_t *all = json_pack("{s:o}", "problems", list);
	if (err != 0) {
		json_decref(all);
		return -ENOMEM;
	}
	return put(all, out);
}

/* --- Rows --- */

static json_t *row_json(const struct seat_row *row)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:b}", "seat", row->seat, "name", row->name,
		"badge", row->badge, "state", state_name(row->state), "lamp", lamp_name(row->lamp),
		"microphone", (int)row->microphone);
}

int seat_row_write(const struct seat_row *row, struct rs_buf *out)
{
	return put(row_json(row), out);
}

int seat_rows_write(const char *meeting, bool connected, const struct seat_row *rows, size_t n,
	bool type, struct rs_buf *out)
{
	json_t *list = json_array();
	int err = 0;
	for (size_t i = 0; i < n; i++)
		err |= json_array_append_new(list, row_json(&rows[i]));
	json_t *all = json_pack("{s:s*, s:s, s:s, s:s, s:o}", "type", type ? "seats" : NULL,
		"format", SEAT_WIRE_FORMAT, "meeting", meeting, "line", line_name(connected),
		"seats", list);
	if (err != 0) {
		json_decref(all);
		return -ENOMEM;
	}
	return put(all, out);
}

int seat_message_row(const struct seat_row *row, struct rs_buf *out)
{
	return put(json_pack("{s:s, s:o}", "type", "seat", "seat", row_json(row)), out);
}

int seat_message_line(bool connected, struct rs_buf *out)
{
	return put(json_pack("{s:s, s:s}", "type", "line", "line", line_name(connected)), out);
}

int seat_message_refused(const char *seat, const char *reason, struct rs_buf *out)
{
	return put(json_pack("{s:s, s:s, s:s}", "type", "refused", "seat", seat, "reason", reason),
		out);
}

int seat_message_text(const char *seat, const char *text, struct rs_buf *out)
{
	return put(json_pack("{s:s, s:s?, s:s?}", "type", "message", "seat",
			   seat[0] != '\0' ? seat : NULL, "text", text[0] != '\0' ? text : NULL),
		out);
}

int seat_message_problem(const char *seat, enum seat_problem problem, struct rs_buf *out)
{
	return put(json_pack("{s:s, s:s, s:o}", "type", "problem", "seat", seat, "problem",
			   problem_json(problem)),
		out);
}

/* --- What adapters say --- */

int seat_key_read(const char *text, size_t len, struct seat_key *out_key)
{
	const char *press = NULL;
	const char *release = NULL;
	struct seat_key key = { .release = false };
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	int err = json_unpack(json, "{s?s, s?s !}", "press", &press, "release", &release) == 0 &&
				  (press == NULL) != (release == NULL)
			  ? 0
			  : -EBADMSG;
	if (err == 0) {
		key.release = press == NULL;
		const char *seat = key.release ? release : press;
		err = seat[0] != '\0' && rs_set_text(key.seat, seat) ? 0 : -EBADMSG;
	}
	json_decref(json);
	if (err == 0)
		*out_key = key;
	return err;
}
