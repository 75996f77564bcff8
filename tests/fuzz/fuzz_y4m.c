/* Head lines of YUV4MPEG2: what is let through is a picture that can be encoded. */
#include "tools/roombox/media/y4m.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct y4m y4m;
	const char *why = NULL;
	const char *line = (const char *)data;
	if (y4m_head_parse(line, size, &y4m, &why) < 0) {
		if (why == NULL)
			abort();
		if (y4m_is_frame(line, size) && line[size - 1] != '\n')
			abort();
		return 0;
	}
	if (y4m.width < 2 || y4m.width > Y4M_SIDE_MAX || y4m.width % 2 != 0 || y4m.height < 2 ||
		y4m.height > Y4M_SIDE_MAX || y4m.height % 2 != 0 || y4m.rate_den == 0 ||
		y4m.rate_num < y4m.rate_den || y4m_frame_len(&y4m) == 0)
		abort();
	return 0;
}
