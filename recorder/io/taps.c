#include "recorder/io/taps.h"

#include "common/log/log.h"
#include "recorder/io/clocks.h"

#include <string.h>

static void on_connected(void *ctx)
{
	struct taps_client *client = ctx;
	client->reported = false;
	log_info(LOG_MEDIA, NULL, "connected to tap path=%s", tap_path(client->tap));
	tap_connected(client->tap);
}

static void on_data(void *ctx, const uint8_t *data, size_t len)
{
	struct taps_client *client = ctx;
	char error[TAP_ERROR_LEN];
	const int err = tap_recv(client->tap, data, len, clocks_read(), error);
	if (err == 0)
		return;
	log_error(LOG_MEDIA, NULL, "tap is not understood, connection closed path=%s why=\"%s\"",
		tap_path(client->tap), error);
	stream_reset(client->stream, false);
}

static void on_disconnected(void *ctx, bool was_up, int why)
{
	struct taps_client *client = ctx;
	if (was_up)
		tap_disconnected(client->tap, clocks_read());
	if (was_up || !client->reported)
		log_warning(LOG_MEDIA, NULL, "no connection to tap path=%s why=\"%s\"",
			tap_path(client->tap), strerror(-why));
	client->reported = true;
}

static const struct stream_events events = {
	.connected = on_connected,
	.data = on_data,
	.disconnected = on_disconnected,
};

void taps_init(struct taps *taps, uv_loop_t *loop, struct keeper *keeper, struct rs_rand *rand)
{
	*taps = (struct taps){ .loop = loop, .keeper = keeper, .rand = rand };
}

static bool is_open(const struct taps *taps, const char *path)
{
	for (size_t i = 0; i < taps->n; i++)
		if (strcmp(tap_path(taps->clients[i].tap), path) == 0)
			return true;
	return false;
}

static void open_tap(struct taps *taps, const char *path)
{
	struct taps_client *client = &taps->clients[taps->n];
	*client = (struct taps_client){ .reported = false };
	int err = tap_new(path, taps->keeper, taps->rand, &client->tap);
	if (err == 0)
		err = stream_new(taps->loop, path, &events, client, tap_output(client->tap),
			&client->stream);
	if (err < 0) {
		log_error(LOG_MEDIA, NULL, "tap cannot be opened path=%s why=\"%s\"", path,
			strerror(-err));
		client->tap = tap_free(client->tap);
		return;
	}
	taps->n++;
}

/* One that is not wanted any more stays: it costs nothing. */
static void open_wanted(struct taps *taps)
{
	const struct keeper_meeting *meeting;
	for (size_t i = 0; (meeting = keeper_at(taps->keeper, i)) != NULL; i++)
		if (meeting->tap[0] != '\0' && taps->n < TAPS_MAX && !is_open(taps, meeting->tap))
			open_tap(taps, meeting->tap);
}

void taps_sync(struct taps *taps, struct archive_now when)
{
	open_wanted(taps);
	for (size_t i = 0; i < taps->n; i++) {
		struct taps_client *client = &taps->clients[i];
		if (tap_sync(client->tap, when) < 0)
			stream_reset(client->stream, false);
		stream_push(client->stream);
	}
}

/* Pictures are left out long before (control/storage.h): what still fills the queue then is sound, of a disk that takes nothing. */
void taps_hold(struct taps *taps, size_t backlog, size_t most)
{
	const size_t bound = most / 8 * 7;
	if (!taps->paused && backlog > bound)
		log_warning(
			LOG_ARCHIVE, NULL, "disk takes nothing, taps wait backlog=%zu", backlog);
	/* Go on well below where it stopped, so as not to flap. */
	if (backlog > bound)
		taps->paused = true;
	else if (backlog < most / 2)
		taps->paused = false;
	for (size_t i = 0; i < taps->n; i++)
		stream_pause(taps->clients[i].stream, taps->paused);
}

void taps_end(struct taps *taps)
{
	for (size_t i = 0; i < taps->n; i++)
		stream_end(taps->clients[i].stream);
}

void taps_done(struct taps *taps)
{
	for (size_t i = 0; i < taps->n; i++)
		taps->clients[i].tap = tap_free(taps->clients[i].tap);
	taps->n = 0;
}
