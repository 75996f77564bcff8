/* The small texts everything else is made of: addresses, hours, hexadecimal, base64, numbers. What is read is written again, and read as
 * the same. */
#include "common/base/addr.h"
#include "common/base/text.h"
#include "common/base/time.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OCTETS_MAX 512U

static void address(const char *text, size_t len)
{
	struct rs_addr addr;
	struct rs_addr again;
	char written[RS_ADDR_TEXT_LEN];
	if (rs_addr_parse(text, len, &addr) == 0) {
		rs_addr_format(&addr, written);
		if (rs_addr_parse(written, strlen(written), &again) < 0 ||
			!rs_addr_equal(&addr, &again))
			abort();
	}
	if (rs_addr_parse_ip(text, len, 80, &addr) == 0) {
		rs_addr_format_ip(&addr, written);
		if (rs_addr_parse_ip(written, strlen(written), 80, &again) < 0 ||
			!rs_addr_equal(&addr, &again))
			abort();
	}
}

static void hour(const char *text, size_t len)
{
	int64_t wall_ms;
	int64_t again;
	char written[RS_TIME_TEXT_LEN];
	if (rs_wall_parse(text, len, &wall_ms) < 0)
		return;
	rs_wall_format(wall_ms, written);
	/* Fractions are written, and not read. */
	memcpy(strchr(written, '.'), "Z", 2);
	if (rs_wall_parse(written, strlen(written), &again) < 0 || again != wall_ms)
		abort();
}

static void octets(const char *text, size_t len)
{
	uint8_t out[OCTETS_MAX];
	char written[2 * OCTETS_MAX + 1];
	const int n = rs_base64_decode(text, len, out, sizeof(out));
	if (n >= 0 && (rs_base64_encode(out, (size_t)n, written, sizeof(written)) < 0 ||
			      strlen(written) != len || memcmp(written, text, len) != 0))
		abort();
	if (len / 2 <= sizeof(out) && rs_hex_decode(text, len, out, len / 2) == 0) {
		rs_hex_encode(out, len / 2, written);
		if (strncasecmp(written, text, len) != 0)
			abort();
	}
}

static void number(const char *text, size_t len)
{
	int64_t value = 0;
	char written[32];
	if (rs_parse_i64(text, len, -1000, INT64_MAX, &value) < 0)
		return;
	if (value < -1000 || rs_format(written, sizeof(written), "%lld", (long long)value) < 0)
		abort();
}

static void letters(const char *text, size_t len)
{
	if (!rs_utf8_valid(text, len))
		return;
	for (size_t max = 0; max <= len && max < 8; max++) {
		const size_t cut = rs_utf8_cut(text, max);
		if (cut > max || !rs_utf8_valid(text, cut))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = rs_zalloc(size + 1);
	if (text == NULL)
		abort();
	if (size > 0)
		memcpy(text, data, size);
	address(text, size);
	hour(text, size);
	octets(text, size);
	number(text, size);
	letters(text, size);
	rs_release(text);
	return 0;
}
