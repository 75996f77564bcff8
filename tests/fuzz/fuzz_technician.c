/* tests/fuzz/fuzz_technician.c
 *
 * What a technician surveys and asks, and what the places that are asked say of themselves: each input is a script of lines, the first
 * octet of each says who sends it, or how long nobody does. Whatever comes, who has followed the survey from its beginning knows of the
 * places and of what they are asked what one who looks now is told.
 */
#include "tests/support/fuzz_lines.h"
#include "tests/support/service_fuzz.h"
#include "tests/support/viewer.h"

#include <stdlib.h>
#include <string.h>

enum place {
	TECHNICIAN,
	ROOM,
	DELEGATE,
	CHAIR,
	INTERPRETER,
	PLACES,
};

struct crew {
	struct bench *bench;
	struct bench_line *sfu;
	struct bench_line *places[PLACES];
};

/* `people` as the page has been told it since it was last told the whole. */
static json_t *people(const struct bench_line *page)
{
	json_t *known = json_object();
	size_t i;
	json_t *message;
	json_array_foreach(page->heard, i, message)
	{
		if (strcmp(bench_text(message, "type"), "survey") != 0)
			continue;
		if (json_is_true(json_object_get(message, "whole")))
			(void)json_object_clear(known);
		const json_t *patch = bench_at(message, "patch.people");
		if (patch == NULL)
			continue;
		json_t *merged = viewer_merge(known, patch);
		json_decref(known);
		known = merged;
	}
	return known;
}

/* Figures are told only when they have moved by enough to be seen: the rest is the same. */
static void compare(json_t *followed, const json_t *fresh)
{
	const char *badge;
	json_t *one;
	if (json_object_size(followed) != json_object_size(fresh))
		abort();
	json_object_foreach(followed, badge, one)
	{
		const json_t *other = json_object_get(fresh, badge);
		if (other == NULL ||
			!json_equal(json_object_get(one, "asked"), json_object_get(other, "asked")))
			abort();
	}
}

static void say(
	const struct crew *crew, const struct bench_line *line, const char *text, size_t len)
{
	service_session_recv(crew->bench->service, line->id, text, len, crew->bench->at);
	bench_turn(crew->bench);
}

static void second(const struct crew *crew)
{
	bench_pass(crew->bench, RS_SEC(1));
	if (bench_report(crew->bench, crew->sfu, "{\"type\":\"stats\"}") < 0)
		abort();
}

static void step(const struct crew *crew, uint8_t who, const char *text, size_t len)
{
	if (who < '0')
		bench_pass(crew->bench, RS_MS(250) * (1 + who % 16));
	else
		say(crew, crew->places[who % PLACES], text, len);
}

/* The same badge's next page takes the place of this one. Nothing is compared when the script ended this one, or what it surveys. */
static void check(const struct crew *crew)
{
	static const char look[] = "{\"type\":\"survey\",\"id\":\"last\",\"on\":true}";
	const struct bench_line *page = crew->places[TECHNICIAN];
	const size_t told = bench_count(page, "survey");
	second(crew);
	if (page->closed != 0 || bench_count(page, "survey") == told)
		return;
	json_t *followed = people(page);
	struct bench_line *next = bench_join(crew->bench, "demo", "technician", "technician");
	say(crew, next, look, strlen(look));
	if (bench_count(next, "survey") == 0)
		abort();
	json_t *fresh = people(next);
	compare(followed, fresh);
	json_decref(followed);
	json_decref(fresh);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bench *bench = service_fuzz_new();
	const struct crew crew = { .bench = bench,
		.sfu = bench_sfu(bench, "i1", "null"),
		.places = {
			bench_join(bench, "demo", "technician", "technician"),
			bench_join(bench, "demo", "room", "room"),
			bench_join_changes(bench, "demo", "KEN", "delegate"),
			bench_join(bench, "demo", "chair", "chair"),
			bench_join(bench, "demo", "fr-1", "interpreter"),
		} };
	second(&crew);
	(void)bench_try(bench, crew.places[TECHNICIAN], "survey", "\"on\":true");
	struct fuzz_lines script = { .left_view = data, .left = size };
	struct fuzz_line line;
	while (fuzz_lines_next(&script, &line))
		if (line.len > 0)
			step(&crew, line.view[0], (const char *)line.view + 1, line.len - 1);
	check(&crew);
	bench_node_gone(bench, crew.sfu);
	bench_free(bench);
	return 0;
}
