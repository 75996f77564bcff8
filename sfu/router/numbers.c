#include "sfu/router/numbers.h"

#include <errno.h>
#include <string.h>

struct number {
	uint32_t ssrc;
	bool left;
	int64_t last;
};

static struct number *find(const struct numbers *numbers, uint32_t ssrc)
{
	for (size_t i = 0; i < numbers->n; i++) {
		if (numbers->list[i].ssrc == ssrc)
			return &numbers->list[i];
	}
	return NULL;
}

int numbers_extend(const struct numbers *from, const uint32_t *ssrcs, size_t n_ssrcs,
	struct numbers *out_numbers)
{
	struct numbers numbers = { .list = rs_calloc(from->n + n_ssrcs, sizeof(*numbers.list)) };

	if (numbers.list == NULL)
		return -ENOMEM;
	numbers.n = from->n;
	if (from->n > 0)
		memcpy(numbers.list, from->list, from->n * sizeof(*numbers.list));
	for (size_t i = 0; i < n_ssrcs; i++) {
		if (ssrcs[i] != 0 && find(&numbers, ssrcs[i]) == NULL)
			numbers.list[numbers.n++].ssrc = ssrcs[i];
	}
	if (numbers.n > NUMBERS_MAX) {
		numbers_done(&numbers);
		return -E2BIG;
	}
	*out_numbers = numbers;
	return 0;
}

void numbers_done(struct numbers *numbers)
{
	(void)rs_release(numbers->list);
	*numbers = (struct numbers){ 0 };
}

void numbers_leave(struct numbers *numbers, uint32_t ssrc, int64_t last)
{
	struct number *number = find(numbers, ssrc);

	if (number == NULL)
		return;
	number->left = true;
	number->last = last;
}

bool numbers_left(const struct numbers *numbers, uint32_t ssrc, int64_t *out_last)
{
	const struct number *number = find(numbers, ssrc);

	if (number == NULL || !number->left)
		return false;
	*out_last = number->last;
	return true;
}
