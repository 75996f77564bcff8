/* tools/client/resend.h
 *
 * What one stream sent last, kept so that it can be sent again when the server asks for it (RFC 4585
 * section 6.2.1). Allocates at birth only; not thread safe. Holds the last `packets` packets of at most
 * RTC_RESEND_MAX octets; older ones are forgotten.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_RESEND_H
#define ROSTRUM_TOOLS_CLIENT_RESEND_H

#include "common/base/mem.h"

/* A longer packet is not kept: with what RTX adds it would not fit into a datagram of the client's queue. */
#define RTC_RESEND_MAX 1180

struct rtc_resend;

/* 0, -EINVAL (packets is 0 or above 2^15) or -ENOMEM. */
int rtc_resend_new(size_t packets, struct rtc_resend **out_resend) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct rtc_resend *rtc_resend_free(struct rtc_resend *resend);
/* Copies the packet of that number, in place of the one that was sent `packets` numbers before it. */
void rtc_resend_keep(struct rtc_resend *resend, uint16_t seq, const uint8_t *data, size_t len);
/* Copies it into `out` of `cap` octets: its length; -ENOENT (not kept, or no more); -ENOSPC. */
int rtc_resend_find(
	const struct rtc_resend *resend, uint16_t seq, uint8_t *out, size_t cap) RS_MUST_USE;

#endif
