#include "signaling/wire/event/documents.h"

#include "signaling/wire/json/doc.h"

void documents_put_digest(json_t **object, const uint8_t digest[EVENT_HASH_LEN])
{
	char hex[2 * EVENT_HASH_LEN + 1];
	rs_hex_encode(digest, EVENT_HASH_LEN, hex);
	doc_put(object, "sha256", json_string(hex));
}

void documents_write_data(json_t **data, const struct event *event)
{
	const bool added = event->kind == EVENT_DOCUMENT_ADDED;
	if (!added && event->kind != EVENT_DOCUMENT_WITHDRAWN)
		return;
	doc_put(data, "document", json_integer(event->document));
	if (!added)
		return;
	doc_put_text(data, "symbol", event->symbol);
	doc_put_text(data, "title", event->title);
	doc_put(data, "language", json_string(event->language));
	doc_put(data, "type",
		json_string(document_type_name((enum document_type)event->document_type)));
	doc_put(data, "octets", json_integer((json_int_t)event->octets));
	documents_put_digest(data, event->digest);
}

/* An optional text that fits `out`. */
static void read_text(const struct object *data, const char *key, char *out, size_t cap)
{
	if (!rs_copy_string(out, cap, object_text_or(data, key, "")))
		object_fail(data, key, "the text is too long");
}

void documents_read_data(const struct object *data, struct event *event)
{
	const bool added = event->kind == EVENT_DOCUMENT_ADDED;
	enum document_type type = DOCUMENT_PDF;
	if (!added && event->kind != EVENT_DOCUMENT_WITHDRAWN)
		return;
	event->document = (uint32_t)object_int(data, "document", 1, UINT32_MAX);
	if (!added)
		return;
	read_text(data, "symbol", event->symbol, sizeof(event->symbol));
	const char *hex = object_text(data, "sha256");
	if (rs_hex_decode(hex, strlen(hex), event->digest, EVENT_HASH_LEN) < 0)
		object_fail(data, "sha256", "64 hexadecimal digits are expected");
	read_text(data, "title", event->title, sizeof(event->title));
	read_text(data, "language", event->language, sizeof(event->language));
	if (document_type_parse(object_text(data, "type"), &type) < 0)
		object_fail(data, "type", "no such type");
	event->document_type = type;
	event->octets = (uint64_t)object_int(data, "octets", 1, (int64_t)DOCUMENT_OCTETS_MAX);
}
