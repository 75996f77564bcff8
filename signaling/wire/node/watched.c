#include "signaling/wire/node/watched.h"

#include "signaling/wire/json/doc.h"

#include <errno.h>

struct watched {
	json_t *last;                  /* NULL before the first message */
	json_t *records[WATCHED_KEPT]; /* arrays; a ring */
	size_t n;                      /* ever */
};

int watched_new(struct watched **out_watched)
{
	struct watched *watched = rs_zalloc(sizeof(*watched));
	if (watched == NULL)
		return -ENOMEM;
	*out_watched = watched;
	return 0;
}

struct watched *watched_free(struct watched *watched)
{
	if (watched != NULL) {
		json_decref(watched->last);
		for (size_t i = 0; i < WATCHED_KEPT; i++)
			json_decref(watched->records[i]);
	}
	return rs_release(watched);
}

void watched_take(struct watched *watched, const struct node_message *message, size_t i)
{
	json_t *said = json_array_get(json_object_get(message->json, "watched"), i);
	json_t *records = json_object_get(said, "records");
	json_decref(watched->last);
	watched->last = json_incref(said);
	if (!json_is_array(records))
		return;
	json_t **place = &watched->records[watched->n++ % WATCHED_KEPT];
	json_decref(*place);
	*place = json_incref(records);
}

static int write_array(
	const struct watched *watched, const char *name, const char *comma, struct rs_buf *out)
{
	json_t *array = json_object_get(watched->last, name);
	const int err = rs_buf_printf(out, "%s\"%s\":", comma, name);
	return err < 0 ? err
		       : doc_append(json_is_array(array) ? json_incref(array) : json_array(), out);
}

int watched_write_media(const struct watched *watched, struct rs_buf *out)
{
	const int err = write_array(watched, "slots", "", out);
	return err < 0 ? err : write_array(watched, "streams", ",", out);
}

int watched_write_records(const struct watched *watched, struct rs_buf *out)
{
	const json_int_t missed = json_integer_value(json_object_get(watched->last, "missed"));
	const size_t n = watched->n < WATCHED_KEPT ? watched->n : WATCHED_KEPT;
	const int err =
		rs_buf_printf(out, "\"missed\":%" JSON_INTEGER_FORMAT ",\"records\":", missed);
	json_t *all = json_array();
	/* The oldest first. */
	for (size_t i = 0; i < n; i++)
		(void)json_array_extend(all, watched->records[(watched->n - n + i) % WATCHED_KEPT]);
	if (err < 0) {
		json_decref(all);
		return err;
	}
	return doc_append(all, out);
}
