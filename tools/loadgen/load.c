#include "tools/loadgen/load.h"

#include "common/base/text.h"
#include "tools/client/http.h"
#include "tools/client/io.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define CONNECTIONS 8L
#define JOIN_PATIENCE RS_SEC(30)
#define LEAVE_PATIENCE RS_SEC(10)
#define PROGRESS_INTERVAL RS_SEC(1)
#define OFFER_MAX 65536

enum phase {
	PHASE_JOIN,
	PHASE_SETTLE,
	PHASE_MEASURE,
	PHASE_LEAVE,
	PHASE_OVER,
};

struct load {
	const struct load_options *options;
	struct member_setup setup;
	struct rtc_io *io;
	struct rtc_http *http;
	struct member *members; /* publishers, then players */
	rs_time *wakes;         /* of each: when it wants attention; apart, to be walked quickly */
	size_t n_members;
	size_t n_publishers;
	enum phase phase;
	rs_time phase_ends;
	bool players_called;
	bool leaving_told;
	rs_time began; /* the measurement */
	rs_time next_progress;
	uint64_t progress_packets;
	struct process_use server_before; /* players joined */
	struct process_use server_begin;  /* the measurement */
	int64_t own_cpu_begin;
	struct member_counts *counts_begin; /* of each member */
	struct load_result result;
};

/* --- Birth and death --- */

static int url_make(const struct load *load, size_t at, char out[MEMBER_URL_MAX])
{
	const struct load_options *options = load->options;
	if (at < load->n_publishers)
		return rs_format(out, MEMBER_URL_MAX, "%s/whip/%s/%s-%zu", options->base,
			options->meeting, options->source, at + 1);
	if (options->feed != NULL)
		return rs_format(out, MEMBER_URL_MAX, "%s/whep/%s/%s", options->base,
			options->meeting, options->feed);
	/* One after another, so that all feeds grow alike. */
	const size_t publisher = (at - load->n_publishers) % load->n_publishers;
	return rs_format(out, MEMBER_URL_MAX, "%s/whep/%s/source-%s-%zu", options->base,
		options->meeting, options->source, publisher + 1);
}

static int members_make(struct load *load)
{
	for (size_t i = 0; i < load->n_members; i++) {
		struct member *member = &load->members[i];
		member->setup = &load->setup;
		member->publishes = i < load->n_publishers;
		member->due = RS_TIME_NEVER;
		load->wakes[i] = RS_TIME_NEVER;
		member->socket = SIZE_MAX;
		if (url_make(load, i, member->url) < 0)
			return -EINVAL;
	}
	return 0;
}

static void call(struct load *load, size_t from, size_t to, rs_time now)
{
	for (size_t i = from; i < to; i++) {
		load->wakes[i] = now + (rs_time)(i - from) * RS_SEC(1) / load->options->ramp;
		load->members[i].due = load->wakes[i];
	}
	load->phase_ends =
		now + (rs_time)(to - from) * RS_SEC(1) / load->options->ramp + JOIN_PATIENCE;
}

static void on_datagram(void *ctx, void *socket_ctx, uint8_t *data, size_t len, rs_time arrived)
{
	struct load *load = ctx;
	struct member *member = socket_ctx;
	rs_time *wake = &load->wakes[member - load->members];
	*wake = rs_time_min(*wake, member_recv(member, data, len, arrived));
}

static int load_init(struct load *load, const struct load_options *options, rs_time now)
{
	const size_t groups = options->publishers > 0 ? options->publishers : 1;
	load->options = options;
	load->n_publishers = options->publishers;
	load->n_members = options->publishers + groups * options->players;
	load->setup = (struct member_setup){
		.media = {
			.audio_len = options->audio_len,
			.video_bps = options->video_bps,
			.fps = options->fps,
			.n_layers = options->layers,
			.keyframe_interval = RS_SEC(options->keyframe_s),
		},
		.reports = options->reports,
		.rejoin = options->rejoin,
		.open_every = options->open_every,
		/* Credentials and SSRCs of another run must not be met again. */
		.seed = (uint64_t)rs_clock_wall_us(),
		.latency = &load->result.latency,
		.join = &load->result.join,
	};
	load->members = rs_calloc(load->n_members, sizeof(*load->members));
	load->wakes = rs_calloc(load->n_members, sizeof(*load->wakes));
	load->counts_begin = rs_calloc(load->n_members, sizeof(*load->counts_begin));
	if (load->members == NULL || load->wakes == NULL || load->counts_begin == NULL)
		return -ENOMEM;
	int err = members_make(load);
	if (err == 0)
		err = rtc_io_new(load->n_members, on_datagram, load, &load->io);
	if (err == 0)
		err = rtc_http_new(options->token, CONNECTIONS, &load->http);
	call(load, 0, load->n_publishers, now);
	load->next_progress = now + PROGRESS_INTERVAL;
	return err;
}

static void load_done(struct load *load)
{
	for (size_t i = 0; i < load->n_members && load->members != NULL; i++)
		member_drop(&load->members[i]);
	rtc_http_free(load->http);
	rtc_io_free(load->io);
	rs_release(load->members);
	rs_release(load->wakes);
	rs_release(load->counts_begin);
}

/* --- A turn --- */

static void answers_take(struct load *load, rs_time now)
{
	struct rtc_http_answer answer;
	rtc_http_turn(load->http);
	while (rtc_http_poll(load->http, &answer) == 1) {
		struct member *member = answer.ctx; /* NULL: it left */
		if (member == NULL)
			continue;
		member_answered(member, answer.status, answer.session_url, answer.body, answer.len,
			rtc_io_has_v6(load->io), now);
		load->wakes[member - load->members] = now;
	}
}

/* What cannot be given back the server drops when consent runs out. */
static void session_delete(struct load *load, struct member *member)
{
	if (member->session[0] != '\0')
		(void)rtc_http_delete(load->http, member->session, NULL);
	member->session[0] = '\0';
}

/* An offer that cannot be made or sent is as one that was refused. */
static void ask(struct load *load, struct member *member, rs_time now)
{
	struct rs_buf offer;
	rs_buf_init(&offer, OFFER_MAX);
	session_delete(load, member); /* of a media server that died: signaling may still hold it */
	int err = member->socket != SIZE_MAX ? 0 : rtc_io_open(load->io, member, &member->socket);
	if (err == 0)
		err = member_ask(member, now, &offer);
	if (err == 0)
		err = rs_buf_append(&offer, "", 1);
	if (err == 0)
		err = rtc_http_post(load->http, member->url, (const char *)rs_buf_data(&offer),
			rs_buf_len(&offer) - 1, member);
	rs_buf_done(&offer);
	if (err == 0)
		return;
	member->stage = MEMBER_ASKING;
	member_answered(member, 0, "", "", 0, false, now);
}

static void datagrams_send(struct load *load, struct member *member)
{
	struct rtc_client_datagram datagram;
	while (member->peer != NULL && rtc_peer_poll(member->peer, &datagram) == 1) {
		memcpy(rtc_io_room(load->io, member->socket), datagram.data_view, datagram.len);
		rtc_io_commit(load->io, datagram.len, &datagram.to);
	}
}

static void member_turn(struct load *load, struct member *member, rs_time now, int64_t wall_us)
{
	if (member->stage == MEMBER_WAITING && member->due <= now && load->phase < PHASE_LEAVE)
		ask(load, member, now);
	member_tick(member, now, wall_us);
	datagrams_send(load, member);
}

/* The stamp is read off the clock for every packet: a turn may be long. */
static void media_send(struct load *load, struct member *member)
{
	for (;;) {
		uint8_t *room = rtc_io_room(load->io, member->socket);
		const size_t len =
			member_media(member, rs_clock_monotonic(), room, RTC_PEER_DATAGRAM_MAX);
		if (len == 0)
			break;
		const struct rs_addr to = rtc_peer_remote(member->peer);
		rtc_io_commit(load->io, len, &to);
	}
	rtc_io_flush(load->io);
}

static void members_turn(struct load *load, rs_time now)
{
	const int64_t wall_us = rs_clock_wall_us();
	for (size_t i = 0; i < load->n_members; i++) {
		if (load->wakes[i] > now)
			continue;
		member_turn(load, &load->members[i], now, wall_us);
		load->wakes[i] = member_deadline(&load->members[i]);
	}
	for (size_t i = 0; i < load->n_publishers && load->phase < PHASE_LEAVE; i++) {
		if (load->members[i].stage == MEMBER_LIVE)
			media_send(load, &load->members[i]);
	}
	rtc_io_flush(load->io);
}

/* --- Phases --- */

static size_t count_stage(const struct load *load, size_t from, size_t to, enum member_stage stage)
{
	size_t n = 0;
	for (size_t i = from; i < to; i++)
		n += load->members[i].stage == stage;
	return n;
}

static bool settled(const struct load *load, size_t from, size_t to, rs_time now)
{
	return count_stage(load, from, to, MEMBER_LIVE) +
			       count_stage(load, from, to, MEMBER_OVER) ==
		       to - from ||
	       load->phase_ends <= now;
}

static int64_t own_cpu_us(void)
{
	struct rusage use;
	(void)getrusage(RUSAGE_SELF, &use); /* fails on bad arguments only */
	return RS_SEC(use.ru_utime.tv_sec + use.ru_stime.tv_sec) + use.ru_utime.tv_usec +
	       use.ru_stime.tv_usec;
}

static void watch(struct load *load, struct process_use *out_use)
{
	if (load->options->pid != 0 && process_read(load->options->pid, out_use) < 0)
		load->result.watched = false; /* it died: what it used is not known */
}

static void measure_begin(struct load *load, rs_time now)
{
	load->phase = PHASE_MEASURE;
	load->phase_ends = now + RS_SEC(load->options->duration_s);
	load->began = now;
	load->setup.measuring = true;
	load->own_cpu_begin = own_cpu_us();
	for (size_t i = 0; i < load->n_members; i++)
		load->counts_begin[i] = member_counts(&load->members[i]);
	watch(load, &load->server_begin);
}

static void counts_take(struct load *load)
{
	struct member_counts *sum = &load->result.counts;
	for (size_t i = load->n_publishers; i < load->n_members; i++) {
		const struct member_counts *begin = &load->counts_begin[i];
		const struct member_counts end = member_counts(&load->members[i]);
		sum->packets += end.packets - begin->packets;
		sum->octets += end.octets - begin->octets;
		sum->expected += end.expected - begin->expected;
		sum->late += end.late - begin->late;
		sum->repeats += end.repeats - begin->repeats;
		sum->rtx += end.rtx - begin->rtx;
		sum->unauthentic += end.unauthentic - begin->unauthentic;
		sum->unstamped += end.unstamped - begin->unstamped;
	}
}

/* A player that hears nothing at the end is in a gap that has not ended. */
static void gaps_take(struct load *load, rs_time now)
{
	struct histogram *gaps = rs_zalloc(sizeof(*gaps));
	for (size_t i = load->n_publishers; i < load->n_members; i++) {
		const struct member *member = &load->members[i];
		const rs_time since = rs_time_max(member->last_packet, load->began);
		const rs_time gap = rs_time_max(member->longest_gap, now - since);
		load->result.longest_gap = rs_time_max(load->result.longest_gap, gap);
		if (gaps != NULL)
			histogram_add(gaps, gap);
	}
	if (gaps != NULL)
		load->result.longest_gap_half = histogram_percentile(gaps, 50);
	rs_release(gaps);
}

static void measure_end(struct load *load, rs_time now)
{
	struct load_result *result = &load->result;
	struct process_use server = load->server_begin;
	load->setup.measuring = false;
	watch(load, &server);
	result->own_cpu_us = own_cpu_us() - load->own_cpu_begin;
	result->server_cpu_us = server.cpu_us - load->server_begin.cpu_us;
	result->server_memory_kib = server.memory_kib;
	result->server_memory_growth_kib = server.memory_kib - load->server_before.memory_kib;
	result->seconds = (double)(now - load->began) / 1e6;
	result->publishers = load->n_publishers;
	result->players = load->n_members - load->n_publishers;
	result->publishers_live = count_stage(load, 0, load->n_publishers, MEMBER_LIVE);
	result->players_live = count_stage(load, load->n_publishers, load->n_members, MEMBER_LIVE);
	for (size_t i = 0; i < load->n_members; i++) {
		result->joins += load->members[i].joins;
		if (load->members[i].refused_status != 0)
			result->refused_status = load->members[i].refused_status;
	}
	counts_take(load);
	gaps_take(load, now);
	load->phase = PHASE_LEAVE;
	load->phase_ends = now + LEAVE_PATIENCE;
}

static void leave(struct load *load, rs_time now)
{
	for (size_t i = 0; i < load->n_members && !load->leaving_told; i++) {
		struct member *member = &load->members[i];
		session_delete(load, member);
		member->stage = MEMBER_OVER;
	}
	load->leaving_told = true;
	if (rtc_http_pending(load->http) == 0 || load->phase_ends <= now)
		load->phase = PHASE_OVER;
}

static void join_go_on(struct load *load, rs_time now)
{
	if (!load->players_called) {
		if (!settled(load, 0, load->n_publishers, now))
			return;
		load->players_called = true;
		if (load->n_publishers > 0 &&
			count_stage(load, 0, load->n_publishers, MEMBER_LIVE) == 0) {
			/* Nothing would come: the result says so, without the wait. */
			measure_begin(load, now);
			measure_end(load, now);
			return;
		}
		load->result.watched = load->options->pid != 0;
		watch(load, &load->server_before);
		call(load, load->n_publishers, load->n_members, now);
	}
	if (!settled(load, load->n_publishers, load->n_members, now))
		return;
	load->phase = PHASE_SETTLE;
	load->phase_ends = now + RS_SEC(load->options->settle_s);
}

static void phase_go_on(struct load *load, bool stop, rs_time now)
{
	switch (load->phase) {
	case PHASE_JOIN:
		join_go_on(load, now);
		if (stop)
			measure_begin(load, now);
		break;
	case PHASE_SETTLE:
		if (stop || load->phase_ends <= now)
			measure_begin(load, now);
		break;
	case PHASE_MEASURE:
		if (stop || load->phase_ends <= now)
			measure_end(load, now);
		break;
	case PHASE_LEAVE:
		leave(load, now);
		break;
	case PHASE_OVER:
		break;
	}
}

static const char *phase_name(enum phase phase)
{
	static const char *const names[] = { "joining", "settling", "measuring", "leaving",
		"over" };
	return names[phase];
}

/* A line that renews itself for people; for scripts a line when a phase begins. */
static void progress(struct load *load, enum phase before, rs_time now)
{
	const bool people = isatty(STDERR_FILENO) != 0;
	if (!people && before != load->phase)
		(void)fprintf(stderr, "rostrum-load: %s\n", phase_name(load->phase));
	if (!people || now < load->next_progress)
		return;
	load->next_progress = now + PROGRESS_INTERVAL;
	uint64_t packets = 0;
	for (size_t i = load->n_publishers; i < load->n_members; i++)
		packets += member_counts(&load->members[i]).packets;
	(void)fprintf(stderr, "\r%-9s %zu of %zu live, %" PRIu64 " packets/s   ",
		phase_name(load->phase), count_stage(load, 0, load->n_members, MEMBER_LIVE),
		load->n_members, packets - load->progress_packets);
	load->progress_packets = packets;
}

int load_run(const struct load_options *options, const volatile bool *stop,
	struct load_result *out_result)
{
	struct load *load = rs_zalloc(sizeof(*load));
	if (load == NULL)
		return -ENOMEM;
	const rs_time tick = RS_MS(options->tick_ms);
	rs_time now = rs_clock_monotonic();
	const int err = load_init(load, options, now);
	if (err < 0)
		(void)fprintf(stderr, "rostrum-load: %s\n", strerror(-err));
	while (err == 0 && load->phase != PHASE_OVER) {
		/* To the next mark of the grid; marks that were missed are left out. */
		rtc_io_turn(load->io, (now / tick + 1) * tick);
		now = rs_clock_monotonic();
		answers_take(load, now);
		members_turn(load, now);
		const enum phase before = load->phase;
		phase_go_on(load, *stop, now);
		progress(load, before, now);
	}
	if (isatty(STDERR_FILENO) != 0)
		(void)fprintf(stderr, "\r%60s\r", "");
	*out_result = load->result;
	load_done(load);
	rs_release(load);
	return err;
}
