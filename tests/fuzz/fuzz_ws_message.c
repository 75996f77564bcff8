/* tests/fuzz/fuzz_ws_message.c
 *
 * What a page may send: each input is a script of lines, the first bytes of each say who sends it. Joined pages of a running
 * service hear it; whatever comes, pages see unbroken numbers and patched views that equal fresh ones.
 */
#include "tests/support/fuzz_lines.h"
#include "tests/support/service_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench *bench = service_fuzz_new();
	struct bench_line *sfu = bench_sfu(bench, "i1", "null");
	struct bench_line *pages[] = {
		bench_join(bench, "demo", "chair", "chair"),
		bench_join_changes(bench, "demo", "KEN", "delegate"),
		bench_join(bench, "demo", "fr-1", "interpreter"),
		bench_page(bench), /* has not said hello */
	};
	struct fuzz_lines script = { .left_view = data, .left = size };
	struct fuzz_line line;
	while (fuzz_lines_next(&script, &line)) {
		if (line.len <= 1)
			continue;
		const struct bench_line *page = pages[line.view[0] % RS_ARRAY_LEN(pages)];
		service_session_recv(bench->service, page->id, (const char *)line.view + 1,
			line.len - 1, bench->at);
		bench_turn(bench);
	}
	json_t *fresh = service_fuzz_view(bench);
	for (size_t i = 0; i + 1 < RS_ARRAY_LEN(pages); i++)
		service_fuzz_check(pages[i], fresh);
	json_decref(fresh);
	bench_node_gone(bench, sfu);
	bench_free(bench);
	return 0;
}
