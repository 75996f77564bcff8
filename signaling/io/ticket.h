/* signaling/io/ticket.h
 *
 * Tickets for the files of one recording: media elements and downloads send no Authorization header, and a token does not belong in
 * an address. A ticket opens nothing but the recording it was written for, ends after some hours, and names the badge it was
 * written for, so that it ends with the badge. Pure, no allocation.
 */
#ifndef ROSTRUM_SIGNALING_IO_TICKET_H
#define ROSTRUM_SIGNALING_IO_TICKET_H

#include "common/base/hash.h"
#include "signaling/auth/claims.h"
#include "signaling/io/route.h"

/* What listening to the longest day and the way home takes. */
#define TICKET_LIFE_S ((int64_t)12 * 3600)
#define TICKET_LEN 320

/* Write a ticket for this session (of at most ROUTE_NAME_MAX octets) that ends at `ends_s`, wall clock. Of the claims badge, meeting, role
 * and issued_s are kept. */
void ticket_write(const uint8_t key[RS_SHA256_LEN], const char *session,
	const struct claims *claims, int64_t ends_s, char out[TICKET_LEN]);
/* What a ticket says, when it is one of ours for this session. 0; -EACCES (it is not, or is damaged); -ETIMEDOUT (it ended). */
int ticket_read(const uint8_t key[RS_SHA256_LEN], const char *session, const char *text,
	int64_t now_s, struct claims *out_claims) RS_MUST_USE;

#endif
