#include "recorder/archive/track/streams.h"

#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"

#include <string.h>

/* Where the first number of a stream nobody knows is put: as recorder/ingest does. */
#define CIRCLE 0x10000
/* Times that were read back are whole milliseconds. */
#define MS_US 1000

static struct stream *add(struct streams *streams)
{
	if (streams->n == STREAMS_MAX) {
		memmove(streams->list, streams->list + 1,
			(STREAMS_MAX - 1) * sizeof(streams->list[0]));
		streams->n--;
	}
	return &streams->list[streams->n++];
}

void streams_end(struct streams *streams)
{
	streams->going = false;
}

void streams_note(
	struct streams *streams, uint32_t ssrc, int64_t seq, uint32_t rtp_ts, int64_t time_us)
{
	struct stream *stream = streams->n > 0 ? &streams->list[streams->n - 1] : NULL;
	if (!streams->going || stream == NULL || stream->ssrc != ssrc) {
		stream = add(streams);
		*stream =
			(struct stream){ .ssrc = ssrc, .seq_first = seq, .time_first_us = time_us };
	}
	streams->going = true;
	stream->seq_last = seq;
	stream->seq_seen = seq;
	stream->rtp_last = rtp_ts;
	stream->time_last_us = time_us;
}

void streams_recall(struct streams *streams, const struct stream *stream)
{
	struct stream *mine = add(streams);
	*mine = *stream;
	mine->seq_seen = stream->seq_last;
}

void streams_cover(struct streams *streams, int64_t from_us, int64_t to_us)
{
	if (streams->n_covered == STREAMS_COVERED_MAX)
		memmove(streams->covered, streams->covered + 1,
			--streams->n_covered * sizeof(streams->covered[0]));
	streams->covered[streams->n_covered].from_us = from_us;
	streams->covered[streams->n_covered++].to_us = to_us;
}

/* Index of the newest of this SSRC; `n` = none. */
static size_t find(const struct streams *streams, uint32_t ssrc)
{
	size_t found = streams->n;
	for (size_t i = 0; i < streams->n; i++) {
		if (streams->list[i].ssrc == ssrc)
			found = i;
	}
	return found;
}

/* Streams of one SSRC are numbered anew each time they begin, but by the same low 16 bits. */
static bool has(struct streams *streams, const struct stream_packet *packet)
{
	for (size_t i = 0; i < streams->n; i++) {
		struct stream *stream = &streams->list[i];
		if (stream->ssrc != packet->ssrc)
			continue;
		stream->seq_seen = rtp_seq_unwrap(stream->seq_seen, packet->seq);
		if (stream->seq_seen >= stream->seq_first && stream->seq_seen <= stream->seq_last)
			return true;
	}
	return false;
}

/* Of a stream nobody knows the time alone tells: something was received then. */
static bool is_covered(const struct streams *streams, int64_t time_us)
{
	for (size_t i = 0; i < streams->n; i++) {
		if (time_us >= streams->list[i].time_first_us &&
			time_us <= streams->list[i].time_last_us)
			return true;
	}
	return false;
}

static bool is_there(const struct streams *streams, int64_t time_us)
{
	for (size_t i = 0; i < streams->n_covered; i++) {
		if (time_us > streams->covered[i].from_us &&
			time_us <= streams->covered[i].to_us + MS_US)
			return true;
	}
	return false;
}

static int64_t time_in(const struct stream *stream, uint32_t hz, uint32_t rtp_ts)
{
	return stream->time_last_us + rtp_ticks_to_us(rtp_ts_diff(stream->rtp_last, rtp_ts), hz);
}

/* Behind what is still being received: it comes by itself, or is asked for again. */
static bool is_coming(const struct streams *live, const struct stream *stream, int64_t now_us)
{
	return live->going && stream == &live->list[live->n - 1] &&
	       stream->seq_seen > stream->seq_last &&
	       now_us - stream->time_last_us <= STREAMS_QUIET_US;
}

struct stream_place streams_judge(struct streams *live, struct streams *late, uint32_t hz,
	const struct stream_packet *packet, int64_t now_us)
{
	const size_t in_live = find(live, packet->ssrc);
	const size_t in_late = find(late, packet->ssrc);
	const bool is_known = in_live < live->n;
	const bool was_late = in_late < late->n;
	const struct stream *known = &live->list[is_known ? in_live : 0];
	const struct stream *before = &late->list[was_late ? in_late : 0];
	struct stream_place place = { .seq = CIRCLE + packet->seq, .time_us = packet->said_us };
	place.had = has(live, packet);
	place.had = has(late, packet) || place.had;
	if (is_known) {
		place.seq = known->seq_seen;
		place.time_us = time_in(known, hz, packet->rtp_ts);
		place.had = place.had || is_coming(live, known, now_us);
	} else if (was_late) {
		place.seq = before->seq_seen;
		place.time_us = time_in(before, hz, packet->rtp_ts);
	}
	if (!is_known)
		place.had = place.had || is_covered(live, place.time_us);
	place.had = place.had || is_there(late, place.time_us);
	place.next = place.seq;
	if (was_late && before->seq_last < place.seq)
		place.next = before->seq_last + 1;
	else if (is_known && known->seq_last < place.seq)
		place.next = known->seq_last + 1;
	return place;
}
