#include "common/control/object.h"
#include "signaling/interpretation/interpretation.h"
#include "signaling/wire/conference/conference.h"
#include "signaling/wire/conference/rules_priv.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>

unsigned rules_parse_roles(const struct object *object, const char *key)
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

uint32_t rules_parse_seconds(const struct object *object, const char *key)
{
	return (uint32_t)object_int(object, key, 0, RULES_TIME_MAX_S);
}

_Static_assert(
	(int)CATEGORY_COUNT <= RULES_CATEGORIES_MAX, "a profile has room for every category");

/* As the list of the General Assembly's general debate tells them apart. */
static const char *const usual_levels[] = { "head-of-state", "head-of-government", "vice-president",
	"crown-prince", "deputy-head-of-government", "minister", "vice-minister", "ambassador" };

static void add_level(const struct object *object, const char *name, struct rules_order *order)
{
	if (!rs_name_valid(name, strlen(name)))
		object_fail(object, "levels", "a name of 1 to 64 of [A-Za-z0-9_-] is expected");
	else if (rules_level(order, name) < order->n_levels)
		object_fail(object, "levels", "a level is there twice");
	else
		(void)rs_set_text(order->levels[order->n_levels++], name);
}

static void parse_levels(const struct object *object, struct rules_order *order)
{
	const bool told = object_has(object, "levels");
	const size_t n = told ? object_array(object, "levels", RULES_LEVELS_MAX)
			      : RS_ARRAY_LEN(usual_levels);
	for (size_t i = 0; i < n; i++) {
		add_level(object, told ? object_text_at(object, "levels", i) : usual_levels[i],
			order);
	}
}

/* Categories that are not named come last, together. */
static struct rules_order parse_order(const struct object *object)
{
	struct rules_order order = {
		.by_level = object_bool_or(object, "by_level", false),
		.by_rank = object_bool(object, "by_rank"),
		.by_protocol = object_bool(object, "by_protocol"),
	};
	const size_t n = object_array(object, "categories", CATEGORY_COUNT);
	order.by_category = n > 0;
	parse_levels(object, &order);
	for (size_t i = 0; i < RULES_CATEGORIES_MAX; i++)
		order.block[i] = (uint32_t)n;
	for (size_t i = 0; i < n; i++) {
		enum category category;
		if (category_parse(object_text_at(object, "categories", i), &category) < 0)
			object_fail(object, "categories", "a category is not known");
		else
			order.block[category] = (uint32_t)i;
	}
	return order;
}

static struct rules_window parse_window(const struct object *list)
{
	const struct object object = object_child(list, "presses");
	return (struct rules_window){
		.window_ms = (uint32_t)object_int(&object, "window_ms", 0, RULES_WINDOW_MAX_MS),
		.line_ms = (uint32_t)object_int(&object, "line_ms", 0, RULES_LINE_MAX_MS),
	};
}

static struct rules_limits parse_limits(const struct object *time)
{
	struct rules_limits limits = {
		.group_s = rules_parse_seconds(time, "group_s"),
		.least_s = rules_parse_seconds(time, "least_s"),
		.most_s = rules_parse_seconds(time, "most_s"),
	};
	const struct object object = object_child(time, "categories_s");
	for (size_t i = 0; i < CATEGORY_COUNT; i++) {
		limits.category_s[i] = (uint32_t)object_int_or(
			&object, category_name((enum category)i), 0, RULES_TIME_MAX_S, 0);
	}
	if (limits.most_s != 0 && limits.least_s > limits.most_s)
		object_fail(time, "least_s", "no more than most_s is expected");
	return limits;
}

static struct rules_time parse_time(const struct object *object)
{
	const struct rules_time time = {
		.statement_s = rules_parse_seconds(object, "statement_s"),
		.warn_s = rules_parse_seconds(object, "warn_s"),
		.grace_s = rules_parse_seconds(object, "grace_s"),
		.cut = object_bool(object, "cut"),
		.voice_wait_s = (uint32_t)object_int_or(
			object, "voice_wait_s", 0, RULES_VOICE_WAIT_MAX_S, 0),
	};
	if (time.statement_s > 0 && time.warn_s >= time.statement_s)
		object_fail(object, "warn_s", "less than statement_s is expected");
	return time;
}

static struct rules_plan parse_plan(const struct object *object)
{
	return (struct rules_plan){
		.interpretation_s = (uint32_t)object_int(
			object, "interpretation_s", 0, RULES_INTERPRETATION_MAX_S),
		.used_percent =
			(uint32_t)object_int(object, "used_percent", 10, RULES_USED_PERCENT_MAX),
		.unlimited_s = (uint32_t)object_int(object, "unlimited_s", 10, RULES_TIME_MAX_S),
		.gap_s = rules_parse_seconds(object, "gap_s"),
	};
}

static struct rules_chat parse_chat(const struct object *object)
{
	return (struct rules_chat){
		.to_all = rules_parse_roles(object, "to_all"),
		.to_delegation = rules_parse_roles(object, "to_delegation"),
		.to_secretariat = rules_parse_roles(object, "to_secretariat"),
		.per_minute = (uint32_t)object_int(object, "per_minute", 1, RULES_CHAT_RATE_MAX),
		.keep_h = (uint32_t)object_int(object, "keep_h", 1, RULES_CHAT_KEEP_MAX_H),
	};
}

/* A profile that does not speak of the chat: the General Assembly's. */
static const struct rules_chat usual_chat = {
	.to_all = ROLES_PRESIDING,
	.to_delegation = ROLE_BIT(ROLE_DELEGATE),
	.to_secretariat = ROLES_ALL & ~ROLE_BIT(ROLE_VIEWER),
	.per_minute = 10,
	.keep_h = 24,
};

static struct rules_points parse_points(const struct object *object)
{
	return (struct rules_points){
		.may_raise = rules_parse_roles(object, "may_raise"),
		.speak_s = rules_parse_seconds(object, "speak_s"),
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
	else if (strcmp(base, "including-abstentions") == 0)
		majority.base = RULES_WITH_ABSTENTIONS;
	else if (strcmp(base, "present-and-voting") != 0)
		object_fail(object, "base",
			"present-and-voting, including-abstentions or authorised is expected");
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

static bool parse_choice(const struct object *object, const char *key, const char *first,
	const char *second, const char *why)
{
	const char *text = object_text_or(object, key, first);
	const bool is_second = strcmp(text, second) == 0;
	if (!is_second && strcmp(text, first) != 0)
		object_fail(object, key, why);
	return is_second;
}

/* What a profile does not say is as in the General Assembly. */
static struct rules_voting parse_voting(const struct object *root)
{
	struct rules_voting voting = {
		.entitled = RULES_ENTITLED_AUTHORISED, .second_vote_h = 48, .rounds = 2
	};
	if (!object_has(root, "voting"))
		return voting;
	const struct object object = object_child(root, "voting");
	if (parse_choice(&object, "entitled", "authorised", "present",
		    "authorised or present is expected"))
		voting.entitled = RULES_ENTITLED_PRESENT;
	if (parse_choice(&object, "equality", "rejects", "second-vote",
		    "rejects or second-vote is expected"))
		voting.equality = RULES_EQUALITY_SECOND_VOTE;
	voting.second_vote_h = (uint32_t)object_int_or(
		&object, "second_vote_h", 1, RULES_SECOND_VOTE_MAX_H, voting.second_vote_h);
	voting.lock_warning_s = (uint32_t)object_int_or(
		&object, "lock_warning_s", 0, RULES_LOCK_WARNING_MAX_S, voting.lock_warning_s);
	voting.rounds = (uint32_t)object_int_or(
		&object, "roll_call_rounds", 1, RULES_ROUNDS_MAX, voting.rounds);
	return voting;
}

/* The whole profile; what is wrong is with the object. */
static void read_rules(const struct object object, const char *name, struct rules *out_rules)
{
	const struct object list = object_child(&object, "list");
	const struct object floor = object_child(&object, "floor");
	const struct object time = object_child(&object, "time");
	const struct object plan = object_child(&object, "plan");
	const struct object points = object_child(&object, "points");
	const struct object replies = object_child(&object, "replies");
	const struct object agenda = object_child(&object, "agenda");
	const struct object order = object_child(&list, "order");
	struct rules rules = {
		.may_ask = rules_parse_roles(&list, "may_ask"),
		.self_inscription = object_bool(&list, "self_inscription"),
		.in_advance = object_bool(&list, "in_advance"),
		.swaps = object_bool(&list, "swaps"),
		.order = parse_order(&order),
		.window = parse_window(&list),
		.limits = parse_limits(&time),
		.one_entry_per_delegation = object_bool(&list, "one_entry_per_delegation"),
		.entries_max = (uint32_t)object_int(&list, "entries_max", 1, RULES_ENTRIES_MAX),
		.holder_may_yield = object_bool(&floor, "holder_may_yield"),
		.open_microphones_max = (uint32_t)object_int(
			&floor, "open_microphones_max", 1, RULES_MICROPHONES_MAX),
		.hold_lost_place = object_bool(&floor, "hold_lost_place"),
		.resume_within_s =
			(uint32_t)object_int(&floor, "resume_within_s", 0, RULES_RESUME_MAX_S),
		.time = parse_time(&time),
		.plan = parse_plan(&plan),
		.points = parse_points(&points),
		.replies = parse_replies(&replies),
		.voting = parse_voting(&object),
		.first_item_on_opening = object_bool(&agenda, "first_item_on_opening"),
	};
	rules.chat = usual_chat;
	if (object_has(&object, "chat")) {
		const struct object chat = object_child(&object, "chat");
		rules.chat = parse_chat(&chat);
	}
	parse_majorities(&object, &rules);
	life_read_rules(&object, &rules);
	rules_parse_appeals(&points, &rules);
	rules_parse_motions(&object, &rules);
	rules_parse_explanations(&object, &rules);
	rules_parse_interpretation(&object, &rules);
	if (!rs_copy_text(rules.name, sizeof(rules.name), name, strlen(name)))
		object_fail(&object, "name", "the profile's name is too long");
	*out_rules = rules;
}

/* Everything that is wrong goes to `errors`, what was asked for to `schema`. */
static int read_noted(const char *name, json_t *root, json_t *errors, json_t *schema,
	struct rules *out_rules, struct object_error *out_failure)
{
	if (errors == NULL || schema == NULL)
		return -ENOMEM;
	const struct object object = object_root_noted(root, "rules", out_failure, errors, schema);
	read_rules(object, name, out_rules);
	(void)object_text_or(&object, "$schema", ""); /* editors look for it */
	object_refuse_unknown(&object);
	return out_failure->failed ? -EBADMSG : 0;
}

int rules_parse(const char *name, const char *json, size_t len, struct rules *out_rules,
	char error[WIRE_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	RS_CLEANUP(doc_freep) json_t *errors = json_array();
	RS_CLEANUP(doc_freep) json_t *schema = object_schema_new();
	struct object_error failure;
	struct rules rules;
	const int err = read_noted(name, root, errors, schema, &rules, &failure);
	if (err == 0)
		*out_rules = rules;
	if (err == -EBADMSG)
		(void)rs_copy_text(error, WIRE_ERROR_LEN, failure.text, strlen(failure.text));
	return err;
}

/* Text that is no JSON: where it stops to be. */
static int tell_syntax(const char *json, size_t len, struct rs_buf *out)
{
	json_error_t why = { .line = 1 };
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &why);
	const bool other = root != NULL;
	json_decref(root);
	return other ? rs_buf_printf(out, "rules: an object is expected\n")
		     : rs_buf_printf(out, "line %d: %s\n", why.line, why.text);
}

int rules_check(const char *name, const char *json, size_t len, struct rs_buf *out)
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	RS_CLEANUP(doc_freep) json_t *errors = json_array();
	RS_CLEANUP(doc_freep) json_t *schema = object_schema_new();
	struct object_error failure;
	struct rules rules;
	if (root == NULL) {
		const int err = tell_syntax(json, len, out);
		return err < 0 ? err : -EBADMSG;
	}
	const int verdict = read_noted(name, root, errors, schema, &rules, &failure);
	int err = 0;
	for (size_t i = 0; i < json_array_size(errors) && err == 0; i++)
		err = rs_buf_printf(out, "%s\n", json_string_value(json_array_get(errors, i)));
	return err < 0 ? err : verdict;
}

int rules_schema(const char *json, size_t len, struct rs_buf *out)
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	RS_CLEANUP(doc_freep) json_t *errors = json_array();
	json_t *schema = object_schema_new();
	struct object_error failure;
	struct rules rules;
	const int err = read_noted("schema", root, errors, schema, &rules, &failure);
	if (err < 0) {
		json_decref(schema);
		return err;
	}
	doc_put(&schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
	doc_put(&schema, "title", json_string("Rostrum rules profile"));
	return doc_append(schema, out);
}
