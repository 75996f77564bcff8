#include "recorder/webcast/parts.h"

#include <errno.h>

void parts_init(struct parts *parts)
{
	*parts = (struct parts){ .files = { { .fd = -1 }, { .fd = -1 } } };
}

static struct tail_reel *spare(struct parts *parts)
{
	return &parts->files[1 - parts->current];
}

static int open_part(struct parts *parts, uint32_t part)
{
	char file[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	names_programme_part(parts->id, part, file);
	int err = names_file_path(parts->session, file, "", path) < 0 ? -EINVAL : 0;
	if (err == 0)
		err = tail_reel_open(spare(parts), path);
	if (err == 0)
		(void)reel_skip(spare(parts)->reel, parts->from_ms); /* or from its beginning */
	return err;
}

/* The next one that is there, its number returned. One may be missing, or never have got a head: the recorder was killed again. */
static int open_next(struct parts *parts, uint32_t n)
{
	int err = -ENOENT;
	for (uint32_t part = parts->part + 1; part <= n; part++) {
		err = open_part(parts, part);
		if (err == 0)
			return (int)part;
	}
	return err;
}

static void go_on(struct parts *parts, int part)
{
	tail_reel_close(&parts->files[parts->current]);
	parts->current = 1 - parts->current;
	parts->part = (uint32_t)part;
}

int parts_open(
	struct parts *parts, const char *session, const char *id, uint32_t n, int64_t from_ms)
{
	parts_init(parts);
	parts->from_ms = from_ms;
	if (!rs_set_text(parts->session, session) || !rs_set_text(parts->id, id))
		return -EINVAL;
	const int part = open_next(parts, n);
	if (part < 0)
		return part;
	go_on(parts, part);
	return 0;
}

void parts_close(struct parts *parts)
{
	tail_reel_close(&parts->files[0]);
	tail_reel_close(&parts->files[1]);
}

int parts_next(struct parts *parts, uint32_t n, struct reel_block *out_block)
{
	struct tail_reel *file = &parts->files[parts->current];
	int got = tail_reel_next(file, out_block);
	while (got != 1) {
		const int part = open_next(parts, n);
		if (part < 0)
			return got;
		/* Nobody writes this one any more, now that there is the next: what it got last is there. */
		got = tail_reel_next(file, out_block);
		if (got == 1) {
			tail_reel_close(spare(parts));
			return got;
		}
		go_on(parts, part);
		file = &parts->files[parts->current];
		got = tail_reel_next(file, out_block);
	}
	return got;
}

void parts_hold(struct parts *parts)
{
	tail_reel_hold(&parts->files[parts->current]);
}

int parts_head(const struct parts *parts, struct reel_head *out_head)
{
	return tail_reel_head(&parts->files[parts->current], out_head);
}
