/* signaling/service/record/late_outages.h
 *
 * Who is told of rooms whose line was lost, and when.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_OUTAGES_H
#define ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_OUTAGES_H

#include "signaling/service/service.h"
#include "signaling/technician/troubles.h"

struct chamber;
struct service;
struct session;

/* The line of somebody was lost, or is there again. */
void late_line(struct service *service, struct chamber *chamber, const char *source, bool lost,
	struct moment at);
/* How bad it is that something of this source is not in the record of the session that runs. */
enum severity late_undelivered(const struct chamber *chamber, const char *source);
/* What is known of outages, to a page that came. */
void late_joined(struct service *service, const struct session *session);

#endif
