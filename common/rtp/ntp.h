/* common/rtp/ntp.h
 *
 * NTP timestamps of RTCP (RFC 3550 section 4: 32.32 seconds since 1900) from and to microseconds
 * since 1970, and spans of time in ticks of an RTP clock.
 */
#ifndef ROSTRUM_COMMON_RTP_NTP_H
#define ROSTRUM_COMMON_RTP_NTP_H

#include <stdint.h>

/* Seconds from 1900 to 1970 (RFC 868). */
#define NTP_UNIX_OFFSET 2208988800LL

/* Exact to the microsecond both ways, for 1970 to 2036. */
static inline uint64_t ntp_from_wall_us(int64_t wall_us)
{
	const int64_t seconds = wall_us / 1000000;
	const uint64_t rest = (uint64_t)(wall_us % 1000000);
	return (uint64_t)(seconds + NTP_UNIX_OFFSET) << 32 | ((rest << 32) + 999999) / 1000000;
}

static inline int64_t ntp_to_wall_us(uint64_t ntp)
{
	const int64_t seconds = (int64_t)(ntp >> 32) - NTP_UNIX_OFFSET;
	return seconds * 1000000 + (int64_t)((ntp & 0xffffffffU) * 1000000 >> 32);
}

/* a - b in microseconds; they lie less than 68 years apart. */
static inline int64_t ntp_diff_us(uint64_t a, uint64_t b)
{
	const int64_t diff = (int64_t)(a - b);
	return (diff >> 32) * 1000000 + (int64_t)((uint64_t)(diff & 0xffffffff) * 1000000 >> 32);
}

/* The middle 32 bits, as in LSR and DLSR: units of 1/65536 s. */
static inline uint32_t ntp_middle(uint64_t ntp)
{
	return (uint32_t)(ntp >> 16);
}

static inline uint32_t ntp_middle_from_us(int64_t span_us)
{
	return (uint32_t)(span_us * 65536 / 1000000);
}

static inline int64_t ntp_middle_to_us(uint32_t middle)
{
	return (int64_t)middle * 1000000 / 65536;
}

/* Microseconds <-> ticks of a clock of `hz`; rounds towards zero. Spans up to years do not overflow. */
static inline int64_t rtp_ticks_from_us(int64_t span_us, uint32_t hz)
{
	return span_us / 1000000 * hz + span_us % 1000000 * hz / 1000000;
}

static inline int64_t rtp_ticks_to_us(int64_t ticks, uint32_t hz)
{
	return ticks / hz * 1000000 + ticks % hz * 1000000 / hz;
}

#endif
