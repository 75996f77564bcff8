#include "signaling/meeting/quorum.h"

/* The least number that is this part of `all`; 0 when nothing is asked for. */
static uint32_t least(const struct rules_fraction *fraction, uint32_t all)
{
	if (fraction->denominator == 0)
		return 0;
	const uint64_t part = (uint64_t)all * fraction->numerator;
	return (uint32_t)(fraction->more_than
				  ? part / fraction->denominator + 1
				  : (part + fraction->denominator - 1) / fraction->denominator);
}

static bool votes(const struct participant *participant)
{
	return participant->role == ROLE_DELEGATE && participant->category == CATEGORY_MEMBER &&
	       participant->delegation[0] != '\0';
}

static bool counts(const struct meeting *meeting, const struct participant *participant)
{
	return participant->present &&
	       (meeting->rules.quorum_places & (1u << participant->place)) != 0;
}

void meeting_quorum(const struct meeting *meeting, struct quorum *out_quorum)
{
	const struct rules_quorum *rules = &meeting->rules.quorum[meeting->body];
	uint64_t seen[(MEETING_PARTICIPANTS_MAX + 63) / 64] = { 0 };
	struct quorum quorum = { .authorised = 0 };
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct participant *participant = &meeting->participants[i];
		const size_t of = participant->first;
		if (!votes(participant))
			continue;
		quorum.authorised += of == i;
		if (counts(meeting, participant) && (seen[of / 64] >> of % 64 & 1) == 0) {
			seen[of / 64] |= UINT64_C(1) << of % 64;
			quorum.present++;
		}
	}
	quorum.to_open = least(&rules->to_open, quorum.authorised);
	quorum.to_decide = least(&rules->to_decide, quorum.authorised);
	*out_quorum = quorum;
}

enum verdict meeting_judge_quorum(
	const struct meeting *meeting, enum quorum_act act, bool overrides, struct event *event)
{
	const struct rules_quorum *rules = &meeting->rules.quorum[meeting->body];
	const struct rules_fraction *fraction =
		act == QUORUM_TO_OPEN ? &rules->to_open : &rules->to_decide;
	struct quorum quorum;
	meeting_quorum(meeting, &quorum);
	event->quorum = act == QUORUM_TO_OPEN ? quorum.to_open : quorum.to_decide;
	if (event->quorum == 0)
		return VERDICT_OK;
	event->present = quorum.present;
	event->overridden = quorum.present < event->quorum;
	return !event->overridden || (overrides && fraction->may_override) ? VERDICT_OK
									   : VERDICT_NO_QUORUM;
}
