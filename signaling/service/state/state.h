/* signaling/service/state/state.h
 *
 * What the service is made of; what its parts offer one another stands in the header of each.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_STATE_STATE_H
#define ROSTRUM_SIGNALING_SERVICE_STATE_STATE_H

#include "common/base/map.h"
#include "signaling/proceedings/permissions.h"
#include "signaling/service/late.h"
#include "signaling/technician/precall.h"
#include "signaling/technician/troubles.h"
#include "signaling/wire/beside/hook.h"
#include "signaling/wire/conference/conference.h"
#include "signaling/wire/conference/rehearsal.h"
#include "signaling/wire/event/event.h"
#include "signaling/wire/node/figures.h"
#include "signaling/wire/node/late.h"
#include "signaling/wire/view/view.h"

struct chamber;
struct figures;
struct hook;
struct peer;
struct plan;
struct rs_map;

/* A conference file at its largest. */
#define CONFERENCE_TEXT_MAX ((size_t)4 << 20)
#define RULES_MAX 32
#define GATES_KEPT 64
/* Close codes of PROTOCOL.md section 1. */
#define CLOSE_MALFORMED 4000
#define CLOSE_NO_TOKEN 4001
#define CLOSE_FORBIDDEN 4003
#define CLOSE_NO_MEETING 4004
#define CLOSE_FLOODING 4008
#define CLOSE_ELSEWHERE 4009
#define CLOSE_NOT_ADMITTED 4010
/* After a store that was down. */
#define STORE_RETRY RS_MS(500)
/* Media server instances remembered, so that peers are taken back from each once. */
#define INSTANCES_SEEN 16
#define EPOCH_LEN 8
/* Questions about participants' media under way, and peers watched for them. */
#define LOOKS_MAX 16
#define LOOKS_PEERS_MAX 8
#define VIEW_MAX ((size_t)4 << 20)

struct node {
	uint64_t id;
	bool greeted;
	bool draining; /* its meetings go to another as soon as there is one; it gets no new ones */
	enum node_kind kind;
	char name[RS_NAME_MAX + 1];
	char instance[RS_NAME_MAX + 1];
	int64_t revision; /* last said */
	int64_t applied;
	char tap[NODE_PATH_MAX + 1];
	struct peer_node *workers;
	size_t n_workers;
	struct figures *figures; /* last said; NULL = never */
	struct troubles troubles;
	int64_t cpu_us; /* used by its media threads up to cpu_at; 0 = it said nothing yet */
	rs_time cpu_at;
	int cpu, slow_us; /* percent, and the slowest packet; TROUBLE_UNKNOWN */
};

struct gate_report {
	char meeting[RS_NAME_MAX + 1];
	char source[RS_NAME_MAX + 1];
	uint64_t event;
	int64_t opened_us, first_us;
};

/* A conference that was read and is being written down. */
struct import {
	uint64_t request;
	uint64_t ticket;
	struct conference *conference; /* NULL = none under way */
	char epoch[RS_NAME_MAX + 1];
	uint8_t hash[RS_SHA256_LEN];
};

/* What was imported, to know it again. */
struct known_conference {
	struct known_conference *next;
	char id[RS_NAME_MAX + 1];
	char of[RS_NAME_MAX + 1]; /* whose meetings they are */
	uint8_t hash[RS_SHA256_LEN];
};

/* A rehearsal that is being cleared. */
struct clearing {
	uint64_t request; /* 0 = none */
	uint64_t ticket;  /* of the store; 0 = it is not asked yet */
	char meeting[RS_NAME_MAX + 1];
	rs_time by; /* then it is given up */
};

/* Events that are being read for an HTTP request. */
struct reading {
	uint64_t request; /* 0 = free */
	uint64_t ticket;
	char meeting[RS_NAME_MAX + 1];
	uint64_t after;   /* read up to there */
	uint64_t last;    /* of the meeting, when it was asked */
	size_t limit;     /* events wanted yet */
	size_t batches;   /* that may be looked through yet */
	const char *name; /* as event_name() gives it; NULL = all */
	struct rs_buf out;
};
#define READINGS_MAX 32

struct credential_change; /* site/credentials.h */

/* Tests at a time, whatever the configuration says. */
#define ECHO_MAX 64

/* Somebody tests: a badge of a meeting. */
struct echo_grant {
	char meeting[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	rs_time until;
};

/* Results on their way to the store. */
#define PRECALL_PENDING_MAX 16

struct precall_pending {
	uint64_t ticket; /* 0 = free */
	uint64_t request;
	char conference[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	struct precall precall;
};

struct service_counters {
	uint64_t commands, refused, malformed, flooded, resumed, joined, outputs_lost;
	uint64_t pins_refused, pins_limited, pins_locked;
	uint64_t hooks_delivered, hooks_failed;
	uint64_t tests, tests_limited; /* of lines */
};

/* A question about a participant's media. */
struct look {
	uint64_t request; /* 0 = free */
	char meeting[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	enum service_look what;
	rs_time by; /* then it is given up */
};

/* A part of what a room kept that the recorder has not answered yet. */
struct late_flight {
	uint64_t ticket; /* 0 = free */
	uint64_t request;
	rs_time by; /* then it is given up */
	char late_meeting[RS_NAME_MAX + 1];
	char source[RS_NAME_MAX + 1];
	char outage[RS_NAME_MAX + 1];
	uint32_t part, parts;
	int64_t from_us, to_us;
};

struct service {
	struct service_config config;
	struct rules rules[RULES_MAX];
	size_t n_rules;
	struct chamber *chambers;
	size_t n_chambers;
	struct known_conference *conferences;
	struct import import;
	struct clearing clearing;
	struct rs_map *credentials;        /* by a digest of conference and badge */
	struct rs_map *links;              /* the same, by link */
	struct credential_change *changes; /* on their way to the store */
	struct rs_map *sessions;           /* by id */
	struct rs_map *peers;              /* by name */
	struct peer *waiting;              /* those with commands that wait for the media server */
	struct rs_map *nodes;              /* by id */
	uint64_t last_id;
	uint64_t last_ticket;
	uint32_t last_csrc; /* of sources that are no participants */
	char seen[INSTANCES_SEEN][RS_NAME_MAX + 1];
	size_t n_seen; /* ever */
	struct gate_report gates[GATES_KEPT];
	size_t n_gates; /* ever */
	struct look looks[LOOKS_MAX];
	struct late_flight lates[LATE_FLIGHTS_MAX];
	struct reading readings[READINGS_MAX];
	size_t n_streams;
	struct hook *hooks; /* webhooks */
	struct echo_grant echoes[ECHO_MAX];
	struct precall_pending precalls[PRECALL_PENDING_MAX];
	struct service_out *out; /* a ring */
	size_t out_first, out_n, out_cap;
	struct plan *plan; /* being told */
	struct message
		*disk; /* what was told last of the recorder's disk; NULL = nothing is known */
	rs_time deadline;
	struct service_counters counters;
};

/* Something is due at `when`. */
static inline void service_due(struct service *service, rs_time when)
{
	service->deadline = rs_time_min(service->deadline, when);
}

#endif
