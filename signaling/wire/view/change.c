#include "signaling/wire/view/change.h"

#include "signaling/wire/view/difference.h"

#include <errno.h>

struct view_before {
	json_t *parts;
};

int view_before_new(const struct proceedings *proceedings, const struct event *event,
	struct view_before **out_before)
{
	struct view_before *before = rs_zalloc(sizeof(*before));
	if (before == NULL)
		return -ENOMEM;
	before->parts = view_patch(proceedings, event);
	if (before->parts == NULL) {
		view_before_free(before);
		return -ENOMEM;
	}
	*out_before = before;
	return 0;
}

struct view_before *view_before_free(struct view_before *before)
{
	if (before != NULL)
		doc_freep(&before->parts);
	return rs_release(before);
}

int view_write_patch(const struct view_before *before, const struct proceedings *proceedings,
	const struct event *event, struct rs_buf *out_whole, struct rs_buf *out_change)
{
	json_t *patch = view_patch(proceedings, event);
	const int err = doc_append(difference_of(before->parts, patch), out_change);
	if (err < 0) {
		json_decref(patch);
		return err;
	}
	return doc_append(patch, out_whole);
}
