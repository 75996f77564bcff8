/* sfu/io/io.h
 *
 * The SFU's loop: media sockets, the control connection, the tap, and the driver that feeds the
 * machines. The caller's thread runs worker 0 and all that is not media; each further worker has a
 * thread of its own (crew.h). A worker owns its sockets, peers and router. A turn is: read the clock once, feed all
 * input, tick what is due, drain outputs, send in batches, sleep until the least deadline.
 */
#ifndef ROSTRUM_SFU_IO_IO_H
#define ROSTRUM_SFU_IO_IO_H

#include "common/base/addr.h"
#include "sfu/dtls/dtls.h"
#include "sfu/plain/plain.h"

#include <uv.h>

#define IO_ADDRESSES_MAX 16
#define IO_ERROR_LEN 256

struct io;

struct io_config {
	uv_loop_t *loop;
	const char *node;
	const char *control_path; /* Unix socket signaling listens on */
	const char *tap_path;     /* Unix socket to listen on; "" = no tap */
	const struct rs_addr *
		addresses; /* to bind; the port of the first is asked for all, 0 = any; worker i takes port + i */
	size_t n_addresses;
	const struct rs_addr
		*announce; /* for candidates; port 0 = that of the sockets; none = addresses */
	size_t n_announce; /* a port given is that of worker 0; those after it have the next ones */
	unsigned workers;  /* 1 to ROUTER_WORKERS_MAX */
	const struct dtls_identity *identity; /* looked at, outlives the object */
	size_t meetings;                      /* most */
	size_t peers;                         /* most; up to 65535 */
	size_t tcp_connections;               /* most of ICE-TCP; 0 = none, up to 4096 */
	uint16_t tcp_port;                    /* 0 = the number of the UDP port */
	const struct plain_spec *plain; /* streams without ICE and DTLS, beyond `peers`; copied */
	size_t n_plain;                 /* up to PLAIN_MAX */
	size_t taps;                    /* most recorders connected at once */
	int socket_buffer;              /* octets asked for as SO_RCVBUF and SO_SNDBUF */
};

/* Binds, listens and starts connecting. 0, or a negative error with one line in `error` that names
 * what is wrong and where. */
int io_new(
	const struct io_config *config, char error[IO_ERROR_LEN], struct io **out_io) RS_MUST_USE;
/* Says good-bye to every peer and closes all handles; the loop then ends when it has run them out.
 * Call once, from the loop's thread, between turns. */
void io_close(struct io *io);
/* After the loop ended. NULL is fine. Returns NULL. */
struct io *io_free(struct io *io);

#endif
