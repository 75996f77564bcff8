/* Lines of custody.jsonl and audit.jsonl, one a line of input: "TYPE PAYLOAD". Whatever they claim, nobody's key signed it, what is owed
 * lies below a session, and a line that is signed here is known again. */
#include "recorder/archive/custody/custody_line.h"
#include "recorder/archive/custody/debts.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";

static int each(void *ctx, const char *session, const char *path)
{
	if (!names_session_valid(session) || path[0] == '/' || strstr(path, "..") != NULL)
		abort();
	return 0;
}

static void sign_again(const struct custody_line *line, const char *payload, size_t len)
{
	static const uint8_t seed[RS_SIGN_SEED_LEN] = { 1 };
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	struct rs_signer *signer = NULL;
	struct rs_buf out;
	rs_buf_init(&out, 1 << 16);
	if (rs_signer_new(seed, &signer) < 0)
		abort();
	if (custody_line_sign(signer, line, payload, len, &out) == 0 &&
		custody_line_check(line, (const char *)rs_buf_data(&out), rs_buf_len(&out), key) !=
			1)
		abort();
	rs_buf_done(&out);
	rs_signer_free(signer);
}

static void take(struct debts *debts, uint64_t seq, const char *text, size_t len)
{
	char type[32];
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	const char *space = memchr(text, ' ', len);
	if (space == NULL || !rs_copy_text(type, sizeof(type), text, (size_t)(space - text)))
		return;
	const struct custody_line line = {
		.subject = zeros, .seq = seq, .utc = "now", .type = type, .prev = zeros
	};
	const char *payload = space + 1;
	const size_t payload_len = len - (size_t)(payload - text);
	if (custody_line_check(&line, payload, payload_len, key) == 1)
		abort(); /* a forgery */
	sign_again(&line, payload, payload_len);
	json_t *json = json_loadb(payload, payload_len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(json) && debts_take(debts, seq, type, json) < 0)
		abort();
	json_decref(json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *at = (const char *)data;
	const char *end = at + size;
	struct debts debts;
	if (debts_init(&debts) < 0)
		abort();
	for (uint64_t seq = 1; at < end; seq++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const size_t len = (size_t)((newline != NULL ? newline : end) - at);
		take(&debts, seq, at, len);
		at += len + 1;
	}
	if (debts_each(&debts, "/copy", each, NULL) < 0)
		abort();
	debts_done(&debts);
	return 0;
}
