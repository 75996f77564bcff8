#include "signaling/wire/view/documents.h"

#include "signaling/wire/event/documents.h"
#include "signaling/wire/json/doc.h"

#include <stdio.h>

#define NUMBER_LEN 12

static json_t *one(const struct document *document)
{
	json_t *part = json_object();
	doc_put_text(&part, "symbol", document->symbol);
	doc_put_text(&part, "title", document->title);
	doc_put(&part, "language", json_string(document->language));
	doc_put(&part, "type", json_string(document_type_name(document->type)));
	doc_put(&part, "octets", json_integer((json_int_t)document->octets));
	documents_put_digest(&part, document->digest);
	return part;
}

/* Into the object of its item, which is made with its first one. */
static void put(json_t **part, const char *item, uint32_t number, json_t *value)
{
	char key[NUMBER_LEN];
	json_t *of_item =
		json_object_get(*part, item); /* borrowed; NULL for none, and without a part */
	if (of_item == NULL) {
		doc_put(part, item, json_object());
		of_item = json_object_get(*part, item);
	}
	(void)snprintf(key, sizeof(key), "%u", number);
	if (json_object_set_new(of_item, key, value) < 0)
		doc_freep(part); /* as doc_put() does: doc_append() tells */
}

json_t *documents_part(const struct documents *documents, enum visibility visibility)
{
	json_t *part = json_object();
	for (size_t i = 0; i < documents->n; i++) {
		const struct document *document = &documents->list[i];
		if (document_is_told(document, visibility))
			put(&part, document->item, document->number, one(document));
	}
	return part;
}

json_t *documents_change(
	const struct documents *documents, enum visibility visibility, const struct event *event)
{
	const bool all = event->kind == EVENT_VISIBILITY_CHANGED;
	json_t *part = json_object();
	if (event->kind == EVENT_DOCUMENT_WITHDRAWN)
		put(&part, event->item, event->document, json_null());
	for (size_t i = 0; i < documents->n; i++) {
		const struct document *document = &documents->list[i];
		const bool told = document_is_told(document, visibility);
		if (all || document->number == event->document)
			put(&part, document->item, document->number,
				told ? one(document) : json_null());
	}
	return part;
}
