/* tools/roombox/outage/keep.h
 *
 * What is to be kept while the line is lost: every packet that is sent, or would have been, for so long that it is there when the loss
 * is noticed; from then on all, with the numbers and timestamps going on from the connection that was lost, until a moment after the
 * line is back. A machine without I/O: records of common/control/late.h come out, whose times are the monotonic clock's. Allocates at
 * birth. Limits: KEEP_RING octets and KEEP_BEFORE before the loss; what nobody takes of KEEP_OUT octets is left out and counted.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_OUTAGE_KEEP_H
#define ROSTRUM_TOOLS_ROOMBOX_OUTAGE_KEEP_H

#include "common/base/rand.h"
#include "common/base/time.h"
#include "common/control/late.h"
#include "tools/client/sender.h"

struct keep;

#define KEEP_BEFORE RS_SEC(30)
#define KEEP_RING ((size_t)8 << 20)
#define KEEP_OUT ((size_t)16 << 20)
/* The line is back, but its first packets may not have got through. */
#define KEEP_AFTER RS_SEC(1)

enum keep_event {
	KEEP_NOTHING,
	KEEP_BEGUN, /* an outage: keep_edge() is when the loss can have begun */
	KEEP_ENDED, /* it is over: keep_edge() is when the line was back */
};

/* 0 or -ENOMEM; `rand` is borrowed, for the numbers of a box that begins without a line. */
int keep_new(struct rs_rand *rand, struct keep **out_keep) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct keep *keep_free(struct keep *keep);

/* A packet was sent as `datagram` (its header is in clear: RFC 3711 section 3.1) at `now`. */
void keep_sent(struct keep *keep, enum late_media media, const uint8_t *datagram, size_t len,
	const struct rtc_payload *payload, rs_time now);
/* The same of one that could not be sent. Ignored unless keep_is_on(). */
void keep_missed(
	struct keep *keep, enum late_media media, const struct rtc_payload *payload, rs_time now);
/* The same of one that was not sent, since the line may be lost: it is kept if the loss follows. */
void keep_doubted(
	struct keep *keep, enum late_media media, const struct rtc_payload *payload, rs_time now);
/* It is not lost, and goes on with the numbers that keep_doubted() gave: what was given there is forgotten. */
void keep_trusted(struct keep *keep);
/* The line is lost; nothing of what was sent since `since` need have got through. Ignored of a box that never had one. */
void keep_lost(struct keep *keep, rs_time since, rs_time now);
/* As a box that is started while an outage lasts that it had begun to keep. */
void keep_resume(struct keep *keep, rs_time now);
void keep_back(struct keep *keep, rs_time now);
/* An outage is being kept, and there is no line. */
bool keep_is_on(const struct keep *keep);
/* What happened; ask until KEEP_NOTHING, and take keep_out() in between. */
enum keep_event keep_poll(struct keep *keep, rs_time now);
rs_time keep_edge(const struct keep *keep);
/* Records to be written down; consume what was taken. */
struct rs_buf *keep_out(struct keep *keep);
/* Packets that were left out because nobody took what came before. */
uint64_t keep_left_out(const struct keep *keep);

#endif
