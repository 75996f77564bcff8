#include "signaling/wire/node/late.h"

#include "signaling/wire/json/doc.h"

#include <string.h>

static const char *const answers[] = { "kept", "refused", "later" };

void late_judge(const struct object *object)
{
	static const char *const counts[] = { "kept", "had", "shut", "before" };
	const char *state = object_text(object, "state");
	bool known = false;
	for (size_t i = 0; i < RS_ARRAY_LEN(answers); i++)
		known = known || strcmp(state, answers[i]) == 0;
	if (!known)
		object_fail(object, "state", "not one of the words of the protocol");
	(void)object_int(object, "ticket", 1, DOC_INT_MAX);
	if (!rs_name_valid(object_text_or(object, "reason", "none"),
		    strlen(object_text_or(object, "reason", "none"))) &&
		object_text_or(object, "reason", "")[0] != '\0')
		object_fail(object, "reason", "a word is expected");
	for (size_t i = 0; i < RS_ARRAY_LEN(counts); i++)
		(void)object_int_or(object, counts[i], 0, DOC_INT_MAX, 0);
}

struct late_answer late_answer_read(const struct node_message *message)
{
	struct object_error failure;
	const struct object object = object_root(message->json, "late", &failure);
	return (struct late_answer){
		.ticket = (uint64_t)object_int(&object, "ticket", 1, DOC_INT_MAX),
		.state = object_text(&object, "state"),
		.reason = object_text_or(&object, "reason", ""),
		.kept = object_int_or(&object, "kept", 0, DOC_INT_MAX, 0),
		.had = object_int_or(&object, "had", 0, DOC_INT_MAX, 0),
		.shut = object_int_or(&object, "shut", 0, DOC_INT_MAX, 0),
		.before = object_int_or(&object, "before", 0, DOC_INT_MAX, 0),
	};
}

int wire_late_write(int64_t revision, const struct late_part *part, struct rs_buf *out)
{
	json_t *open = json_array();
	for (size_t i = 0; i < part->n_open; i++) {
		json_t *span = json_array();
		doc_push(&span, json_integer(part->open[i].from_us));
		doc_push(&span, json_integer(part->open[i].to_us));
		doc_push(&open, span);
	}
	json_t *json = json_object();
	doc_put(&json, "type", json_string("late"));
	doc_put(&json, "revision", json_integer(revision));
	doc_put(&json, "ticket", json_integer((json_int_t)part->ticket));
	doc_put(&json, "meeting", json_string(part->meeting));
	doc_put(&json, "session", json_string(part->session));
	doc_put(&json, "source", json_string(part->source));
	doc_put(&json, "outage", json_string(part->outage));
	doc_put(&json, "part", json_integer(part->part));
	doc_put(&json, "parts", json_integer(part->parts));
	doc_put(&json, "from_us", json_integer(part->from_us));
	doc_put(&json, "to_us", json_integer(part->to_us));
	doc_put(&json, "shift_us", json_integer(part->shift_us));
	doc_put(&json, "open", open);
	return doc_append(json, out);
}

int late_answer_write(const struct late_answer *answer, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "kept", json_integer(answer->kept));
	doc_put(&json, "had", json_integer(answer->had));
	doc_put(&json, "shut", json_integer(answer->shut));
	doc_put(&json, "before", json_integer(answer->before));
	return doc_append(json, out);
}

static json_t *outage_json(const struct late_outage *outage)
{
	static const char *const states[] = {
		[LATE_LOST] = "lost",
		[LATE_BACK] = "back",
		[LATE_DELIVERING] = "delivering",
		[LATE_DELIVERED] = "delivered",
		[LATE_REFUSED] = "refused",
	};
	json_t *json = json_object();
	doc_put(&json, "source", json_string(outage->source));
	doc_put(&json, "from_ms", json_integer(outage->from_ms));
	doc_put(&json, "to_ms", outage->to_ms != 0 ? json_integer(outage->to_ms) : json_null());
	doc_put(&json, "state", json_string(states[outage->state]));
	doc_put(&json, "at_ms", json_integer(outage->at_ms));
	if (outage->state == LATE_REFUSED)
		doc_put(&json, "reason", json_string(outage->reason));
	if (outage->parts > 0)
		doc_put(&json, "percent",
			json_integer((json_int_t)outage->part * 100 / outage->parts));
	return json;
}

int late_outages_write(const struct late_outage *outages, size_t n, struct rs_buf *out)
{
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++)
		doc_push(&list, outage_json(&outages[i]));
	json_t *patch = json_object();
	json_t *json = json_object();
	doc_put(&patch, "outages", list);
	doc_put(&json, "type", json_string("measured"));
	doc_put(&json, "patch", patch);
	return doc_append(json, out);
}
