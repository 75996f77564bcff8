/* Events as the store gives them back: what can be read is written so that it is read as the same. */
#include "signaling/wire/event/event.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct event event; /* large */
	char error[WIRE_ERROR_LEN] = "";
	struct rs_buf once;
	struct rs_buf again;
	if (wire_event_parse((const char *)data, size, &event, error) < 0) {
		if (error[0] == '\0')
			abort();
		return 0;
	}
	rs_buf_init(&once, (size_t)1 << 20);
	rs_buf_init(&again, (size_t)1 << 20);
	if (wire_event_write(&event, &once) < 0 ||
		wire_event_parse(
			(const char *)rs_buf_data(&once), rs_buf_len(&once), &event, error) < 0 ||
		wire_event_write(&event, &again) < 0 || rs_buf_len(&once) != rs_buf_len(&again) ||
		memcmp(rs_buf_data(&once), rs_buf_data(&again), rs_buf_len(&once)) != 0)
		abort();
	rs_buf_done(&again);
	rs_buf_done(&once);
	return 0;
}
