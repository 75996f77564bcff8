/* recorder/io/ground.h
 *
 * What has to be there before anything can be recorded: a directory with room in it, and as many open files as tracks ask for.
 */
#ifndef ROSTRUM_RECORDER_IO_GROUND_H
#define ROSTRUM_RECORDER_IO_GROUND_H

#include "common/base/mem.h"

#include <stdint.h>

/* The directory of the archives is made where it is absent; the one it is in has to be there. 0; -ENOSPC (less than `free_min`
 * octets are free) or a negative errno, logged. */
int ground_check(const char *root, uint64_t free_min) RS_MUST_USE;
/* The limit of open files is raised to `files`, or as near as is allowed; it is logged that it cannot be. */
void ground_raise_files(uint64_t files);

#endif
