/* tools/roombox/media/picture.h
 *
 * A source of pictures, 4:2:0 with 8 bits, asked for what is to be seen at a time. What comes from a file or a generator is paced
 * by the times it is asked for. Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_PICTURE_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_PICTURE_H

#include "common/base/time.h"
#include "tools/roombox/media/device.h"
#include "tools/roombox/media/v4l2.h"

/* Y, U, V; planes belong to the source and hold until it is asked again. */
struct picture {
	unsigned width; /* even */
	unsigned height;
	const uint8_t *planes[3];
	unsigned strides[3];
};

struct camera;

/* One kind of source. */
struct camera_ops {
	/* False: nothing new since the last one (then *out_picture is untouched). */
	bool (*read)(struct camera *camera, rs_time at, struct picture *out_picture);
	void (*free)(struct camera *camera);
};

/* What each kind begins with. */
struct camera {
	const struct camera_ops *ops;
};

/* Opens "gen:bars,width=,height=,fps=" or "file:x.y4m" or, among `devices` (NULL = none are to be had), "v4l2:/dev/video0,width=,height=,fps=",
 * which is opened by devices_open() and shows a card while it is away; a file begins anew at its end if `loop`, else its last picture stays. As
 * sound_new(). */
int camera_new(const char *spec, bool loop, struct devices *devices, struct camera **out_camera,
	char why[SPEC_WHY_LEN]) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct camera *camera_free(struct camera *camera);
/* What is to be seen `at` microseconds after the camera was opened; times never go back. False: still the last picture. */
bool camera_read(struct camera *camera, rs_time at, struct picture *out_picture);

/* The kinds; as camera_new(). */
int camera_bars_new(
	const struct spec *spec, struct camera **out_camera, char why[SPEC_WHY_LEN]) RS_MUST_USE;
int camera_y4m_new(const struct spec *spec, bool loop, struct camera **out_camera,
	char why[SPEC_WHY_LEN]) RS_MUST_USE;

int camera_v4l2_new(const struct spec *spec, const struct video_kernel *kernel,
	struct devices *devices, struct camera **out_camera, char why[SPEC_WHY_LEN]) RS_MUST_USE;

#endif
