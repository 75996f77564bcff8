/* signaling/service/show/log.h
 *
 * A meeting's events by number, read from the store for those who ask over HTTP.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_SHOW_LOG_H
#define ROSTRUM_SIGNALING_SERVICE_SHOW_LOG_H

#include <stdbool.h>

struct service;
struct store_done;

/* A read of the store is done: was it one of a request? */
bool log_read_done(struct service *service, const struct store_done *done);
void log_done(struct service *service);

#endif
