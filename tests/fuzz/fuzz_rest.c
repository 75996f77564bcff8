/* tests/fuzz/fuzz_rest.c
 *
 * What REST hands the service: each input is a script of lines, the first octet of each says what it is, the word behind it names a
 * command, a webhook or a place. Whatever comes, every request is answered once or refused with a reason, and a restart gives the same
 * view.
 */
#include "tests/support/fuzz_lines.h"
#include "tests/support/service_fuzz.h"

#include <stdlib.h>
#include <string.h>

/* One line: a word, and what stands behind the space. */
struct call {
	char word[RS_NAME_MAX + 64];
	const char *rest;
	size_t len;
};

/* `len` octets without their line feed; false when the word is too long to be one. */
static bool read_call(const char *line, size_t len, struct call *out)
{
	const char *space = memchr(line, ' ', len);
	const size_t word = space != NULL ? (size_t)(space - line) : len;
	out->rest = space != NULL ? space + 1 : line + len;
	out->len = len - (size_t)(out->rest - line);
	return rs_copy_text(out->word, sizeof(out->word), line, word) && strlen(out->word) == word;
}

static void check(
	const struct bench *bench, uint64_t request, int err, const struct service_refusal *refusal)
{
	const bool answered = bench->request == request && bench->answer != NULL;
	if (answered != (err == 0) ||
		(err < 0 && (refusal->status < 400 || refusal->reason[0] == '\0')))
		abort();
}

static void give(struct bench *bench, uint64_t request, char kind, const struct call *call)
{
	static const struct claims chair = {
		.role = ROLE_CHAIR, .meeting = "demo", .badge = "chair"
	};
	static const struct claims delegate = {
		.role = ROLE_DELEGATE, .meeting = "demo", .badge = "KEN", .delegation = "KEN"
	};
	static const struct claims admin = { .role = ROLE_ADMIN };
	const struct claims *const who[] = { &chair, &delegate, &admin };
	struct service_refusal refusal = { .status = 0 };
	const struct service_order order = { .request = request,
		.who = who[(unsigned char)kind % RS_ARRAY_LEN(who)],
		.meeting = "demo",
		.name = call->word,
		.json = call->rest,
		.len = call->len };
	const int err = service_order(bench->service, &order, bench->at, &refusal);
	bench_turn(bench);
	check(bench, request, err, &refusal);
}

static void hook(struct bench *bench, uint64_t request, const struct call *call)
{
	struct service_refusal refusal = { .status = 0 };
	const struct service_order order = { .request = request,
		.meeting = "demo",
		.name = call->word,
		.json = call->rest,
		.len = call->len };
	const bool named = rs_name_valid(call->word, strlen(call->word));
	if (!named)
		return; /* routes let nothing else through */
	const int err = call->len > 0
				? service_hook_put(bench->service, &order, bench->at, &refusal)
				: service_hook_delete(bench->service, request, "demo", call->word,
					  bench->at, &refusal);
	bench_turn(bench);
	check(bench, request, err, &refusal);
}

/* What was to be told is answered with this status. */
static void told(struct bench *bench, const struct call *call)
{
	struct service_hook sent;
	uint32_t status = 0;
	if (bench->hook == 0 || rs_parse_u32(call->word, strlen(call->word), 599, &status) < 0)
		return;
	const uint64_t key = bench->hook;
	bench->hook = 0;
	if (service_hook_request(bench->service, key, bench->at, &sent) == 0)
		service_hook_done(bench->service, key, status, "it was not answered", bench->at);
	bench_turn(bench);
}

static void stream(struct bench *bench, const struct call *call)
{
	static const struct claims hall = {
		.role = ROLE_CHAIR, .meeting = "demo", .badge = "chair"
	};
	const struct service_watch watch = { .who = &hall, .meeting = "demo", .place = call->word };
	struct service_refusal refusal = { .status = 0 };
	uint64_t id = 0;
	if (service_stream_open(bench->service, &watch, bench->at, &id, &refusal) < 0)
		return;
	bench_turn(bench);
	service_stream_closed(bench->service, id);
}

static void cast(struct bench *bench, const struct call *call)
{
	struct service_refusal refusal = { .status = 0 };
	uint32_t decision = 0;
	if (rs_parse_u32(call->word, strlen(call->word), UINT32_MAX, &decision) == 0 &&
		service_ballot(bench->service, "demo", decision, call->rest, call->len, &refusal) <
			0 &&
		refusal.status < 400)
		abort();
	bench_turn(bench);
}

static void import(struct bench *bench, uint64_t request, const struct call *call)
{
	struct service_refusal refusal = { .status = 0 };
	const struct service_files files = { .json = call->rest, .len = call->len };
	const int err = service_import(bench->service, request, &files, bench->at, &refusal);
	bench_turn(bench);
	check(bench, request, err, &refusal);
}

static void pass(struct bench *bench, const struct call *call)
{
	uint32_t seconds = 0;
	if (rs_parse_u32(call->word, strlen(call->word), 600, &seconds) == 0)
		bench_pass(bench, RS_SEC(seconds));
}

static void run(struct bench *bench, uint64_t request, char kind, const struct call *call)
{
	switch (kind) {
	case 'h':
		hook(bench, request, call);
		return;
	case 't':
		told(bench, call);
		return;
	case 's':
		stream(bench, call);
		return;
	case 'b':
		cast(bench, call);
		return;
	case 'i':
		import(bench, request, call);
		return;
	case '+':
		pass(bench, call);
		return;
	default:
		give(bench, request, kind, call);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench *bench = service_fuzz_new();
	uint64_t request = 100;
	struct fuzz_lines script = { .left_view = data, .left = size };
	struct fuzz_line line;
	while (fuzz_lines_next(&script, &line)) {
		struct call call;
		const char *text = (const char *)line.view;
		if (line.len > 1 && read_call(text + 1, line.len - 1, &call))
			run(bench, request++, text[0], &call);
	}
	json_t *before = service_fuzz_view(bench);
	bench_restart(bench);
	json_t *after = service_fuzz_view(bench);
	if (!json_equal(before, after))
		abort();
	json_decref(before);
	json_decref(after);
	bench_free(bench);
	return 0;
}
