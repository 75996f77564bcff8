#include "recorder/programme/splice.h"

#include <errno.h>
#include <string.h>

/* No source's name is this. */
#define ORIGINAL "*original"

static bool is_late(const struct splice *splice, int64_t time_ms)
{
	return arrivals_find(splice->arrivals, time_ms) != NULL;
}

static const char *on_show(const struct splice *splice)
{
	return splice->shown > 0 ? splice->script->shows[splice->shown - 1].source : "";
}

static void go_over(struct splice *splice, bool to_original, int64_t time_ms)
{
	splice->taking = to_original;
	programme_show(splice->programme, to_original ? ORIGINAL : on_show(splice), time_ms);
}

void splice_begin(struct splice *splice)
{
	if (splice->original != NULL)
		go_over(splice, true, 0);
}

/* Changes of who is shown are in the original already. */
static void tell_shows(struct splice *splice, int64_t until_ms)
{
	const struct script *script = splice->script;
	while (splice->shown < script->n_shows && script->shows[splice->shown].t_ms <= until_ms) {
		const int64_t t_ms = script->shows[splice->shown++].t_ms;
		if (!splice->taking || is_late(splice, t_ms))
			go_over(splice, false, t_ms);
	}
}

static void take(struct splice *splice, const struct picture *picture)
{
	const bool late = is_late(splice, picture->time_ms);
	/* In what is late, a key frame may be that of another who is shown. */
	if (picture->key && splice->taking == late)
		go_over(splice, !late, picture->time_ms);
	if (!splice->taking)
		return;
	const struct depay_frame frame = { .data = picture->data,
		.len = picture->len,
		.key = picture->key,
		.width = picture->width,
		.height = picture->height };
	programme_frame(splice->programme, &(struct programme_frame){ .name = ORIGINAL,
						   .media = ARCHIVE_CAMERA,
						   .codec = picture->codec,
						   .frame = &frame,
						   .time_ms = picture->time_ms });
}

int splice_until(struct splice *splice, int64_t time_ms)
{
	struct picture picture;
	int got = 0;
	while (splice->original != NULL &&
		(got = original_next(splice->original, time_ms, &picture)) == 1) {
		tell_shows(splice, picture.time_ms);
		take(splice, &picture);
	}
	tell_shows(splice, time_ms);
	if (got >= 0)
		return 0;
	splice->original = NULL;
	splice->broken = true;
	if (splice->taking)
		go_over(splice, false, time_ms);
	return got == -ENOMEM ? got : 0;
}

bool splice_takes(struct splice *splice, const char *source, int64_t time_ms, bool begins)
{
	if (splice->taking && begins && is_late(splice, time_ms) &&
		strcmp(source, on_show(splice)) == 0)
		go_over(splice, false, time_ms);
	return !splice->taking;
}
