/* signaling/wire/json/problem.h
 *
 * What HTTP clients are told of a refusal (RFC 9457).
 */
#ifndef ROSTRUM_SIGNALING_WIRE_JSON_PROBLEM_H
#define ROSTRUM_SIGNALING_WIRE_JSON_PROBLEM_H

#include "signaling/wire/json/doc.h"

/* The body of an HTTP error (RFC 9457): {"type", "status", "detail", "reason", "text"}; a text that is no UTF-8 is replaced. */
#define WIRE_PROBLEM_BASE "/api/v1/problems/"
int wire_problem_write(
	unsigned status, const char *reason, const char *text, struct rs_buf *out) RS_MUST_USE;

/* The problem of wire_problem_write(), for one that has more members. */
json_t *problem_json(unsigned status, const char *reason, const char *text);

#endif
