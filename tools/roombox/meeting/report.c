#include "tools/roombox/meeting/report.h"

#include <jansson.h>

#include <errno.h>

/* JSON numbers are exact up to here in every reader. */
#define INT_MOST ((uint64_t)1 << 53)

/* All of them: without memory the whole is NULL in the end, since its parts are. */
static void put(json_t *object, const char *key, json_t *value, int *err)
{
	if (json_object_set_new(object, key, value) < 0)
		*err = -ENOMEM;
}

static void put_int(json_t *object, const char *key, int64_t value, int *err)
{
	put(object, key, json_integer(value), err);
}

static void put_count(json_t *object, const char *key, uint64_t value, int *err)
{
	put(object, key, json_integer((json_int_t)(value > INT_MOST ? INT_MOST : value)), err);
}

static void put_known(json_t *object, const char *key, int64_t value, int *err)
{
	if (value >= 0)
		put_int(object, key, value, err);
}

static void put_since(json_t *object, int64_t since_ms, int *err)
{
	if (since_ms > 0)
		put_int(object, "since", since_ms, err);
}

/* A name that is no UTF-8, or was cut in a letter, is told as far as it is, without what cannot be shown. */
static void put_name(json_t *object, const char *key, const char *name, int *err)
{
	char clean[REPORT_NAME_MAX + 1];
	size_t n = 0;
	const bool good = rs_utf8_valid(name, strlen(name));
	for (; *name != '\0' && n < REPORT_NAME_MAX; name++) {
		const unsigned char letter = (unsigned char)*name;
		clean[n++] =
			letter < ' ' || letter == '\x7f' || (letter >= 0x80 && !good) ? '?' : *name;
	}
	clean[n] = '\0';
	clean[rs_utf8_cut(clean, n)] = '\0';
	put(object, key, json_string(clean), err);
}

static json_t *microphone(const struct report_microphone *one, int *err)
{
	json_t *json = json_object();
	put_name(json, "seat", one->seat, err);
	put(json, "open", json_boolean(one->open), err);
	put_int(json, "level", one->level, err);
	put_int(json, "peak", one->peak, err);
	put_int(json, "clipping", one->clipping, err);
	return json;
}

static json_t *camera(const struct report_camera *one, int *err)
{
	json_t *json = json_object();
	put_name(json, "name", one->name, err);
	put(json, "here", json_boolean(one->here), err);
	put(json, "shown", json_boolean(one->shown), err);
	put_known(json, "fps", one->fps, err);
	put_since(json, one->since_ms, err);
	return json;
}

static json_t *output(const struct report_output *one, int *err)
{
	json_t *json = json_object();
	json_t *feeds = json_array();
	for (size_t i = 0; i < one->n_feeds; i++) {
		if (json_array_append_new(feeds, json_string(one->feeds[i])) < 0)
			*err = -ENOMEM;
	}
	put_name(json, "name", one->name, err);
	put_known(json, "delay", one->delay_ms, err);
	put_count(json, "failed", one->failed, err);
	put(json, "feeds", feeds, err);
	return json;
}

static json_t *device(const struct report_device *one, int *err)
{
	json_t *json = json_object();
	put_name(json, "place", one->place, err);
	put_name(json, "name", one->name, err);
	put(json, "here", json_boolean(one->here), err);
	put_count(json, "lost", one->lost > UINT32_MAX ? UINT32_MAX : one->lost, err);
	put_count(json, "xruns", one->xruns > UINT32_MAX ? UINT32_MAX : one->xruns, err);
	put_count(json, "slips", one->slips, err);
	put_int(json, "ppm", one->ppm, err);
	put_since(json, one->since_ms, err);
	return json;
}

static void put_row(json_t *rows, json_t *row, int *err)
{
	if (json_array_append_new(rows, row) < 0)
		*err = -ENOMEM;
}

static void put_rows(json_t *json, const struct report *report, int *err)
{
	json_t *microphones = json_array();
	json_t *cameras = json_array();
	json_t *outputs = json_array();
	json_t *devices = json_array();
	for (size_t i = 0; i < report->n_microphones; i++)
		put_row(microphones, microphone(&report->microphones[i], err), err);
	for (size_t i = 0; i < report->n_cameras; i++)
		put_row(cameras, camera(&report->cameras[i], err), err);
	for (size_t i = 0; i < report->n_outputs; i++)
		put_row(outputs, output(&report->outputs[i], err), err);
	for (size_t i = 0; i < report->n_devices; i++)
		put_row(devices, device(&report->devices[i], err), err);
	put(json, "microphones", microphones, err);
	put(json, "cameras", cameras, err);
	put(json, "outputs", outputs, err);
	put(json, "devices", devices, err);
}

int report_write(const struct report *report, const char *id, struct rs_buf *out)
{
	int err = 0;
	json_t *json = json_object();
	put(json, "type", json_string("tell-box"), &err);
	put(json, "id", json_string(id), &err);
	put_name(json, "version", report->version, &err);
	put_known(json, "cpu", report->cpu, &err);
	put_count(json, "skipped", report->skipped, &err);
	put_known(json, "free", report->free, &err);
	put_known(json, "left", report->left, &err);
	put_known(json, "kept", report->kept, &err);
	put_known(json, "delay", report->delay_ms, &err);
	put_known(json, "concealed", report->concealed, &err);
	put_known(json, "rtt", report->rtt_ms, &err);
	put_known(json, "available", report->available_kbps, &err);
	put_rows(json, report, &err);
	char *text = err == 0 ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return -ENOMEM;
	err = rs_buf_append(out, text, strlen(text));
	free(text);
	return err;
}
