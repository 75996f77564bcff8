#include "sfu/control/stats.h"

#include "sfu/control/control_priv.h"

#include <errno.h>

struct control_stats {
	json_t *message;
};

int control_stats_new(struct control_stats **out_stats)
{
	struct control_stats *stats = rs_zalloc(sizeof(*stats));
	if (stats == NULL)
		return -ENOMEM;
	stats->message =
		json_pack("{s:s, s:[], s:[], s:{}, s:{}, s:{}, s:{}, s:[]}", "type", "stats",
			"peers", "sources", "counters", "gauges", "worst", "histograms", "watched");
	if (stats->message == NULL) {
		control_stats_free(stats);
		return -ENOMEM;
	}
	*out_stats = stats;
	return 0;
}

struct control_stats *control_stats_free(struct control_stats *stats)
{
	if (stats != NULL)
		json_decref(stats->message);
	return rs_release(stats);
}

json_t *control_stats_take(struct control_stats *stats)
{
	json_t *message = rs_steal(&stats->message);
	control_stats_free(stats);
	return message;
}

static json_t *part_of(const struct control_stats *stats, const char *name)
{
	return json_object_get(stats->message, name);
}

static json_t *line_json(const struct router_peer_stats *figures)
{
	static const char *const causes[] = {
		[ROUTER_LINE_STARTED] = "started",
		[ROUTER_LINE_GREW] = "grew",
		[ROUTER_LINE_PROBED] = "probed",
		[ROUTER_LINE_QUEUE] = "queue",
		[ROUTER_LINE_LOSS] = "loss",
		[ROUTER_LINE_SILENT] = "silent",
	};
	return json_pack("{s:I, s:I, s:I, s:s}", "estimate_bps", (json_int_t)figures->estimate_bps,
		"queue_ms", (json_int_t)figures->line_queue_ms, "own_loss_permille",
		(json_int_t)figures->own_loss_permille, "cause", causes[figures->line_cause]);
}

void control_stats_peer(struct control_stats *stats, const char *peer,
	const struct router_peer_stats *figures, rs_time now)
{
	json_t *one = json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:I}", "peer", peer, "rx_packets",
		(json_int_t)figures->rx_packets, "rx_lost", (json_int_t)figures->rx_lost,
		"rx_octets", (json_int_t)figures->rx_octets, "tx_packets",
		(json_int_t)figures->tx_packets, "tx_octets", (json_int_t)figures->tx_octets,
		"rtt_ms", (json_int_t)figures->rtt_ms);
	if (figures->rx_at != 0)
		(void)json_object_set_new(
			one, "idle_ms", json_integer((now - figures->rx_at) / RS_MS(1)));
	if (figures->estimate_bps > 0)
		(void)json_object_set_new(one, "line", line_json(figures));
	(void)json_array_append_new(part_of(stats, "peers"), one);
}

static json_t *microphone_json(const struct router_source_stats *figures)
{
	static const char *const fit_names[] = {
		[ROUTER_FIT_UNKNOWN] = "unknown",
		[ROUTER_FIT_NOT] = "no",
		[ROUTER_FIT_LIMITED] = "limited",
		[ROUTER_FIT] = "yes",
	};
	return json_pack("{s:i, s:b, s:i, s:i, s:s, s:i, s:i, s:i}", "level_dbov",
		figures->level_dbov, "speaking", figures->speaking, "audio_khz",
		(int)figures->audio_khz, "channels", (int)figures->channels, "fit",
		fit_names[figures->fit], "clipping_permille", (int)figures->clipping_permille,
		"loss_permille", (int)figures->loss_permille, "jitter_ms", (int)figures->jitter_ms);
}

void control_stats_source(struct control_stats *stats, const struct router_source_stats *figures)
{
	json_t *source = json_pack("{s:s, s:s, s:s, s:I, s:I}", "meeting", figures->meeting,
		"source", figures->source, "media", control_media_name(figures->media), "packets",
		(json_int_t)figures->packets, "gated", (json_int_t)figures->gated);
	if (figures->media == ROUTER_MICROPHONE)
		(void)json_object_update_new(source, microphone_json(figures));
	(void)json_array_append_new(part_of(stats, "sources"), source);
}

static void add(json_t *part, const char *name, uint64_t value)
{
	const json_int_t before = json_integer_value(json_object_get(part, name));
	(void)json_object_set_new(part, name, json_integer(before + (json_int_t)value));
}

void control_stats_counter(struct control_stats *stats, const char *name, uint64_t value)
{
	add(part_of(stats, "counters"), name, value);
}

void control_stats_gauge(struct control_stats *stats, const char *name, uint64_t value)
{
	add(part_of(stats, "gauges"), name, value);
}

void control_stats_worst(struct control_stats *stats, const char *name, uint64_t value)
{
	json_t *worst = part_of(stats, "worst");
	const json_int_t before = json_integer_value(json_object_get(worst, name));
	if (before <= (json_int_t)value)
		(void)json_object_set_new(worst, name, json_integer((json_int_t)value));
}

static void add_numbers(json_t *to, const json_t *numbers)
{
	for (size_t i = 0; i < json_array_size(numbers); i++) {
		const json_int_t sum = json_integer_value(json_array_get(to, i)) +
				       json_integer_value(json_array_get(numbers, i));
		(void)json_array_set_new(to, i, json_integer(sum));
	}
}

static void add_histogram(struct control_stats *stats, const char *name, json_t *histogram)
{
	json_t *to = json_object_get(part_of(stats, "histograms"), name);
	if (to == NULL) {
		(void)json_object_set(part_of(stats, "histograms"), name, histogram);
		return;
	}
	add_numbers(json_object_get(to, "counts"), json_object_get(histogram, "counts"));
	add(to, "sum", (uint64_t)json_integer_value(json_object_get(histogram, "sum")));
}

void control_stats_histogram(struct control_stats *stats, const char *name, const uint32_t *bounds,
	const uint64_t *counts, size_t n, uint64_t sum)
{
	json_t *histogram =
		json_pack("{s:[], s:[], s:I}", "bounds", "counts", "sum", (json_int_t)sum);
	for (size_t i = 0; i <= n; i++) {
		if (i < n)
			(void)json_array_append_new(
				json_object_get(histogram, "bounds"), json_integer(bounds[i]));
		(void)json_array_append_new(
			json_object_get(histogram, "counts"), json_integer((json_int_t)counts[i]));
	}
	add_histogram(stats, name, histogram);
	json_decref(histogram);
}

/* ---- a peer somebody looks at ---- */

void control_stats_watched(struct control_stats *stats, const char *peer, uint64_t missed)
{
	(void)json_array_append_new(part_of(stats, "watched"),
		json_pack("{s:s, s:I, s:[], s:[], s:[]}", "peer", peer, "missed",
			(json_int_t)missed, "slots", "streams", "records"));
}

/* A part of the peer begun last. */
static json_t *watched_part(const struct control_stats *stats, const char *name)
{
	const json_t *watched = part_of(stats, "watched");
	const size_t n = json_array_size(watched);
	return n > 0 ? json_object_get(json_array_get(watched, n - 1), name) : NULL;
}

void control_stats_slot(struct control_stats *stats, const struct router_slot_stats *figures)
{
	static const char *const whys[] = {
		[ROUTER_LAYER_BEST] = "best",
		[ROUTER_LAYER_BY_WISH] = "wish",
		[ROUTER_LAYER_BY_LINE] = "line",
		[ROUTER_LAYER_PAUSED_BY_WISH] = "paused-by-wish",
		[ROUTER_LAYER_PAUSED_BY_LINE] = "paused-by-line",
		[ROUTER_LAYER_NO_CODEC] = "no-codec",
	};
	json_t *slot = json_pack("{s:s, s:s, s:s, s:I, s:I, s:I, s:I}", "mid", figures->mid, "kind",
		figures->video ? "video" : "audio", "source", figures->source, "ssrc",
		(json_int_t)figures->ssrc, "packets", (json_int_t)figures->packets, "bitrate_bps",
		(json_int_t)figures->bitrate_bps, "loss_permille",
		(json_int_t)figures->loss_permille);
	if (figures->video)
		(void)json_object_update_new(
			slot, json_pack("{s:i, s:i, s:i, s:i, s:s}", "layer", figures->layer, "aim",
				      (int)figures->aim, "temporal", (int)figures->temporal,
				      "height", (int)figures->height, "why", whys[figures->why]));
	(void)json_array_append_new(watched_part(stats, "slots"), slot);
}

void control_stats_track(struct control_stats *stats, const struct router_track_stats *figures)
{
	(void)json_array_append_new(watched_part(stats, "streams"),
		json_pack("{s:s, s:s, s:s, s:i, s:I, s:b, s:b, s:b, s:i, s:I, s:I, s:I}", "mid",
			figures->mid, "source", figures->source, "media",
			control_media_name(figures->media), "layer", (int)figures->layer, "ssrc",
			(json_int_t)figures->ssrc, "flowing", figures->flowing, "open",
			figures->open, "rests", figures->rests, "height", (int)figures->height,
			"packets", (json_int_t)figures->packets, "jitter_us",
			(json_int_t)figures->jitter_us, "bitrate_bps",
			(json_int_t)figures->bitrate_bps));
}

void control_stats_records(struct control_stats *stats, const struct router_record *records,
	size_t n, int64_t wall_offset)
{
	static const char *const kinds[] = {
		[ROUTER_RECORD_AUDIO] = "audio",
		[ROUTER_RECORD_RED] = "red",
		[ROUTER_RECORD_VIDEO] = "video",
		[ROUTER_RECORD_RTX] = "rtx",
		[ROUTER_RECORD_PADDING] = "padding",
		[ROUTER_RECORD_NACK] = "nack",
		[ROUTER_RECORD_PLI] = "pli",
		[ROUTER_RECORD_REPORT] = "report",
		[ROUTER_RECORD_LOST] = "lost",
	};
	json_t *to = watched_part(stats, "records");
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(to,
			json_pack("[I, s, s, I, i, i]", (json_int_t)(records[i].at + wall_offset),
				records[i].out ? "out" : "in", kinds[records[i].kind],
				(json_int_t)records[i].ssrc, (int)records[i].seq,
				(int)records[i].size));
}

void control_stats_join(struct control_stats *stats, struct control_stats *takes_part)
{
	(void)json_array_extend(part_of(stats, "peers"), part_of(takes_part, "peers"));
	(void)json_array_extend(part_of(stats, "sources"), part_of(takes_part, "sources"));
	(void)json_array_extend(part_of(stats, "watched"), part_of(takes_part, "watched"));
	const char *name = NULL;
	json_t *value = NULL;
	json_object_foreach(part_of(takes_part, "counters"), name, value)
	{
		control_stats_counter(stats, name, (uint64_t)json_integer_value(value));
	}
	json_object_foreach(part_of(takes_part, "gauges"), name, value)
	{
		control_stats_gauge(stats, name, (uint64_t)json_integer_value(value));
	}
	json_object_foreach(part_of(takes_part, "worst"), name, value)
	{
		control_stats_worst(stats, name, (uint64_t)json_integer_value(value));
	}
	json_object_foreach(part_of(takes_part, "histograms"), name, value)
	{
		add_histogram(stats, name, value);
	}
	control_stats_free(takes_part);
}
