/* recorder/io/taps.h
 *
 * The connections to the taps that are recorded from, one an SFU (recorder/control/tap.h), up to TAPS_MAX; a tap beyond it is
 * not opened. Belongs to one libuv loop.
 */
#ifndef ROSTRUM_RECORDER_IO_TAPS_H
#define ROSTRUM_RECORDER_IO_TAPS_H

#include "recorder/control/tap.h"
#include "recorder/io/stream.h"

#define TAPS_MAX 16

/* One SFU's tap and the connection to it. */
struct taps_client {
	struct tap *tap;
	struct stream *stream;
	bool reported; /* that it cannot be reached */
};

struct taps {
	bool paused; /* they wait for the disk: taps_hold() is to be called again soon */
	/* private */
	uv_loop_t *loop;
	struct keeper *keeper;
	struct rs_rand *rand;
	struct taps_client clients[TAPS_MAX];
	size_t n;
};

/* None is open. All three are borrowed; `taps` stays where it is. */
void taps_init(struct taps *taps, uv_loop_t *loop, struct keeper *keeper, struct rs_rand *rand);
/* Each turn: opens what the keeper records from by now, subscribes, sends. */
void taps_sync(struct taps *taps, struct archive_now when);
/* So many octets wait for the disk, of `most` that may: above seven eighths of them nothing is read, until half is left. */
void taps_hold(struct taps *taps, size_t backlog, size_t most);
/* All connections end, without a further event; the taps themselves stay until taps_done(). */
void taps_end(struct taps *taps);
/* When the loop has closed its handles. */
void taps_done(struct taps *taps);

#endif
