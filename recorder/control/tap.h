/* recorder/control/tap.h
 *
 * The recorder's end of one SFU's tap (common/control/PROTOCOL.md section 4): subscribes to the
 * meetings the keeper records from there and hands their packets to the archives. Sans-I/O: octets
 * in, framed octets out. Not thread safe. Limits: TAP_TRACKS_MAX tracks, TAP_OUTPUT_MAX unsent octets.
 */
#ifndef ROSTRUM_RECORDER_CONTROL_TAP_H
#define ROSTRUM_RECORDER_CONTROL_TAP_H

#include "common/control/frame.h"
#include "recorder/control/keeper.h"

struct tap;

#define TAP_TRACKS_MAX 4096
#define TAP_OUTPUT_MAX ((size_t)1 << 20)
#define TAP_ERROR_LEN 256

struct tap_stats {
	uint64_t packets;
	uint64_t unknown; /* packets of no track, messages of no type */
	uint64_t refused; /* tracks not recorded */
	uint64_t gaps;    /* frames the SFU dropped because we were too slow */
};

/* `path` names the SFU's socket and is copied; `keeper` and `rand` are borrowed. 0, -EINVAL (path too long) or -ENOMEM. */
int tap_new(const char *path, struct keeper *keeper, struct rs_rand *rand,
	struct tap **out_tap) RS_MUST_USE;
struct tap *tap_free(struct tap *tap);
const char *tap_path(const struct tap *tap);

/* The stream stands: nothing is subscribed yet. */
void tap_connected(struct tap *tap);
/* The stream is gone: its tracks are void, and the archives put that down. */
void tap_disconnected(struct tap *tap, struct archive_now when);
/* Octets from the socket. 0; -EBADMSG with `error` set: the stream is lost and must be closed; -ENOMEM likewise. */
int tap_recv(struct tap *tap, const uint8_t *data, size_t len, struct archive_now when,
	char error[TAP_ERROR_LEN]) RS_MUST_USE;
/* Subscribe and unsubscribe to what the keeper records now; call after each turn. 0, -E2BIG or -ENOMEM. */
int tap_sync(struct tap *tap, struct archive_now when) RS_MUST_USE;
/* Framed octets for the socket; consume what was sent. */
struct rs_buf *tap_output(struct tap *tap);
const struct tap_stats *tap_stats(const struct tap *tap);

#endif
