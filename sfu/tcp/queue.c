#include "common/base/bytes.h"
#include "sfu/tcp/tcp.h"

#include <errno.h>
#include <string.h>

/* Half a second at 4 Mbit/s, or a key frame of a dense slide; audio is a fraction of that. */
#define URGENT_OCTETS ((size_t)16 << 10)
#define URGENT_PACKETS 128
#define VIDEO_OCTETS ((size_t)256 << 10)
#define VIDEO_PACKETS 512
#define STALE RS_MS(500)
#define KEY_WAIT RS_SEC(4)

/* One framed datagram in a lane. */
struct record {
	rs_time queued;
	uint32_t ssrc;
	uint32_t rtp_ts;
	uint16_t len; /* with its header */
	enum tcp_class class;
};

/* First in, first out. Octets and records lie in a row, and move to the front when the end is
 * reached: so what waits is one span. */
struct lane {
	uint8_t *data;
	size_t cap;
	size_t head;
	size_t tail;
	struct record *records;
	size_t max_records;
	size_t first;
	size_t count;
	size_t begun; /* octets of the first record that are written */
};

struct stream {
	uint32_t ssrc;
	bool written;        /* written_rtp_ts is valid */
	uint32_t written_ts; /* of the frame whose packet was written last */
	bool waits;          /* for a key frame */
	bool asked;          /* tcp_queue_key_wanted() said so */
	bool spared;         /* during a drop: a key frame was kept, what follows can be decoded */
	rs_time waits_since;
};

struct tcp_queue {
	struct tcp_queue_config config;
	struct lane urgent;
	struct lane video;
	struct stream streams[TCP_STREAMS_MAX];
	size_t n_streams;
	struct tcp_queue_stats stats;
};

void tcp_queue_config_default(struct tcp_queue_config *out_config)
{
	*out_config = (struct tcp_queue_config){
		.urgent_octets = URGENT_OCTETS,
		.urgent_packets = URGENT_PACKETS,
		.video_octets = VIDEO_OCTETS,
		.video_packets = VIDEO_PACKETS,
		.stale = STALE,
		.key_wait = KEY_WAIT,
	};
}

/* ---- a lane ---- */

static int lane_init(struct lane *lane, size_t octets, size_t packets)
{
	lane->cap = octets;
	lane->max_records = packets;
	lane->data = rs_zalloc(octets);
	lane->records = rs_calloc(packets, sizeof(struct record));
	return lane->data != NULL && lane->records != NULL ? 0 : -ENOMEM;
}

static void lane_done(struct lane *lane)
{
	rs_release(lane->data);
	rs_release(lane->records);
}

static bool lane_full(const struct lane *lane, size_t len)
{
	return lane->count == lane->max_records || lane->tail - lane->head + len > lane->cap;
}

/* Moves what waits to the front. */
static void lane_pack(struct lane *lane)
{
	memmove(lane->data, lane->data + lane->head, lane->tail - lane->head);
	lane->tail -= lane->head;
	lane->head = 0;
	memmove(lane->records, lane->records + lane->first, lane->count * sizeof(struct record));
	lane->first = 0;
}

static void lane_push(
	struct lane *lane, const struct record *record, const uint8_t *data, size_t len)
{
	if (lane->tail + record->len > lane->cap || lane->first + lane->count == lane->max_records)
		lane_pack(lane);
	struct rs_writer writer;
	rs_writer_init(&writer, lane->data + lane->tail, record->len);
	rs_write_u16(&writer, (uint16_t)len);
	rs_write_bytes(&writer, data, len);
	lane->records[lane->first + lane->count++] = *record;
	lane->tail += record->len;
}

/* Octets that must go before anything else: the rest of a datagram that is half written. */
static size_t lane_rest(const struct lane *lane)
{
	return lane->begun > 0 ? lane->records[lane->first].len - lane->begun : 0;
}

static size_t lane_len(const struct lane *lane)
{
	return lane->tail - lane->head - lane->begun;
}

/* ---- streams ---- */

static struct stream *stream_get(struct tcp_queue *queue, uint32_t ssrc)
{
	for (size_t i = 0; i < queue->n_streams; i++) {
		if (queue->streams[i].ssrc == ssrc)
			return &queue->streams[i];
	}
	if (queue->n_streams == TCP_STREAMS_MAX)
		return NULL;
	queue->streams[queue->n_streams] = (struct stream){ .ssrc = ssrc };
	return &queue->streams[queue->n_streams++];
}

static void stream_cut(struct stream *stream, rs_time now)
{
	if (!stream->waits)
		stream->waits_since = now;
	stream->waits = true;
	stream->asked = false;
}

/* The frame of a packet is on its way already, so that its rest is worth sending. */
static bool frame_begun(const struct stream *stream, uint32_t rtp_ts)
{
	return stream->written && stream->written_ts == rtp_ts;
}

/* ---- dropping ---- */

typedef bool keep_fn(struct tcp_queue *queue, const struct record *record, rs_time now);

/* Keeps what `keep` says and what is half written. */
static void lane_filter(struct tcp_queue *queue, struct lane *lane, keep_fn *keep, rs_time now)
{
	size_t from = lane->head;
	size_t to = lane->head;
	size_t kept = 0;
	for (size_t i = 0; i < lane->count; i++) {
		const struct record record = lane->records[lane->first + i];
		if ((i == 0 && lane->begun > 0) || keep(queue, &record, now)) {
			memmove(lane->data + to, lane->data + from, record.len);
			lane->records[lane->first + kept++] = record;
			to += record.len;
		}
		from += record.len;
	}
	lane->tail = to;
	lane->count = kept;
}

static bool is_fresh(const struct tcp_queue *queue, const struct record *record, rs_time now)
{
	return record->queued + queue->config.stale > now;
}

static bool keep_urgent(struct tcp_queue *queue, const struct record *record, rs_time now)
{
	const bool keep = record->class == TCP_CONTROL || is_fresh(queue, record, now);
	queue->stats.audio_stale += !keep;
	return keep;
}

/* Frames go from the oldest up to a key frame that is fresh enough to begin anew with. */
static bool keep_video(struct tcp_queue *queue, const struct record *record, rs_time now)
{
	struct stream *stream = stream_get(queue, record->ssrc);
	const bool resent = record->class == TCP_RESENT;
	if (!resent && stream != NULL) {
		if (frame_begun(stream, record->rtp_ts) || stream->spared)
			return true;
		stream->spared = record->class == TCP_VIDEO_KEY && is_fresh(queue, record, now);
		stream->waits &= !stream->spared;
		if (stream->spared)
			return true;
		stream_cut(stream, now);
	}
	queue->stats.video_dropped++;
	return false;
}

static void drop_video(struct tcp_queue *queue, rs_time now)
{
	for (size_t i = 0; i < queue->n_streams; i++)
		queue->streams[i].spared = false;
	lane_filter(queue, &queue->video, keep_video, now);
}

/* The oldest frame of which nothing is written waits too long. One that is being written is left in
 * peace: what stands behind a large key frame is judged by its own age. */
static bool video_stale(struct tcp_queue *queue, rs_time now)
{
	const struct lane *video = &queue->video;
	for (size_t i = 0; i < video->count; i++) {
		const struct record *record = &video->records[video->first + i];
		const struct stream *stream = stream_get(queue, record->ssrc);
		if (is_fresh(queue, record, now))
			return false;
		if (stream == NULL || !frame_begun(stream, record->rtp_ts) ||
			record->class == TCP_RESENT)
			return true;
	}
	return false;
}

static void drop_stale(struct tcp_queue *queue, rs_time now)
{
	const struct lane *urgent = &queue->urgent;
	if (urgent->count > 0 && !is_fresh(queue, &urgent->records[urgent->first], now))
		lane_filter(queue, &queue->urgent, keep_urgent, now);
	if (video_stale(queue, now))
		drop_video(queue, now);
}

/* ---- birth and death ---- */

int tcp_queue_new(const struct tcp_queue_config *config, struct tcp_queue **out_queue)
{
	const size_t least = TCP_HEADER_LEN + TCP_PACKET_MAX;
	if (config->urgent_octets < least || config->video_octets < least ||
		config->urgent_packets == 0 || config->video_packets == 0 || config->stale <= 0 ||
		config->key_wait <= 0)
		return -EINVAL;
	struct tcp_queue *queue = rs_zalloc(sizeof(*queue));
	if (queue == NULL)
		return -ENOMEM;
	queue->config = *config;
	int err = lane_init(&queue->urgent, config->urgent_octets, config->urgent_packets);
	if (err == 0)
		err = lane_init(&queue->video, config->video_octets, config->video_packets);
	if (err < 0) {
		tcp_queue_free(queue);
		return err;
	}
	*out_queue = queue;
	return 0;
}

struct tcp_queue *tcp_queue_free(struct tcp_queue *queue)
{
	if (queue != NULL) {
		lane_done(&queue->urgent);
		lane_done(&queue->video);
	}
	return rs_release(queue);
}

/* ---- in and out ---- */

/* A key frame, or a wait long enough, sets a cut stream going; until then its packets are lost, but
 * for the rest of a frame that is on its way. */
static bool stream_passes(
	struct tcp_queue *queue, struct stream *stream, const struct tcp_packet *what, rs_time now)
{
	if (!stream->waits || frame_begun(stream, what->rtp_ts))
		return true;
	if (what->class != TCP_VIDEO_KEY && now < stream->waits_since + queue->config.key_wait)
		return false;
	stream->waits = false;
	return true;
}

static int push_video(struct tcp_queue *queue, const struct record *record,
	const struct tcp_packet *what, const uint8_t *data, size_t len)
{
	struct stream *stream = stream_get(queue, what->ssrc);
	if (stream == NULL) {
		queue->stats.refused++;
		return -E2BIG;
	}
	if (lane_full(&queue->video, record->len))
		drop_video(queue, record->queued);
	if (what->class != TCP_RESENT && !stream_passes(queue, stream, what, record->queued)) {
		queue->stats.video_waiting++;
		return -E2BIG;
	}
	if (lane_full(&queue->video, record->len)) {
		queue->stats.refused++;
		if (what->class != TCP_RESENT)
			stream_cut(stream, record->queued);
		return -E2BIG;
	}
	lane_push(&queue->video, record, data, len);
	queue->stats.queued++;
	return 0;
}

int tcp_queue_push(struct tcp_queue *queue, const struct tcp_packet *what, const uint8_t *data,
	size_t len, rs_time now)
{
	if (len == 0 || len > TCP_PACKET_MAX)
		return -EINVAL;
	const struct record record = {
		.queued = now,
		.ssrc = what->ssrc,
		.rtp_ts = what->rtp_ts,
		.len = (uint16_t)(TCP_HEADER_LEN + len),
		.class = what->class,
	};
	drop_stale(queue, now);
	if (what->class != TCP_CONTROL && what->class != TCP_AUDIO)
		return push_video(queue, &record, what, data, len);
	if (lane_full(&queue->urgent, record.len)) {
		queue->stats.refused++;
		return -E2BIG;
	}
	lane_push(&queue->urgent, &record, data, len);
	queue->stats.queued++;
	return 0;
}

static void span_add(struct tcp_span *spans, size_t *n, const uint8_t *data, size_t len)
{
	if (len > 0)
		spans[(*n)++] = (struct tcp_span){ .data_view = data, .len = len };
}

size_t tcp_queue_spans(
	struct tcp_queue *queue, rs_time now, struct tcp_span out_spans[TCP_SPANS_MAX])
{
	size_t n = 0;
	drop_stale(queue, now);
	const struct lane *urgent = &queue->urgent;
	const struct lane *video = &queue->video;
	const uint8_t *video_data = video->data + video->head + video->begun;
	const size_t rest = lane_rest(video);
	span_add(out_spans, &n, video_data, rest);
	span_add(out_spans, &n, urgent->data + urgent->head + urgent->begun, lane_len(urgent));
	span_add(out_spans, &n, video_data + rest, lane_len(video) - rest);
	return n;
}

/* Up to `octets` of a lane are written; returns those left over. */
static size_t lane_sent(struct tcp_queue *queue, struct lane *lane, size_t octets, bool is_video)
{
	while (lane->count > 0 && octets > 0) {
		const struct record *record = &lane->records[lane->first];
		struct stream *stream = is_video ? stream_get(queue, record->ssrc) : NULL;
		if (stream != NULL && record->class != TCP_RESENT) {
			stream->written = true;
			stream->written_ts = record->rtp_ts;
		}
		const size_t left = record->len - lane->begun;
		if (octets < left) {
			lane->begun += octets;
			return 0;
		}
		octets -= left;
		lane->begun = 0;
		lane->head += record->len;
		lane->first++;
		lane->count--;
	}
	return octets;
}

void tcp_queue_sent(struct tcp_queue *queue, size_t octets)
{
	const size_t rest = lane_rest(&queue->video);
	const size_t of_rest = octets < rest ? octets : rest;
	(void)lane_sent(queue, &queue->video, of_rest, true); /* takes just that */
	octets = lane_sent(queue, &queue->urgent, octets - of_rest, false);
	(void)lane_sent(
		queue, &queue->video, octets, true); /* there were no more octets to write */
}

int tcp_queue_key_wanted(struct tcp_queue *queue, uint32_t *out_ssrc)
{
	for (size_t i = 0; queue->video.count == 0 && i < queue->n_streams; i++) {
		struct stream *stream = &queue->streams[i];
		if (stream->waits && !stream->asked) {
			stream->asked = true;
			*out_ssrc = stream->ssrc;
			return 1;
		}
	}
	return 0;
}

size_t tcp_queue_len(const struct tcp_queue *queue)
{
	return lane_len(&queue->urgent) + lane_len(&queue->video);
}

const struct tcp_queue_stats *tcp_queue_stats(const struct tcp_queue *queue)
{
	return &queue->stats;
}
