#include "signaling/archive/recording.h"

#include "common/control/object.h"
#include "common/evidence/names.h"

#include <errno.h>
#include <stdlib.h>

/* JSON numbers are exact up to here in every reader. */
#define WALL_MAX_MS ((int64_t)1 << 53)
#define NUMBER_MAX ((int64_t)1 << 31)

/* --- Texts --- */

bool recording_file_valid(const char *file)
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
	const bool programme = strncmp(file, "channels/", 9) == 0;
	if (!programme && strncmp(file, "text/", 5) != 0)
		return false;
	const char *name = strchr(file, '/') + 1;
	if (name[0] == '.' || strspn(name, allowed) != strlen(name) ||
		strlen(file) >= RECORDING_FILE_LEN)
		return false;
	return programme ? rs_ends_with(name, ".webm") || rs_ends_with(name, ".mkv")
			 : rs_ends_with(name, ".vtt");
}

/* Control characters would reach pages and headers. */
static bool is_plain(const char *text)
{
	for (const char *at = text; *at != '\0'; at++) {
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return false;
	}
	return true;
}

static void copy(
	const struct object *object, const char *key, const char *text, char *out, size_t cap)
{
	if (text != NULL && (!is_plain(text) || !rs_copy_string(out, cap, text)))
		object_fail(object, key, "too long, or with control characters");
}

static void read_text(const struct object *object, const char *key, char *out, size_t cap)
{
	copy(object, key, object_text_or(object, key, ""), out, cap);
}

/* Empty when it is absent. */
static void read_name(const struct object *object, const char *key, char out[RS_NAME_MAX + 1])
{
	const char *name = object_text_or(object, key, "");
	if (name != NULL && name[0] != '\0' && !rs_name_valid(name, strlen(name)))
		object_fail(object, key, "a name is expected");
	else
		copy(object, key, name, out, RS_NAME_MAX + 1);
}

static int64_t read_ms(const struct object *object, const char *key)
{
	return object_int(object, key, 0, RECORDING_MS_MAX);
}

static void read_span(const struct object *object, int64_t *out_from_ms, int64_t *out_to_ms)
{
	*out_from_ms = read_ms(object, "from_ms");
	*out_to_ms = read_ms(object, "to_ms");
	if (*out_to_ms < *out_from_ms)
		object_fail(object, "to_ms", "it ends before it begins");
}

static void read_path(
	const struct object *object, const char *key, bool captions, char out[RECORDING_FILE_LEN])
{
	const char *file = object_text(object, key);
	if (file == NULL)
		return;
	if (!recording_file_valid(file) || (strncmp(file, "text/", 5) == 0) != captions)
		object_fail(object, key, "no file that may be named here");
	else
		copy(object, key, file, out, RECORDING_FILE_LEN);
}

static void read_file(const struct object *object, bool captions, char out[RECORDING_FILE_LEN])
{
	read_path(object, "file", captions, out);
}

/* --- Lists --- */

static void read_language(const struct object *object, void *out)
{
	struct recording_language *language = out;
	copy(object, "id", object_name(object, "id"), language->id, sizeof(language->id));
	read_name(object, "language", language->tag);
	read_text(object, "name", language->name, sizeof(language->name));
	read_file(object, false, language->file);
}

static void read_captions(const struct object *object, void *out)
{
	struct recording_language *captions = out;
	copy(object, "language", object_name(object, "language"), captions->id,
		sizeof(captions->id));
	read_file(object, true, captions->file);
}

static void read_item(const struct object *object, void *out)
{
	struct recording_item *item = out;
	item->item = object_int(object, "item", 0, NUMBER_MAX);
	read_text(object, "title", item->title, sizeof(item->title));
	read_span(object, &item->from_ms, &item->to_ms);
}

static void read_speech(const struct object *object, void *out)
{
	struct recording_speech *speech = out;
	speech->n = object_int(object, "n", 1, NUMBER_MAX);
	speech->item = object_int_or(object, "item", 0, NUMBER_MAX, 0);
	read_name(object, "participant", speech->participant);
	read_name(object, "delegation", speech->delegation);
	read_name(object, "language", speech->language);
	read_text(object, "name", speech->name, sizeof(speech->name));
	const char *as = object_text_or(object, "as", "");
	speech->presiding = as != NULL && strcmp(as, "presiding") == 0;
	(void)object_bool_or(object, "interrupted", false);
	if (object_has(object, "person")) {
		const struct object person = object_child(object, "person");
		read_text(&person, "name", speech->person, sizeof(speech->person));
		(void)object_text_or(&person, "rank", "");
	}
	/* The chair has no delegation that the record would name. */
	if (speech->name[0] == '\0')
		(void)rs_set_text(speech->name,
			speech->person[0] != '\0' ? speech->person : speech->participant);
	read_span(object, &speech->from_ms, &speech->to_ms);
}

static void read_decision(const struct object *object, void *out)
{
	static const char *const totals_keys[] = { "yes", "no", "abstain" };
	struct recording_decision *decision = out;
	decision->at_ms = read_ms(object, "at_ms");
	read_text(object, "title", decision->title, sizeof(decision->title));
	(void)object_text_or(object, "kind", "");
	(void)object_text_or(object, "result", "");
	if (!object_has(object, "totals"))
		return;
	const struct object totals = object_child(object, "totals");
	for (size_t i = 0; i < RS_ARRAY_LEN(totals_keys); i++)
		(void)object_int_or(&totals, totals_keys[i], 0, NUMBER_MAX, 0);
}

/* Pages alone ask for points of order, gaps and late deliveries; they are looked at so that pages need not doubt. */
static void read_point(const struct object *object, void *out)
{
	(void)out;
	char participant[RS_NAME_MAX + 1];
	read_name(object, "participant", participant);
	(void)read_ms(object, "at_ms");
	(void)object_text_or(object, "ruling", "");
}

static void read_gap(const struct object *object, void *out)
{
	(void)out;
	int64_t from_ms;
	int64_t to_ms;
	read_span(object, &from_ms, &to_ms);
	(void)object_text_or(object, "what", "");
}

static void read_delivered(const struct object *object, void *out)
{
	(void)out;
	char participant[RS_NAME_MAX + 1];
	int64_t from_ms;
	int64_t to_ms;
	read_name(object, "participant", participant);
	read_span(object, &from_ms, &to_ms);
	(void)object_text_or(object, "name", "");
}

struct list {
	const char *key;
	size_t max, size; /* of elements; of one, 0 = nothing is kept */
	void (*read)(const struct object *object, void *out);
	void **out;
	size_t *out_n;
};

static int read_list(const struct object *root, const struct list *list)
{
	const size_t n = object_array(root, list->key, list->max);
	uint8_t *all = NULL;
	if (list->size > 0) {
		all = rs_calloc(n, list->size);
		*list->out = all;
		if (all == NULL)
			return -ENOMEM;
		*list->out_n = n;
	}
	for (size_t i = 0; i < n && !root->error->failed; i++) {
		const struct object one = object_at(root, list->key, i);
		list->read(&one, all != NULL ? all + i * list->size : NULL);
	}
	return 0;
}

static int read_lists(const struct object *root, struct recording *recording)
{
#define KEPT(key, max, reader, member)                                                     \
	{                                                                                  \
		key, max, sizeof(*recording->member), reader, (void **)&recording->member, \
			&recording->n_##member                                             \
	}
	const struct list lists[] = {
		KEPT("languages", RECORDING_LANGUAGES_MAX, read_language, languages),
		KEPT("captions", RECORDING_LANGUAGES_MAX, read_captions, captions),
		KEPT("items", RECORDING_ITEMS_MAX, read_item, items),
		KEPT("speeches", RECORDING_SPEECHES_MAX, read_speech, speeches),
		KEPT("decisions", RECORDING_DECISIONS_MAX, read_decision, decisions),
		{ "points", RECORDING_POINTS_MAX, 0, read_point, NULL, NULL },
		{ "gaps", RECORDING_GAPS_MAX, 0, read_gap, NULL, NULL },
		{ "delivered", RECORDING_GAPS_MAX, 0, read_delivered, NULL, NULL },
	};
#undef KEPT
	for (size_t i = 0; i < RS_ARRAY_LEN(lists); i++) {
		const int err = read_list(root, &lists[i]);
		if (err < 0)
			return err;
	}
	return 0;
}

/* --- The whole --- */

static void read_session(const struct object *root, char out[RECORDING_SESSION_MAX + 1])
{
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	const char *session = object_text(root, "session");
	if (session != NULL && (session[0] == '\0' || strspn(session, allowed) != strlen(session)))
		object_fail(root, "session", "a session's name is expected");
	else
		copy(root, "session", session, out, RECORDING_SESSION_MAX + 1);
}

static void read_head(const struct object *root, struct recording *recording)
{
	const char *format = object_text(root, "format");
	if (format != NULL && strcmp(format, NAMES_INDEX_FORMAT) != 0)
		object_fail(root, "format", "\"" NAMES_INDEX_FORMAT "\" is expected");
	read_session(root, recording->session);
	copy(root, "meeting", object_name(root, "meeting"), recording->meeting,
		sizeof(recording->meeting));
	read_text(root, "title", recording->title, sizeof(recording->title));
	read_text(root, "symbol", recording->symbol, sizeof(recording->symbol));
	const char *class = object_text(root, "class");
	if (class != NULL && visibility_parse(class, &recording->class) < 0)
		object_fail(root, "class", "public, private or closed-members is expected");
	(void)object_text_or(root, "started", "");
	recording->started_ms = object_int(root, "started_ms", 0, WALL_MAX_MS);
	recording->duration_ms = read_ms(root, "duration_ms");
	if (!object_has(root, "late"))
		return;
	(void)rs_set_text(recording->late.id, NAMES_FLOOR);
	read_path(root, "late", false, recording->late.file);
	recording->n_late = 1;
}

static int read_root(const json_t *json, struct recording *recording, struct object_error *error)
{
	const struct object root = object_root(json, "index", error);
	read_head(&root, recording);
	const int err = read_lists(&root, recording);
	if (err < 0)
		return err;
	return error->failed ? -EBADMSG : 0;
}

static int keep_text(const json_t *json, struct recording *recording)
{
	char *text = json_dumps(json, JSON_COMPACT);
	recording->json = rs_strdup(text);
	recording->json_len = text != NULL ? strlen(text) : 0;
	free(text);
	return recording->json != NULL ? 0 : -ENOMEM;
}

int recording_parse(const char *text, size_t len, struct recording **out_recording,
	char error[RECORDING_ERROR_LEN])
{
	struct object_error fault = { .failed = false };
	json_error_t why;
	RS_CLEANUP(recording_freep)
	struct recording *recording = rs_zalloc(sizeof(*recording));
	if (recording == NULL)
		return -ENOMEM;
	json_t *json = len <= RECORDING_OCTETS_MAX
			       ? json_loadb(text, len, JSON_REJECT_DUPLICATES, &why)
			       : NULL;
	if (json == NULL) {
		(void)rs_copy_string(error, RECORDING_ERROR_LEN, "no JSON, or too long");
		return -EBADMSG;
	}
	int err = read_root(json, recording, &fault);
	if (err == 0)
		err = keep_text(json, recording);
	json_decref(json);
	if (err == -EBADMSG)
		(void)rs_copy_string(error, RECORDING_ERROR_LEN, fault.text); /* cut will do */
	if (err == 0)
		*out_recording = rs_steal(&recording);
	return err;
}

struct recording *recording_free(struct recording *recording)
{
	if (recording == NULL)
		return NULL;
	rs_release(recording->languages);
	rs_release(recording->captions);
	rs_release(recording->items);
	rs_release(recording->speeches);
	rs_release(recording->decisions);
	rs_release(recording->json);
	return rs_release(recording);
}

void recording_freep(struct recording **recording)
{
	*recording = recording_free(*recording);
}
