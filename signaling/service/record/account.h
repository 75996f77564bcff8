/* signaling/service/record/account.h
 *
 * Whether the recorder has all that the media server gave it, told as its disk is: measured, not decided.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_RECORD_ACCOUNT_H
#define ROSTRUM_SIGNALING_SERVICE_RECORD_ACCOUNT_H

struct chamber;
struct node_account;
struct service;
struct session;

/* The recorder said what it misses of this meeting, or does not know; somebody came, who is told if it is for them. */
void account_take(
	struct service *service, struct chamber *chamber, const struct node_account *account);
/* The recorder is gone: nobody knows any more. */
void account_gone(struct service *service);
void account_joined(struct service *service, const struct session *session);

#endif
