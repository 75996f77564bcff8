/* signaling/service/matters/chat.h
 *
 * The chat of a meeting. Its messages are no events: they stand in no record, go to those they are meant for alone, and are
 * forgotten when the profile says. Like events they are told only once the store has them.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MATTERS_CHAT_H
#define ROSTRUM_SIGNALING_SERVICE_MATTERS_CHAT_H

#include "signaling/service/service.h"

struct chamber;
struct chat;
struct service;
struct session;
struct store_done;
struct store_message;
struct wire_message;

int chat_new(struct chat **out_chat) RS_MUST_USE;
struct chat *chat_free(struct chat *chat);
/* A message that was kept. 0, -EBADMSG or -ENOMEM. */
int chat_load(struct chat *chat, const struct store_message *stored) RS_MUST_USE;
bool chat_has(const struct chat *chat, uint64_t number);
/* The command say; answered once the store has it. */
void chat_say(struct service *service, struct session *session, const struct wire_message *message,
	struct moment at);
/* What was said of late to whoever came. */
void chat_show(struct service *service, const struct session *session);
/* Forget a message, here and in the store. */
void chat_remove(struct service *service, struct chamber *chamber, uint64_t number);
/* Those whose time is over. */
void chat_expire(struct service *service, struct chamber *chamber, struct moment at);
/* A message is written, or not; false when it is none of this chamber's. */
bool chat_done(struct service *service, struct chamber *chamber, const struct store_done *done);

#endif
