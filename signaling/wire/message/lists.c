#include "signaling/wire/message/lists.h"

#include "signaling/wire/json/doc.h"
#include "signaling/wire/message/reply.h"

/* Longest time a segment may still have. */
#define WALL_MAX ((int64_t)1 << 53)

void lists_parse_item(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "item"))
		(void)rs_set_text(message->command.item, object_name(object, "item"));
}

static void parse_group(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "group"))
		(void)rs_set_text(message->command.wish.group, object_name(object, "group"));
}

static void parse_language(const struct object *object, struct wire_message *message)
{
	struct floor_wish *wish = &message->command.wish;
	if (!object_has(object, "language"))
		return;
	if (!rs_set_text(wish->language, object_name(object, "language")))
		object_fail(object, "language", "the text is too long");
}

void lists_parse_ask(const struct object *object, struct wire_message *message)
{
	lists_parse_item(object, message);
	parse_group(object, message);
	parse_language(object, message);
	/* On the page's own clock; the service knows how that stands to ours. */
	message->has_at = object_has(object, "at");
	if (message->has_at)
		message->at_ms = object_int(object, "at", 0, WALL_MAX);
}

void lists_parse_inscribe(const struct object *object, struct wire_message *message)
{
	lists_parse_item(object, message);
	parse_group(object, message);
	parse_language(object, message);
	(void)rs_set_text(message->command.participant, object_name(object, "participant"));
	message->command.position = (uint32_t)object_int_or(object, "position", 1, UINT32_MAX, 0);
}

void lists_parse_withdraw(const struct object *object, struct wire_message *message)
{
	lists_parse_item(object, message);
	message->command.entry = (uint32_t)object_int_or(object, "entry", 1, UINT32_MAX, 0);
}

void lists_parse_entry(const struct object *object, struct wire_message *message)
{
	message->command.entry = (uint32_t)object_int(object, "entry", 1, UINT32_MAX);
}

void lists_parse_requeue(const struct object *object, struct wire_message *message)
{
	lists_parse_entry(object, message);
	message->command.position = (uint32_t)object_int_or(object, "position", 1, UINT32_MAX, 0);
}

void lists_parse_offer_swap(const struct object *object, struct wire_message *message)
{
	lists_parse_withdraw(object, message);
	message->command.wish.other = (uint32_t)object_int(object, "with", 1, UINT32_MAX);
}

void lists_parse_draw(const struct object *object, struct wire_message *message)
{
	lists_parse_item(object, message);
	if (!object_has(object, "word"))
		return;
	const char *word = object_name(object, "word");
	if (!rs_copy_text(message->command.wish.word, sizeof(message->command.wish.word), word,
		    strlen(word)))
		object_fail(object, "word", "the text is too long");
}

void lists_parse_limit(const struct object *object, struct wire_message *message)
{
	lists_parse_item(object, message);
	if (object_has(object, "until"))
		message->command.wish.until_ms = object_int(object, "until", 1, WALL_MAX);
	else
		message->command.seconds =
			(uint32_t)object_int(object, "seconds", 0, RULES_TIME_MAX_S);
}

void lists_parse_budget(const struct object *object, struct wire_message *message)
{
	lists_parse_item(object, message);
	message->command.seconds = (uint32_t)object_int(object, "seconds", 0, FLOOR_BUDGET_MAX_S);
	if (category_parse(object_text(object, "category"), &message->command.wish.category) < 0)
		object_fail(object, "category", "no such category");
}

void lists_parse_sync(const struct object *object, struct wire_message *message)
{
	message->kind = WIRE_SYNC;
	message->nonce = (uint32_t)object_int_or(object, "n", 1, UINT32_MAX, 0);
	if (message->nonce != 0)
		message->at_ms = object_int(object, "at", 0, WALL_MAX);
}

int wire_sync_write(uint32_t nonce, int64_t wall_ms, int64_t rtt_ms, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string("sync"));
	doc_put(&json, "n", json_integer(nonce));
	doc_put(&json, "time", json_integer(wall_ms));
	if (rtt_ms >= 0)
		doc_put(&json, "rtt", json_integer(rtt_ms));
	return doc_append(json, out);
}
