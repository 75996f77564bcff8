#include "recorder/fmp4/fmp4.h"

#include "recorder/fmp4/box.h"

#include <errno.h>

/* styp, moof and the head of mdat, but for what each sample takes. */
#define FRAGMENT_ROOM ((size_t)256)
#define SAMPLE_ROOM ((size_t)12)
/* ISO/IEC 14496-12 section 8.8.3.1: others depend on nothing else (2), on others (1); no place to begin. */
#define FLAGS_KEY 0x02000000u
#define FLAGS_DELTA 0x01010000u

static void write_run(struct rs_writer *w, const struct fmp4_fragment *fragment, size_t *out_offset)
{
	const bool sound = fragment->codec == FMP4_OPUS;
	/* Where the data lies; duration and size of each sample; of pictures its flags as well. */
	const size_t box = box_open_full(w, "trun", 0, sound ? 0x301 : 0x701);
	rs_write_u32(w, (uint32_t)fragment->n);
	*out_offset = w->len;
	rs_write_u32(w, 0);
	for (size_t i = 0; i < fragment->n; i++) {
		rs_write_u32(w, fragment->samples[i].duration);
		rs_write_u32(w, fragment->samples[i].len);
		if (!sound)
			rs_write_u32(w, fragment->samples[i].key ? FLAGS_KEY : FLAGS_DELTA);
	}
	box_close(w, box);
}

static void write_rolls(struct rs_writer *w, size_t n)
{
	const size_t box = box_open_full(w, "sbgp", 0, 0);
	box_text(w, "roll");
	rs_write_u32(w, 1);
	rs_write_u32(w, (uint32_t)n);
	rs_write_u32(w, 1); /* the one of the sample table */
	box_close(w, box);
}

static void write_track_fragment(
	struct rs_writer *w, const struct fmp4_fragment *fragment, size_t *out_offset)
{
	const bool sound = fragment->codec == FMP4_OPUS;
	const size_t box = box_open(w, "traf");
	/* Offsets count from the moof; of sound all samples have the same flags. */
	const size_t head = box_open_full(w, "tfhd", 0, sound ? 0x020020 : 0x020000);
	rs_write_u32(w, BOX_TRACK_ID);
	if (sound)
		rs_write_u32(w, FLAGS_KEY);
	box_close(w, head);
	const size_t time = box_open_full(w, "tfdt", 1, 0);
	rs_write_u64(w, fragment->time);
	box_close(w, time);
	write_run(w, fragment, out_offset);
	if (sound)
		write_rolls(w, fragment->n);
	box_close(w, box);
}

static void write_fragment_head(struct rs_writer *w, const struct fmp4_fragment *fragment)
{
	size_t offset_at = 0;
	const size_t brands = box_open(w, "styp");
	box_text(w, "msdh");
	rs_write_u32(w, 0);
	box_text(w, "msdhcmfc");
	box_close(w, brands);
	const size_t movie = box_open(w, "moof");
	const size_t head = box_open_full(w, "mfhd", 0, 0);
	rs_write_u32(w, fragment->sequence);
	box_close(w, head);
	write_track_fragment(w, fragment, &offset_at);
	box_close(w, movie);
	if (w->failed)
		return;
	struct rs_writer offset;
	rs_writer_init(&offset, w->data + offset_at, 4);
	rs_write_u32(&offset, (uint32_t)(w->len - movie + 8)); /* behind the head of mdat */
	rs_write_u32(w, (uint32_t)(fragment->len + 8));
	box_text(w, "mdat");
}

static bool fragment_valid(const struct fmp4_fragment *fragment)
{
	uint64_t sum = 0;
	for (size_t i = 0; i < fragment->n; i++)
		sum += fragment->samples[i].len;
	return fragment->n > 0 && fragment->n <= UINT16_MAX && sum == fragment->len &&
	       sum < UINT32_MAX / 2;
}

int fmp4_write_fragment(const struct fmp4_fragment *fragment, struct rs_buf *out)
{
	struct rs_writer w;
	if (!fragment_valid(fragment))
		return -EINVAL;
	const int err =
		box_room(out, FRAGMENT_ROOM + SAMPLE_ROOM * fragment->n + fragment->len, &w);
	if (err < 0)
		return err;
	write_fragment_head(&w, fragment);
	rs_write_bytes(&w, fragment->data, fragment->len);
	rs_buf_commit(out, w.len);
	return w.failed ? -EINVAL : 0;
}
