/* What media servers measure of themselves, as Prometheus reads it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/wire/node/figures.h"
#include "tests/support/oom.h"

#define STATS(figures) "{\"type\":\"stats\",\"peers\":[],\"sources\":[]," figures "}"
#define FIRST                                                                             \
	STATS("\"counters\":{\"rx_datagrams\":7,\"media_cpu_user_us\":1500000},"          \
	      "\"gauges\":{\"peers\":2},\"worst\":{\"turn_us\":512},"                     \
	      "\"histograms\":{\"transit_us\":{\"bounds\":[100,1000],\"counts\":[5,3,1]," \
	      "\"sum\":2500}}")
#define SECOND                                                                  \
	STATS("\"counters\":{\"rx_datagrams\":9,\"new_one\":1,\"bad name\":3}," \
	      "\"gauges\":{\"peers\":\"many\"}")

static struct figures *figures_from(const char *text)
{
	struct node_message message;
	char error[WIRE_ERROR_LEN] = "";
	struct figures *figures = NULL;

	assert_int_equal(node_message_parse(text, strlen(text), &message, error), 0);
	const int err = figures_new(&message, &figures);
	node_message_done(&message);
	return err < 0 ? NULL : figures;
}

/* NUL-terminated; the caller releases it. */
static char *metrics_of(const char *first, const char *second)
{
	struct figures *one = figures_from(first);
	struct figures *other = second != NULL ? figures_from(second) : NULL;
	const struct figures_of nodes[2] = { { "sfu-1", one }, { "sfu-2", other } };
	struct rs_buf out;

	rs_buf_init(&out, 65536);
	assert_int_equal(figures_metrics(nodes, second != NULL ? 2 : 1, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	char *text = rs_zalloc(rs_buf_len(&out));
	assert_non_null(text);
	memcpy(text, rs_buf_data(&out), rs_buf_len(&out));
	rs_buf_done(&out);
	figures_free(one);
	figures_free(other);
	return text;
}

static void expect_line(const char *text, const char *line)
{
	const size_t len = strlen(line);

	for (const char *at = text; at != NULL; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, line, len) == 0 && at[len] == '\n')
			return;
	}
	fail_msg("no line '%s' in:\n%s", line, text);
}

static void figures_become_metrics_in_base_units(void **state)
{
	char *text = metrics_of(FIRST, NULL);

	expect_line(text, "# TYPE rostrum_sfu_rx_datagrams_total counter");
	expect_line(text, "rostrum_sfu_rx_datagrams_total{node=\"sfu-1\"} 7");
	expect_line(text, "rostrum_sfu_media_cpu_user_seconds_total{node=\"sfu-1\"} 1.500000");
	expect_line(text, "# TYPE rostrum_sfu_peers gauge");
	expect_line(text, "rostrum_sfu_peers{node=\"sfu-1\"} 2");
	expect_line(text, "rostrum_sfu_turn_seconds_worst{node=\"sfu-1\"} 0.000512");
	expect_line(text, "# TYPE rostrum_sfu_transit_seconds histogram");
	expect_line(text, "rostrum_sfu_transit_seconds_bucket{node=\"sfu-1\",le=\"0.000100\"} 5");
	expect_line(text, "rostrum_sfu_transit_seconds_bucket{node=\"sfu-1\",le=\"0.001000\"} 8");
	expect_line(text, "rostrum_sfu_transit_seconds_bucket{node=\"sfu-1\",le=\"+Inf\"} 9");
	expect_line(text, "rostrum_sfu_transit_seconds_sum{node=\"sfu-1\"} 0.002500");
	expect_line(text, "rostrum_sfu_transit_seconds_count{node=\"sfu-1\"} 9");
	rs_release(text);
}

/* The text format wants all lines of a metric together, under one HELP and one TYPE. */
static void metrics_of_several_nodes_stand_together(void **state)
{
	char *text = metrics_of(FIRST, SECOND);
	const char *head = "# TYPE rostrum_sfu_rx_datagrams_total counter\n"
			   "rostrum_sfu_rx_datagrams_total{node=\"sfu-1\"} 7\n"
			   "rostrum_sfu_rx_datagrams_total{node=\"sfu-2\"} 9\n";

	const char *found = strstr(text, head);
	assert_non_null(found);
	assert_null(strstr(found + 1, "# TYPE rostrum_sfu_rx_datagrams_total"));
	expect_line(text, "rostrum_sfu_new_one_total{node=\"sfu-2\"} 1");
	/* What is no name and what is no number is left out. */
	assert_null(strstr(text, "bad"));
	assert_null(strstr(text, "rostrum_sfu_peers{node=\"sfu-2\"}"));
	rs_release(text);
}

static void names_are_bounded(void **state)
{
	static char stats[64 * 1024];
	size_t len = 0;

	len += (size_t)snprintf(stats, sizeof(stats),
		"{\"type\":\"stats\",\"peers\":[],\"sources\":[],\"counters\":{");
	for (int i = 0; i < FIGURES_MAX + 10; i++)
		len += (size_t)snprintf(
			stats + len, sizeof(stats) - len, "%s\"c%d\":%d", i > 0 ? "," : "", i, i);
	(void)snprintf(stats + len, sizeof(stats) - len, "}}");
	char *text = metrics_of(stats, NULL);
	size_t n = 0;
	for (const char *at = text; (at = strstr(at, "# TYPE ")) != NULL; at++)
		n++;
	assert_int_equal(n, FIGURES_MAX);
	rs_release(text);
}

static int take_figures(void *ctx)
{
	struct figures *figures = NULL;

	const int err = figures_new(ctx, &figures);
	figures_free(figures);
	return err;
}

static void each_failing_allocation_is_survived(void **state)
{
	struct node_message message;
	char error[WIRE_ERROR_LEN] = "";

	assert_int_equal(node_message_parse(FIRST, strlen(FIRST), &message, error), 0);
	check_oom(take_figures, &message);
	node_message_done(&message);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(figures_become_metrics_in_base_units),
		cmocka_unit_test(metrics_of_several_nodes_stand_together),
		cmocka_unit_test(names_are_bounded),
		cmocka_unit_test(each_failing_allocation_is_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
