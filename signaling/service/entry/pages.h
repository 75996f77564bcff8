/* signaling/service/entry/pages.h
 *
 * What pages say: commands, within their rate.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ENTRY_PAGES_H
#define ROSTRUM_SIGNALING_SERVICE_ENTRY_PAGES_H

#include "signaling/service/service.h"

struct service;
struct session;

void session_drop(struct service *service, struct session *session, struct moment at);
void session_free_all(struct service *service);

#endif
