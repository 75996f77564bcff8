#include "tools/roombox/media/picture.h"

#include <errno.h>
#include <stdio.h>

int camera_new(const char *text, bool loop, struct devices *devices, struct camera **out_camera,
	char why[SPEC_WHY_LEN])
{
	struct spec spec;
	const int err = spec_parse(text, &spec, why);
	if (err < 0)
		return err;
	if (spec.kind == SPEC_GEN)
		return camera_bars_new(&spec, out_camera, why);
	if (spec.kind == SPEC_FILE && spec_ends(&spec, ".y4m"))
		return camera_y4m_new(&spec, loop, out_camera, why);
	if (spec.kind == SPEC_V4L2 && devices != NULL)
		return camera_v4l2_new(&spec, &video_linux, devices, out_camera, why);
	(void)snprintf(why, SPEC_WHY_LEN,
		"\"%.255s\": no picture comes from there; v4l2:, gen:bars or file:x.y4m is expected",
		text);
	return -EINVAL;
}

struct camera *camera_free(struct camera *camera)
{
	if (camera != NULL)
		camera->ops->free(camera);
	return NULL;
}

bool camera_read(struct camera *camera, rs_time at, struct picture *out_picture)
{
	return camera->ops->read(camera, at, out_picture);
}
