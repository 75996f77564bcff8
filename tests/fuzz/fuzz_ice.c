/* ICE, demux and TCP framing of one peer without its handshake, so that a run costs microseconds: octets
 * are a script of checks (honest, forged, replayed, of older credentials), of raw octets, restarts, moves,
 * ended connections and clock steps. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "sfu/demux/demux.h"
#include "sfu/ice/ice.h"
#include "sfu/ice/stun.h"
#include "sfu/tcp/tcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define GENERATIONS 4
#define PATHS 12 /* more than an agent keeps */

enum opcode {
	OP_TICK,    /* u16: 4 ms each */
	OP_CHECK,   /* u8 path, u8 generation, u8 flags, u8 transaction */
	OP_RAW,     /* u8 path, u8 length, octets */
	OP_STREAM,  /* u8 path, u8 length, octets: by TCP, framed or not */
	OP_RESTART, /* u8 generation of ours and the peer's */
	OP_GONE,    /* u8 path */
	OP_HEARD,   /* u8 path */
	OP_POLL,    /* nothing: outputs are polled */
	OP_COUNT,
};

enum check_flag {
	FLAG_USE = 1,
	FLAG_CONTROLLED = 2,
	FLAG_NO_PRIORITY = 4,
	FLAG_FORGED = 8,
	FLAG_DAMAGED = 16,
};

struct play {
	struct ice_agent *agent;
	struct tcp_reader stream;
	rs_time now;
	bool added[PATHS];
	unsigned n_added;
	bool selected;
	uint64_t authentic; /* requests that may be answered */
	uint64_t answers;
};

static struct ice_credentials credentials(unsigned generation, bool ours)
{
	struct ice_credentials made;
	(void)snprintf(made.ufrag, sizeof(made.ufrag), "%s%u", ours ? "ours" : "their", generation);
	(void)snprintf(made.pwd, sizeof(made.pwd), "%s-password-number-%u",
		ours ? "the-servers" : "the-clients", generation);
	return made;
}

static struct ice_path path_of(uint8_t number)
{
	const uint8_t at = number % PATHS;
	const uint8_t ip[4] = { 192, 0, 2, at };
	return (struct ice_path){ .local = at % 3, .remote = rs_addr_v4(ip, 4000) };
}

static size_t number_of(const struct ice_path *path)
{
	const size_t number = path->remote.ip[3];
	const struct ice_path known = path_of((uint8_t)number);
	if (number >= PATHS || !ice_path_equal(path, &known))
		abort();
	return number;
}

static void obey(struct play *play, const struct ice_output *output)
{
	const size_t at = output->kind == ICE_DISCONNECTED ? 0 : number_of(&output->path);
	switch (output->kind) {
	case ICE_DATAGRAM:
		if (output->len == 0 || output->len > ICE_ANSWER_MAX ||
			++play->answers > play->authentic)
			abort();
		break;
	case ICE_PATH_ADDED:
		if (play->added[at] || ++play->n_added > ICE_PATHS_MAX)
			abort();
		play->added[at] = true;
		break;
	case ICE_PATH_REMOVED:
		if (!play->added[at])
			abort();
		play->added[at] = false;
		play->n_added--;
		break;
	case ICE_SELECTED:
		if (!play->added[at])
			abort();
		break;
	case ICE_RESTARTED:
		break;
	case ICE_DISCONNECTED:
		if (play->n_added > 0)
			abort();
		break;
	}
}

/* Everything an agent says of itself agrees with what it put out. */
static void drain(struct play *play)
{
	struct ice_output output;
	while (ice_poll(play->agent, &output) == 1)
		obey(play, &output);
	const struct ice_path *selected = ice_selected(play->agent);
	if ((selected != NULL) != (play->n_added > 0) ||
		(selected != NULL && !play->added[number_of(selected)]))
		abort();
	for (uint8_t i = 0; i < PATHS; i++) {
		const struct ice_path path = path_of(i);
		if (ice_path_known(play->agent, &path) != play->added[i])
			abort();
	}
}

static size_t check_write(struct rs_reader *script, uint8_t out[STUN_MAX_LEN])
{
	const unsigned generation = rs_read_u8(script) % GENERATIONS;
	const uint8_t flags = rs_read_u8(script);
	const struct ice_credentials ours = credentials(generation, true);
	const struct ice_credentials their = credentials(generation, false);
	char username[2 * ICE_UFRAG_MAX + 2];
	(void)snprintf(username, sizeof(username), "%s:%s", ours.ufrag, their.ufrag);
	const struct stun_msg msg = {
		.class = STUN_REQUEST,
		.method = STUN_METHOD_BINDING,
		.txid = { rs_read_u8(script) },
		.username_view = username,
		.username_len = strlen(username),
		.has_priority = (flags & FLAG_NO_PRIORITY) == 0,
		.use_candidate = (flags & FLAG_USE) != 0,
		.role = (flags & FLAG_CONTROLLED) != 0 ? STUN_ROLE_CONTROLLED
						       : STUN_ROLE_CONTROLLING,
	};
	const char *pwd = (flags & FLAG_FORGED) != 0 ? their.pwd : ours.pwd;
	const int len = stun_write(&msg, pwd, strlen(pwd), out, STUN_MAX_LEN);
	if (len < 0)
		abort();
	if ((flags & FLAG_DAMAGED) != 0)
		out[flags % (unsigned)len] ^= 0x10;
	return (size_t)len;
}

static void receive(struct play *play, const uint8_t *data, size_t len, const struct ice_path *from)
{
	const char *ufrag = NULL;
	size_t ufrag_len = 0;
	if (demux_classify(data, len) != DEMUX_STUN ||
		demux_stun_username(data, len, &ufrag, &ufrag_len) < 0)
		return;
	const struct ice_stats before = *ice_stats(play->agent);
	const int err = ice_recv(play->agent, data, len, from, play->now);
	const struct ice_stats *after = ice_stats(play->agent);
	play->authentic += after->answered - before.answered + after->refused - before.refused;
	/* No octet for who is not authentic. */
	if ((err == -EACCES || err == -EBADMSG || err == -EALREADY) &&
		(after->answered != before.answered || after->refused != before.refused))
		abort();
}

static void raw(struct play *play, struct rs_reader *script, bool by_tcp)
{
	const struct ice_path from = path_of(rs_read_u8(script));
	const size_t len = rs_read_u8(script);
	const uint8_t *view = rs_read_view(script, len);
	uint8_t datagram[TCP_PACKET_MAX];
	size_t cap = 0;
	int got = 0;
	if (view == NULL)
		return;
	if (!by_tcp) {
		receive(play, view, len, &from);
		return;
	}
	uint8_t *room = tcp_reader_room(&play->stream, &cap);
	if (cap < len)
		abort();
	memcpy(room, view, len);
	tcp_reader_fill(&play->stream, len);
	while ((got = tcp_reader_next(&play->stream, datagram)) > 0)
		receive(play, datagram, (size_t)got, &from);
	if (got < 0)
		play->stream = (struct tcp_reader){ 0 }; /* the connection is another one */
}

static void check(struct play *play, struct rs_reader *script)
{
	uint8_t data[STUN_MAX_LEN];
	const struct ice_path from = path_of(rs_read_u8(script));
	const size_t len = check_write(script, data);
	receive(play, data, len, &from);
}

static void restart(struct play *play, uint8_t which)
{
	const struct ice_credentials ours = credentials(which % GENERATIONS, true);
	const struct ice_credentials their = credentials(which / GENERATIONS % GENERATIONS, false);
	if (ice_restart(play->agent, &ours, &their) < 0)
		abort();
}

static void tick(struct play *play, uint16_t units)
{
	play->now += RS_MS(4) * units;
	drain(play); /* ticks add outputs, which need room */
	ice_tick(play->agent, play->now);
	if (ice_deadline(play->agent) <= play->now)
		abort();
}

static void step(struct play *play, struct rs_reader *script)
{
	struct ice_path path;
	const enum opcode op = (enum opcode)(rs_read_u8(script) % OP_COUNT);
	switch (op) {
	case OP_TICK:
		tick(play, rs_read_u16(script));
		break;
	case OP_CHECK:
		check(play, script);
		return; /* not polled: a driver may be late */
	case OP_RAW:
	case OP_STREAM:
		raw(play, script, op == OP_STREAM);
		break;
	case OP_RESTART:
		restart(play, rs_read_u8(script));
		break;
	case OP_GONE:
		path = path_of(rs_read_u8(script));
		drain(play);
		ice_path_gone(play->agent, &path);
		break;
	case OP_HEARD:
		path = path_of(rs_read_u8(script));
		ice_heard(play->agent, &path, play->now);
		break;
	case OP_POLL:
	case OP_COUNT:
		break;
	}
	drain(play);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play play;
	play = (struct play){ .now = RS_SEC(1) };
	const struct ice_config config = {
		.local = credentials(0, true),
		.remote = credentials(0, false),
		.consent_timeout = RS_SEC(30),
	};
	struct rs_reader script;
	if (ice_new(&config, play.now, &play.agent) < 0)
		abort();
	rs_reader_init(&script, data, size);
	while (rs_reader_left(&script) > 0)
		step(&play, &script);
	drain(&play);
	ice_free(play.agent);
	return 0;
}
