#include "signaling/wire/beside/ballot.h"

#include "common/control/object.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>

static void read_octets(const struct object *object, const char *key, uint8_t *out, size_t len)
{
	const char *text = object_text(object, key);
	if (rs_hex_decode(text, strlen(text), out, len) < 0)
		object_fail(object, key, "hexadecimal digits of the right number are expected");
}

int wire_ballot_parse(
	const char *json, size_t len, struct wire_ballot *out_ballot, char error[WIRE_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	struct object_error failure;
	const struct object object = object_root(root, "ballot", &failure);
	struct wire_ballot ballot = { .ballot = { .vote = VOTE_NONE } };
	read_octets(&object, "token", ballot.ballot.token, sizeof(ballot.ballot.token));
	read_octets(&object, "signature", ballot.signature, sizeof(ballot.signature));
	if (vote_parse(object_text(&object, "vote"), &ballot.ballot.vote) < 0 ||
		ballot.ballot.vote == VOTE_ABSENT)
		object_fail(&object, "vote", "yes, no or abstain is expected");
	if (failure.failed) {
		(void)rs_copy_text(error, WIRE_ERROR_LEN, failure.text, strlen(failure.text));
		return -EBADMSG;
	}
	*out_ballot = ballot;
	return 0;
}

int wire_reply_signature(
	const char *id, const uint8_t signature[WIRE_SIGNATURE_LEN], struct rs_buf *out)
{
	char hex[2 * WIRE_SIGNATURE_LEN + 1];
	json_t *json = json_object();
	rs_hex_encode(signature, WIRE_SIGNATURE_LEN, hex);
	doc_put(&json, "type", json_string("reply"));
	doc_put(&json, "id", json_string(id));
	doc_put(&json, "ok", json_true());
	doc_put(&json, "signature", json_string(hex));
	return doc_append(json, out);
}
