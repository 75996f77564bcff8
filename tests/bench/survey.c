/* What it costs signaling that a technician surveys three hundred lines: CPU time of the second in which the media server reports
 * them, with nobody surveying and with technicians who do. Figures change every second, as real ones do. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "common/base/buf.h"
#include "tests/support/service_bench.h"

#define PEOPLE 300
#define SECONDS 60
#define LEVELS 200
#define LEVELS_A_SECOND (1000.0 / 150)
#define TEXT_MAX ((size_t)4 << 20)

static char peers[PEOPLE][65];

static double cpu_ms(void)
{
	struct timespec at;
	if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at) != 0)
		abort();
	return (double)at.tv_sec * 1e3 + (double)at.tv_nsec / 1e6;
}

static void must(int err)
{
	if (err < 0)
		abort();
}

static void write_conference(struct rs_buf *out)
{
	must(rs_buf_printf(out,
		"{\"id\":\"large\",\"title\":\"Large\",\"rules\":\"unga\",\"languages\":[{\"id\":\"en\",\"name\":\"English\"}],\"delegations\":["));
	for (int i = 0; i < PEOPLE; i++)
		must(rs_buf_printf(out, "%s{\"id\":\"D%d\",\"country\":\"Country %d\"}",
			i > 0 ? "," : "", i, i));
	must(rs_buf_printf(out,
		"],\"meetings\":[{\"id\":\"large\",\"title\":\"Plenary\",\"mode\":\"floor\",\"record\":false,\"items\":[{\"id\":\"1\",\"title\":\"Debate\"}],"
		"\"badges\":[{\"id\":\"technician\",\"role\":\"technician\",\"name\":\"Technician\"}"));
	for (int i = 0; i < PEOPLE; i++)
		must(rs_buf_printf(out,
			",{\"id\":\"D%d\",\"role\":\"delegate\",\"name\":\"Delegate %d\",\"delegation\":\"D%d\"}",
			i, i, i));
	must(rs_buf_printf(out, "]}]}"));
	must(rs_buf_append(out, "", 1));
}

/* Nothing of what was heard is looked at; it would fill the memory. */
static void forget(struct bench *bench)
{
	for (size_t i = 0; i < bench->n_lines; i++)
		(void)json_array_clear(bench->lines[i].heard);
}

static void write_second(struct bench *bench, int second, struct rs_buf *out)
{
	must(rs_buf_printf(out, "{\"type\":\"stats\",\"peers\":["));
	for (int i = 0; i < PEOPLE; i++) {
		const int noise = (int)(rs_rand_u32(&bench->rand) % 100);
		must(rs_buf_printf(out,
			"%s{\"peer\":\"%s\",\"rx_packets\":%d,\"rx_lost\":%d,\"rx_octets\":%d,\"tx_packets\":%d,\"tx_octets\":%d,"
			"\"rtt_ms\":%d,\"idle_ms\":4,\"line\":{\"estimate_bps\":%d,\"queue_ms\":%d,\"own_loss_permille\":%d,\"cause\":\"grew\"}}",
			i > 0 ? "," : "", peers[i], second * 90, second * (noise % 4),
			second * (90000 + 100 * noise), second * 200, second * (150000 + noise),
			20 + noise, 2000000 + noise * 20000, noise % 9, noise % 7));
	}
	must(rs_buf_printf(out, "],\"sources\":["));
	for (int i = 0; i < PEOPLE; i++)
		must(rs_buf_printf(out,
			"%s{\"meeting\":\"large\",\"source\":\"D%d\",\"media\":\"microphone\",\"packets\":%d,\"gated\":0,\"level_dbov\":-%d,"
			"\"speaking\":false,\"audio_khz\":20,\"channels\":1,\"fit\":\"yes\",\"clipping_permille\":0,\"loss_permille\":0,\"jitter_ms\":%d}",
			i > 0 ? "," : "", i, second * 50,
			(int)(20 + rs_rand_u32(&bench->rand) % 60),
			(int)(rs_rand_u32(&bench->rand) % 12)));
	must(rs_buf_printf(out, "],\"worst\":{\"transit_us\":%d}}", 400 + second));
}

/* Everybody's level is another one: nobody's is in a meeting. */
static void write_levels(struct bench *bench, struct rs_buf *out)
{
	must(rs_buf_printf(out, "{\"type\":\"levels\",\"meeting\":\"large\",\"sources\":["));
	for (int i = 0; i < PEOPLE; i++)
		must(rs_buf_printf(out, "%s\"D%d\"", i > 0 ? "," : "", i));
	must(rs_buf_printf(out, "],\"levels\":["));
	for (int i = 0; i < PEOPLE; i++)
		must(rs_buf_printf(out, "%s-%d", i > 0 ? "," : "",
			(int)(20 + rs_rand_u32(&bench->rand) % 40)));
	must(rs_buf_printf(out, "],\"peaks\":["));
	for (int i = 0; i < PEOPLE; i++)
		must(rs_buf_printf(
			out, "%s-%d", i > 0 ? "," : "", (int)(rs_rand_u32(&bench->rand) % 20)));
	must(rs_buf_printf(out, "]}"));
}

/* Milliseconds of CPU time a second of meters. */
static double meters(struct bench *bench, const struct bench_line *sfu)
{
	char error[SERVICE_ERROR_LEN];
	double used = 0;
	for (int i = 0; i < LEVELS; i++) {
		struct rs_buf text;
		rs_buf_init(&text, TEXT_MAX);
		write_levels(bench, &text);
		const double before = cpu_ms();
		must(service_node_recv(bench->service, sfu->id, (const char *)rs_buf_data(&text),
			rs_buf_len(&text), bench->at, error));
		used += cpu_ms() - before;
		rs_buf_done(&text);
		forget(bench);
		bench_turn(bench);
	}
	return used / LEVELS * LEVELS_A_SECOND;
}

/* Milliseconds of CPU time a second. */
static double seconds(struct bench *bench, const struct bench_line *sfu, int from)
{
	char error[SERVICE_ERROR_LEN];
	double used = 0;
	for (int second = from; second < from + SECONDS; second++) {
		struct rs_buf text;
		rs_buf_init(&text, TEXT_MAX);
		write_second(bench, second, &text);
		bench->at.now += RS_SEC(1);
		bench->at.wall_ms += 1000;
		const double before = cpu_ms();
		must(service_node_recv(bench->service, sfu->id, (const char *)rs_buf_data(&text),
			rs_buf_len(&text), bench->at, error));
		used += cpu_ms() - before;
		rs_buf_done(&text);
		forget(bench);
		bench_turn(bench);
	}
	return used / SECONDS;
}

int main(void)
{
	struct rs_buf conference;
	rs_buf_init(&conference, TEXT_MAX);
	write_conference(&conference);
	struct bench *bench = bench_new_of(NULL, (const char *)rs_buf_data(&conference));
	rs_buf_done(&conference);
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *technician = bench_join(bench, "large", "technician", "technician");
	for (int i = 0; i < PEOPLE; i++) {
		char badge[16];
		(void)snprintf(badge, sizeof(badge), "D%d", i);
		struct bench_line *page = bench_join(bench, "large", badge, "delegate");
		(void)rs_set_text(peers[i], bench_offer(bench, page));
		bench_peer(bench, sfu, peers[i], "connected");
		forget(bench);
	}
	const double without = seconds(bench, sfu, 1);
	assert(strcmp(bench_try(bench, technician, "survey", "\"on\":true"), "ok") == 0);
	const double with = seconds(bench, sfu, 1 + SECONDS);
	char *told = json_dumps(bench_last(technician, "survey"), JSON_COMPACT);
	(void)printf(
		"lines %d: a second of the media server's figures takes %.2f ms of CPU time (%.2f %% of a core), surveyed %.2f ms (%.2f %%); the technician is told %zu octets a second\n",
		PEOPLE, without, without / 10, with, with / 10, strlen(told));
	free(told);
	const double metered = meters(bench, sfu);
	told = json_dumps(bench_last(technician, "levels"), JSON_COMPACT);
	(void)printf(
		"meters of all of them, while all speak: %.2f ms of CPU time a second (%.2f %%) more; %.0f octets a second\n",
		metered, metered / 10, (double)strlen(told) * LEVELS_A_SECOND);
	free(told);
	bench_free(bench);
	return 0;
}
