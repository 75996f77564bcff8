/* common/rtp/seq.h
 *
 * Arithmetic on numbers that wrap: RTP sequence numbers (16 bits), timestamps (32 bits), and their
 * unwrapping to int64_t, which is then compared with <.
 */
#ifndef ROSTRUM_COMMON_RTP_SEQ_H
#define ROSTRUM_COMMON_RTP_SEQ_H

#include <stdbool.h>
#include <stdint.h>

/* a comes before b on the circle; half a circle apart counts as after. */
static inline bool rtp_seq_before(uint16_t a, uint16_t b)
{
	const uint16_t ahead = (uint16_t)(b - a);
	return ahead != 0 && ahead < 0x8000;
}

/* b - a on the circle, -32768 to 32767. */
static inline int32_t rtp_seq_diff(uint16_t a, uint16_t b)
{
	const int32_t ahead = (uint16_t)(b - a);
	return ahead < 0x8000 ? ahead : ahead - 0x10000;
}

static inline bool rtp_ts_before(uint32_t a, uint32_t b)
{
	const uint32_t ahead = b - a;
	return ahead != 0 && ahead < 0x80000000U;
}

/* b - a on the circle, -2^31 to 2^31 - 1. */
static inline int64_t rtp_ts_diff(uint32_t a, uint32_t b)
{
	const int64_t ahead = (uint32_t)(b - a);
	return ahead < 0x80000000LL ? ahead : ahead - 0x100000000LL;
}

/* The number nearest to `last` whose low bits are `seq` (or `ts`). The first one ever is unwrapped
 * against itself: rtp_seq_unwrap(seq, seq). */
static inline int64_t rtp_seq_unwrap(int64_t last, uint16_t seq)
{
	return last + rtp_seq_diff((uint16_t)last, seq);
}

static inline int64_t rtp_ts_unwrap(int64_t last, uint32_t rtp_ts)
{
	return last + rtp_ts_diff((uint32_t)last, rtp_ts);
}

#endif
