#include "tests/support/service_fuzz.h"

#include "tests/support/log_nothing.h"

#include <stdlib.h>

static const struct service_limits small = { .sessions = 8,
	.peers = 8,
	.nodes = 4,
	.meetings = 3,
	.queue = 8,
	.kept_events = 32,
	.documents_octets = 1 << 20,
	.command_rate = 20 };

struct bench *service_fuzz_new(void)
{
	log_nothing();
	return bench_new(&small);
}

json_t *service_fuzz_view(const struct bench *bench)
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

void service_fuzz_check(const struct bench_line *page, const json_t *fresh)
{
	if (page->closed != 0)
		return;
	json_t *seen = json_copy(page->view);
	(void)json_object_del(seen, "measured");
	if (!json_equal(fresh, seen))
		abort();
	json_decref(seen);
}
