/* A publisher's stream: numbers unwrapped, clock mapped, parsed once, stored, handed to its slots. */
#include <errno.h>
#include <string.h>

#include "common/base/fetch.h"
#include "common/rtp/ntp.h"
#include "common/rtp/opus.h"
#include "common/rtp/seq.h"
#include "sfu/router/router_priv.h"

/* A sequence number this far off belongs to another stream (RFC 3550 appendix A.1, MAX_DROPOUT). */
#define SEQ_JUMP 3000
/* Slots that are fetched ahead: as long as memory takes, a few slots are served. */
#define SLOTS_AHEAD 4U

/* A stream is named by where its track is, so that it is found again, and a count, so that it is not
 * mistaken for the one before. */
static uint32_t stream_id(struct router *router, const struct track *track)
{
	const struct publish *publish = track->publish;

	router->streams = (router->streams + 1) & 0x7ff;
	return router->streams << 21 | (publish->index & 7U) << 18 | (track->layer & 3U) << 16 |
	       ROUTER_PEER_INDEX(publish->peer->handle);
}

struct track *track_of_stream(const struct router *router, uint32_t stream)
{
	const struct peer *peer = router->peers[ROUTER_PEER_INDEX(stream)];
	const unsigned index = stream >> 18 & 7;
	const unsigned layer = stream >> 16 & 3;

	if (peer == NULL || index >= peer->n_publishes || layer >= peer->publishes[index]->n_tracks)
		return NULL;
	struct track *track = &peer->publishes[index]->tracks[layer];
	return track->stream == stream ? track : NULL;
}

void track_restart(struct router *router, struct track *track, uint32_t ssrc, int64_t seq)
{
	do
		track->stream = stream_id(router, track);
	while (track->stream == 0);
	track->ssrc = ssrc;
	track->highest = seq - 1;
	track->first_seq = seq;
	track->n_missing = 0;
	track->received = 0;
	track->expected_before = 0;
	track->received_before = 0;
	track->jitter_x16 = 0;
	track->transit = 0;
	track->picture = -1;
	track->clock.started = false;
	track->has_sr = false;
	track->parameters_in_band = false;
	track->capture.known = false;
	store_clear(&track->store, &router->pool);
	track->keyframes.wanted = false; /* asked for again by who gets the first packet */
}

uint64_t track_expected(const struct track *track)
{
	return (uint64_t)(track->highest - track->first_seq + 1);
}

/* RFC 3550 appendix A.8, in sixteenths. */
static void note_jitter(struct track *track, uint32_t rtp_ts, rs_time now)
{
	const int64_t arrival = rtp_ticks_from_us(now, track->clock.hz);
	const int64_t transit = (uint32_t)((uint32_t)arrival - rtp_ts);
	int64_t d = rtp_ts_diff((uint32_t)track->transit, (uint32_t)transit);

	if (track->received > 1) {
		d = d < 0 ? -d : d;
		track->jitter_x16 = (uint32_t)((int64_t)track->jitter_x16 + d -
					       (((int64_t)track->jitter_x16 + 8) >> 4));
	}
	track->transit = transit;
}

static void parse_exts(struct router *router, struct track *track, const struct rtp_packet *rtp,
	struct packet *packet, rs_time now)
{
	const struct publish *publish = track->publish;
	struct rtp_ext ext;

	packet->has_level = rtp_ext_find(rtp, publish->spec.ext.level, &ext) && ext.len > 0;
	packet->level = packet->has_level ? ext.data_view[0] : 0;
	const bool stamped = rtp_ext_find(rtp, publish->spec.ext.abs_capture, &ext);
	capture_stamp(router, track, packet, stamped ? &ext : NULL, now);
}

static int parse_payload(struct track *track, struct packet *packet)
{
	packet->keyframe = false;
	packet->duration = 0;
	packet->video = (struct video){ .codec = track->publish->spec.codec };
	packet->empty = packet->payload_len == 0;
	if (packet->empty)
		return 0;
	if (track->publish->spec.codec != ROUTER_OPUS)
		return video_parse(track, packet);
	if (opus_duration(
		    packet->data + packet->payload_at, packet->payload_len, &packet->duration) < 0)
		packet->duration = 0; /* for the receiver's decoder to judge */
	return 0;
}

/* The packet as the publisher first sent it: RFC 4588 section 4 undone, padding taken off. */
static void copy(struct packet *packet, const struct track *track, const struct rtp_packet *rtp,
	const uint8_t *data, enum arrival arrival)
{
	const size_t osn = arrival == ARRIVAL_RTX ? 2 : 0;

	memcpy(packet->data, data, rtp->header_len);
	packet->payload_at = rtp->header_len;
	packet->payload_len = rtp->payload_len - osn;
	if (packet->payload_len > 0)
		memcpy(packet->data + packet->payload_at, rtp->payload_view + osn,
			packet->payload_len);
	packet->len = packet->payload_at + packet->payload_len;
	packet->data[0] &= (uint8_t)~0x20U;
	rtp_set_pt(packet->data, track->publish->spec.pt);
	rtp_set_seq(packet->data, (uint16_t)packet->seq);
	rtp_set_ssrc(packet->data, track->ssrc);
	rtp_set_ts(packet->data, rtp->rtp_ts);
	rtp_set_marker(packet->data, rtp->marker);
	packet->marker = rtp->marker;
	packet->rtp_ts = rtp->rtp_ts;
}

static void first_forwarded(struct router *router, struct publish *publish, rs_time now)
{
	struct router_event event = {
		.kind = ROUTER_EVENT_GATE,
		.media = publish->spec.media,
		.event = publish->open_event,
		.opened = publish->opened,
		.first = now,
	};

	publish->first_seen = true;
	if (publish->spec.media != ROUTER_MICROPHONE || publish->relay.remote)
		return;
	memcpy(event.meeting, publish->peer->meeting->id.s, sizeof(event.meeting));
	memcpy(event.source, publish->source.s, sizeof(event.source));
	(void)event_push(router, &event); /* what is dropped is counted */
}

/* Kept nowhere, repaired for nobody: what is lost of it is lost on the way of whoever hears themselves. */
static void pass_back(
	struct router *router, struct track *track, struct packet *packet, rs_time now)
{
	for (struct slot *slot = track->publish->slots; slot != NULL; slot = slot->next)
		if (slot->feed.kind == FEED_OWN)
			slot_forward(router, slot, track, packet, now);
}

/* Of hundreds of listeners nothing is in the processor's cache: what the next ones need is on its way while this one is
 * served. To go there by the list would be to wait for each of them, so a slot remembers who came some places later. */
static void fetch_ahead(struct slot *slot, struct slot *recent[SLOTS_AHEAD], unsigned i)
{
	struct slot **before = &recent[i % SLOTS_AHEAD];
	const struct slot *second = slot->next != NULL ? slot->next->next : NULL;

	if (*before != NULL)
		(*before)->later = slot;
	*before = slot;
	if (slot->later != NULL)
		rs_fetch(slot->later, SLOT_FETCHED);
	if (second == NULL)
		return;
	rs_fetch(&second->resend, offsetof(struct resend, sent));
	if (second->peer != NULL)
		rs_fetch(second->peer, PEER_FETCHED);
}

void track_pass(struct router *router, struct track *track, struct packet *packet, rs_time now)
{
	struct publish *publish = track->publish;

	if (!publish->open) {
		publish->gated++;
		router->counters.rx_gated++;
		pass_back(router, track, packet, now);
		return;
	}
	if (!publish->first_seen)
		first_forwarded(router, publish, now);
	store_add(&track->store, &router->pool, packet);
	if (packet->keyframe)
		keyframe_came(track, now);
	relay_packet(router, track, packet);
	tap_packet(router, track, packet);
	struct slot *recent[SLOTS_AHEAD] = { NULL };
	struct slot *next;
	unsigned i = 0;
	for (struct slot *slot = publish->slots; slot != NULL; slot = next) {
		next = slot->next;
		fetch_ahead(slot, recent, i++);
		slot_forward(router, slot, track, packet, now);
	}
}

/* Original sequence number; false for an RTX packet without one (padding to probe the line). */
static bool number_of(const struct rtp_packet *rtp, enum arrival arrival, uint16_t *out_seq)
{
	struct rs_reader reader;

	*out_seq = rtp->seq;
	if (arrival != ARRIVAL_RTX)
		return true;
	rs_reader_init(&reader, rtp->payload_view, rtp->payload_len);
	*out_seq = rs_read_u16(&reader);
	return !reader.failed;
}

/* A stream that begins, or begins anew, is not repaired from before: repairs alone start none. */
static int follow(struct router *router, struct track *track, const struct rtp_packet *rtp,
	uint16_t number, bool repair, int64_t *out_seq)
{
	const bool other = track->stream == 0 || (!repair && track->ssrc != rtp->ssrc);

	if (repair && track->stream == 0)
		return -EALREADY;
	*out_seq = other ? number : rtp_seq_unwrap(track->highest, number);
	const bool jumped =
		*out_seq > track->highest + SEQ_JUMP || *out_seq < track->highest - SEQ_JUMP;
	if (!other && jumped && repair)
		return -EALREADY;
	if (other || jumped) {
		*out_seq = number;
		track_restart(router, track, rtp->ssrc, *out_seq);
	}
	return 0;
}

/* What only a packet's first coming says; a retransmission says nothing of the line or the clock. */
static void note_original(struct router *router, struct track *track, const struct rtp_packet *rtp,
	int64_t seq, rs_time now)
{
	track->received++;
	note_jitter(track, rtp->rtp_ts, now);
	if (clockmap_add(&track->clock, rtp->rtp_ts, now))
		return;
	track_restart(router, track, rtp->ssrc, seq);
	track->highest = seq;
	track->received = 1;
	(void)clockmap_add(
		&track->clock, rtp->rtp_ts, now); /* the first of a stream is always taken */
}

/* What a packet's first coming says of the microphone. */
static void note_sound(struct track *track, const struct packet *packet, rs_time now)
{
	struct publish *publish = track->publish;
	const int level = packet->has_level ? packet->level : -1;
	const bool voice = audio_add(&publish->audio, packet->data + packet->payload_at,
		packet->payload_len, level, now);

	const struct quality_packet one = {
		.stream = track->stream,
		.came = track->received,
		.expected = track_expected(track),
		.voice = voice,
		.level = level < 0 ? level : level & 0x7f,
	};
	quality_add(&publish->quality, &one, now);
}

/* Copied and parsed. 0 or -EBADMSG. */
static int take(struct router *router, struct track *track, const struct rtp_packet *rtp,
	const uint8_t *data, enum arrival arrival, struct packet *packet, rs_time now)
{
	const uint16_t height = track->height;

	packet->stream = track->stream;
	packet->arrival = now;
	packet->time = clockmap_time(&track->clock, rtp->rtp_ts);
	copy(packet, track, rtp, data, arrival);
	const int err = parse_payload(track, packet);
	if (err < 0)
		return err;
	if (track->publish->spec.media != ROUTER_MICROPHONE) {
		layer_meter_add(&track->meter, packet->video.tid, packet->len, now);
		keyframe_measure(track, packet);
	}
	parse_exts(router, track, rtp, packet, now);
	if (track->height != height) {
		demand_resized(track->publish);
		publish_relayer(router, track->publish, now);
	}
	if (track->publish->spec.media == ROUTER_MICROPHONE && arrival == ARRIVAL_ORIGINAL)
		note_sound(track, packet, now);
	return 0;
}

int track_recv(struct router *router, struct track *track, const struct rtp_packet *rtp,
	const uint8_t *data, enum arrival arrival, rs_time now)
{
	uint16_t number;
	int64_t seq;

	if (!number_of(rtp, arrival, &number))
		return 0;
	int err = follow(router, track, rtp, number, arrival != ARRIVAL_ORIGINAL, &seq);
	if (err < 0 || !nack_seen(router, track, seq, arrival, now)) {
		router->counters.rx_duplicate++;
		return -EALREADY;
	}
	track->publish->packets++;
	track->last = now;
	if (arrival == ARRIVAL_ORIGINAL)
		note_original(router, track, rtp, seq, now);
	publish_flow(router, track->publish, now);

	struct packet *packet = pool_take(&router->pool);
	if (packet == &router->pool.scratch)
		router->counters.pool_empty++;
	packet->seq = seq;
	err = take(router, track, rtp, data, arrival, packet, now);
	if (err == 0)
		track_pass(router, track, packet, now);
	else
		router->counters.rx_malformed++;
	pool_drop(&router->pool, packet);
	return err;
}
