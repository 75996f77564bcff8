#include "recorder/webcast/rendition.h"

#include "common/base/hash.h"
#include "common/base/time.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define PLAYLIST_MAX ((size_t)64 << 10)
/* Octets of a digest that are in a name: two that differ are never of one session. */
#define DIGEST_LEN 6

void rendition_init(struct rendition *rendition, const struct rendition_config *config)
{
	*rendition = (struct rendition){ .config = *config };
}

void rendition_file(const struct rendition *rendition, int64_t number, char out[RENDITION_FILE_LEN])
{
	(void)snprintf(out, RENDITION_FILE_LEN, "%06" PRId64 ".%s", number,
		rendition->config.ending); /* fits */
}

static void path_of(const struct rendition *rendition, const char *file, char out[SHELF_NAME_LEN])
{
	(void)snprintf(out, SHELF_NAME_LEN, "%s/%s", rendition->config.folder, file); /* fits */
}

static void drop_file(
	const struct rendition *rendition, const struct shelf *shelf, const char *file)
{
	char path[SHELF_NAME_LEN];
	path_of(rendition, file, path);
	shelf->drop(shelf->ctx, path);
}

static void drop_before(struct rendition *rendition, const struct shelf *shelf, int64_t number)
{
	char file[RENDITION_FILE_LEN];
	for (; rendition->oldest < number; rendition->oldest++) {
		rendition_file(rendition, rendition->oldest, file);
		drop_file(rendition, shelf, file);
	}
}

static int64_t behind(const struct rendition *rendition)
{
	return rendition->first + rendition->n;
}

void rendition_resume(
	struct rendition *rendition, int64_t oldest, int64_t first, uint32_t n, const char *init)
{
	const uint32_t window = rendition->config.window;
	if (n == 0 || first < rendition->config.base)
		return;
	rendition->oldest = oldest > rendition->config.base ? oldest : rendition->config.base;
	rendition->first = n > window ? first + n - window : first;
	rendition->n = n > window ? window : n;
	rendition->last_ms = rendition->config.segment_ms;
	(void)rs_set_text(rendition->init, init); /* a name of ours */
}

int64_t rendition_next(const struct rendition *rendition)
{
	return rendition->n > 0 ? behind(rendition) - rendition->config.base : -1;
}

/* The playlist as if it began with `first`, RFC 8216 section 4.3. */
static int write_playlist(const struct rendition *rendition, bool ended, struct rs_buf *out)
{
	const struct rendition_config *config = &rendition->config;
	int err = rs_buf_printf(out,
		"#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%" PRIu32
		"\n#EXT-X-MEDIA-SEQUENCE:%" PRId64 "\n#EXT-X-INDEPENDENT-SEGMENTS\n",
		(config->segment_ms + 999) / 1000, rendition->first);
	if (err == 0 && rendition->init[0] != '\0')
		err = rs_buf_printf(out, "#EXT-X-MAP:URI=\"%s\"\n", rendition->init);
	for (uint32_t i = 0; i < rendition->n && err == 0; i++) {
		const int64_t number = rendition->first + i;
		const int64_t lasts_ms =
			i + 1 == rendition->n ? rendition->last_ms : config->segment_ms;
		char file[RENDITION_FILE_LEN];
		char time[RS_TIME_TEXT_LEN];
		rendition_file(rendition, number, file);
		rs_wall_format(
			config->started_ms + (number - config->base) * config->segment_ms, time);
		err = rs_buf_printf(out,
			"#EXT-X-PROGRAM-DATE-TIME:%s\n#EXTINF:%" PRId64 ".%03" PRId64 ",\n%s\n",
			time, lasts_ms / 1000, lasts_ms % 1000, file);
	}
	if (err == 0 && ended)
		err = rs_buf_printf(out, "#EXT-X-ENDLIST\n");
	return err;
}

static int put_playlist(const struct rendition *rendition, const struct shelf *shelf, bool ended)
{
	struct rs_buf text;
	char path[SHELF_NAME_LEN];
	rs_buf_init(&text, PLAYLIST_MAX);
	path_of(rendition, RENDITION_PLAYLIST, path);
	int err = write_playlist(rendition, ended, &text);
	if (err == 0)
		err = shelf->put(shelf->ctx, path, rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&text);
	return err;
}

int rendition_begin(
	struct rendition *rendition, const struct shelf *shelf, const void *data, size_t len)
{
	uint8_t digest[RS_SHA256_LEN];
	char hex[2 * DIGEST_LEN + 1];
	char file[RENDITION_FILE_LEN];
	char path[SHELF_NAME_LEN];
	rs_sha256(data, len, digest);
	rs_hex_encode(digest, DIGEST_LEN, hex);
	(void)snprintf(file, sizeof(file), "init-%s.mp4", hex); /* fits */
	if (strcmp(file, rendition->init) == 0)
		return 0;
	path_of(rendition, file, path);
	const int err = shelf->put(shelf->ctx, path, data, len);
	if (err < 0)
		return err;
	if (rendition->stale[0] == '\0')
		(void)rs_set_text(rendition->stale, rendition->init); /* as long */
	else
		drop_file(rendition, shelf, rendition->init); /* no playlist came to name it */
	(void)rs_set_text(rendition->init, file);             /* fits */
	return 0;
}

static bool is_renewed(const struct rendition *rendition)
{
	return rendition->stale[0] != '\0';
}

/* The playlist names nothing any more that was read with another init. */
static void drop_stale(struct rendition *rendition, const struct shelf *shelf)
{
	if (strcmp(rendition->stale, rendition->init) != 0)
		drop_file(rendition, shelf, rendition->stale);
	rendition->stale[0] = '\0';
}

/* The number is in the playlist from now on, and what is too old is not. */
static void append(struct rendition *rendition, int64_t number, int64_t duration_ms)
{
	const bool follows =
		rendition->n > 0 && number == behind(rendition) && !is_renewed(rendition);
	if (!follows) {
		rendition->first = number;
		rendition->n = 0;
	}
	rendition->n++;
	rendition->last_ms = duration_ms;
	if (rendition->n > rendition->config.window) {
		rendition->first++;
		rendition->n--;
	}
}

int rendition_add(struct rendition *rendition, const struct shelf *shelf, int64_t number,
	int64_t duration_ms, const void *data, size_t len)
{
	char file[RENDITION_FILE_LEN];
	char path[SHELF_NAME_LEN];
	number += rendition->config.base;
	if (rendition->ended || (rendition->n > 0 && number < behind(rendition)))
		return 0;
	const struct rendition before = *rendition;
	rendition_file(rendition, number, file);
	path_of(rendition, file, path);
	int err = shelf->put(shelf->ctx, path, data, len);
	if (err < 0)
		return err;
	append(rendition, number, duration_ms);
	err = put_playlist(rendition, shelf, false);
	if (err < 0) {
		drop_file(rendition, shelf, file); /* it would be in nobody's books */
		*rendition = before;
		return err;
	}
	const bool renewed = is_renewed(rendition);
	if (renewed)
		drop_stale(rendition, shelf);
	/* Who read the playlist a moment ago still comes for what stood in it. */
	if (before.n == 0)
		rendition->oldest = number;
	else if (number == behind(&before) && !renewed)
		drop_before(rendition, shelf, number - 2 * (int64_t)rendition->config.window);
	else {
		drop_before(rendition, shelf, behind(&before));
		rendition->oldest = number;
	}
	return 0;
}

int rendition_end(struct rendition *rendition, const struct shelf *shelf)
{
	if (rendition->ended || rendition->n == 0)
		return 0;
	const int err = put_playlist(rendition, shelf, true);
	rendition->ended = err == 0;
	return err;
}
