#include "tests/support/booths_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define START_MS INT64_C(1795305600000)

const struct rules_interpretation booths_rules = {
	.interlock = RULES_INTERLOCK_OVERRIDE,
	.handover_timeout_s = 30,
	.auto_relay = true,
};

static const struct {
	const char *id, *delegation;
	enum role role;
	const char *languages[2];
} people[] = {
	{ "en-1", "", ROLE_INTERPRETER, { "en" } },
	{ "en-2", "", ROLE_INTERPRETER, { "en", "fr" } },
	{ "fr-1", "", ROLE_INTERPRETER, { "fr", "en" } },
	{ "fr-2", "", ROLE_INTERPRETER, { "fr", "es" } },
	{ "es-1", "", ROLE_INTERPRETER, { "es", "en" } },
	{ "ar-1", "", ROLE_INTERPRETER, { "ar" } },
	{ "swe-1", "SWE", ROLE_INTERPRETER, { "en" } },
	{ "KEN", "KEN", ROLE_DELEGATE, { "en" } },
};

struct meeting *booths_meeting(const struct rules_interpretation *rules)
{
	static const char *const channels[] = { "en", "fr", "es", "ar" };
	static const struct booth booths[] = {
		{ .language = "en", .desks = 2 },
		{ .language = "fr", .desks = 2, .into = { "fr", "en" }, .n_into = 2 },
		{ .language = "es", .desks = 1, .into = { "es", "en" }, .n_into = 2 },
	};
	struct meeting *meeting = NULL;
	assert_int_equal(meeting_new(0, RS_ARRAY_LEN(channels), RS_ARRAY_LEN(people), &meeting), 0);
	assert_int_equal(meeting_set_booths(meeting, booths, RS_ARRAY_LEN(booths)), 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(channels); i++)
		(void)rs_set_text(meeting->channels[i].id, channels[i]);
	for (size_t i = 0; i < RS_ARRAY_LEN(people); i++) {
		struct participant *participant = &meeting->participants[i];
		(void)rs_set_text(participant->id, people[i].id);
		(void)rs_set_text(participant->delegation, people[i].delegation);
		participant->role = people[i].role;
		for (size_t j = 0; j < 2 && people[i].languages[j] != NULL; j++) {
			(void)rs_set_text(participant->languages[j], people[i].languages[j]);
			participant->n_languages++;
		}
	}
	assert_int_equal(meeting_ready(meeting), 0);
	meeting->rules.interpretation = *rules;
	return meeting;
}

struct booths *booths_new(const struct rules_interpretation *rules)
{
	struct booths *booths = rs_zalloc(sizeof(*booths));
	booths->meeting = booths_meeting(rules);
	booths->wall_ms = START_MS;
	assert_int_equal(interpretation_new(booths->meeting, &booths->machine), 0);
	return booths;
}

void booths_free(struct booths *booths)
{
	interpretation_free(booths->machine);
	meeting_free(booths->meeting);
	rs_release(booths);
}

const struct interpretation_desk *booths_desk(const struct booths *booths, const char *badge)
{
	const struct interpretation_desk *desk = interpretation_find(booths->machine, badge);
	assert_non_null(desk);
	return desk;
}

const char *booths_owner(const struct booths *booths, size_t channel)
{
	const int desk = booths->machine->channels[channel].desk;
	return desk != INTERPRETATION_NONE ? booths->machine->desks[desk].id : "";
}

static void apply(struct booths *booths)
{
	for (size_t i = 0; i < booths->events.n; i++) {
		booths->events.list[i].wall_ms = booths->wall_ms;
		interpretation_apply(booths->machine, &booths->events.list[i]);
	}
}

static bool sounds(const void *ctx, const char *desk)
{
	const struct booths *booths = ctx;
	return booths->silent == NULL || strcmp(booths->silent, desk) != 0;
}

enum verdict booths_give(struct booths *booths, const struct interpretation_command *command)
{
	struct interpretation_command judged = *command;
	judged.wall_ms = booths->wall_ms;
	judged.sounds = sounds;
	judged.ctx = booths;
	booths->events.n = 0;
	const enum verdict verdict =
		interpretation_decide(booths->machine, &judged, &booths->events);
	apply(booths);
	return verdict;
}

enum verdict booths_live(struct booths *booths, const char *by, const char *channel)
{
	return booths_give(
		booths, &(struct interpretation_command){
				.kind = INTERPRETATION_GO_LIVE, .by = by, .channel = channel });
}

enum verdict booths_idle(struct booths *booths, const char *by)
{
	return booths_give(booths,
		&(struct interpretation_command){ .kind = INTERPRETATION_GO_IDLE, .by = by });
}

enum verdict booths_cough(struct booths *booths, const char *by, bool on)
{
	return booths_give(booths, &(struct interpretation_command){
					   .kind = INTERPRETATION_COUGH, .by = by, .on = on });
}

enum verdict booths_output(struct booths *booths, const char *by, const char *channel)
{
	return booths_give(booths,
		&(struct interpretation_command){
			.kind = INTERPRETATION_SELECT_OUTPUT, .by = by, .channel = channel });
}

enum verdict booths_source(struct booths *booths, const char *by, const char *source)
{
	return booths_give(booths,
		&(struct interpretation_command){
			.kind = INTERPRETATION_SELECT_SOURCE, .by = by, .channel = source });
}

enum verdict booths_request(
	struct booths *booths, const char *by, const char *channel, int64_t at_ms)
{
	return booths_give(
		booths, &(struct interpretation_command){ .kind = INTERPRETATION_REQUEST_HANDOVER,
				.by = by,
				.channel = channel,
				.at_ms = at_ms });
}

enum verdict booths_accept(struct booths *booths, const char *by)
{
	return booths_give(booths, &(struct interpretation_command){
					   .kind = INTERPRETATION_ACCEPT_HANDOVER, .by = by });
}

enum verdict booths_decline(struct booths *booths, const char *by)
{
	return booths_give(booths, &(struct interpretation_command){
					   .kind = INTERPRETATION_DECLINE_HANDOVER, .by = by });
}

enum verdict booths_cancel(struct booths *booths, const char *by)
{
	return booths_give(booths, &(struct interpretation_command){
					   .kind = INTERPRETATION_CANCEL_HANDOVER, .by = by });
}

enum verdict booths_language(struct booths *booths, const char *language)
{
	return booths_give(booths,
		&(struct interpretation_command){
			.kind = INTERPRETATION_SET_LANGUAGE, .by = "KEN", .language = language });
}

void booths_lost(struct booths *booths, const char *badge, enum event_cause cause)
{
	booths->events.n = 0;
	interpretation_decide_lost(booths->machine, badge, cause, &booths->events);
	apply(booths);
}

void booths_back(struct booths *booths, const char *badge)
{
	booths->events.n = 0;
	interpretation_decide_back(booths->machine, badge, 5000, booths->wall_ms, &booths->events);
	apply(booths);
}

void booths_pass(struct booths *booths, int64_t ms)
{
	const int64_t until_ms = booths->wall_ms + ms;
	while (interpretation_due(booths->machine) <= until_ms) {
		if (interpretation_due(booths->machine) > booths->wall_ms)
			booths->wall_ms = interpretation_due(booths->machine);
		booths->events.n = 0;
		interpretation_decide_time(booths->machine, booths->wall_ms, &booths->events);
		assert_true(booths->events.n > 0);
		apply(booths);
	}
	booths->wall_ms = until_ms;
}
