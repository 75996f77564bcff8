#include "recorder/io/signaling.h"

#include "common/log/log.h"
#include "recorder/io/clocks.h"

#include <errno.h>
#include <string.h>

static void on_connected(void *ctx)
{
	struct signaling *signaling = ctx;
	signaling->reported = false;
	log_info(LOG_CONTROL, NULL, "connected to signaling path=%s", signaling->path);
	if (control_connected(signaling->control) < 0)
		stream_reset(signaling->stream, false);
}

static void on_data(void *ctx, const uint8_t *data, size_t len)
{
	struct signaling *signaling = ctx;
	char error[CONTROL_ERROR_LEN];
	const int err = control_recv(signaling->control, data, len, clocks_read(), error);
	if (err == -EAGAIN)
		log_info(LOG_CONTROL, NULL, "events are missing, asking signaling for them");
	else if (err < 0)
		log_error(LOG_CONTROL, NULL,
			"signaling is not understood, connection closed why=\"%s\"", error);
	if (err < 0)
		stream_reset(signaling->stream, err == -EAGAIN);
}

static void on_disconnected(void *ctx, bool was_up, int why)
{
	struct signaling *signaling = ctx;
	if (was_up)
		control_disconnected(signaling->control);
	if (was_up || !signaling->reported)
		log_warning(LOG_CONTROL, NULL,
			"no connection to signaling, recording goes on path=%s why=\"%s\"",
			signaling->path, strerror(-why));
	signaling->reported = true;
}

static const struct stream_events events = {
	.connected = on_connected,
	.data = on_data,
	.disconnected = on_disconnected,
};

int signaling_init(struct signaling *signaling, uv_loop_t *loop, const struct io_config *config,
	const char *instance, struct keeper *keeper, struct room *room)
{
	*signaling = (struct signaling){ .path = config->control_path };
	const int err = control_new(config->node, instance, keeper, room, &signaling->control);
	if (err < 0)
		return err;
	return stream_new(loop, signaling->path, &events, signaling,
		control_output(signaling->control), &signaling->stream);
}

void signaling_sync(struct signaling *signaling)
{
	const int err = control_sync(signaling->control);
	if (err < 0)
		stream_reset(signaling->stream, err == -EAGAIN);
	stream_push(signaling->stream);
}

void signaling_end(struct signaling *signaling)
{
	stream_end(signaling->stream);
}

void signaling_done(struct signaling *signaling)
{
	signaling->control = control_free(signaling->control);
}
