#include "tools/client/resend.h"

#include <errno.h>
#include <string.h>

#define PACKETS_MAX 32768 /* half of all numbers: more could not be told apart */

struct kept {
	uint16_t seq;
	uint16_t len; /* 0 = nothing is kept here */
	uint8_t data[RTC_RESEND_MAX];
};

struct rtc_resend {
	size_t packets;
	struct kept kept[];
};

int rtc_resend_new(size_t packets, struct rtc_resend **out_resend)
{
	if (packets == 0 || packets > PACKETS_MAX)
		return -EINVAL;
	struct rtc_resend *resend = rs_zalloc(sizeof(*resend) + packets * sizeof(struct kept));
	if (resend == NULL)
		return -ENOMEM;
	resend->packets = packets;
	*out_resend = resend;
	return 0;
}

struct rtc_resend *rtc_resend_free(struct rtc_resend *resend)
{
	return rs_release(resend);
}

void rtc_resend_keep(struct rtc_resend *resend, uint16_t seq, const uint8_t *data, size_t len)
{
	struct kept *kept = &resend->kept[seq % resend->packets];
	kept->seq = seq;
	kept->len = len <= RTC_RESEND_MAX ? (uint16_t)len : 0;
	memcpy(kept->data, data, kept->len);
}

int rtc_resend_find(const struct rtc_resend *resend, uint16_t seq, uint8_t *out, size_t cap)
{
	const struct kept *kept = &resend->kept[seq % resend->packets];
	if (kept->len == 0 || kept->seq != seq)
		return -ENOENT;
	if (kept->len > cap)
		return -ENOSPC;
	memcpy(out, kept->data, kept->len);
	return kept->len;
}
