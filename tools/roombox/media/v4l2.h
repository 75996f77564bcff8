/* tools/roombox/media/v4l2.h
 *
 * A camera by V4L2 (Linux media API, part I): chooses what it offers nearest to what is wanted, and streams into memory shared with
 * the kernel, nonblocking: a picture that is there is taken, and none is waited for. Of several that are there the newest. What is below, the
 * kernel, is five calls, so that tests have a camera of their own. Belongs to one thread at a time.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_V4L2_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_V4L2_H

#include "tools/roombox/media/spec.h"

#define VIDEO_BUFFERS 4U
#define VIDEO_SIDE_MAX 4096U

/* As the system calls of the same names: -1 (MAP: NULL) with errno set on failure. */
struct video_kernel {
	int (*open)(const char *path); /* read and write, nonblocking, closed on exec */
	int (*close)(int fd);
	int (*ioctl)(int fd, unsigned long request, void *arg);
	void *(*map)(int fd, size_t len, uint64_t offset);
	int (*unmap)(void *at, size_t len);
};
/* The kernel itself. */
extern const struct video_kernel video_linux;

struct video_want {
	char path[SPEC_NAME_MAX + 1];
	uint32_t width;
	uint32_t height;
	uint32_t fps;
};

struct video_kind;

struct video {
	const struct video_kernel *kernel;
	int fd;
	const struct video_kind *format;
	uint32_t width; /* even */
	uint32_t height;
	uint32_t rows; /* as the camera counts them: height, or one more */
	uint32_t
		stride; /* octets of a row of the first plane; of pictures that are compressed it says nothing */
	unsigned n_buffers;
	struct {
		void *at;
		size_t len;
	} buffers[VIDEO_BUFFERS];
};

/* Planes of 4:2:0 with 8 bits to write to: width x height, and a quarter of that each. */
struct video_planes {
	uint8_t *y;
	uint8_t *u;
	uint8_t *v;
};

/* Opens it and lets it stream. 0; -EINVAL (it is no camera that can be read so); -ENODEV (it is not there, or somebody else has it); then `why`
 * is set, with what there is. *video is for video_close() on success only. */
int video_open(const struct video_kernel *kernel, const struct video_want *want,
	struct video *video, char why[SPEC_WHY_LEN]) RS_MUST_USE;
void video_close(struct video *video);
/* The newest picture into `planes`, unless that is NULL: then those that are there are thrown away. 1; 0: there is none, or what there is is
 * broken; a negative errno: it is gone. */
int video_take(struct video *video, const struct video_planes *planes) RS_MUST_USE;

/* Paths of cameras, each behind a space, as many as fit; " none" if there are none. */
void video_names(const struct video_kernel *kernel, char *out, size_t cap);
/* What a technician chooses from, a line each. */
void video_print(const struct video_kernel *kernel);

#endif
