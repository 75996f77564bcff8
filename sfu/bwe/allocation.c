#include "sfu/bwe/allocation.h"

#define SLOTS_MAX 32
/* Room for more must be this much of what it takes (percent), for so long; longer just after a step down. */
#define ROOM 110
#define RAISE_AFTER RS_MS(400)
#define RAISE_AFTER_LOWERED RS_SEC(2)
/* A rung that holds may take a little more than there is: rates of layers swing around their mean. */
#define TOLERATED 105

void allocation_slot_init(struct allocation_slot *slot)
{
	slot->rung = ALLOCATION_PAUSED;
	slot->raise_since = RS_TIME_NEVER;
	slot->lowered = -RS_SEC(10);
	slot->reason = ALLOCATION_NO_SOURCE;
}

/* What a rung must find to be taken; one that holds already, or one below it, needs no room to spare. */
static uint64_t price(const struct allocation_slot *slot, int rung)
{
	if (rung == ALLOCATION_PAUSED)
		return 0;
	const uint64_t bps = slot->rungs[rung].bps;
	return rung <= slot->rung ? bps * 100 / TOLERATED : bps * ROOM / 100;
}

static size_t next_by_priority(const struct allocation_slot *slots, size_t n, const bool *done)
{
	size_t best = n;

	for (size_t i = 0; i < n; i++)
		if (!done[i] && (best == n || slots[i].priority < slots[best].priority))
			best = i;
	return best;
}

/* Raises one slot as far as there is room, at most to `most`. */
static void raise_to(const struct allocation_slot *slot, int *rung, int most, uint64_t *left)
{
	for (int to = most; to > *rung; to--) {
		const uint64_t more = price(slot, to) - price(slot, *rung);
		if (price(slot, to) > price(slot, *rung) && more > *left)
			continue;
		if (price(slot, to) > price(slot, *rung))
			*left -= more;
		*rung = to;
		return;
	}
}

static void find_targets(
	const struct allocation_slot *slots, size_t n, uint64_t left, int targets[SLOTS_MAX])
{
	for (unsigned pass = 0; pass < 2; pass++) {
		bool done[SLOTS_MAX] = { false };
		for (size_t i; (i = next_by_priority(slots, n, done)) < n; done[i] = true) {
			if (slots[i].n_rungs == 0)
				continue;
			raise_to(&slots[i], &targets[i], pass == 0 ? 0 : (int)slots[i].n_rungs - 1,
				&left);
		}
	}
}

static bool is_steady(const struct allocation_slot *slot, rs_time now)
{
	const bool lowered = now - slot->lowered < RAISE_AFTER_LOWERED;

	if (slot->rung == ALLOCATION_PAUSED && !lowered)
		return true; /* any picture at all is not kept waiting */
	return now - slot->raise_since >= (lowered ? RAISE_AFTER_LOWERED : RAISE_AFTER);
}

static void settle(struct allocation_slot *slot, int target, rs_time now)
{
	const int best = (int)slot->n_rungs - 1;

	if (target <= slot->rung) {
		if (target < slot->rung)
			slot->lowered = now;
		slot->rung = target;
		slot->raise_since = RS_TIME_NEVER;
	} else {
		slot->raise_since = rs_time_min(slot->raise_since, now);
		if (is_steady(slot, now)) {
			slot->rung = target;
			slot->raise_since = RS_TIME_NEVER;
		}
	}
	slot->reason = slot->n_rungs == 0                ? ALLOCATION_NO_SOURCE
		       : slot->rung == best              ? ALLOCATION_FULL
		       : slot->rung < target             ? ALLOCATION_STEADYING
		       : slot->rung == ALLOCATION_PAUSED ? ALLOCATION_PAUSED_LINE
							 : ALLOCATION_LINE;
}

void allocation_forgive(struct allocation_slot *slots, size_t n_slots)
{
	for (size_t i = 0; i < n_slots; i++)
		slots[i].lowered = -RS_SEC(10);
}

uint64_t allocation_decide(struct allocation_slot *slots, size_t n_slots, uint32_t bps, rs_time now)
{
	int targets[SLOTS_MAX];
	uint64_t best = 0;

	if (n_slots > SLOTS_MAX)
		n_slots = SLOTS_MAX;
	for (size_t i = 0; i < n_slots; i++) {
		targets[i] = ALLOCATION_PAUSED;
		if (slots[i].rung >= (int)slots[i].n_rungs)
			slots[i].rung = (int)slots[i].n_rungs - 1;
		if (slots[i].n_rungs > 0)
			best += (uint64_t)slots[i].rungs[slots[i].n_rungs - 1].bps * ROOM / 100;
	}
	find_targets(slots, n_slots, bps, targets);
	for (size_t i = 0; i < n_slots; i++)
		settle(&slots[i], targets[i], now);
	return best;
}
