/* Pictures from a camera; while it is away, a card that says so. */
#include "tools/roombox/media/picture.h"
#include "tools/roombox/media/picture_card.h"
#include "tools/roombox/media/v4l2.h"

#include "common/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* A card stands still; it is shown so often that who joins need not wait for it. */
#define CARD_EVERY RS_MS(200)
/* A camera from which nothing comes for so long is taken for gone. */
#define STUCK_AFTER RS_SEC(3)
/* Not asked for so long, it has pictures of then. */
#define STALE_AFTER RS_MS(300)

struct v4l2_camera {
	struct camera camera;
	struct devices *devices;
	struct device *device;
	const struct video_kernel *kernel;
	struct video_want want;
	rs_time asked;   /* when it was last, */
	rs_time came;    /* and when something came of it */
	bool lost;       /* the card is shown */
	rs_time card_at; /* when it was last */
	struct card_picture *card;
	unsigned width; /* of what is in `data` */
	unsigned height;
	uint8_t *data;
};

/* --- The card --- */

static void draw_card(struct v4l2_camera *camera)
{
	char line[128];
	char clock[16];
	struct tm local;
	const time_t since = (time_t)(device_lost_wall_us(camera->device) / 1000000);
	if (localtime_r(&since, &local) == NULL ||
		strftime(clock, sizeof(clock), "%H:%M", &local) == 0)
		clock[0] = '\0';
	(void)snprintf(line, sizeof(line), "%s %s", devices_no_signal(camera->devices), clock);
	if (card_picture_draw(camera->card, devices_title(camera->devices), line) < 0)
		return; /* out of memory: it shows what it showed */
}

static bool show_card(struct v4l2_camera *camera, rs_time at, struct picture *out_picture)
{
	if (!camera->lost)
		draw_card(camera);
	else if (at < camera->card_at + CARD_EVERY)
		return false;
	camera->lost = true;
	camera->card_at = at;
	*out_picture = card_picture_view(camera->card);
	return true;
}

/* --- The camera --- */

static struct video_planes planes_of(const struct v4l2_camera *camera)
{
	const size_t luma = (size_t)camera->width * camera->height;
	return (struct video_planes){ camera->data, camera->data + luma,
		camera->data + luma + luma / 4 };
}

static bool fit(struct v4l2_camera *camera, const struct video *video)
{
	if (camera->width == video->width && camera->height == video->height)
		return true;
	uint8_t *data = rs_zalloc((size_t)video->width * video->height * 3 / 2);
	if (data == NULL)
		return false;
	rs_release(camera->data);
	camera->data = data;
	camera->width = video->width;
	camera->height = video->height;
	return true;
}

static bool show_picture(struct v4l2_camera *camera, struct picture *out_picture)
{
	const struct video_planes planes = planes_of(camera);
	*out_picture = (struct picture){
		.width = camera->width,
		.height = camera->height,
		.planes = { planes.y, planes.u, planes.v },
		.strides = { camera->width, camera->width / 2, camera->width / 2 },
	};
	return true;
}

static bool v4l2_read(struct camera *base, rs_time at, struct picture *out_picture)
{
	struct v4l2_camera *camera = (struct v4l2_camera *)base;
	struct video *video = device_handle(camera->device);
	const bool stale = camera->asked + STALE_AFTER < at;
	camera->asked = at;
	if (video == NULL)
		return show_card(camera, at, out_picture);
	if (stale || camera->lost)
		camera->came = at;
	camera->lost = false;
	if (!fit(camera, video))
		return false;
	const struct video_planes planes = planes_of(camera);
	const int taken = video_take(video, stale ? NULL : &planes);
	if (taken < 0 || at > camera->came + STUCK_AFTER) {
		device_lose(camera->device, taken < 0 ? strerror(-taken) : "nothing comes of it");
		return show_card(camera, at, out_picture);
	}
	if (taken == 0)
		return false;
	camera->came = at;
	return show_picture(camera, out_picture);
}

static void v4l2_free(struct camera *base)
{
	struct v4l2_camera *camera = (struct v4l2_camera *)base;
	device_free(camera->device);
	card_picture_free(camera->card);
	rs_release(camera->data);
	rs_release(camera);
}

static const struct camera_ops ops = { v4l2_read, v4l2_free };

static int open_wanted(void *ctx, void **out_handle, char why[SPEC_WHY_LEN])
{
	const struct v4l2_camera *camera = ctx;
	struct video *video = rs_zalloc(sizeof(*video));
	if (video == NULL)
		return -ENOMEM;
	const int err = video_open(camera->kernel, &camera->want, video, why);
	if (err < 0)
		rs_release(video);
	else
		*out_handle = video;
	return err;
}

static void close_it(void *handle)
{
	video_close(handle);
	rs_release(handle);
}

static const struct device_kind kind = { open_wanted, close_it };

static const struct spec_key keys[] = {
	{ "width", 160, VIDEO_SIDE_MAX, 1280 },
	{ "height", 90, VIDEO_SIDE_MAX, 720 },
	{ "fps", 1, 60, 30 },
};

int camera_v4l2_new(const struct spec *spec, const struct video_kernel *kernel,
	struct devices *devices, struct camera **out_camera, char why[SPEC_WHY_LEN])
{
	int32_t values[RS_ARRAY_LEN(keys)];
	char name[DEVICE_NAME_LEN];
	int err = spec_numbers(spec, keys, RS_ARRAY_LEN(keys), values, why);
	if (err < 0)
		return err;
	struct v4l2_camera *camera = rs_zalloc(sizeof(*camera));
	if (camera == NULL)
		return -ENOMEM;
	camera->camera.ops = &ops;
	camera->devices = devices;
	camera->kernel = kernel;
	camera->want.width = (uint32_t)values[0] & ~1U;
	camera->want.height = (uint32_t)values[1] & ~1U;
	camera->want.fps = (uint32_t)values[2];
	(void)rs_set_text(camera->want.path, spec->name); /* of the same length */
	(void)snprintf(name, sizeof(name), "v4l2:%s", spec->name);
	err = card_picture_new(camera->want.width, camera->want.height, &camera->card);
	if (err == 0) /* once, so that fonts are found before anybody waits for them */
		err = card_picture_draw(camera->card, name, " ");
	if (err == 0)
		err = device_new(devices, name, &kind, camera, &camera->device);
	if (err < 0) {
		v4l2_free(&camera->camera);
		return err;
	}
	*out_camera = &camera->camera;
	return 0;
}
