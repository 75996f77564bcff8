#include "sfu/router/red.h"

#include "sfu/router/router_priv.h"

/* Loss at which a packet carries this many others: up to it, no more than about one packet in a hundred stays
 * lost where losses are independent. Without reports it carries one, since loss may be there from the start. */
static const uint32_t least_loss[RED_MOST_ALONE] = { LOSS_PERMILLE(3), LOSS_PERMILLE(30),
	LOSS_PERMILLE(70) };
/* A block more is given up only when loss is well below what called for it. */
#define GIVE_UP_NUM 5
#define GIVE_UP_DEN 8

void red_adapt(struct slot *slot)
{
	const uint32_t share = loss_share(&slot->loss);
	uint8_t blocks = 0;

	if (slot->spec.red_pt == 0)
		return;
	for (uint8_t i = 0; i < RED_MOST_ALONE; i++) {
		const bool has = i < slot->red.blocks;
		if (share >= (has ? least_loss[i] * GIVE_UP_NUM / GIVE_UP_DEN : least_loss[i]))
			blocks = (uint8_t)(i + 1);
	}
	if (blocks > 1 && loss_comes_in_runs(&slot->loss))
		blocks = RED_MOST;
	if (blocks == 0 && slot->loss.reports == 0)
		blocks = 1;
	slot->red.blocks = blocks < slot->red.allowed ? blocks : slot->red.allowed;
}

/* The packet `back` before, as a block. */
static bool block_of(const struct slot *slot, const struct publish *publish,
	const struct packet *packet, const struct rewrite_out *out, unsigned back,
	struct red_block *block)
{
	struct rewrite_out before_out;
	const struct packet *before = store_find(&publish->tracks[0].store, packet->stream,
		packet->seq - (int64_t)back, packet->arrival);

	if (before == NULL || before->empty || before->payload_len > RED_LEN_MAX)
		return false;
	const struct rewrite_in in = {
		.stream = before->stream, .seq = before->seq, .rtp_ts = before->rtp_ts
	};
	if (!rewrite_again(&slot->rewrite, &in, &before_out))
		return false;
	const uint32_t offset = out->rtp_ts - before_out.rtp_ts;
	if (offset == 0 || offset > RED_OFFSET_MAX)
		return false;
	*block = (struct red_block){
		.pt = slot->spec.pt,
		.offset = (uint16_t)offset,
		.data_view = before->data + before->payload_at,
		.len = before->payload_len,
	};
	return true;
}

uint8_t red_choose(const struct slot *slot, const struct publish *publish,
	const struct packet *packet, const struct rewrite_out *out)
{
	size_t len = packet->len + RED_PRIMARY_HEADER_LEN;
	unsigned n = 0;
	uint8_t mask = 0;
	struct red_block block;

	if (packet->empty || packet->seq != slot->rewrite.highest_in)
		return 0; /* a late one: what was before it has been sent */
	for (unsigned back = 1; back <= RED_REACH && n < slot->red.blocks; back++) {
		if (!block_of(slot, publish, packet, out, back, &block))
			continue;
		len += RED_HEADER_LEN + block.len;
		if (len > RED_PACKET_MAX)
			break;
		mask |= (uint8_t)(1U << (back - 1));
		n++;
	}
	return mask;
}

bool red_gather(const struct slot *slot, const struct publish *publish, const struct packet *packet,
	const struct rewrite_out *out, uint8_t mask, struct red *out_red)
{
	*out_red = (struct red){
		.primary = { .pt = slot->spec.pt,
			.data_view = packet->data + packet->payload_at,
			.len = packet->payload_len },
	};
	for (unsigned back = RED_REACH; back > 0; back--) { /* oldest first */
		if ((mask >> (back - 1) & 1) == 0)
			continue;
		if (!block_of(slot, publish, packet, out, back,
			    &out_red->redundant[out_red->n_redundant]))
			return false;
		out_red->n_redundant++;
	}
	return true;
}
