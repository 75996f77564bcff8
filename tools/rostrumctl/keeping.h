/* tools/rostrumctl/keeping.h
 *
 * Where a site keeps its archives and with what key, for the verbs of `rostrumctl archive` that act in its name: from the
 * recorder's configuration, or by options.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_KEEPING_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_KEEPING_H

#include "common/base/sign.h"

#define KEEPING_TEXT_LEN 512

/* Texts are "" where nothing is said. */
struct keeping {
	char key[KEEPING_TEXT_LEN];  /* file of the Ed25519 key */
	char copy[KEEPING_TEXT_LEN]; /* root of the second copy */
	char tsa_url[KEEPING_TEXT_LEN];
	char tsa_ca[KEEPING_TEXT_LEN];
	uint32_t tsa_timeout_ms; /* the recorder's preset where nothing is said */
};

/* What a recorder.json says, with the recorder's defaults; NULL = nothing is said. Exit status: 0, or 1 and what is wrong was printed. */
int keeping_read(const char *path, struct keeping *out_keeping);
/* The key of a file. Exit status as above. */
int keeping_signer(const char *path, struct rs_signer **out_signer);

#endif
