/* common/config/config.h
 *
 * A program's configuration: one flat JSON file of dotted keys ("media.port": 50000), described by
 * a table, overridden by --set key=value. Every error names the file (or --set) and the key.
 * Read once at start; immutable afterwards.
 */
#ifndef ROSTRUM_COMMON_CONFIG_CONFIG_H
#define ROSTRUM_COMMON_CONFIG_CONFIG_H

#include "common/base/mem.h"

enum config_type {
	CONFIG_TEXT,
	CONFIG_INT,
	CONFIG_BOOL,
	CONFIG_LIST,  /* array of text; in --set separated by commas */
	CONFIG_TABLE, /* array of objects, each a row with keys of its own; in --set as JSON */
};

/* One key a program knows. `preset` is the default, written as in --set; NULL = the key is required. */
struct config_key {
	const char *key;
	enum config_type type;
	const char *preset;
	int64_t min;         /* CONFIG_INT */
	int64_t max;         /* CONFIG_INT; CONFIG_TABLE: most rows */
	const char *meaning; /* one line, with unit; printed by --help-config */
	const struct config_key
		*columns; /* CONFIG_TABLE: the keys of a row, none of them a table */
	size_t n_columns;
};

struct config;

#define CONFIG_ERROR_LEN 256

/* `keys` must outlive the result (static tables). 0 or -ENOMEM. */
int config_new(const struct config_key *keys, size_t n, struct config **out_config) RS_MUST_USE;
struct config *config_free(struct config *config);
/* Read a file. 0; -ENOENT (unreadable), -EBADMSG (no JSON object), -EINVAL (unknown key, wrong type or range), with `error` set. */
int config_read(struct config *config, const char *path, char error[CONFIG_ERROR_LEN]) RS_MUST_USE;
/* One "key=value". As config_read(). */
int config_set(
	struct config *config, const char *assignment, char error[CONFIG_ERROR_LEN]) RS_MUST_USE;
/* Every required key is there: 0 or -EINVAL with `error` set. */
int config_check(const struct config *config, char error[CONFIG_ERROR_LEN]) RS_MUST_USE;

/* Getters; the key must be in the table with this type (else abort: a bug of ours). Text is never NULL. */
const char *config_text(const struct config *config, const char *key);
int64_t config_int(const struct config *config, const char *key);
bool config_bool(const struct config *config, const char *key);
size_t config_list_len(const struct config *config, const char *key);
const char *config_list_at(const struct config *config, const char *key, size_t i);
size_t config_rows(const struct config *config, const char *key);
/* A row (counted from 0, below config_rows()) as a configuration of its own, checked, to be freed by the caller. 0 or
 * -ENOMEM. */
int config_row(const struct config *config, const char *key, size_t i,
	struct config **out_row) RS_MUST_USE;

/* What the command line of each of the three programs asks for. */
enum config_start {
	CONFIG_START,     /* go on */
	CONFIG_EXIT_OK,   /* --version, --help, --help-config, --check-config did their work */
	CONFIG_EXIT_FAIL, /* an error was printed */
};
/* Reads --config FILE, --set key=value (repeatable), --check-config, --help, --help-config, --version; prints to stdout
 * or, in one line, "PROGRAM: why" to stderr. On CONFIG_START *out_config is the checked configuration. */
enum config_start config_start(const char *program, const struct config_key *keys, size_t n,
	int argc, char **argv, struct config **out_config);

#endif
