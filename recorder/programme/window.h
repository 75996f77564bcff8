/* recorder/programme/window.h
 *
 * A file of an archive read from its beginning on, a piece ahead, as a port for reels (reel.h). Blocking file I/O; not thread safe;
 * allocates nothing.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_WINDOW_H
#define ROSTRUM_RECORDER_PROGRAMME_WINDOW_H

#include "recorder/mux/reel.h"

/* Read ahead. */
#define WINDOW_LEN ((size_t)1 << 16)

struct window {
	int fd; /* -1 = none */
	uint64_t at;
	size_t len;
	uint8_t data[WINDOW_LEN];
};

/* 0, or an error of the file system: it is shut then. */
int window_open(const char *path, struct window *window) RS_MUST_USE;
/* Nothing is open afterwards; it may be so before. */
void window_shut(struct window *window);
/* A port of `window`, as long as that lives. */
struct reel_port window_port(struct window *window);

#endif
