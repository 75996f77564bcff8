#include "sfu/router/loss.h"

/* About 128 packets, 2.5 s of audio. */
#define ASKED_SHIFT 7
/* About 32 losses. Independent ones follow one another as often as any is lost; in runs of 2 on average, every second does. */
#define RUNS_SHIFT 5
#define RUNS_LEAST LOSS_PERMILLE(450)
/* Reports that speak of more packets than this are about another stream than the last. */
#define EXPECTED_MAX 0x8000U

void loss_sent(struct loss *loss)
{
	/* Rounded up, so that it comes back to nought. */
	loss->asked -= (loss->asked + (1U << ASKED_SHIFT) - 1) >> ASKED_SHIFT;
}

void loss_asked(struct loss *loss, bool after_another)
{
	loss->runs -= loss->runs >> RUNS_SHIFT;
	if (after_another)
		loss->runs += LOSS_ALL >> RUNS_SHIFT;
	loss->asked += LOSS_ALL >> ASKED_SHIFT;
	if (loss->asked > LOSS_ALL)
		loss->asked = LOSS_ALL;
}

void loss_reported(struct loss *loss, const struct rtcp_report *report)
{
	const uint32_t expected = report->highest_seq - loss->highest;
	const int32_t lost = report->lost - loss->lost;
	const bool first = loss->reports++ == 0;

	loss->highest = report->highest_seq;
	loss->lost = report->lost;
	if (first) { /* as the first interval, but sure where it began */
		loss->reported = report->fraction_lost * (LOSS_ALL / 256);
		return;
	}
	if (expected == 0 || expected > EXPECTED_MAX)
		return;
	const uint32_t counted = lost > 0 ? (uint32_t)lost : 0;
	const uint32_t share = counted >= expected ? LOSS_ALL : counted * LOSS_ALL / expected;
	loss->reported = share > loss->reported ? share : (loss->reported + share) / 2;
}

uint32_t loss_share(const struct loss *loss)
{
	return loss->asked > loss->reported ? loss->asked : loss->reported;
}

bool loss_comes_in_runs(const struct loss *loss)
{
	return loss->runs >= RUNS_LEAST;
}

uint32_t loss_after(uint32_t share, unsigned blocks)
{
	uint64_t left = share;

	for (unsigned i = 0; i < blocks; i++)
		left = left * share / LOSS_ALL;
	return (uint32_t)left;
}

void loss_tally_add(struct loss_tally *tally, uint32_t share)
{
	const size_t at = (size_t)share * RS_ARRAY_LEN(tally->at) / (LOSS_ALL + 1);

	tally->receivers++;
	tally->at[at]++;
}

uint32_t loss_tally_told(const struct loss_tally *tally)
{
	const unsigned enough = tally->receivers / 32 + (tally->receivers % 32 != 0);
	unsigned n = 0;

	for (size_t i = RS_ARRAY_LEN(tally->at); i > 1; i--) {
		n += tally->at[i - 1];
		if (n < enough || n == 0)
			continue;
		const uint32_t share = (uint32_t)((i - 1) * (LOSS_ALL / RS_ARRAY_LEN(tally->at)));
		return share < LOSS_TOLD_MOST ? share : LOSS_TOLD_MOST;
	}
	return 0;
}
