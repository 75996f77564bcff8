#include "signaling/service/service.h"

#include "common/log/log.h"
#include "signaling/service/answer/replies.h"
#include "signaling/service/entry/nodes.h"
#include "signaling/service/entry/pages.h"
#include "signaling/service/matters/ballot_keys.h"
#include "signaling/service/matters/booths.h"
#include "signaling/service/matters/captions.h"
#include "signaling/service/matters/chat.h"
#include "signaling/service/matters/plan.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/queue/follow.h"
#include "signaling/service/queue/queue.h"
#include "signaling/service/record/archive.h"
#include "signaling/service/record/late.h"
#include "signaling/service/show/hooks.h"
#include "signaling/service/show/log.h"
#include "signaling/service/site/credentials.h"
#include "signaling/service/site/import.h"
#include "signaling/service/site/rehearsal.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/errands.h"
#include "signaling/service/technician/look.h"
#include "signaling/service/technician/precall.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

/* Peers, sessions and nodes are found by keys of at most this many octets. */
#define ID_LEN sizeof(uint64_t)
/* CSRC of the first source that is no participant: above all participants'. */
#define FOREIGN_CSRC 100000

const struct service_limits service_limits_default = {
	.sessions = 8192,
	.peers = 8192,
	.nodes = 32,
	.meetings = 64,
	.queue = 1024,
	.kept_events = 2000,
	.documents_octets = DOCUMENTS_OCTETS_DEFAULT,
	.line_tests = 8,
	.command_rate = 20,
};

static bool config_is_valid(const struct service_config *config)
{
	const struct service_limits *limits = &config->limits;
	return limits->sessions > 0 && limits->peers > 0 && limits->nodes > 0 &&
	       limits->meetings > 0 && limits->queue > 0 && limits->kept_events > 0 &&
	       limits->command_rate > 0 && limits->documents_octets > 0 &&
	       config->hello_timeout > 0 && config->lost_grace > 0 && config->media_grace > 0 &&
	       config->verify != NULL && config->derive != NULL && config->answer != NULL &&
	       config->store != NULL && config->rand != NULL;
}

int service_new(const struct service_config *config, struct service **out_service)
{
	if (!config_is_valid(config))
		return -EINVAL;
	struct service *service = rs_zalloc(sizeof(*service));
	if (service == NULL)
		return -ENOMEM;
	service->config = *config;
	service->deadline = RS_TIME_NEVER;
	service->last_csrc = FOREIGN_CSRC;
	int err = rs_map_new(config->limits.sessions, ID_LEN, config->rand, &service->sessions);
	if (err == 0)
		err = rs_map_new(config->limits.peers, RS_NAME_MAX, config->rand, &service->peers);
	if (err == 0)
		err = rs_map_new(config->limits.nodes, ID_LEN, config->rand, &service->nodes);
	service->plan = rs_zalloc(sizeof(*service->plan));
	if (err == 0 && service->plan == NULL)
		err = -ENOMEM;
	if (err == 0)
		err = credentials_init(service);
	if (err < 0) {
		service_free(service);
		return err;
	}
	*out_service = service;
	return 0;
}

struct service *service_free(struct service *service)
{
	if (service == NULL)
		return NULL;
	if (service->sessions != NULL)
		session_free_all(service);
	if (service->peers != NULL)
		peer_free_all(service);
	if (service->nodes != NULL)
		node_free_all(service);
	while (service->chambers != NULL) {
		struct chamber *next = service->chambers->next;
		chamber_free(service->chambers);
		service->chambers = next;
	}
	while (service->conferences != NULL) {
		struct known_conference *next = service->conferences->next;
		rs_release(service->conferences);
		service->conferences = next;
	}
	conference_free(service->import.conference);
	message_unref(service->disk);
	rs_release(service->plan);
	credentials_done(service);
	hooks_free(service);
	log_done(service);
	out_done(service);
	return rs_release(service);
}

int service_add_rules(struct service *service, const char *name, const char *json, size_t len,
	char error[SERVICE_ERROR_LEN])
{
	char why[WIRE_ERROR_LEN] = "";
	if (import_rules(service, name) != NULL)
		return -EEXIST;
	if (service->n_rules == RULES_MAX)
		return -E2BIG;
	const int err = rules_parse(name, json, len, &service->rules[service->n_rules], why);
	if (err < 0) {
		(void)snprintf(error, SERVICE_ERROR_LEN, "%.60s: %.180s", name, why);
		return err;
	}
	service->n_rules++;
	return 0;
}

/* --- starting: conferences, then their events, then the replies --- */

struct start {
	struct service *service;
	char *error;
	uint64_t events;
};

static int start_conference(void *ctx, const struct store_conference *stored)
{
	struct start *start = ctx;
	RS_CLEANUP(conference_freep) struct conference *conference = NULL;
	RS_CLEANUP(faults_freep) struct faults *faults = NULL;
	const struct conference_reader reader = {
		.rules = import_rules, .ctx = start->service, .stored = true
	};
	char why[WIRE_ERROR_LEN] = "out of memory";
	uint8_t hash[RS_SHA256_LEN];
	int err = faults_new(&faults);
	if (err == 0)
		err = conference_parse(&reader, stored->json, stored->len, faults, &conference);
	if (err == -EBADMSG)
		faults_text(faults, why, sizeof(why));
	if (err < 0) {
		(void)snprintf(start->error, SERVICE_ERROR_LEN, "conference %.60s: %.150s",
			stored->id, why);
		return err;
	}
	rs_sha256(stored->json, stored->len, hash);
	err = import_remember(start->service, conference, hash);
	if (err == 0)
		err = import_chambers(start->service, conference, stored->epoch);
	if (err < 0) {
		(void)snprintf(start->error, SERVICE_ERROR_LEN,
			"conference %.60s: too many meetings, or out of memory", stored->id);
	}
	return err == -E2BIG ? -EBADMSG : err;
}

static int start_credential(void *ctx, const struct store_credential *credential)
{
	const struct start *start = ctx;
	const int err = credential_keep(start->service, credential);
	if (err < 0)
		(void)snprintf(start->error, SERVICE_ERROR_LEN,
			"conference %.60s: more credentials than there is room for",
			credential->conference);
	return err == -E2BIG ? -EBADMSG : err;
}

static int fail_event(struct start *start, const char *meeting, uint64_t number, const char *why)
{
	(void)snprintf(start->error, SERVICE_ERROR_LEN, "meeting %.64s, event %" PRIu64 ": %.150s",
		meeting, number, why);
	return -EBADMSG;
}

static int start_message(void *ctx, const struct store_message *stored)
{
	const struct start *start = ctx;
	const struct chamber *chamber = chamber_find(start->service, stored->meeting);
	const int err = chamber != NULL ? chat_load(chamber->chat, stored) : 0;
	if (err == -EBADMSG) {
		(void)snprintf(start->error, SERVICE_ERROR_LEN,
			"meeting %.64s: a message of its chat cannot be read", stored->meeting);
	}
	return err;
}

static int start_event(void *ctx, const char *meeting, const struct store_event *stored)
{
	struct start *start = ctx;
	struct chamber *chamber = chamber_find(start->service, meeting);
	struct event event;
	char why[WIRE_ERROR_LEN] = "";
	if (chamber == NULL) {
		return fail_event(
			start, meeting, stored->number, "no imported conference has this meeting");
	}
	if (wire_event_parse(stored->payload, stored->len, &event, why) < 0)
		return fail_event(start, meeting, stored->number, why);
	if (event.number != stored->number)
		return fail_event(start, meeting, stored->number, "it says another number");
	struct message *payload = message_new(stored->payload, stored->len);
	if (payload == NULL)
		return -ENOMEM;
	/* Removed, and killed before the store had done it. */
	if (event.kind == EVENT_MESSAGE_REMOVED)
		chat_remove(start->service, chamber, event.message);
	const int err = chamber_apply(start->service, chamber, &event, stored, payload);
	message_unref(payload);
	start->events++;
	return err;
}

static int start_command(void *ctx, const char *meeting, const struct store_command *command)
{
	const struct start *start = ctx;
	struct chamber *chamber = chamber_find(start->service, meeting);
	if (chamber == NULL)
		return 0;
	struct message *reply = message_new(command->reply, command->reply_len);
	if (reply == NULL)
		return -ENOMEM;
	replies_add(chamber->replies, command->badge, command->id, reply);
	message_unref(reply);
	return 0;
}

static int start_note(void *ctx, const struct store_note *note)
{
	const struct start *start = ctx;
	char why[HOOK_ERROR_LEN] = "out of memory";
	int err = hooks_load(start->service, note, why);
	if (err == 0)
		err = precall_load(start->service, note, why);
	if (err < 0)
		(void)snprintf(start->error, SERVICE_ERROR_LEN, "%.80s: %.150s", note->key, why);
	return err;
}

int service_start(struct service *service, struct moment at, char error[SERVICE_ERROR_LEN])
{
	struct start start = { .service = service, .error = error };
	const struct store_loader loader = {
		.ctx = &start,
		.conference = start_conference,
		.credential = start_credential,
		.message = start_message,
		.event = start_event,
		.command = start_command,
		.note = start_note,
	};
	error[0] = '\0';
	int err = store_load(service->config.store, &loader, error);
	if (err == -ENOMEM)
		(void)snprintf(error, SERVICE_ERROR_LEN, "out of memory");
	for (struct chamber *chamber = service->chambers; err == 0 && chamber != NULL;
		chamber = chamber->next) {
		chamber->media_lost_at = at.now;
		err = store_claim(
			service->config.store, chamber->proceedings->meeting->id, &chamber->claim);
		if (err < 0) {
			(void)snprintf(error, SERVICE_ERROR_LEN,
				"meeting %.64s: the store gives no claim",
				chamber->proceedings->meeting->id);
		}
	}
	if (err < 0)
		return err;
	log_info(LOG_MEETING, NULL, "started meetings=%zu events=%" PRIu64, service->n_chambers,
		start.events);
	ballots_start(service);
	import_open_rehearsals(service, at);
	return 0;
}

/* --- time and completions --- */

static void take_append(struct service *service, const struct store_done *done, struct moment at)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (!chamber->in_flight || chamber->ticket != done->ticket)
			continue;
		chamber_done(service, chamber, done, at);
		chamber_pump(service, chamber, at);
		return;
	}
}

static void take_read(struct service *service, const struct store_done *done, struct moment at)
{
	if (log_read_done(service, done) || hooks_read_done(service, done, at))
		return;
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (!chamber->archive.reading || chamber->archive.ticket != done->ticket)
			continue;
		archive_read_done(service, chamber, done);
		/* Nothing read: the store is down; the next event or tick tries again. */
		if (done->n_events > 0)
			chamber_pump(service, chamber, at);
		return;
	}
}

static void take_message(struct service *service, const struct store_done *done)
{
	struct chamber *chamber = service->chambers;
	while (chamber != NULL && !chat_done(service, chamber, done))
		chamber = chamber->next;
}

static void take_completions(struct service *service, struct moment at)
{
	struct store_done done;
	while (store_poll(service->config.store, &done) == 1) {
		switch (done.kind) {
		case STORE_DONE_APPEND:
			take_append(service, &done, at);
			break;
		case STORE_DONE_CONFERENCE:
			if (service->import.conference != NULL &&
				service->import.ticket == done.ticket)
				import_done(service, &done, at);
			break;
		case STORE_DONE_CREDENTIALS:
			credentials_stored(service, &done, at);
			break;
		case STORE_DONE_NOTE:
			if (!precall_note_done(service, &done))
				(void)hooks_note_done(
					service, &done, at); /* a hook's, or nobody's any more */
			break;
		case STORE_DONE_READ:
			take_read(service, &done, at);
			break;
		case STORE_DONE_MESSAGE:
			take_message(service, &done);
			break;
		case STORE_DONE_REMOVAL:
			clear_done(service, &done, at);
			break;
		}
	}
}

/* Sockets that never said hello. */
static struct session *first_silent(struct service *service, rs_time now)
{
	size_t cursor = 0;
	struct session *session;
	while ((session = rs_map_next(service->sessions, &cursor)) != NULL) {
		if (session->chamber != NULL)
			continue;
		if (session->hello_by <= now)
			return session;
		service_due(service, session->hello_by);
	}
	return NULL;
}

void service_tick(struct service *service, struct moment at)
{
	take_completions(service, at);
	clear_tick(service, at);
	if (at.now < service->deadline)
		return;
	service->deadline = RS_TIME_NEVER;
	struct session *session;
	while ((session = first_silent(service, at.now)) != NULL) {
		session_refuse(service, session, CLOSE_NO_TOKEN, "no-hello",
			"The page did not say hello in time.", at);
	}
	peer_reap(service, at);
	look_tick(service, at);
	late_tick(service, at);
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (chamber->in_flight || at.now < chamber->retry_at)
			service_due(service, rs_time_max(chamber->retry_at, at.now + STORE_RETRY));
		chat_expire(service, chamber, at);
		booths_tick(service, chamber, at);
		captions_tick(service, chamber, at);
		errands_expire(service, chamber, at);
		chamber_pump(service, chamber, at);
		plan_tick(service, chamber, at);
	}
}

rs_time service_deadline(const struct service *service)
{
	return service->deadline;
}
