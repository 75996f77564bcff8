/* signaling/io/io.h
 *
 * The sockets of rostrum-signaling: HTTP, WebSocket, WHIP and WHEP by libwebsockets, the control socket for media servers
 * and recorders, signals and timers, all on one libuv loop of our own. What arrives is fed to the service; what the
 * service has to say is pulled and written.
 *
 * One thread, io_wake() excepted. Limits: struct io_limits; a page that does not read fast enough is closed with 4008.
 */
#ifndef ROSTRUM_SIGNALING_IO_IO_H
#define ROSTRUM_SIGNALING_IO_IO_H

#include "signaling/auth/auth.h"
#include "signaling/service/service.h"

#define IO_LISTEN_MAX 8
#define IO_ORIGINS_MAX 16
#define IO_HOOK_HOSTS_MAX 32
#define IO_ERROR_LEN 256

struct io;

struct io_limits {
	size_t connections; /* TCP, all together */
	size_t sessions;    /* WebSockets */
	size_t peers;
	size_t nodes;
	size_t outbox_messages; /* for one page */
	size_t outbox_octets;
	size_t media_per_badge; /* WHIP and WHEP, rehearsals aside */
	size_t media_per_address;
	uint32_t requests_per_bearer; /* of REST, a second; twice as many at once */
	uint32_t requests_per_address;
	uint64_t document_octets; /* of one document */
};

/* Texts must outlive the io. */
struct io_config {
	const char *listen[IO_LISTEN_MAX]; /* "127.0.0.1:8080", "[::]:443" */
	size_t n_listen;
	const char *certificate; /* PEM files; empty = no TLS */
	const char *key;
	const char *control_socket;
	const char *web_root;
	const char *documents;    /* folder of the documents of agenda items */
	const char *archive;      /* directory of recordings to show; empty = none */
	const char *catalogue;    /* file of what was found there */
	const char *webcast;      /* directory of what is webcast; empty = nothing */
	uint64_t archive_look_ms; /* between two looks through that directory */
	const char *web_base;     /* "https://..."; empty = what each request was sent to */
	const char *origins[IO_ORIGINS_MAX];
	size_t n_origins;
	/* Hosts (names or addresses, as URLs have them) that webhooks may be sent to although their addresses are not public. */
	const char *hook_hosts[IO_HOOK_HOSTS_MAX];
	size_t n_hook_hosts;
	const struct turn *turn; /* told to WHIP and WHEP clients; NULL = none */
	struct io_limits limits;
	const struct auth *auth;
	struct rs_rand *rand;
};

/* Makes the loop, reads the certificate, binds all sockets; connections wait until io_run(). 0; -EINVAL, -EIO (an address in use, a
 * file that cannot be read) with `error` set: one line that names it; -ENOMEM. */
int io_new(
	const struct io_config *config, struct io **out_io, char error[IO_ERROR_LEN]) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct io *io_free(struct io *io);
/* Serve until SIGTERM or SIGINT; pages are then told 1001. `service` has been started. */
void io_run(struct io *io, struct service *service);
/* Something finished for the service (the store's wake call-back, `io` as its ctx). From any thread. */
void io_wake(void *io);

#endif
