#include "sfu/rewrite/rewrite.h"

#include "common/rtp/ntp.h"
#include "common/rtp/seq.h"

/* Sender clocks differ from ours by less than this; what a stream gained faster is jitter, not drift. */
#define DRIFT_MAX_PPM 1000
/* A stream's first seconds teach how long its packets take, which looks like drift: all of it to one side. */
#define SETTLED RS_SEC(3)
/* A stream's place is in doubt when it lies further than any common jitter beyond what has passed, us. */
#define EXCESS_MAX RS_MS(100)
/* Two layers' clocks by sender reports and by arrival differ by no more, unless the reports are wrong. */
#define SAME_APART_MAX RS_MS(250)
/* How far the base follows then at one switch, us. */
#define BASE_STEP RS_MS(5)
#define KEYIDX_MASK 0x1f
/* Ticks a packet of unknown duration is taken to last: one, as time may only not stand still. */
#define DURATION_UNKNOWN 1

void rewrite_init(struct rewrite *rewrite, uint32_t clock_hz, bool video, struct rs_rand *rand)
{
	*rewrite = (struct rewrite){
		.clock_hz = clock_hz,
		.video = video,
		.broken = true,
		.highest_out = rs_rand_below(rand, 0x4000),
		.highest_ts = rs_rand_u32(rand),
		.highest_picture = rs_rand_below(rand, 0x4000),
		.last_tl0 = (uint8_t)rs_rand_below(rand, 256),
		.last_keyidx = (uint8_t)rs_rand_below(rand, 32),
	};
}

int64_t rewrite_last(const struct rewrite *rewrite)
{
	return rewrite->highest_out;
}

void rewrite_go_on_after(struct rewrite *rewrite, int64_t last)
{
	rewrite->highest_out = last;
}

static const struct rewrite_segment *segment_back(const struct rewrite *rewrite, unsigned i)
{
	return &rewrite->segments[(rewrite->newest + REWRITE_SEGMENTS - i) % REWRITE_SEGMENTS];
}

static void segment_push(struct rewrite *rewrite, struct rewrite_segment segment)
{
	rewrite->newest = (rewrite->newest + 1) % REWRITE_SEGMENTS;
	rewrite->segments[rewrite->newest] = segment;
}

static void fill(
	const struct rewrite_segment *segment, const struct rewrite_in *in, struct rewrite_out *out)
{
	*out = (struct rewrite_out){
		.seq = (uint16_t)(in->seq + segment->seq_offset),
		.rtp_ts = in->rtp_ts + segment->ts_offset,
		.picture = (uint16_t)((in->picture + segment->picture_offset) & 0x7fff),
		.tl0 = (uint8_t)(in->tl0 + segment->tl0_offset),
		.keyidx = (in->keyidx + segment->keyidx_offset) & KEYIDX_MASK,
		.hollow = (segment->has_before && segment->before_ts == in->rtp_ts) ||
			  (segment->has_after && segment->after_ts == in->rtp_ts),
	};
}

/* The segment in which (stream, seq) was given its number, or NULL. */
static const struct rewrite_segment *segment_of(
	const struct rewrite *rewrite, uint32_t stream, int64_t seq)
{
	int64_t end = rewrite->highest_out + 1; /* first number not in the segment looked at */

	for (unsigned i = 0; i < REWRITE_SEGMENTS; i++) {
		const struct rewrite_segment *segment = segment_back(rewrite, i);
		if (segment->stream == 0)
			return NULL;
		if (segment->stream == stream && seq >= segment->in_first &&
			seq + segment->seq_offset < end)
			return segment;
		end = segment->in_first + segment->seq_offset;
	}
	return NULL;
}

bool rewrite_again(
	const struct rewrite *rewrite, const struct rewrite_in *in, struct rewrite_out *out_packet)
{
	const struct rewrite_segment *segment = segment_of(rewrite, in->stream, in->seq);

	if (segment == NULL)
		return false;
	fill(segment, in, out_packet);
	return true;
}

bool rewrite_find(
	const struct rewrite *rewrite, uint16_t seq, uint32_t *out_stream, int64_t *out_seq)
{
	const int64_t out = rtp_seq_unwrap(rewrite->highest_out, seq);

	if (!rewrite->started || out > rewrite->highest_out)
		return false;
	for (unsigned i = 0; i < REWRITE_SEGMENTS; i++) {
		const struct rewrite_segment *segment = segment_back(rewrite, i);
		if (segment->stream == 0)
			return false;
		if (out >= segment->in_first + segment->seq_offset) {
			*out_stream = segment->stream;
			*out_seq = out - segment->seq_offset;
			return true;
		}
	}
	return false;
}

uint32_t rewrite_stream(const struct rewrite *rewrite, uint32_t *out_ts_offset)
{
	const struct rewrite_segment *segment = segment_back(rewrite, 0);

	if (rewrite->broken)
		return 0;
	*out_ts_offset = segment->ts_offset;
	return segment->stream;
}

/* Timestamp at which the wall clock puts `time`. */
static int64_t clock_ts(const struct rewrite *rewrite, rs_time time)
{
	return rewrite->base_ts + rtp_ticks_from_us(time - rewrite->base_time, rewrite->clock_hz);
}

/* A sender's clock that runs fast or slow takes its listeners' buffers along; the wall clock of the next
 * switch has to start from there, or a long speech ends in a jump. */
static void absorb_drift(struct rewrite *rewrite)
{
	const int64_t most = (rewrite->last_time - rewrite->settled_time) * DRIFT_MAX_PPM / 1000000;
	int64_t drift = rewrite->last_ahead - rewrite->settled_ahead;

	if (!rewrite->settled || most <= 0)
		return;
	if (drift > most)
		drift = most;
	if (drift < -most)
		drift = -most;
	rewrite->base_time -= drift;
}

void rewrite_break(struct rewrite *rewrite)
{
	if (rewrite->broken)
		return;
	absorb_drift(rewrite);
	rewrite->broken = true;
}

void rewrite_forget(struct rewrite *rewrite)
{
	rewrite_break(rewrite);
	for (size_t i = 0; i < REWRITE_SEGMENTS; i++)
		rewrite->segments[i] = (struct rewrite_segment){ 0 };
}

static void note_time(struct rewrite *rewrite, const struct rewrite_in *in, int64_t out_ts)
{
	rewrite->highest_ts = out_ts;
	rewrite->last_duration = in->duration;
	rewrite->last_time = in->time;
	rewrite->last_arrival = in->arrival;
	rewrite->last_ahead =
		rtp_ticks_to_us(out_ts - clock_ts(rewrite, in->time), rewrite->clock_hz);
	if (rewrite->settled || in->time - rewrite->segment_time < SETTLED)
		return;
	rewrite->settled = true;
	rewrite->settled_time = in->time;
	rewrite->settled_ahead = rewrite->last_ahead;
}

static void note_picture(
	struct rewrite *rewrite, const struct rewrite_segment *segment, const struct rewrite_in *in)
{
	const int64_t picture = in->picture + segment->picture_offset;

	if (in->has_picture && picture > rewrite->highest_picture)
		rewrite->highest_picture = picture;
	if (in->has_tl0)
		rewrite->last_tl0 = (uint8_t)(in->tl0 + segment->tl0_offset);
	if (in->has_keyidx)
		rewrite->last_keyidx = (in->keyidx + segment->keyidx_offset) & KEYIDX_MASK;
}

/* Where the clock puts the packet, unless that is further on than time has passed: then a source's clock was
 * misjudged, and a listener would wait for what never comes. The base, which may be what is wrong, follows slowly:
 * were it moved at once, each misjudgement would stay. */
static int64_t due_ts(struct rewrite *rewrite, const struct rewrite_in *in, int64_t least)
{
	const rs_time passed = rs_time_max(0, in->arrival - rewrite->last_arrival);
	const int64_t elapsed = rewrite->highest_ts + rtp_ticks_from_us(passed, rewrite->clock_hz);
	const int64_t most = elapsed > least ? elapsed : least;
	const int64_t due = clock_ts(rewrite, in->time);
	const rs_time excess = rtp_ticks_to_us(due - most, rewrite->clock_hz);

	if (excess <= EXCESS_MAX)
		return due;
	rewrite->base_time += rs_time_min(excess, BASE_STEP);
	return most;
}

/* Where sender reports put the packet of another layer, if they can be believed. */
static bool same_ts(const struct rewrite *rewrite, const struct rewrite_in *in, int64_t *out_ts)
{
	const struct rewrite_segment *segment = segment_back(rewrite, 0);
	const int64_t apart_max = rtp_ticks_from_us(SAME_APART_MAX, rewrite->clock_hz);

	if (!in->has_same || segment->stream == 0)
		return false;
	const int64_t ts = rtp_ts_unwrap(rewrite->highest_ts, in->same_ts + segment->ts_offset);
	/* By arrival, relative to where the present stream is and not to the base. */
	const int64_t due = rewrite->highest_ts +
			    rtp_ticks_from_us(in->time - rewrite->last_time, rewrite->clock_hz);
	if (ts - due > apart_max || due - ts > apart_max)
		return false;
	*out_ts = ts;
	return true;
}

/* The timestamp a switch starts with; false when that is too far ahead of the clock. */
static bool switch_ts(struct rewrite *rewrite, const struct rewrite_in *in, int64_t *out_ts)
{
	if (!rewrite->started) {
		rewrite->base_time = in->time;
		rewrite->base_ts = rewrite->highest_ts;
		*out_ts = rewrite->highest_ts;
		return true;
	}

	const int64_t least =
		rewrite->highest_ts +
		(rewrite->last_duration > 0 ? rewrite->last_duration : DURATION_UNKNOWN);
	int64_t due;
	if (!same_ts(rewrite, in, &due))
		due = due_ts(rewrite, in, least);
	if (!rewrite->video &&
		least - due > rtp_ticks_from_us(REWRITE_AHEAD_MAX, rewrite->clock_hz)) {
		if (rewrite->dropped++ < REWRITE_AHEAD_DROPS)
			return false;
	}
	rewrite->dropped = 0;
	*out_ts = due > least ? due : least;
	return true;
}

static enum rewrite_verdict begin(
	struct rewrite *rewrite, const struct rewrite_in *in, struct rewrite_out *out)
{
	int64_t ts;

	if (rewrite->video && !in->keyframe)
		return REWRITE_NEEDS_KEYFRAME;
	rewrite_break(rewrite);
	if (!switch_ts(rewrite, in, &ts))
		return REWRITE_AHEAD;

	rewrite->highest_out++;
	rewrite->highest_in = in->seq;
	segment_push(rewrite,
		(struct rewrite_segment){
			.stream = in->stream,
			.in_first = in->seq,
			.seq_offset = rewrite->highest_out - in->seq,
			.ts_offset = (uint32_t)ts - in->rtp_ts,
			.picture_offset = rewrite->highest_picture + 1 - in->picture,
			.tl0_offset = (uint8_t)(rewrite->last_tl0 + 1 - in->tl0),
			.keyidx_offset = (rewrite->last_keyidx + 1U - in->keyidx) & KEYIDX_MASK,
		});
	const struct rewrite_segment *segment = segment_back(rewrite, 0);
	rewrite->started = true;
	rewrite->broken = false;
	rewrite->segment_time = in->time;
	rewrite->settled = false;
	note_time(rewrite, in, ts);
	note_picture(rewrite, segment, in);
	fill(segment, in, out);
	out->switched = true;
	return REWRITE_FORWARD;
}

/* An encoder that starts anew may count its pictures anew; the receiver must not see that. */
static bool picture_restarted(const struct rewrite *rewrite, const struct rewrite_in *in)
{
	return in->keyframe && in->has_picture &&
	       in->picture + segment_back(rewrite, 0)->picture_offset <= rewrite->highest_picture;
}

static void go_on(struct rewrite *rewrite, const struct rewrite_in *in, struct rewrite_out *out)
{
	const struct rewrite_segment *segment = segment_back(rewrite, 0);

	if (picture_restarted(rewrite, in)) {
		struct rewrite_segment next = *segment;
		next.in_first = in->seq;
		next.picture_offset = rewrite->highest_picture + 1 - in->picture;
		next.tl0_offset = (uint8_t)(rewrite->last_tl0 + 1 - in->tl0);
		next.has_before = next.has_after = false;
		segment_push(rewrite, next);
		segment = segment_back(rewrite, 0);
	}
	rewrite->highest_in = in->seq;
	rewrite->highest_out = in->seq + segment->seq_offset;
	note_picture(rewrite, segment, in);
	fill(segment, in, out);
	const int64_t ts = rtp_ts_unwrap(rewrite->highest_ts, out->rtp_ts);
	if (ts > rewrite->highest_ts)
		note_time(rewrite, in, ts);
}

enum rewrite_verdict rewrite_map(
	struct rewrite *rewrite, const struct rewrite_in *in, struct rewrite_out *out_packet)
{
	const bool present = !rewrite->broken && segment_back(rewrite, 0)->stream == in->stream;

	if (rewrite_again(rewrite, in, out_packet))
		return REWRITE_FORWARD;
	if (present && in->seq > rewrite->highest_in) {
		go_on(rewrite, in, out_packet);
		return REWRITE_FORWARD;
	}
	if (present || !in->may_switch)
		return REWRITE_LATE;
	return begin(rewrite, in, out_packet);
}

bool rewrite_is_next(const struct rewrite *rewrite, const struct rewrite_in *in)
{
	return !rewrite->broken && segment_back(rewrite, 0)->stream == in->stream &&
	       in->seq > rewrite->highest_in;
}

/* Numbers from the one after `seq` on are one less. Numbers between the highest and `seq` still belong to the segment before. */
static void close_up(
	struct rewrite *rewrite, int64_t seq, const uint32_t *left_out_ts, bool picture)
{
	struct rewrite_segment *segment = &rewrite->segments[rewrite->newest];
	const bool unused = segment->in_first == seq; /* nothing was mapped since the last one */
	struct rewrite_segment next = *segment;

	next.in_first = seq + 1;
	next.seq_offset--;
	next.picture_offset -= picture ? 1 : 0;
	next.has_after = false;
	if (left_out_ts != NULL) { /* else what was left out before that may still go on */
		next.has_before = true;
		next.before_ts = *left_out_ts;
	}
	rewrite->highest_in = seq;
	rewrite->highest_out = seq + next.seq_offset;
	if (unused) {
		*segment = next;
		return;
	}
	segment->has_after = left_out_ts != NULL;
	if (left_out_ts != NULL)
		segment->after_ts = *left_out_ts;
	segment_push(rewrite, next);
}

bool rewrite_skip(struct rewrite *rewrite, uint32_t stream, int64_t seq)
{
	const struct rewrite_in in = { .stream = stream, .seq = seq };

	if (!rewrite_is_next(rewrite, &in))
		return segment_of(rewrite, stream, seq) == NULL;
	close_up(rewrite, seq, NULL, false);
	return true;
}

/* Frames before it may still come: what is switched to counts on behind them. */
static void note_left_out(
	struct rewrite *rewrite, const struct rewrite_segment *segment, const struct rewrite_in *in)
{
	const int64_t ts = rtp_ts_unwrap(rewrite->highest_ts, in->rtp_ts + segment->ts_offset);
	struct rewrite_in before = *in;

	before.picture--;
	note_picture(rewrite, segment, &before);
	if (ts > rewrite->highest_ts)
		note_time(rewrite, in, ts);
}

bool rewrite_leave_out(struct rewrite *rewrite, const struct rewrite_in *in)
{
	if (!rewrite_is_next(rewrite, in))
		return segment_of(rewrite, in->stream, in->seq) == NULL;
	const struct rewrite_segment *segment = segment_back(rewrite, 0);
	const bool frame_goes_on = segment->has_before && segment->before_ts == in->rtp_ts;
	if (!frame_goes_on)
		note_left_out(rewrite, segment, in);
	close_up(rewrite, in->seq, &in->rtp_ts, in->has_picture && !frame_goes_on);
	return true;
}
