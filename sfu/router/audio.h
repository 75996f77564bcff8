/* sfu/router/audio.h: what a microphone's packets say of its sound, without decoding: how loud it is, whether
 * somebody speaks, and how wide a band it is coded with. Plain values, embedded; fed in order of arrival.
 */
#ifndef ROSTRUM_SFU_ROUTER_AUDIO_H
#define ROSTRUM_SFU_ROUTER_AUDIO_H

#include "common/base/time.h"
#include "common/rtp/opus.h"
#include "sfu/router/router.h"

/* ---- loudness ----
 *
 * Smoothed over about 160 ms of sound. A source that sends nothing is not gone but silent (DTX): after
 * a pause no line makes, its loudness decays as if silence had come. */
struct loudness {
	int x16; /* 127 + dBov, in sixteenths of a dB; 0 = silence */
	rs_time at;
	uint8_t peak; /* the loudest packet since loudness_peak(); 0 = silence, 127 = loudest */
};

/* A packet of `samples` at 48 kHz and of `level` (0 = silence, 127 = loudest). */
void loudness_add(struct loudness *loudness, unsigned level, uint32_t samples, rs_time now);
/* In sixteenths of a dB, as it is at `now`. */
int loudness_at(const struct loudness *loudness, rs_time now);
/* The loudest packet since this was asked last. */
unsigned loudness_peak(struct loudness *loudness);

/* ---- speech ----
 *
 * A 20 ms frame is voice when it is loud enough and stands out of the source's own noise. Somebody
 * speaks after 160 ms of voice within 240 ms (a knock on the table is shorter), and no longer once there were less than
 * 60 ms of voice within the last second (pauses for breath are shorter). */
struct speech {
	bool speaking;
	uint64_t frames; /* voice in the last 64 frames, the newest lowest */
	int noise_x16;   /* the source's own noise */
	rs_time at;      /* last packet */
	rs_time counted; /* silence since then is in `frames` up to here */
	rs_time since;   /* when `speaking` last changed */
};

/* True when the packet was voice. */
bool speech_add(struct speech *speech, unsigned level, uint32_t samples, rs_time now);
/* Time without packets is silence. */
void speech_tick(struct speech *speech, rs_time now);

/* ---- band ----
 *
 * Interpreters need 125 Hz to 15 kHz (ISO 20109). Of Opus' bands only the full one reaches it; the
 * superwide one ends at 12 kHz, the others make words guesswork. That the band is wide is necessary, not
 * sufficient: a narrow microphone can be coded widely. A verdict changes after two seconds of voice that
 * all say otherwise; DTX and comfort noise say nothing. */
struct band {
	enum opus_bandwidth bandwidth; /* of the last voice */
	enum opus_mode mode;
	uint8_t channels;
	uint16_t frame_samples;
	bool known;
	enum router_fit fit;
	enum router_fit next; /* said by the last voice, */
	uint32_t samples;     /* for so long */
};

/* How a packet is coded that carries voice: silence is coded narrower. */
void band_add(struct band *band, const struct opus_toc *toc);

/* ---- a microphone ---- */

struct audio {
	struct loudness loudness;
	struct speech speech;
	struct band band;
};

/* A packet as it came first. `level` is RFC 6464's octet, or negative when none came with it: then what is no
 * comfort noise counts as speech at a usual level. True: it carries voice. */
bool audio_add(struct audio *audio, const uint8_t *payload, size_t len, int level, rs_time now);
#endif
