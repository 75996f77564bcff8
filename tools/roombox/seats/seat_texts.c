#include "tools/roombox/seats/seat_texts.h"

static struct seat_text *place_of(struct seat_texts *texts, const char *seat)
{
	struct seat_text *oldest = &texts->list[0];
	for (size_t i = 0; i < SEAT_TEXTS_MAX; i++) {
		struct seat_text *one = &texts->list[i];
		if (one->version != 0 && strcmp(one->seat, seat) == 0)
			return one;
		if (one->version < oldest->version)
			oldest = one;
	}
	return oldest;
}

void seat_texts_set(struct seat_texts *texts, const char *seat, const char *text)
{
	struct seat_text *one = place_of(texts, seat);
	one->version = ++texts->version;
	(void)rs_set_text(one->seat, seat); /* of a seat's length */
	(void)rs_copy_text(one->text, sizeof(one->text), text,
		rs_utf8_cut(text, SEAT_WIRE_TEXT_MAX)); /* longer ones are not made */
}

bool seat_texts_next(
	const struct seat_texts *texts, uint64_t seen, uint64_t since, struct seat_text *out_text)
{
	const struct seat_text *next = NULL;
	for (size_t i = 0; i < SEAT_TEXTS_MAX; i++) {
		const struct seat_text *one = &texts->list[i];
		if (one->version > seen && (one->version > since || one->text[0] != '\0') &&
			(next == NULL || one->version < next->version))
			next = one;
	}
	if (next != NULL)
		*out_text = *next;
	return next != NULL;
}
