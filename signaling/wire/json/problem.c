#include "signaling/wire/json/problem.h"

#include "common/base/text.h"

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
