/* signaling/wire/beside/ballot.h
 *
 * Secret ballots as JSON (PROTOCOL.md section 8): what is cast over HTTP without a name, and the blind signature a page collects.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_BESIDE_BALLOT_H
#define ROSTRUM_SIGNALING_WIRE_BESIDE_BALLOT_H

#include "common/base/buf.h"
#include "signaling/proceedings/proceedings.h"
#include "signaling/wire/event/event.h"

#define WIRE_SIGNATURE_LEN (EVENT_KEY_MAX / 2)

struct wire_ballot {
	struct voting_ballot ballot;
	uint8_t signature[WIRE_SIGNATURE_LEN];
};

/* 0, or -EBADMSG with `error` for people. */
int wire_ballot_parse(const char *json, size_t len, struct wire_ballot *out_ballot,
	char error[WIRE_ERROR_LEN]) RS_MUST_USE;
/* Appends the reply to collect-ballot: 0, -E2BIG or -ENOMEM. */
int wire_reply_signature(const char *id, const uint8_t signature[WIRE_SIGNATURE_LEN],
	struct rs_buf *out) RS_MUST_USE;

#endif
