#include "signaling/service/queue/queue.h"

#include "common/log/log.h"
#include "signaling/ballot/ballot.h"
#include "signaling/service/answer/order.h"
#include "signaling/service/answer/refusal.h"
#include "signaling/service/answer/replies.h"
#include "signaling/service/matters/ballot_keys.h"
#include "signaling/service/matters/ballots.h"
#include "signaling/service/matters/booths.h"
#include "signaling/service/matters/captions.h"
#include "signaling/service/matters/chat.h"
#include "signaling/service/matters/documents.h"
#include "signaling/service/people/presence.h"
#include "signaling/service/queue/append.h"
#include "signaling/service/queue/follow.h"
#include "signaling/service/record/archive.h"
#include "signaling/service/record/late_rooms.h"
#include "signaling/service/service.h"
#include "signaling/service/show/decided.h"
#include "signaling/service/show/hooks.h"
#include "signaling/service/show/snapshot.h"
#include "signaling/service/show/streams.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/boxes.h"
#include "signaling/service/technician/measure.h"
#include "signaling/service/technician/survey.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* Other lots in each meeting and each import; the secret itself stays here. */
static void set_lot_key(const struct service *service, struct chamber *chamber)
{
	char what[2 * RS_NAME_MAX + 16];
	uint8_t key[RS_SHA256_LEN];
	const int len = snprintf(
		what, sizeof(what), "%s:%s", chamber->epoch, chamber->proceedings->meeting->id);
	rs_hmac_sha256(service->config.lot_secret, sizeof(service->config.lot_secret), what,
		(size_t)len, key);
	floor_set_lot_key(chamber->proceedings->floor, key);
	rs_wipe(key, sizeof(key));
}

int chamber_new(struct service *service, struct meeting *meeting, const char *conference,
	const char *epoch, struct chamber **out_chamber)
{
	struct chamber *chamber = rs_zalloc(sizeof(*chamber));
	if (chamber == NULL)
		return -ENOMEM;
	(void)rs_set_text(chamber->conference, conference);
	(void)rs_set_text(chamber->epoch, epoch);
	chamber->deadline = RS_TIME_NEVER;
	chamber->errands_due = RS_TIME_NEVER;
	chamber->plan.due = RS_TIME_NEVER;
	chamber->plan.told_at = -RS_SEC(1);
	speech_init(&chamber->speech);
	chamber->people = rs_calloc(meeting->n_participants, sizeof(*chamber->people));
	int err = chamber->people == NULL ? -ENOMEM : 0;
	if (err == 0)
		err = broadcast_new(service->config.limits.kept_events, &chamber->broadcast);
	if (err == 0)
		err = replies_new(REPLIES_KEPT, service->config.rand, &chamber->replies);
	if (err == 0)
		err = chat_new(&chamber->chat);
	if (err == 0)
		err = proceedings_new(meeting, &chamber->proceedings);
	if (err == 0)
		err = captions_live_new(chamber);
	if (err < 0) {
		chamber_free(chamber);
		return err;
	}
	set_lot_key(service, chamber);
	chamber->proceedings->documents->octets_max = service->config.limits.documents_octets;
	for (size_t i = 0; i < meeting->n_participants; i++) {
		chamber->people[i].away_at = RS_TIME_NEVER;
		measure_init(&chamber->people[i]);
		station_init(&chamber->people[i].station);
		boxes_init(&chamber->people[i].box);
	}
	*out_chamber = chamber;
	return 0;
}

static void release_append(struct chamber *chamber)
{
	for (size_t i = 0; i < EVENTS_MAX; i++)
		chamber->payloads[i] = message_unref(chamber->payloads[i]);
	chamber->reply = message_unref(chamber->reply);
	chamber->job = rs_release(chamber->job);
	chamber->in_flight = false;
	chamber->unknown = false;
}

static struct job *pop_job(struct chamber *chamber)
{
	struct job *job = chamber->first_job;
	if (job == NULL)
		return NULL;
	chamber->first_job = job->next;
	if (chamber->first_job == NULL)
		chamber->last_job = NULL;
	chamber->n_jobs--;
	return job;
}

struct chamber *chamber_free(struct chamber *chamber)
{
	if (chamber == NULL)
		return NULL;
	release_append(chamber);
	streams_free(chamber);
	decided_free(chamber->decisions);
	struct job *job;
	while ((job = pop_job(chamber)) != NULL)
		rs_release(job);
	message_unref(chamber->plan.told);
	snapshot_done(&chamber->snapshot);
	broadcast_free(chamber->broadcast);
	replies_free(chamber->replies);
	ballots_free(chamber->box);
	ballot_key_free(chamber->ballot_key.key);
	chat_free(chamber->chat);
	late_free(chamber->late);
	rs_release(chamber->live);
	survey_free(chamber);
	proceedings_free(chamber->proceedings);
	rs_release(chamber->people);
	return rs_release(chamber);
}

/* A fresh recording session's name: meeting, date, and enough chance that it names one archive. */
static void make_session_name(struct service *service, const struct chamber *chamber,
	int64_t wall_ms, char out[EVENT_SESSION_MAX + 1])
{
	const time_t seconds = (time_t)(wall_ms / 1000);
	struct tm utc;
	char stamp[20] = "";
	char unique[9];
	if (gmtime_r(&seconds, &utc) != NULL)
		(void)strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &utc);
	rs_rand_text(service->config.rand, unique, 8);
	(void)snprintf(out, EVENT_SESSION_MAX + 1, "%.60s-%s-%s", chamber->proceedings->meeting->id,
		stamp, unique);
}

/* The same for a number each time it is asked for, so that the commitment holds over a restart. */
static void make_seed(struct service *service, const struct chamber *chamber, struct job *job)
{
	char label[2 * RS_NAME_MAX + 32];
	(void)snprintf(label, sizeof(label), "lot %s %s %" PRIu32, chamber->epoch,
		chamber->proceedings->meeting->id,
		proceedings_lot(chamber->proceedings, &job->command));
	service->config.derive(service->config.derive_ctx, label, job->command.seed);
}

/* --- answering --- */

static void send_reply(struct service *service, const struct job *job, struct message *reply)
{
	if (job->session != 0 && session_find(service, job->session) != NULL)
		out_push(service, SERVICE_SEND, job->session, 0, message_ref(reply));
}

/* What was done or refused before is told again. */
static void repeat_reply(struct service *service, const struct job *job, struct message *reply)
{
	send_reply(service, job, reply);
	if (job->request != 0)
		order_answer_again(service, job->request, reply);
}

/* What the rules refuse is remembered; what the store could not do may be asked again with the same id. */
static void refuse_job(struct service *service, struct chamber *chamber, const struct job *job,
	enum verdict verdict)
{
	char figures[SERVICE_ERROR_LEN];
	const char *why = refusal_text(chamber, job->command.kind, verdict, figures);
	service->counters.refused++;
	/* Fenced: whoever writes this log now may have it. */
	if (job->command.kind == COMMAND_ADD_DOCUMENT && !chamber->fenced)
		documents_forget(service, job->command.document.digest, job);
	if (job->request != 0)
		order_answer(service, job->request, verdict, 0, why);
	if (job->id[0] == '\0')
		return;
	struct rs_buf text;
	rs_buf_init(&text, 4096);
	const int err = wire_reply_refused(job->id, verdict, why, &text);
	struct message *reply =
		err == 0 ? message_new(rs_buf_data(&text), rs_buf_len(&text)) : NULL;
	if (reply != NULL) {
		if (verdict != VERDICT_STORE_UNAVAILABLE)
			replies_add(chamber->replies, job->badge, job->id, reply);
		send_reply(service, job, reply);
	}
	message_unref(reply);
	rs_buf_done(&text);
}

/* --- appending --- */

static void not_done(struct service *service, struct chamber *chamber, struct moment at)
{
	if (chamber->job != NULL) {
		refuse_job(service, chamber, chamber->job, VERDICT_STORE_UNAVAILABLE);
	} else {
		chamber->retry_at = at.now + STORE_RETRY;
		service_due(service, chamber->retry_at);
	}
	release_append(chamber);
}

/* Takes `job` (or NULL for what the outside world did). */
static void begin_append(
	struct service *service, struct chamber *chamber, struct job *job, struct moment at)
{
	chamber->job = job;
	chamber->in_flight = true;
	if (append_write(chamber) < 0 || append_hand_over(service, chamber) < 0)
		not_done(service, chamber, at);
}

static void run_job(
	struct service *service, struct chamber *chamber, struct job *job, struct moment at)
{
	struct message *known =
		job->id[0] != '\0' ? replies_find(chamber->replies, job->badge, job->id) : NULL;
	if (known != NULL) {
		repeat_reply(service, job, known);
		rs_release(job);
		return;
	}
	make_session_name(service, chamber, at.wall_ms, job->command.session);
	make_seed(service, chamber, job);
	ballots_prepare(service, chamber, &job->command);
	presence_tell_silent(chamber, &job->command);
	booths_prepare(chamber, &job->command, at);
	captions_prepare(chamber, &job->command);
	const enum verdict verdict = chamber->fenced
					     ? VERDICT_STORE_UNAVAILABLE
					     : proceedings_decide(chamber->proceedings,
						       &job->command, at.wall_ms, &chamber->events);
	if (verdict != VERDICT_OK) {
		refuse_job(service, chamber, job, verdict);
		rs_release(job);
		return;
	}
	begin_append(service, chamber, job, at);
}

/* True when outside events were found and handed over; with `of`, those of this badge's presence alone. */
static bool pump_outside(
	struct service *service, struct chamber *chamber, const char *of, struct moment at)
{
	if (chamber->fenced || at.now < chamber->retry_at)
		return false;
	chamber->events.n = 0;
	if (of != NULL) {
		presence_reconcile_one(service, chamber, of, at);
	} else {
		presence_reconcile(service, chamber, at);
	}
	proceedings_stamp(chamber->proceedings, at.wall_ms, &chamber->events);
	if (chamber->events.n == 0)
		return false;
	begin_append(service, chamber, NULL, at);
	return true;
}

static void ask_again(struct service *service, struct chamber *chamber, struct moment at)
{
	if (!chamber->unknown || at.now < chamber->retry_at)
		return;
	chamber->unknown = false;
	if (append_hand_over(service, chamber) == 0)
		return;
	chamber->unknown = true;
	chamber->retry_at = at.now + STORE_RETRY;
	service_due(service, chamber->retry_at);
}

void chamber_pump(struct service *service, struct chamber *chamber, struct moment at)
{
	if (chamber->in_flight)
		ask_again(service, chamber, at);
	/* A gavel does not wait for everybody who comes in: they take turns. But whoever gives a command is there. */
	while (!chamber->in_flight) {
		struct job *const first = chamber->first_job;
		const struct job *next = ballots_awaited(service, chamber, first) ? NULL : first;
		const char *author =
			!chamber->job_turn && next != NULL ? presence_author(chamber, next) : NULL;
		struct job *job;
		chamber->job_turn = author != NULL;
		if (pump_outside(service, chamber, author, at)) {
			chamber->job_turn = false;
		} else if (next != NULL && (job = pop_job(chamber)) != NULL) {
			run_job(service, chamber, job, at);
		} else {
			break;
		}
	}
	archive_pump(service, chamber);
	hooks_pump(service, chamber, at);
}

/* --- the outcome --- */

static void done_ok(struct service *service, struct chamber *chamber, const struct store_done *done,
	struct moment at)
{
	const struct job *job = chamber->job;
	if (chamber->store_down)
		log_info(LOG_STORE, chamber->proceedings->meeting->id, "the store is back");
	chamber->store_down = false;
	chamber_apply_all(service, chamber, done, at);
	if (job != NULL)
		booths_asked(chamber, &job->command, at);
	if (job != NULL && job->request != 0 && job->command.kind == COMMAND_ADD_DOCUMENT) {
		documents_answer(service, chamber, job->request);
	} else if (job != NULL && job->request != 0) {
		order_answer(service, job->request, VERDICT_OK,
			chamber->proceedings->meeting->event, "");
	}
	if (job != NULL && chamber->reply != NULL) {
		replies_add(chamber->replies, job->badge, job->id, chamber->reply);
		send_reply(service, job, chamber->reply);
	}
	release_append(chamber);
}

/* The command was done in an earlier life: its first reply stands. */
static void done_before(
	struct service *service, struct chamber *chamber, const struct store_done *done)
{
	struct message *reply = message_new(done->reply, done->reply_len);
	if (reply != NULL && chamber->job != NULL) {
		replies_add(chamber->replies, chamber->job->badge, chamber->job->id, reply);
		repeat_reply(service, chamber->job, reply);
	}
	message_unref(reply);
	release_append(chamber);
}

static void fence(struct service *service, struct chamber *chamber, const struct store_done *done,
	struct moment at)
{
	log_error(LOG_STORE, chamber->proceedings->meeting->id,
		"the meeting's log is no longer ours, restart this process why=%s", done->why);
	chamber->fenced = true;
	not_done(service, chamber, at);
}

void chamber_done(struct service *service, struct chamber *chamber, const struct store_done *done,
	struct moment at)
{
	switch (done->result) {
	case STORE_OK:
		done_ok(service, chamber, done, at);
		return;
	case STORE_CONFLICT:
		if (done->reply != NULL) {
			done_before(service, chamber, done);
		} else {
			fence(service, chamber, done, at);
		}
		return;
	case STORE_FENCED:
		fence(service, chamber, done, at);
		return;
	case STORE_UNKNOWN:
		log_error(LOG_STORE, chamber->proceedings->meeting->id,
			"an append has no known outcome, asking again why=%s", done->why);
		chamber->unknown = true;
		chamber->retry_at = at.now + STORE_RETRY;
		service_due(service, chamber->retry_at);
		return;
	case STORE_DOWN:
		/* Once, however often it is tried. */
		if (!chamber->store_down) {
			log_error(LOG_STORE, chamber->proceedings->meeting->id,
				"nothing can be written down why=%s", done->why);
		}
		chamber->store_down = true;
		not_done(service, chamber, at);
		return;
	}
}
