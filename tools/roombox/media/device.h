/* tools/roombox/media/device.h
 *
 * Sound cards and cameras, which come and go: each is opened, and closed, on a thread of its own, since a driver may take seconds over
 * either; so whoever works with them never waits. One that is away, or was lost, is tried again after 0.5, 1, 2, 4 and then every 5 s, for
 * ever. Everything here is called from one thread; what a kind does in `open` and `close` is on another, one at a time a device.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_DEVICE_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_DEVICE_H

#include "common/base/time.h"
#include "tools/roombox/media/spec.h"

/* Where in the configuration a device stands: "microphones[12].input". */
#define DEVICE_PLACE_LEN 48
/* "alsa:" and what it is called. */
#define DEVICE_NAME_LEN (SPEC_NAME_MAX + 8)

/* All devices of a room. */
struct devices;
struct device;

/* What one kind of device does; `ctx` is its own, and is not changed while a device of it is there. */
struct device_kind {
	/* The handle, or a negative error with `why` set: -EINVAL means that it can never be opened as it is configured. */
	int (*open)(void *ctx, void **out_handle, char why[SPEC_WHY_LEN]);
	/* Of what `open` gave. */
	void (*close)(void *handle);
};

/* What a device has been through. */
struct device_figures {
	const char *place; /* static as long as the device */
	const char *name;
	bool here;
	uint64_t
		lost; /* times that it went away; one that was not there at the start went away then */
	uint64_t xruns; /* times that a sound card had to be begun anew, since we or it came late */
	uint64_t slips; /* frames of sound that were left out, or were not there in time */
	int64_t lost_wall_us; /* when it went away last, us since 1970; before the first turn it means nothing */
	double ppm; /* what a sound card's clock is off by, in parts in a million */
};

enum device_news { DEVICE_LOST, DEVICE_BACK };

struct device_event {
	enum device_news news;
	const struct device_figures *figures; /* until devices_free() */
	const char *why;                      /* DEVICE_LOST: in words for people */
	rs_time away;                         /* DEVICE_BACK: us that it was away */
};

/* 0 or -ENOMEM. */
int devices_new(struct devices **out_devices) RS_MUST_USE;
/* Of no device any more: each is freed before by who made it. NULL is fine. Returns NULL. */
struct devices *devices_free(struct devices *devices);
/* What is made next stands at that place of the configuration. */
void devices_place(struct devices *devices, const char *place);
/* Opens all of them, once all are made; may take its time. 0, or -EINVAL with `why` set, the place named. One that is not there now is
 * lost, and no error. */
int devices_open(struct devices *devices, rs_time now, char why[SPEC_WHY_LEN]) RS_MUST_USE;
/* What a camera's card says while it is away: the room's name, and what stands before the time since when. Kept, not copied. */
void devices_words(struct devices *devices, const char *title, const char *no_signal);
const char *devices_title(const struct devices *devices);
const char *devices_no_signal(const struct devices *devices);
/* Time passed: opens what is to be tried again, takes in what was opened. */
void devices_turn(struct devices *devices, rs_time now, int64_t wall_us);
/* Waits until nothing is being opened or closed, and takes that in. For tests, which have their own time. */
void devices_settle(struct devices *devices);
/* What happened since: true and *out_event. A device that went and came between two calls tells only where it stands. */
bool devices_poll(struct devices *devices, struct device_event *out_event);
/* The i-th, counted from 0 in the order in which they were made; NULL: there are no more. */
const struct device_figures *devices_at(const struct devices *devices, size_t i);

/* A device that is called `name` ("alsa:hw:1"), closed as yet. 0 or -ENOMEM. */
int device_new(struct devices *devices, const char *name, const struct device_kind *kind, void *ctx,
	struct device **out_device) RS_MUST_USE;
/* Closes it; waits for its driver. NULL is fine. Returns NULL. */
struct device *device_free(struct device *device);
/* What it was opened as; NULL while it is away. */
void *device_handle(const struct device *device);
/* It is gone: closed behind our back, and tried again. `why` in words for people. */
void device_lose(struct device *device, const char *why);
/* When it was lost last, in us since 1970; before the first turn it means nothing. */
int64_t device_lost_wall_us(const struct device *device);
/* For its kind to count in. */
struct device_figures *device_figures(struct device *device);

#endif
