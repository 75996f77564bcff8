/* common/evidence/files.h
 *
 * Small files of an archive, written whole or not at all, and parts of large ones. Blocking file I/O: where an archive is
 * opened, closed or read, never while media flows.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_FILES_H
#define ROSTRUM_COMMON_EVIDENCE_FILES_H

#include "common/base/mem.h"
#include "common/evidence/names.h"

/* What a file is called until it is whole: its path and this. Stands in no archive that is closed. */
#define FILES_DRAFT ".new"

/* The draft of a file, durable. 0 or a negative errno; then there is no draft. */
int files_write_draft(const char *path, const void *data, size_t len) RS_MUST_USE;
/* The draft becomes the file. 0 or a negative errno. */
int files_publish(const char *path) RS_MUST_USE;
void files_drop_draft(const char *path);
/* Both at once. */
int files_write(const char *path, const void *data, size_t len) RS_MUST_USE;

/* As much of a file as there is from `offset` on, up to `len` octets: what a single pread() leaves out, since it was
 * interrupted or gave less, is asked for again. How many, less than `len` only at the end; or a negative errno. */
int64_t files_read_at(int fd, void *out, size_t len, uint64_t offset) RS_MUST_USE;
/* All of it. 0 or a negative errno; then some of it may be written. */
int files_write_at(int fd, const void *data, size_t len, uint64_t offset) RS_MUST_USE;

/* What was made, renamed or removed in a directory is durable. 0 or a negative errno. */
int files_sync_directory(const char *path) RS_MUST_USE;

#endif
