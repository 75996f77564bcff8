/* common/base/text.h
 *
 * Numbers and identifiers from text, and the few text encodings protocols use. Whole-string,
 * range-checked parsing; nothing here allocates.
 */
#ifndef ROSTRUM_COMMON_BASE_TEXT_H
#define ROSTRUM_COMMON_BASE_TEXT_H

#include "common/base/mem.h"

#include <string.h>

/* Decimal digits only, the whole of `len` octets, value <= max. 0 or -EBADMSG. */
int rs_parse_u64(const char *text, size_t len, uint64_t max, uint64_t *out_value) RS_MUST_USE;
int rs_parse_u32(const char *text, size_t len, uint32_t max, uint32_t *out_value) RS_MUST_USE;
int rs_parse_u16(const char *text, size_t len, uint16_t max, uint16_t *out_value) RS_MUST_USE;
/* As rs_parse_u64 with an optional leading '-', within [min, max]. */
int rs_parse_i64(
	const char *text, size_t len, int64_t min, int64_t max, int64_t *out_value) RS_MUST_USE;

/* Copy with truncation, always NUL-terminated when cap > 0; returns false when cut. */
bool rs_copy_text(char *out, size_t cap, const char *text, size_t len);
static inline bool rs_copy_string(char *out, size_t cap, const char *text)
{
	return rs_copy_text(out, cap, text, strlen(text));
}
/* rs_copy_text() of a NUL-terminated text into an array. */
#define rs_set_text(array, text) rs_copy_string((array), sizeof(array), (text))
/* snprintf that says whether it fitted: 0 or -ENOSPC. */
int rs_format(char *out, size_t cap, const char *format, ...) RS_PRINTF(3, 4) RS_MUST_USE;

/* Whether a text has that ending, and something before it. */
bool rs_ends_with(const char *text, const char *ending);
/* Whether a language tag lies in a range: "fr" has "fr" and "fr-CH", whatever the case (basic filtering, RFC 4647 section 3.3.1). */
bool rs_language_in(const char *range, const char *tag);
/* Well-formed UTF-8 (RFC 3629: shortest form, no surrogates), no NUL. */
bool rs_utf8_valid(const char *text, size_t len);
/* Octets of the longest beginning of this NUL-terminated UTF-8 that ends with a whole letter and is at most `max` octets long. */
size_t rs_utf8_cut(const char *text, size_t max);
/* 1 to 64 of [A-Za-z0-9_-]: names of meetings, sources, channels, participants. */
#define RS_NAME_MAX 64
bool rs_name_valid(const char *text, size_t len);

/* Lower-case hex of `len` octets into 2 * len + 1 characters. */
void rs_hex_encode(const uint8_t *data, size_t len, char *out);
/* Exactly 2 * len hex digits, either case; 0 or -EBADMSG. */
int rs_hex_decode(const char *text, size_t text_len, uint8_t *out, size_t len) RS_MUST_USE;
/* Standard base64 with padding into `out`; -ENOSPC when cap < 4 * ceil(len / 3) + 1. */
int rs_base64_encode(const uint8_t *data, size_t len, char *out, size_t cap) RS_MUST_USE;
/* The same back: how many octets were written to `out`, -EBADMSG (not base64 with its padding, or bits
 * beyond the last octet) or -ENOSPC. */
int rs_base64_decode(const char *text, size_t len, uint8_t *out, size_t cap) RS_MUST_USE;

#endif
