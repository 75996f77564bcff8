#include "tools/roombox/media/v4l2.h"

#include <libyuv.h>

#include <errno.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <string.h>

/* Weights of what is chosen by: a size or a rate that is off by half is as bad as 500 places in the list of formats. */
#define OFF 1000U
#define FORMATS_MAX 64U
#define SIZES_MAX 256U

struct video_kind {
	uint32_t id;
	size_t rows_num; /* octets of a picture: height * stride * rows_num / 2; 0 = it is compressed */
	bool (*convert)(const struct video *video, const uint8_t *data, size_t len,
		const struct video_planes *to);
};

/* --- Pictures --- */

static bool from_yuyv(
	const struct video *video, const uint8_t *data, size_t len, const struct video_planes *to)
{
	const int width = (int)video->width;
	return YUY2ToI420(data, (int)video->stride, to->y, width, to->u, width / 2, to->v,
		       width / 2, width, (int)video->height) == 0;
}

static bool from_nv12(
	const struct video *video, const uint8_t *data, size_t len, const struct video_planes *to)
{
	const int width = (int)video->width;
	const uint8_t *colours = data + (size_t)video->stride * video->rows;
	return NV12ToI420(data, (int)video->stride, colours, (int)video->stride, to->y, width,
		       to->u, width / 2, to->v, width / 2, width, (int)video->height) == 0;
}

static bool from_i420(
	const struct video *video, const uint8_t *data, size_t len, const struct video_planes *to)
{
	const int width = (int)video->width;
	const int stride = (int)video->stride;
	const uint8_t *u = data + (size_t)video->stride * video->rows;
	const uint8_t *v = u + (size_t)video->stride / 2 * (video->rows / 2);
	return I420Copy(data, stride, u, stride / 2, v, stride / 2, to->y, width, to->u, width / 2,
		       to->v, width / 2, width, (int)video->height) == 0;
}

/* libyuv has libjpeg-turbo in it. */
static bool from_jpeg(
	const struct video *video, const uint8_t *data, size_t len, const struct video_planes *to)
{
	const int width = (int)video->width;
	const int height = (int)video->height;
	return ConvertToI420(data, len, to->y, width, to->u, width / 2, to->v, width / 2, 0, 0,
		       width, height, width, height, kRotate0, FOURCC_MJPG) == 0;
}

/* In the order in which they are liked. */
static const struct video_kind formats[] = {
	{ V4L2_PIX_FMT_NV12, 3, from_nv12 },
	{ V4L2_PIX_FMT_YUV420, 3, from_i420 },
	{ V4L2_PIX_FMT_YUYV, 2, from_yuyv },
	{ V4L2_PIX_FMT_MJPEG, 0, from_jpeg },
	{ V4L2_PIX_FMT_JPEG, 0, from_jpeg },
};

/* --- Choosing --- */

struct choice {
	const struct video_kind *format;
	uint32_t width;
	uint32_t height;
	uint64_t cost;
};

static uint64_t off_by(uint64_t have, uint64_t want)
{
	const uint64_t most = have > want ? have : want;
	return most > 0 ? OFF * (have > want ? have - want : want - have) / most : 0;
}

/* Pictures a second at the most; what is not told is as good as wanted. */
static uint64_t rate_of(const struct video *video, const struct choice *choice, uint32_t fps)
{
	struct v4l2_frmivalenum rate = {
		.pixel_format = choice->format->id, .width = choice->width, .height = choice->height
	};
	uint64_t best = 0;
	while (rate.index < SIZES_MAX &&
		video->kernel->ioctl(video->fd, VIDIOC_ENUM_FRAMEINTERVALS, &rate) == 0) {
		const struct v4l2_fract *each = rate.type == V4L2_FRMIVAL_TYPE_DISCRETE
							? &rate.discrete
							: &rate.stepwise.min;
		const uint64_t hz = each->numerator > 0 ? each->denominator / each->numerator : fps;
		best = hz > best ? hz : best;
		rate.index++;
	}
	return rate.index == 0 || best > fps ? fps : best;
}

static void consider(const struct video *video, const struct video_want *want, struct choice choice,
	struct choice *best)
{
	choice.cost = off_by((uint64_t)choice.width * choice.height,
			      (uint64_t)want->width * want->height) +
		      off_by(rate_of(video, &choice, want->fps), want->fps) +
		      (uint64_t)(choice.format - formats);
	if (best->format == NULL || choice.cost < best->cost)
		*best = choice;
}

static uint32_t step_to(uint32_t want, uint32_t min, uint32_t max, uint32_t step)
{
	const uint32_t within = want < min ? min : want > max ? max : want;
	return step > 0 ? min + (within - min) / step * step : within;
}

static void consider_sizes(const struct video *video, const struct video_want *want,
	const struct video_kind *format, struct choice *best)
{
	struct v4l2_frmsizeenum size = { .pixel_format = format->id };
	struct choice choice = { format, want->width, want->height, 0 };
	while (size.index < SIZES_MAX &&
		video->kernel->ioctl(video->fd, VIDIOC_ENUM_FRAMESIZES, &size) == 0) {
		const struct v4l2_frmsize_stepwise *steps = &size.stepwise;
		const bool fixed = size.type == V4L2_FRMSIZE_TYPE_DISCRETE;
		choice.width = fixed ? size.discrete.width
				     : step_to(want->width, steps->min_width, steps->max_width,
					       steps->step_width);
		choice.height = fixed ? size.discrete.height
				      : step_to(want->height, steps->min_height, steps->max_height,
						steps->step_height);
		consider(video, want, choice, best);
		size.index++;
	}
	if (size.index == 0) /* it does not tell */
		consider(video, want, choice, best);
}

static struct choice choose(const struct video *video, const struct video_want *want)
{
	struct choice best = { .format = NULL };
	struct v4l2_fmtdesc offered = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	while (offered.index < FORMATS_MAX &&
		video->kernel->ioctl(video->fd, VIDIOC_ENUM_FMT, &offered) == 0) {
		for (size_t i = 0; i < RS_ARRAY_LEN(formats); i++) {
			if (formats[i].id == offered.pixelformat)
				consider_sizes(video, want, &formats[i], &best);
		}
		offered.index++;
	}
	return best;
}

/* --- Opening --- */

static bool is_camera(const struct video_kernel *kernel, int fd, struct v4l2_capability *out_caps)
{
	const uint32_t needed = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_STREAMING;
	if (kernel->ioctl(fd, VIDIOC_QUERYCAP, out_caps) != 0)
		return false;
	const uint32_t caps = (out_caps->capabilities & V4L2_CAP_DEVICE_CAPS) != 0
				      ? out_caps->device_caps
				      : out_caps->capabilities;
	return (caps & needed) == needed;
}

static const char *set_format(struct video *video, const struct video_want *want)
{
	const struct choice choice = choose(video, want);
	if (choice.format == NULL)
		return "it has no pictures of YUYV, NV12, YU12 or MJPEG";
	struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	format.fmt.pix.width = choice.width;
	format.fmt.pix.height = choice.height;
	format.fmt.pix.pixelformat = choice.format->id;
	format.fmt.pix.field = V4L2_FIELD_ANY;
	struct v4l2_streamparm rate = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };
	rate.parm.capture.timeperframe.numerator = 1;
	rate.parm.capture.timeperframe.denominator = want->fps;
	if (video->kernel->ioctl(video->fd, VIDIOC_S_FMT, &format) != 0)
		return errno == EBUSY ? "another program has it" : strerror(errno);
	(void)video->kernel->ioctl(video->fd, VIDIOC_S_PARM, &rate); /* it may have but one */
	const struct v4l2_pix_format *pix = &format.fmt.pix;
	if (pix->pixelformat != choice.format->id || pix->width < 2 || pix->height < 2 ||
		pix->width > VIDEO_SIDE_MAX || pix->height > VIDEO_SIDE_MAX ||
		pix->bytesperline > 4 * VIDEO_SIDE_MAX)
		return "it does not take what it offers";
	video->format = choice.format;
	video->width = pix->width & ~1U;
	video->height = pix->height & ~1U;
	video->rows = pix->height;
	video->stride = pix->bytesperline > 0 ? pix->bytesperline : pix->width;
	return NULL;
}

static struct v4l2_buffer buffer_of(unsigned i)
{
	return (struct v4l2_buffer){
		.index = i, .type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP
	};
}

static int give(const struct video *video, unsigned i)
{
	struct v4l2_buffer buffer = buffer_of(i);
	return video->kernel->ioctl(video->fd, VIDIOC_QBUF, &buffer) == 0 ? 0 : -errno;
}

static int stream(struct video *video)
{
	const struct video_kernel *kernel = video->kernel;
	struct v4l2_requestbuffers request = { .count = VIDEO_BUFFERS,
		.type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
		.memory = V4L2_MEMORY_MMAP };
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	if (kernel->ioctl(video->fd, VIDIOC_REQBUFS, &request) != 0)
		return -errno;
	for (unsigned i = 0; i < request.count && i < VIDEO_BUFFERS; i++) {
		struct v4l2_buffer buffer = buffer_of(i);
		if (kernel->ioctl(video->fd, VIDIOC_QUERYBUF, &buffer) != 0)
			return -errno;
		video->buffers[i].len = buffer.length;
		video->buffers[i].at = kernel->map(video->fd, buffer.length, buffer.m.offset);
		if (video->buffers[i].at == NULL)
			return -errno;
		video->n_buffers++;
		const int err = give(video, i);
		if (err < 0)
			return err;
	}
	return kernel->ioctl(video->fd, VIDIOC_STREAMON, &type) == 0 ? 0 : -errno;
}

static int refuse(char why[SPEC_WHY_LEN], const char *path, int err, const char *what)
{
	(void)snprintf(why, SPEC_WHY_LEN, "v4l2:%.255s: %s", path, what);
	return err;
}

/* Whatever is there, but is busy or failing, may be better the next time. */
static int begin(struct video *video, const struct video_want *want, char why[SPEC_WHY_LEN])
{
	struct v4l2_capability caps = { .capabilities = 0 };
	if (!is_camera(video->kernel, video->fd, &caps))
		return refuse(why, want->path, -EINVAL, "it is no camera that streams");
	const char *fault = set_format(video, want);
	if (fault != NULL)
		return refuse(why, want->path, -ENODEV, fault);
	const int err = stream(video);
	return err < 0 ? refuse(why, want->path, -ENODEV, strerror(-err)) : 0;
}

int video_open(const struct video_kernel *kernel, const struct video_want *want,
	struct video *video, char why[SPEC_WHY_LEN])
{
	*video = (struct video){ .kernel = kernel, .fd = kernel->open(want->path) };
	if (video->fd < 0) {
		const int len =
			snprintf(why, SPEC_WHY_LEN, "v4l2:%.200s: %s; there are:", want->path,
				errno == ENOENT ? "no such device" : strerror(errno));
		video_names(kernel, why + len, SPEC_WHY_LEN - (size_t)len);
		return -ENODEV;
	}
	const int err = begin(video, want, why);
	if (err < 0)
		video_close(video);
	return err;
}

void video_close(struct video *video)
{
	int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
	(void)video->kernel->ioctl(video->fd, VIDIOC_STREAMOFF, &type); /* it may be gone */
	for (unsigned i = 0; i < video->n_buffers; i++)
		(void)video->kernel->unmap(
			video->buffers[i].at, video->buffers[i].len); /* as above */
	(void)video->kernel->close(video->fd);                        /* as above */
}

/* --- At work --- */

/* The picture in a buffer, if it is whole. */
static bool convert(const struct video *video, const struct v4l2_buffer *buffer,
	const struct video_planes *planes)
{
	const struct video_kind *kind = video->format;
	const size_t len = buffer->bytesused < video->buffers[buffer->index].len
				   ? buffer->bytesused
				   : video->buffers[buffer->index].len;
	if ((buffer->flags & V4L2_BUF_FLAG_ERROR) != 0 || len == 0 ||
		len < (size_t)video->stride * video->rows * kind->rows_num / 2)
		return false;
	return kind->convert(video, video->buffers[buffer->index].at, len, planes);
}

int video_take(struct video *video, const struct video_planes *planes)
{
	struct v4l2_buffer newest = { .index = VIDEO_BUFFERS };
	int err = 0;
	/* More than there are buffers, a camera cannot have filled by now. */
	for (unsigned i = 0; i < VIDEO_BUFFERS; i++) {
		struct v4l2_buffer next = buffer_of(0);
		if (video->kernel->ioctl(video->fd, VIDIOC_DQBUF, &next) != 0) {
			err = errno == EAGAIN || errno == EIO ? 0 : -errno;
			break;
		}
		if (next.index >= video->n_buffers)
			return -EIO;
		if (newest.index < VIDEO_BUFFERS && give(video, newest.index) < 0)
			return -EIO;
		newest = next;
	}
	if (err < 0 || newest.index == VIDEO_BUFFERS)
		return err;
	const bool whole = planes != NULL && convert(video, &newest, planes);
	err = give(video, newest.index);
	return err < 0 ? err : whole;
}
