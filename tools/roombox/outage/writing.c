#include "tools/roombox/outage/writing.h"

#include "common/base/rand.h"
#include "common/log/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#define NAME_RANDOM 4

void writing_init(struct writing *writing, struct kept *kept, const char *source, uint64_t reserve)
{
	*writing = (struct writing){ .kept = kept, .source = source, .reserve = reserve };
	rs_buf_init(&writing->waiting, WRITING_WAITS);
}

void writing_done(struct writing *writing)
{
	rs_buf_done(&writing->waiting);
}

/* ---- what is given ---- */

static void append(struct writing *writing, const uint8_t *records, size_t len)
{
	if (rs_buf_append(&writing->waiting, records, len) < 0)
		writing->left_out += len;
}

/* Of these the sound. */
static void append_sound(struct writing *writing, const uint8_t *records, size_t len)
{
	struct late_record record;
	size_t at = 0;
	for (size_t from = 0; late_read(records, len, &at, &record) == 1; from = at) {
		if (record.media == LATE_SOUND)
			append(writing, records + from, at - from);
		else
			writing->left_out += at - from;
	}
}

static void shed_pictures(struct writing *writing)
{
	struct rs_buf all = writing->waiting;
	rs_buf_init(&writing->waiting, WRITING_WAITS);
	append_sound(writing, rs_buf_data(&all), rs_buf_len(&all));
	rs_buf_done(&all);
}

static void leave_out_pictures(struct writing *writing, const char *where)
{
	if (writing->sound_alone)
		return;
	writing->sound_alone = true;
	log_warning(LOG_ARCHIVE, writing->source,
		"pictures of outages are left out, what room there is is for sound where=%s",
		where);
	shed_pictures(writing);
}

void writing_give(
	struct writing *writing, const struct edges *edges, const uint8_t *records, size_t len)
{
	if (edges->begun && !writing->begins && !writing->ends) {
		writing->begins = true;
		writing->from = edges->from;
		writing->full = false;
	}
	if (edges->begun || edges->ended)
		writing->ends = edges->ended;
	if (edges->ended)
		writing->to = edges->to;
	if (len == 0 || (!writing->begins && !kept_lasts(writing->kept)))
		return;
	if (rs_buf_len(&writing->waiting) + len > WRITING_WAITS)
		leave_out_pictures(writing, "memory");
	if (writing->sound_alone)
		append_sound(writing, records, len);
	else
		append(writing, records, len);
}

/* ---- the disk ---- */

/* With some room more than it went by, so that pictures do not come and go. */
static void look_at_room(struct writing *writing, uint64_t free)
{
	const struct kept *kept = writing->kept;
	const uint64_t left = kept->max > kept->octets ? kept->max - kept->octets : 0;
	const uint64_t room = left < free ? left : free;
	if (room < writing->reserve)
		leave_out_pictures(writing, left < free ? "keep.most" : "disk");
	if (!writing->sound_alone || writing->failing ||
		room < writing->reserve + writing->reserve / 4)
		return;
	writing->sound_alone = false;
	log_info(LOG_ARCHIVE, writing->source, "pictures of outages are kept again");
}

static int begin(struct writing *writing)
{
	char name[RS_NAME_MAX + 1];
	char random[NAME_RANDOM + 1];
	struct rs_rand rand;
	struct tm utc;
	const time_t now = (time_t)(rs_clock_wall_us() / 1000000);
	rs_rand_init_system(&rand);
	rs_rand_text(&rand, random, NAME_RANDOM);
	(void)gmtime_r(&now, &utc); /* fails in no year of ours */
	const size_t len = strftime(name, sizeof(name), "%Y%m%dT%H%M%SZ-", &utc);
	(void)rs_copy_text(name + len, sizeof(name) - len, random, NAME_RANDOM); /* fits */
	const int err = kept_begin(writing->kept, name, writing->from);
	if (err == 0)
		log_info(LOG_ARCHIVE, writing->source, "an outage is kept outage=%s",
			writing->kept->writing);
	return err;
}

/* What is beyond keep.most is left out now: no room comes before there is a line. */
static int write_down(struct writing *writing)
{
	struct rs_buf *waiting = &writing->waiting;
	size_t written;
	if (rs_buf_len(waiting) == 0)
		return 0;
	const int err =
		kept_write(writing->kept, rs_buf_data(waiting), rs_buf_len(waiting), &written);
	rs_buf_consume(waiting, written);
	if (err != -ENOSPC)
		return err;
	writing->left_out += rs_buf_len(waiting);
	rs_buf_consume(waiting, rs_buf_len(waiting));
	if (!writing->full)
		log_error(LOG_ARCHIVE, writing->source,
			"not all of an outage can be kept reason=keep.most");
	writing->full = true;
	return 0;
}

static int write_all(struct writing *writing)
{
	const int err = writing->begins ? begin(writing) : 0;
	if (err < 0)
		return err;
	writing->begins = false;
	return write_down(writing);
}

static void tell(struct writing *writing, bool failing, int why)
{
	if (failing && !writing->failing)
		log_error(LOG_ARCHIVE, writing->source,
			"an outage cannot be written, it is tried again directory=%s error=%s",
			writing->kept->directory, strerror(why));
	if (!failing && writing->failing)
		log_info(LOG_ARCHIVE, writing->source,
			"an outage is written again left_out_octets=%" PRIu64, writing->left_out);
	writing->failing = failing;
}

bool writing_turn(struct writing *writing, uint64_t free, rs_time now)
{
	if (now < writing->at)
		return false;
	look_at_room(writing, free);
	const int err = write_all(writing);
	const int why = errno;
	writing->at = err < 0 ? now + WRITING_AGAIN : now;
	if (writing->failing || err < 0)
		tell(writing, err < 0, why);
	if (err < 0 || !writing->ends)
		return false;
	kept_end(writing->kept, writing->to);
	writing->ends = false;
	return true;
}
