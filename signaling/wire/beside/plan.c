#include "signaling/wire/beside/plan.h"

#include <inttypes.h>

#define ROUND_MS 10000

/* To the nearest ten seconds; a margin upwards, and never none. */
static int64_t near_ms(int64_t ms)
{
	return (ms + ROUND_MS / 2) / ROUND_MS * ROUND_MS;
}

static int64_t up_ms(int64_t ms)
{
	return ms <= ROUND_MS ? ROUND_MS : (ms + ROUND_MS - 1) / ROUND_MS * ROUND_MS;
}

static const char *fit_name(enum plan_fit fit)
{
	static const char *const names[] = {
		[PLAN_UNKNOWN] = "unknown",
		[PLAN_FITS] = "yes",
		[PLAN_PERHAPS] = "perhaps",
		[PLAN_LATE] = "no",
	};
	return names[fit];
}

int plan_turn_write(const struct plan *plan, size_t i, struct rs_buf *out)
{
	const struct planner_turn *turn = &plan->turns[i];
	return rs_buf_printf(out,
		"{\"entry\":%" PRIu32 ",\"start\":%" PRId64 ",\"margin\":%" PRId64
		",\"end\":%" PRId64 ",\"fits\":\"%s\"}",
		turn->entry, near_ms(turn->start_ms), up_ms(turn->margin_ms), near_ms(turn->end_ms),
		fit_name(plan_fit(plan, turn)));
}

static int write_forecast(const struct plan *plan, struct rs_buf *out)
{
	const struct planner_forecast *forecast = &plan->forecast;
	return rs_buf_printf(out,
		"\"finish\":%" PRId64 ",\"margin\":%" PRId64 ",\"more\":%d,\"last\":%" PRId64
		",\"last_margin\":%" PRId64 ",\"used\":%" PRIu32 ",\"gap\":%" PRId64
		",\"statements\":%" PRIu32,
		near_ms(forecast->finish_ms), up_ms(forecast->finish_margin_ms),
		(int)(forecast->more + 0.5), near_ms(forecast->last_ms),
		up_ms(forecast->last_margin_ms), forecast->used_percent, near_ms(forecast->gap_ms),
		forecast->statements);
}

int plan_write(const struct plan *plan, struct rs_buf *out)
{
	int err = rs_buf_append(out, "{\"until\":", 9);
	if (err == 0)
		err = plan->until_ms != 0 ? rs_buf_printf(out, "%" PRId64, plan->until_ms)
					  : rs_buf_append(out, "null", 4);
	if (err == 0)
		err = plan->booth != NULL ? rs_buf_printf(out, ",\"booth\":\"%s\"", plan->booth)
					  : 0;
	if (err == 0)
		err = rs_buf_printf(out, ",\"late\":%zu,", plan->late);
	if (err == 0)
		err = write_forecast(plan, out);
	if (err == 0)
		err = rs_buf_printf(out, ",\"turns\":[");
	for (size_t i = 0; i < plan->n && err == 0; i++) {
		err = i > 0 ? rs_buf_append(out, ",", 1) : 0;
		if (err == 0)
			err = plan_turn_write(plan, i, out);
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

int wire_reply_plan(const char *id, const struct plan *plan, struct rs_buf *out)
{
	/* Ids are names, which need no escaping. */
	int err = rs_buf_printf(out, "{\"type\":\"reply\",\"id\":\"%s\",\"ok\":true,\"plan\":", id);
	if (err == 0)
		err = plan_write(plan, out);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}
