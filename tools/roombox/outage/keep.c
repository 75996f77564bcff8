#include "tools/roombox/outage/keep.h"

#include "common/base/bytes.h"
#include "common/rtp/rtp.h"

#include <errno.h>
#include <string.h>

/* Payload types mean nothing behind the line: these are what browsers use. */
static const uint8_t payload_types[LATE_MEDIA_COUNT] = { [LATE_SOUND] = 111, [LATE_PICTURE] = 96 };

/* Where the numbers of a medium stand. */
struct numbers {
	bool known;
	uint32_t ssrc;
	uint16_t seq;     /* of the last packet */
	uint32_t ts_base; /* of the connection: added to the payload's timestamp */
};

enum state {
	WATCHING, /* the line is there: only the ring */
	LOST,
	AFTER, /* it is back, for a moment */
};

struct keep {
	struct rs_rand *rand;
	struct numbers numbers[LATE_MEDIA_COUNT];
	enum state state;
	bool begun, ended; /* to be told */
	rs_time from, to, until;
	struct rs_buf ring; /* while WATCHING */
	/* It has some of keep_doubted() from there on; RS_TIME_NEVER = none. */
	rs_time doubted_since[LATE_MEDIA_COUNT];
	struct rs_buf out;
	uint64_t left_out;
};

static void forget_doubts(struct keep *keep)
{
	for (size_t i = 0; i < LATE_MEDIA_COUNT; i++)
		keep->doubted_since[i] = RS_TIME_NEVER;
}

int keep_new(struct rs_rand *rand, struct keep **out_keep)
{
	struct keep *keep = rs_zalloc(sizeof(*keep));
	if (keep == NULL)
		return -ENOMEM;
	keep->rand = rand;
	forget_doubts(keep);
	rs_buf_init(&keep->ring, KEEP_RING);
	rs_buf_init(&keep->out, KEEP_OUT);
	*out_keep = keep;
	return 0;
}

struct keep *keep_free(struct keep *keep)
{
	if (keep == NULL)
		return NULL;
	rs_buf_done(&keep->ring);
	rs_buf_done(&keep->out);
	return rs_release(keep);
}

/* ---- the ring ---- */

/* The oldest record of the ring; false = it is empty. */
static bool oldest(const struct keep *keep, size_t *at, struct late_record *out)
{
	return late_read(rs_buf_data(&keep->ring), rs_buf_len(&keep->ring), at, out) == 1;
}

static void drop_oldest(struct keep *keep, size_t room, rs_time now)
{
	struct late_record record;
	size_t at = 0;
	while (oldest(keep, &at, &record) && (record.said_us < now - KEEP_BEFORE ||
						     rs_buf_len(&keep->ring) + room > KEEP_RING)) {
		rs_buf_consume(&keep->ring, at);
		at = 0;
	}
}

static void put(struct keep *keep, const struct late_record *record, rs_time now)
{
	struct rs_buf *to = keep->state == WATCHING ? &keep->ring : &keep->out;
	if (keep->state == WATCHING)
		drop_oldest(keep, late_size(record->len), now);
	if (late_write(to, record) < 0)
		keep->left_out++;
}

/* ---- packets ---- */

static void put_packet(
	struct keep *keep, enum late_media media, const struct rtc_payload *payload, rs_time now)
{
	const struct numbers *numbers = &keep->numbers[media];
	const struct rtp_header header = { .marker = payload->marker,
		.pt = payload_types[media],
		.seq = numbers->seq,
		.rtp_ts = numbers->ts_base + payload->rtp_ts,
		.ssrc = numbers->ssrc };
	uint8_t packet[LATE_PACKET_MAX];
	struct rs_writer writer;
	rs_writer_init(&writer, packet, sizeof(packet));
	rtp_write_header(&writer, &header);
	rs_write_bytes(&writer, payload->data_view, payload->len);
	const struct late_record record = {
		.media = media, .said_us = payload->at, .packet_view = packet, .len = writer.len
	};
	if (!writer.failed)
		put(keep, &record, now);
}

void keep_sent(struct keep *keep, enum late_media media, const uint8_t *datagram, size_t len,
	const struct rtc_payload *payload, rs_time now)
{
	struct rs_reader reader;
	rs_reader_init(&reader, datagram, len);
	rs_read_skip(&reader, 2);
	const uint16_t seq = rs_read_u16(&reader);
	const uint32_t rtp_ts = rs_read_u32(&reader);
	const uint32_t ssrc = rs_read_u32(&reader);
	if (reader.failed)
		return;
	keep->numbers[media] = (struct numbers){
		.known = true, .ssrc = ssrc, .seq = seq, .ts_base = rtp_ts - payload->rtp_ts
	};
	put_packet(keep, media, payload, now);
}

void keep_missed(
	struct keep *keep, enum late_media media, const struct rtc_payload *payload, rs_time now)
{
	if (!keep_is_on(keep) || !keep->numbers[media].known)
		return;
	keep->numbers[media].seq++;
	put_packet(keep, media, payload, now);
}

void keep_doubted(
	struct keep *keep, enum late_media media, const struct rtc_payload *payload, rs_time now)
{
	if (!keep->numbers[media].known)
		return;
	keep->doubted_since[media] = rs_time_min(keep->doubted_since[media], payload->at);
	keep->numbers[media].seq++;
	put_packet(keep, media, payload, now);
}

void keep_trusted(struct keep *keep)
{
	struct rs_buf all = keep->ring;
	struct late_record record;
	size_t at = 0;
	rs_buf_init(&keep->ring, KEEP_RING);
	for (size_t from = 0; late_read(rs_buf_data(&all), rs_buf_len(&all), &at, &record) == 1;
		from = at) {
		const bool doubted = record.said_us >= keep->doubted_since[record.media];
		if (!doubted && rs_buf_append(&keep->ring, rs_buf_data(&all) + from, at - from) < 0)
			keep->left_out++;
	}
	rs_buf_done(&all);
	forget_doubts(keep);
}

/* ---- the line ---- */

static void begin(struct keep *keep, rs_time from)
{
	keep->begun = true;
	keep->ended = false;
	keep->from = from;
	keep->state = LOST;
	forget_doubts(keep); /* they were right */
}

void keep_lost(struct keep *keep, rs_time since, rs_time now)
{
	struct late_record record;
	size_t at = 0;
	if (keep->state == AFTER)
		keep->state = LOST; /* the same outage goes on */
	if (keep->state == LOST || !keep->numbers[LATE_SOUND].known)
		return;
	begin(keep, rs_time_max(since, now - KEEP_BEFORE));
	while (oldest(keep, &at, &record) && record.said_us < keep->from) {
		rs_buf_consume(&keep->ring, at);
		at = 0;
	}
	if (rs_buf_append(&keep->out, rs_buf_data(&keep->ring), rs_buf_len(&keep->ring)) < 0)
		keep->left_out++;
	rs_buf_consume(&keep->ring, rs_buf_len(&keep->ring));
}

void keep_resume(struct keep *keep, rs_time now)
{
	for (size_t i = 0; i < LATE_MEDIA_COUNT; i++)
		keep->numbers[i] = (struct numbers){ .known = true,
			.ssrc = rs_rand_u32(keep->rand) | 1,
			.seq = (uint16_t)(rs_rand_u32(keep->rand) & 0x7fff) };
	begin(keep, now);
}

void keep_back(struct keep *keep, rs_time now)
{
	if (keep->state != LOST)
		return;
	keep->state = AFTER;
	keep->to = now;
	keep->until = now + KEEP_AFTER;
}

bool keep_is_on(const struct keep *keep)
{
	return keep->state == LOST;
}

enum keep_event keep_poll(struct keep *keep, rs_time now)
{
	if (keep->begun) {
		keep->begun = false;
		return KEEP_BEGUN;
	}
	if (keep->state != AFTER || now < keep->until)
		return KEEP_NOTHING;
	keep->state = WATCHING;
	keep->ended = true;
	return KEEP_ENDED;
}

rs_time keep_edge(const struct keep *keep)
{
	return keep->ended ? keep->to : keep->from;
}

struct rs_buf *keep_out(struct keep *keep)
{
	return &keep->out;
}

uint64_t keep_left_out(const struct keep *keep)
{
	return keep->left_out;
}
