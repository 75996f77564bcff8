/* tools/client/io.h
 *
 * Sockets for many peers in one thread. Each peer has a UDP socket of its own, as each browser has,
 * reaching IPv4 and IPv6; input is read in batches with the kernel's time of arrival, so that what
 * is measured does not depend on when this process got round to reading. The thread sleeps on a grid
 * of time and not in epoll: a server on the same machine then pays nothing for waking it, packet by
 * packet. Not thread safe. Allocates at birth only.
 */
#ifndef ROSTRUM_TOOLS_CLIENT_IO_H
#define ROSTRUM_TOOLS_CLIENT_IO_H

#include "common/base/addr.h"
#include "common/base/time.h"

/* Longest datagram read; longer ones are dropped. */
#define RTC_IO_DATAGRAM_MAX 1600

struct rtc_io;

/* A datagram came; `arrived` is on the monotonic clock. May send; may not close sockets. */
typedef void rtc_io_fn(void *ctx, void *socket_ctx, uint8_t *data, size_t len, rs_time arrived);

struct rtc_io_stats {
	uint64_t received;
	uint64_t sent;
	uint64_t send_failed; /* buffers full or no route */
};

/* Room for `sockets` sockets. 0, -ENOMEM, -EIO. */
int rtc_io_new(size_t sockets, rtc_io_fn *deliver, void *ctx, struct rtc_io **out_io) RS_MUST_USE;
/* NULL is fine; closes every socket. Returns NULL. */
struct rtc_io *rtc_io_free(struct rtc_io *io);

/* A new socket for `socket_ctx`; *out_socket is its number. 0, -E2BIG (no room), -EIO. */
int rtc_io_open(struct rtc_io *io, void *socket_ctx, size_t *out_socket) RS_MUST_USE;
void rtc_io_close(struct rtc_io *io, size_t socket);
/* Whether sockets reach IPv6 as well. */
bool rtc_io_has_v6(const struct rtc_io *io);

/* Sleeps until `until`, then reads all that came. */
void rtc_io_turn(struct rtc_io *io, rs_time until);
/* Room of RTC_IO_DATAGRAM_MAX octets for one datagram of that socket, and sending it. Datagrams wait for
 * rtc_io_flush() or the next socket. */
uint8_t *rtc_io_room(struct rtc_io *io, size_t socket);
void rtc_io_commit(struct rtc_io *io, size_t len, const struct rs_addr *to);
void rtc_io_flush(struct rtc_io *io);
const struct rtc_io_stats *rtc_io_stats(const struct rtc_io *io);

#endif
