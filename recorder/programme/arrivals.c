#include "recorder/programme/arrivals.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Times in files are whole milliseconds, and a packet that lies so little within a stretch belongs beside it. */
#define EDGE_MS 10

void arrivals_done(struct arrivals *arrivals)
{
	rs_release(arrivals->list);
	*arrivals = (struct arrivals){ .n = 0 };
}

static int add(struct arrivals *arrivals, const struct arrival *arrival)
{
	const int err = rs_grow(&arrivals->list, arrivals->n, ARRIVALS_MAX, sizeof(*arrival));
	if (err == 0)
		arrivals->list[arrivals->n++] = *arrival;
	return err;
}

int arrivals_add(struct arrivals *arrivals, size_t segment, int64_t time_ms, int64_t duration_ms)
{
	struct arrival *last = arrivals->n > 0 ? &arrivals->list[arrivals->n - 1] : NULL;
	const int64_t to_ms = time_ms + duration_ms;
	if (last == NULL || last->segment != segment || time_ms < last->from_ms ||
		time_ms - last->to_ms > ARRIVALS_PAUSE_MS)
		return add(arrivals, &(struct arrival){ segment, time_ms, to_ms });
	if (to_ms > last->to_ms)
		last->to_ms = to_ms;
	return 0;
}

static int by_beginning(const void *a, const void *b)
{
	const struct arrival *left = a;
	const struct arrival *right = b;
	if (left->from_ms == right->from_ms)
		return (left->segment > right->segment) - (left->segment < right->segment);
	return left->from_ms > right->from_ms ? 1 : -1;
}

void arrivals_settle(struct arrivals *arrivals)
{
	size_t n = 0;
	int64_t taken_ms = INT64_MIN;
	if (arrivals->n > 1)
		qsort(arrivals->list, arrivals->n, sizeof(*arrivals->list), by_beginning);
	for (size_t i = 0; i < arrivals->n; i++) {
		struct arrival one = arrivals->list[i];
		if (one.from_ms < taken_ms)
			one.from_ms = taken_ms;
		if (one.to_ms <= one.from_ms)
			continue;
		taken_ms = one.to_ms;
		arrivals->list[n++] = one;
	}
	arrivals->n = n;
	arrivals->at = 0;
}

bool arrivals_heard(struct arrivals *arrivals, size_t segment, int64_t time_ms)
{
	while (arrivals->at < arrivals->n &&
		arrivals->list[arrivals->at].to_ms - EDGE_MS <= time_ms)
		arrivals->at++;
	const struct arrival *one =
		arrivals->at < arrivals->n ? &arrivals->list[arrivals->at] : NULL;
	const bool within = one != NULL && one->from_ms - EDGE_MS <= time_ms;
	return within ? one->segment == segment : segment == ARRIVALS_FLOOR;
}

const struct arrival *arrivals_find(const struct arrivals *arrivals, int64_t time_ms)
{
	size_t low = 0;
	size_t high = arrivals->n;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (arrivals->list[middle].to_ms <= time_ms)
			low = middle + 1;
		else
			high = middle;
	}
	const bool within = low < arrivals->n && arrivals->list[low].from_ms <= time_ms;
	return within ? &arrivals->list[low] : NULL;
}

static bool is_new(const struct script_show *list, size_t n, const char *source)
{
	return n == 0 || strcmp(list[n - 1].source, source) != 0;
}

/* The shows that come before `until_ms`; `hidden`: another camera is seen meanwhile. Returns how many there are then. */
static size_t add_shows(const struct script *script, size_t *at, int64_t until_ms, bool hidden,
	struct script_show *list, size_t n)
{
	for (; *at < script->n_shows && script->shows[*at].t_ms < until_ms; ++*at)
		if (!hidden)
			list[n++] = script->shows[*at];
	return n;
}

static size_t show_from(const char *source, int64_t t_ms, struct script_show *list, size_t n)
{
	if (!is_new(list, n, source))
		return n;
	list[n] = (struct script_show){ .t_ms = t_ms };
	(void)rs_set_text(list[n].source, source); /* a name */
	return n + 1;
}

int arrivals_shows(const struct arrivals *arrivals, const struct script *script,
	struct script_show **out_shows, size_t *out_n)
{
	size_t at = 0;
	size_t n = 0;
	struct script_show *list = rs_calloc(script->n_shows + 2 * arrivals->n + 1, sizeof(*list));
	if (list == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < arrivals->n; i++) {
		const struct arrival *one = &arrivals->list[i];
		n = add_shows(script, &at, one->from_ms, false, list, n);
		n = show_from(script->segments[one->segment].name, one->from_ms, list, n);
		n = add_shows(script, &at, one->to_ms, true, list, n);
		if (i + 1 == arrivals->n || arrivals->list[i + 1].from_ms > one->to_ms)
			n = show_from(
				at > 0 ? script->shows[at - 1].source : "", one->to_ms, list, n);
	}
	*out_n = add_shows(script, &at, INT64_MAX, false, list, n);
	*out_shows = list;
	return 0;
}
