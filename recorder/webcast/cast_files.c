/* The files a webcast reads and those it puts out, as sound, pictures and captions see them. */
#include "recorder/webcast/cast_priv.h"

#include <stdio.h>

void cast_rendition(const struct cast *cast, const char *prefix, const char *id, const char *ending,
	struct rendition *out_rendition)
{
	struct rendition_config config = { .ending = ending,
		.segment_ms = cast->config.segment_ms,
		.window = cast->config.window,
		.base = cast->base,
		.started_ms = cast->bulletin->started_ms };
	struct shelf_found found;
	(void)snprintf(config.folder, sizeof(config.folder), "%s%s", prefix, id); /* fits */
	rendition_init(out_rendition, &config);
	if (shelf_disk_look(&cast->disk, config.folder, ending, &found) == 0)
		rendition_resume(out_rendition, found.oldest, found.first, found.n, found.init);
}

void cast_note(struct cast *cast, int err)
{
	if (err < 0)
		cast->figures.errors++;
}

int64_t cast_end(const struct cast *cast)
{
	int64_t end_ms = cast->cut_ms;
	if (bulletin_end(cast->bulletin) < end_ms)
		end_ms = bulletin_end(cast->bulletin);
	return end_ms;
}

int cast_open(const struct cast *cast, const char *id, int64_t from_ms, struct parts *parts)
{
	parts_close(parts);
	return parts_open(parts, cast->session, id, cast->bulletin->parts, from_ms);
}

int cast_read(const struct cast *cast, struct parts *parts, struct reel_block *out_block)
{
	return parts_next(parts, cast->bulletin->parts, out_block);
}

bool cast_is_last(const struct cast *cast, const struct parts *parts)
{
	struct reel_head head;
	if (cast->cut_ms != BULLETIN_NEVER)
		return true;
	/* A file that is finished may be gone on with by the next part. */
	return cast_end(cast) != BULLETIN_NEVER && parts_head(parts, &head) == 0 && head.finished;
}

int64_t cast_next(const struct cast *cast, const struct rendition *rendition)
{
	const int64_t segment_ms = cast->config.segment_ms;
	const int64_t next = rendition_next(rendition);
	const int64_t now = cast->newest_ms / segment_ms;
	/* Gone on with, unless players have given up waiting for it; nothing of before it was switched on. */
	if (next < 0 || next + cast->config.window < now || next > now + 1 ||
		next * segment_ms < cast->bulletin->from_ms)
		return cast->first;
	return next;
}
