/* What HTTP clients are told of a refusal (RFC 9457), and replies read back for them. */
#include "common/control/object.h"
#include "signaling/wire/doc.h"
#include "signaling/wire/message.h"

#include <stdio.h>

json_t *problem_json(unsigned status, const char *reason, const char *text)
{
	char type[128];
	/* What a client sent may be in the text, cut anywhere. */
	const char *detail = rs_utf8_valid(text, strlen(text)) ? text : "It could not be read.";
	json_t *json = json_object();
	(void)snprintf(type, sizeof(type), WIRE_PROBLEM_BASE "%.64s", reason);
	doc_put(&json, "type", json_string(type));
	doc_put(&json, "status", json_integer(status));
	doc_put(&json, "detail", json_string(detail));
	doc_put(&json, "reason", json_string(reason));
	doc_put(&json, "text", json_string(detail));
	return json;
}

int wire_problem_write(unsigned status, const char *reason, const char *text, struct rs_buf *out)
{
	return doc_append(problem_json(status, reason, text), out);
}

enum verdict wire_reply_read(const char *reply, size_t len, uint64_t *out_event)
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(reply, len);
	struct object_error failure;
	const struct object object = object_root(root, "reply", &failure);
	const char *reason = object_text_or(&object, "reason", "");
	*out_event = (uint64_t)object_int_or(&object, "event", 0, INT64_MAX, 0);
	for (size_t i = 0; i < VERDICT_COUNT && reason[0] != '\0'; i++) {
		if (strcmp(reason, verdict_reason((enum verdict)i)) == 0)
			return (enum verdict)i;
	}
	return object_bool_or(&object, "ok", false) ? VERDICT_OK : VERDICT_MALFORMED;
}
