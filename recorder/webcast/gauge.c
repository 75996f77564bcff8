#include "recorder/webcast/gauge.h"

#include "common/base/metric.h"

#include <inttypes.h>

static void add(struct cast_figures *sum, const struct cast_figures *more)
{
	sum->segments += more->segments;
	sum->sounds += more->sounds;
	sum->coded += more->coded;
	sum->left_out += more->left_out;
	sum->damaged += more->damaged;
	sum->jumps += more->jumps;
	sum->lost += more->lost;
	sum->errors += more->errors;
}

void gauge_over(struct gauge *gauge, const struct cast_figures *figures)
{
	add(&gauge->over, figures);
}

/* Of all that are under way, the worst. */
struct worst {
	uint64_t live;
	uint64_t hurried;
	int64_t lag_ms;
	int64_t behind_ms;
};

static struct worst find_worst(const struct gauge_cast *casts, size_t n, int64_t wall_ms)
{
	struct worst worst = { .live = 0 };
	for (size_t i = 0; i < n; i++) {
		const struct cast_figures *figures = casts[i].figures;
		const int64_t lag_ms = wall_ms - casts[i].started_ms - figures->end_ms;
		worst.live += casts[i].live;
		worst.hurried += figures->hurried;
		if (casts[i].live && lag_ms > worst.lag_ms)
			worst.lag_ms = lag_ms;
		if (figures->behind_ms > worst.behind_ms)
			worst.behind_ms = figures->behind_ms;
	}
	return worst;
}

static int write_seconds(struct rs_buf *out, const char *name, const char *help, int64_t ms)
{
	const int err = rs_metric_head(out, name, RS_METRIC_GAUGE, help);
	return err < 0 ? err
		       : rs_buf_printf(
				 out, "%s %" PRId64 ".%03" PRId64 "\n", name, ms / 1000, ms % 1000);
}

static int write_numbers(const struct gauge *gauge, const struct cast_figures *sum,
	const struct worst *worst, struct rs_buf *out)
{
	const struct rs_metric metrics[] = {
		{ "rostrum_webcast_live", RS_METRIC_GAUGE, "Webcasts that can be seen.",
			worst->live },
		{ "rostrum_webcast_hurried", RS_METRIC_GAUGE,
			"Webcasts for which the machine is too slow: pictures are left out.",
			worst->hurried },
		{ "rostrum_webcast_begun_total", RS_METRIC_COUNTER, "Webcasts begun.",
			gauge->casts },
		{ "rostrum_webcast_segments_total", RS_METRIC_COUNTER,
			"Segments of pictures written.", sum->segments },
		{ "rostrum_webcast_sound_segments_total", RS_METRIC_COUNTER,
			"Segments of sound written, in all languages.", sum->sounds },
		{ "rostrum_webcast_pictures_total", RS_METRIC_COUNTER, "Pictures coded.",
			sum->coded },
		{ "rostrum_webcast_pictures_left_out_total", RS_METRIC_COUNTER,
			"Pictures not coded, since the machine was too slow.", sum->left_out },
		{ "rostrum_webcast_pictures_damaged_total", RS_METRIC_COUNTER,
			"Pictures that could not be decoded or coded.", sum->damaged },
		{ "rostrum_webcast_segments_lost_total", RS_METRIC_COUNTER,
			"Segments of pictures for which there was no memory.", sum->lost },
		{ "rostrum_webcast_jumps_total", RS_METRIC_COUNTER,
			"Times that pictures were too far behind, and went on at the present.",
			sum->jumps },
		{ "rostrum_webcast_errors_total", RS_METRIC_COUNTER,
			"Files of a webcast that could not be written.", sum->errors },
	};
	return rs_metrics_write(out, metrics, RS_ARRAY_LEN(metrics));
}

int gauge_write(const struct gauge *gauge, const struct gauge_cast *casts, size_t n,
	int64_t wall_ms, struct rs_buf *out)
{
	const struct worst worst = find_worst(casts, n, wall_ms);
	struct cast_figures sum = gauge->over;
	for (size_t i = 0; i < n; i++)
		add(&sum, casts[i].figures);
	int err = write_numbers(gauge, &sum, &worst, out);
	if (err == 0)
		err = write_seconds(out, "rostrum_webcast_lag_seconds",
			"How far the newest segment is behind the meeting, of the webcast that is furthest.",
			worst.lag_ms);
	if (err == 0)
		err = write_seconds(out, "rostrum_webcast_transcoder_behind_seconds",
			"How far what codes pictures is behind the programme, of the webcast that is furthest.",
			worst.behind_ms);
	if (err == 0)
		err = write_seconds(out, "rostrum_webcast_start_time_seconds",
			"Unix time at which rostrum-webcast began: it changes with each restart.",
			gauge->begun_ms);
	return err < 0 ? err
		       : write_seconds(out, "rostrum_webcast_updated_seconds",
				 "Unix time of these figures.", wall_ms);
}
