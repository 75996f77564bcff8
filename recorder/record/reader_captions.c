#include "recorder/record/reader_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void reader_take_caption(struct record_reader *reader, const struct reader_event *event)
{
	struct record *record = reader->record;
	const char *language = reader_text(event->data, "language");
	const int64_t from = json_integer_value(json_object_get(event->data, "from_ms"));
	const int64_t to = json_integer_value(json_object_get(event->data, "to_ms"));
	if (!rs_name_valid(language, strlen(language)) || to <= record->started_ms || to < from ||
		to - record->started_ms > READER_TIME_MAX)
		return;
	char text[RECORD_CAPTION_MAX];
	reader_set(text, reader_text(event->data, "text"));
	struct record_caption *list = reader_grow(
		reader, record->captions, record->n_captions, RECORD_CAPTIONS_MAX, sizeof(*list));
	if (list == NULL)
		return;
	record->captions = list;
	char *copy = rs_strdup(text);
	if (copy == NULL) {
		reader->err = -ENOMEM;
		return;
	}
	struct record_caption *one = &list[record->n_captions++];
	*one = (struct record_caption){ .line = reader_u32(event->data, "line"),
		.order = reader->captions++,
		/* What is written down here may have been begun to be said before. */
		.from_ms = from > record->started_ms ? from - record->started_ms : 0,
		.to_ms = to - record->started_ms,
		.text = copy };
	reader_set(one->language, language);
}

/* By language and line; the later one last. */
static int by_line(const void *a, const void *b)
{
	const struct record_caption *x = a;
	const struct record_caption *y = b;
	const int language = strcmp(x->language, y->language);
	if (language != 0)
		return language;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static int by_time(const void *a, const void *b)
{
	const struct record_caption *x = a;
	const struct record_caption *y = b;
	const int language = strcmp(x->language, y->language);
	if (language != 0)
		return language;
	if (x->from_ms != y->from_ms)
		return x->from_ms < y->from_ms ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

/* What was corrected counts as it was said last; a line that was emptied is gone. */
void reader_settle_captions(struct record *record)
{
	struct record_caption *list = record->captions;
	size_t kept = 0;
	if (record->n_captions == 0)
		return;
	qsort(list, record->n_captions, sizeof(*list), by_line);
	for (size_t i = 0; i < record->n_captions; i++) {
		const bool corrected = i + 1 < record->n_captions &&
				       list[i].line == list[i + 1].line &&
				       strcmp(list[i].language, list[i + 1].language) == 0;
		if (corrected || list[i].text[0] == '\0')
			list[i].text = rs_release(list[i].text);
		else
			list[kept++] = list[i];
	}
	record->n_captions = kept;
	qsort(list, kept, sizeof(*list), by_time);
}
