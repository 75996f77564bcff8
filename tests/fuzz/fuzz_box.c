/* tests/fuzz/fuzz_box.c
 *
 * What a room's box says of itself (signaling/wire/message/box.h): whatever comes is judged, and what is handed on to technicians is no more than was
 * said and can be said again.
 */
#include "signaling/wire/message/box.h"

#include <stdlib.h>
#include <string.h>

#define ROOM 128

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum wire_result parse(const char *json, size_t len, struct wire_message *message)
{
	char error[WIRE_ERROR_LEN];
	return wire_order_parse(COMMAND_TELL_BOX, json, len, message, error);
}

static void check(const struct box_figures *box)
{
	if (box->kept < 0 || box->kept > 100 || box->clock_ppm < 0 || box->silent_db < 0 ||
		box->silent_db > 127 || box->clipping_permille < 0 || box->clipping_permille > 1000)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wire_message message, again;
	struct rs_buf out, twice;
	/* Lists that were not said are handed on empty: there must be room for them. */
	if (size + ROOM > WIRE_MESSAGE_MAX)
		return 0;
	rs_buf_init(&out, WIRE_BOX_MAX);
	rs_buf_init(&twice, WIRE_BOX_MAX);
	if (parse((const char *)data, size, &message) == WIRE_OK) {
		check(&message.box);
		if (box_write(&message, &out) < 0 ||
			parse((const char *)rs_buf_data(&out), rs_buf_len(&out), &again) !=
				WIRE_OK ||
			memcmp(&message.box, &again.box, sizeof(again.box)) != 0 ||
			box_write(&again, &twice) < 0 || rs_buf_len(&twice) != rs_buf_len(&out) ||
			memcmp(rs_buf_data(&twice), rs_buf_data(&out), rs_buf_len(&out)) != 0)
			abort();
		wire_message_done(&again);
	}
	wire_message_done(&message);
	rs_buf_done(&out);
	rs_buf_done(&twice);
	return 0;
}
