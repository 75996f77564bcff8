/* Who and where a conference file says there is: delegations, badges, rooms with their seats, booths. */
#include "signaling/wire/conference/conference_priv.h"

#include <errno.h>
#include <stdio.h>

/* --- Rooms --- */

/* The i-th seat, or "" where something else stands. */
static const char *seat_at(const struct object *room, size_t i)
{
	const char *seat =
		json_string_value(json_array_get(json_object_get(room->json, "seats"), i));
	return seat != NULL ? seat : "";
}

static size_t count_seats(const struct object *room)
{
	return object_array(room, "seats", CONFERENCE_SEATS_MAX);
}

static void read_seats(const struct object *room)
{
	const size_t n = count_seats(room);
	for (size_t i = 0; i < n; i++) {
		char key[32];
		const char *seat = object_text_at(room, "seats", i);
		(void)snprintf(key, sizeof(key), "seats[%zu]", i);
		if (seat[0] == '\0' || strlen(seat) > SEAT_MAX)
			object_fail(room, key, "a name of 1 to 16 octets is expected");
		size_t j = 0;
		while (j < i && strcmp(seat_at(room, j), seat) != 0)
			j++;
		if (j < i) /* told once, however many there are */
			object_fail(room, key, "another seat has this name");
	}
}

static void read_rooms(const struct source *source)
{
	const size_t n = object_array(source->root, "rooms", CONFERENCE_ROOMS_MAX);
	for (size_t i = 0; i < n; i++) {
		char name[EVENT_NAME_MAX + 1];
		const struct object room = object_at(source->root, "rooms", i);
		const char *id = object_name(&room, "id");
		READ_TEXT(&room, "name", name);
		ONLY(source, &room, "id", "name", "seats");
		read_seats(&room);
		for (size_t j = 0; j < i; j++) {
			const struct object other = object_at(source->root, "rooms", j);
			if (strcmp(object_name(&other, "id"), id) == 0)
				object_fail(&room, "id", "another has this id");
		}
	}
}

/* The room of this id; its `json` is NULL when there is none. */
static struct object find_room(const struct source *source, const char *id)
{
	const json_t *rooms = json_object_get(source->root->json, "rooms");
	for (size_t i = 0; i < json_array_size(rooms); i++) {
		const char *other =
			json_string_value(json_object_get(json_array_get(rooms, i), "id"));
		if (other != NULL && strcmp(other, id) == 0)
			return object_at(source->root, "rooms", i);
	}
	return (struct object){ .json = NULL };
}

void conference_read_room(
	const struct source *source, const struct object *object, struct meeting *meeting)
{
	const char *id = object_text_or(object, "room", "");
	if (id[0] == '\0')
		return;
	const struct object room = find_room(source, id);
	if (room.json == NULL) {
		object_fail(object, "room", "not a room of this conference");
		return;
	}
	(void)rs_set_text(meeting->room.id, id);
	READ_TEXT(&room, "name", meeting->room.name);
}

/* A room whose seats are not listed has any. */
static bool has_seat(const struct source *source, const struct meeting *meeting, const char *seat)
{
	const struct object room = find_room(source, meeting->room.id);
	const size_t n = room.json != NULL ? object_array(&room, "seats", CONFERENCE_SEATS_MAX) : 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(object_text_at(&room, "seats", i), seat) == 0)
			return true;
	}
	return n == 0;
}

static void read_seat(const struct source *source, const struct object *badge,
	const struct meeting *meeting, size_t i)
{
	struct participant *participant = &meeting->participants[i];
	if (!object_has(badge, "seat"))
		return;
	READ_TEXT(badge, "seat", participant->seat);
	if (!has_seat(source, meeting, participant->seat))
		object_fail(badge, "seat", "the meeting's room has no such seat");
	size_t j = 0;
	while (j < i && strcmp(meeting->participants[j].seat, participant->seat) != 0)
		j++;
	if (j < i)
		object_fail(badge, "seat", "it is another badge's");
}

/* --- Delegations and booths, of the whole conference --- */

/* A member may have lost its vote for a time (arrears: Charter of the United Nations, Article 19); others never had one. */
static void read_vote(const struct object *object, struct delegation *delegation)
{
	delegation->without_vote = !object_bool_or(object, "may_vote", true);
	if (object_has(object, "may_vote") && delegation->category != CATEGORY_MEMBER)
		object_fail(object, "may_vote", "only members have a vote");
	if (delegation->without_vote)
		READ_TEXT(object, "reason", delegation->reason);
	else if (object_has(object, "reason"))
		object_fail(object, "reason", "it says why a member may not vote");
}

static void read_delegation(const struct source *source, size_t i, struct delegation *delegation)
{
	const struct object object = object_at(source->root, "delegations", i);
	(void)rs_set_text(delegation->id, object_name(&object, "id"));
	READ_TEXT(&object, "country", delegation->country);
	delegation->order =
		(uint32_t)object_int_or(&object, "order", 1, DELEGATION_ORDER_MAX, (int64_t)i + 1);
	if (category_parse(object_text_or(&object, "category", "member"), &delegation->category) <
		0)
		object_fail(&object, "category", "member, observer, igo, ngo or group is expected");
	if (object_has(&object, "language")) {
		conference_copy_text(&object, "language", object_name(&object, "language"),
			delegation->language, sizeof(delegation->language));
	}
	read_vote(&object, delegation);
	ONLY(source, &object, "id", "country", "category", "order", "language", "may_vote",
		"reason");
	for (size_t j = 0; j < i && delegation->id[0] != '\0'; j++) {
		if (strcmp(source->delegations[j].id, delegation->id) == 0)
			object_fail(&object, "id", "another delegation has this id");
	}
}

static bool is_language(const struct source *source, const char *id)
{
	const size_t n = object_array(source->root, "languages", MEETING_CHANNELS_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct object language = object_at(source->root, "languages", i);
		if (strcmp(object_text(&language, "id"), id) == 0)
			return true;
	}
	return false;
}

static void read_into(const struct source *source, const struct object *object, struct booth *booth)
{
	booth->n_into = object_array(object, "into", BOOTH_INTO_MAX);
	for (size_t i = 0; i < booth->n_into; i++) {
		const char *language = object_text_at(object, "into", i);
		if (!is_language(source, language))
			object_fail(object, "into", "not a language of this conference");
		(void)rs_set_text(booth->into[i], language);
	}
	if (booth->n_into == 0)
		(void)rs_set_text(booth->into[booth->n_into++], booth->language);
}

static void read_booth(const struct source *source, size_t i, struct booth *booth)
{
	const struct object object = object_at(source->root, "booths", i);
	const char *language = object_name(&object, "language");
	if (!is_language(source, language))
		object_fail(&object, "language", "not a language of this conference");
	(void)rs_set_text(booth->language, language);
	booth->desks =
		(uint32_t)object_int_or(&object, "desks", 1, BOOTH_DESKS_MAX, BOOTH_DESKS_DEFAULT);
	read_into(source, &object, booth);
	ONLY(source, &object, "language", "desks", "into");
	for (size_t j = 0; j < i; j++) {
		if (strcmp(source->booths[j].language, language) == 0)
			object_fail(&object, "language", "another booth has this home language");
	}
}

int source_read(struct source *source)
{
	source->n_delegations = object_array(source->root, "delegations", DELEGATIONS_MAX);
	source->n_booths = object_array(source->root, "booths", MEETING_CHANNELS_MAX);
	source->delegations = rs_calloc(source->n_delegations, sizeof(*source->delegations));
	source->booths = rs_calloc(source->n_booths, sizeof(*source->booths));
	if (source->delegations == NULL || source->booths == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < source->n_delegations; i++)
		read_delegation(source, i, &source->delegations[i]);
	for (size_t i = 0; i < source->n_booths; i++)
		read_booth(source, i, &source->booths[i]);
	read_rooms(source);
	return 0;
}

void source_done(struct source *source)
{
	rs_release(source->delegations);
	rs_release(source->booths);
}

/* --- Badges --- */

static void read_languages(
	const struct object *badge, const struct meeting *meeting, struct participant *participant)
{
	participant->n_languages = object_array(badge, "languages", MEETING_LANGUAGES_MAX);
	for (size_t i = 0; i < participant->n_languages; i++) {
		const char *language = object_text_at(badge, "languages", i);
		if (meeting_find_channel(meeting, language) == NULL) {
			object_fail(badge, "languages", "not a language of this conference");
		} else {
			(void)rs_set_text(participant->languages[i], language);
		}
	}
	if ((participant->role == ROLE_INTERPRETER || participant->role == ROLE_CAPTIONER) &&
		participant->n_languages == 0)
		object_fail(badge, "languages", "an interpreter or captioner needs one at least");
}

/* One that is declared, where any is. */
static void read_booth_of(const struct source *source, const struct object *badge,
	const struct meeting *meeting, struct participant *participant)
{
	if (!object_has(badge, "booth"))
		return;
	const char *id = object_name(badge, "booth");
	size_t i = 0;
	while (i < source->n_booths && strcmp(source->booths[i].language, id) != 0)
		i++;
	if (participant->role != ROLE_INTERPRETER || participant->delegation[0] != '\0')
		object_fail(badge, "booth", "only interpreters of the conference have one");
	else if (source->n_booths > 0 ? i == source->n_booths
				      : meeting_find_channel(meeting, id) == NULL)
		object_fail(badge, "booth", "not a booth of this conference");
	(void)rs_set_text(participant->booth, id);
}

static void read_delegation_of(
	const struct source *source, const struct object *badge, struct participant *participant)
{
	const char *id = object_text_or(badge, "delegation", "");
	if (id[0] == '\0') {
		if (participant->role == ROLE_DELEGATE)
			object_fail(badge, "delegation", "a delegate needs one");
		return;
	}
	for (size_t i = 0; i < source->n_delegations; i++) {
		const struct delegation *delegation = &source->delegations[i];
		if (strcmp(delegation->id, id) != 0)
			continue;
		(void)rs_set_text(participant->delegation, id);
		(void)rs_set_text(participant->country, delegation->country);
		participant->category = delegation->category;
		return;
	}
	object_fail(badge, "delegation", "not a delegation of this conference");
}

/* A delegation has one head in a meeting. */
static void read_rank(const struct object *badge, const struct meeting *meeting, size_t i)
{
	struct participant *participant = &meeting->participants[i];
	if (!object_has(badge, "rank"))
		return;
	if (rank_parse(object_text(badge, "rank"), &participant->rank) < 0)
		object_fail(badge, "rank", "head, alternate or adviser is expected");
	else if (participant->role != ROLE_DELEGATE)
		object_fail(badge, "rank", "only delegates have one");
	for (size_t j = 0; j < i && participant->rank == RANK_HEAD; j++) {
		if (meeting->participants[j].rank == RANK_HEAD &&
			strcmp(meeting->participants[j].delegation, participant->delegation) == 0) {
			object_fail(badge, "rank", "the delegation has a head already");
			return; /* of thousands that are all heads, too, each is told of once */
		}
	}
}

/* A profile may have lost a level since the file was taken. */
static void read_level(
	const struct source *source, const struct object *badge, struct participant *participant)
{
	if (!object_has(badge, "level"))
		return;
	const struct rules_order *order = &source->rules->order;
	const bool judged = !source->stored && source->rules->name[0] != '\0';
	const char *level = object_name(badge, "level");
	if (judged && rules_level(order, level) == order->n_levels)
		object_fail(badge, "level", "not a level of the rules profile");
	(void)rs_set_text(participant->level, level);
}

static void read_badge(const struct source *source, const struct object *badge,
	const struct meeting *meeting, size_t i)
{
	struct participant *participant = &meeting->participants[i];
	conference_copy_text(
		badge, "id", object_name(badge, "id"), participant->id, sizeof(participant->id));
	READ_TEXT(badge, "name", participant->name);
	if (role_parse(object_text(badge, "role"), &participant->role) < 0 ||
		participant->role == ROLE_ADMIN)
		object_fail(badge, "role", "no such role in a meeting");
	read_delegation_of(source, badge, participant);
	read_rank(badge, meeting, i);
	read_level(source, badge, participant);
	read_seat(source, badge, meeting, i);
	read_languages(badge, meeting, participant);
	read_booth_of(source, badge, meeting, participant);
	ONLY(source, badge, "id", "role", "name", "delegation", "rank", "level", "seat",
		"languages", "booth");
}

void conference_read_badges(
	const struct source *source, const struct object *object, struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct object badge = object_at(object, "badges", i);
		read_badge(source, &badge, meeting, i);
	}
}
