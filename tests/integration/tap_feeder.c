/* tests/integration/tap_feeder.c
 *
 * Plays signaling and an SFU for one real recorder: control socket, tap socket, sources with known
 * content in real time. What the recorder says on control goes to stdout, one JSON object a line;
 * stdin takes commands, one a line:
 *
 *   record on|off   desired state of the meeting     gate open|close  KEN's microphone and camera
 *   event [NAME DATA] one more meeting event         lose N           the next N packets of each track vanish
 *   dtx on|off      the microphone falls silent      tap              drop the tap connection
 *   codec NAME      announce a track of that codec   clips ROOT       CHE, HUN and AUT show clips in VP9, H.264, AV1
 *   steal N         the next N packets of each track are counted as sent and do not come
 *   floor           the floor as one sound, KEN's  show NAME        whose camera is seen
 *   wait MS         says {"type":"waited"} when so much media was sent
 *   quit
 *
 * Its time goes in small steps and leaves none out: where the machine stopped it for a while, media, commands and what they
 * are stamped with come late, and as far apart as ever.
 *
 * usage: tap_feeder DIRECTORY SESSION; sockets are DIRECTORY/control.sock and DIRECTORY/tap.sock.
 */
#include "common/base/hash.h"
#include "common/base/text.h"
#include "common/base/time.h"
#include "common/control/frame.h"
#include "common/rtp/ntp.h"
#include "tests/support/tap_media.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define OUTPUT_MAX ((size_t)64 << 20)
#define PAYLOAD_MAX 1024
/* Events whose payload was told. */
#define TOLD_MAX 256
#define STEP RS_MS(5)

enum {
	TRACK_SOUND,
	TRACK_PICTURE,
	TRACK_CHANNEL,
	TRACK_FLOOR, /* once it was asked for */
	TRACK_CLIPS, /* one for each codec of clip.h, once they were asked for */
	TRACKS = TRACK_CLIPS + CLIP_CODECS,
};

/* A listening socket and the one recorder on it. */
struct server {
	int listener;
	int peer; /* -1 = nobody */
	struct frame_reader reader;
	struct rs_buf output;
};

struct feeder {
	const char *session;
	const char *class; /* before whom it sits; "" = public */
	char tap_path[108];
	struct server control;
	struct server tap;
	struct tap_media *media[TRACKS];
	rs_time due[TRACKS];
	unsigned lose[TRACKS];
	unsigned steal[TRACKS];
	uint64_t sent[TRACKS];    /* under the present number */
	uint32_t numbers[TRACKS]; /* track numbers told on this connection */
	uint32_t next_number;
	bool record;
	bool subscribed;
	bool gate;
	bool dtx;
	bool quit;
	int revision;
	int64_t events; /* made so far; event n says so, unless it was told what to say */
	char *told[TOLD_MAX + 1];
	rs_time now;
	int64_t wall_us; /* at that time */
	rs_time waited;  /* until when; RS_TIME_NEVER = nobody waits */
	rs_time report_due;
	int current; /* track whose packets the sink gets */
};

static int listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	if (!rs_copy_text(address.sun_path, sizeof(address.sun_path), path, strlen(path)))
		abort();
	(void)unlink(path); /* may not be there */
	const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 ||
		bind(fd, (const struct sockaddr *)(const void *)&address, sizeof(address)) < 0 ||
		listen(fd, 4) < 0) {
		perror(path);
		exit(1);
	}
	return fd;
}

static void server_init(struct server *server, const char *path)
{
	server->listener = listen_on(path);
	server->peer = -1;
	frame_reader_init(&server->reader);
	rs_buf_init(&server->output, OUTPUT_MAX);
}

static void server_drop(struct server *server)
{
	if (server->peer >= 0)
		(void)close(server->peer);
	server->peer = -1;
	frame_reader_done(&server->reader);
	frame_reader_init(&server->reader);
	rs_buf_consume(&server->output, rs_buf_len(&server->output));
}

static void say(struct server *server, json_t *message)
{
	char *text = json_dumps(message, JSON_COMPACT);
	json_decref(message);
	if (text == NULL || frame_write_message(&server->output, text, strlen(text)) < 0)
		abort();
	free(text);
}

static void server_done(struct server *server)
{
	server_drop(server);
	rs_buf_done(&server->output);
	(void)close(server->listener);
}

/* --- control --- */

static json_t *meeting_json(const struct feeder *feeder)
{
	return json_pack("{s:s, s:s, s:b, s:s, s:s, s:s, s:[{s:s, s:s, s:s}]}", "id", "demo",
		"title", "Open-ended working group", "record", feeder->record, "session",
		feeder->session, "class", feeder->class, "tap", feeder->tap_path, "channels", "id",
		"fr", "language", "fr", "name",
		"Fran\xc3\xa7"
		"ais");
}

/* The meeting's log up to an event: its payload, and its hash over that and the hash before. */
static void make_event(const struct feeder *feeder, int64_t number, char payload[PAYLOAD_MAX],
	char hash[2 * RS_SHA256_LEN + 1])
{
	uint8_t chained[RS_SHA256_LEN + PAYLOAD_MAX] = { 0 };
	for (int64_t n = 1; n <= number; n++) {
		if (n <= TOLD_MAX && feeder->told[n] != NULL)
			(void)rs_copy_string(payload, PAYLOAD_MAX, feeder->told[n]); /* fits */
		else
			(void)snprintf(payload, PAYLOAD_MAX,
				"{\"type\":\"test\",\"number\":%" PRId64 "}", n); /* fits */
		memcpy(chained + RS_SHA256_LEN, payload, strlen(payload));
		rs_sha256(chained, RS_SHA256_LEN + strlen(payload), chained);
	}
	rs_hex_encode(chained, RS_SHA256_LEN, hash);
}

static void say_event(struct feeder *feeder, int64_t number)
{
	char payload[PAYLOAD_MAX] = "";
	char hash[2 * RS_SHA256_LEN + 1];
	make_event(feeder, number, payload, hash);
	say(&feeder->control, json_pack("{s:s, s:i, s:s, s:I, s:s, s:s}", "type", "event",
				      "revision", ++feeder->revision, "meeting", "demo", "event",
				      (json_int_t)number, "hash", hash, "payload", payload));
}

static void say_meeting(struct feeder *feeder)
{
	say(&feeder->control, json_pack("{s:s, s:i, s:o}", "type", "meeting", "revision",
				      ++feeder->revision, "meeting", meeting_json(feeder)));
}

static void greet(struct feeder *feeder, const json_t *hello)
{
	const json_t *recordings = json_object_get(hello, "recordings");
	int64_t last = 0;
	if (json_array_size(recordings) > 0)
		last = json_integer_value(
			json_object_get(json_array_get(recordings, 0), "last_event"));
	say(&feeder->control,
		json_pack("{s:s, s:i, s:[o], s:[]}", "type", "state", "revision",
			++feeder->revision, "meetings", meeting_json(feeder), "peers"));
	for (int64_t n = last + 1; n <= feeder->events; n++)
		say_event(feeder, n);
}

static void on_control(struct feeder *feeder, const json_t *message, const char *type)
{
	char *text = json_dumps(message, JSON_COMPACT);
	if (text == NULL)
		abort();
	(void)printf("%s\n", text);
	(void)fflush(stdout); /* the test notices */
	free(text);
	if (strcmp(type, "hello") == 0)
		greet(feeder, message);
}

/* --- tap --- */

static void announce(struct feeder *feeder, int track)
{
	static const char *const names[TRACKS] = { "KEN", "KEN", "fr", "floor", "CHE", "HUN",
		"AUT" };
	static const char *const media[TRACKS] = { "microphone", "camera", "channel", "channel",
		"camera", "camera", "camera" };
	const char *codec = track == TRACK_PICTURE ? "vp8" : "opus";
	if (feeder->media[track] == NULL)
		return;
	if (track >= TRACK_CLIPS)
		codec = clip_name((enum clip_codec)(track - TRACK_CLIPS));
	feeder->numbers[track] = ++feeder->next_number;
	feeder->sent[track] = 0;
	say(&feeder->tap, json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:i, s:i}", "type", "track",
				  "track", (int)feeder->numbers[track], "meeting", "demo", "name",
				  names[track], "media", media[track], "codec", codec, "clock",
				  (int)tap_media_clock(feeder->media[track]), "channels", 1));
}

static void say_clock(struct feeder *feeder, int track)
{
	/* The next frame is captured when it is due. */
	const rs_time ahead = feeder->due[track] - feeder->now;
	char ntp[24];
	(void)snprintf(ntp, sizeof(ntp), "%" PRIu64, ntp_from_wall_us(feeder->wall_us + ahead));
	say(&feeder->tap, json_pack("{s:s, s:i, s:s, s:I}", "type", "clock", "track",
				  (int)feeder->numbers[track], "ntp", ntp, "rtp",
				  (json_int_t)tap_media_rtp_ts(feeder->media[track])));
}

static void on_tap(struct feeder *feeder, const json_t *message, const char *type)
{
	if (strcmp(type, "subscribe") == 0) {
		feeder->subscribed = true;
		for (int i = 0; i < TRACKS; i++)
			announce(feeder, i);
		tap_media_want_key(feeder->media[TRACK_PICTURE]);
	} else if (strcmp(type, "unsubscribe") == 0) {
		feeder->subscribed = false;
	} else if (strcmp(type, "keyframe") == 0) {
		tap_media_want_key(feeder->media[TRACK_PICTURE]);
	}
}

static void packet_out(void *ctx, const uint8_t *rtp, size_t len)
{
	struct feeder *feeder = ctx;
	const int track = feeder->current;
	if (feeder->lose[track] > 0) {
		feeder->lose[track]--;
		return;
	}
	if (!feeder->subscribed || feeder->tap.peer < 0 ||
		(!feeder->gate && track != TRACK_CHANNEL))
		return;
	feeder->sent[track]++;
	if (feeder->steal[track] > 0) {
		feeder->steal[track]--;
		return;
	}
	const struct frame_packet packet = { .track = feeder->numbers[track],
		.arrival_wall_us = feeder->wall_us,
		.rtp = rtp,
		.rtp_len = len };
	if (frame_write_packet(&feeder->tap.output, &packet) < 0)
		abort();
}

static void run_media(struct feeder *feeder)
{
	const rs_time now = feeder->now;
	for (int i = 0; i < TRACKS; i++) {
		feeder->current = i;
		while (feeder->media[i] != NULL && now >= feeder->due[i]) {
			feeder->due[i] += tap_media_interval(feeder->media[i]);
			if ((i == TRACK_SOUND || i == TRACK_FLOOR) && feeder->dtx)
				tap_media_skip(feeder->media[i]);
			else
				tap_media_next(feeder->media[i], packet_out, feeder);
		}
	}
	if (now < feeder->report_due || !feeder->subscribed)
		return;
	feeder->report_due = now + RS_SEC(1);
	for (int i = 0; i < TRACKS; i++)
		if (feeder->media[i] != NULL) {
			say_clock(feeder, i);
			say(&feeder->tap, json_pack("{s:s, s:i, s:I}", "type", "sent", "track",
						  (int)feeder->numbers[i], "packets",
						  (json_int_t)feeder->sent[i]));
		}
}

/* --- commands --- */

static void say_mark(struct feeder *feeder)
{
	if (feeder->subscribed)
		say(&feeder->tap,
			json_pack("{s:s, s:s, s:I, s:s, s:b, s:I}", "type", "mark", "meeting",
				"demo", "event", (json_int_t)feeder->events, "source", "KEN",
				"open", feeder->gate, "wall_us", (json_int_t)feeder->wall_us));
}

static void command_record(struct feeder *feeder, const char *how)
{
	feeder->record = strcmp(how, "on") == 0;
	if (feeder->control.peer >= 0)
		say_meeting(feeder);
}

static void command_gate(struct feeder *feeder, const char *how)
{
	feeder->gate = strcmp(how, "open") == 0;
	say_mark(feeder);
	tap_media_want_key(feeder->media[TRACK_PICTURE]);
}

/* As signaling writes its events, happening now. */
static char *tell_event(int64_t number, int64_t wall_us, const char *how)
{
	char text[PAYLOAD_MAX];
	const size_t n = strcspn(how, " ");
	if (rs_format(text, sizeof(text),
		    "{\"event\":%" PRId64 ",\"time\":%" PRId64
		    ",\"name\":\"%.*s\",\"by\":null,\"data\":%s}",
		    number, wall_us / 1000, (int)n, how, how[n] == ' ' ? how + n + 1 : "{}") < 0)
		abort();
	return rs_strdup(text);
}

static void command_event(struct feeder *feeder, const char *how)
{
	feeder->events++;
	if (how[0] != '\0' && feeder->events <= TOLD_MAX)
		feeder->told[feeder->events] = tell_event(feeder->events, feeder->wall_us, how);
	if (feeder->control.peer >= 0)
		say_event(feeder, feeder->events);
}

static void command_lose(struct feeder *feeder, const char *how)
{
	for (int i = 0; i < TRACKS; i++)
		feeder->lose[i] = (unsigned)strtoul(how, NULL, 10);
}

static void command_steal(struct feeder *feeder, const char *how)
{
	for (int i = 0; i < TRACKS; i++)
		feeder->steal[i] = (unsigned)strtoul(how, NULL, 10);
}

static void command_dtx(struct feeder *feeder, const char *how)
{
	feeder->dtx = strcmp(how, "on") == 0;
}

static void command_tap(struct feeder *feeder, const char *how)
{
	(void)how;
	server_drop(&feeder->tap);
	feeder->subscribed = false;
}

static void command_codec(struct feeder *feeder, const char *how)
{
	say(&feeder->tap, json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:i, s:i}", "type", "track",
				  "track", 9999, "meeting", "demo", "name", "FRA", "media",
				  "camera", "codec", how, "clock", 90000, "channels", 1));
}

static void command_clips(struct feeder *feeder, const char *how)
{
	for (int i = 0; i < CLIP_CODECS; i++) {
		const int track = TRACK_CLIPS + i;
		feeder->media[track] = tap_media_clip(how, (enum clip_codec)i, (uint32_t)track + 1);
		feeder->due[track] = feeder->now;
		announce(feeder, track);
	}
}

static void command_floor(struct feeder *feeder, const char *how)
{
	(void)how;
	feeder->media[TRACK_FLOOR] = tap_media_tone(990, TRACK_FLOOR + 1);
	feeder->due[TRACK_FLOOR] = feeder->now;
	announce(feeder, TRACK_FLOOR);
}

static void command_show(struct feeder *feeder, const char *how)
{
	say(&feeder->tap, json_pack("{s:s, s:s, s:s, s:I}", "type", "show", "meeting", "demo",
				  "source", how, "wall_us", (json_int_t)feeder->wall_us));
}

static void command_wait(struct feeder *feeder, const char *how)
{
	feeder->waited = feeder->now + RS_MS((rs_time)strtoul(how, NULL, 10));
}

static void command_quit(struct feeder *feeder, const char *how)
{
	(void)how;
	feeder->quit = true;
}

static void run_command(struct feeder *feeder, char *line)
{
	static const struct {
		const char *name;
		void (*run)(struct feeder *feeder, const char *how);
	} table[] = {
		{ "record", command_record },
		{ "gate", command_gate },
		{ "event", command_event },
		{ "lose", command_lose },
		{ "steal", command_steal },
		{ "dtx", command_dtx },
		{ "tap", command_tap },
		{ "codec", command_codec },
		{ "clips", command_clips },
		{ "floor", command_floor },
		{ "show", command_show },
		{ "wait", command_wait },
		{ "quit", command_quit },
	};
	const size_t n = strcspn(line, " ");
	const char *how = line[n] == ' ' ? line + n + 1 : "";
	line[n] = '\0';
	for (size_t i = 0; i < RS_ARRAY_LEN(table); i++)
		if (strcmp(line, table[i].name) == 0)
			table[i].run(feeder, how);
}

/* --- the loop --- */

static void take_frames(struct feeder *feeder, struct server *server,
	void (*on)(struct feeder *feeder, const json_t *message, const char *type))
{
	struct frame frame;
	int got;
	while ((got = frame_reader_next(&server->reader, &frame)) == 1) {
		json_t *json = json_loadb((const char *)frame.body, frame.len, 0, NULL);
		const char *type = json_string_value(json_object_get(json, "type"));
		if (type == NULL) {
			(void)fprintf(stderr, "tap_feeder: a frame is no message\n");
			exit(1);
		}
		on(feeder, json, type);
		json_decref(json);
	}
	if (got < 0)
		server_drop(server);
}

static void serve(struct feeder *feeder, struct server *server,
	void (*on)(struct feeder *feeder, const json_t *message, const char *type))
{
	static uint8_t data[1 << 16];
	const int fresh = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fresh >= 0) {
		server_drop(server);
		server->peer = fresh;
		if (server == &feeder->tap)
			feeder->subscribed = false;
	}
	if (server->peer < 0)
		return;
	const ssize_t n = recv(server->peer, data, sizeof(data), 0);
	if (n == 0 || (n < 0 && errno != EAGAIN)) {
		server_drop(server);
		if (server == &feeder->tap)
			feeder->subscribed = false;
		return;
	}
	if (n > 0 && frame_reader_feed(&server->reader, data, (size_t)n) < 0)
		abort();
	take_frames(feeder, server, on);
	if (server->peer < 0 || rs_buf_len(&server->output) == 0)
		return;
	const ssize_t sent = send(server->peer, rs_buf_data(&server->output),
		rs_buf_len(&server->output), MSG_NOSIGNAL);
	if (sent > 0)
		rs_buf_consume(&server->output, (size_t)sent);
}

static void read_commands(struct feeder *feeder)
{
	static char line[PAYLOAD_MAX];
	static size_t len;
	char c;
	for (;;) {
		const ssize_t n = read(STDIN_FILENO, &c, 1);
		if (n == 0)
			feeder->quit = true;
		if (n <= 0)
			return;
		if (c != '\n' && len + 1 < sizeof(line)) {
			line[len++] = c;
			continue;
		}
		line[len] = '\0';
		len = 0;
		run_command(feeder, line);
	}
}

static void catch_up(struct feeder *feeder, rs_time now)
{
	while (feeder->now < now) {
		const rs_time step = rs_time_min(STEP, now - feeder->now);
		feeder->now += step;
		feeder->wall_us += step;
		read_commands(feeder);
		run_media(feeder);
		if (feeder->now < feeder->waited)
			continue;
		feeder->waited = RS_TIME_NEVER;
		(void)printf("{\"type\":\"waited\"}\n");
		(void)fflush(stdout); /* the test notices */
	}
}

int main(int argc, char **argv)
{
	if (argc != 3 && argc != 4) {
		(void)fprintf(stderr, "usage: tap_feeder DIRECTORY SESSION [CLASS]\n");
		return 2;
	}
	struct feeder *feeder = rs_zalloc(sizeof(*feeder));
	char path[108];
	if (feeder == NULL || rs_format(path, sizeof(path), "%s/control.sock", argv[1]) < 0 ||
		rs_format(feeder->tap_path, sizeof(feeder->tap_path), "%s/tap.sock", argv[1]) < 0)
		return 2;
	feeder->session = argv[2];
	feeder->class = argc == 4 ? argv[3] : "";
	feeder->record = true;
	feeder->gate = true;
	server_init(&feeder->control, path);
	server_init(&feeder->tap, feeder->tap_path);
	feeder->now = rs_clock_monotonic();
	feeder->wall_us = rs_clock_wall_us();
	feeder->waited = RS_TIME_NEVER;
	feeder->media[TRACK_SOUND] = tap_media_tone(990, 1);
	feeder->media[TRACK_PICTURE] = tap_media_picture(2);
	feeder->media[TRACK_CHANNEL] = tap_media_tone(1430, 3);
	for (int i = 0; i < TRACKS; i++)
		feeder->due[i] = feeder->now;
	if (fcntl(STDIN_FILENO, F_SETFL, O_NONBLOCK) < 0)
		return 2;

	while (!feeder->quit) {
		struct pollfd fds[] = { { .fd = STDIN_FILENO, .events = POLLIN },
			{ .fd = feeder->control.peer, .events = POLLIN },
			{ .fd = feeder->tap.peer, .events = POLLIN } };
		(void)poll(fds, RS_ARRAY_LEN(fds), 5); /* a tick, sooner if something came */
		catch_up(feeder, rs_clock_monotonic());
		serve(feeder, &feeder->control, on_control);
		serve(feeder, &feeder->tap, on_tap);
	}
	for (int i = 0; i < TRACKS; i++)
		tap_media_free(feeder->media[i]);
	for (size_t i = 0; i <= TOLD_MAX; i++)
		rs_release(feeder->told[i]);
	server_done(&feeder->control);
	server_done(&feeder->tap);
	rs_release(feeder);
	return 0;
}
