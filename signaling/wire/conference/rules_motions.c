/* Procedural motions, appeals and explanations of vote in a rules profile. */
#include "signaling/wire/conference/rules_priv.h"

/* The General Assembly's: rules 76 (neither is debated), 74, 75, 81 and 89, in the order of rule 77. */
static const struct rules_motion assembly[] = {
	{ .name = "suspend-meeting", .rank = 1, .mover_s = 60, .effect = MOTION_SUSPENDS },
	{ .name = "adjourn-meeting", .rank = 2, .mover_s = 60, .effect = MOTION_ADJOURNS },
	{ .name = "adjourn-debate",
		.rank = 3,
		.in_favour = 2,
		.against = 2,
		.mover_s = 180,
		.speaker_s = 180,
		.effect = MOTION_ADJOURNS_DEBATE },
	{ .name = "close-debate",
		.rank = 4,
		.against = 2,
		.mover_s = 180,
		.speaker_s = 180,
		.effect = MOTION_CLOSES_DEBATE },
	{ .name = "reconsider",
		.rank = 5,
		.against = 2,
		.mover_s = 180,
		.speaker_s = 180,
		.majority = "two-thirds",
		.effect = MOTION_REOPENS_DEBATE },
	{ .name = "division",
		.rank = 5,
		.in_favour = 2,
		.against = 2,
		.mover_s = 180,
		.speaker_s = 180,
		.effect = MOTION_NO_EFFECT },
};

static bool has_majority(const struct rules *rules, const char *name)
{
	for (uint32_t i = 0; i < rules->n_majorities; i++) {
		if (strcmp(rules->majorities[i].name, name) == 0)
			return true;
	}
	return false;
}

/* The one named by `key`, or the profile's first. */
static void parse_majority(const struct object *object, const char *key, const struct rules *rules,
	char out[RS_NAME_MAX + 1])
{
	const bool given = object_has(object, key);
	const char *name = given ? object_name(object, key) : rules->majorities[0].name;
	if (given && !has_majority(rules, name))
		object_fail(object, key, "the name of one of the majorities is expected");
	(void)rs_copy_string(out, RS_NAME_MAX + 1, name);
}

void rules_parse_appeals(const struct object *points, struct rules *rules)
{
	const char *decided = object_text_or(points, "appeal_decided_by", "vote");
	rules->points.chair_settles = strcmp(decided, "chair") == 0;
	if (!rules->points.chair_settles && strcmp(decided, "vote") != 0)
		object_fail(points, "appeal_decided_by", "vote or chair is expected");
	parse_majority(points, "appeal_majority", rules, rules->points.appeal_majority);
}

static void parse_kind(
	const struct object *object, const struct rules *rules, struct rules_motion *out)
{
	out->rank = (uint32_t)object_int(object, "rank", 1, RULES_MOTIONS_MAX);
	out->in_favour = (uint32_t)object_int(object, "in_favour", 0, RULES_MOTION_SPEAKERS_MAX);
	out->against = (uint32_t)object_int(object, "against", 0, RULES_MOTION_SPEAKERS_MAX);
	out->mover_s = rules_parse_seconds(object, "mover_s");
	out->speaker_s = rules_parse_seconds(object, "speaker_s");
	(void)rs_set_text(out->name, object_name(object, "name"));
	parse_majority(object, "majority", rules, out->majority);
	if (motion_effect_parse(object_text(object, "carried"), &out->effect) < 0)
		object_fail(object, "carried", "none, or what follows, is expected");
}

static void set_assembly(struct rules *rules)
{
	rules->motions.may_move = rules->points.may_raise;
	rules->motions.n = RS_ARRAY_LEN(assembly);
	for (size_t i = 0; i < RS_ARRAY_LEN(assembly); i++) {
		struct rules_motion *kind = &rules->motions.kinds[i];
		*kind = assembly[i];
		if (!has_majority(rules, kind->majority))
			(void)rs_set_text(kind->majority, rules->majorities[0].name);
	}
}

void rules_parse_motions(const struct object *root, struct rules *rules)
{
	if (!object_has(root, "motions")) {
		set_assembly(rules);
		return;
	}
	const struct object part = object_child(root, "motions");
	struct rules_motions *motions = &rules->motions;
	motions->may_move = rules_parse_roles(&part, "may_move");
	const size_t n = object_array(&part, "kinds", RULES_MOTIONS_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct object at = object_at(&part, "kinds", i);
		parse_kind(&at, rules, &motions->kinds[i]);
		if (rules_find_motion(motions, motions->kinds[i].name) < motions->n)
			object_fail(&at, "name", "there is another motion of this name");
		motions->n++;
	}
}

void rules_parse_explanations(const struct object *root, struct rules *rules)
{
	if (!object_has(root, "explanations")) {
		rules->explanations = (struct rules_explanations){
			.may_explain = ROLE_BIT(ROLE_DELEGATE),
			.before = true,
			.after = true,
			.once = true,
			.speak_s = 600,
		};
		return;
	}
	const struct object part = object_child(root, "explanations");
	rules->explanations = (struct rules_explanations){
		.may_explain = rules_parse_roles(&part, "may_explain"),
		.before = object_bool(&part, "before"),
		.after = object_bool(&part, "after"),
		.once = object_bool(&part, "once"),
		.sponsors = object_bool(&part, "sponsors"),
		.speak_s = rules_parse_seconds(&part, "speak_s"),
	};
}
