/* signaling/io/pins.h
 *
 * PINs on their way through libuv's worker threads, where they are hashed: one try of somebody who joins, or new ones for a few
 * badges. The loop's thread starts and ends each; memory is wiped with it.
 */
#ifndef ROSTRUM_SIGNALING_IO_PINS_H
#define ROSTRUM_SIGNALING_IO_PINS_H

#include "signaling/auth/pin.h"
#include "signaling/io/io_priv.h"
#include "signaling/service/credentials.h"

/* Being hashed at a time; 50 to 80 ms of a core each. */
#define PINS_TRIES_MAX 64
#define PINS_ISSUES_MAX 2

struct pins_item {
	char badge[RS_NAME_MAX + 1];
	char pin[PIN_DIGITS + 1];
	char link[PIN_LINK_LEN + 1];
	uint8_t salt[PIN_SALT_LEN];
	uint8_t hash[PIN_HASH_LEN];
};

struct pins;
/* On the loop's thread, `pins->err` is 0 or -ENOMEM; takes `pins` and gives it to pins_free(). */
typedef void pins_done_fn(struct pins *pins);

struct pins {
	uv_work_t work;
	pins_done_fn *done;
	struct io *io;
	uint64_t request; /* which may be gone by the end */
	struct rs_addr from;
	struct service_try attempt; /* of a try */
	char meeting[RS_NAME_MAX + 1];
	char conference[RS_NAME_MAX + 1]; /* of new ones; empty: it is a try */
	struct pins_item items[CREDENTIALS_BATCH_MAX];
	size_t n;
	int err;
};

/* Room for one more? Else the request is answered with 429. */
bool pins_admit(struct request *request, bool is_try);
/* Hash every item's PIN with its salt, then `done`. Takes `pins`. 0 or -ENOMEM. */
int pins_start(struct pins *pins, pins_done_fn *done) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct pins *pins_free(struct pins *pins);
/* The request it was started for, or NULL. */
struct request *pins_request(const struct pins *pins);
/* Answer to issuing: {"conference", "credentials": [{"badge", "link", "pin"}]} to request->out. 0, -E2BIG or -ENOMEM. */
int pins_write(struct request *request) RS_MUST_USE;

#endif
