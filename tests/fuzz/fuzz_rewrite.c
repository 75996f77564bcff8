/* The rewriter under a script of packets, gaps, reordering, switches, padding and frames left out of three streams.
 * The first octet chooses audio or video, each later one is a step. Aborts when a number is given twice, order within a
 * stream is not kept, time or pictures run back, a number does not lead back, or something of a frame left out goes on. */
#include <stdlib.h>

#include "common/rtp/seq.h"
#include "sfu/rewrite/rewrite.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define STREAMS 3
#define STEPS_MAX 4096
/* Packets of a picture. */
#define PICTURE 3

enum fate {
	UNDECIDED,
	KEPT,
	LEFT_OUT,
	BOTH, /* left out, and begun with after a break: either is right for what is late */
};

struct given {
	uint32_t stream;
	int64_t seq;
};

struct script {
	struct rewrite rewrite;
	bool video;
	rs_time now;
	int64_t next[STREAMS]; /* per stream: the next packet in order */
	unsigned wanted;
	bool leave_out;                                      /* the next picture that begins */
	bool left_out;                                       /* something was */
	uint8_t fates[STREAMS][STEPS_MAX * 8 / PICTURE + 1]; /* enum fate, by picture */
	bool any;
	int64_t first_out;
	int64_t highest_out;
	int64_t highest_ts;
	int64_t highest_picture;
	struct given given[STEPS_MAX * 16]; /* by out number - first_out */
};

static struct rewrite_in packet(
	const struct script *script, unsigned which, int64_t seq, bool keyframe)
{
	return (struct rewrite_in){
		.stream = which + 1,
		.may_switch = which == script->wanted,
		.seq = seq,
		.rtp_ts = (uint32_t)((script->video ? seq / PICTURE * PICTURE : seq) * 960 +
				     which * 123456789),
		.arrival = script->now,
		.time = script->now,
		.duration = 960,
		.keyframe = keyframe,
		.has_picture = script->video,
		.picture = seq / PICTURE + which * 1000,
		.has_tl0 = script->video,
		.tl0 = (uint8_t)(seq / PICTURE),
	};
}

static void note_newest(struct script *script, const struct rewrite_out *out, int64_t seq)
{
	const int64_t ts = rtp_ts_unwrap(script->highest_ts, out->rtp_ts);
	const int64_t picture =
		script->highest_picture +
		(int16_t)(((out->picture - script->highest_picture) & 0x7fff) << 1) / 2;

	if (ts < script->highest_ts || (out->switched && ts == script->highest_ts))
		abort();
	script->highest_ts = ts;
	script->highest_out = seq;
	if (!script->video || out->hollow)
		return;
	if (picture < script->highest_picture ||
		(out->switched && picture == script->highest_picture))
		abort();
	/* What is left out may have come with others that are still on their way. */
	if (out->switched && !script->left_out && picture != script->highest_picture + 1)
		abort();
	script->highest_picture = picture;
}

static void note(struct script *script, const struct rewrite_in *in, const struct rewrite_out *out)
{
	uint32_t stream;
	int64_t seq;

	if (!script->any) {
		script->any = true;
		script->first_out = out->seq;
		script->highest_out = out->seq - 1;
		script->highest_ts = (int64_t)out->rtp_ts - 1;
		script->highest_picture = out->picture - 1;
	}
	const int64_t number = rtp_seq_unwrap(script->highest_out, out->seq);
	if (number < script->first_out ||
		number - script->first_out >= (int64_t)RS_ARRAY_LEN(script->given))
		abort();
	struct given *given = &script->given[number - script->first_out];
	if (given->stream != 0)
		abort();
	*given = (struct given){ in->stream, in->seq };
	if (number > script->highest_out) {
		note_newest(script, out, number);
	}
	if (rewrite_find(&script->rewrite, out->seq, &stream, &seq) &&
		(stream != in->stream || seq != in->seq))
		abort();
}

/* Decided once a picture, while nothing of it has a place. */
static bool leaves_out(struct script *script, const struct rewrite_in *in, uint8_t *fate)
{
	if (!script->video || !rewrite_is_next(&script->rewrite, in))
		return false;
	if (*fate == UNDECIDED) {
		*fate = script->leave_out ? LEFT_OUT : KEPT;
		script->leave_out = false;
	}
	return *fate == LEFT_OUT;
}

static void feed(struct script *script, unsigned which, int64_t seq, bool keyframe)
{
	const struct rewrite_in in = packet(script, which, seq, keyframe);
	uint8_t *fate = &script->fates[which][seq / PICTURE];
	struct rewrite_out out;

	if (leaves_out(script, &in, fate)) {
		if (!rewrite_leave_out(&script->rewrite, &in))
			abort();
		script->left_out = true;
		return;
	}
	if (rewrite_map(&script->rewrite, &in, &out) != REWRITE_FORWARD)
		return;
	if (out.switched)
		*fate = *fate == LEFT_OUT || *fate == BOTH ? BOTH : KEPT;
	if (*fate != BOTH && out.hollow != (*fate == LEFT_OUT))
		abort();
	note(script, &in, &out);
}

/* Bits 0-1: stream; 2-4: what; 5-7: how much. */
static void step(struct script *script, uint8_t octet, bool (*seen)[STEPS_MAX * 8])
{
	const unsigned which = (octet & 3U) % STREAMS;
	const unsigned n = (unsigned)octet >> 5;
	int64_t seq = script->next[which];

	switch ((octet >> 2) & 7) {
	case 0: /* in order */
	case 1: /* in order, a key frame */
		script->next[which]++;
		break;
	case 2: /* after a gap */
		seq += n;
		script->next[which] = seq + 1;
		break;
	case 3: /* late */
		seq -= n + 1;
		break;
	case 4:
		script->wanted = which;
		return;
	case 5:
		script->now += RS_MS(10) * (rs_time)(n * n + 1);
		return;
	case 6:
		rewrite_break(&script->rewrite);
		return;
	default: /* padding in order, or a frame to be left out */
		if (n >= 4) {
			script->leave_out = true;
			return;
		}
		script->next[which]++;
		seen[which][seq] = true;
		(void)rewrite_skip(&script->rewrite, which + 1, seq); /* a hole is allowed */
		return;
	}
	if (seq < 0 || seen[which][seq])
		return;
	seen[which][seq] = true;
	feed(script, which, seq, ((octet >> 2) & 7) == 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct script script;
	static bool seen[STREAMS][STEPS_MAX * 8];
	struct rs_rand rand;

	if (size < 2 || size > STEPS_MAX)
		return 0;
	script = (struct script){ .video = (data[0] & 1) != 0 };
	for (unsigned i = 0; i < STREAMS; i++)
		for (unsigned j = 0; j < RS_ARRAY_LEN(seen[i]); j++)
			seen[i][j] = false;
	rs_rand_init_seed(&rand, data[0]);
	rewrite_init(&script.rewrite, 48000, script.video, &rand);
	for (size_t i = 1; i < size; i++)
		step(&script, data[i], seen);
	return 0;
}
