/* signaling/service/answer/problem.h
 *
 * Refusals as HTTP tells them: status, reason, and a sentence.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ANSWER_PROBLEM_H
#define ROSTRUM_SIGNALING_SERVICE_ANSWER_PROBLEM_H

#include "signaling/rules/verdict.h"

#include <stdint.h>

struct service;
struct service_refusal;

/* An HTTP request of ours is refused after all. */
void answer_problem(struct service *service, uint64_t request, uint16_t status, const char *reason,
	const char *text);
void refuse_request(
	struct service_refusal *refusal, uint16_t status, const char *reason, const char *text);
/* The same; returns `err`. */
int refuse_with(struct service_refusal *refusal, uint16_t status, const char *reason,
	const char *text, int err);
uint16_t http_status(enum verdict verdict);

#endif
