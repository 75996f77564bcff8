/* tools/roombox/media/y4m.h
 *
 * Head lines of a YUV4MPEG2 file (mjpegtools, yuv4mpeg(5)): size and rate of its pictures. Pure.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_Y4M_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_Y4M_H

#include "common/base/mem.h"

/* A line with its end is at most that long. */
#define Y4M_LINE_MAX 256
#define Y4M_SIDE_MAX 4096U

struct y4m {
	unsigned width; /* even, 2 to Y4M_SIDE_MAX */
	unsigned height;
	uint32_t rate_num; /* pictures a second, 1/1 to 240/1 */
	uint32_t rate_den;
};

/* The first line, its end included. 0; -EBADMSG (none, or it does not parse); -EOPNOTSUPP (another colour
 * space than 4:2:0 of 8 bits, odd or too large sides, rate). `why` is a static text then. */
int y4m_head_parse(
	const char *line, size_t len, struct y4m *out_y4m, const char **out_why) RS_MUST_USE;
/* The line before each picture, its end included. */
bool y4m_is_frame(const char *line, size_t len);
/* Octets of a picture. */
size_t y4m_frame_len(const struct y4m *y4m);

#endif
