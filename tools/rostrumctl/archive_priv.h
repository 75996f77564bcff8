/* tools/rostrumctl/archive_priv.h
 *
 * What the verbs of `rostrumctl archive` share: the command line, and how they speak.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_ARCHIVE_PRIV_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_ARCHIVE_PRIV_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define ARCHIVE_PATH_MAX 1024

/* As they were given; NULL or false = not given. */
struct options {
	bool json;
	bool open;   /* only what was public */
	bool closed; /* also what was not */
	const char *directory;
	const char *track;
	const char *speech;
	const char *from;
	const char *key;
	const char *ca;
	const char *head;
	const char *to;
	const char *out;
	const char *language;
};

/* Prints the usage. Returns 2. */
int archive_usage(void);
/* Takes `json`, prints it on a line. Returns 0, or 1 (no memory). */
int archive_print(json_t *json);
/* Says what is wrong with the archive. Returns 1. */
int archive_complain(const char *directory, int err);
/* --speech as a number: false where it is none (and 0 where it was not given). */
bool archive_speech(const struct options *options, uint32_t *out_number);

/* The verbs. Each returns the exit status. */
int archive_list_main(const struct options *options);
int archive_verify_main(const struct options *options);
int archive_proof_main(const struct options *options);
int archive_export_main(const struct options *options);
/* A speech, or 0: all of it, of a language or of the floor, into the file --to: .opus or .webm. */
int archive_cut(const struct options *options, uint32_t speech);
int archive_export_public(const struct options *options);
int archive_import_main(const struct options *options);

#endif
