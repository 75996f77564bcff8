#include "signaling/wire/beside/chat.h"

#include "common/control/object.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>

static const char *const audiences[CHAT_AUDIENCE_COUNT] = {
	[CHAT_ALL] = "all",
	[CHAT_DELEGATION] = "delegation",
	[CHAT_SECRETARIAT] = "secretariat",
	[CHAT_PARTICIPANT] = "participant",
	[CHAT_BOOTH] = "booth",
	[CHAT_BOOTHS] = "booths",
};

int chat_audience_parse(const char *name, enum chat_audience *out_audience)
{
	for (size_t i = 0; i < CHAT_AUDIENCE_COUNT; i++) {
		if (strcmp(name, audiences[i]) == 0) {
			*out_audience = (enum chat_audience)i;
			return 0;
		}
	}
	return -ENOENT;
}

/* Valid UTF-8 is looked at octet by octet: C1 controls are C2 80 to C2 9F, LRE to RLO E2 80 AA to AE. */
static bool is_control(const char *text, size_t i, size_t len)
{
	const unsigned char first = (unsigned char)text[i];
	const unsigned char second = i + 1 < len ? (unsigned char)text[i + 1] : 0;
	const unsigned char third = i + 2 < len ? (unsigned char)text[i + 2] : 0;
	if (first < 0x20)
		return first != '\n';
	if (first == 0x7f)
		return true;
	if (first == 0xc2)
		return second < 0xa0;
	return first == 0xe2 && second == 0x80 && third >= 0xaa && third <= 0xae;
}

bool chat_text_is_good(const char *text, size_t len)
{
	bool seen = false;
	if (len == 0 || len > CHAT_TEXT_MAX || !rs_utf8_valid(text, len))
		return false;
	for (size_t i = 0; i < len; i++) {
		if (is_control(text, i, len))
			return false;
		seen = seen || (text[i] != ' ' && text[i] != '\n');
	}
	return seen;
}

static bool same_booth(
	const struct interpretation *interpretation, const char *badge, const char *other)
{
	const struct interpretation_desk *desk = interpretation_find(interpretation, badge);
	const struct interpretation_desk *beside = interpretation_find(interpretation, other);
	return desk != NULL && beside != NULL && desk->booth == beside->booth;
}

bool chat_reaches(const struct chat_message *message, const struct proceedings *proceedings,
	const struct participant *participant)
{
	const bool serves = participant->role == ROLE_SECRETARIAT;
	if (strcmp(message->from, participant->id) == 0)
		return true;
	switch (message->audience) {
	case CHAT_ALL:
		return true;
	case CHAT_SECRETARIAT:
		return serves;
	case CHAT_PARTICIPANT:
		return serves || strcmp(message->to, participant->id) == 0;
	case CHAT_DELEGATION: {
		const struct participant *from = meeting_find(proceedings->meeting, message->from);
		return from != NULL && from->delegation[0] != '\0' &&
		       strcmp(from->delegation, participant->delegation) == 0;
	}
	case CHAT_BOOTH:
		return same_booth(proceedings->interpretation, message->from, participant->id);
	case CHAT_BOOTHS:
		return participant->role == ROLE_INTERPRETER;
	case CHAT_AUDIENCE_COUNT:
		break;
	}
	return false;
}

static json_t *message_part(const struct chat_message *message)
{
	json_t *part = json_object();
	doc_put(&part, "message", json_integer((json_int_t)message->number));
	doc_put(&part, "time", json_integer(message->wall_ms));
	doc_put(&part, "from", json_string(message->from));
	doc_put(&part, "to", json_string(audiences[message->audience]));
	doc_put_text(&part, "participant", message->to);
	doc_put(&part, "text", json_string(message->text));
	return part;
}

int chat_message_write(const struct chat_message *message, struct rs_buf *out)
{
	json_t *json = message_part(message);
	doc_put(&json, "id", json_string(message->id));
	return doc_append(json, out);
}

int chat_message_parse(const char *json, size_t len, struct chat_message *out_message)
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	struct object_error failure;
	const struct object object = object_root(root, "message", &failure);
	struct chat_message message = {
		.number = (uint64_t)object_int(&object, "message", 1, DOC_INT_MAX),
		.wall_ms = object_int(&object, "time", 0, DOC_INT_MAX),
	};
	(void)rs_set_text(message.from, object_name(&object, "from"));
	if (chat_audience_parse(object_text(&object, "to"), &message.audience) < 0)
		object_fail(&object, "to", "no such audience");
	doc_copy_text(&object, "participant", true, message.to, sizeof(message.to));
	doc_copy_text(&object, "id", true, message.id, sizeof(message.id));
	doc_copy_text(&object, "text", true, message.text, sizeof(message.text));
	if (failure.failed)
		return -EBADMSG;
	*out_message = message;
	return 0;
}

int chat_frame_write(const struct chat_message *const *messages, size_t n, struct rs_buf *out)
{
	json_t *json = json_object();
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		doc_push(&list, message_part(messages[i]));
	doc_put(&json, "type", json_string("chat"));
	doc_put(&json, "messages", list);
	return doc_append(json, out);
}
