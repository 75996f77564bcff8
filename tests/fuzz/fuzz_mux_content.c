/* A closed cluster of a media file: whatever the octets, what is read lies within them, and one flipped
 * octet of what was taken is found by the checksum. */
#include "recorder/mux/content.h"

#include <stdlib.h>
#include <string.h>

#define SIZE_MAX_TAKEN 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mux_content content;
	struct mux_content again;
	const char *why = NULL;
	uint8_t copy[SIZE_MAX_TAKEN];
	if (size > sizeof(copy))
		return 0;
	if (mux_content_read(data, size, &content, &why) < 0) {
		if (why == NULL)
			abort();
		return 0;
	}
	if (content.blocks > size / 4 || content.last_ms < content.first_ms)
		abort();
	memcpy(copy, data, size);
	copy[size - 1] ^= 1;
	if (mux_content_read(copy, size, &again, &why) == 0)
		abort();
	return 0;
}
