/* What a room kept: whatever is read is written again and compared, and what is whole of it is read to its end. */
#include "common/control/late.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct late_record record;
	struct rs_buf again;
	size_t at = 0;
	rs_buf_init(&again, size + 1);
	while (late_read(data, size, &at, &record) == 1) {
		if (late_write(&again, &record) < 0)
			abort();
	}
	if (at != rs_buf_len(&again) || at != late_whole(data, size) ||
		(at > 0 && memcmp(rs_buf_data(&again), data, at) != 0))
		abort();
	rs_buf_done(&again);
	return 0;
}
