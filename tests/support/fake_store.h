/* tests/support/fake_store.h
 *
 * A store in memory: keeps what it is given in order, answers when the test lets it, and can be down or unsure. What it
 * holds survives its users, so that a service can be "restarted" on it.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_FAKE_STORE_H
#define ROSTRUM_TESTS_SUPPORT_FAKE_STORE_H

#include "signaling/store/store.h"

struct fake_store;

struct fake_store *fake_store_new(void);
struct fake_store *fake_store_free(struct fake_store *fake);
/* The port, valid as long as the fake. */
struct store *fake_store_port(struct fake_store *fake);
/* While held, nothing is answered. */
void fake_store_hold(struct fake_store *fake, bool held);
/* Is there an answer that store_poll() would give now? */
bool fake_store_pending(const struct fake_store *fake);
/* Later appends end so: STORE_OK writes; STORE_UNKNOWN writes and says it does not know; the others do not write. */
void fake_store_fail(struct fake_store *fake, enum store_result result);
size_t fake_store_count(const struct fake_store *fake, const char *meeting);
/* Payload of the event `number` (from 1), NUL-terminated; NULL when there is none. */
const char *fake_store_payload(const struct fake_store *fake, const char *meeting, uint64_t number);
/* Messages of all chats that are kept. */
size_t fake_store_messages(const struct fake_store *fake);
/* Put an event there as if it had been appended. */
void fake_store_plant(struct fake_store *fake, const char *meeting, const char *payload);

#endif
