/* Control and tap streams: the first octet says into how many pieces the rest is cut; whole frames
 * are taken out, messages read member by member, packets written again and compared. */
#include "common/control/frame.h"
#include "common/control/object.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_members(const struct object *object)
{
	/* Only that reading is safe is tested here; any value will do. */
	(void)object_text(object, "type");
	(void)object_int(object, "revision", 0, INT64_MAX);
	(void)object_bool_or(object, "record", false);
	const struct object child = object_child(object, "peer");
	const size_t n = object_array(&child, "send", 8);
	for (size_t i = 0; i < n; i++) {
		const struct object section = object_at(&child, "send", i);
		(void)object_name(&section, "mid");
		(void)object_int_or(&section, "pt", 0, 127, 0);
	}
	const size_t open = object_array(object, "open", 512);
	for (size_t i = 0; i < open; i++)
		(void)object_text_at(object, "open", i);
	if (object->error->failed && object->error->text[0] == '\0')
		abort();
}

static void take_message(const struct frame *frame)
{
	struct object_error error;
	json_t *json =
		json_loadb((const char *)frame->body, frame->len, JSON_REJECT_DUPLICATES, NULL);
	const struct object root = object_root(json, "message", &error);
	if (json != NULL)
		read_members(&root);
	else if (!error.failed)
		abort();
	json_decref(json);
}

static void take_packet(const struct frame *frame)
{
	struct frame_packet packet;
	struct rs_buf out;
	if (frame_packet_parse(frame->body, frame->len, &packet) < 0)
		return;
	rs_buf_init(&out, FRAME_HEADER_LEN + FRAME_PACKET_MAX);
	if (frame_write_packet(&out, &packet) < 0 ||
		rs_buf_len(&out) != FRAME_HEADER_LEN + frame->len ||
		memcmp(rs_buf_data(&out) + FRAME_HEADER_LEN, frame->body, frame->len) != 0)
		abort();
	rs_buf_done(&out);
}

static void take_late(const struct frame *frame)
{
	struct frame_late late;
	struct rs_buf out;
	if (frame_late_parse(frame->body, frame->len, &late) < 0)
		return;
	rs_buf_init(&out, FRAME_HEADER_LEN + FRAME_LATE_MAX);
	if (frame_write_late(&out, &late) < 0 ||
		rs_buf_len(&out) != FRAME_HEADER_LEN + frame->len ||
		memcmp(rs_buf_data(&out) + FRAME_HEADER_LEN, frame->body, frame->len) != 0)
		abort();
	rs_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	const size_t piece = (size_t)data[0] + 1;
	struct frame_reader reader;
	struct frame frame;
	frame_reader_init(&reader);
	int more = 0;
	for (size_t at = 1; at < size && more >= 0; at += piece) {
		const size_t len = size - at < piece ? size - at : piece;
		if (frame_reader_feed(&reader, data + at, len) < 0)
			break;
		while ((more = frame_reader_next(&reader, &frame)) == 1) {
			if (frame.kind == FRAME_MESSAGE)
				take_message(&frame);
			else if (frame.kind == FRAME_LATE)
				take_late(&frame);
			else
				take_packet(&frame);
		}
	}
	frame_reader_done(&reader);
	return 0;
}
