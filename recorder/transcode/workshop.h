/* recorder/transcode/workshop.h
 *
 * A studio (studio.h) on a thread of its own, with a bounded queue before it and another behind it. Where the thread does not
 * keep up, it codes only what begins a segment until it has caught up; sound does not come here, and waits for nothing.
 *
 * The calls are for one thread, that of the loop; none of them waits for the studio but workshop_free(), for one picture.
 */
#ifndef ROSTRUM_RECORDER_TRANSCODE_WORKSHOP_H
#define ROSTRUM_RECORDER_TRANSCODE_WORKSHOP_H

#include "recorder/transcode/studio.h"

struct workshop;

/* Pictures that wait to be coded: octets and how many, at most. */
#define WORKSHOP_OCTETS_MAX ((size_t)8 << 20)
#define WORKSHOP_JOBS_MAX 256
/* Finished segments that wait to be taken; then the thread waits. */
#define WORKSHOP_SEGMENTS_MAX 4

enum workshop_kind {
	WORKSHOP_BEGIN,   /* `number`: studio_begin(); pictures that wait are dropped */
	WORKSHOP_SHOW,    /* `time_ms`, `somebody`: studio_show() */
	WORKSHOP_PICTURE, /* `codec`, `time_ms`, `data`: studio_picture() */
	WORKSHOP_RUN,     /* `time_ms`: studio_run() */
	WORKSHOP_END,     /* `time_ms`: studio_end() */
};

struct workshop_job {
	enum workshop_kind kind;
	int64_t number;
	int64_t time_ms;
	bool somebody;
	enum mux_codec codec;
	const uint8_t *data; /* copied */
	size_t len;
};

struct workshop_config {
	struct studio_config studio; /* but for emit */
	int64_t late_ms; /* behind workshop_expect() by more: only what begins a segment is coded */
	int64_t good_ms; /* until it is behind by no more than that */
	/* From the thread, when there is something to be taken. */
	void (*wake)(void *ctx);
	void *ctx;
};

/* A segment that was made: as in studio.h, owned by who took it. */
struct workshop_segment {
	int64_t number;
	int64_t duration_ms;
	struct rs_buf init;
	struct rs_buf data;
	char codec[16];
};

/* How it is at this moment. */
struct workshop_state {
	struct studio_stats stats;
	int64_t position_ms; /* session time up to which pictures were made */
	size_t waiting;      /* jobs */
	bool hurried;        /* it does not keep up */
	bool idle;           /* nothing waits, and nothing is made: all that was put in is done */
	int error;           /* it gave up: 0, or a negative errno */
};

/* Starts the thread. 0, -EINVAL (the studio's), -EAGAIN (no thread) or -ENOMEM. */
int workshop_new(const struct workshop_config *config, struct workshop **out_workshop) RS_MUST_USE;
/* Ends the thread after the picture it is at; what waits is dropped. */
struct workshop *workshop_free(struct workshop *workshop);
/* 0; -EAGAIN: too much waits; -ENOMEM. */
int workshop_put(struct workshop *workshop, const struct workshop_job *job) RS_MUST_USE;
/* The programme has come as far as this session time. */
void workshop_expect(struct workshop *workshop, int64_t time_ms);
/* 1 and the next segment, to be given to workshop_segment_done(); or 0. */
int workshop_take(struct workshop *workshop, struct workshop_segment *out_segment);
void workshop_segment_done(struct workshop_segment *segment);
void workshop_state(struct workshop *workshop, struct workshop_state *out_state);

#endif
