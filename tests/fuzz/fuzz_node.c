/* tests/fuzz/fuzz_node.c
 *
 * What media servers and recorders may say to signaling: each input is a script of lines, the first octet of each says who sends it, or
 * how long nobody does. A message is taken or refused with a reason, what was refused changes nothing that pages see, and their patched
 * views equal a fresh one.
 */
#include "tests/support/log_nothing.h"
#include "tests/support/service_bench.h"

#include <stdlib.h>
#include <string.h>

static json_t *view(const struct bench *bench)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	if (service_view(bench->service, "demo", bench->at, &out) < 0)
		abort();
	json_t *json = json_loadb((const char *)rs_buf_data(&out), rs_buf_len(&out), 0, NULL);
	rs_buf_done(&out);
	if (json == NULL)
		abort();
	return json;
}

static void hear(struct bench *bench, const struct bench_line *node, const char *text, size_t len)
{
	char error[SERVICE_ERROR_LEN] = "";
	json_t *before = view(bench);
	const int err = service_node_recv(bench->service, node->id, text, len, bench->at, error);
	if (err < 0) {
		json_t *after = view(bench);
		if (error[0] == '\0' || !json_equal(before, after))
			abort();
		json_decref(after);
	}
	json_decref(before);
	bench_turn(bench);
}

static void check(const struct bench *bench, const struct bench_line *page)
{
	json_t *fresh = view(bench);
	json_t *seen = json_copy(page->view);
	(void)json_object_del(seen, "measured");
	if (page->closed == 0 && !json_equal(fresh, seen))
		abort();
	json_decref(seen);
	json_decref(fresh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	log_nothing();
	const struct service_limits limits = { .sessions = 8,
		.peers = 8,
		.nodes = 4,
		.meetings = 2,
		.queue = 8,
		.kept_events = 32,
		.documents_octets = 1 << 20,
		.command_rate = 20 };
	struct bench *bench = bench_new(&limits);
	struct bench_line *nodes[] = { bench_sfu(bench, "i1", "null"), bench_recorder(bench, "[]"),
		bench_node(bench) /* has not said hello */ };
	const struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join_changes(bench, "demo", "KEN", "delegate");
	struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	(void)bench_offer(bench, ken);
	(void)bench_try(bench, technician, "survey", "\"on\":true"); /* so that levels are told */
	while (size > 0) {
		const uint8_t *end = memchr(data, '\n', size);
		const size_t len = end != NULL ? (size_t)(end - data) : size;
		if (len > 0 && data[0] < '0')
			bench_pass(bench, RS_MS(250) * (1 + data[0] % 16));
		else if (len > 0)
			hear(bench, nodes[data[0] % RS_ARRAY_LEN(nodes)], (const char *)data + 1,
				len - 1);
		data += end != NULL ? len + 1 : len;
		size -= end != NULL ? len + 1 : len;
	}
	check(bench, chair);
	check(bench, ken);
	for (size_t i = 0; i < RS_ARRAY_LEN(nodes); i++)
		bench_node_gone(bench, nodes[i]);
	bench_free(bench);
	return 0;
}
