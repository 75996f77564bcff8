/* tests/support/technician_stage.h
 *
 * The stage of tests about a technician's work: over the bench a media server, KEN's page and a technician's, and what the media
 * server measures of KEN's line, second after second.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_TECHNICIAN_STAGE_H
#define ROSTRUM_TESTS_SUPPORT_TECHNICIAN_STAGE_H

#include "tests/support/service_bench.h"

struct technician_stage {
	struct bench *bench;
	struct bench_line *sfu, *ken, *technician;
	/* KEN's line so far; there is one from technician_stage_connect() on */
	char peer[65];
	int packets, lost;
	int voice; /* packets of the microphone */
	int64_t octets;
	int estimate; /* bits a second, to be set */
	bool is_mute; /* to be set: only pictures come */
};

/* Takes the bench, of a conference with the meeting "demo" and the badges KEN and technician; aborts without memory. */
struct technician_stage *technician_stage_new(struct bench *bench);
void technician_stage_free(struct technician_stage *stage);

/* One more page that joins "demo". */
struct bench_line *technician_stage_join(
	struct technician_stage *stage, const char *badge, const char *role);
/* KEN's page is connected to the media server. */
void technician_stage_connect(struct technician_stage *stage);
/* A second later: 50 packets of which so many were lost, 10,000 octets; the error of taking what the media server says of it. */
int technician_stage_second(struct technician_stage *stage, int lost);
/* The technician begins to survey, or ends it: whether that is accepted. */
bool technician_stage_survey(struct technician_stage *stage, bool on);
/* Of the last the technician was told: a member of its patch by path, or NULL. */
const json_t *technician_stage_patch(const struct technician_stage *stage, const char *path);

#endif
