/* tests/integration/sfu_world.h
 *
 * A real rostrum-sfu with the test on all its sides: signaling at its control socket, WebRTC peers
 * and strangers at its media sockets, a recorder at its tap. Everything happens in sfu_world_run()
 * and what is built on it; failures end the test by cmocka.
 */
#ifndef ROSTRUM_TESTS_INTEGRATION_SFU_WORLD_H
#define ROSTRUM_TESTS_INTEGRATION_SFU_WORLD_H

#include "common/base/addr.h"
#include "common/base/time.h"
#include "common/control/frame.h"
#include "sfu/tcp/tcp.h"

#include <jansson.h>
#include <sys/types.h>

#define SFU_WORLD_PEERS 4
#define SFU_WORLD_WORKERS 4
#define SFU_WORLD_HEARD 512
/* Added to the number of an address: over TCP. */
#define SFU_WORLD_TCP 100

/* One WebRTC peer on a real socket. */
struct sfu_peer {
	char id[16];
	struct rtc_client *client;
	int fd;
	struct rs_addr server; /* where its worker listens */
	bool tcp;
	struct tcp_reader in; /* with tcp */
	uint32_t ssrc;        /* of its microphone */
	uint16_t seq;
	bool speaking; /* a packet every 20 ms */
	rs_time next_packet;
	rs_time longest_gap; /* us between two of its packets: a busy machine lets the test wait */
	uint64_t sent;
	uint64_t received; /* RTP packets opened */
	uint32_t last_ssrc;
	uint32_t last_csrc;
	uint16_t last_seq;
	uint64_t out_of_sequence; /* packets whose number did not follow the last */
	bool filming;             /* with speaking: a key frame every 20 ms, of one packet */
	uint64_t pictures;        /* packets of video opened, not among `received` */
	uint64_t octets;          /* of all that came */
	uint64_t plis;            /* key frames it was asked for */
	uint8_t check[512];       /* its last STUN request */
	size_t check_len;
	bool alerted; /* a DTLS record came after the handshake: close_notify */
};

struct sfu_world {
	const char *program;
	char directory[64]; /* a temporary one */
	pid_t pid;
	int listen_fd;
	int control_fd; /* -1: not connected */
	struct frame_reader control_in;
	int64_t revision;
	char fingerprint[128];
	struct rs_addr addresses[SFU_WORLD_WORKERS][4];
	size_t n_addresses; /* of each worker */
	struct rs_addr tcp[SFU_WORLD_WORKERS][4];
	size_t n_tcp;
	size_t n_workers;
	json_t *heard[SFU_WORLD_HEARD]; /* messages not yet looked at */
	size_t n_heard;
	struct sfu_peer peers[SFU_WORLD_PEERS];
	size_t n_peers;
	bool cameras; /* peers to come send a camera as well and watch that of KEN */
	bool forging; /* peers to come are told with another certificate than theirs, and do not connect */
};

/* crypt_start() has been called. Makes the directory, listens, starts the program and takes its hello (left among the heard). */
void sfu_world_start(struct sfu_world *world, const char *program, unsigned workers);
/* Ends the program if it still runs, and removes the directory. */
void sfu_world_end(struct sfu_world *world);
/* Sends SIGTERM and returns the exit status, or -1 when it does not end within 3 s. */
int sfu_world_stop(struct sfu_world *world);

/* Lets time pass. */
void sfu_world_run(struct sfu_world *world, int ms);
/* Until what the peers sent up to now has arrived where it goes, however busy the machine is. */
void sfu_world_settle(struct sfu_world *world);
/* Until a speaking peer has sent so many packets more, and they have arrived. */
void sfu_world_speak(struct sfu_world *world, const struct sfu_peer *peer, uint64_t packets);
/* The next message of a type, waiting for it for up to 3 s; to be released. Others before it are dropped. */
json_t *sfu_world_hear(struct sfu_world *world, const char *type);
/* The counters of a `stats` made from now on; to be released. */
json_t *sfu_world_counters(struct sfu_world *world);
/* Says a message; "revision" is put in. */
void sfu_world_say(struct sfu_world *world, const char *format, ...) RS_PRINTF(2, 3);
/* ... and waits until it was applied. */
void sfu_world_apply(struct sfu_world *world);
/* Hangs up, and waits until the program came again. */
void sfu_world_hang_up(struct sfu_world *world);

/* A peer that sends the microphone `source` and hears `floor` by one slot; waits until it is connected
 * by the `at`-th address, SFU_WORLD_TCP + i being the i-th of ICE-TCP. The peers go to the workers in turn. */
struct sfu_peer *sfu_world_peer(struct sfu_world *world, const char *source, size_t at);
/* Sends a datagram by the peer's socket, framed if need be. */
void sfu_peer_send(struct sfu_peer *peer, const uint8_t *data, size_t len);
/* The microphones that are open, as JSON: "\"KEN\",\"FRA\""; waits until applied. */
void sfu_world_floor(struct sfu_world *world, int event, const char *open);

/* A datagram from a socket that is nobody's. */
void sfu_world_stray(struct sfu_world *world, const uint8_t *data, size_t len);

#endif
