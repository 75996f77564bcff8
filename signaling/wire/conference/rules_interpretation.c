#include "signaling/wire/conference/rules_priv.h"

static enum rules_interlock parse_interlock(const struct object *object)
{
	const char *name =
		object_text_or(object, "interlock", rules_interlock_name(RULES_INTERLOCK_OVERRIDE));
	if (strcmp(name, rules_interlock_name(RULES_INTERLOCK_NONE)) == 0)
		return RULES_INTERLOCK_NONE;
	if (strcmp(name, rules_interlock_name(RULES_INTERLOCK_BUSY)) == 0)
		return RULES_INTERLOCK_BUSY;
	if (strcmp(name, rules_interlock_name(RULES_INTERLOCK_OVERRIDE)) != 0)
		object_fail(object, "interlock", "none, override or interlock is expected");
	return RULES_INTERLOCK_OVERRIDE;
}

static bool parse_handover(const struct object *object)
{
	const char *name = object_text_or(object, "handover", "take");
	const bool asks = strcmp(name, "ask") == 0;
	if (!asks && strcmp(name, "take") != 0)
		object_fail(object, "handover", "take or ask is expected");
	return asks;
}

static uint32_t number(
	const struct object *object, const char *key, uint32_t min, uint32_t max, uint32_t usual)
{
	return (uint32_t)object_int_or(object, key, min, max, usual);
}

/* A profile that says nothing of it: the General Assembly's. */
static const struct rules_interpretation usual = {
	.interlock = RULES_INTERLOCK_OVERRIDE,
	.handover_timeout_s = 30,
	.auto_relay = true,
	.wait_max_ms = 8000,
	.turn_s = 1800,
	.desk_max_s = 10800,
	.slower_hold_s = 30,
	.slower_desks = 1,
};

void rules_parse_interpretation(const struct object *root, struct rules *rules)
{
	rules->interpretation = usual;
	if (!object_has(root, "interpretation"))
		return;
	const struct object at = object_child(root, "interpretation");
	rules->interpretation = (struct rules_interpretation){
		.interlock = parse_interlock(&at),
		.handover_asks = parse_handover(&at),
		.handover_timeout_s = number(&at, "handover_timeout_s", 1,
			RULES_HANDOVER_TIMEOUT_MAX_S, usual.handover_timeout_s),
		.auto_relay = object_bool_or(&at, "auto_relay", usual.auto_relay),
		.wait_ms = number(&at, "wait_ms", 0, RULES_BOOTHS_WAIT_MAX_MS, usual.wait_ms),
		.wait_max_ms =
			number(&at, "wait_max_ms", 0, RULES_BOOTHS_WAIT_MAX_MS, usual.wait_max_ms),
		.turn_s = number(&at, "turn_s", 0, RULES_TIME_MAX_S, usual.turn_s),
		.desk_max_s =
			number(&at, "desk_max_s", 0, RULES_INTERPRETATION_MAX_S, usual.desk_max_s),
		.slower_hold_s = number(
			&at, "slower_hold_s", 1, RULES_SLOWER_HOLD_MAX_S, usual.slower_hold_s),
		.slower_desks =
			number(&at, "slower_desks", 1, RULES_SLOWER_DESKS_MAX, usual.slower_desks),
	};
}
