#include "signaling/wire/node/figures.h"

#include "common/base/metric.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define NAME_MAX_LEN 96

struct figures {
	json_t *json; /* the members of `kinds`, each an object by name */
};

/* ---- kept ---- */

enum kind {
	KIND_COUNTER,
	KIND_GAUGE,
	KIND_WORST,
	KIND_HISTOGRAM,
	KINDS,
};

static const struct {
	const char *member;
	const char *type;
	const char *suffix;
} kinds[KINDS] = {
	[KIND_COUNTER] = { "counters", "counter", "_total" },
	[KIND_GAUGE] = { "gauges", "gauge", "" },
	[KIND_WORST] = { "worst", "gauge", "_worst" },
	[KIND_HISTOGRAM] = { "histograms", "histogram", "" },
};

int figures_new(const struct node_message *message, struct figures **out_figures)
{
	struct figures *figures = rs_zalloc(sizeof(*figures));
	if (figures == NULL)
		return -ENOMEM;
	figures->json = json_object();
	for (size_t i = 0; i < KINDS; i++) {
		json_t *part = json_object_get(message->json, kinds[i].member);
		doc_put(&figures->json, kinds[i].member,
			json_is_object(part) ? json_incref(part) : json_object());
	}
	if (figures->json == NULL) {
		figures_free(figures);
		return -ENOMEM;
	}
	*out_figures = figures;
	return 0;
}

struct figures *figures_free(struct figures *figures)
{
	if (figures != NULL)
		json_decref(figures->json);
	return rs_release(figures);
}

int figures_write(const struct figures *figures, struct rs_buf *out)
{
	const char *comma = "";
	int err = 0;
	for (size_t i = 0; i < KINDS && err == 0; i++) {
		err = rs_buf_printf(out, "%s\"%s\":", comma, kinds[i].member);
		if (err == 0)
			err = doc_append(figures != NULL ? json_incref(json_object_get(
								   figures->json, kinds[i].member))
							 : json_object(),
				out);
		comma = ",";
	}
	return err;
}

/* ---- metrics ---- */

/* What the names of PROTOCOL.md mean; of others the name must do. */
static const struct {
	const char *name;
	const char *help;
} helps[] = {
	{ "transit_us", "Time of packets through the server, wire to last send." },
	{ "turn_us", "Longest turn of a media thread." },
	{ "media_cpu_user_us", "User CPU time of the threads that move media." },
	{ "media_cpu_system_us", "System CPU time of the threads that move media." },
	{ "peers", "Media peers." },
	{ "peers_connected", "Media peers whose transport is up." },
	{ "sources_flowing", "Sources whose packets arrive." },
	{ "microphones_open", "Microphones whose gate is open." },
	{ "sockets_clamped", "Sockets with smaller buffers than configured." },
	{ "rx_datagrams", "Datagrams received." },
	{ "rx_octets", "Octets received, without headers of UDP and IP." },
	{ "tx_datagrams", "Datagrams sent." },
	{ "tx_octets", "Octets given to be sent, without headers of UDP and IP." },
	{ "tx_socket_full", "Datagrams dropped, the buffer of a socket was full." },
	{ "router_rx_lost", "Packets of publishers given up." },
	{ "router_rx_repaired",
		"Packets of publishers that came by retransmission or redundancy." },
	{ "router_rx_red_repaired", "Packets of publishers that came by redundancy." },
	{ "router_tx_red", "Packets of sound that carried others along." },
	{ "router_tx_resent", "Packets sent again to receivers." },
	{ "router_tx_nack_missed", "Packets asked for that were no longer kept." },
	{ "router_tx_padding", "Packets of padding sent to find out what lines carry." },
	{ "router_tx_frames_left_out",
		"Frames not sent since too much waited for the receiver's line." },
	{ "archive_free_octets", "Free space for archives." },
	{ "archive_octets_per_second", "By how much that becomes less." },
	{ "archive_left_seconds", "How long it lasts until pictures are left out." },
	{ "archive_alarm", "0 green, 1 amber, 2 red." },
	{ "archive_backlog_octets", "What waits for the disk of the archives." },
	{ "archive_pictures_left_out", "1 while pictures are left out so that sound goes on." },
	{ "archive_copy_unavailable", "1 while the second copy cannot be written." },
	{ "archive_copy_behind_seconds", "All that was written longer ago is in the second copy." },
	{ "archive_copied_octets", "Octets written to the second copy." },
	{ "archive_copy_verified_files", "Files found to be the same in both copies." },
	{ "tap_dropped", "Frames dropped since a recorder was too slow." },
};

static const char *help_of(const char *name)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(helps); i++) {
		if (strcmp(helps[i].name, name) == 0)
			return helps[i].help;
	}
	return NULL;
}

static bool is_name(const char *name)
{
	const size_t len = strlen(name);
	return len > 0 && len <= NAME_MAX_LEN &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == len;
}

static bool in_microseconds(const char *name)
{
	const size_t len = strlen(name);
	return len > 3 && strcmp(name + len - 3, "_us") == 0;
}

/* One metric on its way out. */
struct metric {
	enum kind kind;
	const char *name; /* the nodes' */
	char full[NAME_MAX_LEN + 40];
	bool seconds;
};

static void metric_init(struct metric *metric, enum kind kind, const char *name)
{
	metric->kind = kind;
	metric->name = name;
	metric->seconds = in_microseconds(name);
	(void)snprintf(metric->full, sizeof(metric->full), "rostrum_sfu_%.*s%s%s",
		(int)(strlen(name) - (metric->seconds ? 3 : 0)), name,
		metric->seconds ? "_seconds" : "", kinds[kind].suffix);
}

static int write_head(const struct metric *metric, struct rs_buf *out)
{
	const char *type = kinds[metric->kind].type;
	const char *help = help_of(metric->name);
	char said[NAME_MAX_LEN + 40];
	if (help == NULL) {
		(void)snprintf(said, sizeof(said), "What media servers report as %s.",
			metric->name); /* fits */
		help = said;
	}
	return rs_metric_head(out, metric->full, type, help);
}

static int write_value(const struct metric *metric, json_int_t value, struct rs_buf *out)
{
	if (!metric->seconds)
		return rs_buf_printf(out, " %" JSON_INTEGER_FORMAT "\n", value);
	return rs_buf_printf(out, " %" JSON_INTEGER_FORMAT ".%06" JSON_INTEGER_FORMAT "\n",
		value / 1000000, value % 1000000);
}

static int write_bound(const struct metric *metric, json_int_t bound, struct rs_buf *out)
{
	if (!metric->seconds)
		return rs_buf_printf(out, "%" JSON_INTEGER_FORMAT, bound);
	return rs_buf_printf(out, "%" JSON_INTEGER_FORMAT ".%06" JSON_INTEGER_FORMAT,
		bound / 1000000, bound % 1000000);
}

static int write_bucket(const struct metric *metric, const char *node, const json_t *bound,
	json_int_t count, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "%s_bucket{node=\"%s\",le=\"", metric->full, node);
	if (err == 0)
		err = bound != NULL ? write_bound(metric, json_integer_value(bound), out)
				    : rs_buf_append(out, "+Inf", 4);
	return err < 0 ? err : rs_buf_printf(out, "\"} %" JSON_INTEGER_FORMAT "\n", count);
}

/* Buckets add up in Prometheus' way: each holds all below its bound. */
static int write_histogram(
	const struct metric *metric, const char *node, const json_t *value, struct rs_buf *out)
{
	const json_t *bounds = json_object_get(value, "bounds");
	const json_t *counts = json_object_get(value, "counts");
	json_int_t count = 0;
	int err = 0;
	for (size_t i = 0; i <= json_array_size(bounds) && err == 0; i++) {
		count += json_integer_value(json_array_get(counts, i));
		err = write_bucket(metric, node, json_array_get(bounds, i), count, out);
	}
	if (err == 0)
		err = rs_buf_printf(out, "%s_sum{node=\"%s\"}", metric->full, node);
	if (err == 0)
		err = write_value(metric, json_integer_value(json_object_get(value, "sum")), out);
	if (err == 0)
		err = rs_buf_printf(out, "%s_count{node=\"%s\"} %" JSON_INTEGER_FORMAT "\n",
			metric->full, node, count);
	return err;
}

static int write_sample(
	const struct metric *metric, const char *node, const json_t *value, struct rs_buf *out)
{
	if (metric->kind == KIND_HISTOGRAM)
		return write_histogram(metric, node, value, out);
	const int err = rs_buf_printf(out, "%s{node=\"%s\"}", metric->full, node);
	return err < 0 ? err : write_value(metric, json_integer_value(value), out);
}

static const json_t *value_of(const struct figures *figures, enum kind kind, const char *name)
{
	const json_t *value =
		json_object_get(json_object_get(figures->json, kinds[kind].member), name);
	const bool fits = kind == KIND_HISTOGRAM ? json_is_object(value) : json_is_integer(value);
	return fits ? value : NULL;
}

static int64_t number_of(
	const struct figures *figures, enum kind kind, const char *name, int64_t preset)
{
	const json_t *value = figures != NULL ? value_of(figures, kind, name) : NULL;
	return value != NULL ? json_integer_value(value) : preset;
}

int64_t figures_counter(const struct figures *figures, const char *name, int64_t preset)
{
	return number_of(figures, KIND_COUNTER, name, preset);
}

int64_t figures_gauge(const struct figures *figures, const char *name, int64_t preset)
{
	return number_of(figures, KIND_GAUGE, name, preset);
}

int64_t figures_worst(const struct figures *figures, const char *name, int64_t preset)
{
	return number_of(figures, KIND_WORST, name, preset);
}

/* A name of the i-th node: of it and all nodes after it, unless a node before had it. */
static int write_metric(const struct figures_of *nodes, size_t n, size_t i, enum kind kind,
	const char *name, struct rs_buf *out)
{
	struct metric metric;
	for (size_t before = 0; before < i; before++) {
		if (value_of(nodes[before].figures, kind, name) != NULL)
			return 0;
	}
	metric_init(&metric, kind, name);
	int err = write_head(&metric, out);
	for (; i < n && err == 0; i++) {
		const json_t *value = value_of(nodes[i].figures, kind, name);
		if (value != NULL)
			err = write_sample(&metric, nodes[i].node, value, out);
	}
	return err;
}

static int write_kind(
	const struct figures_of *nodes, size_t n, size_t i, enum kind kind, struct rs_buf *out)
{
	json_t *all = json_object_get(nodes[i].figures->json, kinds[kind].member);
	size_t written = 0;
	int err = 0;
	for (void *at = json_object_iter(all); at != NULL && err == 0 && written < FIGURES_MAX;
		at = json_object_iter_next(all, at)) {
		const char *name = json_object_iter_key(at);
		if (!is_name(name) || value_of(nodes[i].figures, kind, name) == NULL)
			continue;
		err = write_metric(nodes, n, i, kind, name, out);
		written++;
	}
	return err;
}

int figures_metrics(const struct figures_of *nodes, size_t n, struct rs_buf *out)
{
	int err = 0;
	for (size_t kind = 0; kind < KINDS && err == 0; kind++) {
		for (size_t i = 0; i < n && err == 0; i++)
			err = write_kind(nodes, n, i, (enum kind)kind, out);
	}
	return err;
}
