/* signaling/service/technician/precall.h
 *
 * What tests before a call found: the newest of each badge, kept over restarts beside the log, since it is no proceedings. A badge is
 * the same person in all meetings of its conference.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_PRECALL_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_PRECALL_H

#include "signaling/wire/beside/hook.h"

struct chamber;
struct service;
struct store_done;
struct store_note;

/* As noted before a restart. 0; -EBADMSG with `why`; -ENOMEM. Notes of others are passed over. */
int precall_load(struct service *service, const struct store_note *note,
	char why[HOOK_ERROR_LEN]) RS_MUST_USE;
/* A note was written: was it one of these? */
bool precall_note_done(struct service *service, const struct store_done *done);
/* ,"tests":{"KEN":{...}} of those that are news, or of all; nothing if there are none. 0, -E2BIG or -ENOMEM. */
int precall_write_news(const struct chamber *chamber, bool whole, struct rs_buf *out) RS_MUST_USE;
/* They were told. */
void precall_told(struct chamber *chamber);

#endif
