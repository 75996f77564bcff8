#include "tools/roombox/media/device.h"

#include "common/base/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define RETRY_FIRST RS_MS(500)
#define RETRY_MOST RS_SEC(5)
#define DOUBLINGS 4U

struct device {
	struct devices *devices;
	struct device *next;
	const struct device_kind *kind;
	void *ctx;
	char place[DEVICE_PLACE_LEN];
	char name[DEVICE_NAME_LEN];
	struct device_figures figures;
	void *handle; /* NULL = away */
	unsigned failures;
	rs_time due; /* to be tried again */
	rs_time lost_at;
	/* told, or still to be told */
	bool told_here;
	char why[SPEC_WHY_LEN];
	/* the thread, while there is one */
	bool working;
	pthread_t thread;
	atomic_bool done;
	void *to_close;
	bool to_open;
	void *opened;
	char opened_why[SPEC_WHY_LEN];
};

struct devices {
	struct device *first;
	rs_time now;
	int64_t wall_us;
	const char *title;
	const char *no_signal;
	char place[DEVICE_PLACE_LEN];
};

/* --- All of them --- */

int devices_new(struct devices **out_devices)
{
	struct devices *devices = rs_zalloc(sizeof(*devices));
	if (devices == NULL)
		return -ENOMEM;
	devices->title = "";
	devices->no_signal = "";
	*out_devices = devices;
	return 0;
}

struct devices *devices_free(struct devices *devices)
{
	return rs_release(devices);
}

void devices_place(struct devices *devices, const char *place)
{
	(void)rs_set_text(devices->place, place); /* cut short it still says where */
}

void devices_words(struct devices *devices, const char *title, const char *no_signal)
{
	devices->title = title;
	devices->no_signal = no_signal;
}

const char *devices_title(const struct devices *devices)
{
	return devices->title;
}

const char *devices_no_signal(const struct devices *devices)
{
	return devices->no_signal;
}

const struct device_figures *devices_at(const struct devices *devices, size_t i)
{
	const struct device *device = devices->first;
	while (device != NULL && i-- > 0)
		device = device->next;
	return device != NULL ? &device->figures : NULL;
}

bool devices_poll(struct devices *devices, struct device_event *out_event)
{
	for (struct device *device = devices->first; device != NULL; device = device->next) {
		const bool here = device->handle != NULL;
		if (device->told_here == here)
			continue;
		device->told_here = here;
		*out_event = (struct device_event){
			.news = here ? DEVICE_BACK : DEVICE_LOST,
			.figures = &device->figures,
			.why = device->why,
			.away = devices->now - device->lost_at,
		};
		return true;
	}
	return false;
}

/* --- One --- */

int device_new(struct devices *devices, const char *name, const struct device_kind *kind, void *ctx,
	struct device **out_device)
{
	struct device *device = rs_zalloc(sizeof(*device));
	if (device == NULL)
		return -ENOMEM;
	device->devices = devices;
	device->kind = kind;
	device->ctx = ctx;
	(void)rs_set_text(device->place, devices->place); /* of the same length */
	(void)rs_set_text(device->name, name);            /* a spec's name fits */
	device->figures.place = device->place;
	device->figures.name = device->name;
	device->told_here = true;
	struct device **at = &devices->first;
	while (*at != NULL)
		at = &(*at)->next;
	*at = device;
	*out_device = device;
	return 0;
}

void *device_handle(const struct device *device)
{
	return device->handle;
}

int64_t device_lost_wall_us(const struct device *device)
{
	return device->devices->wall_us - (device->devices->now - device->lost_at);
}

struct device_figures *device_figures(struct device *device)
{
	return &device->figures;
}

/* --- Its thread --- */

static void *work(void *arg)
{
	struct device *device = arg;
	if (device->to_close != NULL)
		device->kind->close(device->to_close);
	device->to_close = NULL;
	device->opened = NULL;
	if (device->to_open)
		(void)device->kind->open(
			device->ctx, &device->opened, device->opened_why); /* no handle says it */
	atomic_store_explicit(&device->done, true, memory_order_release);
	return NULL;
}

/* Without a thread it is not done now, and tried again like a device that is away. */
static void begin(struct device *device, bool open)
{
	device->to_open = open;
	atomic_store_explicit(&device->done, false, memory_order_relaxed);
	device->working = pthread_create(&device->thread, NULL, work, device) == 0;
}

static void try_later(struct device *device)
{
	const unsigned doublings = device->failures < DOUBLINGS ? device->failures : DOUBLINGS;
	device->failures++;
	device->due =
		device->devices->now + rs_time_min(RETRY_FIRST * (1 << doublings), RETRY_MOST);
}

static void came(struct device *device, void *handle)
{
	device->handle = handle;
	device->figures.here = true;
	device->failures = 0;
}

/* It was not there when the box began, or is gone. */
static void went(struct device *device, const char *why)
{
	device->figures.here = false;
	device->figures.lost++;
	device->lost_at = device->devices->now;
	(void)rs_set_text(device->why, why); /* cut short it says enough */
	try_later(device);
}

static void take_in(struct device *device)
{
	(void)pthread_join(device->thread, NULL); /* it has ended, or is about to */
	device->working = false;
	if (device->opened != NULL)
		came(device, device->opened);
	else if (device->to_open)
		try_later(device);
	device->opened = NULL;
}

static void turn(struct device *device)
{
	if (device->working && atomic_load_explicit(&device->done, memory_order_acquire))
		take_in(device);
	if (!device->working && device->handle == NULL && device->devices->now >= device->due)
		begin(device, true);
}

void device_lose(struct device *device, const char *why)
{
	if (device->handle == NULL)
		return;
	device->to_close = device->handle;
	device->handle = NULL;
	went(device, why);
	begin(device, false);
}

struct device *device_free(struct device *device)
{
	if (device == NULL)
		return NULL;
	if (device->working)
		take_in(device);
	if (device->to_close != NULL)
		device->kind->close(device->to_close);
	if (device->handle != NULL)
		device->kind->close(device->handle);
	struct device **at = &device->devices->first;
	while (*at != device)
		at = &(*at)->next;
	*at = device->next;
	return rs_release(device);
}

/* --- Opening and trying again --- */

int devices_open(struct devices *devices, rs_time now, char why[SPEC_WHY_LEN])
{
	devices->now = now;
	for (struct device *device = devices->first; device != NULL; device = device->next) {
		void *handle = NULL;
		const int err = device->kind->open(device->ctx, &handle, device->opened_why);
		if (err == -EINVAL || err == -ENOMEM) {
			if (err == -EINVAL)
				(void)snprintf(why, SPEC_WHY_LEN, "%s: %.320s", device->place,
					device->opened_why);
			return err;
		}
		if (err == 0)
			came(device, handle);
		else
			went(device, device->opened_why);
	}
	return 0;
}

void devices_turn(struct devices *devices, rs_time now, int64_t wall_us)
{
	devices->now = now;
	devices->wall_us = wall_us;
	for (struct device *device = devices->first; device != NULL; device = device->next) {
		turn(device);
		device->figures.lost_wall_us = device_lost_wall_us(device);
	}
}

void devices_settle(struct devices *devices)
{
	for (struct device *device = devices->first; device != NULL; device = device->next) {
		if (device->working)
			take_in(device);
	}
}
