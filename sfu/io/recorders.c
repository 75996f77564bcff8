#include "sfu/io/recorders.h"

#include "common/base/text.h"
#include "common/log/log.h"
#include "sfu/control/tap.h"
#include "sfu/io/stream.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What only messages may use, so that no track goes unannounced because packets fill the queue. */
#define MESSAGE_RESERVE ((size_t)1 << 20)
/* Once packets were dropped, they are let in again below this: one gap rather than a thousand. */
#define RESUME_BELOW (RECORDERS_UNSENT_MAX / 2)

struct subscription {
	char meeting[ROUTER_NAME_MAX + 1];
	uint64_t dropped; /* packets not yet told as a gap */
};

struct recorder {
	struct stream *stream; /* NULL: a free place */
	bool lost;             /* to be taken down in the next input */
	bool dropping;
	size_t n;
	struct subscription subscriptions[RECORDERS_MEETINGS];
	struct rs_buf out;
};

struct recorders {
	uv_loop_t *loop;
	uv_poll_t *poll;
	int fd;
	bool knocked; /* somebody waits to be accepted */
	char *path;
	int64_t wall_offset;
	size_t most;
	struct recorder *all;
	struct recorders_stats stats;
};

/* ---- birth and death ---- */

static void on_connection(uv_poll_t *poll, int status, int events)
{
	struct recorders *recorders = poll->data;
	recorders->knocked = true;
}

static void on_closed(uv_handle_t *handle)
{
	rs_release(handle);
}

int recorders_new(const struct recorders_config *config, struct recorders **out_recorders)
{
	struct recorders *recorders = rs_zalloc(sizeof(*recorders));
	if (recorders == NULL)
		return -ENOMEM;
	recorders->fd = -1;
	recorders->loop = config->loop;
	recorders->wall_offset = config->wall_offset;
	recorders->most = config->most;
	recorders->all = rs_calloc(config->most, sizeof(*recorders->all));
	int err = recorders->all != NULL ? stream_listen(config->path, &recorders->fd) : -ENOMEM;
	if (err == 0) {
		recorders->path = rs_strdup(config->path);
		recorders->poll = rs_zalloc(sizeof(*recorders->poll));
		err = recorders->path != NULL && recorders->poll != NULL ? 0 : -ENOMEM;
	}
	if (err == 0 && (err = uv_poll_init(config->loop, recorders->poll, recorders->fd)) < 0)
		recorders->poll = rs_release(recorders->poll);
	if (err < 0) {
		recorders_free(recorders);
		return err;
	}
	recorders->poll->data = recorders;
	(void)uv_poll_start(recorders->poll, UV_READABLE, on_connection); /* the handle is new */
	*out_recorders = recorders;
	return 0;
}

struct recorders *recorders_free(struct recorders *recorders)
{
	if (recorders == NULL)
		return NULL;
	for (size_t i = 0; recorders->all != NULL && i < recorders->most; i++) {
		stream_close(recorders->all[i].stream);
		rs_buf_done(&recorders->all[i].out);
	}
	if (recorders->poll != NULL) {
		(void)uv_poll_stop(recorders->poll); /* the descriptor goes before the handle */
		uv_close((uv_handle_t *)recorders->poll, on_closed);
	}
	if (recorders->fd >= 0)
		(void)close(recorders->fd); /* a listening socket holds nothing */
	if (recorders->path != NULL)
		(void)unlink(recorders->path); /* should it stay, the next start replaces it */
	rs_release(recorders->path);
	rs_release(recorders->all);
	return rs_release(recorders);
}

/* ---- in ---- */

static struct subscription *find(struct recorder *recorder, const char *meeting)
{
	for (size_t i = 0; i < recorder->n; i++) {
		if (strcmp(recorder->subscriptions[i].meeting, meeting) == 0)
			return &recorder->subscriptions[i];
	}
	return NULL;
}

static void refuse(struct recorders *recorders, const char *meeting)
{
	log_warning(LOG_MEDIA, meeting, "recorder refused reason=\"limit reached\"");
	recorders->stats.refused++;
}

static void subscribe(struct recorders *recorders, struct recorder *recorder, const char *meeting,
	struct router *router, rs_time now)
{
	if (find(recorder, meeting) != NULL)
		return;
	if (recorder->n == RECORDERS_MEETINGS) {
		refuse(recorders, meeting);
		return;
	}
	struct subscription *subscription = &recorder->subscriptions[recorder->n++];
	*subscription = (struct subscription){ .dropped = 0 };
	(void)rs_copy_text(subscription->meeting, sizeof(subscription->meeting), meeting,
		strlen(meeting)); /* as long as a name may be */
	/* The router announces its tracks in this very call. */
	if (router_tap_start(router, meeting, now) < 0) {
		recorder->n--;
		refuse(recorders, meeting);
		return;
	}
	log_info(LOG_MEDIA, meeting, "recorder subscribed");
}

static void unsubscribe(struct recorders *recorders, struct recorder *recorder, const char *meeting,
	struct router *router)
{
	struct subscription *subscription = find(recorder, meeting);
	if (subscription == NULL)
		return;
	log_info(LOG_MEDIA, meeting, "recorder unsubscribed");
	char name[ROUTER_NAME_MAX + 1];
	memcpy(name, subscription->meeting, sizeof(name)); /* `meeting` may be this very text */
	*subscription = recorder->subscriptions[--recorder->n];
	for (size_t i = 0; i < recorders->most; i++) {
		if (recorders->all[i].stream != NULL && find(&recorders->all[i], name) != NULL)
			return;
	}
	router_tap_stop(router, name);
}

static void take_down(struct recorders *recorders, struct recorder *recorder, const char *why,
	struct router *router)
{
	log_info(LOG_MEDIA, NULL, "recorder gone reason=\"%s\"", why);
	while (recorder->n > 0)
		unsubscribe(recorders, recorder, recorder->subscriptions[0].meeting, router);
	stream_close(recorder->stream);
	rs_buf_done(&recorder->out);
	*recorder = (struct recorder){ .n = 0 };
}

static void take_in(struct recorders *recorders, int fd)
{
	for (size_t i = 0; i < recorders->most; i++) {
		struct recorder *recorder = &recorders->all[i];
		if (recorder->stream != NULL)
			continue;
		if (stream_take(recorders->loop, fd, &recorder->stream) < 0)
			return; /* out of memory: the recorder comes again */
		rs_buf_init(&recorder->out, RECORDERS_UNSENT_MAX + MESSAGE_RESERVE);
		log_info(LOG_MEDIA, NULL, "recorder connected");
		return;
	}
	(void)close(fd); /* nothing was said on it */
	recorders->stats.refused++;
	log_warning(LOG_MEDIA, NULL, "recorder turned away limit=%zu", recorders->most);
}

/* Returns why the recorder must go, or NULL. */
static const char *obey(struct recorders *recorders, struct recorder *recorder,
	struct router *router, rs_time now, char error[TAP_ERROR_LEN])
{
	const int err = stream_read(recorder->stream);
	struct frame frame;
	struct tap_request request;
	int got = 0;
	while ((got = stream_next(recorder->stream, &frame)) == 1) {
		if (frame.kind != FRAME_MESSAGE || tap_request_parse((const char *)frame.body,
							   frame.len, &request, error) < 0) {
			recorders->stats.bad++;
			return frame.kind != FRAME_MESSAGE ? "a packet from a recorder" : error;
		}
		if (request.kind == TAP_SUBSCRIBE)
			subscribe(recorders, recorder, request.meeting, router, now);
		else if (request.kind == TAP_UNSUBSCRIBE)
			unsubscribe(recorders, recorder, request.meeting, router);
		else if (request.kind == TAP_KEYFRAME)
			router_tap_keyframe(router, request.track, now);
	}
	if (got < 0) {
		recorders->stats.bad++;
		return "a frame's length or kind is wrong";
	}
	if (err < 0)
		return err == -EPIPE ? "closed by the recorder" : strerror(-err);
	return recorder->lost ? "it could not be written to" : NULL;
}

void recorders_input(struct recorders *recorders, struct router *router, rs_time now)
{
	int fd = -1;
	while (recorders->knocked &&
		(fd = accept4(recorders->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
		take_in(recorders, fd);
	recorders->knocked = false;
	for (size_t i = 0; i < recorders->most; i++) {
		struct recorder *recorder = &recorders->all[i];
		char error[TAP_ERROR_LEN];
		const char *why = recorder->stream != NULL
					  ? obey(recorders, recorder, router, now, error)
					  : NULL;
		if (why != NULL)
			take_down(recorders, recorder, why, router);
	}
}

/* ---- out ---- */

/* Says how much is missing, before what comes after it. */
static void tell_gap(struct recorder *recorder, struct subscription *subscription)
{
	if (subscription->dropped == 0)
		return;
	if (tap_write_gap(&recorder->out, subscription->meeting, subscription->dropped) < 0)
		recorder->lost = true;
	log_warning(LOG_MEDIA, subscription->meeting, "recorder too slow dropped=%llu",
		(unsigned long long)subscription->dropped);
	subscription->dropped = 0;
}

static void queue_packet(struct recorders *recorders, struct recorder *recorder,
	struct subscription *subscription, const struct router_tap *tap)
{
	const size_t waiting = rs_buf_len(&recorder->out);
	if (waiting + FRAME_PACKET_MAX > RECORDERS_UNSENT_MAX)
		recorder->dropping = true;
	else if (waiting < RESUME_BELOW)
		recorder->dropping = false;
	if (!recorder->dropping)
		tell_gap(recorder, subscription);
	if (recorder->dropping || tap_write(&recorder->out, tap, recorders->wall_offset) < 0) {
		recorders->stats.dropped++;
		subscription->dropped++;
		return;
	}
	recorders->stats.frames++;
}

void recorders_emit(struct recorders *recorders, const struct router_tap *tap)
{
	for (size_t i = 0; i < recorders->most; i++) {
		struct recorder *recorder = &recorders->all[i];
		struct subscription *subscription =
			recorder->stream != NULL ? find(recorder, tap->meeting) : NULL;
		if (subscription == NULL)
			continue;
		if (tap->kind == ROUTER_TAP_PACKET)
			queue_packet(recorders, recorder, subscription, tap);
		else if (tap_write(&recorder->out, tap, recorders->wall_offset) < 0)
			recorder->lost = true; /* not even the reserve was enough */
	}
}

void recorders_output(struct recorders *recorders)
{
	for (size_t i = 0; i < recorders->most; i++) {
		struct recorder *recorder = &recorders->all[i];
		if (recorder->stream != NULL && stream_write(recorder->stream, &recorder->out) < 0)
			recorder->lost = true;
	}
}

const struct recorders_stats *recorders_stats(const struct recorders *recorders)
{
	return &recorders->stats;
}
