/* sfu/router/numbers.h
 *
 * The sequence numbers a peer's sections gave away, by SSRC, when the sections are gone. Under one
 * SRTP key no number of an SSRC may come twice (RFC 7714 section 8.4), and the key lives as long as
 * the peer: a section that comes back goes on behind its last number. An embedded value.
 */
#ifndef ROSTRUM_SFU_ROUTER_NUMBERS_H
#define ROSTRUM_SFU_ROUTER_NUMBERS_H

#include "common/base/mem.h"

/* SSRCs sent to one peer while it lives. */
#define NUMBERS_MAX 64

struct numbers {
	struct number *list;
	size_t n;
};

/* Those of `from` and `n_ssrcs` SSRCs more, which may be known already or 0 = none. 0, -E2BIG (more than
 * NUMBERS_MAX together) or -ENOMEM. */
int numbers_extend(const struct numbers *from, const uint32_t *ssrcs, size_t n_ssrcs,
	struct numbers *out_numbers) RS_MUST_USE;
void numbers_done(struct numbers *numbers);
/* The stream ends with the number `last`, unwrapped. An SSRC that was not entered is ignored. */
void numbers_leave(struct numbers *numbers, uint32_t ssrc, int64_t last);
/* True and *out_last when a stream of the SSRC has ended. */
bool numbers_left(const struct numbers *numbers, uint32_t ssrc, int64_t *out_last);

#endif
