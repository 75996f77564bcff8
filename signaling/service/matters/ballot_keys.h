/* signaling/service/matters/ballot_keys.h
 *
 * Keys of secret ballots. One is made as a secret ballot is proposed, on a thread of the driver's, one at a time in a meeting; its file
 * stays until the ballot is over. Who opens the voting before the key is there waits for it.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_MATTERS_BALLOT_KEYS_H
#define ROSTRUM_SIGNALING_SERVICE_MATTERS_BALLOT_KEYS_H

#include <stdbool.h>
#include <stdint.h>

struct ballot_key;
struct chamber;
struct command;
struct job;
struct service;

/* Somebody who may opens the voting of the secret ballot that is proposed. */
bool ballots_opens(const struct chamber *chamber, const struct command *command);
/* The same with a key that is being made, now or for this job: it waits some tenths of a second. NULL is fine. */
bool ballots_awaited(struct service *service, struct chamber *chamber, struct job *job);
/* The decision's key, read when it must be; NULL without one, which is logged. */
const struct ballot_key *ballots_key(
	struct service *service, struct chamber *chamber, uint32_t decision);
/* Ask the driver for the key of the secret ballot that is proposed, if there is one; nothing while another is being made. */
void ballots_key_want(struct service *service, struct chamber *chamber);
/* The key of a ballot that is over goes, with its file. */
void ballots_key_drop(struct service *service, struct chamber *chamber, uint32_t decision);
/* How the key of the secret ballot that is proposed stands, as JSON: "making", "ready" or "missing"; null without such a ballot. */
const char *ballots_key_state(const struct chamber *chamber);
/* Once everything is replayed: files that no ballot needs are removed, keys that are missing asked for. */
void ballots_start(struct service *service);

#endif
