#include "tests/support/simcamera.h"

#include <errno.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>

#define FD 1000
#define BUFFER_LEN (1920U * 1080U * 2U)

enum place { PLACE_OURS, PLACE_QUEUED, PLACE_FULL };

struct buffer {
	enum place place;
	uint32_t used;
	uint32_t flags;
	unsigned order;
	uint8_t *data;
};

static struct simcamera camera;
static struct buffer buffers[VIDEO_BUFFERS];
static unsigned shot;

struct simcamera *simcamera(void)
{
	return &camera;
}

static int fail(int err)
{
	errno = err;
	return -1;
}

static int sim_open(const char *path)
{
	if (strcmp(path, "/dev/video0") != 0 || !camera.plugged)
		return fail(ENOENT);
	camera.opened++;
	camera.open_now++;
	return FD;
}

static int sim_close(int fd)
{
	camera.open_now--;
	return 0;
}

static void *sim_map(int fd, size_t len, uint64_t offset)
{
	return buffers[offset / BUFFER_LEN].data;
}

static int sim_unmap(void *at, size_t len)
{
	for (unsigned i = 0; i < VIDEO_BUFFERS; i++) {
		if (buffers[i].data == at) {
			free(at);
			buffers[i].data = NULL;
		}
	}
	return 0;
}

/* --- What it offers --- */

static int enum_format(struct v4l2_fmtdesc *format)
{
	uint32_t seen = 0;
	for (size_t i = 0; i < camera.n_modes; i++) {
		if (i > 0 && camera.modes[i].format == camera.modes[i - 1].format)
			continue;
		format->pixelformat = camera.modes[i].format;
		if (seen++ == format->index)
			return 0;
	}
	return fail(EINVAL);
}

static int enum_size(struct v4l2_frmsizeenum *size)
{
	uint32_t seen = 0;
	for (size_t i = 0; i < camera.n_modes; i++) {
		if (camera.modes[i].format != size->pixel_format || seen++ != size->index)
			continue;
		size->type = V4L2_FRMSIZE_TYPE_DISCRETE;
		size->discrete.width = camera.modes[i].width;
		size->discrete.height = camera.modes[i].height;
		return 0;
	}
	return fail(EINVAL);
}

static int enum_rate(struct v4l2_frmivalenum *rate)
{
	for (size_t i = 0; i < camera.n_modes && rate->index == 0; i++) {
		const struct simcamera_mode *mode = &camera.modes[i];
		if (mode->format != rate->pixel_format || mode->width != rate->width ||
			mode->height != rate->height)
			continue;
		rate->type = V4L2_FRMIVAL_TYPE_DISCRETE;
		rate->discrete.numerator = 1;
		rate->discrete.denominator = mode->fps;
		return 0;
	}
	return fail(EINVAL);
}

static int set_format(struct v4l2_format *format)
{
	struct v4l2_pix_format *pix = &format->fmt.pix;
	if (camera.busy)
		return fail(EBUSY);
	for (size_t i = 0; i < camera.n_modes; i++) {
		const struct simcamera_mode *mode = &camera.modes[i];
		if (mode->format == pix->pixelformat && mode->width == pix->width &&
			mode->height == pix->height)
			camera.chosen = *mode;
	}
	/* Rows are longer than they need be. */
	pix->bytesperline =
		camera.chosen.format == V4L2_PIX_FMT_YUYV ? pix->width * 2 + 32 : pix->width + 32;
	return 0;
}

/* --- Pictures --- */

static int query(struct v4l2_buffer *buffer)
{
	struct buffer *of = &buffers[buffer->index];
	of->data = calloc(1, BUFFER_LEN);
	buffer->length = BUFFER_LEN;
	buffer->m.offset = buffer->index * BUFFER_LEN;
	return of->data != NULL ? 0 : fail(ENOMEM);
}

static int take(struct v4l2_buffer *buffer)
{
	int oldest = -1;
	if (!camera.plugged)
		return fail(ENODEV);
	for (int i = 0; i < (int)VIDEO_BUFFERS; i++) {
		if (buffers[i].place == PLACE_FULL &&
			(oldest < 0 || buffers[i].order < buffers[oldest].order))
			oldest = i;
	}
	if (oldest < 0)
		return fail(EAGAIN);
	buffers[oldest].place = PLACE_OURS;
	buffer->index = (uint32_t)oldest;
	buffer->bytesused = buffers[oldest].used;
	buffer->flags = buffers[oldest].flags;
	return 0;
}

static void fill(struct buffer *buffer)
{
	const struct simcamera_mode *mode = &camera.chosen;
	if (mode->format == V4L2_PIX_FMT_MJPEG) {
		buffer->used = (uint32_t)camera.jpeg_len;
		memcpy(buffer->data, camera.jpeg, camera.jpeg_len);
	} else if (mode->format == V4L2_PIX_FMT_YUYV) {
		buffer->used = (mode->width * 2 + 32) * mode->height;
		for (size_t i = 0; i < buffer->used; i++)
			buffer->data[i] = i % 2 == 0 ? camera.number : 128;
	} else {
		const size_t luma = (size_t)(mode->width + 32) * mode->height;
		buffer->used = (uint32_t)(luma * 3 / 2);
		memset(buffer->data, camera.number, luma);
		memset(buffer->data + luma, 128, luma / 2);
	}
	buffer->flags = camera.broken ? V4L2_BUF_FLAG_ERROR : 0;
}

void simcamera_shoot(void)
{
	camera.number++;
	for (unsigned i = 0; i < VIDEO_BUFFERS && camera.plugged; i++) {
		if (buffers[i].place != PLACE_QUEUED)
			continue;
		buffers[i].place = PLACE_FULL;
		buffers[i].order = shot++;
		fill(&buffers[i]);
		return;
	}
}

static int sim_ioctl(int fd, unsigned long request, void *arg)
{
	struct v4l2_capability *caps = arg;
	switch (request) {
	case VIDIOC_QUERYCAP:
		caps->capabilities = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
		return 0;
	case VIDIOC_ENUM_FMT:
		return enum_format(arg);
	case VIDIOC_ENUM_FRAMESIZES:
		return enum_size(arg);
	case VIDIOC_ENUM_FRAMEINTERVALS:
		return enum_rate(arg);
	case VIDIOC_S_FMT:
		return set_format(arg);
	case VIDIOC_QUERYBUF:
		return query(arg);
	case VIDIOC_QBUF:
		buffers[((struct v4l2_buffer *)arg)->index].place = PLACE_QUEUED;
		return camera.plugged ? 0 : fail(ENODEV);
	case VIDIOC_DQBUF:
		return take(arg);
	case VIDIOC_STREAMOFF:
		for (unsigned i = 0; i < VIDEO_BUFFERS; i++)
			buffers[i].place = PLACE_OURS;
		return 0;
	case VIDIOC_S_PARM:
	case VIDIOC_REQBUFS:
	case VIDIOC_STREAMON:
		return 0;
	default:
		return fail(ENOTTY);
	}
}

const struct video_kernel simcamera_kernel = { sim_open, sim_close, sim_ioctl, sim_map, sim_unmap };
