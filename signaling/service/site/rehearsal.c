#include "signaling/service/site/rehearsal.h"

#include "common/log/log.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/matters/ballot_keys.h"
#include "signaling/service/matters/documents.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/media/tell.h"
#include "signaling/service/queue/queue.h"
#include "signaling/service/service.h"
#include "signaling/service/show/hooks.h"
#include "signaling/service/show/streams.h"
#include "signaling/service/site/import.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/conference/rehearsal.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* The gavel, and the recorder's getting the last events, take a moment. */
#define CLEAR_TIME RS_SEC(20)
#define CLEAR_STEP RS_MS(100)

/* --- Making one --- */

static int refuse_making(int err, struct service_refusal *refusal)
{
	switch (err) {
	case -ENOENT:
		return refuse_with(refusal, 404, "no-such-meeting",
			"The conference file has no meeting of this name, or none with a floor to be given.",
			err);
	case -EINVAL:
		return refuse_with(refusal, 400, "malformed",
			"A rehearsal's name is 1 to 64 of [A-Za-z0-9_-]; please give it one.", err);
	case -E2BIG:
		return refuse_with(
			refusal, 413, "too-large", "A conference file has 4 MiB at most.", err);
	default:
		return refuse_with(
			refusal, 503, "out-of-memory", "The server is out of memory.", err);
	}
}

int rehearsal_make(struct service *service, const struct rehearsal_wish *wish, struct rs_buf *whole,
	struct conference **conference, struct service_refusal *refusal)
{
	RS_CLEANUP(faults_freep) struct faults *faults = NULL;
	struct conference *made = NULL;
	struct rs_buf text;
	const struct conference_reader reader = { .rules = import_rules, .ctx = service };
	rs_buf_init(&text, CONFERENCE_TEXT_MAX);
	int err = rehearsal_write((const char *)rs_buf_data(whole), rs_buf_len(whole), wish, &text);
	if (err == 0)
		err = faults_new(&faults);
	if (err == 0)
		err = conference_parse(&reader, (const char *)rs_buf_data(&text), rs_buf_len(&text),
			faults, &made);
	if (err < 0) {
		rs_buf_done(&text);
		return refuse_making(err, refusal);
	}
	conference_free(*conference);
	*conference = made;
	rs_buf_done(whole);
	*whole = text;
	return 0;
}

/* --- Clearing one --- */

/* The meeting that is in the file beside this one, or NULL. */
static const struct chamber *beside(const struct service *service, const struct chamber *chamber)
{
	const struct chamber *other = service->chambers;
	while (other != NULL && (other == chamber || strcmp(other->file, chamber->file) != 0))
		other = other->next;
	return other;
}

static int check(const struct service *service, const struct chamber *chamber,
	struct service_refusal *refusal)
{
	char text[PEER_WHY_LEN];
	if (chamber == NULL)
		return refuse_with(refusal, 404, "no-such-meeting",
			"There is no meeting of this name.", -ENOENT);
	if (!chamber->proceedings->meeting->rehearsal)
		return refuse_with(refusal, 409, "not-a-rehearsal",
			"This is no rehearsal: what happened in a meeting stays.", -EPROTO);
	if (beside(service, chamber) != NULL) {
		(void)snprintf(text, sizeof(text),
			"The conference file %s has other meetings, with which this one stays.",
			chamber->file);
		return refuse_with(refusal, 409, "not-alone", text, -EPROTO);
	}
	if (service->clearing.request != 0 || chamber->fenced)
		return refuse_with(
			refusal, 503, "too-many", "Another rehearsal is being cleared.", -EAGAIN);
	return 0;
}

int service_clear(struct service *service, uint64_t request, const char *meeting, struct moment at,
	struct service_refusal *refusal)
{
	struct chamber *chamber = chamber_find(service, meeting);
	const int err = check(service, chamber, refusal);
	if (err < 0)
		return err;
	if (meeting_is_sitting(chamber->proceedings->meeting)) {
		const struct job close = { .command = { .kind = COMMAND_CLOSE_MEETING,
						   .role = ROLE_ADMIN } };
		if (chamber_submit(service, chamber, &close) < 0)
			return refuse_with(refusal, 503, "too-many",
				wire_verdict_text(VERDICT_TOO_MANY), -E2BIG);
	}
	service->clearing = (struct clearing){ .request = request, .by = at.now + CLEAR_TIME };
	(void)rs_set_text(service->clearing.meeting, meeting);
	chamber_pump(service, chamber, at);
	clear_tick(service, at);
	return 0;
}

/* Its recordings are closed, with every event that belongs to them. */
static bool is_archived(const struct service *service, const struct chamber *chamber)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	if (meeting->session[0] != '\0')
		return false;
	if (meeting->stopped_session[0] == '\0')
		return true; /* nothing was ever recorded */
	return node_recorder(service) != NULL && chamber->archive.session[0] == '\0' &&
	       !chamber->archive.reading;
}

static void give_up(struct service *service, const char *reason, const char *text)
{
	answer_problem(service, service->clearing.request, 503, reason, text);
	service->clearing = (struct clearing){ .request = 0 };
}

void clear_tick(struct service *service, struct moment at)
{
	struct clearing *clearing = &service->clearing;
	if (clearing->request == 0 || clearing->ticket != 0)
		return;
	struct chamber *chamber = chamber_find(service, clearing->meeting);
	const bool settled = !chamber->in_flight && chamber->n_jobs == 0 &&
			     !meeting_is_sitting(chamber->proceedings->meeting) &&
			     is_archived(service, chamber);
	if (!settled && at.now < clearing->by) {
		service_due(service, at.now + CLEAR_STEP);
		return;
	}
	if (!settled) {
		give_up(service, "not-settled",
			"The rehearsal cannot be ended yet: what is decided cannot be written down, or the recorder has not got all of it. Try again.");
		return;
	}
	clearing->ticket = ++service->last_ticket;
	chamber->fenced = true; /* nothing comes after what is removed */
	if (store_remove_meeting(
		    service->config.store, clearing->ticket, chamber->file, clearing->meeting) == 0)
		return;
	chamber->fenced = false;
	give_up(service, "store-unavailable", wire_verdict_text(VERDICT_STORE_UNAVAILABLE));
}

static bool is_of(const struct peer *peer, const void *ctx)
{
	return peer->chamber == ctx;
}

/* Pages, displays, media and webhooks. */
static void send_away(struct service *service, struct chamber *chamber, struct moment at)
{
	struct peer *peer;
	while (chamber->sessions != NULL)
		session_refuse(service, chamber->sessions, CLOSE_NO_MEETING, "meeting-cleared",
			"This rehearsal is over, and it was cleared.", at);
	streams_shut(service, chamber);
	while ((peer = peer_first(service, is_of, chamber)) != NULL)
		peer_remove(service, peer);
	media_leave(service, chamber);
	hooks_forget(service, chamber->proceedings->meeting->id, at);
}

static void forget_files(struct service *service, struct chamber *chamber)
{
	const struct documents *documents = chamber->proceedings->documents;
	for (size_t i = 0; i < documents->n; i++)
		documents_forget(service, documents->list[i].digest, NULL);
	if (chamber->ballot_key.decision != 0)
		ballots_key_drop(service, chamber, chamber->ballot_key.decision);
}

static void forget(struct service *service, struct chamber *chamber, struct moment at)
{
	struct chamber **at_chamber = &service->chambers;
	send_away(service, chamber, at);
	while (*at_chamber != chamber)
		at_chamber = &(*at_chamber)->next;
	*at_chamber = chamber->next;
	service->n_chambers--;
	import_forget(service, chamber->file);
	forget_files(service, chamber); /* what another meeting has stays */
	chamber_free(chamber);
}

/* Ids need no escaping. */
static void answer_cleared(struct service *service, const struct chamber *chamber)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct rs_buf out;
	rs_buf_init(&out, 1024);
	const int err = rs_buf_printf(&out,
		"{\"meeting\":\"%s\",\"conference\":\"%s\",\"events\":%" PRIu64 "}", meeting->id,
		chamber->conference, meeting->event);
	out_text(service, SERVICE_ANSWER, service->clearing.request, 200, err, &out);
	rs_buf_done(&out);
}

void clear_done(struct service *service, const struct store_done *done, struct moment at)
{
	if (service->clearing.request == 0 || service->clearing.ticket != done->ticket)
		return;
	struct chamber *chamber = chamber_find(service, service->clearing.meeting);
	if (done->result != STORE_OK) {
		log_error(LOG_STORE, service->clearing.meeting,
			"a rehearsal could not be cleared why=%s", done->why);
		chamber->fenced = false;
		give_up(service, "store-unavailable", wire_verdict_text(VERDICT_STORE_UNAVAILABLE));
		return;
	}
	log_info(LOG_MEETING, service->clearing.meeting, "rehearsal cleared");
	answer_cleared(service, chamber);
	forget(service, chamber, at);
	service->clearing = (struct clearing){ .request = 0 };
}
