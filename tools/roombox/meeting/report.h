/* tools/roombox/meeting/report.h
 *
 * How a box is, as it says it to signaling with `tell-box` (signaling/wire/PROTOCOL.md section 3.13): plain figures, gathered by who has the
 * sound (box_report.c), written by who has the line (talk.h). Pure.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_REPORT_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_REPORT_H

#include "common/base/buf.h"
#include "common/base/text.h"

/* The text fits in so many octets, whatever stands in it. */
#define REPORT_MAX 24576U
#define REPORT_MICROPHONES_MAX 16
#define REPORT_CAMERAS_MAX 8
#define REPORT_OUTPUTS_MAX 8
#define REPORT_FEEDS_MAX 12
#define REPORT_DEVICES_MAX 32
/* Octets of what is called by others; more are cut. */
#define REPORT_SEAT_MAX 16
#define REPORT_NAME_MAX 64
#define REPORT_PLACE_MAX 40
/* Not measured. */
#define REPORT_UNKNOWN (-1)

struct report_microphone {
	char seat[REPORT_SEAT_MAX + 1]; /* empty = nobody's */
	bool open;
	int level, peak; /* dBFS, -127 to 0 */
	int clipping;    /* permille of the samples */
};

struct report_camera {
	char name[RS_NAME_MAX + 1];
	bool here, shown;
	int fps;          /* REPORT_UNKNOWN: not asked for pictures */
	int64_t since_ms; /* wall clock; away since; 0 = it is here */
};

struct report_output {
	char name[REPORT_NAME_MAX + 1];
	int delay_ms; /* REPORT_UNKNOWN: nothing is heard */
	uint64_t failed;
	size_t n_feeds;
	char feeds[REPORT_FEEDS_MAX][RS_NAME_MAX + 1];
};

struct report_device {
	char place[REPORT_PLACE_MAX + 1];
	char name[REPORT_NAME_MAX + 1];
	bool here;
	uint64_t lost, xruns, slips;
	int ppm;
	int64_t since_ms; /* as a camera's */
};

struct report {
	const char *version; /* static */
	int cpu;             /* percent of one core; REPORT_UNKNOWN */
	uint64_t skipped;    /* blocks of 10 ms */
	int64_t free, left;  /* octets, seconds; REPORT_UNKNOWN: nothing is kept */
	int kept;            /* percent; likewise */
	int delay_ms;        /* REPORT_UNKNOWN */
	int concealed;       /* permille; REPORT_UNKNOWN */
	int rtt_ms;          /* of the media line; REPORT_UNKNOWN */
	int available_kbps;  /* that it is thought to carry; REPORT_UNKNOWN: it is not measured */
	size_t n_microphones, n_cameras, n_outputs, n_devices;
	struct report_microphone microphones[REPORT_MICROPHONES_MAX];
	struct report_camera cameras[REPORT_CAMERAS_MAX];
	struct report_output outputs[REPORT_OUTPUTS_MAX];
	struct report_device devices[REPORT_DEVICES_MAX];
};

/* Appends the command, with this id. 0, -E2BIG (the buffer's) or -ENOMEM. */
int report_write(const struct report *report, const char *id, struct rs_buf *out) RS_MUST_USE;

#endif
