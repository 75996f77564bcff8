/* recorder/archive/vault/unseal.h
 *
 * An encrypted session (VAULT.md) as an ordinary one, with the private key; and its crypto-erasure, without.
 * Also what can be said of an encrypted file by whoever has no key. Blocking file I/O, for tools.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VAULT_UNSEAL_H
#define ROSTRUM_RECORDER_ARCHIVE_VAULT_UNSEAL_H

#include "common/base/sign.h"
#include "common/evidence/vault_format.h"

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

struct erase_wish {
	const char *directory;
	const char *
		what; /* a track ("KEN": all its segments) or segment ("tracks/KEN.001.a"); NULL = all keys */
	const char *
		copy; /* root of the second copy of the archives, where they are destroyed as well; NULL = none */
	const char *by;                 /* for the audit */
	const struct rs_signer *signer; /* signs what is put down; NULL = nobody */
	int64_t wall_ms;
};

struct erase_report {
	uint64_t keys; /* destroyed */
	uint64_t
		copies; /* keys destroyed in the second copy, those that an earlier erasure owed it among them */
	uint64_t
		owed; /* keys of which the second copy has one still, for what `copy` says; done by the next erasure or retention run */
	char copy[UNSEAL_WHY_LEN];
};

/* Destroy keys of a session. Each gets lines in audit.jsonl beside the session before and after, and one in its
 * custody.jsonl. 0; -EBUSY (on hold: `why` says the reason); -ENOENT (no such key); -EBADMSG (custody or audit was changed); an errno. */
int archive_erase(const struct erase_wish *wish, struct erase_report *out_report,
	char why[UNSEAL_WHY_LEN]) RS_MUST_USE;

#endif
