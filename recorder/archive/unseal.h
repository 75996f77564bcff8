/* recorder/archive/unseal.h
 *
 * An encrypted session (VAULT.md) as an ordinary one, with the private key; and its crypto-erasure, without.
 * Also what can be said of an encrypted file by whoever has no key. Blocking file I/O, for tools.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_UNSEAL_H
#define ROSTRUM_RECORDER_ARCHIVE_UNSEAL_H

#include "recorder/archive/vault_format.h"

#define UNSEAL_WHY_LEN 512

struct unseal_report {
	uint64_t files;  /* copied or opened */
	uint64_t opened; /* media among them */
	uint64_t events; /* meeting events that were opened */
	uint64_t erased; /* media files and meeting events whose key is gone */
};

/* `to` must not exist; it is made. Evidence goes over as it is, media and events are opened; keys, and the bag
 * around the encrypted files, are not taken over. What was erased is left out, or stays sealed. 0; -EACCES (not
 * for this key, or a file was changed), -EBADMSG, -ENOENT (no encrypted session is there), another negative errno, and `why` names the file. */
int archive_unseal(const char *directory, const char *to, const struct rs_recipient *recipient,
	struct unseal_report *out_report, char why[UNSEAL_WHY_LEN]) RS_MUST_USE;

/* Octets of the plain file behind an encrypted one, by its whole records. 0; -EBADMSG; an errno. */
int unseal_size(int fd, uint64_t *out_size) RS_MUST_USE;

struct erase_report {
	uint64_t keys; /* destroyed */
};

/* Destroy the keys of a session: of one track ("KEN": all its segments) or segment ("tracks/KEN.001.a"), or, where
 * `what` is NULL, all. Each gets lines in audit.jsonl beside the session before and after, and one in its custody.jsonl. 0;
 * -EBUSY (on hold: `why` says the reason); -ENOENT (no such key); -EBADMSG (custody or audit was changed); an errno. */
int archive_erase(const char *directory, const char *what, const char *by, int64_t wall_ms,
	struct erase_report *out_report, char why[UNSEAL_WHY_LEN]) RS_MUST_USE;

#endif
