#include "sfu/router/relay.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "sfu/router/router_priv.h"

/* As often as a publisher is told. */
#define LOSS_EVERY RS_SEC(1)
/* Loudness is told when it changed by as much, in 1/16 dB. */
#define LOUDNESS_STEP 16
/* FNV-1a. */
#define KEY_START 2166136261U
#define KEY_FACTOR 16777619U

enum kind {
	/* from home */
	KIND_PACKET,
	KIND_STATE,
	KIND_CLOCK,
	/* to home */
	KIND_WANT,
	KIND_KEYFRAME,
	KIND_LOSS,
};

/* A message goes from thread to thread of one process: its structures are its form. Every message begins
 * with a head; what follows depends on the kind. */
struct head {
	enum kind kind;
	uint16_t peer; /* index, the same at all workers */
	uint8_t section;
	uint8_t layer;
	uint32_t key;
};

struct packet_message {
	struct head head;
	uint32_t stream; /* of the track, as home names it */
	uint32_t ssrc;
}; /* then a struct packet, up to the end of its data */

struct state_message {
	struct head head;
	bool wanted; /* what home believes of the receiver */
	uint8_t layers;
	bool flowing;
	struct audio audio;
	bool flows[ROUTER_LAYERS_MAX];
	uint16_t heights[ROUTER_LAYERS_MAX];
};

struct clock_message {
	struct head head;
	uint32_t stream;
	bool has_sr;
	uint64_t sr_ntp;
	uint32_t sr_rtp;
	rs_time sr_at;
	struct capture capture;
	struct peer_clock clock;
};

struct want_message {
	struct head head;
	bool wanted;
	uint8_t layers;
};

struct loss_message {
	struct head head;
	uint32_t lost;
};

static bool several(const struct router *router)
{
	return router->config.workers > 1;
}

/* ---- a source's name ---- */

static uint32_t mix(uint32_t key, const void *data, size_t len)
{
	const uint8_t *octets = data;
	for (size_t i = 0; i < len; i++)
		key = (key ^ octets[i]) * KEY_FACTOR;
	return key;
}

static uint32_t key_of(const struct publish *publish)
{
	const struct router_send *spec = &publish->spec;
	const uint32_t numbers[] = { (uint32_t)spec->media, (uint32_t)spec->codec, spec->csrc,
		(uint32_t)spec->n_rids };
	const char *meeting = publish->peer->meeting->id.s;
	uint32_t key = mix(KEY_START, meeting, strlen(meeting) + 1);

	key = mix(key, publish->source.s, strlen(publish->source.s) + 1);
	key = mix(key, publish->mid.s, strlen(publish->mid.s) + 1);
	return mix(key, numbers, sizeof(numbers));
}

static struct head head_of(enum kind kind, const struct publish *publish, unsigned layer)
{
	return (struct head){
		.kind = kind,
		.peer = (uint16_t)ROUTER_PEER_INDEX(publish->peer->handle),
		.section = (uint8_t)publish->index,
		.layer = (uint8_t)layer,
		.key = publish->relay.key,
	};
}

static struct publish *find(const struct router *router, const struct head *head)
{
	const struct peer *peer =
		head->peer < router->config.peers ? router->peers[head->peer] : NULL;

	if (peer == NULL || head->section >= peer->n_publishes)
		return NULL;
	struct publish *publish = peer->publishes[head->section];
	return publish->relay.key == head->key && head->layer < publish->n_tracks ? publish : NULL;
}

static bool say(struct router *router, unsigned worker, const void *message, size_t len,
	const struct packet *packet)
{
	const size_t more = packet != NULL ? offsetof(struct packet, data) + packet->len : 0;
	const bool said =
		router->config.relay(router->config.ctx, worker, message, len, packet, more);

	router->counters.relay_sent += said && packet != NULL;
	router->counters.relay_dropped += !said;
	return said;
}

/* ---- at home ---- */

void relay_born(struct router *router, struct publish *publish)
{
	if (!several(router))
		return;
	publish->relay = (struct relay){
		.remote = publish->peer->home != router->config.worker,
		.key = key_of(publish),
	};
	if (!publish->relay.remote)
		relay_state(router, publish);
}

void relay_packet(struct router *router, const struct track *track, const struct packet *packet)
{
	/* Until there is a report, capture times are all that says how its clock stands. */
	if (track->publish->relay.to != 0 && !track->has_sr && track->capture.known &&
		packet->abs_capture_len > 0)
		relay_clock(router, track);
	const struct packet_message message = {
		.head = head_of(KIND_PACKET, track->publish, track->layer),
		.stream = track->stream,
		.ssrc = track->ssrc,
	};

	for (uint64_t left = track->publish->relay.to; left != 0; left &= left - 1)
		(void)say(router, (unsigned)__builtin_ctzll(left), &message, sizeof(message),
			packet); /* what is dropped is counted */
}

/* Layers that a worker wants of the publisher, as home believes. */
static uint8_t layers_of(const struct publish *publish, unsigned worker)
{
	uint8_t layers = 0;

	for (unsigned i = 0; i < ROUTER_LAYERS_MAX; i++)
		if ((publish->relay.layers_to[i] >> worker & 1) != 0)
			layers++;
	return layers;
}

static bool say_state(struct router *router, const struct publish *publish, unsigned worker)
{
	struct state_message message = {
		.head = head_of(KIND_STATE, publish, 0),
		.wanted = (publish->relay.to >> worker & 1) != 0,
		.layers = layers_of(publish, worker),
		.flowing = publish->flowing,
		.audio = publish->audio,
	};

	for (unsigned i = 0; i < publish->n_tracks; i++) {
		message.flows[i] = publish->tracks[i].flowing;
		message.heights[i] = publish->tracks[i].height;
	}
	return say(router, worker, &message, sizeof(message), NULL);
}

static void say_states(struct router *router, struct publish *publish)
{
	for (uint64_t left = publish->relay.untold; left != 0; left &= left - 1) {
		const unsigned worker = (unsigned)__builtin_ctzll(left);
		if (say_state(router, publish, worker))
			publish->relay.untold &= ~((uint64_t)1 << worker);
	}
}

static uint64_t all_others(const struct router *router)
{
	const uint64_t all = router->config.workers == 64
				     ? UINT64_MAX
				     : ((uint64_t)1 << router->config.workers) - 1;
	return all & ~((uint64_t)1 << router->config.worker);
}

void relay_state(struct router *router, struct publish *publish)
{
	if (!several(router) || publish->relay.remote)
		return;
	publish->relay.untold = all_others(router);
	publish->relay.told_audio = publish->audio;
	say_states(router, publish);
}

void relay_clock(struct router *router, const struct track *track)
{
	const struct publish *publish = track->publish;
	const struct clock_message message = {
		.head = head_of(KIND_CLOCK, publish, track->layer),
		.stream = track->stream,
		.has_sr = track->has_sr,
		.sr_ntp = track->sr_ntp,
		.sr_rtp = track->sr_rtp,
		.sr_at = track->sr_at,
		.capture = track->capture,
		.clock = publish->peer->clock,
	};

	for (uint64_t left = publish->relay.to; left != 0; left &= left - 1)
		(void)say(router, (unsigned)__builtin_ctzll(left), &message, sizeof(message),
			NULL); /* the next report says it again */
}

static void take_want(struct router *router, struct publish *publish, unsigned from,
	const struct want_message *message, rs_time now)
{
	const uint64_t bit = (uint64_t)1 << from;

	publish->relay.to = message->wanted ? publish->relay.to | bit : publish->relay.to & ~bit;
	for (unsigned i = 0; i < ROUTER_LAYERS_MAX; i++)
		publish->relay.layers_to[i] = i < message->layers
						      ? publish->relay.layers_to[i] | bit
						      : publish->relay.layers_to[i] & ~bit;
	demand_look(router, publish, now);
	publish->relay.untold |= bit;
	say_states(router, publish);
	for (unsigned i = 0; message->wanted && i < publish->n_tracks; i++)
		relay_clock(router, &publish->tracks[i]);
}

static void take_loss(struct publish *publish, const struct loss_message *message)
{
	uint32_t *lost = &publish->relay.lost[0];

	if (message->lost > *lost)
		*lost = message->lost;
}

/* The two intervals are not in step: what was told before the last report counts once more. */
uint32_t relay_loss(struct publish *publish)
{
	uint32_t *lost = publish->relay.lost;
	const uint32_t most = lost[0] > lost[1] ? lost[0] : lost[1];

	lost[1] = lost[0];
	lost[0] = 0;
	return most;
}

/* ---- elsewhere ---- */

static void say_loss(struct router *router, struct publish *publish, rs_time now)
{
	const struct loss_message message = {
		.head = head_of(KIND_LOSS, publish, 0),
		.lost = listeners_lose(publish),
	};

	publish->relay.next_loss = now + LOSS_EVERY;
	if (message.lost > 0)
		(void)say(router, publish->peer->home, &message, sizeof(message),
			NULL); /* the next one says it again */
}

bool relay_keyframe(struct router *router, const struct track *track)
{
	const struct publish *publish = track->publish;
	const struct head message = head_of(KIND_KEYFRAME, publish, track->layer);

	if (!publish->relay.remote)
		return false;
	(void)say(router, publish->peer->home, &message, sizeof(message),
		NULL); /* it is asked again until the key frame comes */
	return true;
}

static void say_want(struct router *router, struct publish *publish)
{
	const struct want_message message = {
		.head = head_of(KIND_WANT, publish, 0),
		.wanted = publish->relay.wanted,
		.layers = publish->relay.layers,
	};

	publish->relay.told = say(router, publish->peer->home, &message, sizeof(message), NULL);
}

void relay_layers(struct router *router, struct publish *publish, unsigned layers)
{
	if (publish->relay.layers == layers)
		return;
	publish->relay.layers = (uint8_t)layers;
	say_want(router, publish); /* again, if there was no room for it */
}

/* Somebody here listens. */
static bool has_listeners(const struct meeting *meeting)
{
	for (const struct peer *peer = meeting->peers; peer != NULL; peer = peer->next)
		for (size_t i = 0; peer->ready && i < peer->n_slots; i++)
			if (!peer->slots[i]->spec.video && peer->slots[i]->feed.kind != FEED_NONE)
				return true;
	return false;
}

static bool has_takers(const struct publish *publish)
{
	for (const struct slot *slot = publish->slots; slot != NULL; slot = slot->next)
		if (slot->peer == NULL || slot->peer->ready)
			return true;
	return false;
}

/* Microphones of a floor, those about to be live in a channel and what is recorded are wanted before they open: the first
 * syllable must not wait for the asking. */
static bool is_wanted(const struct router *router, const struct publish *publish, bool listeners)
{
	const struct meeting *meeting = publish->peer->meeting;

	if (!meeting->known || !publish->winner)
		return false;
	if (has_takers(publish) || tap_wants(router, meeting))
		return true;
	return listeners && publish->spec.media == ROUTER_MICROPHONE &&
	       (meeting->mode == ROUTER_FLOOR || is_next(meeting, &publish->source));
}

void relay_wants(struct router *router, const struct meeting *meeting)
{
	if (!several(router))
		return;
	const bool listeners = has_listeners(meeting);
	for (const struct peer *peer = meeting->peers; peer != NULL; peer = peer->next) {
		for (size_t i = 0; i < peer->n_publishes; i++) {
			struct publish *publish = peer->publishes[i];
			if (!publish->relay.remote)
				continue;
			const bool wanted = is_wanted(router, publish, listeners);
			publish->relay.told =
				publish->relay.told && publish->relay.wanted == wanted;
			publish->relay.wanted = wanted;
			if (!publish->relay.told)
				say_want(router, publish);
		}
	}
}

static void follow(
	struct router *router, struct track *track, uint32_t stream, uint32_t ssrc, int64_t seq)
{
	uint32_t *known = &track->publish->relay.streams[track->layer];

	if (*known == stream)
		return;
	*known = stream;
	track_restart(router, track, ssrc, seq);
	say_want(router, track->publish); /* the answer says how its clock stands */
}

static void take_packet(struct router *router, struct track *track,
	const struct packet_message *message, const uint8_t *body, size_t len, rs_time now)
{
	struct packet *packet = pool_take(&router->pool);

	assert(len >= offsetof(struct packet, data) && len <= sizeof(*packet));
	memcpy(packet, body, len);
	packet->refs = 1;
	router->counters.pool_empty += packet == &router->pool.scratch;
	follow(router, track, message->stream, message->ssrc, packet->seq);
	packet->stream = track->stream;
	if (packet->seq > track->highest)
		track->highest = packet->seq;
	track->last = packet->arrival;
	if (track->publish->spec.media != ROUTER_MICROPHONE)
		layer_meter_add(&track->meter, packet->video.tid, packet->len, packet->arrival);
	/* Home has taken the jitter out. */
	(void)clockmap_add(&track->clock, packet->rtp_ts, packet->time);
	router->counters.relay_taken++;
	track_pass(router, track, packet, now);
	pool_drop(&router->pool, packet);
}

static void take_state(struct router *router, struct publish *publish,
	const struct state_message *message, rs_time now)
{
	bool changed = false;

	for (unsigned i = 0; i < publish->n_tracks; i++) {
		struct track *track = &publish->tracks[i];
		changed = changed || track->flowing != message->flows[i] ||
			  track->height != message->heights[i];
		track->flowing = message->flows[i];
		track->height = message->heights[i];
	}
	publish->audio = message->audio;
	if (publish->relay.told && (publish->relay.wanted != message->wanted ||
					   publish->relay.layers != message->layers))
		say_want(router, publish);
	if (publish->flowing != message->flowing) {
		publish->flowing = message->flowing;
		meeting_resolve(router, publish->peer->meeting, now);
	}
	if (changed)
		publish_relayer(router, publish, now);
}

static void take_clock(
	struct router *router, struct track *track, const struct clock_message *message)
{
	track->publish->peer->clock = message->clock;
	if (message->stream != track->publish->relay.streams[track->layer])
		return; /* of a stream of which nothing has come */
	track->has_sr = message->has_sr;
	track->sr_ntp = message->sr_ntp;
	track->sr_rtp = message->sr_rtp;
	track->sr_at = message->sr_at;
	track->capture = message->capture;
	tap_clock(router, track);
}

/* ---- both ---- */

/* What was told, and silence since then, is no longer what is. */
static bool sounds_otherwise(const struct publish *publish, rs_time now)
{
	const struct audio *told = &publish->relay.told_audio;
	const int change =
		loudness_at(&publish->audio.loudness, now) - loudness_at(&told->loudness, now);

	return publish->audio.speech.speaking != told->speech.speaking || change >= LOUDNESS_STEP ||
	       change <= -LOUDNESS_STEP;
}

void relay_tick(struct router *router, struct publish *publish, bool slow, rs_time now)
{
	if (!several(router))
		return;
	if (publish->relay.remote) {
		if (!publish->relay.told)
			say_want(router, publish);
		if (publish->spec.media == ROUTER_MICROPHONE && now >= publish->relay.next_loss)
			say_loss(router, publish, now);
		return;
	}
	if (slow && publish->open && publish->spec.media == ROUTER_MICROPHONE &&
		sounds_otherwise(publish, now))
		relay_state(router, publish);
	else if (publish->relay.untold != 0)
		say_states(router, publish);
}

/* Copied out, since a record need not be aligned as its structure is. */
#define TAKE(type, data, len)                        \
	({                                           \
		type taken;                          \
		assert((len) >= sizeof(taken));      \
		memcpy(&taken, data, sizeof(taken)); \
		taken;                               \
	})

static void from_home(struct router *router, struct publish *publish, const struct head *head,
	const uint8_t *data, size_t len, rs_time now)
{
	struct track *track = &publish->tracks[head->layer];

	if (head->kind == KIND_PACKET) {
		const struct packet_message message = TAKE(struct packet_message, data, len);
		take_packet(router, track, &message, data + sizeof(message), len - sizeof(message),
			now);
	} else if (head->kind == KIND_STATE) {
		const struct state_message message = TAKE(struct state_message, data, len);
		take_state(router, publish, &message, now);
	} else {
		const struct clock_message message = TAKE(struct clock_message, data, len);
		take_clock(router, track, &message);
	}
}

static void to_home(struct router *router, unsigned from, struct publish *publish,
	const struct head *head, const uint8_t *data, size_t len, rs_time now)
{
	if (head->kind == KIND_KEYFRAME) {
		keyframe_ask(router, &publish->tracks[head->layer], KEYFRAME_TO_BEGIN,
			now); /* it was spared over there, if it can be */
		return;
	}
	if (head->kind == KIND_LOSS) {
		const struct loss_message message = TAKE(struct loss_message, data, len);
		take_loss(publish, &message);
		return;
	}
	const struct want_message message = TAKE(struct want_message, data, len);
	take_want(router, publish, from, &message, now);
}

void router_recv_relay(
	struct router *router, unsigned from, const void *message, size_t len, rs_time now)
{
	const uint8_t *data = message;
	const struct head head = TAKE(struct head, data, len);
	const bool down = head.kind <= KIND_CLOCK;
	struct publish *publish = find(router, &head);

	wake(router, now);
	/* It may have gone, or another taken its place, while the message was under way. */
	if (publish == NULL || publish->relay.remote != down ||
		(down && publish->peer->home != from)) {
		router->counters.relay_stale++;
		return;
	}
	if (down)
		from_home(router, publish, &head, data, len, now);
	else
		to_home(router, from, publish, &head, data, len, now);
}
