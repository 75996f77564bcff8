/* tools/roombox/media/card.h
 *
 * One direction of a sound card at the pace of the machine's clock: a block of 10 ms is asked for, or given, each 10 ms, in frames of
 * 48 kHz, and what the card's own clock makes of that is held together by pace.h and stretch.h. Handles of this kind are opened and
 * closed by device.h.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_CARD_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_CARD_H

#include "tools/roombox/media/alsa.h"
#include "tools/roombox/media/device.h"
#include "tools/roombox/media/pace.h"
#include "tools/roombox/media/stretch.h"

/* Frames of a block. */
#define CARD_BLOCK 480U

struct card {
	struct alsa alsa;
	struct stretch *stretch;
	struct pace pace;
	unsigned target; /* frames of the card that are to wait before a block is taken or given */
	bool begun;
	unsigned blocks;
	unsigned behind;   /* blocks in a row for which too much waited */
	unsigned channels; /* of what is taken or given */
	int16_t *
		buffer; /* of `room` frames: capture: read and not used; playback: made and not written */
	size_t room;
	size_t n;
};

/* As device_kind; `want` only while it opens. */
int card_open(const struct alsa_want *want, void **out_handle, char why[SPEC_WHY_LEN]) RS_MUST_USE;
void card_close(void *handle);

/* Fills a block, of card->channels channels. False: there is none, since the card has just been begun, or is late or gone: then the device
 * was told so, and `out` is untouched. */
bool card_capture(struct device *device, int16_t *out);
/* Plays a block, of card->channels channels. 0, or -EIO: it is lost. */
int card_play(struct device *device, const int16_t *block) RS_MUST_USE;

#endif
