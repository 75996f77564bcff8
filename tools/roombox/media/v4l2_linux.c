/* The kernel's side of cameras, and which there are. */
#include "tools/roombox/media/v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Numbers of /dev/video that are looked at. */
#define NODES 64U

static int linux_open(const char *path)
{
	return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static int linux_ioctl(int fd, unsigned long request, void *arg)
{
	int done;
	do
		done = ioctl(fd, request, arg);
	while (done < 0 && errno == EINTR);
	return done;
}

static void *linux_map(int fd, size_t len, uint64_t offset)
{
	void *at = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	return at != MAP_FAILED ? at : NULL;
}

const struct video_kernel video_linux = { linux_open, close, linux_ioctl, linux_map, munmap };

/* Whether pictures come from it: many a camera has a second node that tells of the first. */
static bool look(
	const struct video_kernel *kernel, const char *path, struct v4l2_capability *out_caps)
{
	const int fd = kernel->open(path);
	if (fd < 0)
		return false;
	const bool answered = kernel->ioctl(fd, VIDIOC_QUERYCAP, out_caps) == 0;
	(void)kernel->close(fd); /* it was only asked */
	const bool own = answered && (out_caps->capabilities & V4L2_CAP_DEVICE_CAPS) != 0;
	const uint32_t caps = own ? out_caps->device_caps : out_caps->capabilities;
	return answered && (caps & V4L2_CAP_VIDEO_CAPTURE) != 0;
}

void video_names(const struct video_kernel *kernel, char *out, size_t cap)
{
	char *at = out;
	for (unsigned i = 0; i < NODES; i++) {
		char path[24];
		struct v4l2_capability caps = { .capabilities = 0 };
		(void)snprintf(path, sizeof(path), "/dev/video%u", i);
		if (!look(kernel, path, &caps))
			continue;
		const int len = snprintf(at, cap, " v4l2:%s", path);
		if (len < 0 || (size_t)len >= cap) {
			*at = '\0';
			return;
		}
		at += len;
		cap -= (size_t)len;
	}
	if (at == out)
		(void)snprintf(out, cap, " none");
}

void video_print(const struct video_kernel *kernel)
{
	for (unsigned i = 0; i < NODES; i++) {
		char path[24];
		struct v4l2_capability caps = { .capabilities = 0 };
		(void)snprintf(path, sizeof(path), "/dev/video%u", i);
		if (look(kernel, path, &caps))
			(void)printf("  v4l2:%-36s %.32s at %.32s\n", path, (const char *)caps.card,
				(const char *)caps.bus_info);
	}
}
