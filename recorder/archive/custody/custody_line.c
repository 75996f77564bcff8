#include "recorder/archive/custody/custody_line.h"

#include "common/base/text.h"
#include "recorder/archive/files/member.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char key_part[] = ",\"signer\":\"";
static const char sig_part[] = "\",\"sig\":\"";
static const char end_part[] = "\"}";

#define KEY_HEX_LEN ((size_t)2 * RS_SIGN_PUBLIC_LEN)
#define SIG_HEX_LEN ((size_t)2 * RS_SIGNATURE_LEN)
#define TAIL_LEN                                                                   \
	(sizeof(key_part) - 1 + KEY_HEX_LEN + sizeof(sig_part) - 1 + SIG_HEX_LEN + \
		sizeof(end_part) - 1)

/* `front` octets of the payload stand for it, and a brace. */
static int write_text(
	const struct custody_line *line, const char *payload, size_t front, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "rostrum custody line 1\n%s\n%" PRIu64 " %s %s\n",
		line->subject, line->seq, line->utc, line->type);
	if (err == 0)
		err = rs_buf_append(out, payload, front);
	return err == 0 ? rs_buf_printf(out, "}\n%s\n", line->prev) : err;
}

int custody_line_sign(const struct rs_signer *signer, const struct custody_line *line,
	const char *payload, size_t len, struct rs_buf *out)
{
	uint8_t signature[RS_SIGNATURE_LEN];
	char key_hex[KEY_HEX_LEN + 1];
	char sig_hex[SIG_HEX_LEN + 1];
	struct rs_buf text;
	if (len < sizeof("{\"\":0}") - 1 || payload[len - 1] != '}')
		return -EINVAL;
	rs_buf_init(&text, CHAIN_LINE_MAX);
	int err = write_text(line, payload, len - 1, &text);
	if (err == 0)
		err = rs_sign(signer, rs_buf_data(&text), rs_buf_len(&text), signature);
	rs_buf_done(&text);
	if (err < 0)
		return err;
	rs_hex_encode(rs_signer_public(signer), RS_SIGN_PUBLIC_LEN, key_hex);
	rs_hex_encode(signature, sizeof(signature), sig_hex);
	err = rs_buf_append(out, payload, len - 1);
	return err == 0 ? rs_buf_printf(
				  out, "%s%s%s%s%s", key_part, key_hex, sig_part, sig_hex, end_part)
			: err;
}

static bool skip(const char **at, const char *part)
{
	const size_t len = strlen(part);
	if (memcmp(*at, part, len) != 0)
		return false;
	*at += len;
	return true;
}

/* The last octets of the payload, TAIL_LEN of them. */
static bool parse_tail(
	const char *at, uint8_t key[RS_SIGN_PUBLIC_LEN], uint8_t signature[RS_SIGNATURE_LEN])
{
	if (!skip(&at, key_part) || rs_hex_decode(at, KEY_HEX_LEN, key, RS_SIGN_PUBLIC_LEN) < 0)
		return false;
	at += KEY_HEX_LEN;
	if (!skip(&at, sig_part) || rs_hex_decode(at, SIG_HEX_LEN, signature, RS_SIGNATURE_LEN) < 0)
		return false;
	at += SIG_HEX_LEN;
	return skip(&at, end_part);
}

int custody_line_check(const struct custody_line *line, const char *payload, size_t len,
	uint8_t out_key[RS_SIGN_PUBLIC_LEN])
{
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	uint8_t signature[RS_SIGNATURE_LEN];
	struct rs_buf text;
	if (len <= TAIL_LEN || !parse_tail(payload + len - TAIL_LEN, key, signature))
		return 0;
	rs_buf_init(&text, CHAIN_LINE_MAX);
	int err = write_text(line, payload, len - TAIL_LEN, &text);
	if (err == 0)
		err = rs_sign_check(key, rs_buf_data(&text), rs_buf_len(&text), signature);
	rs_buf_done(&text);
	if (err < 0)
		return err;
	memcpy(out_key, key, sizeof(key));
	return 1;
}

/* "signed by key 221fe5f6859a1a4f..." */
static void tell_signer(const json_t *payload, char out[64])
{
	const char *key = member_text(payload, "signer");
	const bool is_signed =
		strlen(key) == KEY_HEX_LEN && json_object_get(payload, "sig") != NULL;
	(void)snprintf(out, 64, "%s%.16s%s", is_signed ? "signed by key " : "nobody signed that",
		is_signed ? key : "", is_signed ? "..." : ""); /* fits */
}

void custody_line_tell(
	const char *type, const char *utc, const json_t *payload, char out[CUSTODY_TELL_LEN])
{
	char signer[64];
	tell_signer(payload, signer);
	if (strcmp(type, "deleted") == 0)
		(void)snprintf(out, CUSTODY_TELL_LEN,
			"was deleted on %.10s by the rule \"%.128s\" of \"%.200s\" (%s)", utc,
			member_text(payload, "rule"), member_text(payload, "schedule"),
			signer); /* fits */
	else
		(void)snprintf(out, CUSTODY_TELL_LEN,
			"was erased on %.10s: its key was destroyed by %.128s (%s)", utc,
			member_text(payload, "by"), signer); /* fits */
}
