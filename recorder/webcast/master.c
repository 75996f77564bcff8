#include "recorder/webcast/master.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#define GROUP_SOUND "sound"
#define FLOOR_NAME "Floor"
#define GROUP_CAPTIONS "captions"
/* What sound and the boxes around it take, at most. */
#define SOUND_BPS 160000

/* A quoted string holds neither quotes nor ends of lines (RFC 8216 section 4.2). */
static void quote(char *out, size_t cap, const char *text)
{
	size_t n = 0;
	for (; *text != '\0' && n + 1 < cap; text++)
		if ((unsigned char)*text >= 0x20 && *text != '"')
			out[n++] = *text;
	out[n] = '\0';
}

/* Names differ within a group (RFC 8216 section 4.3.4.1.1), and are not empty: else it is called by its id, which is its own. */
static const char *sound_name(const struct master *master, size_t at)
{
	const struct archive_channel *channel = &master->channels[at];
	bool own = channel->name[0] != '\0' && strcmp(channel->name, FLOOR_NAME) != 0;
	for (size_t i = 0; i < at; i++)
		own = own && strcmp(master->channels[i].name, channel->name) != 0;
	return own ? channel->name : channel->id;
}

static int write_sound(struct rs_buf *out, const char *id, const char *language, const char *name)
{
	char quoted[RS_NAME_MAX + 1]; /* an id, or a name, which is shorter */
	char tag[sizeof(((struct archive_channel *)NULL)->language)];
	quote(quoted, sizeof(quoted), name);
	quote(tag, sizeof(tag), language);
	const bool floor = strcmp(id, NAMES_FLOOR) == 0;
	return rs_buf_printf(out,
		"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"" GROUP_SOUND "\",NAME=\"%s\"%s%s%s"
		",DEFAULT=%s,AUTOSELECT=YES,CHANNELS=\"2\",URI=\"" MASTER_SOUND "%s/index.m3u8\"\n",
		quoted, tag[0] != '\0' ? ",LANGUAGE=\"" : "", tag, tag[0] != '\0' ? "\"" : "",
		floor ? "YES" : "NO", id);
}

/* What a language is called: as its channel is, else by its tag. */
static const char *name_of(const struct master *master, const char *language)
{
	for (size_t i = 0; i < master->n_channels; i++)
		if (strcmp(master->channels[i].language, language) == 0 &&
			master->channels[i].name[0] != '\0')
			return master->channels[i].name;
	return language;
}

static int write_captions(struct rs_buf *out, const struct master *master, const char *language)
{
	char quoted[sizeof(((struct archive_channel *)NULL)->name)];
	quote(quoted, sizeof(quoted), name_of(master, language));
	return rs_buf_printf(out,
		"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"" GROUP_CAPTIONS
		"\",NAME=\"%s\",LANGUAGE=\"%s\",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO"
		",URI=\"" MASTER_CAPTIONS "%s/index.m3u8\"\n",
		quoted, language, language);
}

int master_write_playlist(const struct master *master, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n");
	if (err == 0)
		err = write_sound(out, NAMES_FLOOR, "", FLOOR_NAME);
	for (size_t i = 0; i < master->n_channels && err == 0; i++)
		err = write_sound(out, master->channels[i].id, master->channels[i].language,
			sound_name(master, i));
	for (size_t i = 0; i < master->n_captions && err == 0; i++)
		err = write_captions(out, master, master->captions[i]);
	if (err == 0)
		err = rs_buf_printf(out,
			"#EXT-X-STREAM-INF:BANDWIDTH=%" PRIu32 ",AVERAGE-BANDWIDTH=%" PRIu32
			",CODECS=\"%s,opus\",RESOLUTION=%" PRIu32 "x%" PRIu32 ",FRAME-RATE=%" PRIu32
			".000,AUDIO=\"" GROUP_SOUND "\"%s,CLOSED-CAPTIONS=NONE\nv/index.m3u8\n",
			master->bitrate_bps * 2 + SOUND_BPS, master->bitrate_bps + SOUND_BPS,
			master->picture_codec, master->width, master->height, master->fps,
			master->n_captions > 0 ? ",SUBTITLES=\"" GROUP_CAPTIONS "\"" : "");
	return err;
}

static json_t *languages_json(const struct master *master)
{
	json_t *list = json_pack("[{s:s}]", "id", NAMES_FLOOR);
	for (size_t i = 0; i < master->n_channels; i++) {
		const struct archive_channel *channel = &master->channels[i];
		/* Fails where a name is no UTF-8, or memory is out: the caller sees the NULL of the whole. */
		if (json_array_append_new(
			    list, json_pack("{s:s, s:s, s:s}", "id", channel->id, "language",
					  channel->language, "name", channel->name)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

static json_t *captions_json(const struct master *master)
{
	json_t *list = json_array();
	for (size_t i = 0; i < master->n_captions; i++)
		if (json_array_append_new(list, json_string(master->captions[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

int master_write_live(const struct master *master, struct rs_buf *out)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:b, s:I, s:I, s:I, s:I, s:o, s:o}",
		"format", MASTER_FORMAT, "meeting", master->meeting, "session", master->session,
		"title", master->title, "live", master->live, "started_ms",
		(json_int_t)master->started_ms, "delay_ms", (json_int_t)master->delay_ms,
		"updated_ms", (json_int_t)master->updated_ms, "pictures_left_out",
		(json_int_t)master->left_out, "languages", languages_json(master), "captions",
		captions_json(master));
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return -ENOMEM;
	const int err = rs_buf_append(out, text, strlen(text));
	free(text);
	return err;
}
