#include "recorder/programme/film.h"

#include "recorder/archive/track/track.h"

#include <errno.h>
#include <string.h>

/* The film can be made again from the sources: it need not be durable with each cluster. */
#define SYNC_EVERY 8
/* Whoever speaks in stereo is kept so; a mono packet plays on both sides. */
#define CHANNELS 2

struct film {
	const struct disk *disk;
	char name[RS_NAME_MAX + 1];
	uint64_t uid;
	struct mux *mux;
	uint32_t file;
	bool open;
	bool has_pictures; /* the file has a track for them */
	uint32_t clusters;
	uint64_t next_picture;
	struct strip strip;
};

static int write_file(void *ctx, uint64_t offset, const void *data, size_t len)
{
	const struct film *film = ctx;
	return film->disk->write(film->disk->ctx, film->file, offset, data, len);
}

int film_new(const struct film_config *config, struct film **out_film)
{
	struct film *film = rs_zalloc(sizeof(*film));
	if (film == NULL)
		return -ENOMEM;
	film->disk = config->disk;
	film->uid = config->uid;
	(void)rs_copy_string(film->name, sizeof(film->name), config->name); /* a name */
	strip_init(&film->strip);
	film->strip.position = config->begins_ms * STRIP_SAMPLES_A_MS;
	const struct mux_config mux = { .codec = MUX_OPUS,
		.track_uid = config->uid,
		.title = config->title,
		.language = config->language,
		.app = config->app,
		.wall_ms = config->wall_ms,
		.channels = CHANNELS,
		.picture_later = true,
		.undigested = true, /* it has no ledger: it is made again from what has one */
		.cluster_ms = config->cluster_ms,
		.cluster_max = config->cluster_max };
	const struct mux_port port = { .write = write_file, .ctx = film };
	int err = mux_new(&mux, &port, &film->mux);
	if (err == 0)
		err = config->disk->open(
			config->disk->ctx, config->owner, config->path, DISK_CREATE, &film->file);
	film->open = err == 0;
	if (err < 0) {
		film_free(film);
		return err;
	}
	*out_film = film;
	return 0;
}

struct film *film_free(struct film *film)
{
	if (film == NULL)
		return NULL;
	if (film->open)
		film->disk->close(film->disk->ctx, film->file);
	mux_free(film->mux);
	strip_done(&film->strip);
	return rs_release(film);
}

const char *film_name(const struct film *film)
{
	return film->name;
}

int film_sound(struct film *film, int64_t time_ms, const uint8_t *data, size_t len)
{
	const int err = strip_push(&film->strip, time_ms, data, len);
	return err == -ENOMEM ? err : 0;
}

static int settle(struct film *film)
{
	struct mux_cluster cluster;
	if (mux_poll_cluster(film->mux, &cluster) == 0 || ++film->clusters % SYNC_EVERY != 0)
		return 0;
	return film->disk->sync(film->disk->ctx, film->file, 0);
}

static int write_block(struct film *film, const struct mux_block *block)
{
	const int err = mux_write_block(film->mux, block);
	if (err == -E2BIG)
		return 0; /* no frame of the sources' files is as large */
	return err < 0 ? err : settle(film);
}

static int write_sound(struct film *film, const struct strip_packet *packet)
{
	const struct mux_block block = { .time_ms = packet->at / STRIP_SAMPLES_A_MS,
		.duration_us = packet->samples * 1000 / STRIP_SAMPLES_A_MS,
		.key = true,
		.data = packet->data,
		.len = packet->len };
	return write_block(film, &block);
}

static int begin_pictures(struct film *film, const struct picture *first)
{
	const struct mux_config config = { .codec = track_codec(first->codec),
		.track_uid = film->uid + 1,
		.title = "Speaker",
		.language = "und",
		.width = first->width,
		.height = first->height };
	const int err = mux_add_picture(film->mux, &config);
	film->has_pictures = err == 0;
	return err;
}

static int write_picture(struct film *film, const struct picture *picture)
{
	const struct mux_block block = { .picture = true,
		.time_ms = picture->time_ms,
		.key = picture->key,
		.data = picture->data,
		.len = picture->len };
	const int err = film->has_pictures ? 0 : begin_pictures(film, picture);
	return err < 0 ? err : write_block(film, &block);
}

/* Those that lie before `until`, in samples. */
static int write_pictures(struct film *film, const struct pictures *pictures, int64_t until)
{
	struct picture picture;
	int err = 0;
	while (err == 0 && pictures_get(pictures, film->next_picture, &picture) &&
		picture.time_ms * STRIP_SAMPLES_A_MS < until) {
		err = write_picture(film, &picture);
		film->next_picture++;
	}
	return err;
}

static int run(struct film *film, const struct pictures *pictures, int64_t until_ms,
	int (*next)(struct strip *strip, int64_t until_ms, struct strip_packet *out_packet))
{
	struct strip_packet packet;
	int err = write_pictures(film, pictures, film->strip.position);
	while (err == 0 && next(&film->strip, until_ms, &packet) == 1) {
		err = write_sound(film, &packet);
		if (err == 0)
			err = write_pictures(film, pictures, film->strip.position);
	}
	return err;
}

int film_run(struct film *film, const struct pictures *pictures, int64_t until_ms)
{
	return run(film, pictures, until_ms, strip_next);
}

int film_finish(struct film *film, const struct pictures *pictures, int64_t end_ms, uint64_t token)
{
	struct mux_summary unused;
	int err = run(film, pictures, end_ms, strip_finish);
	if (err == 0)
		err = write_pictures(film, pictures, end_ms * STRIP_SAMPLES_A_MS);
	if (err == 0)
		err = mux_finish(film->mux, &unused);
	return err < 0 ? err : film->disk->sync(film->disk->ctx, film->file, token);
}

uint64_t film_pictures(const struct film *film)
{
	return film->next_picture;
}
