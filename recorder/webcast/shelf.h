/* recorder/webcast/shelf.h
 *
 * Port for what a webcast puts out: files by name, in folders of one level ("v/897652801.m4s"), each there whole or
 * not at all.
 */
#ifndef ROSTRUM_RECORDER_WEBCAST_SHELF_H
#define ROSTRUM_RECORDER_WEBCAST_SHELF_H

#include "common/base/mem.h"

/* Longest name: a folder "a-" and a name of RS_NAME_MAX, and a file in it. */
#define SHELF_NAME_LEN 128

struct shelf {
	/* Put a file in its place, or another in place of it; folders are made. 0 or a negative errno. */
	int (*put)(void *ctx, const char *name, const void *data, size_t len);
	/* It need not be there. */
	void (*drop)(void *ctx, const char *name);
	void *ctx;
};

#endif
