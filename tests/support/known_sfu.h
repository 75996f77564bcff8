/* tests/support/known_sfu.h
 *
 * A real router and its tap between the sender of known content and the recorder's tracks: what is lost
 * on the line is asked for by the router's own NACKs and comes as RTX (pictures) or again (sound), on
 * virtual time. What the tap gives is framed and taken apart as on its socket.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_KNOWN_SFU_H
#define ROSTRUM_TESTS_SUPPORT_KNOWN_SFU_H

#include "common/base/mem.h"
#include "common/base/time.h"

struct known_world;
struct known_source;
struct known_sfu;

#define KNOWN_SOUND_SSRC 1
#define KNOWN_PICTURE_SSRC 2
#define KNOWN_RTX_SSRC 3
#define KNOWN_SOUND_PT 111
#define KNOWN_PICTURE_PT 96
#define KNOWN_RTX_PT 97

/* From now on everything the world sends goes through it. The world frees it. */
void known_sfu_join(struct known_world *world);
struct known_sfu *known_sfu_free(struct known_sfu *sfu);
/* The sender keeps what it sent, to send it again. */
void known_sfu_keep(struct known_sfu *sfu, const struct known_source *source, uint16_t seq,
	const uint8_t *data, size_t len);
/* A packet, or a sender report, arrives at the router. */
void known_sfu_recv(struct known_sfu *sfu, const uint8_t *data, size_t len, rs_time now);
void known_sfu_report(struct known_sfu *sfu, const struct known_source *source, uint64_t ntp,
	uint32_t rtp_ts, rs_time now);
/* Time passes: the router's timers, and what the recorder asks for. */
void known_sfu_tick(struct known_sfu *sfu, rs_time now);

/* Packets sent again, those of them as RTX, and packets that the tap gave and the recorder did not get. */
uint64_t known_sfu_resent(const struct known_sfu *sfu);
uint64_t known_sfu_rtx(const struct known_sfu *sfu);
uint64_t known_sfu_missing(const struct known_sfu *sfu);

#endif
