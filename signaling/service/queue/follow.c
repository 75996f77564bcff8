#include "signaling/service/queue/follow.h"

#include "common/log/log.h"
#include "signaling/meeting/visibility.h"
#include "signaling/service/matters/ballots.h"
#include "signaling/service/matters/booths.h"
#include "signaling/service/matters/captions.h"
#include "signaling/service/matters/chat.h"
#include "signaling/service/matters/documents.h"
#include "signaling/service/matters/plan.h"
#include "signaling/service/media/page.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/media/tell.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/record/late_rooms.h"
#include "signaling/service/service.h"
#include "signaling/service/show/decided.h"
#include "signaling/service/show/snapshot.h"
#include "signaling/service/show/streams.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/errands.h"

#include <errno.h>

static struct message *make_frame(struct message *payload, struct rs_buf *patch)
{
	struct rs_buf frame;
	struct message *message = NULL;
	rs_buf_init(&frame, 2 * VIEW_MAX);
	if (wire_event_frame((const char *)message_text(payload), payload->len,
		    (const char *)rs_buf_data(patch), rs_buf_len(patch), &frame) == 0)
		message = message_new(rs_buf_data(&frame), rs_buf_len(&frame));
	rs_buf_done(&frame);
	return message;
}

/* The event as pages are told it, in both forms. 0 or -ENOMEM. */
static int make_frames(const struct chamber *chamber, const struct view_before *before,
	const struct event *event, struct broadcast_event *told)
{
	struct rs_buf whole;
	struct rs_buf change;
	rs_buf_init(&whole, VIEW_MAX);
	rs_buf_init(&change, VIEW_MAX);
	if (view_write_patch(before, chamber->proceedings, event, &whole, &change) == 0) {
		told->frame = make_frame(told->payload, &whole);
		told->change = make_frame(told->payload, &change);
	}
	rs_buf_done(&whole);
	rs_buf_done(&change);
	return told->frame != NULL && told->change != NULL ? 0 : -ENOMEM;
}

static void tell(
	struct service *service, struct chamber *chamber, const struct broadcast_event *told)
{
	broadcast_add(chamber->broadcast, told);
	for (struct session *session = chamber->sessions; session != NULL; session = session->next)
		out_push(service, SERVICE_SEND, session->id, 0, session_frame(session, told));
	streams_tell(service, chamber, told->number, told->frame);
}

int chamber_apply(struct service *service, struct chamber *chamber, const struct event *event,
	const struct store_event *stored, struct message *payload)
{
	struct broadcast_event told = { .number = event->number, .payload = payload };
	struct view_before *before = NULL;
	int err = view_before_new(chamber->proceedings, event, &before);
	memcpy(told.hash, stored->hash, RS_SHA256_LEN);
	proceedings_apply(chamber->proceedings, event);
	late_follow(chamber, event->wall_ms);
	if (decided_follow(chamber, event) < 0)
		err = -ENOMEM;
	if (err == 0)
		err = make_frames(chamber, before, event, &told);
	if (err == 0)
		tell(service, chamber, &told);
	view_before_free(before);
	message_unref(told.frame);
	message_unref(told.change);
	return err;
}

/* Pages that could not be told come back for the whole view. */
static void lose_sessions(struct service *service, struct chamber *chamber, struct moment at)
{
	log_error(LOG_MEETING, chamber->proceedings->meeting->id,
		"out of memory, its pages are disconnected");
	while (chamber->sessions != NULL) {
		session_refuse(service, chamber->sessions, 1001, "restart",
			"The server could not go on with this connection.", at);
	}
	streams_shut(service, chamber);
}

static bool must_go(const struct peer *peer, const void *ctx)
{
	const struct chamber *chamber = ctx;
	return peer->chamber == chamber && !admission_allows(chamber, peer->owner);
}

/* The meeting sits before others now. */
static void admission_changed(struct service *service, struct chamber *chamber, struct moment at)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct session *session = chamber->sessions;
	while (session != NULL) {
		struct session *next = session->next;
		if (!meeting_admits(meeting, &meeting->participants[session->participant])) {
			chamber->people[session->participant].left = true;
			admission_refuse(service, session, meeting->visibility, at);
		}
		session = next;
	}
	struct peer *peer;
	while ((peer = peer_first(service, must_go, chamber)) != NULL) {
		if (peer->person != NULL)
			peer->person->left = true;
		peer_remove(service, peer);
	}
	streams_changed(service, chamber);
	/* What is written of the private part is not given to who comes after it. */
	snapshot_done(&chamber->snapshot);
}

static void follow_up(struct service *service, struct chamber *chamber, const struct event *event,
	struct moment at)
{
	ballots_follow(service, chamber, event);
	captions_follow(chamber, event);
	if (event->kind == EVENT_VISIBILITY_CHANGED)
		admission_changed(service, chamber, at);
	if (event->kind == EVENT_MEDIA_SERVER)
		peer_remove_stale(service, chamber);
	if (event->kind == EVENT_RECORDING_STOPPED && chamber->archive.session[0] != '\0' &&
		chamber->archive.end == 0)
		chamber->archive.end = event->number;
	if (event->kind == EVENT_MESSAGE_REMOVED)
		chat_remove(service, chamber, event->message);
	if (event->kind == EVENT_DOCUMENT_WITHDRAWN)
		documents_forget(service, event->digest, NULL);
	if (event->kind != EVENT_PARTICIPANT_LEFT)
		return;
	struct person *person = chamber_person(chamber, event->participant);
	if (person != NULL)
		peer_remove_pages(service, person);
}

void chamber_apply_all(struct service *service, struct chamber *chamber,
	const struct store_done *done, struct moment at)
{
	int err = 0;
	bool rebind = false;
	for (size_t i = 0; i < chamber->events.n; i++) {
		const struct event *event = &chamber->events.list[i];
		if (event->kind == EVENT_MEDIA_SERVER)
			media_leave(service, chamber);
		const int failed = chamber_apply(
			service, chamber, event, &done->events[i], chamber->payloads[i]);
		err = failed < 0 ? failed : err;
		follow_up(service, chamber, event, at);
		rebind = rebind || interpretation_concerns(event->kind);
	}
	if (err < 0)
		lose_sessions(service, chamber, at);
	media_tell_meeting(service, chamber);
	errands_follow(service, chamber);
	if (rebind)
		peer_rebind_all(service, chamber);
	plan_changed(service, chamber, at);
	booths_tick(service, chamber, at);
}
