/* recorder/archive/vault/vault.h
 *
 * What a meeting says when it does not sit in public is encrypted as it is written: between the archive and
 * its disk. Media files become VAULT.md's records, one a cluster, under a key of their own; the key is
 * wrapped to the secretariat's public key and lies in keys/, apart, so that destroying it erases the file.
 * Ledgers pass as they are; payloads of meeting events are sealed line by line. Nothing here can read back
 * what it wrote: the private key is not where the recorder is.
 *
 * What is written to a media file is on the disk when it was synced, when its ledger got a line, or when
 * it is closed. Not thread safe. Memory: VAULT_RECORD_MAX a media file, at most.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VAULT_VAULT_H
#define ROSTRUM_RECORDER_ARCHIVE_VAULT_VAULT_H

#include "common/base/buf.h"
#include "common/base/envelope.h"
#include "common/base/rand.h"
#include "common/evidence/names.h"
#include "common/evidence/vault_format.h"
#include "recorder/archive/files/disk.h"

struct vault;

struct vault_config {
	const struct disk *disk;              /* borrowed, as the next two */
	const struct rs_recipient *recipient; /* whose private key opens it */
	struct rs_rand *rand;                 /* keys are drawn from it: the system's */
	const char *directory;                /* of the session; copied. keys/ is made in it */
	uint32_t owner;                       /* for the disk */
	size_t files_max;                     /* open at a time; more are -EAGAIN */
};

/* Makes a directory (blocking). 0, -EINVAL, -ENOMEM or the file system's error. */
int vault_new(const struct vault_config *config, struct vault **out_vault) RS_MUST_USE;
/* What is pending in open files is lost. Keys are wiped. NULL is fine. Returns NULL. */
struct vault *vault_free(struct vault *vault);
void vault_freep(struct vault **vault);
/* What an archive is to write to in place of the disk. */
const struct disk *vault_disk(const struct vault *vault);

/* The payload of a meeting event as it is to stand in line `seq` of events.jsonl, appended to `out`: an object
 * that whoever has the private key turns back into `hash` and `payload` (VAULT.md). Each line once. 0, -E2BIG,
 * -ENOMEM or the disk's error. */
int vault_seal_event(struct vault *vault, uint64_t seq, const char *hash, const char *payload,
	size_t len, struct rs_buf *out) RS_MUST_USE;

#endif
