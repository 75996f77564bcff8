/* Chat messages as the store gives them back, and texts as people write them: what is good can be told. */
#include "signaling/wire/beside/chat.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void tell(const struct chat_message *message)
{
	struct chat_message again;
	struct rs_buf out;
	rs_buf_init(&out, (size_t)64 << 10);
	if (chat_message_write(message, &out) < 0 ||
		chat_message_parse((const char *)rs_buf_data(&out), rs_buf_len(&out), &again) < 0 ||
		again.number != message->number || again.audience != message->audience ||
		strcmp(again.text, message->text) != 0 || strcmp(again.to, message->to) != 0 ||
		chat_frame_write(&message, 1, &out) < 0)
		abort();
	rs_buf_done(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct chat_message message = { .number = 1, .from = "KEN", .id = "c1" };
	if (chat_text_is_good(text, size)) {
		memcpy(message.text, text, size); /* fits */
		tell(&message);
	}
	if (chat_message_parse(text, size, &message) == 0)
		tell(&message);
	return 0;
}
