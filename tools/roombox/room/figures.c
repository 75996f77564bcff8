#include "tools/roombox/room/figures.h"

#include "common/base/metric.h"

#include <inttypes.h>

#define BOX "rostrum_box_"
#define COUNTER RS_METRIC_COUNTER
#define GAUGE RS_METRIC_GAUGE

static int put_seconds(struct rs_buf *out, const char *name, const char *help, rs_time us)
{
	const int err = rs_metric_head(out, name, GAUGE, help);
	return err < 0 ? err
		       : rs_buf_printf(out, "%s %" PRId64 ".%06" PRId64 "\n", name, us / 1000000,
				 us % 1000000);
}

static int put_microphones(struct rs_buf *out, const struct room *room, const char *name,
	const char *help, int (*value)(const struct room_microphone *microphone))
{
	int err = rs_metric_head(out, name, GAUGE, help);
	for (size_t i = 0; i < room->n_microphones && err == 0; i++) {
		const struct room_microphone *microphone = &room->microphones[i];
		err = rs_buf_printf(out, "%s{microphone=\"%zu\",seat=\"", name, i + 1);
		if (err == 0)
			err = rs_metric_label(out, microphone->seat);
		if (err == 0)
			err = rs_buf_printf(out, "\"} %d\n", value(microphone));
	}
	return err;
}

static int level_of(const struct room_microphone *microphone)
{
	return microphone->level;
}

static int is_open(const struct room_microphone *microphone)
{
	return microphone->open ? 1 : 0;
}

static double is_here(const struct device_figures *device)
{
	return device->here ? 1 : 0;
}

static double lost_of(const struct device_figures *device)
{
	return (double)device->lost;
}

static double xruns_of(const struct device_figures *device)
{
	return (double)device->xruns;
}

static double slips_of(const struct device_figures *device)
{
	return (double)device->slips;
}

static double ppm_of(const struct device_figures *device)
{
	return device->ppm;
}

static int put_device(
	struct rs_buf *out, const char *name, const struct device_figures *device, double value)
{
	int err = rs_buf_printf(out, "%s{place=\"%s\",device=\"", name, device->place);
	if (err == 0)
		err = rs_metric_label(out, device->name);
	return err == 0 ? rs_buf_printf(out, "\"} %.0f\n", value) : err;
}

/* Sound cards and cameras. */
static int put_devices(struct rs_buf *out, const struct devices *devices)
{
	static const struct {
		const char *name;
		const char *kind;
		const char *help;
		double (*value)(const struct device_figures *device);
	} rows[] = {
		{ BOX "device_up", GAUGE, "1 while a sound card or camera is there", is_here },
		{ BOX "device_lost_total", COUNTER, "times that it went away", lost_of },
		{ BOX "device_xruns_total", COUNTER,
			"times that a sound card had to be begun anew, being late", xruns_of },
		{ BOX "device_slips_total", COUNTER,
			"frames of sound that were left out, or not there in time", slips_of },
		{ BOX "device_clock_ppm", GAUGE, "parts in a million that its clock is fast by",
			ppm_of },
	};
	int err = 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(rows) && devices_at(devices, 0) != NULL; i++) {
		const struct device_figures *device = NULL;
		if (err == 0)
			err = rs_metric_head(out, rows[i].name, rows[i].kind, rows[i].help);
		for (size_t at = 0; err == 0 && (device = devices_at(devices, at)) != NULL; at++)
			err = put_device(out, rows[i].name, device, rows[i].value(device));
	}
	return err;
}

/* What the line carries, and what of the picture goes over it. */
static int put_uplink(struct rs_buf *out, const struct figures *figures)
{
	int err = rs_metric_head(
		out, BOX "uplink_bps", GAUGE, "what the line to the meeting carries");
	if (err == 0)
		err = rs_buf_printf(out, BOX "uplink_bps %" PRIu32 "\n", figures->uplink_bps);
	if (err == 0)
		err = rs_metric_head(out, BOX "picture_bps", GAUGE,
			"what a size of the picture may take; 0 = the line has no room for it");
	for (size_t i = 0; i < LADDER_LAYERS && err == 0; i++)
		err = rs_buf_printf(out, BOX "picture_bps{layer=\"%zu\"} %" PRIu32 "\n", i,
			figures->layers_bps[i]);
	return err;
}

static int put_seats(struct rs_buf *out, const struct seat_figures *seats)
{
	const struct rs_metric numbers[] = {
		{ BOX "seat_connections", GAUGE, "connections to the seats' API",
			seats->connections },
		{ BOX "seat_connections_refused_total", COUNTER,
			"connections for which there was no room", seats->connections_refused },
		{ BOX "seat_keys_total", COUNTER, "keys of adapters that were taken", seats->keys },
		{ BOX "seat_keys_refused_total", COUNTER,
			"keys that the box itself refused: no such seat, nobody's, no line, too many",
			seats->keys_refused },
		{ BOX "seat_keys_denied_total", COUNTER,
			"keys that the meeting refused, or did not answer", seats->keys_denied },
	};
	return rs_metrics_write(out, numbers, RS_ARRAY_LEN(numbers));
}

static int put_kept(struct rs_buf *out, const struct figures *figures)
{
	const struct rs_metric numbers[] = {
		{ BOX "kept_octets", GAUGE, "of outages on the disk, not delivered yet",
			figures->kept_octets },
		{ BOX "kept_failing", GAUGE,
			"1 while the disk does not take what is to be kept of an outage",
			figures->kept_failing },
		{ BOX "kept_sound_alone", GAUGE,
			"1 while pictures of outages are left out, so that there is room for sound",
			figures->kept_sound_alone },
		{ BOX "kept_left_out_octets_total", COUNTER,
			"of outages, for which there was no room", figures->kept_left_out_octets },
	};
	return rs_metrics_write(out, numbers, RS_ARRAY_LEN(numbers));
}

int figures_write(const struct figures *figures, struct rs_buf *out)
{
	const struct jitter_stats *heard = &figures->heard;
	const struct rs_metric numbers[] = {
		{ BOX "in_meeting", GAUGE, "1 while the box has a line to the meeting",
			figures->in_meeting },
		{ BOX "joins_total", COUNTER, "times that it came into the meeting",
			figures->joins },
		{ BOX "heard_packets_total", COUNTER, "packets of sound taken in", heard->packets },
		{ BOX "heard_lost_total", COUNTER, "packets missing when their time came",
			heard->lost },
		{ BOX "heard_recovered_total", COUNTER, "of those, taken from the packet behind",
			heard->recovered },
		{ BOX "heard_concealed_total", COUNTER, "frames of 20 ms that were made up",
			heard->concealed },
		{ BOX "heard_repeats_total", COUNTER,
			"packets that came twice, or too early to be kept", heard->repeats },
		{ BOX "heard_pauses_total", COUNTER, "times that nothing more was sent",
			heard->pauses },
		{ BOX "heard_late_total", COUNTER, "packets that came after their time",
			heard->late },
		{ BOX "heard_resyncs_total", COUNTER, "times that sound was left out to catch up",
			heard->resyncs },
		{ BOX "blocks_total", COUNTER, "blocks of 10 ms captured and played",
			figures->blocks },
		{ BOX "blocks_skipped_total", COUNTER,
			"blocks left out because the machine stood still",
			figures->blocks_skipped },
		{ BOX "pictures_failed_total", COUNTER, "pictures that could not be encoded",
			figures->pictures_failed },
		{ BOX "output_failed_total", COUNTER, "blocks that an output did not take",
			figures->output_failed },
	};
	int err = rs_metrics_write(out, numbers, RS_ARRAY_LEN(numbers));
	if (err == 0)
		err = put_seconds(out, BOX "heard_delay_seconds",
			"longest wait from arrival to being heard, of all that is heard",
			heard->delay);
	if (err == 0 && figures->rtt >= 0)
		err = put_seconds(out, BOX "round_trip_seconds",
			"how long a report to the media server and its answer are under way",
			figures->rtt);
	if (err == 0 && figures->has_seats)
		err = put_seats(out, &figures->seats);
	if (err == 0 && figures->has_kept)
		err = put_kept(out, figures);
	if (err == 0 && figures->has_uplink)
		err = put_uplink(out, figures);
	if (err == 0 && figures->room != NULL)
		err = put_microphones(out, figures->room, BOX "microphone_level_dbfs",
			"how loud a microphone is, open or not", level_of);
	if (err == 0 && figures->room != NULL)
		err = put_microphones(out, figures->room, BOX "microphone_open",
			"1 while a microphone is in the mix", is_open);
	if (err == 0 && figures->room != NULL && figures->room->devices != NULL)
		err = put_devices(out, figures->room->devices);
	return err;
}
