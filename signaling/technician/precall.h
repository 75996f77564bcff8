/* signaling/technician/precall.h
 *
 * What somebody's own test before a call found of camera, microphone, loudspeakers and line, and what that is good for. The page
 * measures, this judges, so that the delegate, the technician and the record of tests all say the same. Plain values; pure.
 */
#ifndef ROSTRUM_SIGNALING_TECHNICIAN_PRECALL_H
#define ROSTRUM_SIGNALING_TECHNICIAN_PRECALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Octets of a device's name as its system calls it. */
#define PRECALL_NAME_MAX 80

enum precall_device {
	PRECALL_DEVICE_NONE,  /* not wished */
	PRECALL_DEVICE_FAULT, /* wished, and gives nothing */
	PRECALL_DEVICE_WORKS,
};

enum precall_ear {
	PRECALL_EAR_UNTRIED,
	PRECALL_EAR_HEARD,
	PRECALL_EAR_SILENT, /* the tone was played and not heard */
};

/* The ways to the media server; the first that is open is the one media takes. */
enum precall_way {
	PRECALL_UDP,
	PRECALL_TCP,   /* ICE-TCP, straight to the media server */
	PRECALL_RELAY, /* TURN */
	PRECALL_WAYS,
};

enum precall_path {
	PRECALL_PATH_ABSENT, /* the site does not offer it, or it was not tried */
	PRECALL_PATH_OPEN,
	PRECALL_PATH_CLOSED,
};

struct precall {
	int64_t wall_ms; /* when it came */
	enum precall_device camera;
	char camera_name[PRECALL_NAME_MAX + 1];
	int height; /* lines of the camera's picture */
	int luma;   /* its mean brightness, 0 to 255 */
	enum precall_device microphone;
	char microphone_name[PRECALL_NAME_MAX + 1];
	int level;    /* dBFS while somebody spoke, -100 to 0 */
	int noise;    /* dBFS in between */
	int clipping; /* permille of the time */
	enum precall_ear speakers;
	enum precall_path paths[PRECALL_WAYS];
	/* Of the first open path; 0 without one. */
	int up, down;  /* kbit/s that came through */
	bool at_least; /* the line would have carried more down than was sent for the test */
	int rtt;       /* ms */
	int loss_up, loss_down; /* permille */
};

enum precall_verdict {
	PRECALL_GOOD,
	PRECALL_POOR,     /* it works, and will be noticed */
	PRECALL_UNUSABLE, /* cannot take part so */
};

enum precall_reason {
	PRECALL_NO_PATH,
	PRECALL_NO_UDP,
	PRECALL_UP_NARROW,
	PRECALL_DOWN_NARROW,
	PRECALL_LOSS_UP,
	PRECALL_LOSS_DOWN,
	PRECALL_DELAY,
	PRECALL_MICROPHONE_NONE,
	PRECALL_MICROPHONE_FAULT,
	PRECALL_MICROPHONE_SILENT,
	PRECALL_MICROPHONE_QUIET,
	PRECALL_MICROPHONE_NOISE,
	PRECALL_MICROPHONE_CLIPPING,
	PRECALL_SPEAKERS_SILENT,
	PRECALL_CAMERA_FAULT,
	PRECALL_CAMERA_DARK,
	PRECALL_CAMERA_SMALL,
	PRECALL_REASONS,
};

struct precall_finding {
	enum precall_reason reason;
	enum precall_verdict verdict; /* that this reason alone would give; never good */
};

/* What is wrong, the worst first and of those alike as in enum precall_reason; how many. The worst of them is the verdict, good if
 * there are none. */
size_t precall_judge(
	const struct precall *precall, struct precall_finding out_findings[PRECALL_REASONS]);
enum precall_verdict precall_verdict(const struct precall *precall);

/* "good", "poor", "unusable"; "no-path" ...; never NULL. */
const char *precall_verdict_name(enum precall_verdict verdict);
const char *precall_reason_name(enum precall_reason reason);
/* "udp", "tcp", "relay". */
const char *precall_way_name(enum precall_way way);

#endif
