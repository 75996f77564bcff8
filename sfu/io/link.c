#include "sfu/io/link.h"

#include "common/log/log.h"
#include "sfu/io/stream.h"

#include <errno.h>
#include <string.h>

/* PROTOCOL.md: backoff 100 ms doubling to 2 s. */
#define RETRY_FIRST RS_MS(100)
#define RETRY_MOST RS_SEC(2)
/* Signaling that reads nothing while this much waits is not well. */
#define UNSENT_MAX (CONTROL_OUTPUT_MAX / 2)

struct link {
	uv_loop_t *loop;
	char *path;
	struct control *control;
	struct stream *stream; /* NULL: not connected */
	rs_time next_try;
	rs_time retry;
	bool complained; /* one log line for a series of failures */
};

int link_new(uv_loop_t *loop, const char *path, struct control *control, struct link **out_link)
{
	struct link *link = rs_zalloc(sizeof(*link));
	if (link == NULL)
		return -ENOMEM;
	link->loop = loop;
	link->control = control;
	link->retry = RETRY_FIRST;
	link->path = rs_strdup(path);
	if (link->path == NULL) {
		link_free(link);
		return -ENOMEM;
	}
	*out_link = link;
	return 0;
}

struct link *link_free(struct link *link)
{
	if (link != NULL) {
		stream_close(link->stream);
		rs_release(link->path);
	}
	return rs_release(link);
}

static void try_later(struct link *link, rs_time now)
{
	link->next_try = now + link->retry;
	link->retry = rs_time_min(2 * link->retry, RETRY_MOST);
}

static void lose(struct link *link, const char *why, rs_time now)
{
	log_warning(LOG_CONTROL, NULL, "connection to signaling ended reason=\"%s\"", why);
	link->stream = stream_close(link->stream);
	control_shut(link->control);
	try_later(link, now);
}

static void try_connect(struct link *link, rs_time now)
{
	const int err = stream_connect(link->loop, link->path, &link->stream);
	if (err < 0) {
		if (!link->complained)
			log_warning(LOG_CONTROL, NULL, "no signaling yet path=%s reason=\"%s\"",
				link->path, strerror(-err));
		link->complained = true;
		try_later(link, now);
		return;
	}
	link->complained = false;
	log_info(LOG_CONTROL, NULL, "connected to signaling path=%s", link->path);
	if (control_open(link->control) < 0)
		lose(link, "hello could not be written", now);
}

/* Messages that came whole. Returns why the connection must end, or NULL. */
static const char *obey(struct link *link, rs_time now, char error[CONTROL_ERROR_LEN])
{
	struct frame frame;
	int got = 0;
	while (control_is_ready(link->control) && (got = stream_next(link->stream, &frame)) == 1) {
		if (frame.kind != FRAME_MESSAGE)
			return "a packet on the control connection";
		const int err = control_recv(
			link->control, (const char *)frame.body, frame.len, now, error);
		if (err < 0)
			return error;
		link->retry = RETRY_FIRST;
	}
	if (got < 0)
		return "a frame's length or kind is wrong";
	return control_applied(link->control) < 0 ? "an answer could not be written" : NULL;
}

void link_input(struct link *link, rs_time now)
{
	if (link->stream == NULL && now >= link->next_try)
		try_connect(link, now);
	if (link->stream == NULL)
		return;
	char error[CONTROL_ERROR_LEN];
	const int err = control_is_ready(link->control) ? stream_read(link->stream) : 0;
	/* What came before the end counts. */
	const char *why = obey(link, now, error);
	if (why == NULL && err < 0 && control_is_ready(link->control))
		why = err == -EPIPE ? "closed by signaling" : strerror(-err);
	if (why != NULL)
		lose(link, why, now);
}

void link_output(struct link *link, rs_time now)
{
	if (link->stream == NULL)
		return;
	struct rs_buf *out = control_output(link->control);
	const int err = stream_write(link->stream, out);
	if (err < 0)
		lose(link, strerror(-err), now);
	else if (rs_buf_len(out) > UNSENT_MAX)
		lose(link, "signaling does not read", now);
}

rs_time link_deadline(const struct link *link)
{
	return link->stream == NULL ? link->next_try : RS_TIME_NEVER;
}
