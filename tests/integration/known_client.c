/* tests/integration/known_client.c
 *
 * A publisher of known content (tests/support/marked.h) by WHIP, over a bad line of its own making: of the
 * packets it makes, so many of a thousand are not sent at first, so that the server has to ask for them.
 * Its wall clock is 3 s ahead and gains 50 ppm, its sound card gains another 100 ppm.
 *
 * usage: ROSTRUM_TOKEN=… known_client URL SECONDS LOSS_PERMILLE
 *
 * It says {"state":"connected"}, waits for a line on stdin, sends for so many seconds, waits until what was lost is
 * repaired and for the next line, leaves, and says what it did: {"pictures":…,"sounds":…,"lost":…,"resent":…,"nacked":…}.
 * Picture n is captured n/15 s after it began; second n of its sound after n/1.00015 s.
 */
#include "common/base/bytes.h"
#include "common/base/rand.h"
#include "common/base/text.h"
#include "common/rtp/ntp.h"
#include "tests/support/marked.h"
#include "tools/client/http.h"
#include "tools/client/io.h"
#include "tools/client/peer.h"

#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WIDTH 320
#define HEIGHT 180
#define FPS 15
#define KBIT 400
#define PAYLOAD_MAX 1000
#define VOICE 0
#define TURN RS_MS(2)
#define PATIENCE RS_SEC(30)
#define WALL_AHEAD RS_SEC(3)
#define WALL_GAIN 20000 /* one in so many */
#define CARD_GAIN 10000
#define KEPT 1024
#define LEVEL 20

enum section {
	SOUND,
	PICTURE,
};

struct client {
	struct rtc_io *io;
	struct rtc_http *http;
	struct rtc_peer *peer;
	size_t socket;
	struct rs_rand rand;
	uint32_t loss_permille;
	struct marked_microphone *microphone;
	struct marked_camera *camera;
	rs_time began;
	rs_time ends;
	uint32_t sounds;
	uint32_t pictures;
	uint64_t lost;
	bool leaving; /* then the server closes */
};

_Noreturn static void die(const char *what)
{
	(void)fprintf(stderr, "known_client: %s\n", what);
	exit(1);
}

/* --- Its clocks --- */

static int64_t wall_of(rs_time now)
{
	static rs_time first;
	static int64_t first_wall;
	if (first == 0) {
		first = now;
		first_wall = rs_clock_wall_us();
	}
	const rs_time since = now - first;
	return first_wall + WALL_AHEAD + since + since / WALL_GAIN;
}

/* When a packet of sound, or a picture, is captured. */
static rs_time captured(const struct client *client, enum section section, uint32_t number)
{
	if (section == PICTURE)
		return client->began + (rs_time)number * RS_SEC(1) / FPS;
	const double ppm = 1.0 + 1.0 / WALL_GAIN + 1.0 / CARD_GAIN;
	return client->began + (rs_time)((double)number * 20000 / ppm);
}

static uint32_t timestamp(const struct client *client, enum section section, uint32_t number)
{
	if (section == SOUND) /* samples, counted */
		return number * MARKED_SAMPLES;
	const rs_time since = captured(client, PICTURE, number) - client->began;
	return (uint32_t)rtp_ticks_from_us(since + since / WALL_GAIN, 90000);
}

/* --- The line --- */

static void on_datagram(void *ctx, void *socket_ctx, uint8_t *data, size_t len, rs_time arrived)
{
	struct client *client = ctx;
	rtc_peer_recv(client->peer, data, len, arrived);
}

static void turn(struct client *client)
{
	struct rtc_client_datagram datagram;
	rtc_io_turn(client->io, rs_clock_monotonic() + TURN);
	rtc_http_turn(client->http);
	const rs_time now = rs_clock_monotonic();
	rtc_peer_tick(client->peer, now, wall_of(now));
	while (rtc_peer_poll(client->peer, &datagram) == 1) {
		memcpy(rtc_io_room(client->io, client->socket), datagram.data_view, datagram.len);
		rtc_io_commit(client->io, datagram.len, &datagram.to);
	}
	rtc_io_flush(client->io);
	if (rtc_peer_state(client->peer) == RTC_PEER_FAILED && !client->leaving)
		die("the server gave up");
}

/* Not within the first and the last second: nobody can miss what is before or behind all there is. */
static bool is_lost(struct client *client, rs_time at)
{
	const bool guarded = at < client->began + RS_SEC(1) || at > client->ends - RS_SEC(1);
	return !guarded && rs_rand_below(&client->rand, 1000) < client->loss_permille;
}

static void send_payload(struct client *client, enum section section, uint32_t number, bool marker,
	const uint8_t *data, size_t len)
{
	const struct rtc_payload payload = { .marker = marker,
		.rtp_ts = timestamp(client, section, number),
		.level = LEVEL,
		.at = captured(client, section, number),
		.data_view = data,
		.len = len };
	const int sent = rtc_peer_send(client->peer, section, 0, &payload,
		rtc_io_room(client->io, client->socket), RTC_PEER_DATAGRAM_MAX);
	if (sent < 0)
		die("a packet could not be made");
	if (is_lost(client, payload.at)) {
		client->lost++;
		return;
	}
	const struct rs_addr to = rtc_peer_remote(client->peer);
	rtc_io_commit(client->io, (size_t)sent, &to);
}

/* --- Media --- */

static void picture_payload(void *ctx, const uint8_t *payload, size_t len, bool marker)
{
	struct client *client = ctx;
	send_payload(client, PICTURE, client->pictures, marker, payload, len);
}

static void send_due(struct client *client, rs_time now)
{
	const uint8_t *data;
	size_t len;
	for (; captured(client, SOUND, client->sounds) <= now; client->sounds++) {
		marked_microphone_take(client->microphone, &data, &len);
		send_payload(client, SOUND, client->sounds, false, data, len);
	}
	for (; captured(client, PICTURE, client->pictures) <= now; client->pictures++) {
		const bool key = rtc_peer_keyframe_wanted(client->peer, PICTURE, 0);
		marked_camera_take(client->camera, (uint16_t)client->pictures,
			key || client->pictures == 0, &data, &len);
		marked_camera_send(client->camera, PAYLOAD_MAX, picture_payload, client);
	}
	rtc_io_flush(client->io);
}

/* --- Its life --- */

static void client_init(struct client *client, const char *token, uint32_t loss_permille)
{
	const struct rtc_peer_config config = { .n_sections = 2,
		.sections = { { .media = RTC_AUDIO, .direction = RTC_SEND },
			{ .media = RTC_VIDEO, .direction = RTC_SEND } },
		.seed = (uint64_t)rs_clock_wall_us(),
		.resend = KEPT,
		.reports = true,
		.check_interval = RS_SEC(1) };
	client->loss_permille = loss_permille;
	rs_rand_init_seed(&client->rand, 1);
	client->microphone = marked_microphone_new(VOICE, 0);
	client->camera = marked_camera_new(WIDTH, HEIGHT, FPS, KBIT);
	if (rtc_io_new(1, on_datagram, client, &client->io) < 0 ||
		rtc_io_open(client->io, NULL, &client->socket) < 0 ||
		rtc_http_new(token, 1, &client->http) < 0 ||
		rtc_peer_new(&config, rs_clock_monotonic(), &client->peer) < 0)
		die("no memory, or no sockets");
}

static void client_done(struct client *client)
{
	marked_microphone_free(client->microphone);
	marked_camera_free(client->camera);
	rtc_peer_free(client->peer);
	rtc_http_free(client->http);
	rtc_io_free(client->io);
}

static void wait_answer(struct client *client, struct rtc_http_answer *out_answer)
{
	const rs_time until = rs_clock_monotonic() + PATIENCE;
	while (rtc_http_poll(client->http, out_answer) == 0) {
		turn(client);
		if (rs_clock_monotonic() > until)
			die("no answer");
	}
}

/* The session's address goes to `session`. */
static void join(struct client *client, const char *url, char session[512])
{
	struct rtc_http_answer answer;
	struct rs_buf offer;
	rs_buf_init(&offer, RTC_SDP_MAX);
	if (rtc_peer_offer(client->peer, &offer) < 0 ||
		rtc_http_post(client->http, url, (const char *)rs_buf_data(&offer),
			rs_buf_len(&offer), client) < 0)
		die("no offer");
	rs_buf_done(&offer);
	wait_answer(client, &answer);
	if (answer.status != 201 ||
		rtc_peer_answer(client->peer, answer.body, answer.len, rtc_io_has_v6(client->io),
			rs_clock_monotonic()) < 0 ||
		!rs_copy_text(session, 512, answer.session_url, strlen(answer.session_url)))
		die("refused");
	const rs_time until = rs_clock_monotonic() + PATIENCE;
	while (rtc_peer_state(client->peer) != RTC_PEER_CONNECTED) {
		turn(client);
		if (rs_clock_monotonic() > until)
			die("not connected");
	}
}

/* Goes on until a line, or the end, of stdin. */
static void wait_line(struct client *client)
{
	char line[64];
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };
	while (poll(&in, 1, 0) == 0)
		turn(client);
	if (read(STDIN_FILENO, line, sizeof(line)) < 0)
		die("stdin");
}

static void send_all(struct client *client, unsigned seconds)
{
	client->began = rs_clock_monotonic();
	client->ends = client->began + (rs_time)seconds * RS_SEC(1);
	while (rs_clock_monotonic() < client->ends) {
		send_due(client, rs_clock_monotonic());
		turn(client);
	}
	send_due(client, client->ends - 1);
}

int main(int argc, char **argv)
{
	struct client client = { 0 };
	struct rtc_http_answer answer;
	char session[512];
	uint32_t seconds;
	uint32_t loss;
	const char *token = getenv("ROSTRUM_TOKEN");
	if (argc != 4 || token == NULL ||
		rs_parse_u32(argv[2], strlen(argv[2]), 3600, &seconds) < 0 ||
		rs_parse_u32(argv[3], strlen(argv[3]), 1000, &loss) < 0 || crypt_start() < 0)
		die("usage: ROSTRUM_TOKEN=… known_client URL SECONDS LOSS_PERMILLE");
	client_init(&client, token, loss);
	join(&client, argv[1], session);
	(void)printf("{\"state\":\"connected\"}\n");
	(void)fflush(stdout); /* nobody listens: then it does not matter */
	wait_line(&client);
	send_all(&client, seconds);
	(void)printf("{\"state\":\"sent\"}\n");
	(void)fflush(stdout); /* as above */
	wait_line(&client);
	client.leaving = true;
	if (rtc_http_delete(client.http, session, NULL) == 0)
		wait_answer(&client, &answer); /* whatever it says */
	const struct rtc_peer_stats *stats = rtc_peer_stats(client.peer);
	(void)printf("{\"pictures\":%" PRIu32 ",\"sounds\":%" PRIu32 ",\"lost\":%" PRIu64
		     ",\"resent\":%" PRIu64 ",\"nacked\":%" PRIu64 "}\n",
		client.pictures, client.sounds, client.lost, stats->resent, stats->nacked);
	client_done(&client);
	return 0;
}
