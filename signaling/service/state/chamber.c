#include "signaling/service/state/chamber.h"

#include "signaling/service/state/state.h"

#include <errno.h>
#include <string.h>

struct chamber *chamber_find(const struct service *service, const char *meeting)
{
	struct chamber *chamber = service->chambers;
	while (chamber != NULL && strcmp(chamber->proceedings->meeting->id, meeting) != 0)
		chamber = chamber->next;
	return chamber;
}

bool chamber_is_of(const struct chamber *chamber, const char *conference)
{
	return strcmp(chamber->conference, conference) == 0;
}

struct person *chamber_person(const struct chamber *chamber, const char *badge)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant = meeting_find(meeting, badge);
	return participant != NULL ? &chamber->people[participant - meeting->participants] : NULL;
}

int chamber_submit(struct service *service, struct chamber *chamber, const struct job *job)
{
	if (chamber->n_jobs >= service->config.limits.queue)
		return -E2BIG;
	struct job *queued = rs_memdup(job, sizeof(*job));
	if (queued == NULL)
		return -E2BIG;
	if (chamber->last_job != NULL) {
		chamber->last_job->next = queued;
	} else {
		chamber->first_job = queued;
	}
	chamber->last_job = queued;
	chamber->n_jobs++;
	return 0;
}

void measure_forget(struct person *person)
{
	person->level = -1;
	person->rtt_ms = -1;
	person->loss = -1;
	person->mic_packets = 0;
	person->heard_at = person->seen_at = 0;
	person->camera_packets = 0;
	person->jitter_ms = 0;
	person->khz = 0;
	person->speaking = -1;
	person->sound = -1;
	person->ear_ms = -1;
	person->meter = (struct meter){ 0 };
	interpretability_init(&person->interpretability);
}
