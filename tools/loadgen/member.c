#include "tools/loadgen/member.h"

#include "common/base/text.h"
#include "common/rtp/rtp.h"

#include <errno.h>
#include <string.h>

#define CONNECT_TIMEOUT RS_SEC(10)
#define BACKOFF_FIRST RS_MS(100)
#define BACKOFF_MOST RS_SEC(1)
/* Joins that fail this often in a row are given up, unless members are to come back whatever happens. */
#define FAILURES_MAX 3

/* --- Joining --- */

static void on_media(void *ctx, const struct rtc_peer_media *media)
{
	struct member *member = ctx;
	rs_time sent;
	if (!media_stamp_read(media->payload_view, media->len, &sent))
		member->unstamped++;
	else if (member->setup->measuring)
		histogram_add(member->setup->latency, media->arrived - sent);
}

static void section_add(
	struct rtc_peer_config *config, enum rtc_media media, bool publishes, size_t n_layers)
{
	config->sections[config->n_sections++] = (struct rtc_section){
		.media = media,
		.direction = publishes ? RTC_SEND : RTC_RECEIVE,
		.n_layers = publishes ? n_layers : 0,
	};
}

int member_ask(struct member *member, rs_time now, struct rs_buf *offer)
{
	struct member_setup *setup = member->setup;
	struct rtc_peer_config config = {
		.seed = ++setup->seed,
		.open_every = setup->open_every,
		.reports = setup->reports,
		.check_interval = setup->rejoin ? MEMBER_CHECK : MEMBER_CHECK_USUAL,
		.dead_after = setup->rejoin ? MEMBER_DEAD : 0,
		.on_media = on_media,
		.ctx = member,
	};
	if (setup->media.audio_len > 0)
		section_add(&config, RTC_AUDIO, member->publishes, 1);
	if (setup->media.video_bps > 0)
		section_add(&config, RTC_VIDEO, member->publishes, setup->media.n_layers);
	int err = rtc_peer_new(&config, now, &member->peer);
	if (err == 0)
		err = rtc_peer_offer(member->peer, offer);
	if (err < 0)
		return err;
	member->stage = MEMBER_ASKING;
	member->asked_at = now;
	member->counted_in = false;
	return 0;
}

static void join_failed(struct member *member, rs_time now)
{
	member_drop(member);
	rs_time wait = BACKOFF_FIRST;
	for (unsigned i = 0; i < member->failures && wait < BACKOFF_MOST; i++)
		wait *= 2;
	member->failures++;
	const bool again = member->setup->rejoin || member->failures < FAILURES_MAX;
	member->stage = again ? MEMBER_WAITING : MEMBER_OVER;
	member->due = now + rs_time_min(wait, BACKOFF_MOST);
}

void member_answered(struct member *member, long status, const char *session, const char *body,
	size_t len, bool has_v6, rs_time now)
{
	if (member->stage != MEMBER_ASKING)
		return;
	if (status == 201)
		(void)rs_set_text(member->session, session); /* cut short it cannot be deleted */
	else
		member->refused_status = (unsigned)status;
	if (status == 201 && rtc_peer_answer(member->peer, body, len, has_v6, now) == 0) {
		member->stage = MEMBER_CONNECTING;
		member->due = now + CONNECT_TIMEOUT;
	} else {
		join_failed(member, now);
	}
}

static void join_measure(struct member *member, rs_time now)
{
	member->counted_in = true;
	histogram_add(member->setup->join, now - member->asked_at);
}

static void connected(struct member *member, rs_time now)
{
	member->stage = MEMBER_LIVE;
	member->joins++;
	member->failures = 0;
	if (!member->publishes)
		return;
	join_measure(member, now);
	media_init(&member->media, &member->setup->media, now);
}

/* --- Live --- */

static void media_note(struct member *member, rs_time now)
{
	if (!member->counted_in)
		join_measure(member, now);
	const rs_time gap = now - member->last_packet;
	if (member->setup->measuring && member->last_packet != 0 && gap > member->longest_gap)
		member->longest_gap = gap;
	member->last_packet = now;
}

rs_time member_recv(struct member *member, uint8_t *data, size_t len, rs_time now)
{
	if (member->peer == NULL || len == 0)
		return RS_TIME_NEVER;
	const bool media = data[0] >= 128 && !rtp_is_rtcp(data, len);
	if (!member->publishes && media)
		media_note(member, now);
	rtc_peer_recv(member->peer, data, len, now);
	/* All but media may have left something to send. */
	return media ? rtc_peer_deadline(member->peer) : now;
}

rs_time member_deadline(const struct member *member)
{
	switch (member->stage) {
	case MEMBER_WAITING:
		return member->due;
	case MEMBER_CONNECTING:
		return rs_time_min(member->due, rtc_peer_deadline(member->peer));
	case MEMBER_LIVE:
		return rtc_peer_deadline(member->peer);
	case MEMBER_ASKING:
	case MEMBER_OVER:
		break;
	}
	return RS_TIME_NEVER;
}

void member_tick(struct member *member, rs_time now, int64_t wall_us)
{
	if (member->peer == NULL)
		return;
	rtc_peer_tick(member->peer, now, wall_us);
	const enum rtc_peer_state state = rtc_peer_state(member->peer);
	const bool lost = state == RTC_PEER_DEAD || state == RTC_PEER_FAILED;
	if (member->stage == MEMBER_CONNECTING && state == RTC_PEER_CONNECTED) {
		connected(member, now);
	} else if (member->stage == MEMBER_CONNECTING && (lost || member->due <= now)) {
		join_failed(member, now);
	} else if (member->stage == MEMBER_LIVE && lost) {
		member_drop(member);
		member->stage = member->setup->rejoin ? MEMBER_WAITING : MEMBER_OVER;
		member->due = now;
	}
}

static void keyframes_obey(struct member *member, size_t section)
{
	for (size_t i = 0; i < member->setup->media.n_layers; i++) {
		if (rtc_peer_keyframe_wanted(member->peer, section, i))
			media_keyframe(&member->media, i);
	}
}

size_t member_media(struct member *member, rs_time now, uint8_t *out, size_t cap)
{
	struct media_packet packet;
	const size_t video = member->setup->media.audio_len > 0 ? 1 : 0;
	if (member->stage != MEMBER_LIVE)
		return 0;
	if (member->setup->media.video_bps > 0)
		keyframes_obey(member, video);
	while (media_next(&member->media, now, &packet)) {
		media_stamp(packet.payload, packet.len, now);
		const struct rtc_payload payload = {
			.marker = packet.marker,
			.rtp_ts = packet.rtp_ts,
			.level = 20,
			.at = packet.at,
			.data_view = packet.payload,
			.len = packet.len,
		};
		const size_t section = packet.media == RTC_VIDEO ? video : 0;
		const int len =
			rtc_peer_send(member->peer, section, packet.layer, &payload, out, cap);
		if (len > 0)
			return (size_t)len; /* else the answer took sound or picture only */
	}
	return 0;
}

/* --- Counts --- */

static void counts_add(struct member_counts *counts, const struct rtc_peer *peer, size_t n_sections)
{
	for (size_t i = 0; i < n_sections; i++) {
		const struct rtc_receiver_counts *more = &rtc_peer_receiver(peer, i)->counts;
		counts->packets += more->packets;
		counts->octets += more->octets;
		counts->expected += more->expected;
		counts->late += more->late;
		counts->repeats += more->repeats;
	}
	counts->rtx += rtc_peer_stats(peer)->rtx;
	counts->unauthentic += rtc_peer_stats(peer)->unauthentic;
}

struct member_counts member_counts(const struct member *member)
{
	const struct media_config *media = &member->setup->media;
	struct member_counts counts = member->before;
	counts.unstamped = member->unstamped;
	if (member->peer != NULL)
		counts_add(&counts, member->peer,
			(size_t)(media->audio_len > 0) + (size_t)(media->video_bps > 0));
	return counts;
}

void member_drop(struct member *member)
{
	member->before = member_counts(member);
	member->peer = rtc_peer_free(member->peer);
}
