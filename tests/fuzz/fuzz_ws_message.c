/* tests/fuzz/fuzz_ws_message.c
 *
 * What a page may send: each input is a script of lines, the first bytes of each say who sends it. Joined pages of a running
 * service hear it; whatever comes, pages see unbroken numbers and patched views that equal fresh ones.
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

static void check(const struct bench_line *line, const json_t *fresh)
{
	if (line->closed != 0)
		return;
	json_t *seen = json_copy(line->view);
	(void)json_object_del(seen, "measured");
	if (!json_equal(fresh, seen))
		abort();
	json_decref(seen);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	log_nothing();
	/* Small, so that many inputs are tried. */
	const struct service_limits limits = { .sessions = 8,
		.peers = 8,
		.nodes = 2,
		.meetings = 2,
		.queue = 8,
		.kept_events = 32,
		.documents_octets = 1 << 20,
		.command_rate = 20 };
	struct bench *bench = bench_new(&limits);
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *pages[] = {
		bench_join(bench, "demo", "chair", "chair"),
		bench_join_changes(bench, "demo", "KEN", "delegate"),
		bench_join(bench, "demo", "fr-1", "interpreter"),
		bench_page(bench), /* has not said hello */
	};
	while (size > 0) {
		const uint8_t *end = memchr(data, '\n', size);
		const size_t len = end != NULL ? (size_t)(end - data) : size;
		if (len > 1) {
			const struct bench_line *line = pages[data[0] % RS_ARRAY_LEN(pages)];
			service_session_recv(bench->service, line->id, (const char *)data + 1,
				len - 1, bench->at);
			bench_turn(bench);
		}
		data += end != NULL ? len + 1 : len;
		size -= end != NULL ? len + 1 : len;
	}
	json_t *fresh = view(bench);
	for (size_t i = 0; i + 1 < RS_ARRAY_LEN(pages); i++)
		check(pages[i], fresh);
	json_decref(fresh);
	bench_node_gone(bench, sfu);
	bench_free(bench);
	return 0;
}
