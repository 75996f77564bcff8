#include "signaling/wire/beside/hook.h"

#include "common/control/object.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>

static const struct {
	enum hook_class class;
	const char *name;
} classes[] = {
	{ HOOK_FLOOR, "floor" },
	{ HOOK_VOTE, "vote" },
	{ HOOK_MEETING, "meeting" },
};

static const char *class_name(enum hook_class class)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(classes); i++) {
		if (classes[i].class == class)
			return classes[i].name;
	}
	return "other";
}

/* Event names begin with what they are about. */
enum hook_class hook_class_of(const char *name)
{
	static const struct {
		const char *begin;
		enum hook_class class;
	} known[] = {
		{ "floor-", HOOK_FLOOR },
		{ "entry-", HOOK_FLOOR },
		{ "list-", HOOK_FLOOR },
		{ "clock-", HOOK_FLOOR },
		{ "time-", HOOK_FLOOR },
		{ "limit-", HOOK_FLOOR },
		{ "point-", HOOK_FLOOR },
		{ "ruling-", HOOK_FLOOR },
		{ "motion-", HOOK_FLOOR },
		{ "swap-", HOOK_FLOOR },
		{ "lots-", HOOK_FLOOR },
		{ "reply-", HOOK_FLOOR },
		{ "decision-", HOOK_VOTE },
		{ "voting-", HOOK_VOTE },
		{ "vote-", HOOK_VOTE },
		{ "totals-", HOOK_VOTE },
		{ "ballot-", HOOK_VOTE },
		{ "ballots-", HOOK_VOTE },
		{ "objection-", HOOK_VOTE },
		{ "delegation-called", HOOK_VOTE },
		{ "lock-", HOOK_VOTE },
		{ "roll-", HOOK_VOTE },
		{ "correction-", HOOK_VOTE },
		{ "intent-", HOOK_VOTE },
		{ "meeting-", HOOK_MEETING },
		{ "item-", HOOK_MEETING },
		{ "recording-", HOOK_MEETING },
		{ "visibility-", HOOK_MEETING },
		{ "webcast", HOOK_MEETING },
		{ "quorum-", HOOK_MEETING },
		{ "document-", HOOK_MEETING },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++) {
		if (strncmp(name, known[i].begin, strlen(known[i].begin)) == 0)
			return known[i].class;
	}
	return HOOK_OTHER;
}

struct hook_event hook_event_read(const char *json, size_t len)
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	const char *name = json_string_value(json_object_get(root, "name"));
	const char *visibility =
		json_string_value(json_object_get(json_object_get(root, "data"), "visibility"));
	const bool changes = name != NULL && strcmp(name, "visibility-changed") == 0;
	return (struct hook_event){
		.class = hook_class_of(name != NULL ? name : ""),
		.changes = changes,
		.hides = changes && (visibility == NULL || strcmp(visibility, "public") != 0),
	};
}

bool hook_is_told(const struct hook_spec *spec, const struct hook_progress *progress,
	const struct hook_event *event)
{
	const bool hidden = progress->hidden && !event->changes && !spec->private_too;
	return !hidden && (spec->classes & event->class) != 0;
}

static void read_classes(const struct object *object, struct hook_spec *spec)
{
	const size_t n = object_array(object, "events", RS_ARRAY_LEN(classes) + 1);
	for (size_t i = 0; i < n; i++) {
		const char *name = object_text_at(object, "events", i);
		unsigned class = strcmp(name, "all") == 0 ? HOOK_ALL : 0;
		for (size_t k = 0; k < RS_ARRAY_LEN(classes); k++) {
			if (strcmp(name, classes[k].name) == 0)
				class = classes[k].class;
		}
		if (class == 0)
			object_fail(object, "events", "floor, vote, meeting or all is expected");
		spec->classes |= class;
	}
	if (spec->classes == 0)
		object_fail(object, "events", "at least one class is expected");
}

/* Printable ASCII: it goes into headers and logs. */
static bool is_plain(const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text <= ' ' || *text > '~')
			return false;
	}
	return true;
}

static void read_spec(const struct object *object, struct hook_spec *spec)
{
	const char *url = object_text(object, "url");
	const char *secret = object_text(object, "secret");
	if (!rs_set_text(spec->url, url) || !is_plain(url))
		object_fail(object, "url", "an address of at most 1024 characters is expected");
	if (!rs_set_text(spec->secret, secret) || strlen(secret) < HOOK_SECRET_MIN)
		object_fail(object, "secret", "16 to 128 octets are expected");
	read_classes(object, spec);
	spec->private_too = object_bool_or(object, "private", false);
	spec->has_after = object_has(object, "after");
	if (spec->has_after)
		spec->after = (uint64_t)object_int(object, "after", 0, DOC_INT_MAX);
}

static int end(const struct object_error *failure, char error[HOOK_ERROR_LEN])
{
	if (!failure->failed)
		return 0;
	(void)rs_copy_text(error, HOOK_ERROR_LEN, failure->text, strlen(failure->text));
	return -EBADMSG;
}

int hook_spec_parse(
	const char *json, size_t len, struct hook_spec *out_spec, char error[HOOK_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	struct object_error failure;
	const struct object object = object_root(root, "webhook", &failure);
	*out_spec = (struct hook_spec){ .classes = 0 };
	read_spec(&object, out_spec);
	return end(&failure, error);
}

static json_t *events_part(unsigned set)
{
	json_t *list = json_array();
	if (set == HOOK_ALL)
		doc_push(&list, json_string("all"));
	for (size_t i = 0; i < RS_ARRAY_LEN(classes) && set != HOOK_ALL; i++) {
		if (set & classes[i].class)
			doc_push(&list, json_string(classes[i].name));
	}
	return list;
}

static json_t *common_part(const struct hook_spec *spec, const struct hook_progress *progress)
{
	json_t *json = json_object();
	doc_put(&json, "url", json_string(spec->url));
	doc_put(&json, "events", events_part(spec->classes));
	doc_put(&json, "private", json_boolean(spec->private_too));
	doc_put(&json, "delivered", json_integer((json_int_t)progress->delivered));
	doc_put(&json, "failures", json_integer(progress->failures));
	doc_put_text(&json, "failure", progress->failure);
	doc_put_text(&json, "reason", progress->disabled);
	return json;
}

int hook_write(const char *id, const struct hook_spec *spec, const struct hook_progress *progress,
	struct rs_buf *out)
{
	json_t *json = common_part(spec, progress);
	doc_put(&json, "id", json_string(id));
	doc_put(&json, "state", json_string(progress->disabled[0] != '\0' ? "disabled" : "active"));
	return doc_append(json, out);
}

int hook_note_write(
	const struct hook_spec *spec, const struct hook_progress *progress, struct rs_buf *out)
{
	json_t *json = common_part(spec, progress);
	doc_put(&json, "secret", json_string(spec->secret));
	doc_put(&json, "hidden", json_boolean(progress->hidden));
	return doc_append(json, out);
}

int hook_note_parse(const char *json, size_t len, struct hook_spec *out_spec,
	struct hook_progress *out_progress, char error[HOOK_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	struct object_error failure;
	const struct object object = object_root(root, "webhook", &failure);
	*out_spec = (struct hook_spec){ .classes = 0 };
	*out_progress = (struct hook_progress){ .delivered = 0 };
	read_spec(&object, out_spec);
	out_progress->delivered = (uint64_t)object_int(&object, "delivered", 0, DOC_INT_MAX);
	out_progress->hidden = object_bool_or(&object, "hidden", false);
	out_progress->failures = (uint32_t)object_int(&object, "failures", 0, UINT32_MAX);
	(void)rs_set_text(out_progress->failure, object_text_or(&object, "failure", ""));
	(void)rs_set_text(out_progress->disabled, object_text_or(&object, "reason", ""));
	return end(&failure, error);
}

int hook_body_write(const char *meeting, enum hook_class class, const char *event, size_t len,
	struct rs_buf *out)
{
	/* The event's own brace makes way for these. */
	const int err = rs_buf_printf(
		out, "{\"meeting\":\"%s\",\"class\":\"%s\",", meeting, class_name(class));
	return err < 0 ? err : rs_buf_append(out, event + 1, len - 1);
}
