/* ICE-TCP without its sockets: octets are a script of arriving stream pieces, datagrams to queue and
 * octets the line takes. What the queue writes must read as whole datagrams, in order within each
 * stream, and within its limits. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/bytes.h"
#include "sfu/tcp/tcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STREAMS 4 /* stream 0 is audio */
#define LIMIT_URGENT 4000
#define LIMIT_VIDEO 12000

enum opcode {
	OP_FEED, /* u8 length, octets: arrive */
	OP_PUSH, /* u8 class and stream, u8 RTP time stamp, u16 length */
	OP_LINE, /* u16: octets the line takes */
	OP_TICK, /* u8: 4 ms each */
	OP_COUNT,
};

struct play {
	struct tcp_reader in;   /* fed by the script */
	struct tcp_reader line; /* fed by the queue */
	struct tcp_queue *queue;
	rs_time now;
	uint32_t pushed; /* number of the datagram pushed last */
	uint32_t last[STREAMS];
};

static void feed_script(struct play *play, struct rs_reader *script)
{
	uint8_t out[TCP_PACKET_MAX];
	const size_t len = rs_read_u8(script);
	const uint8_t *view = rs_read_view(script, len);
	size_t cap = 0;
	uint8_t *room = tcp_reader_room(&play->in, &cap);
	if (view == NULL)
		return;
	if (cap < len)
		abort(); /* never more than one datagram that is not whole */
	memcpy(room, view, len);
	tcp_reader_fill(&play->in, len);
	int got = 0;
	while ((got = tcp_reader_next(&play->in, out)) > 0) {
		if (got > TCP_PACKET_MAX)
			abort();
	}
	if (got == -EBADMSG)
		play->in = (struct tcp_reader){ 0 }; /* the connection is another one */
	else if (got < 0)
		abort();
}

/* A datagram begins with its stream and its number. */
static void push(struct play *play, struct rs_reader *script)
{
	static uint8_t data[TCP_PACKET_MAX + 1];
	static const enum tcp_class classes[] = { TCP_VIDEO, TCP_VIDEO_KEY, TCP_RESENT,
		TCP_CONTROL };
	const uint8_t how = rs_read_u8(script);
	const uint32_t stream = how % STREAMS;
	const struct tcp_packet what = {
		.class = stream == 0 ? TCP_AUDIO : classes[how / STREAMS % RS_ARRAY_LEN(classes)],
		.ssrc = stream,
		.rtp_ts = rs_read_u8(script),
	};
	const size_t len = 5 + rs_read_u16(script) % (sizeof(data) - 4);
	struct rs_writer writer;
	rs_writer_init(&writer, data, sizeof(data));
	rs_write_u8(&writer, (uint8_t)(what.class == TCP_CONTROL ? 0 : stream));
	rs_write_u32(&writer, ++play->pushed);
	const int err = tcp_queue_push(play->queue, &what, data, len, play->now);
	if (err != (len > TCP_PACKET_MAX ? -EINVAL : 0) && err != -E2BIG)
		abort();
	if (tcp_queue_len(play->queue) > LIMIT_URGENT + LIMIT_VIDEO)
		abort();
}

static void arrived(struct play *play, const uint8_t *data, size_t len)
{
	struct rs_reader reader;
	rs_reader_init(&reader, data, len);
	const uint8_t stream = rs_read_u8(&reader);
	const uint32_t number = rs_read_u32(&reader);
	if (reader.failed || stream >= STREAMS || number <= play->last[stream] ||
		number > play->pushed)
		abort();
	play->last[stream] = number;
}

/* The far end reads up to `octets` of a span; returns how many there were. */
static size_t carry(struct play *play, const struct tcp_span *span, size_t octets)
{
	uint8_t out[TCP_PACKET_MAX];
	const size_t len = span->len < octets ? span->len : octets;
	for (size_t at = 0; at < len;) {
		size_t cap = 0;
		uint8_t *room = tcp_reader_room(&play->line, &cap);
		const size_t n = len - at < cap ? len - at : cap;
		memcpy(room, span->data_view + at, n);
		tcp_reader_fill(&play->line, n);
		at += n;
		int got = 0;
		while ((got = tcp_reader_next(&play->line, out)) > 0)
			arrived(play, out, (size_t)got);
		if (got < 0)
			abort();
	}
	return len;
}

static void line(struct play *play, size_t octets)
{
	struct tcp_span spans[TCP_SPANS_MAX];
	uint32_t ssrc = 0;
	size_t sent = 0;
	const size_t n = tcp_queue_spans(play->queue, play->now, spans);
	for (size_t i = 0; i < n; i++)
		sent += carry(play, &spans[i], octets - sent);
	const size_t before = tcp_queue_len(play->queue);
	tcp_queue_sent(play->queue, sent);
	if (tcp_queue_len(play->queue) != before - sent)
		abort();
	if (tcp_queue_key_wanted(play->queue, &ssrc) == 1 && (ssrc == 0 || ssrc >= STREAMS))
		abort();
}

static void step(struct play *play, struct rs_reader *script)
{
	switch ((enum opcode)(rs_read_u8(script) % OP_COUNT)) {
	case OP_FEED:
		feed_script(play, script);
		break;
	case OP_PUSH:
		push(play, script);
		break;
	case OP_LINE:
		line(play, rs_read_u16(script));
		break;
	case OP_TICK:
		play->now += RS_MS(4) * rs_read_u8(script);
		break;
	case OP_COUNT:
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct play play;
	struct tcp_queue_config config;
	struct rs_reader script;
	play = (struct play){ .now = RS_SEC(1) };
	tcp_queue_config_default(&config);
	config.urgent_octets = LIMIT_URGENT;
	config.urgent_packets = 8;
	config.video_octets = LIMIT_VIDEO;
	config.video_packets = 16;
	if (tcp_queue_new(&config, &play.queue) < 0)
		abort();
	rs_reader_init(&script, data, size);
	while (rs_reader_left(&script) > 0)
		step(&play, &script);
	while (tcp_queue_len(play.queue) > 0)
		line(&play, 1 << 16);
	tcp_queue_free(play.queue);
	return 0;
}
