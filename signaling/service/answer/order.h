/* signaling/service/answer/order.h
 *
 * Commands over HTTP: the same as pages give, with the same ids that make a retry safe.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ANSWER_ORDER_H
#define ROSTRUM_SIGNALING_SERVICE_ANSWER_ORDER_H

#include "signaling/rules/verdict.h"
#include "signaling/service/service.h"

struct chamber;
struct job;
struct service;

/* Queue a command of a bearer who has no WebSocket; as service_order(). */
int order_submit(struct service *service, struct chamber *chamber, const struct claims *who,
	struct job *job, struct moment at, struct service_refusal *refusal) RS_MUST_USE;
/* `why` is what people are told of a refusal. */
void order_answer(struct service *service, uint64_t request, enum verdict verdict, uint64_t event,
	const char *why);
/* As a command with the same id was answered before. */
void order_answer_again(struct service *service, uint64_t request, struct message *reply);

#endif
