#include "tools/roombox/meeting/seating.h"

#include "tools/client/patch.h"

#include <errno.h>
#include <stdlib.h>

/* Members of the view that are kept. */
static const char *const kept[] = { "list", "replies", "points", "motions", "explanations", "floor",
	"open", "meeting" };
/* Of a participant. */
static const char *const kept_of_person[] = { "name", "country", "role", "place", "present",
	"seat" };

struct place {
	struct meeting_seat now, told;
	bool presiding; /* a presiding officer's */
	bool known;     /* told once */
	bool taken;     /* somebody has it in the present view */
};

struct seating {
	json_t *view;   /* kept members */
	json_t *people; /* badge: kept members */
	struct place *places;
	size_t n;
	size_t next; /* to be looked at by seating_changed() */
};

int seating_new(struct seating **out_seating)
{
	struct seating *seating = rs_zalloc(sizeof(*seating));
	if (seating == NULL)
		return -ENOMEM;
	seating->view = json_object();
	seating->people = json_object();
	if (seating->view == NULL || seating->people == NULL) {
		seating_free(seating);
		return -ENOMEM;
	}
	*out_seating = seating;
	return 0;
}

struct seating *seating_free(struct seating *seating)
{
	if (seating == NULL)
		return NULL;
	json_decref(seating->view);
	json_decref(seating->people);
	rs_release(seating->places);
	return rs_release(seating);
}

/* --- What is kept --- */

static int keep(json_t *object, const char *member, const json_t *patch)
{
	const json_t *value = json_object_get(patch, member);
	return value != NULL ? patch_member(object, member, value) : 0;
}

/* Also who has no seat: when they get one, nothing else of them may be told again. */
static int keep_person(json_t *people, const char *badge, const json_t *told)
{
	json_t *person = json_object_get(people, badge);
	int err = 0;
	if (json_is_null(told)) {
		(void)json_object_del(people, badge); /* they need not be there */
		return 0;
	}
	if (!json_is_object(told))
		return 0;
	if (person == NULL && json_object_set_new(people, badge, person = json_object()) < 0)
		return -ENOMEM;
	for (size_t i = 0; i < RS_ARRAY_LEN(kept_of_person); i++) {
		if (err == 0)
			err = keep(person, kept_of_person[i], told);
	}
	return err;
}

/* --- How a seat stands --- */

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static bool is_in(const json_t *names, const char *badge)
{
	size_t i;
	json_t *name;
	json_array_foreach(names, i, name)
	{
		if (json_is_string(name) && strcmp(json_string_value(name), badge) == 0)
			return true;
	}
	return false;
}

/* The first entry of this badge that waits in the list; 0 = none. */
static uint32_t entry_in(const json_t *list, const char *badge)
{
	size_t i;
	json_t *entry;
	json_array_foreach(list, i, entry)
	{
		const json_int_t number = json_integer_value(json_object_get(entry, "entry"));
		if (strcmp(text_of(entry, "participant"), badge) == 0 && number > 0 &&
			number <= UINT32_MAX && !json_is_true(json_object_get(entry, "called")))
			return (uint32_t)number;
	}
	return 0;
}

static bool is_first(const json_t *list, const char *badge)
{
	const json_t *first = json_array_get(list, 0);
	return first != NULL && !json_is_true(json_object_get(first, "requested")) &&
	       strcmp(text_of(first, "participant"), badge) == 0;
}

/* On which list they wait; *out_point: with a point of order. 0 = on none. */
static uint32_t find_entry(const json_t *view, const char *badge, bool *out_point)
{
	const json_t *explanations = json_object_get(view, "explanations");
	const json_t *pending = json_object_get(json_object_get(view, "motions"), "pending");
	const json_t *const lists[] = {
		json_object_get(view, "list"),
		json_object_get(view, "replies"),
		json_object_get(explanations, "before"),
		json_object_get(explanations, "after"),
		json_object_get(json_array_get(pending, 0), "speakers"),
		json_object_get(json_object_get(view, "points"), "waiting"),
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(lists); i++) {
		const uint32_t entry = entry_in(lists[i], badge);
		*out_point = i + 1 == RS_ARRAY_LEN(lists);
		if (entry != 0)
			return entry;
	}
	return 0;
}

static bool is_next(const json_t *view, const char *badge)
{
	const json_t *list = json_object_get(view, "list");
	const json_t *held = json_object_get(json_object_get(view, "floor"), "held");
	const json_t *points = json_object_get(json_object_get(view, "points"), "waiting");
	if (json_array_size(points) > 0)
		return is_first(points, badge);
	return strcmp(text_of(held, "for"), badge) == 0 || is_first(list, badge) ||
	       (json_array_size(list) == 0 && is_first(json_object_get(view, "replies"), badge));
}

/* Whoever takes part from afar has left the seat. */
static enum seat_state state_of(const json_t *view, const json_t *person, const char *badge)
{
	bool point;
	const bool here = json_is_true(json_object_get(person, "present"));
	const bool in_room = strcmp(text_of(person, "place"), "in-room") == 0;
	if (here && !in_room)
		return SEAT_IDLE;
	if (here && is_in(json_object_get(view, "open"), badge))
		return SEAT_OPEN;
	if (is_next(view, badge))
		return SEAT_CALLED;
	return find_entry(view, badge, &point) != 0 ? SEAT_REQUESTED : SEAT_IDLE;
}

bool seating_is_heard(const struct seating *seating, const char *badge)
{
	const json_t *meeting = json_object_get(seating->view, "meeting");
	size_t i;
	json_t *open;
	if (json_is_true(json_object_get(meeting, "rehearsal")) ||
		strcmp(text_of(meeting, "state"), "test") == 0)
		return false;
	json_array_foreach(json_object_get(seating->view, "open"), i, open)
	{
		const char *who = json_is_string(open) ? json_string_value(open) : "";
		const json_t *person = json_object_get(seating->people, who);
		if (strcmp(who, badge) == 0 || strcmp(text_of(person, "place"), "in-room") == 0)
			return true;
	}
	return false;
}

/* --- The seats --- */

static struct place *find(const struct seating *seating, const char *seat)
{
	for (size_t i = 0; i < seating->n; i++) {
		if (strcmp(seating->places[i].now.seat, seat) == 0)
			return &seating->places[i];
	}
	return NULL;
}

/* NULL: no room for another one, or no memory. */
static struct place *find_or_add(struct seating *seating, const char *seat, int *err)
{
	struct place *place = find(seating, seat);
	if (place != NULL || seating->n == SEATS_MAX)
		return place;
	*err = rs_grow(&seating->places, seating->n, SEATS_MAX, sizeof(*place));
	if (*err < 0)
		return NULL;
	place = &seating->places[seating->n++];
	(void)rs_set_text(place->now.seat, seat); /* it is no longer than that */
	return place;
}

/* As much of it as fits, in whole characters. */
static void set_name(struct meeting_seat *seat, const char *name)
{
	size_t len = strlen(name);
	if (len > SEATS_PERSON_MAX)
		len = SEATS_PERSON_MAX;
	while (len > 0 && !rs_utf8_valid(name, len))
		len--;
	(void)rs_copy_text(seat->name, sizeof(seat->name), name, len); /* it fits */
}

static int seat_person(struct seating *seating, const char *badge, const json_t *person)
{
	int err = 0;
	const char *name = text_of(person, "seat");
	const char *country = text_of(person, "country");
	if (name[0] == '\0' || strlen(name) > SEATS_NAME_MAX || strlen(badge) > RS_NAME_MAX)
		return 0;
	struct place *place = find_or_add(seating, name, &err);
	if (place == NULL)
		return err;
	place->taken = true;
	place->presiding = strcmp(text_of(person, "role"), "chair") == 0;
	(void)rs_set_text(place->now.badge, badge); /* it is no longer than that */
	set_name(&place->now, country[0] != '\0' ? country : text_of(person, "name"));
	place->now.state = state_of(seating->view, person, badge);
	return 0;
}

/* All seats anew; a few hundred, each looked up on lists of as many at most, a few times a second at most. */
static int look(struct seating *seating)
{
	const char *badge;
	json_t *person;
	int err = 0;
	for (size_t i = 0; i < seating->n; i++)
		seating->places[i].taken = false;
	json_object_foreach(seating->people, badge, person)
	{
		if (err == 0)
			err = seat_person(seating, badge, person);
	}
	for (size_t i = 0; i < seating->n; i++) {
		struct meeting_seat *now = &seating->places[i].now;
		if (seating->places[i].taken)
			continue;
		now->badge[0] = '\0';
		now->name[0] = '\0';
		now->state = SEAT_IDLE;
	}
	seating->next = 0;
	return err;
}

int seating_patch(struct seating *seating, const json_t *patch)
{
	const char *badge;
	json_t *person;
	int err = 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(kept) && err == 0; i++)
		err = keep(seating->view, kept[i], patch);
	json_object_foreach(json_object_get(patch, "participants"), badge, person)
	{
		if (err == 0)
			err = keep_person(seating->people, badge, person);
	}
	return err == 0 ? look(seating) : err;
}

int seating_view(struct seating *seating, const json_t *view)
{
	(void)json_object_clear(seating->view); /* they are objects */
	(void)json_object_clear(seating->people);
	return seating_patch(seating, view);
}

static bool is_same(const struct meeting_seat *a, const struct meeting_seat *b)
{
	return a->state == b->state && strcmp(a->badge, b->badge) == 0 &&
	       strcmp(a->name, b->name) == 0;
}

int seating_changed(struct seating *seating, struct meeting_seat *out_seat)
{
	for (; seating->next < seating->n; seating->next++) {
		struct place *place = &seating->places[seating->next];
		if (place->known && is_same(&place->now, &place->told))
			continue;
		place->known = true;
		place->told = place->now;
		*out_seat = place->now;
		return 1;
	}
	return 0;
}

/* --- Keys --- */

const char *seating_press(const struct seating *seating, const char *seat)
{
	const struct place *place = find(seating, seat);
	if (place == NULL || place->now.badge[0] == '\0')
		return NULL;
	return place->presiding ? "open-microphone" : "ask-for-floor";
}

const char *seating_release(const struct seating *seating, const char *seat, uint32_t *out_entry)
{
	bool point = false;
	const struct place *place = find(seating, seat);
	*out_entry = 0;
	if (place == NULL || place->now.badge[0] == '\0')
		return NULL;
	const char *holder = text_of(json_object_get(seating->view, "floor"), "holder");
	if (strcmp(holder, place->now.badge) == 0)
		return "take-floor";
	if (place->now.state == SEAT_OPEN)
		return "close-microphone";
	*out_entry = find_entry(seating->view, place->now.badge, &point);
	if (*out_entry == 0)
		return NULL;
	return point ? "withdraw-point" : "withdraw";
}
