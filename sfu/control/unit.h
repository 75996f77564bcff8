/* sfu/control/unit.h
 *
 * A unit of desired state (one meeting, one peer) on its way to another thread: as the document signaling
 * said, to be taken apart where it is needed. One thread a reader; allocates for documents.
 */
#ifndef ROSTRUM_SFU_CONTROL_UNIT_H
#define ROSTRUM_SFU_CONTROL_UNIT_H

#include "sfu/control/control.h"

struct control_reader;

/* 0 or -ENOMEM. */
int control_reader_new(struct control_reader **out_reader) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct control_reader *control_reader_free(struct control_reader *reader);

/* A document of control_unit_text(), which was judged already. What is given out is valid until the next
 * call. 0, -EBADMSG (it is no such document) or -ENOMEM. */
int control_read_meeting(struct control_reader *reader, const char *text,
	const struct router_meeting **out_meeting) RS_MUST_USE;
int control_read_peer(struct control_reader *reader, const char *text,
	const struct control_peer **out_peer) RS_MUST_USE;

#endif
