/* recorder/archive/seal/seal_priv.h
 *
 * What the parts of sealing share: seal.c (manifest, signature, time stamp), tags.c (what bag-info.txt says, and the list of
 * tag files).
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SEAL_SEAL_PRIV_H
#define ROSTRUM_RECORDER_ARCHIVE_SEAL_SEAL_PRIV_H

#include "common/evidence/names.h"
#include "recorder/archive/seal/seal.h"

#include <jansson.h>

#define SEAL_NO_AUTHORITY "no time-stamping authority is configured"

struct seal {
	const char *directory;
	const struct seal_config *config;
	uint8_t *chunk;
	json_t *known; /* path -> digest, of files hashed before */
	struct rs_buf manifest;
	uint64_t files;
	uint64_t octets;
	bool drafted[NAMES_PLACES]; /* written, and to be given their names */
	char stamp[SEAL_WHY_LEN];   /* why there is no time stamp */
	char *why;                  /* SEAL_WHY_LEN */
};

/* Says which file: gives `err` back. */
int seal_fail(const struct seal *seal, const char *path, int err);
bool seal_has(const char *directory, enum names_place place);
/* Written, and given its name when all is. 0 or a negative errno. */
int seal_draft(struct seal *seal, enum names_place place, const void *data, size_t len) RS_MUST_USE;
/* Drafts of bag-info.txt, bagit.txt and tagmanifest-sha512.txt. 0 or a negative errno. */
int seal_write_tags(struct seal *seal) RS_MUST_USE;

#endif
