#include "signaling/meeting/meeting.h"

#include <errno.h>
#include <stdlib.h>

/* So long before it interpretation ends, at most, a sitting begins that it is said of. */
#define DAY_MS (INT64_C(24) * 3600 * 1000)

int meeting_new(size_t items, size_t channels, size_t participants, struct meeting **out_meeting)
{
	if (items > MEETING_ITEMS_MAX || channels > MEETING_CHANNELS_MAX ||
		participants > MEETING_PARTICIPANTS_MAX)
		return -E2BIG;

	RS_CLEANUP(meeting_freep) struct meeting *meeting = rs_zalloc(sizeof(*meeting));
	if (meeting == NULL)
		return -ENOMEM;
	meeting->items = rs_calloc(items, sizeof(*meeting->items));
	meeting->channels = rs_calloc(channels, sizeof(*meeting->channels));
	meeting->participants = rs_calloc(participants, sizeof(*meeting->participants));
	meeting->by_id = rs_calloc(participants, sizeof(*meeting->by_id));
	if (meeting->items == NULL || meeting->channels == NULL || meeting->participants == NULL ||
		meeting->by_id == NULL)
		return -ENOMEM;

	meeting->n_items = items;
	meeting->item = items;
	meeting->n_channels = channels;
	meeting->n_participants = participants;
	*out_meeting = rs_steal(&meeting);
	return 0;
}

struct meeting *meeting_free(struct meeting *meeting)
{
	if (meeting == NULL)
		return NULL;
	rs_release(meeting->delegations);
	rs_release(meeting->booths);
	rs_release(meeting->items);
	rs_release(meeting->channels);
	rs_release(meeting->participants);
	rs_release(meeting->by_id);
	return rs_release(meeting);
}

void meeting_freep(struct meeting **meeting)
{
	*meeting = meeting_free(*meeting);
}

int meeting_set_delegations(struct meeting *meeting, const struct delegation *delegations, size_t n)
{
	if (n > DELEGATIONS_MAX)
		return -E2BIG;
	meeting->delegations = rs_calloc(n, sizeof(*meeting->delegations));
	if (meeting->delegations == NULL)
		return -ENOMEM;
	/* Put in one by one, so that equals stay in the order of the file: few are out of it. */
	for (size_t i = 0; i < n; i++) {
		size_t at = i;
		while (at > 0 && meeting->delegations[at - 1].order > delegations[i].order) {
			meeting->delegations[at] = meeting->delegations[at - 1];
			at--;
		}
		meeting->delegations[at] = delegations[i];
	}
	meeting->n_delegations = n;
	return 0;
}

int meeting_set_booths(struct meeting *meeting, const struct booth *booths, size_t n)
{
	if (n > MEETING_CHANNELS_MAX)
		return -E2BIG;
	meeting->booths = rs_calloc(n, sizeof(*meeting->booths));
	if (meeting->booths == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		meeting->booths[i] = booths[i];
	meeting->n_booths = n;
	return 0;
}

static int compare_ids(const void *a, const void *b, void *ctx)
{
	const struct participant *participants = ctx;
	return strcmp(participants[*(const size_t *)a].id, participants[*(const size_t *)b].id);
}

/* By delegation; within it delegates after others, and each in the order of the file. */
static int compare_delegations(const void *a, const void *b, void *ctx)
{
	const struct participant *participants = ctx;
	const size_t i = *(const size_t *)a;
	const size_t j = *(const size_t *)b;
	int order = strcmp(participants[i].delegation, participants[j].delegation);
	if (order == 0)
		order = (participants[i].role == ROLE_DELEGATE) -
			(participants[j].role == ROLE_DELEGATE);
	return order != 0 ? order : (i > j) - (i < j);
}

/* So that counting delegations compares no names. by_id is sorted by delegation. */
static void find_firsts(struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const size_t at = meeting->by_id[i];
		const struct participant *before =
			i > 0 ? &meeting->participants[meeting->by_id[i - 1]] : NULL;
		const bool same =
			before != NULL && before->role == ROLE_DELEGATE &&
			strcmp(before->delegation, meeting->participants[at].delegation) == 0;
		meeting->participants[at].first = same ? before->first : at;
	}
}

/* Of a delegation without a head the first delegate is it; who has no rank otherwise is an alternate. by_id is sorted by delegation. */
static void set_ranks(struct meeting *meeting)
{
	size_t end;
	for (size_t begin = 0; begin < meeting->n_participants; begin = end) {
		const char *delegation = meeting->participants[meeting->by_id[begin]].delegation;
		bool has_head = false;
		for (end = begin; end < meeting->n_participants; end++) {
			const struct participant *at = &meeting->participants[meeting->by_id[end]];
			if (strcmp(at->delegation, delegation) != 0)
				break;
			has_head = has_head || at->rank == RANK_HEAD;
		}
		for (size_t i = begin; i < end; i++) {
			struct participant *at = &meeting->participants[meeting->by_id[i]];
			if (at->role != ROLE_DELEGATE || at->rank != RANK_NONE)
				continue;
			at->rank = has_head ? RANK_ALTERNATE : RANK_HEAD;
			has_head = true;
		}
	}
}

int meeting_ready(struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_participants; i++) {
		meeting->participants[i].csrc = MEETING_CSRC_FIRST + (uint32_t)i;
		meeting->by_id[i] = i;
	}
	/* by_id is sorted for these two, and then for what it is for. */
	qsort_r(meeting->by_id, meeting->n_participants, sizeof(*meeting->by_id),
		compare_delegations, meeting->participants);
	find_firsts(meeting);
	set_ranks(meeting);
	qsort_r(meeting->by_id, meeting->n_participants, sizeof(*meeting->by_id), compare_ids,
		meeting->participants);
	for (size_t i = 1; i < meeting->n_participants; i++) {
		if (compare_ids(
			    &meeting->by_id[i - 1], &meeting->by_id[i], meeting->participants) == 0)
			return -EEXIST;
	}
	for (size_t i = 0; i < meeting->n_items; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(meeting->items[i].id, meeting->items[j].id) == 0)
				return -EEXIST;
		}
	}
	for (size_t i = 0; i < meeting->n_channels; i++) {
		for (size_t j = 0; j < i; j++) {
			if (strcmp(meeting->channels[i].id, meeting->channels[j].id) == 0)
				return -EEXIST;
		}
	}
	return 0;
}

bool meeting_is_sitting(const struct meeting *meeting)
{
	return meeting->phase == MEETING_IN_SESSION || meeting->phase == MEETING_SUSPENDED;
}

bool meeting_is_under_way(const struct meeting *meeting)
{
	return meeting->phase == MEETING_TEST || meeting_is_sitting(meeting);
}

struct participant *meeting_find(const struct meeting *meeting, const char *id)
{
	size_t low = 0;
	size_t high = meeting->n_participants;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		struct participant *participant = &meeting->participants[meeting->by_id[middle]];
		const int order = strcmp(id, participant->id);
		if (order == 0)
			return participant;
		if (order < 0) {
			high = middle;
		} else {
			low = middle + 1;
		}
	}
	return NULL;
}

const struct participant *meeting_find_seat(const struct meeting *meeting, const char *seat)
{
	for (size_t i = 0; i < meeting->n_participants && seat[0] != '\0'; i++) {
		if (strcmp(meeting->participants[i].seat, seat) == 0)
			return &meeting->participants[i];
	}
	return NULL;
}

const struct meeting_channel *meeting_find_channel(const struct meeting *meeting, const char *id)
{
	for (size_t i = 0; i < meeting->n_channels; i++) {
		if (strcmp(meeting->channels[i].id, id) == 0)
			return &meeting->channels[i];
	}
	return NULL;
}

const struct delegation *meeting_find_delegation(const struct meeting *meeting, const char *id)
{
	for (size_t i = 0; i < meeting->n_delegations; i++) {
		if (strcmp(meeting->delegations[i].id, id) == 0)
			return &meeting->delegations[i];
	}
	return NULL;
}

/* What the conference file says holds for the sitting of that day. */
static bool is_planned(const struct meeting *meeting)
{
	const int64_t left_ms = meeting->interpretation_planned_ms - meeting->opened_ms;
	return meeting->interpretation_planned_ms != 0 &&
	       (meeting->opened_ms == 0 || (left_ms > 0 && left_ms <= DAY_MS));
}

int64_t meeting_interpretation_ends(const struct meeting *meeting)
{
	const uint32_t usual_s = meeting->rules.plan.interpretation_s;
	if (meeting->interpretation_ends_ms != 0)
		return meeting->interpretation_ends_ms;
	if (is_planned(meeting))
		return meeting->interpretation_planned_ms;
	return usual_s != 0 && meeting->opened_ms != 0
		       ? meeting->opened_ms + usual_s * INT64_C(1000)
		       : 0;
}

const struct participant *meeting_chair(const struct meeting *meeting)
{
	for (size_t i = 0; i < meeting->n_participants; i++) {
		if (meeting->participants[i].role == ROLE_CHAIR)
			return &meeting->participants[i];
	}
	return NULL;
}

const struct participant *meeting_voice(
	const struct meeting *meeting, const struct participant *participant)
{
	if (participant->place != PLACE_IN_ROOM || participant->role == ROLE_ROOM)
		return participant;
	const struct participant *room = NULL;
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct participant *one = &meeting->participants[i];
		if (one->role == ROLE_ROOM && (room == NULL || one->line > room->line))
			room = one;
	}
	return room;
}

bool participant_has_language(const struct participant *participant, const char *language)
{
	for (size_t i = 0; i < participant->n_languages; i++) {
		if (strcmp(participant->languages[i], language) == 0)
			return true;
	}
	return false;
}

const char *meeting_phase_name(enum meeting_phase phase)
{
	static const char *const names[] = {
		[MEETING_SCHEDULED] = "scheduled",
		[MEETING_TEST] = "test",
		[MEETING_IN_SESSION] = "in-session",
		[MEETING_SUSPENDED] = "suspended",
		[MEETING_ADJOURNED] = "adjourned",
		[MEETING_CLOSED] = "closed",
	};
	return names[phase];
}

const char *meeting_recording_name(enum meeting_recording recording)
{
	static const char *const names[] = { "off", "waiting", "recording", "failed" };
	return names[recording];
}
