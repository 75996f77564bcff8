#include "tools/roombox/box/box.h"

#include "common/log/log.h"
#include "tools/roombox/box/box_priv.h"
#include "tools/roombox/box/box_report.h"
#include "tools/roombox/box/device_report.h"
#include "tools/roombox/room/notify.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* The thread looks at its sockets so often. */
#define TURN RS_MS(5)
#define LEAVE_PATIENCE RS_SEC(2)

/* --- Birth and death --- */

static void on_datagram(void *ctx, void *socket_ctx, uint8_t *data, size_t len, rs_time arrived)
{
	struct box *box = ctx;
	call_recv(&box->call, data, len, arrived);
}

static int make_urls(struct box *box)
{
	char query[ROOM_SLOTS_MAX * (RS_NAME_MAX + 1) + sizeof("?receive=")];
	const struct box_config *config = box->config;
	if (call_query(config->room, query, sizeof(query)) < 0 ||
		rs_format(box->url, sizeof(box->url), "%s/whip/%s/%s%s", config->base,
			config->meeting, config->source, query) < 0)
		return -EINVAL;
	return 0;
}

static void tell_figures(void *ctx, struct figures *out_figures)
{
	const struct box *box = ctx;
	const struct room *room = box->config->room;
	*out_figures = (struct figures){
		.room = room,
		.in_meeting = box->call.stage == CALL_LIVE,
		.joins = box->call.joins,
		.heard = call_heard(&box->call),
		.blocks = box->blocks,
		.blocks_skipped = box->skipped,
		.pictures_failed = box->pictures_failed,
		.rtt = call_rtt(&box->call),
	};
	out_figures->has_seats = seat_work_figures(box->config->seats, &out_figures->seats);
	box_keep_figures(box, out_figures);
	out_figures->has_uplink = box->uplink != NULL;
	out_figures->uplink_bps = box->uplink != NULL ? uplink_bps(box->uplink) : 0;
	for (size_t i = 0; i < LADDER_LAYERS && box->uplink != NULL; i++)
		out_figures->layers_bps[i] = uplink_layer_bps(box->uplink, i);
	for (size_t i = 0; i < room->n_outputs; i++)
		out_figures->output_failed += room->outputs[i].failed;
}

static int box_init(struct box *box, const struct box_config *config, rs_time now)
{
	*box = (struct box){ .config = config,
		.start = now,
		.layers = LADDER_LAYERS,
		.report_every = MEETING_EVERY,
		.reported_at = now };
	rs_rand_init_system(&box->rand);
	box->watchdog = notify_interval();
	box->next_watchdog = box->watchdog == RS_TIME_NEVER ? RS_TIME_NEVER : now;
	box->next_report =
		config->report_interval > 0 ? now + config->report_interval : RS_TIME_NEVER;
	call_init(&box->call, config->room, &config->jitter, &box->rand, now);
	int err = make_urls(box);
	if (err == 0)
		err = microphone_new(config->microphone_bps, &box->microphone);
	if (err == 0 && config->room->n_cameras > 0)
		err = ladder_new(&config->ladder, &box->ladder);
	struct uplink_config uplink = { .sound_bps = (uint32_t)config->microphone_bps };
	memcpy(uplink.bitrates_bps, config->ladder.bitrates_bps, sizeof(uplink.bitrates_bps));
	if (err == 0 && config->room->n_cameras > 0)
		err = uplink_new(&uplink, now, &box->uplink);
	if (err == 0)
		err = rtc_http_new(config->token, 1, &box->http);
	if (err == 0)
		err = box_keep_open(box);
	if (err == 0)
		err = rtc_io_new(1, on_datagram, box, &box->io);
	const struct meeting_config line = { .base = config->base, .token = config->token };
	if (err == 0)
		err = meeting_new(&line, &box->meeting);
	if (err == 0 && config->health_listen[0] != '\0') {
		err = health_new(config->health_listen, tell_figures, box, &box->health);
		if (err < 0)
			log_error(
				LOG_HTTP, config->health_listen, "cannot listen key=health.listen");
	}
	return err;
}

static void box_done(struct box *box)
{
	box_keep_close(box);
	test_signal_done(&box->signal);
	call_done(&box->call);
	microphone_free(box->microphone);
	uplink_free(box->uplink);
	ladder_free(box->ladder);
	rtc_http_free(box->http);
	rtc_io_free(box->io);
	health_free(box->health);
	meeting_free(box->meeting);
}

/* --- Keeping house --- */

static void report(struct box *box, rs_time now)
{
	const struct jitter_stats heard = call_heard(&box->call);
	if (box->next_watchdog <= now) {
		box->next_watchdog = now + box->watchdog;
		(void)notify_send("WATCHDOG=1"); /* who does not listen restarts us */
	}
	if (box->next_report > now)
		return;
	box->next_report = now + box->config->report_interval;
	log_info(LOG_MEDIA, box->config->source,
		"heard packets=%" PRIu64 " lost=%" PRIu64 " recovered=%" PRIu64
		" concealed=%" PRIu64 " late=%" PRIu64 " delay_ms=%" PRId64
		" blocks_skipped=%" PRIu64,
		heard.packets, heard.lost, heard.recovered, heard.concealed, heard.late,
		heard.delay / 1000, box->skipped);
	device_report_counts(box->config->room->devices);
}

/* The session is given back, so that the meeting knows at once. */
static void leave(struct box *box)
{
	const rs_time until = rs_clock_monotonic() + LEAVE_PATIENCE;
	(void)notify_send("STOPPING=1"); /* nobody need listen */
	if (box->session[0] == '\0' || rtc_http_delete(box->http, box->session, NULL) < 0)
		return;
	while (rtc_http_pending(box->http) > 0 && rs_clock_monotonic() < until) {
		struct rtc_http_answer answer;
		rtc_http_turn(box->http);
		(void)rtc_http_poll(box->http, &answer); /* it matters little */
		rtc_io_turn(box->io, rs_clock_monotonic() + TURN);
	}
}

/* The last part of a session's address is what the meeting calls it. */
static bool is_our_line(const struct box *box, const char *peer)
{
	const char *slash = strrchr(box->session, '/');
	return box->call.stage == CALL_LIVE && slash != NULL && strcmp(slash + 1, peer) == 0;
}

static void take_signal(struct box *box, const struct meeting_news *news, rs_time now)
{
	const struct room *room = box->config->room;
	const struct picture *picture =
		room->n_cameras > 0 ? &room->cameras[room->shown].picture : NULL;
	log_info(LOG_MEDIA, box->config->source, "test signal tone=%d bars=%d", news->tone,
		news->bars);
	if (test_signal_set(&box->signal, news->tone, news->bars && picture != NULL,
		    picture != NULL ? picture->width : 0, picture != NULL ? picture->height : 0,
		    now) < 0)
		log_error(LOG_MEDIA, box->config->source, "no memory for a test signal");
}

/* A technician's line is for displays at the seats, which adapters have; the log has no texts of people above debug. */
static void take_news(struct box *box, const struct meeting_news *news, rs_time now)
{
	if (news->kind == MEETING_LINE)
		log_info(LOG_WS, box->config->source, "%s",
			news->connected ? "follows the meeting" : "does not follow the meeting");
	if (news->kind == MEETING_LINE) /* nobody can say any more what rests, or will say it now */
		box_picture_want(box, LADDER_LAYERS);
	if (news->kind == MEETING_LAYERS && is_our_line(box, news->peer))
		box_picture_want(box, news->wanted);
	if (news->kind == MEETING_TEXT)
		log_debug(LOG_WS, box->config->source, "a technician says seat=%s text=%s",
			news->seat.seat, news->text);
	if (news->kind == MEETING_SIGNAL)
		take_signal(box, news, now);
	if (news->kind == MEETING_FIGURES) {
		box->report_every = news->every;
		box->report_at = rs_time_min(box->report_at, now);
	}
	box->restarts = box->restarts || news->kind == MEETING_RESTART;
	seat_work_told(box->config->seats, news, now);
}

static void seats_turn(struct box *box, rs_time now)
{
	struct seat_work *work = box->config->seats;
	struct meeting_news news;
	struct seat_work_key key;
	struct line_answer line;
	while (meeting_poll(box->meeting, &news) == 1)
		take_news(box, &news, now);
	while (seat_work_poll(work, now, &key) == 1) {
		const int err = key.release ? meeting_release(box->meeting, key.seat_view)
					    : meeting_press(box->meeting, key.seat_view);
		if (err < 0)
			seat_work_refused(work, key.seat_view, "too-many");
	}
	while (seat_work_answer(work, &line) == 1)
		meeting_answer(box->meeting, &line);
}

static void turn(struct box *box)
{
	rs_time now = rs_clock_monotonic();
	/* To the next mark of the grid; but not while a picture waits for its other sizes. */
	rtc_io_turn(box->io, box->layers_left > 0 ? now : (now / TURN + 1) * TURN);
	now = rs_clock_monotonic();
	device_report_turn(box->config->room->devices, now, rs_clock_wall_us());
	box_line_turn(box, now);
	seats_turn(box, now);
	box_sound_turn(box, now);
	box_uplink_turn(box, now);
	/* What is sent has its time: encoding takes some. */
	box_line_flush(box);
	rtc_io_flush(box->io);
	box_picture_turn(box, now);
	box_keep_turn(box, now);
	box_line_flush(box);
	rtc_io_flush(box->io);
	report(box, now);
	box_report_turn(box, now);
	health_turn(box->health);
}

int box_run(const struct box_config *config, const volatile bool *stop)
{
	struct box *box = rs_zalloc(sizeof(*box));
	if (box == NULL)
		return -ENOMEM;
	const int err = box_init(box, config, rs_clock_monotonic());
	if (err < 0)
		log_error(LOG_MAIN, config->source, "cannot begin error=%d", err);
	else
		log_info(LOG_MAIN, config->source, "working first_block_us=%" PRId64, box->start);
	if (err == 0)
		(void)notify_send("READY=1\nSTATUS=Without a line"); /* nobody need listen */
	while (err == 0 && !*stop && !box->restarts)
		turn(box);
	if (err == 0)
		leave(box);
	box_done(box);
	rs_release(box);
	return err;
}
