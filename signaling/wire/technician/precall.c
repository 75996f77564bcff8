#include "signaling/wire/technician/precall.h"

#include "common/base/text.h"
#include "signaling/wire/json/doc.h"

#include <errno.h>

#define KBPS_MAX 1000000
#define MS_MAX 60000
#define LINES_MAX 10000

static const char *const device_names[] = {
	[PRECALL_DEVICE_NONE] = "none",
	[PRECALL_DEVICE_FAULT] = "fault",
	[PRECALL_DEVICE_WORKS] = "works",
};

static const char *const ear_names[] = {
	[PRECALL_EAR_UNTRIED] = "untried",
	[PRECALL_EAR_HEARD] = "heard",
	[PRECALL_EAR_SILENT] = "silent",
};

static const char *const path_names[] = {
	[PRECALL_PATH_ABSENT] = "absent",
	[PRECALL_PATH_OPEN] = "open",
	[PRECALL_PATH_CLOSED] = "closed",
};

/* ---- reading ---- */

/* Absent: the first. */
static size_t read_word(
	const struct object *object, const char *key, const char *const *words, size_t n)
{
	const char *word = object_text_or(object, key, words[0]);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(word, words[i]) == 0)
			return i;
	}
	object_fail(object, key, "no such word is known here");
	return 0;
}

/* Whatever a system calls its devices: cut, and blanks for what cannot be shown. */
static void read_name(const struct object *object, char out[PRECALL_NAME_MAX + 1])
{
	const char *name = object_text_or(object, "name", "");
	(void)rs_copy_text(out, PRECALL_NAME_MAX + 1, name, rs_utf8_cut(name, PRECALL_NAME_MAX));
	for (char *at = out; *at != '\0'; at++) {
		if ((unsigned char)*at < ' ' || *at == '\x7f')
			*at = ' ';
	}
}

static int read_figure(const struct object *object, const char *key, int min, int max)
{
	return (int)object_int_or(object, key, min, max, min);
}

static void read_devices(const struct object *object, struct precall *precall)
{
	const struct object camera = object_child(object, "camera");
	precall->camera = (enum precall_device)read_word(
		&camera, "state", device_names, RS_ARRAY_LEN(device_names));
	read_name(&camera, precall->camera_name);
	precall->height = read_figure(&camera, "height", 0, LINES_MAX);
	precall->luma = read_figure(&camera, "luma", 0, 255);
	const struct object microphone = object_child(object, "microphone");
	precall->microphone = (enum precall_device)read_word(
		&microphone, "state", device_names, RS_ARRAY_LEN(device_names));
	read_name(&microphone, precall->microphone_name);
	precall->level = read_figure(&microphone, "level", -100, 0);
	precall->noise = read_figure(&microphone, "noise", -100, 0);
	precall->clipping = read_figure(&microphone, "clipping", 0, 1000);
	precall->speakers =
		(enum precall_ear)read_word(object, "speakers", ear_names, RS_ARRAY_LEN(ear_names));
}

static void read_line(const struct object *object, struct precall *precall)
{
	const struct object paths = object_child(object, "paths");
	for (size_t i = 0; i < PRECALL_WAYS; i++)
		precall->paths[i] =
			(enum precall_path)read_word(&paths, precall_way_name((enum precall_way)i),
				path_names, RS_ARRAY_LEN(path_names));
	if (!object_has(object, "line"))
		return;
	const struct object line = object_child(object, "line");
	precall->up = read_figure(&line, "up", 0, KBPS_MAX);
	precall->down = read_figure(&line, "down", 0, KBPS_MAX);
	precall->at_least = object_bool_or(&line, "at_least", false);
	precall->rtt = read_figure(&line, "rtt", 0, MS_MAX);
	precall->loss_up = read_figure(&line, "loss_up", 0, 1000);
	precall->loss_down = read_figure(&line, "loss_down", 0, 1000);
}

int precall_parse(
	const char *json, size_t len, struct precall *out_precall, char error[PRECALL_ERROR_LEN])
{
	RS_CLEANUP(doc_freep) json_t *root = doc_read(json, len);
	struct object_error failure;
	const struct object object = object_root(root, "test", &failure);
	*out_precall = (struct precall){ .camera = PRECALL_DEVICE_NONE };
	out_precall->wall_ms = object_int_or(&object, "time", 0, DOC_INT_MAX, 0);
	read_devices(&object, out_precall);
	read_line(&object, out_precall);
	if (!failure.failed)
		return 0;
	(void)rs_copy_text(error, PRECALL_ERROR_LEN, failure.text, strlen(failure.text));
	return -EBADMSG;
}

/* ---- writing ---- */

static json_t *camera_part(const struct precall *precall)
{
	json_t *part = json_object();
	doc_put(&part, "state", json_string(device_names[precall->camera]));
	doc_put_text(&part, "name", precall->camera_name);
	doc_put(&part, "height", json_integer(precall->height));
	doc_put(&part, "luma", json_integer(precall->luma));
	return part;
}

static json_t *microphone_part(const struct precall *precall)
{
	json_t *part = json_object();
	doc_put(&part, "state", json_string(device_names[precall->microphone]));
	doc_put_text(&part, "name", precall->microphone_name);
	doc_put(&part, "level", json_integer(precall->level));
	doc_put(&part, "noise", json_integer(precall->noise));
	doc_put(&part, "clipping", json_integer(precall->clipping));
	return part;
}

static json_t *line_part(const struct precall *precall)
{
	json_t *part = json_object();
	doc_put(&part, "up", json_integer(precall->up));
	doc_put(&part, "down", json_integer(precall->down));
	doc_put(&part, "at_least", json_boolean(precall->at_least));
	doc_put(&part, "rtt", json_integer(precall->rtt));
	doc_put(&part, "loss_up", json_integer(precall->loss_up));
	doc_put(&part, "loss_down", json_integer(precall->loss_down));
	return part;
}

static json_t *found_part(const struct precall *precall)
{
	json_t *part = json_object();
	doc_put(&part, "camera", camera_part(precall));
	doc_put(&part, "microphone", microphone_part(precall));
	doc_put(&part, "speakers", json_string(ear_names[precall->speakers]));
	json_t *paths = json_object();
	for (size_t i = 0; i < PRECALL_WAYS; i++)
		doc_put(&paths, precall_way_name((enum precall_way)i),
			json_string(path_names[precall->paths[i]]));
	doc_put(&part, "paths", paths);
	doc_put(&part, "line", line_part(precall));
	return part;
}

static json_t *reasons_part(const struct precall *precall)
{
	struct precall_finding findings[PRECALL_REASONS];
	const size_t n = precall_judge(precall, findings);
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_array();
		doc_push(&one, json_string(precall_reason_name(findings[i].reason)));
		doc_push(&one, json_string(precall_verdict_name(findings[i].verdict)));
		doc_push(&list, one);
	}
	return list;
}

static void put_brief(json_t **json, const struct precall *precall)
{
	doc_put(json, "verdict", json_string(precall_verdict_name(precall_verdict(precall))));
	doc_put(json, "time", json_integer(precall->wall_ms));
	doc_put(json, "reasons", reasons_part(precall));
}

int precall_note_write(const struct precall *precall, struct rs_buf *out)
{
	json_t *json = found_part(precall);
	doc_put(&json, "time", json_integer(precall->wall_ms));
	return doc_append(json, out);
}

int precall_write_brief(const struct precall *precall, struct rs_buf *out)
{
	json_t *json = json_object();
	put_brief(&json, precall);
	return doc_append(json, out);
}

int precall_write_whole(const char *badge, const struct precall *precall, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "participant", json_string(badge));
	put_brief(&json, precall);
	doc_put(&json, "found", found_part(precall));
	return doc_append(json, out);
}
