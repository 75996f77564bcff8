/* signaling/wire/message/reply.h
 *
 * What a page is answered and told beside events (PROTOCOL.md sections 1 to 3). All but wire_verdict_text() and wire_reply_read() append one
 * JSON object: 0, -E2BIG or -ENOMEM.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_MESSAGE_REPLY_H
#define ROSTRUM_SIGNALING_WIRE_MESSAGE_REPLY_H

#include "common/base/buf.h"
#include "signaling/proceedings/proceedings.h"
#include "signaling/turn/turn.h"
#include "signaling/wire/node/peer.h"

/* What a refusal says to people. */
const char *wire_verdict_text(enum verdict verdict);
struct wire_welcome {
	const char *epoch;
	uint64_t event;
	bool resumed;
	int64_t wall_ms;
	int64_t place; /* number of the badge's one live place; 0 = it may have many */
	const struct participant *you;
	const struct turn *turn; /* NULL = no ICE servers */
	bool archive;            /* the site shows what was recorded */
};
int wire_welcome_write(const struct wire_welcome *welcome, struct rs_buf *out) RS_MUST_USE;
/* The same with the view, which is long and for many the same, left to the caller: what stands before the view's text as
 * view_write() made it, less its last octet, and what stands behind. `measured` is an object's text that becomes a member of it. */
int wire_welcome_head(const struct wire_welcome *welcome, struct rs_buf *out) RS_MUST_USE;
int wire_welcome_tail(const char *measured, size_t len, struct rs_buf *out) RS_MUST_USE;
int wire_error_write(const char *reason, const char *text, struct rs_buf *out) RS_MUST_USE;
/* `event` 0: the command made none. */
int wire_reply_ok(const char *id, uint64_t event, struct rs_buf *out) RS_MUST_USE;
int wire_reply_refused(
	const char *id, enum verdict verdict, const char *text, struct rs_buf *out) RS_MUST_USE;
/* The reply to offer and restart-ice. */
int wire_reply_answer(const char *id, const char *instance, const struct peer_spec *peer,
	const char *sdp, size_t sdp_len, struct rs_buf *out) RS_MUST_USE;
/* What the page's audio places carry from now on. */
int wire_listening_write(const struct peer_spec *peer, struct rs_buf *out) RS_MUST_USE;
/* What is wanted of something that a peer sends in several layers: so many of them, from the lowest. */
struct wire_layers {
	const char *peer;
	const char *media;
	size_t wanted;
	size_t of;
};
int wire_layers_write(const struct wire_layers *layers, struct rs_buf *out) RS_MUST_USE;
/* A question for the page's clock; `rtt_ms` below 0: not known yet. */
int wire_sync_write(
	uint32_t nonce, int64_t wall_ms, int64_t rtt_ms, struct rs_buf *out) RS_MUST_USE;
/* {"type": "measured", "patch": patch}. */
int wire_measured_write(const char *patch, struct rs_buf *out) RS_MUST_USE;
/* A reply back to what was judged: VERDICT_OK with *out_event (0: none), or the refusal. */
enum verdict wire_reply_read(const char *reply, size_t len, uint64_t *out_event);

#endif
