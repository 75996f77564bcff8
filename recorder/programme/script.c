#include "recorder/programme/script.h"

#include "common/base/time.h"
#include "common/evidence/lines.h"
#include "recorder/archive/files/about.h"
#include "recorder/archive/files/member.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINE_MAX_LEN ((size_t)1 << 20)

static void read_channel(struct script *script, const json_t *json)
{
	const char *id = member_text(json, "id");
	if (!rs_name_valid(id, strlen(id)) || script->n_channels == ARCHIVE_CHANNELS_MAX)
		return;
	struct archive_channel *channel = &script->channels[script->n_channels++];
	(void)rs_copy_string(channel->id, sizeof(channel->id), id); /* a name */
	(void)rs_copy_string(channel->language, sizeof(channel->language),
		member_text(json, "language")); /* may be cut: then it is of no use */
	(void)rs_copy_string(
		channel->name, sizeof(channel->name), member_text(json, "name")); /* may be cut */
}

static int read_session(const char *directory, struct script *script)
{
	int err;
	json_t *json = about_load(directory, &err);
	if (json == NULL)
		return err;
	script->started_us = json_integer_value(json_object_get(json, "started_us"));
	(void)rs_copy_string(script->software, sizeof(script->software),
		member_text(json, "software")); /* may be cut */
	const json_t *channel;
	size_t i;
	json_array_foreach(json_object_get(json, "channels"), i, channel)
		read_channel(script, channel);
	json_decref(json);
	return script->started_us > 0 ? 0 : -EBADMSG;
}

static bool parse_segment(const json_t *payload, struct script_segment *out)
{
	char file[NAMES_FILE_LEN];
	const char *name = member_text(payload, "track");
	const char *slash = strrchr(member_text(payload, "file"), '/');
	if (slash == NULL || !rs_name_valid(name, strlen(name)) ||
		names_media_parse(member_text(payload, "media"), &out->media) < 0 ||
		depay_codec_parse(member_text(payload, "codec"), &out->codec) < 0 ||
		rs_format(file, sizeof(file), "%s.webm", slash + 1) < 0)
		return false;
	out->number = names_segment_number(file, name, out->media);
	out->t0_ms = json_integer_value(json_object_get(payload, "t0_ms"));
	(void)rs_copy_string(out->name, sizeof(out->name), name); /* a name */
	out->delivered = json_is_true(json_object_get(payload, "delivered"));
	return out->number != 0 &&
	       (out->media == ARCHIVE_CAMERA ||
		       out->media == (out->delivered ? ARCHIVE_MICROPHONE : ARCHIVE_CHANNEL));
}

static int take_segment(struct script *script, const json_t *payload)
{
	struct script_segment segment;
	if (!parse_segment(payload, &segment))
		return 0;
	const int err = rs_grow(
		&script->segments, script->n_segments, SCRIPT_SEGMENTS_MAX, sizeof(segment));
	if (err < 0)
		return err;
	script->segments[script->n_segments++] = segment;
	script->delivered = script->delivered || segment.media == ARCHIVE_MICROPHONE;
	return 0;
}

static int take_show(struct script *script, const json_t *payload)
{
	struct script_show show = { .t_ms = json_integer_value(json_object_get(payload, "t_ms")) };
	if (!rs_copy_string(show.source, sizeof(show.source), member_text(payload, "source")))
		return 0;
	const int err = rs_grow(&script->shows, script->n_shows, SCRIPT_SHOWS_MAX, sizeof(show));
	if (err == 0)
		script->shows[script->n_shows++] = show;
	return err;
}

/* "2026-11-22T10:00:00.123Z" as the recorder writes it. */
static bool read_time(const char *utc, int64_t *out_wall_ms)
{
	char whole[RS_TIME_TEXT_LEN];
	uint32_t ms;
	int64_t wall_ms;
	if (strlen(utc) != sizeof(whole) - 1 || rs_parse_u32(utc + 20, 3, 999, &ms) < 0)
		return false;
	(void)rs_copy_text(whole, sizeof(whole), utc, 19); /* the moment without its fraction */
	whole[19] = 'Z';
	whole[20] = '\0';
	if (rs_wall_parse(whole, 20, &wall_ms) < 0)
		return false;
	*out_wall_ms = wall_ms + ms;
	return true;
}

/* A repair is later than what it closes, and says when that ended. */
static int64_t end_of(
	struct script *script, const char *type, const json_t *payload, int64_t wall_ms)
{
	const json_t *until = json_object_get(payload, "until_ms");
	const int64_t at_ms = wall_ms - script->started_us / 1000;
	script->repaired = strcmp(type, "recording-repaired") == 0 && json_is_integer(until) &&
			   json_integer_value(until) >= script->end_ms &&
			   json_integer_value(until) <= at_ms;
	return script->repaired ? json_integer_value(until) : at_ms;
}

static int take_line(struct script *script, const struct line *line)
{
	int64_t wall_ms = 0;
	/* Meeting events are the long lines, and say nothing here. */
	if (line->len > LINE_MAX_LEN)
		return 0;
	json_t *json = json_loadb(line->text, line->len, 0, NULL);
	const char *utc = member_text(json, "utc");
	const char *type = member_text(json, "type");
	const json_t *payload = json_object_get(json, "payload");
	int err = 0;
	if (strcmp(type, "recording-resumed") == 0)
		script->repaired = false;
	if (read_time(utc, &wall_ms) && !script->repaired)
		script->end_ms = end_of(script, type, payload, wall_ms);
	script->closed = strcmp(type, "recording-stopped") == 0;
	if (strcmp(type, "segment-opened") == 0)
		err = take_segment(script, payload);
	else if (strcmp(type, "show") == 0)
		err = take_show(script, payload);
	json_decref(json);
	return err;
}

static int by_beginning(const void *a, const void *b)
{
	const struct script_segment *left = a;
	const struct script_segment *right = b;
	return (left->t0_ms > right->t0_ms) - (left->t0_ms < right->t0_ms);
}

static int by_time(const void *a, const void *b)
{
	const struct script_show *left = a;
	const struct script_show *right = b;
	return (left->t_ms > right->t_ms) - (left->t_ms < right->t_ms);
}

static int read_events(const char *directory, struct script *script)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line;
	int err = names_path(directory, NAMES_EVENTS, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err;
	while (err == 0 && lines_next(&file, &line) == 1)
		err = take_line(script, &line);
	lines_done(&file);
	if (script->n_segments > 0)
		qsort(script->segments, script->n_segments, sizeof(*script->segments),
			by_beginning);
	if (script->n_shows > 0)
		qsort(script->shows, script->n_shows, sizeof(*script->shows), by_time);
	return err;
}

int script_read(const char *directory, struct script *out_script)
{
	*out_script = (struct script){ .closed = false };
	int err = read_session(directory, out_script);
	if (err == 0)
		err = read_events(directory, out_script);
	if (err < 0)
		script_done(out_script);
	return err;
}

void script_done(struct script *script)
{
	rs_release(script->segments);
	rs_release(script->shows);
	*script = (struct script){ .closed = false };
}
