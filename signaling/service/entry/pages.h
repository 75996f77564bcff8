/* signaling/service/entry/pages.h
 *
 * What pages say: commands, within their rate.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ENTRY_PAGES_H
#define ROSTRUM_SIGNALING_SERVICE_ENTRY_PAGES_H

struct service;

void session_free_all(struct service *service);

#endif
