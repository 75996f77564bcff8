#include "signaling/wire/conference/rehearsal.h"

#include "signaling/wire/json/doc.h"

#include <errno.h>

#define SUFFIX "-rehearsal"

static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	return text != NULL ? text : "";
}

static bool is_wanted(const json_t *meeting, const char *wanted)
{
	if (wanted[0] != '\0')
		return strcmp(text_of(meeting, "id"), wanted) == 0;
	return !json_is_true(json_object_get(meeting, "rehearsal")) &&
	       strcmp(text_of(meeting, "mode"), "direct") != 0;
}

static json_t *find_meeting(const json_t *root, const char *wanted)
{
	const json_t *meetings = json_object_get(root, "meetings");
	for (size_t i = 0; i < json_array_size(meetings); i++) {
		json_t *meeting = json_array_get(meetings, i);
		if (is_wanted(meeting, wanted))
			return meeting;
	}
	return NULL;
}

static bool name_rehearsal(
	const struct rehearsal_wish *wish, const char *meeting, char out[RS_NAME_MAX + 1])
{
	const int err = wish->name[0] != '\0'
				? rs_format(out, RS_NAME_MAX + 1, "%s", wish->name)
				: rs_format(out, RS_NAME_MAX + 1, "%s" SUFFIX, meeting);
	return err == 0 && rs_name_valid(out, strlen(out));
}

/* Takes `meeting`, which is of nobody else. */
static json_t *flag(json_t *meeting, const char *name)
{
	static const char *const beyond[] = { "record", "webcast", "interpretation_end" };
	for (size_t i = 0; i < RS_ARRAY_LEN(beyond); i++)
		(void)json_object_del(meeting, beyond[i]); /* may not be there */
	doc_put(&meeting, "id", json_string(name));
	doc_put(&meeting, "rehearsal", json_true());
	return meeting;
}

int rehearsal_write(
	const char *json, size_t len, const struct rehearsal_wish *wish, struct rs_buf *out)
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	char name[RS_NAME_MAX + 1];
	if (root == NULL)
		return -EBADMSG;
	const json_t *found = find_meeting(root, wish->meeting);
	if (found == NULL)
		return -ENOENT;
	if (!name_rehearsal(wish, text_of(found, "id"), name))
		return -EINVAL;
	json_t *meetings = json_array();
	doc_push(&meetings, flag(json_deep_copy(found), name));
	if (json_object_get(root, "rehearsal_of") == NULL)
		doc_put(&root, "rehearsal_of", json_string(text_of(root, "id")));
	doc_put(&root, "id", json_string(name));
	doc_put(&root, "meetings", meetings);
	return doc_append(rs_steal(&root), out);
}
