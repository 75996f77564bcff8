#include "tools/roombox/seats/seat_api_priv.h"

/* --- To a follower --- */

/* All rows at first. */
static int greet(struct seat_api *api, struct seat_follower *follower, struct rs_buf *out)
{
	const struct seat_snapshot snapshot = seat_api_snapshot(api);
	follower->greeted = true;
	follower->seen = snapshot.version;
	follower->texts_since = snapshot.texts;
	return seat_rows_write(api->meeting, snapshot.connected, api->copy, snapshot.n, true, out);
}

static int tell(const struct seat_news *news, struct rs_buf *out)
{
	switch (news->kind) {
	case SEAT_NEWS_NONE:
		return 0;
	case SEAT_NEWS_ROW:
		return seat_message_row(&news->row, out);
	case SEAT_NEWS_LINE:
		return seat_message_line(news->connected, out);
	case SEAT_NEWS_REFUSED:
		break;
	}
	return seat_message_refused(news->refusal.seat, news->refusal.reason, out);
}

static int tell_text(struct seat_api *api, struct seat_follower *follower, struct rs_buf *out)
{
	struct seat_text text;
	if (!seat_api_next_text(api, follower->texts_seen, follower->texts_since, &text))
		return 0;
	follower->texts_seen = text.version;
	return seat_message_text(text.seat, text.text, out);
}

/* The next message, if there is one: 0 or a negative error. */
static int next_message(struct seat_api *api, struct seat_follower *follower, struct rs_buf *out)
{
	struct seat_news news;
	if (!follower->greeted)
		return greet(api, follower, out);
	if (follower->has_problem) {
		follower->has_problem = false;
		return seat_message_problem(follower->seat, follower->problem, out);
	}
	seat_api_news(api, follower->seen, &news);
	if (news.kind == SEAT_NEWS_NONE)
		return tell_text(api, follower, out);
	follower->seen = news.version;
	return tell(&news, out);
}

/* One message a call; nonzero ends the connection. */
static int write_message(struct lws *wsi, struct seat_follower *follower)
{
	struct rs_buf out;
	int err = seat_api_room(&out);
	if (err == 0)
		err = next_message(seat_api_of(wsi), follower, &out);
	const size_t len = err == 0 ? rs_buf_len(&out) - LWS_PRE : 0;
	if (len > 0) {
		const int sent = lws_write(wsi, rs_buf_data(&out) + LWS_PRE, len, LWS_WRITE_TEXT);
		err = sent < (int)len || lws_callback_on_writable(wsi) < 0 ? -1 : 0;
	}
	rs_buf_done(&out);
	return err < 0 ? -1 : 0;
}

/* --- From a follower --- */

static void take(struct lws *wsi, struct seat_follower *follower)
{
	struct seat_key key = { .seat = "" };
	const enum seat_problem problem = seat_key_read(follower->text, follower->len, &key) < 0
						  ? SEAT_PROBLEM_MALFORMED
						  : seat_api_take(seat_api_of(wsi), &key);
	follower->len = 0;
	if (problem == SEAT_PROBLEMS)
		return;
	/* Who sends on without reading is told of the last one only. */
	follower->has_problem = true;
	follower->problem = problem;
	(void)rs_set_text(follower->seat, key.seat); /* of the same length */
	(void)lws_callback_on_writable(wsi);         /* fails for a dead socket only */
}

/* Nonzero ends the connection. */
static int receive(struct lws *wsi, struct seat_follower *follower, const void *data, size_t len)
{
	if (lws_frame_is_binary(wsi) || len > sizeof(follower->text) - follower->len) {
		lws_close_reason(wsi,
			lws_frame_is_binary(wsi) ? LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE
						 : LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE,
			NULL, 0);
		return -1;
	}
	memcpy(follower->text + follower->len, data, len);
	follower->len += len;
	if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0)
		take(wsi, follower);
	return 0;
}

static int admit(struct lws *wsi)
{
	char path[sizeof("/events") + 1] = "";
	(void)lws_hdr_copy(wsi, path, sizeof(path), WSI_TOKEN_GET_URI); /* a longer one is none */
	const enum seat_problem problem = strcmp(path, seat_routes[SEAT_ROUTE_EVENTS].before) != 0
						  ? SEAT_PROBLEM_NOT_FOUND
						  : seat_api_admit(wsi);
	if (problem == SEAT_PROBLEMS)
		return 0;
	(void)lws_return_http_status(wsi, seat_problem_status(problem), NULL); /* it ends anyway */
	return -1;
}

/* --- What libwebsockets says --- */

int seat_api_events(
	struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
	struct seat_follower *follower = user;
	/* Of some eighty reasons these concern a follower. */
	switch ((int)reason) {
	case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
		return admit(wsi);
	case LWS_CALLBACK_ESTABLISHED:
		*follower = (struct seat_follower){ .greeted = false };
		atomic_fetch_add(&seat_api_of(wsi)->followers, 1);
		return lws_callback_on_writable(wsi) < 0 ? -1 : 0;
	case LWS_CALLBACK_CLOSED: /* comes for what was established alone */
		atomic_fetch_sub(&seat_api_of(wsi)->followers, 1);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		return receive(wsi, follower, in, len);
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return write_message(wsi, follower);
	default:
		return 0;
	}
}
