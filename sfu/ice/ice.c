#include "sfu/ice/ice.h"

#include "sfu/ice/stun.h"

#include <errno.h>
#include <string.h>

/* Requests remembered against replay from another address: at 2.5 s between checks of a quiet
 * peer this is minutes, in the busy first second of a call still dozens of round trips. */
#define SEEN_MAX 64
/* One datagram adds at most: the answer, a path pushed, added and selected, a restart that drops
 * the others. Ticks add no more than a removal and a selection for each path, and the end. */
#define OUTPUTS_MAX (ICE_BACKLOG_MAX + 4 + ICE_PATHS_MAX + 2 * ICE_PATHS_MAX + 4)
#define NO_PATH (-1)

struct path_entry {
	bool used;
	struct ice_path path;
	rs_time heard;       /* when something authentic last came by it */
	uint32_t generation; /* of the credentials that last proved it */
};

struct generation {
	struct ice_credentials local;
	struct ice_credentials remote;
};

struct seen_request {
	uint8_t txid[STUN_TXID_LEN];
	struct ice_path path;
};

struct output_entry {
	enum ice_output_kind kind;
	struct ice_path path;
	size_t len;
	const uint8_t *data; /* in the agent's answers */
};

struct ice_agent {
	rs_time consent_timeout;
	rs_time first_deadline; /* while no check ever came; RS_TIME_NEVER afterwards */
	struct generation current;
	struct generation next; /* with has_next: told by a restart, not yet proven */
	bool has_next;
	uint32_t generation; /* number of the newest set */
	struct path_entry paths[ICE_PATHS_MAX];
	int selected; /* index in paths, or NO_PATH */
	struct seen_request seen[SEEN_MAX];
	size_t seen_count; /* ever */
	struct output_entry outputs[OUTPUTS_MAX];
	size_t output_head;
	size_t output_count;
	/* Those that wait, and the one polled last, which its reader may still look at. */
	uint8_t answers[ICE_BACKLOG_MAX + 1][ICE_ANSWER_MAX];
	size_t answer_next;
	struct ice_stats stats;
};

bool ice_path_equal(const struct ice_path *a, const struct ice_path *b)
{
	return a->local == b->local && rs_addr_equal(&a->remote, &b->remote);
}

static bool credentials_valid(const struct ice_credentials *credentials)
{
	const size_t ufrag_len = strnlen(credentials->ufrag, sizeof(credentials->ufrag));
	const size_t pwd_len = strnlen(credentials->pwd, sizeof(credentials->pwd));
	return ufrag_len >= ICE_UFRAG_MIN && ufrag_len <= ICE_UFRAG_MAX && pwd_len >= ICE_PWD_MIN &&
	       pwd_len <= ICE_PWD_MAX;
}

/* A lite agent never proves itself with the peer's password, so that may be left empty. */
static bool remote_valid(const struct ice_credentials *credentials)
{
	const size_t ufrag_len = strnlen(credentials->ufrag, sizeof(credentials->ufrag));
	return ufrag_len >= ICE_UFRAG_MIN && ufrag_len <= ICE_UFRAG_MAX &&
	       strnlen(credentials->pwd, sizeof(credentials->pwd)) <= ICE_PWD_MAX;
}

bool ice_credentials_equal(const struct ice_credentials *a, const struct ice_credentials *b)
{
	return strcmp(a->ufrag, b->ufrag) == 0 && strcmp(a->pwd, b->pwd) == 0;
}

static bool generation_is(const struct generation *generation, const struct ice_credentials *local,
	const struct ice_credentials *remote)
{
	return ice_credentials_equal(&generation->local, local) &&
	       ice_credentials_equal(&generation->remote, remote);
}

int ice_new(const struct ice_config *config, rs_time now, struct ice_agent **out_agent)
{
	if (!credentials_valid(&config->local) || !remote_valid(&config->remote) ||
		config->consent_timeout <= 0)
		return -EINVAL;
	struct ice_agent *agent = rs_zalloc(sizeof(*agent));
	if (agent == NULL)
		return -ENOMEM;
	agent->consent_timeout = config->consent_timeout;
	agent->first_deadline = now + config->consent_timeout;
	agent->current.local = config->local;
	agent->current.remote = config->remote;
	agent->selected = NO_PATH;
	*out_agent = agent;
	return 0;
}

struct ice_agent *ice_free(struct ice_agent *agent)
{
	if (agent != NULL) {
		rs_wipe(&agent->current, sizeof(agent->current));
		rs_wipe(&agent->next, sizeof(agent->next));
	}
	return rs_release(agent);
}

/* There is always room: ice_recv() refuses input early enough. */
static struct output_entry *output_add(
	struct ice_agent *agent, enum ice_output_kind kind, const struct ice_path *path)
{
	const size_t at = (agent->output_head + agent->output_count) % OUTPUTS_MAX;
	agent->output_count++;
	struct output_entry *entry = &agent->outputs[at];
	entry->kind = kind;
	entry->path = path != NULL ? *path : (struct ice_path){ 0 };
	entry->len = 0;
	entry->data = NULL;
	return entry;
}

static int path_find(const struct ice_agent *agent, const struct ice_path *path)
{
	for (int i = 0; i < ICE_PATHS_MAX; i++) {
		if (agent->paths[i].used && ice_path_equal(&agent->paths[i].path, path))
			return i;
	}
	return NO_PATH;
}

static void path_remove(struct ice_agent *agent, int at)
{
	agent->paths[at].used = false;
	if (agent->selected == at)
		agent->selected = NO_PATH;
	output_add(agent, ICE_PATH_REMOVED, &agent->paths[at].path);
}

static void path_select(struct ice_agent *agent, int at)
{
	if (agent->selected == at)
		return;
	agent->selected = at;
	output_add(agent, ICE_SELECTED, &agent->paths[at].path);
}

/* A free entry; failing that, the one not selected that was silent the longest. */
static int path_place(struct ice_agent *agent)
{
	int oldest = NO_PATH;
	for (int i = 0; i < ICE_PATHS_MAX; i++) {
		if (!agent->paths[i].used)
			return i;
		if (i != agent->selected &&
			(oldest == NO_PATH || agent->paths[i].heard < agent->paths[oldest].heard))
			oldest = i;
	}
	agent->stats.paths_pushed++;
	path_remove(agent, oldest);
	return oldest;
}

static int path_prove(
	struct ice_agent *agent, const struct ice_path *path, uint32_t generation, rs_time now)
{
	int at = path_find(agent, path);
	if (at == NO_PATH) {
		at = path_place(agent);
		agent->paths[at] = (struct path_entry){ .used = true, .path = *path };
		output_add(agent, ICE_PATH_ADDED, path);
	}
	agent->paths[at].heard = now;
	agent->paths[at].generation = generation;
	agent->first_deadline = RS_TIME_NEVER;
	return at;
}

/* USERNAME of a request is "our ufrag:their ufrag" (RFC 8445 section 7.2.2). The first part and our
 * password make it authentic. The second is not held against the peer: a browser that restarts ICE
 * checks with its new ufrag and our old one until the answer has reached it. */
static bool generation_proves(const struct generation *generation, const uint8_t *data, size_t len,
	const struct stun_msg *msg)
{
	const char *pwd = generation->local.pwd;
	const size_t local_len = strlen(generation->local.ufrag);
	return msg->username_view != NULL && msg->username_len > local_len &&
	       memcmp(msg->username_view, generation->local.ufrag, local_len) == 0 &&
	       msg->username_view[local_len] == ':' &&
	       stun_verify(data, len, msg, pwd, strlen(pwd)) == 0;
}

/* The request was made with the credentials of the restart. Where ours stayed the same, the peer's
 * ufrag tells. */
static bool request_is_next(const struct ice_agent *agent, const struct stun_msg *msg)
{
	const struct generation *next = &agent->next;
	if (strcmp(next->local.ufrag, agent->current.local.ufrag) != 0)
		return true;
	const size_t local_len = strlen(next->local.ufrag);
	const size_t remote_len = strlen(next->remote.ufrag);
	return msg->username_len == local_len + 1 + remote_len &&
	       memcmp(msg->username_view + local_len + 1, next->remote.ufrag, remote_len) == 0;
}

/* The request was seen before: the same from the same path is a retransmission, from another path
 * somebody repeats what was overheard. Remembers a new one. */
static bool request_replayed(
	struct ice_agent *agent, const struct stun_msg *msg, const struct ice_path *from)
{
	const size_t count = agent->seen_count < SEEN_MAX ? agent->seen_count : SEEN_MAX;
	for (size_t i = 0; i < count; i++) {
		if (memcmp(agent->seen[i].txid, msg->txid, STUN_TXID_LEN) == 0)
			return !ice_path_equal(&agent->seen[i].path, from);
	}
	struct seen_request *seen = &agent->seen[agent->seen_count++ % SEEN_MAX];
	memcpy(seen->txid, msg->txid, STUN_TXID_LEN);
	seen->path = *from;
	return false;
}

static void answer(struct ice_agent *agent, const struct stun_msg *request, uint16_t error_code,
	const struct generation *generation, const struct ice_path *from)
{
	struct stun_msg msg = { .method = STUN_METHOD_BINDING };
	memcpy(msg.txid, request->txid, STUN_TXID_LEN);
	if (error_code == 0) {
		msg.class = STUN_SUCCESS;
		msg.mapped = from->remote;
		agent->stats.answered++;
	} else {
		msg.class = STUN_ERROR;
		msg.error_code = error_code;
		memcpy(msg.unknown, request->unknown, sizeof(msg.unknown));
		msg.unknown_count = request->unknown_count;
		agent->stats.refused++;
	}
	struct output_entry *entry = output_add(agent, ICE_DATAGRAM, from);
	uint8_t *answer = agent->answers[agent->answer_next++ % (ICE_BACKLOG_MAX + 1)];
	const int len = stun_write(
		&msg, generation->local.pwd, strlen(generation->local.pwd), answer, ICE_ANSWER_MAX);
	entry->data = answer;
	entry->len = len > 0 ? (size_t)len : 0;
}

/* What an authentic request gets: 0 or an error code. */
static uint16_t request_judge(const struct stun_msg *msg)
{
	if (msg->unknown_count > 0)
		return 420; /* RFC 8489 section 6.3.1 */
	if (!msg->has_priority)
		return 400; /* RFC 8445 section 7.1.1 */
	if (msg->role == STUN_ROLE_CONTROLLED)
		return 487; /* RFC 8445 section 7.3.1.1: a lite agent never takes control */
	return 0;
}

/* The newest credentials are proven: older ones are void, and so are paths known only by them. */
static void restart_finish(struct ice_agent *agent, int proven)
{
	agent->current = agent->next;
	rs_wipe(&agent->next, sizeof(agent->next));
	agent->has_next = false;
	for (int i = 0; i < ICE_PATHS_MAX; i++) {
		if (agent->paths[i].used && agent->paths[i].generation != agent->generation)
			path_remove(agent, i);
	}
	output_add(agent, ICE_RESTARTED, &agent->paths[proven].path);
}

static void request_accept(
	struct ice_agent *agent, const struct stun_msg *msg, int at, bool proves_next)
{
	/* The peer's latest nomination counts, so that it can move at will; before the first one
	 * any proven path will do and lets the handshake begin. */
	if (msg->use_candidate || agent->selected == NO_PATH)
		path_select(agent, at);
	if (msg->use_candidate && proves_next)
		restart_finish(agent, at);
}

int ice_recv(struct ice_agent *agent, const uint8_t *data, size_t len, const struct ice_path *from,
	rs_time now)
{
	if (agent->output_count >= ICE_BACKLOG_MAX) {
		agent->stats.overflow++;
		return -EAGAIN;
	}
	struct stun_msg msg;
	if (stun_parse(data, len, &msg) < 0) {
		agent->stats.bad++;
		return -EBADMSG;
	}
	if (msg.method == STUN_METHOD_BINDING && msg.class == STUN_INDICATION)
		return 0; /* keeps a NAT open, proves nothing */
	if (msg.method != STUN_METHOD_BINDING || msg.class != STUN_REQUEST) {
		agent->stats.bad++;
		return -EPROTO;
	}
	const bool proves_next = agent->has_next &&
				 generation_proves(&agent->next, data, len, &msg) &&
				 request_is_next(agent, &msg);
	if (!proves_next && !generation_proves(&agent->current, data, len, &msg)) {
		agent->stats.unauthentic++;
		return -EACCES;
	}
	if (request_replayed(agent, &msg, from)) {
		agent->stats.replayed++;
		return -EALREADY;
	}
	const struct generation *generation = proves_next ? &agent->next : &agent->current;
	const uint16_t error_code = request_judge(&msg);
	answer(agent, &msg, error_code, generation, from);
	if (error_code != 0)
		return -EPROTO;
	const uint32_t number = agent->generation - (agent->has_next && !proves_next ? 1U : 0U);
	const int at = path_prove(agent, from, number, now);
	request_accept(agent, &msg, at, proves_next);
	return 0;
}

void ice_heard(struct ice_agent *agent, const struct ice_path *from, rs_time now)
{
	const int at = path_find(agent, from);
	if (at != NO_PATH)
		agent->paths[at].heard = now;
}

int ice_restart(struct ice_agent *agent, const struct ice_credentials *local,
	const struct ice_credentials *remote)
{
	if (!credentials_valid(local) || !remote_valid(remote))
		return -EINVAL;
	if (generation_is(agent->has_next ? &agent->next : &agent->current, local, remote))
		return 0;
	agent->next.local = *local;
	agent->next.remote = *remote;
	agent->has_next = true;
	agent->generation++;
	return 0;
}

/* The path heard most recently, or NO_PATH. */
static int path_best(const struct ice_agent *agent)
{
	int best = NO_PATH;
	for (int i = 0; i < ICE_PATHS_MAX; i++) {
		if (agent->paths[i].used &&
			(best == NO_PATH || agent->paths[i].heard > agent->paths[best].heard))
			best = i;
	}
	return best;
}

/* The selected path is no more. */
static void selected_replace(struct ice_agent *agent)
{
	const int best = path_best(agent);
	if (best != NO_PATH) {
		path_select(agent, best);
	} else {
		output_add(agent, ICE_DISCONNECTED, NULL);
	}
}

void ice_tick(struct ice_agent *agent, rs_time now)
{
	if (agent->first_deadline <= now) {
		agent->first_deadline = RS_TIME_NEVER;
		output_add(agent, ICE_DISCONNECTED, NULL);
		return;
	}
	const bool was_selected = agent->selected != NO_PATH;
	for (int i = 0; i < ICE_PATHS_MAX; i++) {
		if (agent->paths[i].used && agent->paths[i].heard + agent->consent_timeout <= now)
			path_remove(agent, i);
	}
	if (was_selected && agent->selected == NO_PATH)
		selected_replace(agent);
}

void ice_path_gone(struct ice_agent *agent, const struct ice_path *path)
{
	const int at = path_find(agent, path);
	if (at == NO_PATH)
		return;
	const bool was_selected = agent->selected == at;
	path_remove(agent, at);
	if (was_selected)
		selected_replace(agent);
}

rs_time ice_deadline(const struct ice_agent *agent)
{
	rs_time deadline = agent->first_deadline;
	for (int i = 0; i < ICE_PATHS_MAX; i++) {
		if (agent->paths[i].used) {
			deadline = rs_time_min(
				deadline, agent->paths[i].heard + agent->consent_timeout);
		}
	}
	return deadline;
}

int ice_poll(struct ice_agent *agent, struct ice_output *out_output)
{
	if (agent->output_count == 0)
		return 0;
	const struct output_entry *entry = &agent->outputs[agent->output_head];
	agent->output_head = (agent->output_head + 1) % OUTPUTS_MAX;
	agent->output_count--;
	*out_output = (struct ice_output){
		.kind = entry->kind,
		.path = entry->path,
		.data_view = entry->data,
		.len = entry->len,
	};
	return 1;
}

const struct ice_path *ice_selected(const struct ice_agent *agent)
{
	return agent->selected != NO_PATH ? &agent->paths[agent->selected].path : NULL;
}

bool ice_path_known(const struct ice_agent *agent, const struct ice_path *path)
{
	if (agent->selected != NO_PATH && ice_path_equal(&agent->paths[agent->selected].path, path))
		return true;
	return path_find(agent, path) != NO_PATH;
}

const char *ice_local_ufrag(const struct ice_agent *agent)
{
	return agent->has_next ? agent->next.local.ufrag : agent->current.local.ufrag;
}

const char *ice_old_local_ufrag(const struct ice_agent *agent)
{
	return agent->has_next ? agent->current.local.ufrag : NULL;
}

const struct ice_stats *ice_stats(const struct ice_agent *agent)
{
	return &agent->stats;
}
