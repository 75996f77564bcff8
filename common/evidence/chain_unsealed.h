/* common/evidence/chain_unsealed.h
 *
 * A line of events.jsonl whose payload was sealed (vault.h) and opened again later, with what it takes to make
 * the line that was recorded out of it, so that the chain, and what is signed of it, is that of the recording:
 *
 *   recorded:  ...,"event":17,"hash":"","payload":{"key":1,"digest":"D","sealed":"S"},"prev":...
 *   unsealed:  ...,"event":17,"hash":"H","payload":P,"unsealed":{"key":1,"salt":"T","sealed":"S"},"prev":...
 *
 * D is made from T, H and P: where one of them was altered, the line that is made has not the digest it says.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_CHAIN_UNSEALED_H
#define ROSTRUM_COMMON_EVIDENCE_CHAIN_UNSEALED_H

#include "common/base/buf.h"
#include "common/evidence/lines.h"

/* `tail` octets at the line's end are those from ,"prev" on. 1: it is such a line; the one that was recorded is
 * appended to `out`, and *out_payload_end says where P ends. 0: it is none. -E2BIG or -ENOMEM. */
int chain_unsealed_rebuild(const struct line *line, size_t tail, struct rs_buf *out,
	size_t *out_payload_end) RS_MUST_USE;
/* The other way, appended to `out` with a newline: `plain` is what vault_event_open() gave for the line. 0;
 * -EBADMSG (the line is not one that was sealed so); -E2BIG; -ENOMEM. */
int chain_unsealed_write(const struct line *line, size_t tail, const struct rs_buf *plain,
	struct rs_buf *out) RS_MUST_USE;

#endif
