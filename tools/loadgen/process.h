/* tools/loadgen/process.h
 *
 * What a process on this machine has used, from /proc.
 */
#ifndef ROSTRUM_TOOLS_LOADGEN_PROCESS_H
#define ROSTRUM_TOOLS_LOADGEN_PROCESS_H

#include "common/base/mem.h"

struct process_use {
	int64_t cpu_us;     /* user and system time of all its threads so far */
	int64_t memory_kib; /* proportional set size (PSS); resident size where that is not shown */
};

/* 0, or -EIO (no such process, or not ours to look at). */
int process_read(uint32_t pid, struct process_use *out_use) RS_MUST_USE;

#endif
