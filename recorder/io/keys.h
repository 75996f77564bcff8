/* recorder/io/keys.h
 *
 * The keys a recorder works with: its own, which signs archives, and the secretariat's, to which those of sessions that are not
 * public are wrapped.
 */
#ifndef ROSTRUM_RECORDER_IO_KEYS_H
#define ROSTRUM_RECORDER_IO_KEYS_H

#include "common/base/envelope.h"
#include "recorder/io/io.h"

struct keys {
	struct rs_recipient *recipient;  /* the secretariat; NULL = none is configured */
	struct rs_signer *signer;        /* of the loop's thread */
	struct rs_signer *worker_signer; /* the same key */
};

/* Blocking. 0, or a negative errno, logged; what was loaded is taken back by keys_done(), also after an error. */
int keys_load(struct keys *keys, const struct io_config *config, struct rs_rand *rand) RS_MUST_USE;
void keys_done(struct keys *keys);

#endif
