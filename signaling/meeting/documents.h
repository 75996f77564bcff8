/* signaling/meeting/documents.h
 *
 * The documents of a meeting's agenda items: what was added, and what of it was withdrawn. Only what is said of them is here; the
 * files lie beside the store, by their SHA-256. A machine of decide and apply: decide changes nothing and gives a verdict and
 * events; apply cannot fail. Allocates only in documents_new(). Limits: DOCUMENTS_MAX at a time, and octets all together.
 */
#ifndef ROSTRUM_SIGNALING_MEETING_DOCUMENTS_H
#define ROSTRUM_SIGNALING_MEETING_DOCUMENTS_H

#include "signaling/meeting/meeting.h"

#define DOCUMENTS_MAX 256
/* Octets of all documents of a meeting, where nothing else was said. */
#define DOCUMENTS_OCTETS_DEFAULT ((uint64_t)1 << 30)
/* Octets of one are below what every reader of JSON numbers has exactly. */
#define DOCUMENT_OCTETS_MAX ((uint64_t)1 << 40)

/* What is taken. Each has one extension, one media type, and content by which it is known. */
enum document_type {
	DOCUMENT_PDF,
	DOCUMENT_DOCX,
	DOCUMENT_XLSX,
	DOCUMENT_PPTX,
	DOCUMENT_TXT,
	DOCUMENT_PNG,
	DOCUMENT_JPEG,
	DOCUMENT_TYPE_COUNT,
};

struct document {
	uint32_t number; /* from 1 in each meeting, never used again */
	char item[RS_NAME_MAX + 1];
	char symbol[EVENT_SYMBOL_MAX + 1]; /* "A/C.2/81/L.7"; empty = none */
	char title[EVENT_TITLE_MAX + 1];
	char language[EVENT_LANGUAGE_MAX + 1]; /* language tag */
	enum document_type type;
	uint64_t octets;
	uint8_t digest[EVENT_HASH_LEN];
	enum visibility
		visibility; /* as the meeting sat when it was added: who may not have been there does not get it */
};

struct documents {
	struct document *list; /* in the order they were added */
	size_t n;
	uint32_t last; /* number of the last one */
	uint64_t octets;
	uint64_t octets_max;
};

/* 0 or -ENOMEM. */
int documents_new(struct documents **out_documents) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct documents *documents_free(struct documents *documents);

/* A document is added (its number is given here): VERDICT_OK; VERDICT_NO_SUCH_ITEM, VERDICT_MALFORMED (document_valid()), VERDICT_ALREADY_SO (its
 * symbol has one in this language), VERDICT_TOO_MANY, VERDICT_DOCUMENTS_FULL (octets). */
enum verdict documents_decide_add(const struct documents *documents, const struct meeting *meeting,
	const struct document *document, const char *by, struct events *out_events);
/* VERDICT_NO_SUCH_DOCUMENT. */
enum verdict documents_decide_withdraw(const struct documents *documents, uint32_t number,
	const char *by, struct events *out_events);
/* `visibility`: how the meeting sits. Events of other machines change nothing. */
void documents_apply(
	struct documents *documents, enum visibility visibility, const struct event *event);

/* NULL when there is none, or not any more. */
const struct document *documents_find(const struct documents *documents, uint32_t number);
/* Is one of these files this one? */
bool documents_have(const struct documents *documents, const uint8_t digest[EVENT_HASH_LEN]);
/* While the meeting sits so, is the document named to all who are there? What was added in a private part is of that part. */
bool document_is_told(const struct document *document, enum visibility visibility);

/* Symbol, title and language, as people wrote them: no control characters, nothing that changes the direction of text (Unicode
 * Bidi_Control), a title or a symbol, a language tag. */
bool document_valid(const struct document *document);
/* "pdf" ...: also the extension. */
const char *document_type_name(enum document_type type);
/* -ENOENT for an unknown name; case does not matter, and "jpg" is "jpeg". */
int document_type_parse(const char *name, enum document_type *out_type) RS_MUST_USE;
/* "application/pdf" ... */
const char *document_media_type(enum document_type type);

#endif
