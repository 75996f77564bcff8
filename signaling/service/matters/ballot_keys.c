#include "signaling/service/matters/ballot_keys.h"

#include "common/log/log.h"
#include "signaling/ballot/ballot.h"
#include "signaling/service/matters/ballots.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

static const struct voting_decision *now_of(const struct chamber *chamber)
{
	return &chamber->proceedings->voting->now;
}

static int key_path(const struct service *service, const struct chamber *chamber, uint32_t decision,
	char out[PATH_MAX])
{
	if (service->config.ballot_dir == NULL)
		return -ENOENT;
	return rs_format(out, PATH_MAX, "%s/ballot-%s-%s-%" PRIu32 ".pem",
		service->config.ballot_dir, chamber->epoch, chamber->proceedings->meeting->id,
		decision);
}

/* Its key is needed, or will be. */
static bool is_needed(const struct chamber *chamber, uint32_t decision)
{
	const struct voting_decision *now = now_of(chamber);
	return now->mode == DECISION_SECRET && now->number == decision &&
	       (now->stage == VOTING_PROPOSED || now->stage == VOTING_OPEN);
}

bool ballots_opens(const struct chamber *chamber, const struct command *command)
{
	const struct voting_decision *now = now_of(chamber);
	return command->kind == COMMAND_OPEN_VOTING && now->mode == DECISION_SECRET &&
	       now->stage == VOTING_PROPOSED &&
	       permission_of(command->kind, command->role) != PERMISSION_NONE;
}

/* The decision's key is held: read when it must be. */
static int read_key(struct service *service, struct chamber *chamber, uint32_t decision)
{
	char path[PATH_MAX];
	struct ballot_key *key;
	if (chamber->ballot_key.key != NULL && chamber->ballot_key.decision == decision)
		return 0;
	chamber->ballot_key.key = ballot_key_free(chamber->ballot_key.key);
	int err = key_path(service, chamber, decision, path);
	if (err == 0)
		err = ballot_key_open(path, &key);
	if (err < 0)
		return err;
	chamber->ballot_key.decision = decision;
	chamber->ballot_key.key = key;
	return 0;
}

const struct ballot_key *ballots_key(
	struct service *service, struct chamber *chamber, uint32_t decision)
{
	const int err = read_key(service, chamber, decision);
	if (err == 0)
		return chamber->ballot_key.key;
	log_error(LOG_MEETING, chamber->proceedings->meeting->id,
		"the secret ballot has no key decision=%" PRIu32 " err=%d", decision, err);
	return NULL;
}

void ballots_key_want(struct service *service, struct chamber *chamber)
{
	char path[PATH_MAX];
	const struct voting_decision *now = now_of(chamber);
	if (chamber->ballot_key.making != 0 || now->stage != VOTING_PROPOSED ||
		!is_needed(chamber, now->number))
		return;
	struct message *message = NULL;
	if (key_path(service, chamber, now->number, path) >= 0)
		message = message_new(path, strlen(path));
	chamber->ballot_key.failed = message == NULL;
	if (message == NULL)
		return; /* asked for again when the voting is opened */
	chamber->ballot_key.making = ++service->last_id;
	chamber->ballot_key.making_for = now->number;
	out_push(service, SERVICE_MAKE_BALLOT_KEY, chamber->ballot_key.making, 0, message);
}

const char *ballots_key_state(const struct chamber *chamber)
{
	const struct voting_decision *now = now_of(chamber);
	if (now->mode != DECISION_SECRET || now->stage != VOTING_PROPOSED)
		return "null";
	if (chamber->ballot_key.making != 0)
		return "\"making\"";
	return chamber->ballot_key.failed ? "\"missing\"" : "\"ready\"";
}

void ballots_key_drop(struct service *service, struct chamber *chamber, uint32_t decision)
{
	char path[PATH_MAX];
	/* Of no use to anybody any more; after a restart it may be there though nobody asked for it since. */
	if (key_path(service, chamber, decision, path) == 0)
		(void)unlink(path);
	if (chamber->ballot_key.decision == decision)
		chamber->ballot_key.key = ballot_key_free(chamber->ballot_key.key);
}

bool ballots_awaited(struct service *service, struct chamber *chamber, struct job *job)
{
	if (job == NULL || chamber->fenced || !ballots_opens(chamber, &job->command))
		return false;
	/* One that could not be made is tried once more for each that asks. */
	if (chamber->ballot_key.making == 0 && !job->key_wanted &&
		read_key(service, chamber, now_of(chamber)->number) < 0) {
		job->key_wanted = true;
		ballots_key_want(service, chamber);
		ballots_tell(service, chamber);
	}
	return chamber->ballot_key.making != 0;
}

static struct chamber *chamber_making(const struct service *service, uint64_t id)
{
	struct chamber *chamber = service->chambers;
	while (chamber != NULL && chamber->ballot_key.making != id)
		chamber = chamber->next;
	return chamber;
}

void service_ballot_key_made(struct service *service, uint64_t id, int err, struct moment at)
{
	struct chamber *chamber = chamber_making(service, id);
	if (id == 0 || chamber == NULL)
		return;
	const uint32_t decision = chamber->ballot_key.making_for;
	chamber->ballot_key.making = 0;
	chamber->ballot_key.failed = err < 0;
	if (err < 0)
		log_error(LOG_MEETING, chamber->proceedings->meeting->id,
			"the key of a secret ballot could not be made decision=%" PRIu32 " err=%d",
			decision, err);
	if (!is_needed(chamber, decision)) {
		/* Withdrawn meanwhile; another may have been proposed that had to wait. */
		ballots_key_drop(service, chamber, decision);
		ballots_key_want(service, chamber);
	}
	ballots_tell(service, chamber);
	chamber_pump(service, chamber, at);
}

/* --- after a restart --- */

static bool keeps(void *ctx, const char *path)
{
	char needed[PATH_MAX];
	const struct service *service = ctx;
	for (const struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		const uint32_t decision = now_of(chamber)->number;
		if (is_needed(chamber, decision) &&
			key_path(service, chamber, decision, needed) == 0 &&
			strcmp(path, needed) == 0)
			return true;
	}
	return false;
}

void ballots_start(struct service *service)
{
	if (service->config.ballot_dir == NULL)
		return;
	const int removed = ballot_keys_sweep(service->config.ballot_dir, keeps, service);
	if (removed < 0)
		log_warning(LOG_MEETING, NULL, "keys of secret ballots cannot be looked through");
	if (removed > 0)
		log_info(LOG_MEETING, NULL, "keys of ballots that are over were removed n=%d",
			removed);
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		char path[PATH_MAX];
		const uint32_t decision = now_of(chamber)->number;
		if (is_needed(chamber, decision) &&
			key_path(service, chamber, decision, path) == 0 && access(path, R_OK) != 0)
			ballots_key_want(service, chamber);
	}
}
