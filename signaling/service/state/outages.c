#include "signaling/service/state/outages.h"

#include "common/base/text.h"

#include <string.h>

/* A room whose line is back and that delivers nothing has kept nothing. */
#define BACK_FOR_MS 60000

static void drop(struct outages *outages, size_t i)
{
	outages->n--;
	memmove(outages->list + i, outages->list + i + 1,
		(outages->n - i) * sizeof(outages->list[0]));
}

static struct late_outage *add(struct outages *outages, const char *source)
{
	if (outages->n == LATE_OUTAGES_MAX)
		drop(outages, 0);
	struct late_outage *outage = &outages->list[outages->n++];
	*outage = (struct late_outage){ .state = LATE_LOST };
	(void)rs_set_text(outage->source, source); /* a name */
	return outage;
}

/* The newest of this source, of those the box has told of or not. */
static struct late_outage *find(struct outages *outages, const char *source, const char *outage)
{
	for (size_t i = outages->n; i > 0; i--) {
		struct late_outage *one = &outages->list[i - 1];
		if (strcmp(one->source, source) == 0 && strcmp(one->outage, outage) == 0)
			return one;
	}
	return NULL;
}

bool outages_line(struct outages *outages, const char *source, bool lost, int64_t wall_ms)
{
	struct late_outage *outage = find(outages, source, "");
	if ((outage != NULL && outage->state == LATE_LOST) == lost)
		return false;
	if (lost) {
		outage = add(outages, source);
		outage->from_ms = wall_ms;
	} else {
		outage->to_ms = wall_ms;
		outage->state = LATE_BACK;
	}
	outage->at_ms = wall_ms;
	return true;
}

void outages_part(struct outages *outages, const struct outages_part *part)
{
	struct late_outage *outage = find(outages, part->source, part->outage);
	if (outage == NULL)
		outage = find(outages, part->source, "");
	if (outage == NULL)
		outage = add(outages, part->source);
	if (outage->at_ms == 0 || outage->state != part->state)
		outage->at_ms = part->wall_ms;
	(void)rs_set_text(outage->outage, part->outage);   /* names, all of them */
	(void)rs_set_text(outage->reason, part->reason);   /* but for what a recorder may say */
	(void)rs_set_text(outage->session, part->session); /* as long */
	outage->from_ms = part->from_ms;
	outage->to_ms = part->to_ms;
	outage->part = part->number;
	outage->parts = part->of;
	outage->state = part->state;
}

bool outages_tick(struct outages *outages, int64_t wall_ms)
{
	bool forgot = false;
	for (size_t i = outages->n; i > 0; i--) {
		const struct late_outage *outage = &outages->list[i - 1];
		if (outage->state != LATE_BACK || wall_ms < outage->to_ms + BACK_FOR_MS)
			continue;
		drop(outages, i - 1);
		forgot = true;
	}
	return forgot;
}

rs_time outages_wait(const struct outages *outages, int64_t wall_ms)
{
	rs_time wait = RS_TIME_NEVER / 2; /* has room for the time it is added to */
	for (size_t i = 0; i < outages->n; i++) {
		const struct late_outage *outage = &outages->list[i];
		if (outage->state == LATE_BACK)
			wait = rs_time_min(wait, RS_MS(outage->to_ms + BACK_FOR_MS - wall_ms));
	}
	return wait;
}

enum severity outages_severity(
	const struct outages *outages, const char *source, const char *session)
{
	enum severity worst = SEVERITY_NONE;
	for (size_t i = 0; i < outages->n; i++) {
		const struct late_outage *outage = &outages->list[i];
		enum severity is = SEVERITY_WARNING;
		if (outage->state == LATE_DELIVERED || strcmp(outage->source, source) != 0)
			continue;
		if (outage->state == LATE_REFUSED)
			is = strcmp(outage->session, session) == 0 ? SEVERITY_CRITICAL
								   : SEVERITY_NONE;
		if (is > worst)
			worst = is;
	}
	return worst;
}
