/* signaling/wire/conference/faults.h
 *
 * All that is wrong with files somebody hands in, each with its place, so that it is mended in one go and not fault by fault.
 * Bounded: of a file that is all wrong the first FAULTS_MAX are kept. One thread; allocates only at birth.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CONFERENCE_FAULTS_H
#define ROSTRUM_SIGNALING_WIRE_CONFERENCE_FAULTS_H

#include "common/base/buf.h"
#include "common/base/mem.h"

#define FAULTS_MAX 100
#define FAULT_WHERE_LEN 160
#define FAULT_WHY_LEN 128

struct fault {
	const char *file;            /* "conference", "delegations"; a literal */
	char where[FAULT_WHERE_LEN]; /* path or field: "meetings[0].badges[3].role" */
	char why[FAULT_WHY_LEN];     /* for people */
	uint32_t line, column;       /* from 1; 0 = not known */
};

struct faults {
	struct fault list[FAULTS_MAX];
	size_t n;
	bool more; /* there were others */
};

/* 0 or -ENOMEM. */
int faults_new(struct faults **out_faults) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct faults *faults_free(struct faults *faults);
void faults_freep(struct faults **faults);
/* Copies `where` and `why` (cut to what fits); `file` must live on. Place and file together name a fault once: what is
 * said of the same again is left out. */
void faults_add(struct faults *faults, const char *file, const char *where, const char *why,
	uint32_t line, uint32_t column);
/* Lines and columns of the faults of `file` that have none, whose paths lead into this JSON text (which was parsed: its syntax
 * is good). What is missing is placed where the innermost object begins that should have it. Columns count octets. */
void faults_place(struct faults *faults, const char *file, const char *json, size_t len);
/* "conference, line 4, column 11: meetings[0].mode: floor or direct is expected", and how many more there are. */
void faults_text(const struct faults *faults, char *out, size_t cap);
/* Append {"reason", "text", "errors": [{"file", "line", "column", "field", "text"}]}. 0, -E2BIG or -ENOMEM. */
int faults_write(const struct faults *faults, const char *reason, struct rs_buf *out) RS_MUST_USE;

#endif
