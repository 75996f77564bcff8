/* Capture times: what was read is written again, to the microsecond. */
#include <stdlib.h>
#include <string.h>

#include "common/rtp/abs_capture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct abs_capture capture, again;
	uint8_t out[ABS_CAPTURE_LEN];
	struct rs_writer writer;

	if (abs_capture_parse(data, size, &capture) < 0)
		return 0;
	rs_writer_init(&writer, out, sizeof(out));
	abs_capture_write(&writer, &capture);
	if (writer.failed || writer.len != size || memcmp(out, data, 8) != 0)
		abort();
	/* The last half microsecond of 68 years rounds to what the field does not hold. */
	if (capture.offset_us >= INT64_C(2147483648000000))
		return 0;
	if (abs_capture_parse(out, writer.len, &again) < 0 ||
		again.offset_us != capture.offset_us || again.has_offset != capture.has_offset)
		abort();
	return 0;
}
