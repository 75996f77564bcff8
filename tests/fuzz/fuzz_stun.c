/* STUN: what parses is written and read back the same, and demux finds the name the parser finds. */
#include <stdlib.h>
#include <string.h>

#include "sfu/demux/demux.h"
#include "sfu/ice/stun.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char key[] = "VOkJxbRl1RmTxUk/WvJxBt";

static void check_username(const uint8_t *data, size_t size, const struct stun_msg *msg)
{
	const char *ufrag = NULL;
	size_t len = 0;
	const int err = demux_stun_username(data, size, &ufrag, &len);
	if (msg->username_view == NULL)
		return;
	const bool has_colon = memchr(msg->username_view, ':', msg->username_len) != NULL;
	if (has_colon != (err == 0) ||
		(err == 0 && (ufrag != msg->username_view || len >= msg->username_len)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stun_msg first;
	struct stun_msg second;
	uint8_t out[STUN_MAX_LEN];
	(void)demux_classify(data, size);
	if (stun_parse(data, size, &first) < 0)
		return 0;
	check_username(data, size, &first);
	(void)!stun_verify(data, size, &first, key, sizeof(key) - 1); /* must stay within bounds */

	const int len = stun_write(&first, key, sizeof(key) - 1, out, sizeof(out));
	if (len < 0)
		return 0; /* grew over the limit by its reason or integrity */
	if (stun_parse(out, (size_t)len, &second) < 0 || !second.has_fingerprint ||
		stun_verify(out, (size_t)len, &second, key, sizeof(key) - 1) < 0)
		abort();
	if (first.class != second.class || first.method != second.method ||
		first.priority != second.priority || first.use_candidate != second.use_candidate ||
		first.role != second.role || first.tie_breaker != second.tie_breaker ||
		first.error_code != second.error_code ||
		first.username_len != second.username_len ||
		!rs_addr_equal(&first.mapped, &second.mapped))
		abort();
	return 0;
}
