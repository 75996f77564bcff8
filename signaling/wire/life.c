#include "signaling/wire/life.h"

#include "signaling/meeting/quorum.h"
#include "signaling/wire/doc.h"

#define ALL_CATEGORIES ((1u << CATEGORY_COUNT) - 1u)

void life_write_data(json_t **data, const struct event *event, uint64_t members)
{
	if (event->kind == EVENT_VISIBILITY_CHANGED)
		doc_put(data, "visibility", json_string(visibility_name(event->visibility)));
	/* Of a record, public is not said: that is what older ones are. */
	if (event->kind == EVENT_RECORDING_STARTED && event->visibility != VISIBILITY_PUBLIC)
		doc_put(data, "class", json_string(visibility_name(event->visibility)));
	if (event->kind == EVENT_RECORDING_STARTED && event->on)
		doc_put(data, "webcast", json_true());
	if ((members & MEMBER_QUORUM) && event->quorum != 0) {
		doc_put(data, "present", json_integer(event->present));
		doc_put(data, "quorum", json_integer(event->quorum));
		doc_put(data, "overridden", json_boolean(event->overridden));
	}
}

static void read_visibility_of(
	const struct object *data, const char *key, const char *name, struct event *event)
{
	if (visibility_parse(name, &event->visibility) < 0)
		object_fail(data, key, "public, private or closed-members is expected");
}

void life_read_data(const struct object *data, struct event *event, uint64_t members)
{
	if (event->kind == EVENT_VISIBILITY_CHANGED)
		read_visibility_of(data, "visibility", object_text(data, "visibility"), event);
	if (event->kind == EVENT_RECORDING_STARTED) {
		read_visibility_of(data, "class", object_text_or(data, "class", "public"), event);
		event->on = object_bool_or(data, "webcast", false);
	}
	if (members & MEMBER_QUORUM) {
		event->present = (uint32_t)object_int_or(data, "present", 0, UINT32_MAX, 0);
		event->quorum = (uint32_t)object_int_or(data, "quorum", 0, UINT32_MAX, 0);
		event->overridden = object_bool_or(data, "overridden", false);
	}
}

void life_put_meeting(json_t **part, const struct meeting *meeting, bool patch)
{
	doc_put(part, "visibility", json_string(visibility_name(meeting->visibility)));
	doc_put(part, "webcast", json_boolean(meeting->webcast));
	doc_patch_int(part, "until", meeting->until_ms, patch);
	doc_patch_text(part, "checking", meeting->checking, patch);
}

json_t *life_quorum_part(const struct meeting *meeting, bool patch)
{
	struct quorum quorum;
	json_t *part = json_object();
	meeting_quorum(meeting, &quorum);
	doc_put(&part, "authorised", json_integer(quorum.authorised));
	doc_put(&part, "present", json_integer(quorum.present));
	doc_patch_int(&part, "to_open", quorum.to_open, patch);
	doc_patch_int(&part, "to_decide", quorum.to_decide, patch);
	return part;
}

/* --- the rules profile --- */

static struct rules_fraction read_fraction(const struct object *object, const char *key)
{
	const struct object at = object_child(object, key);
	struct rules_fraction fraction = {
		.denominator =
			(uint32_t)object_int(&at, "denominator", 1, RULES_MAJORITY_DENOMINATOR_MAX),
		.more_than = object_bool_or(&at, "more_than", false),
		.may_override = object_bool_or(&at, "may_override", false),
	};
	fraction.numerator = (uint32_t)object_int(&at, "numerator", 1, fraction.denominator);
	return fraction;
}

/* Nothing said of a body: nothing asked of it. */
static void read_body(const struct object *object, enum rules_body body, struct rules *rules)
{
	const char *name = rules_body_name(body);
	rules->quorum[body] = (struct rules_quorum){ .to_open = { .denominator = 0 } };
	if (!object_has(object, name))
		return;
	const struct object at = object_child(object, name);
	if (object_has(&at, "to_open"))
		rules->quorum[body].to_open = read_fraction(&at, "to_open");
	if (object_has(&at, "to_decide"))
		rules->quorum[body].to_decide = read_fraction(&at, "to_decide");
}

static unsigned read_places(const struct object *object)
{
	unsigned places = 0;
	const size_t n = object_array(object, "counts", PLACE_COUNT);
	for (size_t i = 0; i < n; i++) {
		enum place place;
		if (place_parse(object_text_at(object, "counts", i), &place) < 0)
			object_fail(object, "counts", "in-room or remote is expected");
		else
			places |= 1u << place;
	}
	if (places == 0)
		object_fail(object, "counts", "at least one is expected");
	return places;
}

/* GA rules 67 and 108: a third in plenary and a quarter in committee to declare a meeting open, a majority to decide. */
static void set_default_quorum(struct rules *rules)
{
	const struct rules_fraction decide = {
		.numerator = 1, .denominator = 2, .more_than = true
	};
	const struct rules_fraction plenary = {
		.numerator = 1, .denominator = 3, .may_override = true
	};
	const struct rules_fraction committee = {
		.numerator = 1, .denominator = 4, .may_override = true
	};
	rules->quorum[RULES_PLENARY] =
		(struct rules_quorum){ .to_open = plenary, .to_decide = decide };
	rules->quorum[RULES_COMMITTEE] =
		(struct rules_quorum){ .to_open = committee, .to_decide = decide };
	rules->quorum_places = 1u << PLACE_REMOTE | 1u << PLACE_IN_ROOM;
}

/* The delegations that stay, by category; the others leave. */
static void read_admission(const struct object *object, const char *key, enum visibility visibility,
	struct rules *rules)
{
	unsigned staying = 0;
	const size_t n = object_array(object, key, CATEGORY_COUNT);
	for (size_t i = 0; i < n; i++) {
		enum category category;
		if (category_parse(object_text_at(object, key, i), &category) < 0)
			object_fail(object, key, "member, observer, igo, ngo or group is expected");
		else
			staying |= 1u << category;
	}
	if ((staying & 1u << CATEGORY_MEMBER) == 0)
		object_fail(object, key, "members are always admitted");
	rules->excluded[visibility] = ALL_CATEGORIES & ~staying;
}

static void read_visibility(const struct object *object, struct rules *rules)
{
	rules->excluded[VISIBILITY_CLOSED_MEMBERS] =
		ALL_CATEGORIES & ~(1u << CATEGORY_MEMBER | 1u << CATEGORY_GROUP);
	if (!object_has(object, "visibility"))
		return;
	const struct object at = object_child(object, "visibility");
	read_admission(&at, "private", VISIBILITY_PRIVATE, rules);
	read_admission(&at, "closed_members", VISIBILITY_CLOSED_MEMBERS, rules);
}

void life_read_rules(const struct object *object, struct rules *rules)
{
	read_visibility(object, rules);
	if (!object_has(object, "quorum")) {
		set_default_quorum(rules);
		return;
	}
	const struct object quorum = object_child(object, "quorum");
	rules->quorum_places = read_places(&quorum);
	for (size_t i = 0; i < RULES_BODY_COUNT; i++)
		read_body(&quorum, (enum rules_body)i, rules);
}
