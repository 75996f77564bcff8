/* signaling/wire/node/node.h
 *
 * The control protocol (common/control/PROTOCOL.md) as signaling hears and speaks it: what media servers and recorders
 * report, and the desired state they are told.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_NODE_NODE_H
#define ROSTRUM_SIGNALING_WIRE_NODE_NODE_H

#include "common/base/buf.h"
#include "signaling/proceedings/proceedings.h"
#include "signaling/wire/event/event.h"
#include "signaling/wire/node/peer.h"

#define NODE_WORKERS_MAX 64
#define NODE_PATH_MAX 255

enum node_message_kind {
	NODE_HELLO,
	NODE_APPLIED,
	NODE_PEER,
	NODE_LAYERS,
	NODE_SOURCE,
	NODE_GATE,
	NODE_SPEAKING,
	NODE_LEVELS,
	NODE_STATS,
	NODE_RECORDING,
	NODE_ARCHIVED,
	NODE_DISK,  /* see disk.h */
	NODE_LATE,  /* see late.h */
	NODE_OTHER, /* of a type this version does not know: to be ignored */
};

enum node_kind {
	NODE_SFU,
	NODE_RECORDER,
};

enum node_peer_state {
	NODE_PEER_CONNECTING,
	NODE_PEER_CONNECTED,
	NODE_PEER_DISCONNECTED,
	NODE_PEER_FAILED,
};

enum node_recording_state {
	NODE_RECORDING_ON,
	NODE_RECORDING_STOPPED,
	NODE_RECORDING_FAILED,
};

/* What a recorder says of the packets it was given. */
struct node_account {
	bool known;      /* it was compared */
	int64_t missing; /* packets that did not come */
	int64_t breaks;  /* times the recording was interrupted */
};

/* One message of a node; the members of its kind are set. Texts point into it; free it by node_message_done(). */
struct node_message {
	enum node_message_kind kind;
	enum node_kind node_kind;   /* HELLO */
	const char *node;           /* HELLO */
	const char *instance;       /* HELLO */
	int64_t revision;           /* HELLO, APPLIED */
	const char *fingerprint;    /* HELLO of an SFU */
	const char *tap;            /* HELLO of an SFU; "" = none */
	size_t n_workers;           /* HELLO of an SFU, see node_hello_worker() */
	size_t n_peers;             /* HELLO of an SFU, see node_hello_peer(); STATS */
	size_t n_recordings;        /* HELLO of a recorder, see node_hello_recording() */
	size_t n_sources;           /* STATS; LEVELS, see node_level() */
	size_t n_watched;           /* STATS */
	const char *peer;           /* PEER, LAYERS */
	const char *mid;            /* LAYERS */
	size_t wanted, of;          /* LAYERS: of so many layers so many, from the lowest */
	enum node_peer_state state; /* PEER */
	const char *meeting;        /* SOURCE, GATE, SPEAKING, LEVELS, RECORDING, ARCHIVED */
	const char *source;         /* SOURCE, GATE, SPEAKING */
	const char *media;          /* SOURCE */
	bool flowing;               /* SOURCE */
	bool speaking;              /* SPEAKING */
	uint64_t event;             /* GATE, ARCHIVED */
	bool sealed;                /* ARCHIVED: with all that is derived from it */
	int64_t opened_us;          /* GATE, wall clock */
	int64_t first_us;           /* GATE, wall clock */
	enum node_recording_state recording; /* RECORDING */
	struct node_account account;         /* RECORDING */
	const char *reason;                  /* RECORDING, PEER; "" = none */
	void *json;                          /* what the texts belong to */
};

/* What is measured of one peer or source. */
struct node_peer_stats {
	const char *peer;
	int64_t rx_packets;
	int64_t rx_lost;
	int64_t rx_octets, tx_octets;
	int64_t rtt_ms;  /* negative = not measured */
	int64_t idle_ms; /* since the last packet came; negative = not told */
	/* of the line to it, where it receives pictures: estimate_bps 0 = not told */
	int64_t estimate_bps, queue_ms, own_loss_permille;
};
struct node_source_stats {
	const char *meeting;
	const char *source;
	const char *media;
	int64_t packets;
	int64_t level_dbov; /* -127 to 0 */
	bool speaking;
	int64_t audio_khz; /* top of the band; 0 = not known */
	const char *fit;   /* for interpretation: "yes", "limited", "no", "unknown" */
	int64_t clipping_permille;
	int64_t loss_permille; /* before repair */
	int64_t jitter_ms;
};

/* How loud a microphone is, dBov. */
struct node_level {
	const char *source;
	int level; /* smoothed */
	int peak;  /* of the loudest packet lately */
};

/* 0 or -EBADMSG with `error` set; to be done with in both cases. */
int node_message_parse(const char *text, size_t len, struct node_message *out_message,
	char error[WIRE_ERROR_LEN]) RS_MUST_USE;
void node_message_done(struct node_message *message);

/* The i-th worker's addresses into `node`: 0 or -EBADMSG. */
int node_hello_worker(const struct node_message *message, size_t i, struct peer_node *node,
	char error[WIRE_ERROR_LEN]) RS_MUST_USE;
/* The i-th peer the media server still has: 0 or -EBADMSG. */
int node_hello_peer(const struct node_message *message, size_t i, struct peer_spec *out_peer,
	char error[WIRE_ERROR_LEN]) RS_MUST_USE;
/* The i-th archive that is open at the recorder; its meeting, and the last event it has. */
const char *node_hello_recording(
	const struct node_message *message, size_t i, uint64_t *out_last_event);
void node_stats_peer(
	const struct node_message *message, size_t i, struct node_peer_stats *out_stats);
/* Name of the i-th peer somebody looks at. */
const char *node_stats_watched(const struct node_message *message, size_t i);
void node_stats_source(
	const struct node_message *message, size_t i, struct node_source_stats *out_stats);

/* The i-th microphone of LEVELS. */
struct node_level node_level(const struct node_message *message, size_t i);

/* --- what signaling says; all append one JSON object: 0, -E2BIG or -ENOMEM --- */

/* What a recorder is to do in a meeting. */
struct node_recording {
	const char *session;
	enum visibility class; /* of the session */
	bool record;
	const char *tap;
};

/* A meeting for a media server (`meters`: it is to say `levels`), and for a recorder. */
int node_write_sfu_meeting(int64_t revision, const struct proceedings *proceedings, bool meters,
	struct rs_buf *out) RS_MUST_USE;
int node_write_recorder_meeting(int64_t revision, const struct meeting *meeting,
	const struct node_recording *recording, struct rs_buf *out) RS_MUST_USE;
/* The meeting of one peer that hears and sees itself (service/media/echo.c): everything of it is open, nothing is recorded. */
int node_write_echo(int64_t revision, const char *meeting, struct rs_buf *out) RS_MUST_USE;
int node_write_meeting_gone(int64_t revision, const char *meeting, struct rs_buf *out) RS_MUST_USE;
int node_write_peer(int64_t revision, const struct peer_spec *peer, struct rs_buf *out) RS_MUST_USE;
int node_write_peer_gone(int64_t revision, const char *peer, struct rs_buf *out) RS_MUST_USE;
/* `hash` in hex; `payload` is carried as text. */
int node_write_event(int64_t revision, const char *meeting, uint64_t event, const char *hash,
	const char *payload, size_t len, struct rs_buf *out) RS_MUST_USE;

/* The whole state, built unit by unit. */
struct node_state;
int node_state_new(int64_t revision, struct node_state **out_state) RS_MUST_USE;
void node_state_add_sfu_meeting(
	struct node_state *state, const struct proceedings *proceedings, bool meters);
void node_state_add_recorder_meeting(struct node_state *state, const struct meeting *meeting,
	const struct node_recording *recording);
void node_state_add_peer(struct node_state *state, const struct peer_spec *peer);
/* Appends and frees. 0, -E2BIG, or -ENOMEM (also for a unit that could not be added). */
int node_state_write(struct node_state *state, struct rs_buf *out) RS_MUST_USE;

#endif
