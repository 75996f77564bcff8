#include "signaling/service/people/presence.h"

#include "signaling/meeting/visibility.h"
#include "signaling/proceedings/seats.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"

void presence_away(struct service *service, struct person *person, struct moment at)
{
	if (person->sessions > 0 || person->away_at != RS_TIME_NEVER)
		return;
	person->away_at = person->left ? at.now : at.now + service->config.lost_grace;
}

/* Publishers without a page are there as long as their media is. */
static bool publishes(const struct person *person)
{
	for (const struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person) {
		if (peer->use == PEER_PUBLISH && peer->state == NODE_PEER_CONNECTED)
			return true;
	}
	return false;
}

/* A box of the meeting room: who presses a key there is there with it. */
static bool is_room_here(const struct chamber *chamber)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct person *person = &chamber->people[i];
		if (meeting->participants[i].role == ROLE_ROOM &&
			(person->sessions > 0 || publishes(person)))
			return true;
	}
	return false;
}

/* Pressed the key of their seat, and sits there as long as the sitting lasts, the room has a line, and no page says otherwise. */
static bool sits_in_room(
	const struct chamber *chamber, const struct person *person, size_t i, bool room)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant = &meeting->participants[i];
	return room && (person->pressed || participant->seated) &&
	       (person->sessions == 0 || person->companion) && meeting_admits(meeting, participant);
}

static enum line line_of(
	const struct service *service, const struct chamber *chamber, size_t i, bool seated)
{
	const struct person *person = &chamber->people[i];
	const struct meeting *meeting = chamber->proceedings->meeting;
	/* While the media server cannot tell, media goes on as it was. */
	if (meeting->participants[i].line == LINE_CONNECTED &&
		node_of_instance(service, meeting->instance) == NULL)
		return LINE_CONNECTED;
	for (const struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person) {
		if (peer->state == NODE_PEER_CONNECTED)
			return LINE_CONNECTED;
	}
	return person->sessions > 0 || seated ? LINE_JOINED : LINE_AWAY;
}

/* Where the one live place of this person is. While no page is there it stays where it was. */
static enum place place_of(
	const struct person *person, const struct participant *participant, bool seated)
{
	if (seated)
		return PLACE_IN_ROOM;
	if (person->sessions == 0)
		return participant->place;
	return person->companion ? PLACE_IN_ROOM : PLACE_REMOTE;
}

/* Who speaks in the room goes on when the page beside them goes. */
static bool speaks_in_room(const struct chamber *chamber, const struct participant *participant)
{
	return participant->present && participant->place == PLACE_IN_ROOM &&
	       strcmp(chamber->proceedings->floor->now.holder, participant->id) == 0;
}

enum hearing { HEARING_UNKNOWN, HEARING_SOMETHING, HEARING_NOTHING };

/* Pages send all the time, also with a closed microphone: when all that used to come stays out for PEER_QUIET_MS, or
 * for a whole measure, the line is lost. That is known within 2 s, while consent runs out after 30. */
static enum hearing hear(const struct person *person)
{
	enum hearing hearing = HEARING_UNKNOWN;
	for (const struct peer *peer = person->peers; peer != NULL; peer = peer->next_of_person) {
		if (peer->rx_packets == 0)
			continue;
		if (!peer->quiet)
			return HEARING_SOMETHING;
		hearing = HEARING_NOTHING;
	}
	return hearing;
}

/* Nothing comes any more from a desk that is live, or about to be. */
static bool is_desk_lost(const struct chamber *chamber, const char *badge)
{
	if (!interpretation_needs(chamber->proceedings->interpretation, badge))
		return false;
	const struct person *person = chamber_person(chamber, badge);
	return person != NULL && (person->media_lost || hear(person) == HEARING_NOTHING);
}

static int64_t resume_within_ms(const struct chamber *chamber)
{
	return INT64_C(1000) * chamber->proceedings->meeting->rules.resume_within_s;
}

/* One that was, and is heard again soon enough. */
static bool is_desk_back(const struct chamber *chamber, const char *badge, struct moment at)
{
	if (!interpretation_may_resume(chamber->proceedings->interpretation, badge,
		    resume_within_ms(chamber), at.wall_ms))
		return false;
	const struct person *person = chamber_person(chamber, badge);
	return person != NULL && !person->media_lost && hear(person) == HEARING_SOMETHING;
}

bool presence_desk_changed(const struct chamber *chamber, struct moment at)
{
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		const char *badge = interpretation->desks[i].id;
		if (is_desk_lost(chamber, badge) || is_desk_back(chamber, badge, at))
			return true;
	}
	return false;
}

void presence_tell_silent(const struct chamber *chamber, struct command *command)
{
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	if (command->kind < COMMAND_GO_LIVE || command->kind > COMMAND_CANCEL_HANDOVER)
		return;
	for (size_t i = 0; i < interpretation->n_desks; i++) {
		const struct person *person = chamber_person(chamber, interpretation->desks[i].id);
		/* Measured once, and not in the last second. */
		if (person != NULL && person->mic_packets > 0 && person->level < 0)
			command->silent[i / 64] |= UINT64_C(1) << i % 64;
	}
}

/* What follows of a desk's event is judged by the state after it. */
static bool has_desk_event(const struct events *events)
{
	for (size_t i = 0; i < events->n; i++) {
		if (interpretation_concerns(events->list[i].kind))
			return true;
	}
	return false;
}

/* The line of a desk's page may be fine, and nothing comes from its microphone. */
static void reconcile_desk(struct chamber *chamber, const char *badge, struct moment at)
{
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	if (is_desk_lost(chamber, badge)) {
		interpretation_decide_lost(
			interpretation, badge, CAUSE_LOST_LINE, &chamber->events);
	} else if (is_desk_back(chamber, badge, at)) {
		interpretation_decide_back(interpretation, badge, resume_within_ms(chamber),
			at.wall_ms, &chamber->events);
	}
}

static void reconcile_person(
	struct service *service, struct chamber *chamber, size_t i, bool room, struct moment at)
{
	struct person *person = &chamber->people[i];
	const struct participant *participant = &chamber->proceedings->meeting->participants[i];
	const bool seated = sits_in_room(chamber, person, i, room);
	const bool here = person->sessions > 0 || publishes(person) || seated ||
			  speaks_in_room(chamber, participant);

	if (seated)
		person->left = false; /* closing a page is not leaving the room */
	if (here) {
		person->away_at = RS_TIME_NEVER;
	} else if (participant->present) {
		presence_away(service, person, at);
	}
	const bool present = here || (participant->present && at.now < person->away_at);
	enum event_cause cause = CAUSE_JOINED;
	if (!present) {
		cause = person->left ? CAUSE_LEFT : CAUSE_LOST_LINE;
	} else if (person->elsewhere && participant->present) {
		cause = CAUSE_ELSEWHERE;
	}
	person->elsewhere = false;
	const struct presence presence = {
		.present = present,
		.line = line_of(service, chamber, i, seated),
		.place = place_of(person, participant, seated),
		.cause = cause,
		.by_seat = seated && person->sessions == 0,
	};
	person->pressed = person->pressed && !participant->seated && seated;
	proceedings_decide_presence(chamber->proceedings, i, &presence, &chamber->events);
	if (present && participant->role == ROLE_INTERPRETER)
		reconcile_desk(chamber, participant->id, at);
	if (!here && present)
		chamber->deadline = rs_time_min(chamber->deadline, person->away_at);
}

static void reconcile_recorder(struct service *service, struct chamber *chamber)
{
	const struct archive *archive = &chamber->archive;
	if (chamber->proceedings->meeting->session[0] == '\0')
		return;
	if (node_recorder(service) == NULL) {
		meeting_decide_recorder(
			chamber->proceedings->meeting, MEETING_NO_RECORDER, &chamber->events);
	} else if (archive->reported && archive->report == NODE_RECORDING_FAILED) {
		meeting_decide_recorder(chamber->proceedings->meeting,
			archive->reason[0] != '\0' ? archive->reason : "unknown", &chamber->events);
	} else if (archive->reported && archive->report == NODE_RECORDING_ON) {
		meeting_decide_recorder(chamber->proceedings->meeting, NULL, &chamber->events);
	}
}

/* The SFU that is to serve a meeting whose own is away or drained: any that is connected and not drained. */
static const struct node *any_sfu(const struct service *service, const char *name)
{
	const struct node *found = NULL;
	size_t cursor = 0;
	const struct node *node;
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL) {
		if (!node->greeted || node->kind != NODE_SFU || node->draining)
			continue;
		/* The same name with another instance: that process is gone for good. */
		if (strcmp(node->name, name) == 0)
			return node;
		found = found == NULL ? node : found;
	}
	return found;
}

static void reconcile_media(struct service *service, struct chamber *chamber, struct moment at)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct node *node = node_of_instance(service, meeting->instance);
	if (node != NULL) {
		const struct node *other = node->draining ? any_sfu(service, "") : NULL;
		(void)rs_set_text(chamber->node, node->name);
		if (other != NULL)
			meeting_decide_media(meeting, other->instance, &chamber->events);
		return;
	}
	node = any_sfu(service, chamber->node);
	const bool known_gone = node != NULL && strcmp(node->name, chamber->node) == 0;
	const rs_time due = chamber->media_lost_at + service->config.media_grace;
	if (meeting->instance[0] != '\0' && !known_gone && at.now < due) {
		chamber->deadline = rs_time_min(chamber->deadline, due);
		return;
	}
	meeting_decide_media(meeting, node != NULL ? node->instance : "", &chamber->events);
}

/* Whose microphone is the holder's; NULL = nobody's that is known. */
static const struct person *speaker_line(const struct chamber *chamber)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant =
		meeting_find(meeting, chamber->proceedings->floor->now.holder);
	const struct participant *voice =
		participant != NULL ? meeting_voice(meeting, participant) : NULL;
	return voice != NULL ? &chamber->people[voice - meeting->participants] : NULL;
}

static enum hearing hear_speaker(const struct chamber *chamber)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant =
		meeting_find(meeting, chamber->proceedings->floor->now.holder);
	if (participant == NULL)
		return HEARING_UNKNOWN;
	/* The floor may have come back from a point of order to somebody who is gone. */
	if (!participant->present)
		return HEARING_NOTHING;
	const struct person *line = speaker_line(chamber);
	if (line == NULL)
		return HEARING_UNKNOWN;
	return line->media_lost ? HEARING_NOTHING : hear(line);
}

bool presence_awaited_voice(const struct chamber *chamber)
{
	if (chamber->proceedings->floor->now.awaits_ms == 0)
		return false;
	const struct person *line = speaker_line(chamber);
	return line != NULL && line->speaking > 0;
}

bool presence_speaker_changed(const struct chamber *chamber)
{
	return hear_speaker(chamber) ==
	       (chamber->proceedings->floor->now.suspended ? HEARING_SOMETHING : HEARING_NOTHING);
}

static void due_at(struct chamber *chamber, int64_t wall_ms, struct moment at)
{
	if (wall_ms != INT64_MAX)
		chamber->deadline = rs_time_min(chamber->deadline,
			at.now + RS_MS(wall_ms > at.wall_ms ? wall_ms - at.wall_ms : 1));
}

static void reconcile_floor(struct chamber *chamber, struct moment at)
{
	const struct floor *floor = chamber->proceedings->floor;
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	if (presence_speaker_changed(chamber)) {
		if (floor->now.suspended)
			floor_decide_back(floor, at.wall_ms, &chamber->events);
		else
			floor_decide_lost(floor, floor->now.holder, &chamber->events);
	}
	if (chamber->events.n == 0 && presence_awaited_voice(chamber))
		floor_decide_voice(floor, &chamber->events);
	if (chamber->events.n == 0)
		floor_decide_time(floor, at.wall_ms, &chamber->events);
	if (chamber->events.n == 0)
		floor_decide_window(floor, at.wall_ms, &chamber->events);
	if (chamber->events.n == 0)
		interpretation_decide_time(interpretation, at.wall_ms, &chamber->events);
	due_at(chamber, interpretation_due(interpretation), at);
	due_at(chamber, floor_due(floor), at);
	due_at(chamber, floor_window_ends(floor), at);
}

void presence_reconcile_one(
	struct service *service, struct chamber *chamber, const char *badge, struct moment at)
{
	const struct person *person = chamber_person(chamber, badge);
	if (person != NULL)
		reconcile_person(service, chamber, (size_t)(person - chamber->people),
			is_room_here(chamber), at);
}

/* Of a place afar nothing is left but the time within which it may come back. */
static bool is_line_lost(const struct person *person)
{
	return person->sessions == 0 && !publishes(person) && hear(person) != HEARING_SOMETHING;
}

const char *presence_author(struct chamber *chamber, const struct job *job)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *who;
	if (job->command.seat[0] == '\0')
		return job->badge;
	const enum verdict verdict = seats_find(chamber->proceedings, &job->command, &who);
	if (verdict == VERDICT_AWAY_FROM_SEAT)
		who = meeting_find_seat(meeting, job->command.seat);
	else if (verdict != VERDICT_OK)
		return job->badge;
	struct person *person = &chamber->people[who - meeting->participants];
	if (verdict == VERDICT_AWAY_FROM_SEAT && !is_line_lost(person))
		return job->badge;
	person->pressed = verdict == VERDICT_AWAY_FROM_SEAT || !who->present;
	return who->id;
}

void presence_reconcile(struct service *service, struct chamber *chamber, struct moment at)
{
	const bool room = is_room_here(chamber);
	chamber->deadline = RS_TIME_NEVER;
	reconcile_media(service, chamber, at);
	reconcile_recorder(service, chamber);
	const size_t n = chamber->proceedings->meeting->n_participants;
	for (size_t i = 0; i < n && !has_desk_event(&chamber->events) &&
			   chamber->events.n + PROCEEDINGS_PRESENCE_EVENTS < EVENTS_MAX;
		i++)
		reconcile_person(service, chamber, i, room, at);
	if (chamber->events.n == 0) /* what is decided there rests on the state as it is now */
		reconcile_floor(chamber, at);
	service_due(service, chamber->deadline);
}
