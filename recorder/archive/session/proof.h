/* recorder/archive/session/proof.h
 *
 * The signed heads of an archive being written: proof/heads.jsonl (heads.h). Stands between the archive
 * and its disk (witness.h); at intervals, and when the recording is closed, a head is signed over all
 * clusters there are.
 *
 * What a head covers is on the disk before the head is: ledgers and events are synced first, the pictures
 * and sound were when their clusters closed, and the disk does what it is told in order (files/disk.h).
 *
 * Opening reads back what a stopped recorder left (blocking): the tree goes on where it was. Leaves that
 * were in no head yet are taken in then, if their clusters are in the files as the ledger says.
 *
 * Not thread safe.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SESSION_PROOF_H
#define ROSTRUM_RECORDER_ARCHIVE_SESSION_PROOF_H

#include "common/evidence/chain.h"
#include "recorder/archive/files/disk.h"
#include "recorder/archive/session/archive.h"

struct proof;

struct proof_config {
	const struct disk *disk; /* borrowed, as all of it but the texts */
	uint32_t owner;
	const char *directory;
	const char *session_sha256;
	const struct rs_signer *signer;
	rs_time interval; /* between heads */
	size_t tracks_max;
	const struct chain *events;     /* where events.jsonl stands */
	const struct archive_now *when; /* of the call being served */
	/* Have the events written so far made durable. 0 or an error. */
	int (*settle)(void *ctx);
	void *ctx;
};

/* 0; -EBADMSG or -EPROTO: what is there of heads cannot be gone on from, `why` says what is wrong with it;
 * another error of the file system or disk; -ENOMEM. */
int proof_open(
	const struct proof_config *config, struct proof **out_proof, const char **why) RS_MUST_USE;
/* Signs nothing more. NULL is fine. Returns NULL. */
struct proof *proof_free(struct proof *proof);
/* The port through which tracks are to write. */
const struct disk *proof_disk(const struct proof *proof);
rs_time proof_deadline(const struct proof *proof);
/* Sign when it is time. 0 or an error: the archive has failed. */
int proof_tick(struct proof *proof) RS_MUST_USE;
/* Sign what there is: the recording is closed, and its last event written. As proof_tick(). */
int proof_close(struct proof *proof) RS_MUST_USE;

#endif
