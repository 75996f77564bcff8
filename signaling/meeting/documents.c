#include "signaling/meeting/documents.h"

#include <ctype.h>
#include <errno.h>
#include <strings.h>

static const struct {
	const char *name, *media_type;
} types[DOCUMENT_TYPE_COUNT] = {
	[DOCUMENT_PDF] = { "pdf", "application/pdf" },
	[DOCUMENT_DOCX] = { "docx",
		"application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	[DOCUMENT_XLSX] = { "xlsx",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
	[DOCUMENT_PPTX] = { "pptx",
		"application/vnd.openxmlformats-officedocument.presentationml.presentation" },
	[DOCUMENT_TXT] = { "txt", "text/plain; charset=utf-8" },
	[DOCUMENT_PNG] = { "png", "image/png" },
	[DOCUMENT_JPEG] = { "jpeg", "image/jpeg" },
};

const char *document_type_name(enum document_type type)
{
	return types[type].name;
}

const char *document_media_type(enum document_type type)
{
	return types[type].media_type;
}

int document_type_parse(const char *name, enum document_type *out_type)
{
	const char *known = strcasecmp(name, "jpg") == 0 ? "jpeg" : name;
	for (size_t i = 0; i < DOCUMENT_TYPE_COUNT; i++) {
		if (strcasecmp(known, types[i].name) == 0) {
			*out_type = (enum document_type)i;
			return 0;
		}
	}
	return -ENOENT;
}

int documents_new(struct documents **out_documents)
{
	struct documents *documents = rs_zalloc(sizeof(*documents));
	if (documents == NULL)
		return -ENOMEM;
	documents->octets_max = DOCUMENTS_OCTETS_DEFAULT;
	documents->list = rs_calloc(DOCUMENTS_MAX, sizeof(*documents->list));
	if (documents->list == NULL) {
		documents_free(documents);
		return -ENOMEM;
	}
	*out_documents = documents;
	return 0;
}

struct documents *documents_free(struct documents *documents)
{
	if (documents != NULL)
		rs_release(documents->list);
	return rs_release(documents);
}

const struct document *documents_find(const struct documents *documents, uint32_t number)
{
	for (size_t i = 0; i < documents->n; i++) {
		if (documents->list[i].number == number)
			return &documents->list[i];
	}
	return NULL;
}

bool documents_have(const struct documents *documents, const uint8_t digest[EVENT_HASH_LEN])
{
	for (size_t i = 0; i < documents->n; i++) {
		if (memcmp(documents->list[i].digest, digest, EVENT_HASH_LEN) == 0)
			return true;
	}
	return false;
}

bool document_is_told(const struct document *document, enum visibility visibility)
{
	return document->visibility <= visibility;
}

/* --- What people write --- */

/* U+0085 and the other C1 controls; U+061C, U+200E, U+200F, U+2028 to U+202E, U+2066 to U+2069; U+FEFF. */
static bool is_hidden(const uint8_t *at)
{
	if (at[0] == 0xc2)
		return at[1] < 0xa0;
	if (at[0] == 0xd8)
		return at[1] == 0x9c;
	if (at[0] == 0xef)
		return at[1] == 0xbb && at[2] == 0xbf;
	if (at[0] != 0xe2)
		return false;
	if (at[1] == 0x80)
		return at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae);
	return at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9;
}

/* Its octets were found to be UTF-8, so that what follows a first octet is there. */
static bool is_plain(const char *text)
{
	if (!rs_utf8_valid(text, strlen(text)))
		return false;
	for (const uint8_t *at = (const uint8_t *)text; *at != '\0'; at++) {
		if (*at < 0x20 || *at == 0x7f || is_hidden(at))
			return false;
	}
	return true;
}

/* RFC 5646 section 2.1, as far as its form goes: letters first, then parts of up to eight letters and digits. */
static bool is_language(const char *tag)
{
	size_t len = 0;
	while (isalpha((unsigned char)tag[len]))
		len++;
	if (len < 2 || len > 3)
		return false;
	for (tag += len; *tag == '-'; tag += len) {
		tag++;
		len = 0;
		while (isalnum((unsigned char)tag[len]))
			len++;
		if (len == 0 || len > 8)
			return false;
	}
	return *tag == '\0';
}

bool document_valid(const struct document *document)
{
	return is_plain(document->symbol) && is_plain(document->title) &&
	       (document->symbol[0] != '\0' || document->title[0] != '\0') &&
	       is_language(document->language) && document->octets > 0 &&
	       document->octets <= DOCUMENT_OCTETS_MAX;
}

/* --- Decide --- */

static bool is_item(const struct meeting *meeting, const char *id)
{
	for (size_t i = 0; i < meeting->n_items; i++) {
		if (strcmp(meeting->items[i].id, id) == 0)
			return true;
	}
	return false;
}

/* The same symbol in the same language twice on an item leaves people with the wrong one. */
static bool is_there(const struct documents *documents, const struct document *document)
{
	for (size_t i = 0; i < documents->n; i++) {
		const struct document *other = &documents->list[i];
		if (document->symbol[0] != '\0' && strcmp(other->symbol, document->symbol) == 0 &&
			strcasecmp(other->language, document->language) == 0 &&
			strcmp(other->item, document->item) == 0)
			return true;
	}
	return false;
}

enum verdict documents_decide_add(const struct documents *documents, const struct meeting *meeting,
	const struct document *document, const char *by, struct events *out_events)
{
	if (!is_item(meeting, document->item))
		return VERDICT_NO_SUCH_ITEM;
	if (!document_valid(document))
		return VERDICT_MALFORMED;
	if (is_there(documents, document))
		return VERDICT_ALREADY_SO;
	if (documents->n == DOCUMENTS_MAX)
		return VERDICT_TOO_MANY;
	if (document->octets > documents->octets_max ||
		documents->octets > documents->octets_max - document->octets)
		return VERDICT_DOCUMENTS_FULL;
	struct event *event = events_add(out_events, EVENT_DOCUMENT_ADDED, by);
	event->document = documents->last + 1;
	(void)rs_set_text(event->item, document->item);
	(void)rs_set_text(event->symbol, document->symbol);
	(void)rs_set_text(event->title, document->title);
	(void)rs_set_text(event->language, document->language);
	event->document_type = document->type;
	event->octets = document->octets;
	memcpy(event->digest, document->digest, EVENT_HASH_LEN);
	return VERDICT_OK;
}

enum verdict documents_decide_withdraw(const struct documents *documents, uint32_t number,
	const char *by, struct events *out_events)
{
	const struct document *document = documents_find(documents, number);
	if (document == NULL)
		return VERDICT_NO_SUCH_DOCUMENT;
	struct event *event = events_add(out_events, EVENT_DOCUMENT_WITHDRAWN, by);
	event->document = number;
	(void)rs_set_text(event->item, document->item);
	memcpy(event->digest, document->digest, EVENT_HASH_LEN);
	return VERDICT_OK;
}

/* --- Apply --- */

static void add(struct documents *documents, enum visibility visibility, const struct event *event)
{
	documents->last = event->document;
	if (documents->n == DOCUMENTS_MAX)
		return; /* no log of ours has more */
	struct document *document = &documents->list[documents->n++];
	*document = (struct document){ .number = event->document,
		.type = (enum document_type)event->document_type,
		.octets = event->octets,
		.visibility = visibility };
	(void)rs_set_text(document->item, event->item);
	(void)rs_set_text(document->symbol, event->symbol);
	(void)rs_set_text(document->title, event->title);
	(void)rs_set_text(document->language, event->language);
	memcpy(document->digest, event->digest, EVENT_HASH_LEN);
	documents->octets += document->octets;
}

static void withdraw(struct documents *documents, uint32_t number)
{
	const struct document *found = documents_find(documents, number);
	if (found == NULL)
		return;
	const size_t i = (size_t)(found - documents->list);
	documents->octets -= found->octets;
	documents->n--;
	memmove(&documents->list[i], &documents->list[i + 1],
		(documents->n - i) * sizeof(*documents->list));
}

void documents_apply(
	struct documents *documents, enum visibility visibility, const struct event *event)
{
	if (event->kind == EVENT_DOCUMENT_ADDED)
		add(documents, visibility, event);
	else if (event->kind == EVENT_DOCUMENT_WITHDRAWN)
		withdraw(documents, event->document);
}
