/* What each transport-wide number carried, and what is done when it did not arrive. */
#include "sfu/router/carried.h"

#include "sfu/router/router_priv.h"

/* Where the number is kept; another may be there. */
static struct carried *place_of(struct egress *egress, uint16_t number)
{
	return &egress->carried[number % CARRIED_MAX];
}

void carried_note(
	struct egress *egress, const struct slot *slot, uint16_t number, uint16_t seq, bool again)
{
	*place_of(egress, number) = (struct carried){
		.ssrc = slot->spec.ssrc,
		.number = number,
		.seq = seq,
		.copy = again ? resend_copies(slot, seq) : 0,
		.untold = true,
	};
}

/* What lies after the last that arrived may be still under way. */
static size_t told_of(const struct twcc_feedback *feedback)
{
	size_t n = feedback->n_packets;

	while (n > 0 && !feedback->arrivals[n - 1].received)
		n--;
	return n;
}

/* What became of one number. */
static void tell(struct router *router, const struct peer *peer, const struct carried *carried,
	bool arrived, rs_time now)
{
	struct slot *slot;

	if (arrived && carried->copy == 0)
		return;
	slot = slot_by_ssrc(peer, carried->ssrc);
	if (slot == NULL)
		return;
	if (arrived)
		resend_arrived(slot, carried->seq);
	else
		resend_lost(router, slot, carried->seq, carried->copy, now);
}

void carried_feedback(struct router *router, struct egress *egress,
	const struct twcc_feedback *feedback, rs_time now)
{
	const size_t n = told_of(feedback);

	for (size_t i = 0; i < n; i++) {
		const uint16_t number = (uint16_t)(feedback->base_seq + i);
		struct carried *carried = place_of(egress, number);
		if (!carried->untold || carried->number != number)
			continue;
		carried->untold = false;
		tell(router, egress->peer, carried, feedback->arrivals[i].received, now);
	}
}
