/* What is given away of logs and configurations: nothing that is taken out is left, and what was cleaned stays as it is when it is cleaned
 * again. The first octet says which of the two the rest is. */
#include "tools/rostrumctl/redact.h"

#include "common/base/text.h"

#include <stdlib.h>
#include <string.h>

#define OUT_MAX ((size_t)1 << 20)

static void redact_text(const char *text, size_t len)
{
	struct rs_buf once;
	struct rs_buf twice;
	rs_buf_init(&once, OUT_MAX);
	rs_buf_init(&twice, OUT_MAX);
	if (redact_log(text, len, &once) == 0) {
		const char *out = (const char *)rs_buf_data(&once);
		const size_t n = rs_buf_len(&once);
		if (n > 0 && !rs_utf8_valid(out, n) && memchr(out, '\0', n) == NULL)
			abort();
		/* U+FFFD, of three octets, is no ASCII. */
		if (memchr(out != NULL ? out : "", 0xef, n) == NULL &&
			(redact_log(out, n, &twice) < 0 || rs_buf_len(&twice) != n ||
				(n > 0 && memcmp(rs_buf_data(&twice), out, n) != 0)))
			abort();
	}
	rs_buf_done(&once);
	rs_buf_done(&twice);
}

static void redact_json(const char *text, size_t len)
{
	json_t *json = json_loadb(text, len, 0, NULL);
	if (json == NULL)
		return;
	if (redact_config(json) < 0)
		abort();
	json_t *once = json_deep_copy(json);
	if (redact_config(json) < 0 || !json_equal(once, json))
		abort();
	json_decref(once);
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		redact_text((const char *)data + 1, size - 1);
	else
		redact_json((const char *)data + 1, size - 1);
	return 0;
}
