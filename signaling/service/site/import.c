#include "signaling/service/site/import.h"

#include "common/log/log.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/queue/queue.h"
#include "signaling/service/service.h"
#include "signaling/service/site/rehearsal.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <stdio.h>

const struct rules *import_rules(const void *ctx, const char *name)
{
	const struct service *service = ctx;
	for (size_t i = 0; i < service->n_rules; i++) {
		if (strcmp(service->rules[i].name, name) == 0)
			return &service->rules[i];
	}
	return NULL;
}

int import_remember(struct service *service, const struct conference *conference,
	const uint8_t hash[RS_SHA256_LEN])
{
	struct known_conference *known = rs_zalloc(sizeof(*known));
	if (known == NULL)
		return -ENOMEM;
	(void)rs_set_text(known->id, conference->id);
	(void)rs_set_text(known->of, conference->of);
	memcpy(known->hash, hash, RS_SHA256_LEN);
	known->next = service->conferences;
	service->conferences = known;
	return 0;
}

void import_forget(struct service *service, const char *id)
{
	for (struct known_conference **at = &service->conferences; *at != NULL; at = &(*at)->next) {
		struct known_conference *known = *at;
		if (strcmp(known->id, id) != 0)
			continue;
		*at = known->next;
		rs_release(known);
		return;
	}
}

static const struct known_conference *find_known(const struct service *service, const char *id)
{
	const struct known_conference *known = service->conferences;
	while (known != NULL && strcmp(known->id, id) != 0)
		known = known->next;
	return known;
}

/* In the order of the file, behind those that are there. */
int import_chambers(struct service *service, struct conference *conference, const char *epoch)
{
	struct chamber **last = &service->chambers;
	while (*last != NULL)
		last = &(*last)->next;
	for (size_t i = 0; i < conference->n_meetings; i++) {
		if (service->n_chambers >= service->config.limits.meetings)
			return -E2BIG;
		struct chamber *chamber = NULL;
		const int err = chamber_new(
			service, conference->meetings[i], conference->of, epoch, &chamber);
		if (err < 0)
			return err;
		(void)rs_set_text(chamber->file, conference->id);
		*last = chamber;
		conference->meetings[i] = NULL; /* the chamber's now */
		service->n_chambers++;
		last = &chamber->next;
	}
	return 0;
}

void import_open_rehearsals(struct service *service, struct moment at)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		const struct meeting *meeting = chamber->proceedings->meeting;
		struct job job = { .command = { .kind = COMMAND_OPEN_MEETING,
					   .role = ROLE_ADMIN,
					   .overrides = true } }; /* a quorum comes later */
		if (meeting->rehearsal && meeting->phase == MEETING_SCHEDULED &&
			chamber->n_jobs == 0 && !chamber->in_flight)
			(void)chamber_submit(service, chamber, &job); /* empty, so there is room */
		chamber_pump(service, chamber, at);
	}
}

/* 201 {"conference", "meetings": ["demo", …]}; ids need no escaping. */
static void answer_created(
	struct service *service, uint64_t request, const struct conference *conference)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)64 * 1024);
	int err = rs_buf_printf(&out, "{\"conference\":\"%s\",\"meetings\":[", conference->of);
	const char *comma = "";
	for (const struct chamber *chamber = service->chambers; err == 0 && chamber != NULL;
		chamber = chamber->next) {
		if (strcmp(chamber->file, conference->id) != 0)
			continue;
		err = rs_buf_printf(&out, "%s\"%s\"", comma, chamber->proceedings->meeting->id);
		comma = ",";
	}
	if (err == 0)
		err = rs_buf_append(&out, "]}", 2);
	out_text(service, SERVICE_ANSWER, request, 201, err, &out);
	rs_buf_done(&out);
}

static void forget_import(struct service *service)
{
	conference_free(service->import.conference);
	service->import = (struct import){ .request = 0 };
}

/* With `refusal` set: -EEXIST, a meeting of the file is there already; -E2BIG, there is no room. */
static int check_meetings(const struct service *service, const struct conference *conference,
	struct service_refusal *refusal)
{
	char text[PEER_WHY_LEN];
	if (service->n_chambers + conference->n_meetings > service->config.limits.meetings) {
		refuse_request(refusal, 409, "too-many", "There is no room for more meetings.");
		return -E2BIG;
	}
	for (size_t i = 0; i < conference->n_meetings; i++) {
		if (chamber_find(service, conference->meetings[i]->id) == NULL)
			continue;
		(void)snprintf(text, sizeof(text),
			"conference.meetings[%zu].id: another conference has a meeting %s.", i,
			conference->meetings[i]->id);
		refuse_request(refusal, 409, "meeting-exists", text);
		return -EEXIST;
	}
	return 0;
}

static int hand_over(struct service *service, uint64_t request, struct conference *conference,
	const char *json, size_t len, struct service_refusal *refusal)
{
	struct import *import = &service->import;
	rs_rand_text(service->config.rand, import->epoch, EPOCH_LEN);
	rs_sha256(json, len, import->hash);
	import->request = request;
	import->ticket = ++service->last_ticket;
	import->conference = conference;
	const struct store_conference stored = {
		.id = conference->id, .epoch = import->epoch, .json = json, .len = len
	};
	const int err = store_put_conference(service->config.store, import->ticket, &stored);
	if (err == 0)
		return 0;
	forget_import(service);
	refuse_request(refusal, 503, "store-unavailable", "The store takes nothing now.");
	return err;
}

/* All that is wrong with it. */
static void answer_faults(struct service *service, uint64_t request, const struct faults *faults)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)256 * 1024);
	const int err = faults_write(faults, "malformed", &out);
	out_text(service, SERVICE_ANSWER, request, 400, err, &out);
	rs_buf_done(&out);
}

/* The whole of both files as one, which is what is stored; 0, 1 when its faults were answered, or
 * negative with `refusal` set: -E2BIG, -ENOMEM. */
static int judge(struct service *service, uint64_t request, const struct service_files *files,
	struct rs_buf *whole, struct conference **out_conference, struct service_refusal *refusal)
{
	RS_CLEANUP(faults_freep) struct faults *faults = NULL;
	const struct conference_reader reader = { .rules = import_rules,
		.ctx = service,
		.csv = files->csv,
		.csv_len = files->csv_len,
		.out_whole = whole };
	int err = faults_new(&faults);
	if (err == 0)
		err = conference_parse(&reader, files->json, files->len, faults, out_conference);
	if (err == 0 && files->csv == NULL)
		err = rs_buf_append(whole, files->json, files->len);
	if (err == -EBADMSG) {
		answer_faults(service, request, faults);
		return 1;
	}
	if (err == -E2BIG)
		refuse_request(refusal, 413, "too-large", "A conference file has 4 MiB at most.");
	else if (err < 0)
		refuse_request(refusal, 503, "out-of-memory", "The server is out of memory.");
	return err;
}

static int import_whole(struct service *service, uint64_t request, const struct rs_buf *whole,
	struct conference *judged, struct service_refusal *refusal)
{
	RS_CLEANUP(conference_freep) struct conference *conference = judged;
	const char *json = (const char *)rs_buf_data(whole);
	const size_t len = rs_buf_len(whole);
	uint8_t hash[RS_SHA256_LEN];
	const struct known_conference *known = find_known(service, conference->id);
	if (known != NULL) {
		rs_sha256(json, len, hash);
		if (memcmp(hash, known->hash, sizeof(hash)) != 0) {
			refuse_request(refusal, 409, "conference-exists",
				"conference.id: it was imported before with other content.");
			return -EEXIST;
		}
		answer_created(service, request, conference);
		return 0;
	}
	const int err = check_meetings(service, conference, refusal);
	if (err < 0)
		return err;
	return hand_over(service, request, rs_steal(&conference), json, len, refusal);
}

int service_import(struct service *service, uint64_t request, const struct service_files *files,
	struct moment at, struct service_refusal *refusal)
{
	RS_CLEANUP(conference_freep) struct conference *conference = NULL;
	struct rs_buf whole;
	(void)at; /* the answer comes later */
	if (files->len > CONFERENCE_TEXT_MAX || files->csv_len > CONFERENCE_TEXT_MAX) {
		refuse_request(refusal, 413, "too-large", "A conference file has 4 MiB at most.");
		return -E2BIG;
	}
	if (service->import.conference != NULL) {
		refuse_request(refusal, 503, "too-many", "Another import is under way.");
		return -EAGAIN;
	}
	rs_buf_init(&whole, CONFERENCE_TEXT_MAX);
	int err = judge(service, request, files, &whole, &conference, refusal);
	if (err == 0 && files->rehearsal != NULL)
		err = rehearsal_make(service, files->rehearsal, &whole, &conference, refusal);
	if (err == 0)
		err = import_whole(service, request, &whole, rs_steal(&conference), refusal);
	rs_buf_done(&whole);
	return err < 0 ? err : 0;
}

void import_done(struct service *service, const struct store_done *done, struct moment at)
{
	struct import *import = &service->import;
	if (done->result != STORE_OK) {
		log_error(LOG_STORE, NULL, "a conference could not be written down why=%s",
			done->why);
		answer_problem(service, import->request, 503, "store-unavailable",
			wire_verdict_text(VERDICT_STORE_UNAVAILABLE));
		forget_import(service);
		return;
	}
	int err = import_remember(service, import->conference, import->hash);
	if (err == 0)
		err = import_chambers(service, import->conference, import->epoch);
	for (struct chamber *chamber = service->chambers; err == 0 && chamber != NULL;
		chamber = chamber->next) {
		if (chamber->claim == 0) {
			err = store_claim(service->config.store, chamber->proceedings->meeting->id,
				&chamber->claim);
		}
	}
	if (err == 0) {
		log_info(LOG_MEETING, import->conference->id, "conference imported");
		answer_created(service, import->request, import->conference);
	} else {
		log_error(LOG_MEETING, import->conference->id,
			"conference is written down but not open, restart err=%d", err);
		answer_problem(service, import->request, 503, "store-unavailable",
			wire_verdict_text(VERDICT_STORE_UNAVAILABLE));
	}
	forget_import(service);
	import_open_rehearsals(service, at);
}
