#include "common/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

int rs_parse_u64(const char *text, size_t len, uint64_t max, uint64_t *out_value)
{
	uint64_t value = 0;
	if (len == 0)
		return -EBADMSG;
	for (size_t i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -EBADMSG;
		const uint64_t digit = (uint64_t)(text[i] - '0');
		if (value > (UINT64_MAX - digit) / 10)
			return -EBADMSG;
		value = value * 10 + digit;
	}
	if (value > max)
		return -EBADMSG;
	*out_value = value;
	return 0;
}

int rs_parse_u32(const char *text, size_t len, uint32_t max, uint32_t *out_value)
{
	uint64_t value;
	const int err = rs_parse_u64(text, len, max, &value);
	if (err < 0)
		return err;
	*out_value = (uint32_t)value;
	return 0;
}

int rs_parse_u16(const char *text, size_t len, uint16_t max, uint16_t *out_value)
{
	uint64_t value;
	const int err = rs_parse_u64(text, len, max, &value);
	if (err < 0)
		return err;
	*out_value = (uint16_t)value;
	return 0;
}

int rs_parse_i64(const char *text, size_t len, int64_t min, int64_t max, int64_t *out_value)
{
	const bool negative = len > 0 && text[0] == '-';
	const uint64_t limit = negative ? (uint64_t)INT64_MAX + 1 : (uint64_t)INT64_MAX;
	uint64_t magnitude;
	const int err = rs_parse_u64(
		text + (negative ? 1 : 0), len - (negative ? 1 : 0), limit, &magnitude);
	if (err < 0)
		return err;

	const int64_t value = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
	if (value < min || value > max)
		return -EBADMSG;
	*out_value = value;
	return 0;
}

bool rs_copy_text(char *out, size_t cap, const char *text, size_t len)
{
	if (cap == 0)
		return false;
	const size_t n = len < cap ? len : cap - 1;
	if (n > 0)
		memcpy(out, text, n);
	out[n] = '\0';
	return n == len;
}

bool rs_ends_with(const char *text, const char *ending)
{
	const size_t len = strlen(text);
	const size_t n = strlen(ending);
	return len > n && memcmp(text + len - n, ending, n) == 0;
}

int rs_format(char *out, size_t cap, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const int n = vsnprintf(out, cap, format, args);
	va_end(args);
	return n >= 0 && (size_t)n < cap ? 0 : -ENOSPC;
}

/* Octets a sequence starting with `lead` has, and the least code point such a sequence may code. */
static size_t utf8_sequence(uint8_t lead, uint32_t *out_bits, uint32_t *out_least)
{
	if (lead >= 0xC2 && lead <= 0xDF) {
		*out_bits = lead & 0x1FU;
		*out_least = 0x80;
		return 2;
	}
	if ((lead & 0xF0U) == 0xE0U) {
		*out_bits = lead & 0x0FU;
		*out_least = 0x800;
		return 3;
	}
	if (lead >= 0xF0 && lead <= 0xF4) {
		*out_bits = lead & 0x07U;
		*out_least = 0x10000;
		return 4;
	}
	return 0;
}

bool rs_language_in(const char *range, const char *tag)
{
	const size_t len = strlen(range);
	return strncasecmp(range, tag, len) == 0 && (tag[len] == '\0' || tag[len] == '-');
}

bool rs_utf8_valid(const char *text, size_t len)
{
	size_t i = 0;
	while (i < len) {
		const uint8_t lead = (uint8_t)text[i];
		if (lead == 0)
			return false;
		if (lead < 0x80) {
			i++;
			continue;
		}
		uint32_t code = 0;
		uint32_t least = 0;
		const size_t n = utf8_sequence(lead, &code, &least);
		if (n == 0 || n > len - i)
			return false;
		for (size_t k = 1; k < n; k++) {
			const uint8_t b = (uint8_t)text[i + k];
			if ((b & 0xC0U) != 0x80U)
				return false;
			code = code << 6 | (b & 0x3FU);
		}
		if (code < least || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
			return false;
		i += n;
	}
	return true;
}

size_t rs_utf8_cut(const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	while (len > 0 && ((uint8_t)text[len] & 0xC0U) == 0x80U)
		len--;
	return len;
}

bool rs_name_valid(const char *text, size_t len)
{
	if (len == 0 || len > RS_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		const char c = text[i];
		const bool good = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
				  (c >= '0' && c <= '9') || c == '_' || c == '-';
		if (!good)
			return false;
	}
	return true;
}

void rs_hex_encode(const uint8_t *data, size_t len, char *out)
{
	static const char digits[] = "0123456789abcdef";
	for (size_t i = 0; i < len; i++) {
		out[2 * i] = digits[data[i] >> 4];
		out[2 * i + 1] = digits[data[i] & 0x0FU];
	}
	out[2 * len] = '\0';
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int rs_hex_decode(const char *text, size_t text_len, uint8_t *out, size_t len)
{
	if (text_len != 2 * len)
		return -EBADMSG;
	for (size_t i = 0; i < text_len; i++) {
		if (hex_digit(text[i]) < 0)
			return -EBADMSG;
	}
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(hex_digit(text[2 * i]) << 4 | hex_digit(text[2 * i + 1]));
	return 0;
}

int rs_base64_encode(const uint8_t *data, size_t len, char *out, size_t cap)
{
	static const char alphabet[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const size_t need = (len + 2) / 3 * 4 + 1;
	if (cap < need)
		return -ENOSPC;

	size_t o = 0;
	for (size_t i = 0; i < len; i += 3) {
		const size_t n = len - i < 3 ? len - i : 3;
		const uint32_t group = (uint32_t)data[i] << 16 |
				       (n > 1 ? (uint32_t)data[i + 1] << 8 : 0) |
				       (n > 2 ? (uint32_t)data[i + 2] : 0);
		out[o++] = alphabet[group >> 18];
		out[o++] = alphabet[group >> 12 & 0x3F];
		out[o++] = n > 1 ? alphabet[group >> 6 & 0x3F] : '=';
		out[o++] = n > 2 ? alphabet[group & 0x3F] : '=';
	}
	out[o] = '\0';
	return 0;
}

/* -1 = not of the alphabet. */
static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

int rs_base64_decode(const char *text, size_t len, uint8_t *out, size_t cap)
{
	if (len % 4 != 0)
		return -EBADMSG;
	size_t digits = len;
	for (int i = 0; i < 2 && digits > 0 && text[digits - 1] == '='; i++)
		digits--;
	if (digits * 6 / 8 > cap)
		return -ENOSPC;
	size_t o = 0;
	uint32_t bits = 0;
	unsigned n_bits = 0;
	for (size_t i = 0; i < digits; i++) {
		const int value = base64_value(text[i]);
		if (value < 0)
			return -EBADMSG;
		bits = bits << 6 | (uint32_t)value;
		n_bits += 6;
		if (n_bits >= 8) {
			n_bits -= 8;
			out[o++] = (uint8_t)(bits >> n_bits);
			bits &= (1U << n_bits) - 1;
		}
	}
	return bits == 0 ? (int)o : -EBADMSG;
}
