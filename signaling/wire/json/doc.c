#include "signaling/wire/json/doc.h"

#include "common/base/text.h"

#include <errno.h>

void doc_freep(json_t **json)
{
	json_decref(*json);
	*json = NULL;
}

json_t *doc_read(const char *text, size_t len)
{
	json_t *json = json_loadb(text, len, JSON_REJECT_DUPLICATES, NULL);
	if (json_is_object(json))
		return json;
	json_decref(json);
	return NULL;
}

void doc_put(json_t **object, const char *key, json_t *value)
{
	if (json_object_set_new(*object, key, value) != 0)
		doc_freep(object);
}

void doc_push(json_t **array, json_t *value)
{
	if (json_array_append_new(*array, value) != 0)
		doc_freep(array);
}

json_t *doc_names(const char *names)
{
	json_t *array = json_array();
	for (const char *at = names; *at != '\0';) {
		const size_t len = strcspn(at, " ");
		doc_push(&array, json_stringn(at, len));
		at += len + strspn(at + len, " ");
	}
	return array;
}

void doc_put_text(json_t **object, const char *key, const char *text)
{
	if (text != NULL && text[0] != '\0')
		doc_put(object, key, json_string(text));
}

void doc_patch(json_t **object, const char *key, json_t *value, bool there, bool patch)
{
	if (there) {
		doc_put(object, key, value);
		return;
	}
	json_decref(value);
	if (patch)
		doc_put(object, key, json_null());
}

void doc_patch_text(json_t **object, const char *key, const char *text, bool patch)
{
	const bool there = text[0] != '\0';
	doc_patch(object, key, there ? json_string(text) : NULL, there, patch);
}

void doc_patch_int(json_t **object, const char *key, int64_t value, bool patch)
{
	doc_patch(object, key, value != 0 ? json_integer(value) : NULL, value != 0, patch);
}

json_t *doc_text_or_null(const char *text)
{
	return text == NULL || text[0] == '\0' ? json_null() : json_string(text);
}

void doc_copy_text(
	const struct object *object, const char *key, bool optional, char *out, size_t cap)
{
	const char *text = optional ? object_text_or(object, key, "") : object_text(object, key);
	if (!rs_copy_text(out, cap, text, strlen(text)))
		object_fail(object, key, "the text is too long");
}

void doc_copy_names(const struct object *object, const char *key, size_t max, char *out, size_t cap)
{
	const size_t n = object_array(object, key, max);
	size_t len = 0;
	for (size_t i = 0; i < n; i++) {
		const char *name = object_text_at(object, key, i);
		const size_t name_len = strlen(name);
		if (!rs_name_valid(name, name_len) || len + 1 + name_len >= cap) {
			object_fail(object, key, "names are expected, not too many");
			return;
		}
		if (len > 0)
			out[len++] = ' ';
		memcpy(out + len, name, name_len + 1);
		len += name_len;
	}
}

struct sink {
	struct rs_buf *buf;
	int err;
};

static int append(const char *text, size_t len, void *ctx)
{
	struct sink *sink = ctx;
	/* jansson passes over a name of a member that could not be taken. */
	if (sink->err == 0)
		sink->err = rs_buf_append(sink->buf, text, len);
	return sink->err;
}

int doc_append(json_t *json, struct rs_buf *out)
{
	if (json == NULL)
		return -ENOMEM;
	struct sink sink = { .buf = out };
	const size_t before = rs_buf_len(out);
	const int failed = json_dump_callback(json, append, &sink, JSON_COMPACT);
	json_decref(json);
	if (failed == 0 && sink.err == 0)
		return 0;
	out->end -= rs_buf_len(out) - before;
	return sink.err < 0 ? sink.err : -ENOMEM;
}
