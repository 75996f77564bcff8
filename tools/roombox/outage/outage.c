#include "tools/roombox/outage/outage.h"

#include "common/log/log.h"
#include "tools/roombox/outage/deliver.h"
#include "tools/roombox/outage/writing.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <time.h>

/* What waits for the thread, while a request is under way. */
#define MAIL_MAX ((size_t)16 << 20)
#define LOOK_EVERY RS_MS(200)
#define SYNC_EVERY RS_SEC(1)

struct outage {
	struct outage_config config;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* of what follows, up to `mail` */
	pthread_cond_t news;
	struct edges edges;
	struct rs_buf mail;
	uint64_t left_out; /* packets that were not given, and octets for which it had no room */
	uint64_t lost;
	atomic_bool line;
	atomic_bool stopping;
	atomic_ullong used, free, unwritten; /* octets */
	atomic_bool failing, sound_alone;
	/* the thread's own */
	struct kept kept;
	bool lasts; /* at the start */
	struct writing writing;
	uint64_t told_packets, told_octets; /* left out */
	struct deliver deliver;
	struct deliver_line *to_there;
	struct kept_part part;
	rs_time synced;
};

/* ---- the thread ---- */

/* An outage is over, and written down. */
static void tell_left_out(struct outage *outage, uint64_t packets, uint64_t lost)
{
	const uint64_t octets = lost + outage->writing.left_out;
	if (packets > outage->told_packets || octets > outage->told_octets)
		log_error(LOG_ARCHIVE, outage->config.source,
			"not all of an outage was kept left_out_packets=%" PRIu64
			" left_out_octets=%" PRIu64,
			packets - outage->told_packets, octets - outage->told_octets);
	outage->told_packets = packets;
	outage->told_octets = octets;
}

static void look_at_disk(struct outage *outage)
{
	struct statvfs disk;
	outage->used = outage->kept.octets;
	if (statvfs(outage->config.directory, &disk) == 0)
		outage->free = (unsigned long long)disk.f_bavail * disk.f_frsize;
}

/* What was given since. */
static void take_mail(struct outage *outage)
{
	(void)pthread_mutex_lock(&outage->lock); /* fails on misuse only, as all of them here */
	const struct edges edges = edges_take(&outage->edges);
	struct rs_buf mail = outage->mail;
	const uint64_t left_out = outage->left_out, lost = outage->lost;
	rs_buf_init(&outage->mail, MAIL_MAX);
	(void)pthread_mutex_unlock(&outage->lock);
	writing_give(&outage->writing, &edges, rs_buf_data(&mail), rs_buf_len(&mail));
	rs_buf_done(&mail);
	if (writing_turn(&outage->writing, outage->free, rs_clock_monotonic()))
		tell_left_out(outage, left_out, lost);
	outage->failing = outage->writing.failing;
	outage->sound_alone = outage->writing.sound_alone;
	outage->unwritten = lost + outage->writing.left_out;
	if (rs_clock_monotonic() - outage->synced < SYNC_EVERY)
		return;
	outage->synced = rs_clock_monotonic();
	kept_sync(&outage->kept);
	look_at_disk(outage);
}

static bool is_given_up(void *ctx)
{
	const struct outage *outage = ctx;
	return outage->stopping || !outage->line;
}

/* The part's times are those of a clock that may have begun anew since. */
static int64_t shift_of(const struct outage *outage, int64_t clock_us)
{
	const struct kept_head *head = &outage->part.head;
	if (strcmp(head->boot, outage->kept.boot) == 0)
		return clock_us;
	const int64_t wall_off_us = clock_us + rs_clock_monotonic() - rs_clock_wall_us();
	return head->wall_us - head->clock_us + wall_off_us;
}

static void settle(struct outage *outage, long status, const char *reason, rs_time sent)
{
	const struct kept_part *part = &outage->part;
	switch (deliver_judge(&outage->deliver, status, part->len, sent, rs_clock_monotonic())) {
	case DELIVER_DONE:
		kept_done(&outage->kept, part);
		if (part->number == part->parts)
			log_info(LOG_ARCHIVE, outage->config.source,
				"an outage is delivered outage=%s parts=%" PRIu32, part->outage,
				part->parts);
		break;
	case DELIVER_AGAIN:
		log_info(LOG_ARCHIVE, outage->config.source,
			"not delivered yet outage=%s part=%" PRIu32 " status=%ld", part->outage,
			part->number, status);
		break;
	case DELIVER_REFUSED:
		log_warning(LOG_ARCHIVE, outage->config.source,
			"what was kept is refused, it stays here directory=%s/refused-%s status=%ld answer=%s",
			outage->config.directory, part->outage, status, reason);
		kept_refused(&outage->kept, part);
		break;
	}
}

static void deliver(struct outage *outage)
{
	char reason[161] = "";
	int64_t clock_us;
	const rs_time now = rs_clock_monotonic();
	if (is_given_up(outage) || now < outage->deliver.at ||
		kept_next(&outage->kept, &outage->part) == 0)
		return;
	if (outage->part.len == 0) { /* cut off before its first record */
		kept_done(&outage->kept, &outage->part);
		return;
	}
	if (deliver_clock(outage->to_there, &clock_us) < 0) {
		settle(outage, 0, reason, now);
		return;
	}
	const rs_time sent = rs_clock_monotonic();
	const long status =
		deliver_put(outage->to_there, &outage->part, shift_of(outage, clock_us), reason);
	if (status != 0 || !outage->stopping)
		settle(outage, status, reason, sent);
}

static void rest(struct outage *outage)
{
	struct timespec until;
	(void)clock_gettime(CLOCK_REALTIME, &until); /* there is always one */
	until.tv_nsec += LOOK_EVERY * 1000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	(void)pthread_mutex_lock(&outage->lock);
	if (!outage->stopping)
		(void)pthread_cond_timedwait(&outage->news, &outage->lock, &until);
	(void)pthread_mutex_unlock(&outage->lock);
}

static void *work(void *ctx)
{
	struct outage *outage = ctx;
	while (!outage->stopping) {
		take_mail(outage);
		deliver(outage);
		rest(outage);
	}
	outage->writing.at = 0; /* a last time */
	take_mail(outage);
	return NULL;
}

/* ---- from outside ---- */

int outage_new(const struct outage_config *config, struct outage **out_outage)
{
	struct outage *outage = rs_zalloc(sizeof(*outage));
	if (outage == NULL)
		return -ENOMEM;
	outage->config = *config;
	outage->deliver.bps = config->bps;
	rs_buf_init(&outage->mail, MAIL_MAX);
	(void)pthread_mutex_init(&outage->lock, NULL);
	(void)pthread_cond_init(&outage->news, NULL);
	const struct deliver_to to = { .base = config->base,
		.meeting = config->meeting,
		.token = config->token,
		.stop = is_given_up,
		.ctx = outage };
	int err = kept_open(&outage->kept, config->directory, config->octets_max);
	if (err < 0)
		log_error(LOG_MAIN, config->source, "cannot be written key=keep.directory path=%s",
			config->directory);
	writing_init(&outage->writing, &outage->kept, config->source, config->reserve);
	outage->lasts = err == 0 && kept_lasts(&outage->kept);
	look_at_disk(outage);
	if (err == 0)
		err = deliver_line_new(&to, &outage->to_there);
	if (err == 0 && pthread_create(&outage->thread, NULL, work, outage) != 0)
		err = -EIO;
	outage->started = err == 0;
	if (err < 0) {
		outage_free(outage);
		return err;
	}
	*out_outage = outage;
	return 0;
}

struct outage *outage_free(struct outage *outage)
{
	if (outage == NULL)
		return NULL;
	outage->stopping = true;
	(void)pthread_cond_signal(&outage->news);
	if (outage->started)
		(void)pthread_join(outage->thread, NULL); /* it was started */
	writing_done(&outage->writing);
	kept_close(&outage->kept);
	deliver_line_free(outage->to_there);
	rs_buf_done(&outage->mail);
	(void)pthread_mutex_destroy(&outage->lock);
	(void)pthread_cond_destroy(&outage->news);
	return rs_release(outage);
}

struct outage_room outage_room(const struct outage *outage)
{
	return (struct outage_room){ .used = outage->used,
		.most = outage->config.octets_max,
		.free = outage->free,
		.left_out = outage->unwritten,
		.failing = outage->failing,
		.sound_alone = outage->sound_alone };
}

bool outage_lasts(const struct outage *outage)
{
	return outage->lasts;
}

void outage_begin(struct outage *outage, rs_time from)
{
	(void)pthread_mutex_lock(&outage->lock);
	edges_begin(&outage->edges, from);
	(void)pthread_mutex_unlock(&outage->lock);
}

void outage_end(struct outage *outage, rs_time to, uint64_t left_out)
{
	(void)pthread_mutex_lock(&outage->lock);
	edges_end(&outage->edges, to);
	outage->left_out = left_out;
	(void)pthread_mutex_unlock(&outage->lock);
}

void outage_take(struct outage *outage, struct rs_buf *records)
{
	const size_t len = rs_buf_len(records);
	if (len == 0)
		return;
	(void)pthread_mutex_lock(&outage->lock);
	if (rs_buf_append(&outage->mail, rs_buf_data(records), len) < 0)
		outage->lost += len;
	(void)pthread_mutex_unlock(&outage->lock);
	rs_buf_consume(records, len);
}

void outage_line(struct outage *outage, bool there)
{
	outage->line = there;
}
