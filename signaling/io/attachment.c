#include "signaling/io/attachment.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <strings.h>

/* Octets of a symbol or title that go into a file's name, and of the name. */
#define STEM_MAX 64
#define NAME_MAX_LEN (STEM_MAX + EVENT_LANGUAGE_MAX + 8)
/* PKWARE APPNOTE 4.3.12 and 4.3.16: a central directory's record and the record at its end. */
#define ZIP_RECORD_LEN ((size_t)46)
#define ZIP_END_LEN ((size_t)22)
#define ZIP_COMMENT_MAX ((size_t)65535)

int attachment_type(const char *name, enum document_type *out_type)
{
	const char *dot = strrchr(name, '.');
	return dot == NULL ? -ENOENT : document_type_parse(dot + 1, out_type);
}

/* --- Content --- */

static bool begins(const uint8_t *data, size_t len, const char *with, size_t n)
{
	return len >= n && memcmp(data, with, n) == 0;
}

static bool is_text(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if ((data[i] < 0x20 && data[i] != '\t' && data[i] != '\n' && data[i] != '\r' &&
			    data[i] != '\f') ||
			data[i] == 0x7f)
			return false;
	}
	return len > 0 && rs_utf8_valid((const char *)data, len);
}

static uint32_t get16(const uint8_t *at)
{
	return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t get32(const uint8_t *at)
{
	return get16(at) | get16(at + 2) << 16;
}

/* The record at the end, or NULL. It is looked for from the end on: a comment may stand behind it. */
static const uint8_t *zip_end(const uint8_t *data, size_t len)
{
	for (size_t back = ZIP_END_LEN; back <= len && back <= ZIP_END_LEN + ZIP_COMMENT_MAX;
		back++) {
		const uint8_t *at = data + len - back;
		if (memcmp(at, "PK\5\6", 4) == 0 && get16(at + 20) == back - ZIP_END_LEN)
			return at;
	}
	return NULL;
}

struct package {
	bool types; /* [Content_Types].xml */
	bool main;  /* the part that makes it what it is */
	bool macros;
};

static bool is_name(const uint8_t *name, size_t len, const char *text)
{
	return len == strlen(text) && strncasecmp((const char *)name, text, len) == 0;
}

static void note_part(struct package *package, const uint8_t *name, size_t len, const char *main)
{
	static const char macros[] = "vbaProject.bin";
	const size_t n = sizeof(macros) - 1;
	package->types |= is_name(name, len, "[Content_Types].xml");
	package->main |= is_name(name, len, main);
	package->macros |= len >= n && is_name(name + len - n, n, macros);
}

/* What its directory names; false when that is damaged. Packages over 4 GiB, which have another directory, are none of ours. */
static bool read_package(
	const uint8_t *data, size_t len, const char *main, struct package *out_package)
{
	const uint8_t *end = begins(data, len, "PK\3\4", 4) ? zip_end(data, len) : NULL;
	if (end == NULL)
		return false;
	const size_t until = (size_t)(end - data);
	size_t at = get32(end + 16);
	*out_package = (struct package){ .types = false };
	for (uint32_t left = get16(end + 10); left > 0; left--) {
		if (at > until || until - at < ZIP_RECORD_LEN ||
			memcmp(data + at, "PK\1\2", 4) != 0)
			return false;
		const size_t name_len = get16(data + at + 28);
		const size_t more = get16(data + at + 30) + get16(data + at + 32);
		if (until - at - ZIP_RECORD_LEN < name_len + more)
			return false;
		note_part(out_package, data + at + ZIP_RECORD_LEN, name_len, main);
		at += ZIP_RECORD_LEN + name_len + more;
	}
	return true;
}

static bool is_package(const uint8_t *data, size_t len, const char *main)
{
	struct package package;
	return read_package(data, len, main, &package) && package.types && package.main &&
	       !package.macros;
}

bool attachment_is(enum document_type type, const uint8_t *data, size_t len)
{
	switch (type) {
	case DOCUMENT_PDF:
		return begins(data, len, "%PDF-", 5);
	case DOCUMENT_DOCX:
		return is_package(data, len, "word/document.xml");
	case DOCUMENT_XLSX:
		return is_package(data, len, "xl/workbook.xml");
	case DOCUMENT_PPTX:
		return is_package(data, len, "ppt/presentation.xml");
	case DOCUMENT_TXT:
		return is_text(data, len);
	case DOCUMENT_PNG:
		return begins(data, len, "\x89PNG\r\n\x1a\n", 8);
	case DOCUMENT_JPEG:
		return begins(data, len, "\xff\xd8\xff", 3);
	case DOCUMENT_TYPE_COUNT:
		break;
	}
	return false;
}

/* --- Ranges --- */

/* Decimal digits up to `end`; what is too long is the most there is. */
static uint64_t number(const char *text, size_t len)
{
	uint64_t value = UINT64_MAX;
	return rs_parse_u64(text, len, UINT64_MAX - 1, &value) < 0 ? UINT64_MAX : value;
}

enum attachment_part attachment_range(
	const char *header, uint64_t octets, uint64_t *out_first, uint64_t *out_len)
{
	static const char unit[] = "bytes=";
	*out_first = 0;
	*out_len = octets;
	if (strncasecmp(header, unit, sizeof(unit) - 1) != 0)
		return ATTACHMENT_WHOLE;
	const char *from = header + sizeof(unit) - 1;
	const size_t from_len = strspn(from, "0123456789");
	const char *to = from + from_len + 1;
	if (from[from_len] != '-')
		return ATTACHMENT_WHOLE;
	const size_t to_len = strspn(to, "0123456789");
	if (to[to_len] != '\0' || from_len + to_len == 0)
		return ATTACHMENT_WHOLE;
	const uint64_t last = to_len > 0 ? number(to, to_len) : UINT64_MAX;
	if (from_len == 0) { /* the last so many */
		*out_len = last < octets ? last : octets;
		*out_first = octets - *out_len;
		return *out_len > 0 ? ATTACHMENT_RANGE : ATTACHMENT_NONE;
	}
	const uint64_t first = number(from, from_len);
	if (first > last)
		return ATTACHMENT_WHOLE; /* section 14.1.1: no range at all */
	if (first >= octets)
		return ATTACHMENT_NONE;
	*out_first = first;
	*out_len = last < octets ? last - first + 1 : octets - first;
	return ATTACHMENT_RANGE;
}

/* --- Names --- */

/* The first STEM_MAX octets, whole characters alone, without what has a meaning in paths anywhere. */
static void make_stem(const char *text, char out[STEM_MAX + 1])
{
	size_t len = strlen(text);
	if (len > STEM_MAX) {
		len = STEM_MAX;
		while (len > 0 && ((unsigned char)text[len] & 0xc0) == 0x80)
			len--;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = strchr("/\\:*?\"<>|", text[i]) != NULL ? '-' : text[i];
	out[len] = '\0';
	if (out[0] == '.' || out[0] == '~')
		out[0] = '-';
}

static char ascii(char c)
{
	return isalnum((unsigned char)c) || strchr("._-", c) != NULL ? c : '_';
}

void attachment_disposition(const struct document *document, char out[ATTACHMENT_DISPOSITION_MAX])
{
	char stem[STEM_MAX + 1];
	char name[NAME_MAX_LEN];
	char plain[NAME_MAX_LEN];
	char coded[3 * NAME_MAX_LEN];
	size_t n = 0;
	make_stem(document->symbol[0] != '\0' ? document->symbol : document->title, stem);
	(void)snprintf(name, sizeof(name), "%s-%s.%s", stem, document->language,
		document_type_name(document->type));
	for (size_t i = 0; i <= strlen(name); i++)
		plain[i] = name[i] != '\0' ? ascii(name[i]) : '\0';
	for (const char *at = name; *at != '\0'; at++) {
		if (ascii(*at) == *at)
			coded[n++] = *at;
		else
			n += (size_t)snprintf(
				coded + n, sizeof(coded) - n, "%%%02X", (unsigned char)*at);
	}
	coded[n] = '\0';
	(void)snprintf(out, ATTACHMENT_DISPOSITION_MAX,
		"attachment; filename=\"%.*s\"; filename*=UTF-8''%s", NAME_MAX_LEN, plain, coded);
}
