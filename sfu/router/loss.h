/* sfu/router/loss.h
 *
 * How much of a stream its receiver loses before any repair: what protection is chosen by, and what the
 * source is told. Receiver reports say it every few seconds, less what was resent meanwhile; NACKs say
 * it at once, when the receiver sends them. The larger of the two counts. An embedded value.
 */
#ifndef ROSTRUM_SFU_ROUTER_LOSS_H
#define ROSTRUM_SFU_ROUTER_LOSS_H

#include "common/rtp/rtcp.h"

/* Shares are of this. */
#define LOSS_ALL 65536U
/* A share in thousandths. */
#define LOSS_PERMILLE(n) ((n)*LOSS_ALL / 1000U)

struct loss {
	uint32_t asked;    /* share asked for again, of the last packets, smoothed */
	uint32_t runs;     /* share of those after another one, smoothed */
	uint32_t reported; /* share the reports say is lost, smoothed */
	unsigned reports;
	uint32_t highest; /* of the last report */
	int32_t lost;
};

/* One more packet was sent for the first time. */
void loss_sent(struct loss *loss);
/* The receiver asks for one, for the first time; and it had asked for the one before, too. */
void loss_asked(struct loss *loss, bool after_another);
/* More loss is believed at once, less by and by. */
void loss_reported(struct loss *loss, const struct rtcp_report *report);
/* Share of packets lost. */
uint32_t loss_share(const struct loss *loss);
/* Losses are not independent: what is lost together with its neighbours is not mended by these. */
bool loss_comes_in_runs(const struct loss *loss);
/* Share still lost when every packet comes with the `blocks` before it, and losses are independent. */
uint32_t loss_after(uint32_t share, unsigned blocks);

/* The loss of many receivers, and what to go by. */
struct loss_tally {
	unsigned receivers;
	unsigned at[64]; /* receivers that lose at[i] / 64 to at[i + 1] / 64 */
};

/* One receiver more, that loses `share`. */
void loss_tally_add(struct loss_tally *tally, uint32_t share);
/* What one receiver in 32, or, of fewer, the worst of them loses at least; never more than LOSS_TOLD_MOST:
 * beyond, protection costs all others more than it gives those. */
#define LOSS_TOLD_MOST LOSS_PERMILLE(200)
uint32_t loss_tally_told(const struct loss_tally *tally);

#endif
