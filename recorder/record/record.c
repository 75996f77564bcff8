#include "recorder/record/record.h"

#include <stdlib.h>
#include <string.h>

struct record *record_free(struct record *record)
{
	if (record == NULL)
		return NULL;
	for (size_t i = 0; i < record->n_decisions; i++)
		rs_release(record->decisions[i].votes);
	for (size_t i = 0; i < record->n_captions; i++)
		rs_release(record->captions[i].text);
	rs_release(record->delegations);
	rs_release(record->people);
	rs_release(record->items);
	rs_release(record->discussions);
	rs_release(record->speeches);
	rs_release(record->points);
	rs_release(record->motions);
	rs_release(record->decisions);
	rs_release(record->turns);
	rs_release(record->captions);
	rs_release(record->gaps);
	rs_release(record->lates);
	return rs_release(record);
}

void record_freep(struct record **record)
{
	*record = record_free(*record);
}

static int compare_person(const void *id, const void *person)
{
	return strcmp(id, ((const struct record_person *)person)->id);
}

const struct record_person *record_person(const struct record *record, const char *id)
{
	return bsearch(
		id, record->people, record->n_people, sizeof(*record->people), compare_person);
}

const struct record_delegation *record_delegation(const struct record *record, const char *id)
{
	for (size_t i = 0; i < record->n_delegations; i++)
		if (strcmp(record->delegations[i].id, id) == 0)
			return &record->delegations[i];
	return NULL;
}

const struct record_item *record_item(const struct record *record, const char *id)
{
	for (size_t i = 0; i < record->n_items; i++)
		if (strcmp(record->items[i].id, id) == 0)
			return &record->items[i];
	return NULL;
}

const char *record_as_name(enum record_as as)
{
	static const char *const names[RECORD_AS_COUNT] = {
		[RECORD_MAIN] = "main",
		[RECORD_REPLY] = "reply",
		[RECORD_EXPLANATION] = "explanation",
		[RECORD_MOTION] = "motion",
		[RECORD_POINT] = "point-of-order",
		[RECORD_PRESIDING] = "presiding",
	};
	return names[as];
}

int64_t record_speech_from(const struct record_speech *speech)
{
	return speech->parts[0].from_ms;
}

int64_t record_speech_to(const struct record_speech *speech)
{
	return speech->parts[speech->n_parts - 1].to_ms;
}

int64_t record_speech_spoken(const struct record_speech *speech)
{
	int64_t sum = 0;
	for (size_t i = 0; i < speech->n_parts; i++)
		sum += speech->parts[i].to_ms - speech->parts[i].from_ms;
	return sum;
}

const char *record_caption_language(const struct record *record, size_t i)
{
	for (size_t at = 0; at < record->n_captions; at++) {
		const char *language = record->captions[at].language;
		if (at > 0 && strcmp(record->captions[at - 1].language, language) == 0)
			continue;
		if (i-- == 0)
			return language;
	}
	return NULL;
}

size_t record_caption_after(const struct record *record, const char *language, int64_t from_ms)
{
	size_t low = 0;
	size_t high = record->n_captions;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		const struct record_caption *caption = &record->captions[middle];
		const int order = strcmp(caption->language, language);
		if (order < 0 || (order == 0 && caption->from_ms < from_ms))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}
