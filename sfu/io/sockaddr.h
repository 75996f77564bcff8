/* sfu/io/sockaddr.h
 *
 * Addresses as the system has them, and as everything below io has them. Pure functions.
 */
#ifndef ROSTRUM_SFU_IO_SOCKADDR_H
#define ROSTRUM_SFU_IO_SOCKADDR_H

#include "common/base/addr.h"

#include <sys/socket.h>

/* Returns the length of what was written. */
socklen_t sockaddr_of(const struct rs_addr *addr, struct sockaddr_storage *out);
/* AF_INET or AF_INET6. */
struct rs_addr sockaddr_read(const struct sockaddr_storage *addr);

#endif
