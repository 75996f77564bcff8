/* What HTTP asks: commands of those without a page, views, nodes, metrics. */
#include "common/base/metric.h"
#include "signaling/service/service.h"
#include "signaling/service/show/hooks.h"
#include "signaling/service/show/snapshot.h"
#include "signaling/service/site/credentials.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/survey.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>

int service_badge(
	const struct service *service, const char *meeting, size_t i, struct claims *out_claims)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL || i >= chamber->proceedings->meeting->n_participants)
		return -ENOENT;
	const struct participant *who = &chamber->proceedings->meeting->participants[i];
	*out_claims = (struct claims){ .role = who->role,
		.n_languages = who->n_languages,
		.issued_s = credential_not_before(service, meeting, who->id) };
	(void)rs_set_text(out_claims->badge, who->id);
	(void)rs_set_text(out_claims->meeting, meeting);
	(void)rs_set_text(out_claims->name, who->name);
	(void)rs_set_text(out_claims->delegation, who->delegation);
	for (size_t l = 0; l < who->n_languages; l++)
		(void)rs_set_text(out_claims->languages[l], who->languages[l]);
	return 0;
}

bool service_is_rehearsal(const struct service *service, const char *meeting)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	return chamber != NULL && chamber->proceedings->meeting->rehearsal;
}

const char *service_rehearsal_of(const struct service *service, const struct claims *claims)
{
	const struct chamber *own = chamber_find(service, claims->meeting);
	if (own != NULL && meeting_is_under_way(own->proceedings->meeting))
		return NULL;
	for (size_t i = 0; i < claims->n_also; i++) {
		const struct chamber *chamber = chamber_find(service, claims->also[i]);
		const struct meeting *meeting =
			chamber != NULL ? chamber->proceedings->meeting : NULL;
		if (meeting != NULL && meeting->rehearsal && meeting->mode == MEETING_FLOOR &&
			meeting_is_under_way(meeting))
			return meeting->id;
	}
	return NULL;
}

bool service_has_floor(const struct service *service, const char *meeting)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	return chamber != NULL && chamber->proceedings->meeting->mode == MEETING_FLOOR;
}

int service_view(struct service *service, const char *meeting, struct moment at, struct rs_buf *out)
{
	struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL)
		return -ENOENT;
	const int err = snapshot_take_last(chamber, at);
	return err < 0 ? err : snapshot_write(&chamber->snapshot, out);
}

static int write_node(const struct node *node, const char *comma, struct rs_buf *out)
{
	int err = rs_buf_printf(out,
		"%s{\"node\":\"%s\",\"kind\":\"%s\",\"instance\":\"%s\",\"draining\":%s,"
		"\"revision\":%" PRId64 ",\"applied\":%" PRId64 ",",
		comma, node->name, node->kind == NODE_SFU ? "sfu" : "recorder", node->instance,
		node->draining ? "true" : "false", node->revision, node->applied);
	if (err == 0)
		err = figures_write(node->figures, out);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}

static int write_gates(const struct service *service, struct rs_buf *out)
{
	const size_t n = service->n_gates < GATES_KEPT ? service->n_gates : GATES_KEPT;
	const char *comma = "";
	int err = rs_buf_printf(out, "],\"gates\":[");
	/* The newest first. */
	for (size_t i = 0; i < n && err == 0; i++) {
		const struct gate_report *gate =
			&service->gates[(service->n_gates - 1 - i) % GATES_KEPT];
		err = rs_buf_printf(out,
			"%s{\"meeting\":\"%s\",\"event\":%" PRIu64
			",\"source\":\"%s\",\"opened_us\":%" PRId64 ",\"first_us\":%" PRId64 "}",
			comma, gate->meeting, gate->event, gate->source, gate->opened_us,
			gate->first_us);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

/* Names came through the control protocol's checks and need no escaping. */
int service_nodes(const struct service *service, struct rs_buf *out)
{
	size_t cursor = 0;
	const struct node *node;
	const char *comma = "";
	int err = rs_buf_printf(out, "{\"nodes\":[");
	while (err == 0 && (node = rs_map_next(service->nodes, &cursor)) != NULL) {
		if (!node->greeted)
			continue;
		err = write_node(node, comma, out);
		comma = ",";
	}
	return err < 0 ? err : write_gates(service, out);
}

/* Media servers in /metrics; as many as one signaling serves. */
#define METRICS_NODES_MAX 64

static int nodes_metrics(const struct service *service, struct rs_buf *out)
{
	struct figures_of nodes[METRICS_NODES_MAX];
	size_t n = 0;
	size_t cursor = 0;
	const struct node *node;
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL && n < METRICS_NODES_MAX) {
		if (node->figures != NULL)
			nodes[n++] = (struct figures_of){ node->name, node->figures };
	}
	return figures_metrics(nodes, n, out);
}

int service_metrics(const struct service *service, struct rs_buf *out)
{
	const struct service_counters *counters = &service->counters;
	size_t hooks;
	size_t hooks_disabled;
	hooks_count(service, &hooks, &hooks_disabled);
	const struct rs_metric metrics[] = {
		{ "rostrum_meetings", RS_METRIC_GAUGE, "Meetings in the store.",
			service->n_chambers },
		{ "rostrum_pages", RS_METRIC_GAUGE, "WebSockets.",
			rs_map_count(service->sessions) },
		{ "rostrum_peers", RS_METRIC_GAUGE, "Media peers.", rs_map_count(service->peers) },
		{ "rostrum_nodes", RS_METRIC_GAUGE, "Control connections.",
			rs_map_count(service->nodes) },
		{ "rostrum_problems_critical", RS_METRIC_GAUGE,
			"What does not work now, of lines, nodes and recordings.",
			survey_count(service, SEVERITY_CRITICAL) },
		{ "rostrum_problems_warning", RS_METRIC_GAUGE,
			"What works and will be noticed if it stays so.",
			survey_count(service, SEVERITY_WARNING) },
		{ "rostrum_joins_total", RS_METRIC_COUNTER, "Pages that joined.",
			counters->joined },
		{ "rostrum_resumes_total", RS_METRIC_COUNTER, "Pages that came back without a gap.",
			counters->resumed },
		{ "rostrum_commands_total", RS_METRIC_COUNTER, "Commands received.",
			counters->commands },
		{ "rostrum_refusals_total", RS_METRIC_COUNTER, "Commands refused.",
			counters->refused },
		{ "rostrum_malformed_total", RS_METRIC_COUNTER, "Malformed messages of pages.",
			counters->malformed },
		{ "rostrum_flooded_total", RS_METRIC_COUNTER, "Pages closed for flooding.",
			counters->flooded },
		{ "rostrum_pins_refused_total", RS_METRIC_COUNTER,
			"Wrong PINs, and links nobody has.", counters->pins_refused },
		{ "rostrum_pins_limited_total", RS_METRIC_COUNTER,
			"PINs not looked at because too many were wrong before.",
			counters->pins_limited },
		{ "rostrum_pins_locked_total", RS_METRIC_COUNTER, "PINs locked after wrong tries.",
			counters->pins_locked },
		{ "rostrum_line_tests_total", RS_METRIC_COUNTER, "Tests of lines that were begun.",
			counters->tests },
		{ "rostrum_line_tests_limited_total", RS_METRIC_COUNTER,
			"Tests of lines that had to wait for others.", counters->tests_limited },
		{ "rostrum_streams", RS_METRIC_GAUGE, "Displays that follow a meeting.",
			service->n_streams },
		{ "rostrum_webhooks", RS_METRIC_GAUGE, "Webhooks.", hooks },
		{ "rostrum_webhooks_disabled", RS_METRIC_GAUGE, "Webhooks that were given up.",
			hooks_disabled },
		{ "rostrum_webhook_deliveries_total", RS_METRIC_COUNTER,
			"Events taken by webhooks.", counters->hooks_delivered },
		{ "rostrum_webhook_failures_total", RS_METRIC_COUNTER,
			"Events that a webhook did not take; they are sent again.",
			counters->hooks_failed },
		{ "rostrum_outputs_lost_total", RS_METRIC_COUNTER,
			"Outputs lost for want of memory.", counters->outputs_lost },
	};
	const int err = rs_metrics_write(out, metrics, RS_ARRAY_LEN(metrics));
	return err < 0 ? err : nodes_metrics(service, out);
}
