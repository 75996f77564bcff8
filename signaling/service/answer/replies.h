/* signaling/service/answer/replies.h
 *
 * Replies of a meeting that were given, so that a command sent again is answered again. The newest REPLIES_KEPT; one thread.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ANSWER_REPLIES_H
#define ROSTRUM_SIGNALING_SERVICE_ANSWER_REPLIES_H

#include "common/base/mem.h"

struct message;
struct replies;
struct rs_rand;

int replies_new(size_t max, struct rs_rand *rand, struct replies **out_replies) RS_MUST_USE;
struct replies *replies_free(struct replies *replies);
struct message *replies_find(const struct replies *replies, const char *badge, const char *id);
/* The oldest makes way; a reply that is there stays. */
void replies_add(
	struct replies *replies, const char *badge, const char *id, struct message *message);

#endif
