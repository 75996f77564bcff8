/* What a rules profile says of a meeting's life: its quorum, and who stays when it sits before fewer. */
#include "signaling/wire/conference/rules_priv.h"

#include "signaling/meeting/meeting.h"

#define ALL_CATEGORIES ((1u << CATEGORY_COUNT) - 1u)

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
