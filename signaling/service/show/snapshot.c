#include "signaling/service/show/snapshot.h"

#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"

#include <errno.h>

/* So old a view may be: 1 us for so many octets. Writing takes a twentieth of that. */
#define OCTETS_A_US 2
/* Joining must not take more events than a view is worth. */
#define BEHIND_MOST 64
/* What a socket does not take at once is copied; so no more than this is given to it at a time. */
#define PART_OCTETS 16384

static bool is_fresh(const struct chamber *chamber, const struct moment at)
{
	const struct snapshot *snapshot = &chamber->snapshot;
	const uint64_t event = chamber->proceedings->meeting->event;

	if (snapshot->n_parts == 0)
		return false;
	if (snapshot->event == event)
		return true;
	return event - snapshot->event <= BEHIND_MOST &&
	       at.now - snapshot->written < (rs_time)(snapshot->octets / OCTETS_A_US) &&
	       broadcast_covers(chamber->broadcast, snapshot->event, event);
}

void snapshot_done(struct snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->n_parts; i++)
		message_unref(snapshot->parts[i]);
	rs_release(snapshot->parts);
	*snapshot = (struct snapshot){ .n_parts = 0 };
}

static int cut(const uint8_t *text, size_t len, struct snapshot *out)
{
	*out = (struct snapshot){ .octets = len };
	out->parts = rs_calloc((len + PART_OCTETS - 1) / PART_OCTETS, sizeof(struct message *));
	if (out->parts == NULL)
		return -ENOMEM;
	for (size_t at = 0; at < len; at += PART_OCTETS) {
		const size_t n = len - at < PART_OCTETS ? len - at : PART_OCTETS;
		struct message *part = message_new_part(text + at, n, MESSAGE_NEXT);
		if (part == NULL) {
			snapshot_done(out);
			return -ENOMEM;
		}
		out->parts[out->n_parts++] = part;
	}
	return 0;
}

static int renew(struct chamber *chamber, struct moment at)
{
	struct snapshot snapshot;
	struct rs_buf text;

	rs_buf_init(&text, VIEW_MAX);
	int err = view_write(chamber->proceedings, &text);
	if (err == 0)
		err = cut(rs_buf_data(&text), rs_buf_len(&text) - 1, &snapshot);
	rs_buf_done(&text);
	if (err < 0)
		return err;
	snapshot_done(&chamber->snapshot);
	snapshot.event = chamber->proceedings->meeting->event;
	snapshot.written = at.now;
	chamber->snapshot = snapshot;
	return 0;
}

int snapshot_take(struct chamber *chamber, struct moment at)
{
	return is_fresh(chamber, at) ? 0 : renew(chamber, at);
}

int snapshot_take_last(struct chamber *chamber, struct moment at)
{
	const struct snapshot *snapshot = &chamber->snapshot;
	const bool last =
		snapshot->n_parts > 0 && snapshot->event == chamber->proceedings->meeting->event;
	return last ? 0 : renew(chamber, at);
}

int snapshot_write(const struct snapshot *snapshot, struct rs_buf *out)
{
	int err = 0;
	for (size_t i = 0; i < snapshot->n_parts && err == 0; i++)
		err = rs_buf_append(out, message_text(snapshot->parts[i]), snapshot->parts[i]->len);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}
