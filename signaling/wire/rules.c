#include "common/control/object.h"
#include "signaling/wire/conference.h"
#include "signaling/wire/doc.h"

#include <errno.h>

static unsigned parse_roles(const struct object *object, const char *key)
{
	unsigned roles = 0;
	const size_t n = object_array(object, key, ROLE_COUNT);
	for (size_t i = 0; i < n; i++) {
		enum role role;
		if (role_parse(object_text_at(object, key, i), &role) < 0) {
			object_fail(object, key, "a role is not known");
		} else {
			roles |= ROLE_BIT(role);
		}
	}
	return roles;
}

static uint32_t parse_seconds(const struct object *object, const char *key)
{
	return (uint32_t)object_int(object, key, 0, RULES_TIME_MAX_S);
}

static struct rules_time parse_time(const struct object *object)
{
	const struct rules_time time = {
		.statement_s = parse_seconds(object, "statement_s"),
		.warn_s = parse_seconds(object, "warn_s"),
		.grace_s = parse_seconds(object, "grace_s"),
		.cut = object_bool(object, "cut"),
	};
	if (time.statement_s > 0 && time.warn_s >= time.statement_s)
		object_fail(object, "warn_s", "less than statement_s is expected");
	return time;
}

static struct rules_points parse_points(const struct object *object)
{
	return (struct rules_points){
		.may_raise = parse_roles(object, "may_raise"),
		.speak_s = parse_seconds(object, "speak_s"),
		.appeals = object_bool(object, "appeals"),
	};
}

/* As many times as a delegation may reply. */
static struct rules_replies parse_replies(const struct object *object)
{
	struct rules_replies replies = { .per_delegation = 0 };
	const size_t n = object_array(object, "allotted_s", RULES_REPLIES_MAX);
	for (size_t i = 0; i < n; i++) {
		replies.allotted_s[i] =
			(uint32_t)object_int_at(object, "allotted_s", i, 0, RULES_TIME_MAX_S);
	}
	replies.per_delegation = (uint32_t)n;
	return replies;
}

static struct rules_majority parse_majority(const struct object *object)
{
	struct rules_majority majority = {
		.denominator = (uint32_t)object_int(
			object, "denominator", 1, RULES_MAJORITY_DENOMINATOR_MAX),
		.more_than = object_bool(object, "more_than"),
		.extra = (uint32_t)object_int(object, "extra", 0, RULES_MAJORITY_EXTRA_MAX),
	};
	majority.numerator = (uint32_t)object_int(object, "numerator", 1, majority.denominator);
	(void)rs_set_text(majority.name, object_name(object, "name"));
	const char *base = object_text(object, "base");
	if (strcmp(base, "authorised") == 0)
		majority.base = RULES_AUTHORISED;
	else if (strcmp(base, "present-and-voting") != 0)
		object_fail(object, "base", "present-and-voting or authorised is expected");
	return majority;
}

static void parse_majorities(const struct object *object, struct rules *rules)
{
	rules->n_majorities = (uint32_t)object_array(object, "majorities", RULES_MAJORITIES_MAX);
	for (size_t i = 0; i < rules->n_majorities; i++) {
		const struct object at = object_at(object, "majorities", i);
		rules->majorities[i] = parse_majority(&at);
		for (size_t j = 0; j < i; j++) {
			if (strcmp(rules->majorities[i].name, rules->majorities[j].name) == 0)
				object_fail(&at, "name", "there is another majority of this name");
		}
	}
	if (rules->n_majorities == 0)
		object_fail(object, "majorities", "at least one is expected");
}

int rules_parse(const char *name, const char *json, size_t len, struct rules *out_rules,
	char error[WIRE_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	struct object_error failure;
	const struct object object = object_root(root, "rules", &failure);
	const struct object list = object_child(&object, "list");
	const struct object floor = object_child(&object, "floor");
	const struct object time = object_child(&object, "time");
	const struct object points = object_child(&object, "points");
	const struct object replies = object_child(&object, "replies");
	const struct object agenda = object_child(&object, "agenda");
	struct rules rules = {
		.may_ask = parse_roles(&list, "may_ask"),
		.self_inscription = object_bool(&list, "self_inscription"),
		.one_entry_per_delegation = object_bool(&list, "one_entry_per_delegation"),
		.entries_max = (uint32_t)object_int(&list, "entries_max", 1, RULES_ENTRIES_MAX),
		.holder_may_yield = object_bool(&floor, "holder_may_yield"),
		.open_microphones_max = (uint32_t)object_int(
			&floor, "open_microphones_max", 1, RULES_MICROPHONES_MAX),
		.hold_lost_place = object_bool(&floor, "hold_lost_place"),
		.time = parse_time(&time),
		.points = parse_points(&points),
		.replies = parse_replies(&replies),
		.first_item_on_opening = object_bool(&agenda, "first_item_on_opening"),
	};
	parse_majorities(&object, &rules);
	if (!rs_copy_text(rules.name, sizeof(rules.name), name, strlen(name)))
		object_fail(&object, "name", "the profile's name is too long");
	if (failure.failed) {
		(void)rs_copy_text(error, WIRE_ERROR_LEN, failure.text, strlen(failure.text));
		return -EBADMSG;
	}
	*out_rules = rules;
	return 0;
}
