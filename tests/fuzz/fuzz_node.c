/* tests/fuzz/fuzz_node.c
 *
 * What media servers and recorders may say to signaling: each input is a script of lines, the first octet of each says who sends it, or
 * how long nobody does. A message is taken or refused with a reason, what was refused changes nothing that pages see, and their patched
 * views equal a fresh one.
 */
#include "tests/support/fuzz_lines.h"
#include "tests/support/service_fuzz.h"

#include <stdlib.h>

static void hear(struct bench *bench, const struct bench_line *node, const char *text, size_t len)
{
	char error[SERVICE_ERROR_LEN] = "";
	json_t *before = service_fuzz_view(bench);
	const int err = service_node_recv(bench->service, node->id, text, len, bench->at, error);
	if (err < 0) {
		json_t *after = service_fuzz_view(bench);
		if (error[0] == '\0' || !json_equal(before, after))
			abort();
		json_decref(after);
	}
	json_decref(before);
	bench_turn(bench);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench *bench = service_fuzz_new();
	struct bench_line *nodes[] = { bench_sfu(bench, "i1", "null"), bench_recorder(bench, "[]"),
		bench_node(bench) /* has not said hello */ };
	const struct bench_line *chair = bench_join(bench, "demo", "chair", "chair");
	struct bench_line *ken = bench_join_changes(bench, "demo", "KEN", "delegate");
	struct bench_line *technician = bench_join(bench, "demo", "technician", "technician");
	(void)bench_offer(bench, ken);
	(void)bench_try(bench, technician, "survey", "\"on\":true"); /* so that levels are told */
	struct fuzz_lines script = { .left_view = data, .left = size };
	struct fuzz_line line;
	while (fuzz_lines_next(&script, &line)) {
		if (line.len > 0 && line.view[0] < '0')
			bench_pass(bench, RS_MS(250) * (1 + line.view[0] % 16));
		else if (line.len > 0)
			hear(bench, nodes[line.view[0] % RS_ARRAY_LEN(nodes)],
				(const char *)line.view + 1, line.len - 1);
	}
	json_t *fresh = service_fuzz_view(bench);
	service_fuzz_check(chair, fresh);
	service_fuzz_check(ken, fresh);
	json_decref(fresh);
	for (size_t i = 0; i < RS_ARRAY_LEN(nodes); i++)
		bench_node_gone(bench, nodes[i]);
	bench_free(bench);
	return 0;
}
