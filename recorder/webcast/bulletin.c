#include "recorder/webcast/bulletin.h"

#include "common/base/text.h"
#include "common/base/time.h"
#include "common/evidence/chain.h"
#include "recorder/archive/files/member.h"
#include "recorder/archive/session/session.h"

#include <errno.h>
#include <jansson.h>

/* Meeting events of the kinds below are short. */
#define LINE_MAX_LEN ((size_t)64 << 10)
/* The last second of the year 9999: times stay within sums. */
#define WALL_MAX_MS INT64_C(253402300799000)

static int64_t number_of(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key));
}

/* A time that is one: what lies outside of all years is taken for the nearest moment that does not. */
static int64_t time_of(const json_t *object, const char *key)
{
	const int64_t ms = number_of(object, key);
	if (ms < 0)
		return 0;
	return ms < WALL_MAX_MS ? ms : WALL_MAX_MS;
}

/* --- session.json --- */

static void read_channels(struct bulletin *bulletin, const json_t *channels)
{
	size_t i;
	const json_t *one;
	json_array_foreach(channels, i, one)
	{
		const char *id = member_text(one, "id");
		if (bulletin->n_channels == ARCHIVE_CHANNELS_MAX || !rs_name_valid(id, strlen(id)))
			continue;
		struct archive_channel *channel = &bulletin->channels[bulletin->n_channels++];
		(void)rs_set_text(channel->id, id); /* a name */
		if (!rs_set_text(channel->language, member_text(one, "language")))
			channel->language[0] = '\0';
		(void)rs_copy_text(channel->name, sizeof(channel->name), member_text(one, "name"),
			rs_utf8_cut(member_text(one, "name"), sizeof(channel->name) - 1));
	}
}

static int read_session(struct bulletin *bulletin, const json_t *json)
{
	const char *meeting = member_text(json, "meeting");
	const char *session = member_text(json, "session");
	const char *class = member_text(json, "class");
	const int64_t started_us = number_of(json, "started_us");
	if (strcmp(member_text(json, "format"), SESSION_FORMAT) != 0 ||
		!rs_name_valid(meeting, strlen(meeting)) || !names_session_valid(session) ||
		started_us <= 0 || started_us / 1000 > WALL_MAX_MS)
		return -EBADMSG;
	(void)rs_set_text(bulletin->meeting, meeting); /* names */
	(void)rs_set_text(bulletin->session, session);
	(void)rs_copy_text(bulletin->title, sizeof(bulletin->title), member_text(json, "title"),
		rs_utf8_cut(member_text(json, "title"), sizeof(bulletin->title) - 1));
	bulletin->is_public = class[0] == '\0' || strcmp(class, "public") == 0;
	bulletin->started_ms = started_us / 1000;
	read_channels(bulletin, json_object_get(json, "channels"));
	return 0;
}

int bulletin_init(struct bulletin *bulletin, const char *session, size_t len)
{
	*bulletin = (struct bulletin){ .until_ms = 0, .ended_ms = BULLETIN_NEVER, .parts = 1 };
	json_t *json = json_loadb(session, len, JSON_REJECT_DUPLICATES, NULL);
	const int err = read_session(bulletin, json);
	json_decref(json);
	return err;
}

/* --- events of the meeting --- */

static void switch_to(struct bulletin *bulletin, bool on, int64_t at_ms)
{
	const bool is_on = bulletin->until_ms == BULLETIN_NEVER;
	if (on == is_on)
		return;
	if (on) {
		bulletin->switched++;
		bulletin->from_ms = at_ms > 0 ? at_ms : 0;
	}
	bulletin->until_ms = on ? BULLETIN_NEVER : at_ms;
}

static void on_webcast(struct bulletin *bulletin, const json_t *data, int64_t at_ms)
{
	switch_to(bulletin, json_is_true(json_object_get(data, "on")), at_ms);
}

/* Where a session begins or goes on, its event says how the switch stands. */
static void on_recording(struct bulletin *bulletin, const json_t *data, int64_t at_ms)
{
	if (strcmp(member_text(data, "session"), bulletin->session) == 0)
		switch_to(bulletin, json_is_true(json_object_get(data, "webcast")), at_ms);
}

static void on_visibility(struct bulletin *bulletin, const json_t *data, int64_t at_ms)
{
	if (strcmp(member_text(data, "visibility"), "public") != 0)
		switch_to(bulletin, false, at_ms);
}

static void on_caption(struct bulletin *bulletin, const json_t *data, int64_t at_ms)
{
	const char *language = member_text(data, "language");
	const char *text = member_text(data, "text");
	struct bulletin_caption caption = { .line = (uint32_t)number_of(data, "line"),
		.from_ms = time_of(data, "from_ms") - bulletin->started_ms,
		.to_ms = time_of(data, "to_ms") - bulletin->started_ms };
	/* A language becomes part of a name; times are those of a clock, which may have been set. */
	if (!rs_name_valid(language, strlen(language)) ||
		!rs_set_text(caption.language, language) || !rs_set_text(caption.text, text) ||
		text[0] == '\0' || caption.to_ms < caption.from_ms ||
		caption.to_ms > at_ms + 3600000)
		return;
	if (bulletin->n_captions == BULLETIN_CAPTIONS) {
		bulletin->n_captions--;
		memmove(bulletin->captions, bulletin->captions + 1,
			bulletin->n_captions * sizeof(bulletin->captions[0]));
	}
	bulletin->captions[bulletin->n_captions++] = caption;
}

static void take_event(struct bulletin *bulletin, const json_t *event)
{
	static const struct {
		const char *name;
		void (*take)(struct bulletin *bulletin, const json_t *data, int64_t at_ms);
	} known[] = { { "webcast", on_webcast }, { "recording-started", on_recording },
		{ "visibility-changed", on_visibility }, { "caption", on_caption } };
	const char *name = member_text(event, "name");
	for (size_t i = 0; i < RS_ARRAY_LEN(known); i++)
		if (strcmp(known[i].name, name) == 0)
			known[i].take(bulletin, json_object_get(event, "data"),
				time_of(event, "time") - bulletin->started_ms);
}

/* --- lines of the recorder --- */

static void take_show(struct bulletin *bulletin, const json_t *payload)
{
	if (bulletin->n_shows == BULLETIN_SHOWS) {
		bulletin->n_shows--;
		memmove(bulletin->shows, bulletin->shows + 1,
			bulletin->n_shows * sizeof(bulletin->shows[0]));
	}
	bulletin->shows[bulletin->n_shows++] =
		(struct bulletin_show){ .at_ms = time_of(payload, "t_ms"),
			.somebody = member_text(payload, "source")[0] != '\0' };
}

/* The moment a line was written: "2026-11-22T10:00:00.123Z". The recording's end is nothing finer. */
static int64_t moment(const struct bulletin *bulletin, const char *utc)
{
	char whole[RS_TIME_TEXT_LEN];
	int64_t wall_ms;
	uint32_t ms;
	if (strlen(utc) != RS_TIME_TEXT_LEN - 1 || rs_parse_u32(utc + 20, 3, 999, &ms) < 0)
		return 0;
	(void)rs_copy_text(whole, sizeof(whole), utc, 19); /* without its fraction */
	whole[19] = 'Z';
	whole[20] = '\0';
	if (rs_wall_parse(whole, 20, &wall_ms) < 0)
		return 0;
	return wall_ms + ms - bulletin->started_ms;
}

/* A recorder that is stopped may be back in a moment, as when it is updated: that is no end of the meeting. */
static void on_stopped(struct bulletin *bulletin, const json_t *line)
{
	const char *reason = member_text(json_object_get(line, "payload"), "reason");
	if (strcmp(reason, ARCHIVE_RECORDER_STOPS) != 0)
		bulletin->ended_ms = moment(bulletin, member_text(line, "utc"));
}

static void on_resumed(struct bulletin *bulletin)
{
	bulletin->ended_ms = BULLETIN_NEVER;
	bulletin->parts++;
}

void bulletin_line(struct bulletin *bulletin, const char *text, size_t len)
{
	if (len > LINE_MAX_LEN)
		return;
	json_t *json = json_loadb(text, len, 0, NULL);
	const json_t *payload = json_object_get(json, "payload");
	const char *type = member_text(json, "type");
	if (strcmp(type, CHAIN_TYPE_MEETING) == 0)
		take_event(bulletin, payload);
	else if (strcmp(type, "show") == 0)
		take_show(bulletin, payload);
	else if (strcmp(type, "recording-stopped") == 0)
		on_stopped(bulletin, json);
	else if (strcmp(type, "recording-resumed") == 0)
		on_resumed(bulletin);
	json_decref(json);
}

/* --- what follows --- */

bool bulletin_is_on(const struct bulletin *bulletin)
{
	return bulletin->is_public && bulletin_end(bulletin) == BULLETIN_NEVER;
}

int64_t bulletin_end(const struct bulletin *bulletin)
{
	return bulletin->until_ms < bulletin->ended_ms ? bulletin->until_ms : bulletin->ended_ms;
}

int bulletin_take_show(struct bulletin *bulletin, int64_t until_ms, struct bulletin_show *out_show)
{
	if (bulletin->n_shows == 0 || bulletin->shows[0].at_ms > until_ms)
		return 0;
	*out_show = bulletin->shows[0];
	bulletin->n_shows--;
	memmove(bulletin->shows, bulletin->shows + 1,
		bulletin->n_shows * sizeof(bulletin->shows[0]));
	return 1;
}

/* A line is written seconds after it was said. */
static bool is_on_the_air(const struct bulletin *bulletin, const struct bulletin_caption *caption)
{
	return caption->from_ms >= bulletin->from_ms && caption->to_ms <= bulletin_end(bulletin);
}

int bulletin_take_caption(struct bulletin *bulletin, struct bulletin_caption *out_caption)
{
	bool taken = false;
	while (bulletin->n_captions > 0 && !taken) {
		taken = is_on_the_air(bulletin, &bulletin->captions[0]);
		if (taken)
			*out_caption = bulletin->captions[0];
		bulletin->n_captions--;
		memmove(bulletin->captions, bulletin->captions + 1,
			bulletin->n_captions * sizeof(bulletin->captions[0]));
	}
	return taken ? 1 : 0;
}
