#include "signaling/wire/node/disk.h"

#include "signaling/wire/json/doc.h"

#include <string.h>

#define REASON_MAX 96

static bool is_one_of(const char *text, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(text, words[i]) == 0)
			return true;
	return false;
}

static void judge_word(
	const struct object *object, const char *key, const char *const *words, size_t n)
{
	if (!is_one_of(object_text(object, key), words, n))
		object_fail(object, key, "not one of the words of the protocol");
}

static void judge_copy(const struct object *copy)
{
	static const char *const states[] = { "running", "unavailable" };
	judge_word(copy, "state", states, RS_ARRAY_LEN(states));
	(void)object_int_or(copy, "behind_s", 0, DOC_INT_MAX, 0);
	(void)object_int_or(copy, "since_ms", 0, DOC_INT_MAX, 0);
	if (strlen(object_text_or(copy, "reason", "")) > REASON_MAX)
		object_fail(copy, "reason", "is too long");
}

void disk_judge(const struct object *object)
{
	static const char *const levels[] = { "green", "amber", "red" };
	static const char *const whys[] = { "", "slow", "nearly-full", "full" };
	judge_word(object, "level", levels, RS_ARRAY_LEN(levels));
	judge_word(object, "why", whys, RS_ARRAY_LEN(whys));
	(void)object_int_or(object, "free", 0, DOC_INT_MAX, 0);
	(void)object_int_or(object, "left_s", 0, DOC_INT_MAX, 0);
	if (!object_has(object, "copy"))
		return;
	const struct object copy = object_child(object, "copy");
	judge_copy(&copy);
}

/* A patch: what is not known takes away what was. */
static void put_known(json_t **part, const json_t *from, const char *key)
{
	json_t *value = json_object_get(from, key);
	doc_put(part, key, value != NULL ? json_incref(value) : json_null());
}

static json_t *copy_part(const json_t *copy)
{
	json_t *part = json_object();
	put_known(&part, copy, "state");
	put_known(&part, copy, "behind_s");
	put_known(&part, copy, "since_ms");
	put_known(&part, copy, "reason");
	return part;
}

static json_t *disk_part(const json_t *said)
{
	const json_t *copy = json_object_get(said, "copy");
	json_t *part = json_object();
	put_known(&part, said, "level");
	put_known(&part, said, "why");
	put_known(&part, said, "free");
	put_known(&part, said, "left_s");
	doc_put(&part, "copy", json_is_object(copy) ? copy_part(copy) : json_null());
	return part;
}

int disk_write(const struct node_message *message, struct rs_buf *out)
{
	json_t *patch = json_object();
	json_t *json = json_object();
	doc_put(&patch, "disk", message != NULL ? disk_part(message->json) : json_null());
	doc_put(&json, "type", json_string("measured"));
	doc_put(&json, "patch", patch);
	return doc_append(json, out);
}
