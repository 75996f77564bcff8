#include "tools/roombox/box/box_priv.h"

#include "common/log/log.h"
#include "tools/roombox/room/notify.h"

#include <inttypes.h>
#include <string.h>

#define OFFER_MAX 65536

void box_line_flush(struct box *box)
{
	struct rtc_client_datagram datagram;
	while (box->call.peer != NULL && rtc_peer_poll(box->call.peer, &datagram) == 1) {
		if (datagram.len > RTC_IO_DATAGRAM_MAX)
			continue;
		memcpy(rtc_io_room(box->io, box->socket), datagram.data_view, datagram.len);
		rtc_io_commit(box->io, datagram.len, &datagram.to);
	}
}

/* A socket of its own for each connection: what is late of the one before finds nobody. */
static void ask(struct box *box, rs_time now)
{
	struct rs_buf offer;
	rs_buf_init(&offer, OFFER_MAX);
	box_uplink_begin(box, now);
	if (box->socket_open)
		rtc_io_close(box->io, box->socket);
	box->socket_open = rtc_io_open(box->io, NULL, &box->socket) == 0;
	int err = call_ask(&box->call, now, &offer);
	if (err == 0)
		err = rtc_http_post(box->http, box->url, (const char *)rs_buf_data(&offer),
			rs_buf_len(&offer), box);
	if (err < 0 || !box->socket_open) {
		log_error(LOG_MEDIA, box->config->source, "cannot ask for a line error=%d", err);
		call_answered(&box->call, 0, "", 0, false, now);
	}
	rs_buf_done(&offer);
}

static void take_answers(struct box *box, rs_time now)
{
	struct rtc_http_answer answer;
	rtc_http_turn(box->http);
	while (rtc_http_poll(box->http, &answer) == 1) {
		if (answer.ctx != box || box->call.stage != CALL_ASKING)
			continue;
		(void)rs_set_text(
			box->session, answer.session_url); /* cut short it cannot be deleted */
		call_answered(&box->call, answer.status, answer.body, answer.len,
			rtc_io_has_v6(box->io), now);
		if (box->call.stage == CALL_WAITING)
			log_warning(LOG_MEDIA, box->config->source,
				"no line status=%ld answer=%.*s", answer.status,
				answer.status == 201 ? 0
						     : (int)(answer.len < 300 ? answer.len : 300),
				answer.body);
	}
}

void box_line_turn(struct box *box, rs_time now)
{
	const uint64_t joins = box->call.joins;
	take_answers(box, now);
	if (box->call.stage == CALL_WAITING && box->call.due <= now)
		ask(box, now);
	if (call_tick(&box->call, now, rs_clock_wall_us())) {
		box_picture_want(box, LADDER_LAYERS);
		box_keep_line(box, false, now);
		log_warning(LOG_MEDIA, box->config->source, "line lost");
		(void)notify_send("STATUS=Without a line"); /* nobody need listen */
	}
	if (box->call.joins != joins) {
		box_keep_line(box, true, now);
		log_info(LOG_MEDIA, box->config->source, "in the meeting joins=%" PRIu64,
			box->call.joins);
		(void)notify_send("STATUS=In the meeting"); /* nobody need listen */
	}
}
