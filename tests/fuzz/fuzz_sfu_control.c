/* Control messages to the SFU: octets are messages, one a line. Whatever is said, the units held are
 * those the port was given, and the state that hello gives back is accepted by a fresh control end. */
#include "common/base/text.h"
#include "common/control/frame.h"
#include "sfu/control/control.h"
#include "sfu/control/tap.h"
#include "tests/support/log_nothing.h"

#include <jansson.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the port was asked; it refuses every fourth unit. */
struct held {
	size_t asked;
	size_t sets;
	size_t removes;
};

static int answer(struct held *held)
{
	held->asked++;
	if (held->asked % 4 == 0)
		return -EINVAL;
	held->sets++;
	return 0;
}

static bool is_name_or_nobody(const char *name)
{
	return name == NULL || rs_name_valid(name, strlen(name));
}

/* A microphone is heard in one place: as desk of one channel, or on the floor. */
static void judge_channel(const struct router_meeting *meeting, size_t at)
{
	const struct router_channel *channel = &meeting->channels[at];

	if (!rs_name_valid(channel->id, strlen(channel->id)) || !is_name_or_nobody(channel->desk) ||
		!is_name_or_nobody(channel->next))
		abort();
	for (size_t i = 0; channel->desk != NULL && i < at; i++)
		if (meeting->channels[i].desk != NULL &&
			strcmp(meeting->channels[i].desk, channel->desk) == 0)
			abort();
	for (size_t i = 0; channel->desk != NULL && i < meeting->n_open; i++)
		if (strcmp(meeting->open[i], channel->desk) == 0)
			abort();
}

static int on_meeting_set(void *ctx, const struct router_meeting *meeting, rs_time now)
{
	if (strlen(meeting->id) == 0 || strlen(meeting->id) > ROUTER_NAME_MAX ||
		meeting->n_open > ROUTER_OPEN_MAX || meeting->n_channels > ROUTER_CHANNELS_MAX)
		abort();
	for (size_t i = 0; i < meeting->n_channels; i++)
		judge_channel(meeting, i);
	return answer(ctx);
}

static int on_peer_set(void *ctx, const struct control_peer *peer, rs_time now)
{
	if (peer->router.n_sends > ROUTER_SENDS_MAX || peer->router.n_recvs > ROUTER_RECVS_MAX ||
		strlen(peer->local.ufrag) < ICE_UFRAG_MIN || strlen(peer->remote.pwd) < ICE_PWD_MIN)
		abort();
	for (size_t i = 0; i < peer->router.n_recvs; i++) {
		if (strlen(peer->router.recvs[i].feed) > ROUTER_FEED_MAX)
			abort();
	}
	return answer(ctx);
}

static void on_remove(void *ctx, const char *id, rs_time now)
{
	struct held *held = ctx;
	held->removes++;
}

static const struct control_port port = {
	.meeting_set = on_meeting_set,
	.meeting_remove = on_remove,
	.peer_set = on_peer_set,
	.peer_remove = on_remove,
};

static struct control *new_control(struct held *held)
{
	static const char *const addresses[] = { "127.0.0.1:5000" };
	const struct control_worker worker = { .addresses = addresses, .n = 1 };
	struct control *control = NULL;
	const struct control_config config = {
		.node = "n",
		.instance = "i",
		.fingerprint = "AA",
		.tap = "",
		.workers = &worker,
		.n_workers = 1,
		.meetings = 4,
		.peers = 4,
		.port = &port,
		.ctx = held,
	};
	if (control_new(&config, &control) < 0)
		abort();
	return control;
}

static void feed(struct control *control, const uint8_t *data, size_t size)
{
	char error[CONTROL_ERROR_LEN];
	struct tap_request request;
	for (size_t at = 0; at < size;) {
		const uint8_t *end = memchr(data + at, '\n', size - at);
		const size_t len = end != NULL ? (size_t)(end - data) - at : size - at;
		const char *line = (const char *)data + at;
		if (control_recv(control, line, len, 0, error) < 0 && control_open(control) < 0)
			abort();
		if (tap_request_parse(line, len, &request, error) == 0 &&
			request.kind != TAP_UNKNOWN && request.meeting[0] == '\0')
			abort();
		if (control_applied(control) < 0)
			abort();
		at += len + 1;
	}
}

/* The state in hello, as text to be freed; "null" when there is none. */
static char *state_back(struct control *control)
{
	struct frame_reader reader;
	struct frame frame;
	frame_reader_init(&reader);
	struct rs_buf *out = control_output(control);
	if (control_open(control) < 0 ||
		frame_reader_feed(&reader, rs_buf_data(out), rs_buf_len(out)) < 0 ||
		frame_reader_next(&reader, &frame) != 1)
		abort();
	json_t *hello = json_loadb((const char *)frame.body, frame.len, 0, NULL);
	char *text = json_dumps(json_object_get(hello, "state"), JSON_COMPACT | JSON_ENCODE_ANY);
	json_decref(hello);
	frame_reader_done(&reader);
	return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct held held = { 0 };
	struct held again = { 0 };
	char error[CONTROL_ERROR_LEN];
	log_nothing();
	struct control *control = new_control(&held);
	feed(control, data, size);
	char *state = state_back(control);
	struct control *fresh = new_control(&again);
	if (strcmp(state, "null") != 0 && control_recv(fresh, state, strlen(state), 0, error) < 0)
		abort();
	if (held.removes > held.sets)
		abort();
	free(state);
	control_free(fresh);
	control_free(control);
	return 0;
}
