/* Files that people hand over, and what of them is asked for: the first octet says as which type, or that the rest is a Range header or a
 * name. What is taken of a file lies within it, and whatever the title, the name it is saved under is one line of ASCII in quotes. */
#include "signaling/io/attachment.h"

#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define OCTETS 1000U

static void range(const char *header)
{
	uint64_t first = 0;
	uint64_t len = 0;
	if (attachment_range(header, OCTETS, &first, &len) == ATTACHMENT_RANGE &&
		(len == 0 || first >= OCTETS || len > OCTETS - first))
		abort();
	if (attachment_range(header, 0, &first, &len) == ATTACHMENT_RANGE)
		abort();
}

static void name(const char *text)
{
	struct document document = { .type = DOCUMENT_PDF };
	char out[ATTACHMENT_DISPOSITION_MAX];
	enum document_type type;
	if (attachment_type(text, &type) == 0 && type >= DOCUMENT_TYPE_COUNT)
		abort();
	(void)rs_set_text(document.title, text);
	(void)rs_set_text(document.language, "en");
	if (!document_valid(&document))
		return; /* nothing else is kept */
	attachment_disposition(&document, out);
	for (const char *at = out; *at != '\0'; at++) {
		if (*at < ' ' || *at > '~' || *at == '/' || *at == '\\')
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	char *text = rs_zalloc(size);
	if (text == NULL)
		abort();
	memcpy(text, data + 1, size - 1);
	if (data[0] == 'r')
		range(text);
	else if (data[0] == 'n')
		name(text);
	else
		(void)attachment_is((enum document_type)(data[0] % DOCUMENT_TYPE_COUNT), data + 1,
			size - 1); /* either is right */
	rs_release(text);
	return 0;
}
