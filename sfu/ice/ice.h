/* sfu/ice/ice.h
 *
 * The SFU's side of ICE (RFC 8445) for one peer: a lite agent. It never sends a check of its own;
 * it answers authenticated binding requests, remembers the paths they came by, sends media where
 * the peer nominates, and holds that the peer consents to media (RFC 7675) as long as it is heard.
 * Not thread safe; allocates only in ice_new(). Limits: ICE_PATHS_MAX paths; while ICE_BACKLOG_MAX
 * outputs wait to be polled, datagrams are refused and counted (the peer asks again).
 */
#ifndef ROSTRUM_SFU_ICE_ICE_H
#define ROSTRUM_SFU_ICE_ICE_H

#include "common/base/addr.h"
#include "common/base/time.h"

/* RFC 8445 section 5.3: 4 to 256 and 22 to 256 characters. */
#define ICE_UFRAG_MIN 4
#define ICE_UFRAG_MAX 256
#define ICE_PWD_MIN 22
#define ICE_PWD_MAX 256
#define ICE_PATHS_MAX 8
#define ICE_BACKLOG_MAX 8
/* An answer never takes more: header, XOR-MAPPED-ADDRESS or ERROR-CODE with UNKNOWN-ATTRIBUTES,
 * MESSAGE-INTEGRITY and FINGERPRINT. */
#define ICE_ANSWER_MAX 128

struct ice_agent;

/* A way to the peer: one of the SFU's sockets and the address seen at the far end. */
struct ice_path {
	uint32_t local; /* the driver's number of the socket */
	struct rs_addr remote;
};

bool ice_path_equal(const struct ice_path *a, const struct ice_path *b);

struct ice_credentials {
	char ufrag[ICE_UFRAG_MAX + 1];
	char pwd[ICE_PWD_MAX + 1];
};

/* Not in constant time: of what signaling told, not of what a stranger sends. */
bool ice_credentials_equal(const struct ice_credentials *a, const struct ice_credentials *b);

struct ice_config {
	struct ice_credentials local; /* ours, made by signaling */
	struct ice_credentials
		remote;          /* the peer's; tells generations apart, its password is unused */
	rs_time consent_timeout; /* us of silence after which a path is dead; > 0, usual 30 s */
};

enum ice_output_kind {
	ICE_DATAGRAM,     /* send data by path */
	ICE_PATH_ADDED,   /* path is the peer's: proven by an authenticated check */
	ICE_PATH_REMOVED, /* path is no longer the peer's */
	ICE_SELECTED,     /* media goes by path from now on */
	ICE_RESTARTED,    /* the newest credentials are proven; older ones are void */
	ICE_DISCONNECTED, /* all paths fell silent; a new check revives the agent */
};

struct ice_output {
	enum ice_output_kind kind;
	struct ice_path path;
	const uint8_t *data_view; /* ICE_DATAGRAM; valid until the next call on the agent */
	size_t len;
};

/* All only grow. */
struct ice_stats {
	uint64_t answered;     /* success responses */
	uint64_t refused;      /* error responses: 400, 420, 487 */
	uint64_t bad;          /* malformed, or not for a lite agent */
	uint64_t unauthentic;  /* not our ufrag, or wrong integrity */
	uint64_t replayed;     /* a request seen before, now from elsewhere */
	uint64_t overflow;     /* datagrams refused: outputs not polled */
	uint64_t paths_pushed; /* paths given up because a ninth came */
};

/* Copies the configuration. 0, -EINVAL (credentials too short, consent_timeout <= 0), -ENOMEM.
 * Unless a check comes within consent_timeout, ICE_DISCONNECTED follows. */
int ice_new(const struct ice_config *config, rs_time now, struct ice_agent **out_agent) RS_MUST_USE;
/* NULL is fine; wipes the passwords. Returns NULL. */
struct ice_agent *ice_free(struct ice_agent *agent);

/* A STUN datagram came by `from`. 0, or -EBADMSG (malformed), -EPROTO (a response, or another
 * method), -EACCES (not authentic; never answered), -EALREADY (replay from another path), -EAGAIN
 * (poll first). A request that is authentic but refused with an error response gives -EPROTO. */
int ice_recv(struct ice_agent *agent, const uint8_t *data, size_t len, const struct ice_path *from,
	rs_time now) RS_MUST_USE;

/* Something else from the peer was authenticated (SRTP, SRTCP): the path is alive. Players that
 * check rarely stay connected by their receiver reports. Unknown paths are ignored. */
void ice_heard(struct ice_agent *agent, const struct ice_path *from, rs_time now);

/* The path can carry nothing any more (a TCP connection ended). Media goes on by the path heard last,
 * or ICE_DISCONNECTED follows. Unknown paths are ignored. */
void ice_path_gone(struct ice_agent *agent, const struct ice_path *path);

/* ICE restart (RFC 8445 section 2.4): the new credentials are accepted beside the old until the
 * peer nominates a path with them. Telling the same again changes nothing. 0 or -EINVAL. */
int ice_restart(struct ice_agent *agent, const struct ice_credentials *local,
	const struct ice_credentials *remote) RS_MUST_USE;

/* Drops paths that have been silent for too long. Safe to call early, late or twice. */
void ice_tick(struct ice_agent *agent, rs_time now);
/* When ice_tick() next matters; RS_TIME_NEVER when disconnected. */
rs_time ice_deadline(const struct ice_agent *agent);
/* Takes one output, in order: 1, or 0 = nothing. */
int ice_poll(struct ice_agent *agent, struct ice_output *out_output);

/* Where media goes, or NULL before the first check and when disconnected. */
const struct ice_path *ice_selected(const struct ice_agent *agent);
/* True when an authenticated check came by this path and it has not died since. */
bool ice_path_known(const struct ice_agent *agent, const struct ice_path *path);
/* Local ufrag of the newest credentials, and of the older set still valid (else NULL). */
const char *ice_local_ufrag(const struct ice_agent *agent);
const char *ice_old_local_ufrag(const struct ice_agent *agent);
const struct ice_stats *ice_stats(const struct ice_agent *agent);

#endif
