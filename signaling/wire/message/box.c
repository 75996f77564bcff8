#include "signaling/wire/message/box.h"

#include "signaling/wire/json/doc.h"

#include <errno.h>
#include <stdlib.h>

#define VERSION_LEN 32
#define NAME_LEN 96
#define LEVEL_LEAST (-127)
#define PERMILLE 1000
#define PERCENT 100
#define MS_MAX 60000
#define KBPS_MAX 1000000
#define PPM_MAX 1000000
#define COUNT_MAX UINT32_MAX

/* ---- members, read and handed on ---- */

static int64_t take_int(
	const struct object *object, const char *key, int64_t min, int64_t max, json_t **out)
{
	const int64_t value = object_int(object, key, min, max);
	doc_put(out, key, json_integer(value));
	return value;
}

/* null and absent: not measured; told as absent. */
static int64_t take_optional(const struct object *object, const char *key, int64_t min, int64_t max,
	int64_t otherwise, json_t **out)
{
	return object_has(object, key) ? take_int(object, key, min, max, out) : otherwise;
}

static bool take_bool(const struct object *object, const char *key, json_t **out)
{
	const bool value = object_bool(object, key);
	doc_put(out, key, json_boolean(value));
	return value;
}

/* One line, of a system's own names for things: what cannot be shown fails. */
static void take_text(const struct object *object, const char *key, size_t max, json_t **out)
{
	const char *text = object_text(object, key);
	bool good = strlen(text) <= max;
	for (const char *at = text; *at != '\0'; at++)
		good = good && (unsigned char)*at >= ' ' && *at != '\x7f';
	if (!good)
		object_fail(object, key, "one line that is not too long is expected");
	doc_put(out, key, json_string(text));
}

static void take_since(const struct object *object, json_t **out)
{
	(void)take_optional(object, "since", 1, DOC_INT_MAX, 0, out); /* it is for people alone */
}

static int worse(int a, int64_t b)
{
	return b > a ? (int)b : a;
}

/* ---- parts ---- */

/* Level and peak are the loudest since the last report. */
static void take_microphone(const struct object *object, struct box_figures *figures, json_t **out)
{
	take_text(object, "seat", SEAT_MAX, out);
	const bool open = take_bool(object, "open", out);
	const int64_t level = take_int(object, "level", LEVEL_LEAST, 0, out);
	(void)take_int(object, "peak", LEVEL_LEAST, 0, out); /* for people alone */
	const int64_t clipping = take_int(object, "clipping", 0, PERMILLE, out);
	if (!open || object_text(object, "seat")[0] == '\0')
		return;
	figures->silent_db = worse(figures->silent_db, -level);
	figures->clipping_permille = worse(figures->clipping_permille, clipping);
}

static void take_camera(const struct object *object, struct box_figures *figures, json_t **out)
{
	take_text(object, "name", RS_NAME_MAX, out);
	const bool here = take_bool(object, "here", out);
	const bool shown = take_bool(object, "shown", out);
	(void)take_optional(object, "fps", 0, PERMILLE, 0, out); /* for people alone */
	take_since(object, out);
	const enum severity is = here    ? SEVERITY_NONE
				 : shown ? SEVERITY_CRITICAL
					 : SEVERITY_WARNING;
	figures->camera = is > figures->camera ? is : figures->camera;
}

static void take_output(const struct object *object, struct box_figures *figures, json_t **out)
{
	(void)figures; /* what is wrong with one its device tells */
	json_t *feeds = json_array();
	take_text(object, "name", NAME_LEN, out);
	(void)take_optional(
		object, "delay", 0, MS_MAX, 0, out); /* for people alone, as what follows */
	(void)take_int(object, "failed", 0, DOC_INT_MAX, out);
	const size_t n = object_array(object, "feeds", BOX_FEEDS_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *feed = object_text_at(object, "feeds", i);
		if (!rs_name_valid(feed, strlen(feed)))
			object_fail(object, "feeds", "names of feeds are expected");
		doc_push(&feeds, json_string(feed));
	}
	doc_put(out, "feeds", feeds);
}

/* A camera's being away its row tells. */
static void take_device(const struct object *object, struct box_figures *figures, json_t **out)
{
	take_text(object, "place", NAME_LEN, out);
	take_text(object, "name", NAME_LEN, out);
	const bool here = take_bool(object, "here", out);
	(void)take_int(object, "lost", 0, COUNT_MAX, out); /* for people alone */
	const int64_t xruns = take_int(object, "xruns", 0, COUNT_MAX, out);
	(void)take_int(object, "slips", 0, DOC_INT_MAX, out); /* as above */
	const int64_t ppm = take_int(object, "ppm", -PPM_MAX, PPM_MAX, out);
	take_since(object, out);
	const bool card = strncmp(object_text(object, "place"), "camera", 6) != 0;
	if (!here && card)
		figures->card = SEVERITY_CRITICAL;
	figures->xruns += (uint32_t)xruns;
	if (here)
		figures->clock_ppm = worse(figures->clock_ppm, llabs(ppm));
}

typedef void take_fn(const struct object *object, struct box_figures *figures, json_t **out);

static void take_rows(const struct object *object, const char *key, size_t max, take_fn *take,
	struct box_figures *figures, json_t **out)
{
	json_t *rows = json_array();
	const size_t n = object_array(object, key, max);
	for (size_t i = 0; i < n; i++) {
		const struct object row = object_at(object, key, i);
		json_t *one = json_object();
		take(&row, figures, &one);
		doc_push(&rows, one);
	}
	doc_put(out, key, rows);
}

void box_parse(const struct object *object, struct wire_message *message)
{
	struct box_figures *figures = &message->box;
	json_t *out = json_object();
	*figures = (struct box_figures){ .camera = SEVERITY_NONE };
	take_text(object, "version", VERSION_LEN, &out);
	/* for people alone: percent of one core, blocks of 10 ms, octets, seconds */
	(void)take_optional(object, "cpu", 0, PERCENT * 1000, 0, &out);
	(void)take_int(object, "skipped", 0, DOC_INT_MAX, &out);
	(void)take_optional(object, "free", 0, DOC_INT_MAX, 0, &out);
	(void)take_optional(object, "left", 0, DOC_INT_MAX, 0, &out);
	figures->kept = (int)take_optional(object, "kept", 0, PERCENT, 0, &out);
	(void)take_optional(object, "delay", 0, MS_MAX, 0, &out); /* as those above */
	figures->concealed =
		(int)take_optional(object, "concealed", 0, PERMILLE, TROUBLE_UNKNOWN, &out);
	figures->rtt = (int)take_optional(object, "rtt", 0, MS_MAX, TROUBLE_UNKNOWN, &out);
	figures->available =
		(int)take_optional(object, "available", 0, KBPS_MAX, TROUBLE_UNKNOWN, &out);
	take_rows(object, "microphones", BOX_MICROPHONES_MAX, take_microphone, figures, &out);
	take_rows(object, "cameras", BOX_CAMERAS_MAX, take_camera, figures, &out);
	take_rows(object, "outputs", BOX_OUTPUTS_MAX, take_output, figures, &out);
	take_rows(object, "devices", BOX_DEVICES_MAX, take_device, figures, &out);
	message->report = out;
}

int box_write(const struct wire_message *message, struct rs_buf *out)
{
	return doc_append(json_incref(message->report), out);
}

/* ---- who looks ---- */

void box_parse_look(const struct object *object, struct wire_message *message)
{
	if (object_has(object, "participant"))
		(void)rs_set_text(message->command.participant, object_name(object, "participant"));
}

int box_write_wish(unsigned every_ms, struct rs_buf *out)
{
	return rs_buf_printf(
		out, "{\"type\":\"technician\",\"do\":\"figures\",\"every\":%u}", every_ms);
}
