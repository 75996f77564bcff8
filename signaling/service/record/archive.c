#include "signaling/service/record/archive.h"

#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/state.h"

#include <stdio.h>

/* Events in one message's neighbourhood; texts of payloads are escaped at most sixfold. */
#define EVENT_TEXT_MAX (8 * (size_t)STORE_PAYLOAD_MAX)
/* With everybody's names; what a control message may have at most. */
#define MEETING_TEXT_MAX ((size_t)8 << 20)

static const char *tap_of(const struct service *service, const struct chamber *chamber)
{
	const struct node *node =
		node_of_instance(service, chamber->proceedings->meeting->instance);
	return node != NULL ? node->tap : chamber->archive.tap;
}

static void tell_meeting(
	struct service *service, struct node *node, struct chamber *chamber, bool record)
{
	struct rs_buf out;
	rs_buf_init(&out, MEETING_TEXT_MAX);
	(void)rs_set_text(chamber->archive.tap, tap_of(service, chamber));
	const struct node_recording recording = {
		.session = chamber->archive.session,
		.class = chamber->archive.class,
		.record = record,
		.tap = chamber->archive.tap,
	};
	node_tell(service, node,
		node_write_recorder_meeting(
			++node->revision, chamber->proceedings->meeting, &recording, &out),
		&out);
	rs_buf_done(&out);
}

static void tell_event(struct service *service, struct node *node, struct chamber *chamber,
	uint64_t number, const uint8_t hash[RS_SHA256_LEN], const char *payload, size_t len)
{
	char hex[2 * RS_SHA256_LEN + 1];
	struct rs_buf out;
	rs_buf_init(&out, EVENT_TEXT_MAX);
	rs_hex_encode(hash, RS_SHA256_LEN, hex);
	node_tell(service, node,
		node_write_event(++node->revision, chamber->proceedings->meeting->id, number, hex,
			payload, len, &out),
		&out);
	rs_buf_done(&out);
	chamber->archive.forwarded = number;
}

static void begin(struct service *service, struct node *node, struct chamber *chamber)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct archive *archive = &chamber->archive;
	(void)rs_set_text(archive->session, meeting->session);
	archive->class = meeting->class;
	/* What the recorder has of this session it said in its hello; else it gets all of it. */
	if (archive->forwarded < meeting->session_event - 1)
		archive->forwarded = meeting->session_event - 1;
	archive->end = 0;
	archive->reported = false;
	tell_meeting(service, node, chamber, true);
}

static void finish(struct service *service, struct node *node, struct chamber *chamber)
{
	tell_meeting(service, node, chamber, false);
	chamber->archive.session[0] = '\0';
	chamber->archive.end = 0;
	chamber->archive.reported = false;
}

/* Hand over what is kept; false while older events are being read. */
static bool catch_up(struct service *service, struct node *node, struct chamber *chamber)
{
	struct archive *archive = &chamber->archive;
	const uint64_t last =
		archive->end != 0 ? archive->end : chamber->proceedings->meeting->event;
	while (archive->forwarded < last) {
		const struct broadcast_event *event =
			broadcast_find(chamber->broadcast, archive->forwarded + 1);
		if (event == NULL) {
			archive->ticket = ++service->last_ticket;
			archive->reading = store_read(service->config.store, archive->ticket,
						   chamber->proceedings->meeting->id,
						   archive->forwarded, STORE_BATCH_MAX) == 0;
			return false;
		}
		tell_event(service, node, chamber, event->number, event->hash,
			(const char *)message_text(event->payload), event->payload->len);
	}
	return true;
}

void archive_pump(struct service *service, struct chamber *chamber)
{
	struct node *node = node_recorder(service);
	struct archive *archive = &chamber->archive;
	const struct meeting *meeting = chamber->proceedings->meeting;
	if (node == NULL || archive->reading)
		return;
	if (archive->session[0] == '\0' && meeting->session[0] != '\0')
		begin(service, node, chamber);
	if (archive->session[0] == '\0')
		return;
	/* A new media server has another tap. */
	if (archive->end == 0 && strcmp(archive->tap, tap_of(service, chamber)) != 0)
		tell_meeting(service, node, chamber, true);
	if (!catch_up(service, node, chamber) || archive->end == 0)
		return;
	finish(service, node, chamber);
	if (meeting->session[0] != '\0')
		begin(service, node, chamber);
}

void archive_read_done(
	struct service *service, struct chamber *chamber, const struct store_done *done)
{
	struct node *node = node_recorder(service);
	chamber->archive.reading = false;
	for (size_t i = 0; i < done->n_events && node != NULL; i++) {
		if (done->events[i].number == chamber->archive.forwarded + 1) {
			tell_event(service, node, chamber, done->events[i].number,
				done->events[i].hash, done->events[i].payload, done->events[i].len);
		}
	}
}

void archive_gone(struct service *service)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL; chamber = chamber->next)
		chamber->archive = (struct archive){ .forwarded = 0 };
}

/* An archive that is open at the recorder: it goes on, or its end was missed. */
static void resume_one(struct chamber *chamber, uint64_t last_event)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct archive *archive = &chamber->archive;
	archive->forwarded = last_event;
	if (meeting->session[0] != '\0' || meeting->stopped_event <= last_event)
		return;
	(void)rs_set_text(archive->session, meeting->stopped_session);
	archive->class = meeting->stopped_class;
	archive->end = meeting->stopped_event;
}

static void tell_state(struct service *service, struct node *node)
{
	struct node_state *state = NULL;
	struct rs_buf out;
	rs_buf_init(&out, MEETING_TEXT_MAX);
	int err = node_state_new(++node->revision, &state);
	for (struct chamber *chamber = service->chambers; err == 0 && chamber != NULL;
		chamber = chamber->next) {
		struct archive *archive = &chamber->archive;
		if (archive->session[0] == '\0')
			continue;
		(void)rs_set_text(archive->tap, tap_of(service, chamber));
		node_state_add_recorder_meeting(state, chamber->proceedings->meeting,
			&(struct node_recording){ .session = archive->session,
				.class = archive->class,
				.record = true,
				.tap = archive->tap });
	}
	if (err == 0)
		err = node_state_write(state, &out);
	node_tell(service, node, err, &out);
	rs_buf_done(&out);
}

void archive_hello(struct service *service, struct node *node, const struct node_message *message)
{
	if (node != node_recorder(service))
		return;
	archive_gone(service);
	for (size_t i = 0; i < message->n_recordings; i++) {
		uint64_t last_event = 0;
		struct chamber *chamber =
			chamber_find(service, node_hello_recording(message, i, &last_event));
		if (chamber != NULL)
			resume_one(chamber, last_event);
	}
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		const struct meeting *meeting = chamber->proceedings->meeting;
		struct archive *archive = &chamber->archive;
		if (meeting->session[0] == '\0')
			continue;
		(void)rs_set_text(archive->session, meeting->session);
		archive->class = meeting->class;
		if (archive->forwarded < meeting->session_event - 1)
			archive->forwarded = meeting->session_event - 1;
	}
	tell_state(service, node);
}
