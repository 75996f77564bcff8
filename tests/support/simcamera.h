/* tests/support/simcamera.h
 *
 * A V4L2 camera that is not there, below its system calls (tools/roombox/media/v4l2.h). It has pictures when the test says so: luma of the n-th is
 * n, whatever the format.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SIMCAMERA_H
#define ROSTRUM_TESTS_SUPPORT_SIMCAMERA_H

#include "tools/roombox/media/v4l2.h"

struct simcamera_mode {
	uint32_t format; /* V4L2_PIX_FMT_… */
	uint32_t width;
	uint32_t height;
	uint32_t fps;
};

struct simcamera {
	bool plugged;
	size_t n_modes;
	const struct simcamera_mode *modes;
	const uint8_t *jpeg; /* each picture of a compressed format */
	size_t jpeg_len;
	/* what it was told */
	struct simcamera_mode chosen;
	unsigned opened;
	unsigned open_now;
	/* its pictures */
	uint8_t number;
	bool broken; /* the next ones are flagged as such */
	bool busy;   /* another program has it */
};

/* The one camera there is, "/dev/video0". */
struct simcamera *simcamera(void);
extern const struct video_kernel simcamera_kernel;
/* A picture is taken, into the next buffer that is free; without one it is lost. */
void simcamera_shoot(void);

#endif
