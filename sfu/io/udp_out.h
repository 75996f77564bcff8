/* sfu/io/udp_out.h
 *
 * What a turn sends by one socket: datagrams lie packed one behind the other, those to one
 * destination leave as one message where gso.h allows it, and all messages by few system calls. One
 * thread; memory is taken at birth.
 */
#ifndef ROSTRUM_SFU_IO_UDP_OUT_H
#define ROSTRUM_SFU_IO_UDP_OUT_H

#include "common/base/addr.h"

struct udp_out;
struct udp_stats;

/* `segments`: the socket knows UDP_SEGMENT. 0 or -ENOMEM. */
int udp_out_new(bool segments, struct udp_out **out_out) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct udp_out *udp_out_free(struct udp_out *out);
/* UDP_ROOM octets for the next datagram, aligned to 16; NULL when a flush has to come first. */
uint8_t *udp_out_room(struct udp_out *out);
/* Queues `len` octets written to the room, at least one. */
void udp_out_commit(struct udp_out *out, size_t len, const struct rs_addr *to);
/* Sends what is queued; what the system does not take now is dropped and counted. A system that refuses
 * messages of several datagrams is not asked again, and gets them one by one. */
void udp_out_flush(struct udp_out *out, int fd, struct udp_stats *stats);

#endif
