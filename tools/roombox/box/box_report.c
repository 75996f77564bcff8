#include "tools/roombox/box/box_report.h"

#include <string.h>
#include <time.h>

#define PERMILLE 1000
#define FULL_SCALE 32768
/* Nobody is told of a longer round trip: the line is lost before. */
#define LINE_MOST RS_SEC(60)

/* ---- parts ---- */

static void put_microphones(struct room *room, struct report *report)
{
	for (size_t i = 0; i < room->n_microphones && i < REPORT_MICROPHONES_MAX; i++) {
		struct room_microphone *microphone = &room->microphones[i];
		struct report_microphone *out = &report->microphones[report->n_microphones++];
		const struct room_loudness since = room_loudness(microphone);
		(void)rs_set_text(out->seat, microphone->seat); /* of the same length */
		out->open = microphone->open;
		out->level = since.loudest;
		out->peak = room_dbfs(since.peak < FULL_SCALE ? since.peak : FULL_SCALE);
		out->clipping =
			since.samples == 0 ? 0 : (int)(since.clipped * PERMILLE / since.samples);
	}
}

/* The device of a place of the configuration; NULL: what stands there is a file or a generator, which is always here. */
static const struct device_figures *device_of(const struct room *room, const char *place)
{
	const struct device_figures *device;
	for (size_t i = 0; (device = devices_at(room->devices, i)) != NULL; i++) {
		if (strcmp(device->place, place) == 0)
			return device;
	}
	return NULL;
}

static const struct device_figures *camera_device(const struct room *room, size_t i)
{
	char place[DEVICE_PLACE_LEN];
	if (rs_format(place, sizeof(place), "cameras[%zu].input", i) < 0)
		return NULL;
	const struct device_figures *device = device_of(room, place);
	return device != NULL || i > 0 ? device : device_of(room, "camera.input");
}

static int64_t since_of(const struct device_figures *device)
{
	return device == NULL || device->here ? 0 : device->lost_wall_us / 1000;
}

static void put_cameras(struct box *box, rs_time took, struct report *report)
{
	const struct room *room = box->config->room;
	for (size_t i = 0; i < room->n_cameras && i < REPORT_CAMERAS_MAX; i++) {
		const struct room_camera *camera = &room->cameras[i];
		const struct device_figures *device = camera_device(room, i);
		struct report_camera *out = &report->cameras[report->n_cameras++];
		const uint64_t pictures = camera->pictures - box->pictures[i];
		(void)rs_set_text(out->name, camera->name); /* of the same length */
		out->here = device == NULL || device->here;
		out->shown = i == room->shown;
		out->fps = out->shown && took > 0
				   ? (int)((pictures * RS_SEC(1) + (uint64_t)took / 2) /
					     (uint64_t)took)
				   : REPORT_UNKNOWN;
		out->since_ms = since_of(device);
		box->pictures[i] = camera->pictures;
	}
}

static void put_feed(const struct box *box, int carries, struct report_output *out)
{
	const size_t first = carries == ROOM_FLOOR ? 0 : (size_t)carries;
	const size_t n = carries == ROOM_FLOOR ? ROOM_FLOOR_SLOTS : 1;
	const char *feed = box->config->room->feeds[first];
	for (size_t i = first; i < first + n; i++) {
		const struct playout *slot = box->call.slots[i];
		const int delay =
			slot != NULL ? (int)(playout_stats(slot)->delay / 1000) : REPORT_UNKNOWN;
		out->delay_ms = delay > out->delay_ms ? delay : out->delay_ms;
	}
	for (size_t i = 0; i < out->n_feeds; i++) {
		if (strcmp(out->feeds[i], feed) == 0)
			return;
	}
	if (out->n_feeds < REPORT_FEEDS_MAX)
		(void)rs_set_text(out->feeds[out->n_feeds++], feed); /* of the same length */
}

static void put_outputs(const struct box *box, struct report *report)
{
	const struct room *room = box->config->room;
	for (size_t i = 0; i < room->n_outputs && i < REPORT_OUTPUTS_MAX; i++) {
		const struct room_output *output = &room->outputs[i];
		struct report_output *out = &report->outputs[report->n_outputs++];
		(void)rs_set_text(out->name, output->name); /* of the same length */
		out->delay_ms = REPORT_UNKNOWN;
		out->failed = output->failed;
		for (unsigned c = 0; c < output->n_channels; c++)
			put_feed(box, output->carries[c], out);
	}
}

static void put_devices(const struct room *room, struct report *report)
{
	const struct device_figures *device;
	for (size_t i = 0; (device = devices_at(room->devices, i)) != NULL; i++) {
		if (report->n_devices == REPORT_DEVICES_MAX)
			return;
		struct report_device *out = &report->devices[report->n_devices++];
		(void)rs_set_text(out->place, device->place); /* cut short they still say which */
		(void)rs_set_text(out->name, device->name);
		out->here = device->here;
		out->lost = device->lost;
		out->xruns = device->xruns;
		out->slips = device->slips;
		out->ppm = (int)device->ppm;
		out->since_ms = since_of(device);
	}
}

/* ---- the process, its line, its disk ---- */

static rs_time cpu_now(void)
{
	struct timespec used;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used); /* there is always one */
	return RS_SEC((rs_time)used.tv_sec) + used.tv_nsec / 1000;
}

static void put_cpu(struct box *box, rs_time took, struct report *report)
{
	const rs_time cpu = cpu_now();
	report->cpu =
		took > 0 && box->cpu > 0 ? (int)((cpu - box->cpu) * 100 / took) : REPORT_UNKNOWN;
	box->cpu = cpu;
}

static void put_heard(struct box *box, struct report *report)
{
	const struct jitter_stats heard = call_heard(&box->call);
	const uint64_t packets = heard.packets - box->heard;
	const uint64_t concealed = heard.concealed - box->concealed;
	report->delay_ms =
		box->call.stage == CALL_LIVE ? (int)(heard.delay / 1000) : REPORT_UNKNOWN;
	report->concealed = packets + concealed > 0
				    ? (int)(concealed * PERMILLE / (packets + concealed))
				    : REPORT_UNKNOWN;
	box->heard = heard.packets;
	box->concealed = heard.concealed;
}

static void put_line(const struct box *box, struct report *report)
{
	const rs_time rtt = call_rtt(&box->call);
	report->rtt_ms = report->available_kbps = REPORT_UNKNOWN;
	if (rtt >= 0)
		report->rtt_ms = (int)(rs_time_min(rtt, LINE_MOST) / RS_MS(1));
	if (box->call.stage == CALL_LIVE && box->uplink != NULL)
		report->available_kbps = (int)(uplink_bps(box->uplink) / 1000);
}

/* What would be kept of an outage that began now: sound, and the largest picture. */
static void put_kept(const struct box *box, struct report *report)
{
	report->free = report->left = report->kept = REPORT_UNKNOWN;
	if (box->outage == NULL)
		return;
	const struct box_config *config = box->config;
	const struct outage_room room = outage_room(box->outage);
	const uint64_t left = room.most > room.used ? room.most - room.used : 0;
	const uint64_t fits = room.failing ? 0 : left < room.free ? left : room.free;
	const uint64_t bps =
		(uint64_t)config->microphone_bps +
		(config->room->n_cameras > 0 ? config->ladder.bitrates_bps[LADDER_LAYERS - 1] : 0);
	report->free = (int64_t)room.free;
	report->left = (int64_t)(fits * 8 / bps);
	report->kept = room.used + fits > 0 ? (int)(room.used * 100 / (room.used + fits)) : 100;
}

static void gather(struct box *box, rs_time now)
{
	const rs_time took = now - box->reported_at;
	struct report *report = &box->report;
	*report = (struct report){ .version = ROSTRUM_VERSION, .skipped = box->skipped };
	box->reported_at = now;
	put_cpu(box, took, report);
	put_heard(box, report);
	put_line(box, report);
	put_kept(box, report);
	put_microphones(box->config->room, report);
	put_cameras(box, took, report);
	put_outputs(box, report);
	put_devices(box->config->room, report);
}

void box_report_turn(struct box *box, rs_time now)
{
	if (now < box->report_at)
		return;
	box->report_at = now + box->report_every;
	gather(box, now);
	/* The thread is just taking the one before: it is told the next time. */
	(void)meeting_report(box->meeting, &box->report);
}
