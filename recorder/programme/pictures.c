#include "recorder/programme/pictures.h"

#include "recorder/archive/track/track.h"

#include <errno.h>
#include <string.h>

/* One that waits, with its octets behind it. */
struct node {
	struct node *next;
	struct picture picture;
	uint8_t data[];
};

/* The end of a meeting does not wait longer for what is being coded again. */
#define SETTLE_MS 400U

struct show {
	char source[RS_NAME_MAX + 1];
	int64_t from_ms;
};

struct pictures {
	size_t octets_max;
	size_t octets; /* waiting */
	struct node *first;
	struct node *last;
	uint64_t first_number;

	struct show shows[PICTURES_SHOWS]; /* the n-th at n % PICTURES_SHOWS */
	uint64_t n_shows;                  /* ever */
	uint64_t showing; /* n of the show the last picture taken belongs to, from 1; 0 = none */
	bool waiting_key;
	bool recoded;    /* the last picture taken was coded again */
	int64_t key_ms;  /* the last key frame taken */
	int64_t last_ms; /* the last picture taken */

	bool begun;
	enum depay_codec codec; /* once begun */
	enum press_way way;
	struct press *press;  /* NULL = nothing had to be coded again yet */
	uint64_t recoding;    /* n of the show whose pictures were last given to it */
	bool recoding_broken; /* not all of them: it begins again with a key frame */
	int64_t retry_ms;     /* no sooner than that */
	bool anew;            /* what it gives is of use from a key frame on */
	int64_t seen_ms;      /* the latest picture of who is shown */
	int64_t done_ms;      /* what lies before it comes too late */

	bool foreign_waits;
	uint64_t foreign_show; /* the last one told */
	char foreign[RS_NAME_MAX + 1];
	enum depay_codec foreign_codec;
	struct pictures_stats stats;
};

int pictures_new(size_t octets_max, enum press_way way, struct pictures **out_pictures)
{
	struct pictures *pictures = rs_zalloc(sizeof(*pictures));
	if (pictures == NULL)
		return -ENOMEM;
	pictures->octets_max = octets_max;
	pictures->way = way;
	*out_pictures = pictures;
	return 0;
}

void pictures_begin(struct pictures *pictures, enum depay_codec codec)
{
	pictures->begun = true;
	pictures->codec = codec;
}

static void drop_first(struct pictures *pictures)
{
	struct node *first = pictures->first;
	pictures->first = first->next;
	if (pictures->first == NULL)
		pictures->last = NULL;
	pictures->first_number++;
	pictures->octets -= first->picture.len;
	rs_release(first);
}

struct pictures *pictures_free(struct pictures *pictures)
{
	if (pictures == NULL)
		return NULL;
	while (pictures->first != NULL)
		drop_first(pictures);
	press_free(pictures->press);
	return rs_release(pictures);
}

void pictures_show(struct pictures *pictures, const char *source, int64_t from_ms)
{
	struct show *show = &pictures->shows[pictures->n_shows++ % PICTURES_SHOWS];
	(void)rs_copy_text(show->source, sizeof(show->source), source, strlen(source)); /* a name */
	show->from_ms = from_ms;
}

/* Which show was on at that time, counted from 1; 0 = none that is remembered. */
static uint64_t show_at(const struct pictures *pictures, int64_t time_ms)
{
	for (uint64_t n = pictures->n_shows; n > 0 && n + PICTURES_SHOWS > pictures->n_shows; n--)
		if (pictures->shows[(n - 1) % PICTURES_SHOWS].from_ms <= time_ms)
			return n;
	return 0;
}

static const char *shown_in(const struct pictures *pictures, uint64_t show)
{
	return pictures->shows[(show - 1) % PICTURES_SHOWS].source;
}

static void note_foreign(
	struct pictures *pictures, const char *source, enum depay_codec codec, uint64_t show)
{
	pictures->stats.foreign++;
	if (pictures->foreign_show == show)
		return;
	pictures->foreign_show = show;
	pictures->foreign_waits = true;
	pictures->foreign_codec = codec;
	(void)rs_copy_text(
		pictures->foreign, sizeof(pictures->foreign), source, strlen(source)); /* a name */
}

/* Whether it continues what was taken, or begins anew. */
static bool fits(
	const struct pictures *pictures, const struct picture *picture, uint64_t show, bool recoded)
{
	if (show < pictures->showing)
		return false; /* of who was shown before: overtaken by a later one */
	if (show > pictures->showing || pictures->waiting_key || recoded != pictures->recoded)
		return picture->key && picture->width != 0;
	return true;
}

static int append(struct pictures *pictures, const struct picture *picture)
{
	struct node *node = rs_zalloc(sizeof(*node) + picture->len);
	if (node == NULL)
		return -ENOMEM;
	node->picture = *picture;
	node->picture.data = node->data;
	if (picture->time_ms < pictures->last_ms)
		node->picture.time_ms = pictures->last_ms;
	if (picture->len > 0)
		memcpy(node->data, picture->data, picture->len);
	if (pictures->last != NULL)
		pictures->last->next = node;
	else
		pictures->first = node;
	pictures->last = node;
	pictures->octets += picture->len;
	pictures->last_ms = node->picture.time_ms;
	pictures->stats.taken++;
	return 0;
}

static bool is_carried(const struct pictures *pictures, enum depay_codec codec)
{
	if (pictures->begun)
		return codec == pictures->codec;
	return codec == DEPAY_VP8 || codec == DEPAY_VP9; /* what every player takes in a WebM */
}

static int take(
	struct pictures *pictures, const struct picture *picture, uint64_t show, bool recoded)
{
	if (!fits(pictures, picture, show, recoded) ||
		pictures->octets + picture->len > pictures->octets_max) {
		pictures->stats.dropped++;
		if (show >= pictures->showing)
			pictures->waiting_key = true;
		return 0;
	}
	pictures->begun = true;
	pictures->codec = picture->codec;
	pictures->showing = show;
	pictures->waiting_key = false;
	pictures->recoded = recoded;
	if (picture->key)
		pictures->key_ms = picture->time_ms;
	return append(pictures, picture);
}

static int give(struct pictures *pictures, const struct picture *picture, uint64_t show)
{
	const struct recoder_picture given = { .codec = track_codec(picture->codec),
		.time_ms = picture->time_ms,
		.key = picture->key,
		.data = picture->data,
		.len = picture->len };
	const int err = pictures->press == NULL ? press_new(pictures->way, &pictures->press) : 0;
	if (err < 0)
		return err;
	const enum depay_codec into = pictures->begun ? pictures->codec : DEPAY_VP8;
	return press_put(pictures->press, track_codec(into), show, &given);
}

/* What the file cannot hold as it is. */
static int recode(
	struct pictures *pictures, const char *source, const struct picture *picture, uint64_t show)
{
	const bool refused = pictures->recoding_broken && show == pictures->foreign_show;
	const bool anew = show != pictures->recoding || pictures->recoding_broken;
	if (refused && picture->time_ms < pictures->retry_ms) {
		pictures->stats.foreign++;
		return 0;
	}
	if (show < pictures->showing || show < pictures->recoding || (anew && !picture->key)) {
		pictures->stats.dropped++;
		return 0;
	}
	const int err = give(pictures, picture, show);
	pictures->recoding_broken = err < 0;
	if (err == -ENOMEM)
		return err;
	if (err == 0)
		pictures->recoding = show;
	if (err == 0 && (show == pictures->showing || !press_wants_key(pictures->press)))
		return 0;
	/* What cannot be decoded from its key frame on, as with more than eight bits, will hardly be with the next. */
	pictures->retry_ms = err == -EOPNOTSUPP ? INT64_MAX : picture->time_ms + PICTURES_RETRY_MS;
	note_foreign(pictures, source, picture->codec, show);
	return 0;
}

/* One that was coded again. What comes behind one that is left out refers to it. */
static int gather_one(struct pictures *pictures, const struct recoder_picture *made, uint64_t show,
	int64_t done_ms)
{
	const struct picture picture = { .codec = made->codec == MUX_VP9 ? DEPAY_VP9 : DEPAY_VP8,
		.time_ms = made->time_ms,
		.key = made->key,
		.width = made->width,
		.height = made->height,
		.data = made->data,
		.len = made->len };
	const uint64_t taken = pictures->stats.taken;
	const bool usable = made->time_ms >= done_ms && is_carried(pictures, picture.codec) &&
			    (made->key || !pictures->anew);
	int err = 0;
	if (usable)
		err = take(pictures, &picture, show, true);
	else
		pictures->stats.dropped++;
	pictures->anew = pictures->stats.taken == taken;
	pictures->stats.recoded += pictures->stats.taken - taken;
	if (pictures->anew)
		press_begin_anew(pictures->press);
	return err;
}

int pictures_gather(struct pictures *pictures, int64_t done_ms, int64_t newest_ms)
{
	struct recoder_picture made;
	uint64_t show = 0;
	int err = 0;
	pictures->done_ms = done_ms;
	if (pictures->press == NULL)
		return 0;
	press_expect(pictures->press, newest_ms);
	while (err == 0 && press_take(pictures->press, &made, &show) == 1)
		err = gather_one(pictures, &made, show, done_ms);
	return err;
}

int pictures_push(struct pictures *pictures, const char *source, const struct picture *picture)
{
	const uint64_t show = show_at(pictures, picture->time_ms);
	if (show == 0 || strcmp(shown_in(pictures, show), source) != 0)
		return 0;
	pictures->seen_ms = picture->time_ms;
	const int err = pictures_gather(pictures, pictures->done_ms, picture->time_ms);
	if (err < 0)
		return err;
	return is_carried(pictures, picture->codec) ? take(pictures, picture, show, false)
						    : recode(pictures, source, picture, show);
}

int pictures_settle(struct pictures *pictures, int64_t done_ms)
{
	if (pictures->press == NULL)
		return 0;
	press_settle(pictures->press, SETTLE_MS);
	return pictures_gather(pictures, done_ms, pictures->seen_ms);
}

bool pictures_get(const struct pictures *pictures, uint64_t number, struct picture *out_picture)
{
	const struct node *node = pictures->first;
	for (uint64_t n = pictures->first_number; node != NULL && n < number; n++)
		node = node->next;
	if (node == NULL)
		return false;
	*out_picture = node->picture;
	return true;
}

void pictures_forget(struct pictures *pictures, uint64_t number)
{
	while (pictures->first != NULL && pictures->first_number < number)
		drop_first(pictures);
}

bool pictures_wants_key(const struct pictures *pictures, const char *source)
{
	const uint64_t show = pictures->n_shows;
	if (show == 0 || strcmp(shown_in(pictures, show), source) != 0)
		return false;
	if (show == pictures->foreign_show &&
		(show != pictures->showing || pictures->recoding_broken))
		return pictures->seen_ms >= pictures->retry_ms;
	if (show == pictures->recoding)
		return press_wants_key(pictures->press);
	return show != pictures->showing || pictures->waiting_key ||
	       pictures->last_ms - pictures->key_ms >= PICTURES_KEY_MS;
}

bool pictures_poll_foreign(
	struct pictures *pictures, char out_source[RS_NAME_MAX + 1], enum depay_codec *out_codec)
{
	if (!pictures->foreign_waits)
		return false;
	pictures->foreign_waits = false;
	(void)rs_copy_text(out_source, RS_NAME_MAX + 1, pictures->foreign,
		strlen(pictures->foreign)); /* as long */
	*out_codec = pictures->foreign_codec;
	return true;
}

const struct pictures_stats *pictures_stats(const struct pictures *pictures)
{
	return &pictures->stats;
}
