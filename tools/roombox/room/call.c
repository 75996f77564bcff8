#include "tools/roombox/room/call.h"

#include "tools/roombox/send/ladder.h"

#include <errno.h>
#include <stdio.h>

#define CONNECT_TIMEOUT RS_SEC(10)
#define CHECK RS_MS(250)
/* A line may be quiet for as long while a switch or a firewall thinks. */
#define DEAD RS_SEC(2)
#define BACKOFF_FIRST RS_MS(200)
#define BACKOFF_MOST RS_SEC(5)
#define CREATED 201
/* Each stream keeps so many to send them again: some two seconds of pictures. */
#define RESEND_PACKETS 256

void call_init(struct call *call, const struct room *room, const struct jitter_config *jitter,
	struct rs_rand *rand, rs_time now)
{
	*call = (struct call){ .room = room, .jitter = *jitter, .rand = rand, .due = now };
}

int call_query(const struct room *room, char *out, size_t cap)
{
	size_t len = 0;
	out[0] = '\0';
	for (size_t i = 0; i < room->n_slots; i++) {
		const int err = rs_format(
			out + len, cap - len, "%s%s", i == 0 ? "?receive=" : ",", room->feeds[i]);
		if (err < 0)
			return err;
		len += strlen(out + len);
	}
	return 0;
}

/* --- Ending --- */

static void add_stats(struct jitter_stats *sum, const struct jitter_stats *more)
{
	sum->packets += more->packets;
	sum->late += more->late;
	sum->repeats += more->repeats;
	sum->lost += more->lost;
	sum->recovered += more->recovered;
	sum->concealed += more->concealed;
	sum->pauses += more->pauses;
	sum->resyncs += more->resyncs;
	sum->delay = rs_time_max(sum->delay, more->delay);
	sum->target = rs_time_max(sum->target, more->target);
}

struct jitter_stats call_heard(const struct call *call)
{
	struct jitter_stats sum = call->before;
	for (size_t i = 0; i < ROOM_SLOTS_MAX; i++) {
		if (call->slots[i] != NULL)
			add_stats(&sum, playout_stats(call->slots[i]));
	}
	return sum;
}

rs_time call_rtt(const struct call *call)
{
	return call->stage == CALL_LIVE ? rtc_peer_rtt(call->peer) : -1;
}

static void drop(struct call *call)
{
	call->before = call_heard(call);
	call->before.delay = 0;
	call->before.target = 0;
	for (size_t i = 0; i < ROOM_SLOTS_MAX; i++)
		call->slots[i] = playout_free(call->slots[i]);
	call->peer = rtc_peer_free(call->peer);
}

void call_done(struct call *call)
{
	drop(call);
}

static void again(struct call *call, rs_time now)
{
	rs_time wait = BACKOFF_FIRST;
	drop(call);
	for (unsigned i = 0; i < call->failures && wait < BACKOFF_MOST; i++)
		wait *= 2;
	call->failures++;
	call->stage = CALL_WAITING;
	call->due = now + rs_time_min(wait, BACKOFF_MOST);
}

/* --- Asking --- */

static size_t first_slot(const struct call *call)
{
	return call->room->n_cameras > 0 ? CALL_CAMERA + 1 : CALL_MICROPHONE + 1;
}

static void on_media(void *ctx, const struct rtc_peer_media *media)
{
	struct call *call = ctx;
	const size_t slot = media->section - first_slot(call);
	if (slot < ROOM_SLOTS_MAX && call->slots[slot] != NULL)
		(void)playout_put(call->slots[slot], media->seq, media->rtp_ts, media->payload_view,
			media->len, media->arrived); /* what is bad or late is counted there */
}

static struct rtc_peer_config layout(struct call *call)
{
	struct rtc_peer_config config = {
		.seed = (uint64_t)rs_rand_u32(call->rand) << 32 | rs_rand_u32(call->rand),
		.open_every = 1,
		.reports = true,
		.estimator = call->estimator,
		.resend = RESEND_PACKETS,
		.check_interval = CHECK,
		.dead_after = DEAD,
		.on_media = on_media,
		.ctx = call,
	};
	struct rtc_section *sections = config.sections;
	sections[config.n_sections++] =
		(struct rtc_section){ .media = RTC_AUDIO, .n_layers = 1, .red = true };
	if (call->room->n_cameras > 0)
		sections[config.n_sections++] =
			(struct rtc_section){ .media = RTC_VIDEO, .n_layers = LADDER_LAYERS };
	for (size_t i = 0; i < call->room->n_slots; i++)
		sections[config.n_sections++] =
			(struct rtc_section){ .media = RTC_AUDIO, .direction = RTC_RECEIVE };
	return config;
}

int call_ask(struct call *call, rs_time now, struct rs_buf *offer)
{
	const struct rtc_peer_config config = layout(call);
	int err = rtc_peer_new(&config, now, &call->peer);
	for (size_t i = 0; err == 0 && i < call->room->n_slots; i++)
		err = playout_new(&call->jitter, &call->slots[i]);
	if (err == 0)
		err = rtc_peer_offer(call->peer, offer);
	if (err < 0)
		again(call, now);
	else
		call->stage = CALL_ASKING;
	return err;
}

void call_answered(
	struct call *call, long status, const char *body, size_t len, bool has_v6, rs_time now)
{
	if (call->stage != CALL_ASKING)
		return;
	if (status == CREATED && rtc_peer_answer(call->peer, body, len, has_v6, now) == 0) {
		call->stage = CALL_CONNECTING;
		call->due = now + CONNECT_TIMEOUT;
	} else {
		again(call, now);
	}
}

/* --- Going on --- */

void call_recv(struct call *call, uint8_t *data, size_t len, rs_time now)
{
	if (call->peer != NULL)
		rtc_peer_recv(call->peer, data, len, now);
}

bool call_tick(struct call *call, rs_time now, int64_t wall_us)
{
	if (call->stage != CALL_CONNECTING && call->stage != CALL_LIVE)
		return false;
	rtc_peer_tick(call->peer, now, wall_us);
	const enum rtc_peer_state state = rtc_peer_state(call->peer);
	if (call->stage == CALL_CONNECTING && state == RTC_PEER_CONNECTED) {
		call->stage = CALL_LIVE;
		call->joins++;
		call->failures = 0;
		return false;
	}
	if (state != RTC_PEER_DEAD && state != RTC_PEER_FAILED &&
		(call->stage == CALL_LIVE || now < call->due))
		return false;
	again(call, now);
	return true;
}
