/* rostrum-box: a meeting room's microphones, camera and loudspeakers in a meeting. Reads its configuration, opens what the room is made of,
 * and works until told to stop. */
#include "common/base/text.h"
#include "common/log/log.h"
#include "sfu/srtp/srtp.h"
#include "tools/roombox/box/box.h"
#include "tools/roombox/box/seat_work.h"
#include "tools/roombox/media/alsa.h"
#include "tools/roombox/meeting/token.h"
#include "tools/roombox/send/microphone.h"

#include <curl/curl.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROGRAM "rostrum-box"
#define TOKEN_MAX 4096

static volatile bool stop;

static const struct config_key keys[] = {
	{ "base", CONFIG_TEXT, "http://127.0.0.1:8080", 0, 0, "address of rostrum-signaling" },
	{ "meeting", CONFIG_TEXT, NULL, 0, 0, "id of the meeting" },
	{ "source", CONFIG_TEXT, "room", 0, 0,
		"badge of the room, which is the name of its source" },
	{ "token.file", CONFIG_TEXT, "", 0, 0,
		"file that holds the room's token; empty = ROSTRUM_TOKEN of the environment" },
	{ "log.level", CONFIG_TEXT, "info", 0, 0, "error, warning, info or debug" },
	{ "log.interval", CONFIG_INT, "60", 0, 86400,
		"seconds between lines of counts in the log; 0 = none" },
	{ "health.listen", CONFIG_TEXT, "", 0, 0,
		"address and port of /healthz and /metrics; empty = none" },
	{ "microphones", CONFIG_TABLE, "[]", 0, ROOM_MICROPHONES_MAX,
		"what is spoken into, each an object; together they are the room's sound",
		room_microphone_keys, RS_ARRAY_LEN(room_microphone_keys) },
	{ "microphone.bitrate", CONFIG_INT, "64000", MICROPHONE_BPS_MIN, MICROPHONE_BPS_MAX,
		"bit/s of Opus" },
	{ "cameras", CONFIG_TABLE, "[]", 0, ROOM_CAMERAS_MAX,
		"where pictures come from, each an object; the first is shown until a seat chooses another",
		room_camera_keys, RS_ARRAY_LEN(room_camera_keys) },
	{ "camera.input", CONFIG_TEXT, "", 0, 0,
		"the same of a room with one camera; empty = \"cameras\", or no picture" },
	{ "camera.loop", CONFIG_BOOL, "false", 0, 0, "a file begins anew at its end" },
	{ "room.name", CONFIG_TEXT, "", 0, 0,
		"what the picture says while a camera is away; empty = source" },
	{ "room.no_signal", CONFIG_TEXT, "No signal since", 0, 0,
		"and what it says before the time, in the room's language" },
	{ "camera.fps", CONFIG_INT, "30", 1, 60, "most pictures a second" },
	{ "camera.bitrate", CONFIG_INT, "1200000", 200000, 8000000,
		"bit/s of the largest picture; the next ones take a third and an eighth" },
	{ "outputs", CONFIG_TABLE, "[]", 0, ROOM_OUTPUTS_MAX,
		"loudspeakers and senders, each an object with its channels", room_output_keys,
		RS_ARRAY_LEN(room_output_keys) },
	{ "echo.cancel", CONFIG_BOOL, "false", 0, 0,
		"what the loudspeakers play is taken out of the microphones; for rooms without a DSP" },
	{ "seats", CONFIG_TABLE, "[]", 0, SEAT_WORK_SEATS_MAX,
		"seats of delegates, each an object, with the camera that looks at it",
		seat_work_seat_keys, RS_ARRAY_LEN(seat_work_seat_keys) },
	{ "seats.listen", CONFIG_TEXT, "", 0, 0,
		"address and port of the API for request keys and lamps; empty = none" },
	{ "seats.token.file", CONFIG_TEXT, "", 0, 0,
		"file that holds the token this API asks for; empty = none, on loopback only" },
	{ "seats.settle", CONFIG_INT, "500", 0, 60000,
		"ms that a seat must have had the floor before a camera turns to it" },
	{ "seats.hold", CONFIG_INT, "2000", 0, 60000,
		"ms from one turn of a camera to the next, at least" },
	{ "visca", CONFIG_TABLE, "[]", 0, SEAT_WORK_VISCA_MAX,
		"cameras that turn to presets by VISCA over IP, each an object",
		seat_work_visca_keys, RS_ARRAY_LEN(seat_work_visca_keys) },
	{ "keep.directory", CONFIG_TEXT, "", 0, 0,
		"where what was not sent is kept while the line is lost; empty = nothing is kept" },
	{ "keep.most", CONFIG_INT, "2048", 16, 1048576, "MiB of it" },
	{ "keep.bitrate", CONFIG_INT, "4000000", 100000, 1000000000,
		"bit/s at which it is delivered afterwards" },
	{ "delay.least", CONFIG_INT, "30", 10, 500,
		"ms that what is heard waits for late packets" },
	{ "delay.most", CONFIG_INT, "400", 50, 900, "ms that it waits on a bad line" },
};

static int complain(const char *what)
{
	(void)fprintf(stderr, PROGRAM ": %s\n", what);
	return 1;
}

static void on_signal(int number)
{
	stop = true;
}

/* What stands in the file, or the environment; false: an error was printed. */
static bool read_token(const struct config *config, char out[TOKEN_MAX])
{
	const char *path = config_text(config, "token.file");
	const char *given = getenv("ROSTRUM_TOKEN");
	char why[CONFIG_ERROR_LEN];
	if (path[0] == '\0') {
		if (given == NULL || !rs_copy_string(out, TOKEN_MAX, given))
			(void)complain("token.file or ROSTRUM_TOKEN is expected");
		return given != NULL && strlen(given) < TOKEN_MAX;
	}
	FILE *file = fopen(path, "re");
	const bool read = file != NULL && fgets(out, TOKEN_MAX, file) != NULL;
	if (!read) {
		(void)snprintf(why, sizeof(why), "token.file: %.128s: %s", path,
			file != NULL ? "it is empty" : strerror(errno));
		(void)complain(why);
	} else {
		out[strcspn(out, "\r\n ")] = '\0';
	}
	if (file != NULL)
		(void)fclose(file); /* it was only read */
	return read;
}

/* Signaling would refuse it again and again, or let the box in as somebody else. */
static bool fits_box(const char *token)
{
	char why[TOKEN_WHY_LEN];
	char text[TOKEN_WHY_LEN + 16];
	if (token_is_room(token, why))
		return true;
	(void)snprintf(text, sizeof(text), "token: %s", why);
	(void)complain(text);
	return false;
}

static int run(
	const struct config *config, struct room *room, struct seat_work *work, const char *token)
{
	const uint32_t bitrate = (uint32_t)config_int(config, "camera.bitrate");
	const struct box_config box = {
		.base = config_text(config, "base"),
		.meeting = config_text(config, "meeting"),
		.source = config_text(config, "source"),
		.token = token,
		.room = room,
		.seats = work,
		.microphone_bps = (int32_t)config_int(config, "microphone.bitrate"),
		.ladder = { .fps = (uint32_t)config_int(config, "camera.fps"),
			.bitrates_bps = { bitrate / 8, bitrate / 3, bitrate } },
		.jitter = { RS_MS(config_int(config, "delay.least")),
			RS_MS(config_int(config, "delay.most")) },
		.keep_directory = config_text(config, "keep.directory"),
		.keep_octets_max = (uint64_t)config_int(config, "keep.most") << 20,
		.keep_bps = (uint32_t)config_int(config, "keep.bitrate"),
		.health_listen = config_text(config, "health.listen"),
		.report_interval = RS_SEC(config_int(config, "log.interval")),
	};
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK || crypt_start() < 0)
		return complain("a library did not start");
	const int err = box_run(&box, &stop);
	curl_global_cleanup();
	return err < 0 ? 1 : 0;
}

/* What the table of keys cannot say. 0 or 1, then the error was printed. */
static int judge(const struct config *config)
{
	enum log_level level = LOG_INFO;
	if (log_level_parse(config_text(config, "log.level"), &level) < 0)
		return complain("log.level: error, warning, info or debug is expected");
	if (!rs_name_valid(config_text(config, "meeting"), strlen(config_text(config, "meeting"))))
		return complain("meeting: 1 to 64 of A-Z, a-z, 0-9, _ and - are expected");
	if (!rs_name_valid(config_text(config, "source"), strlen(config_text(config, "source"))))
		return complain("source: 1 to 64 of A-Z, a-z, 0-9, _ and - are expected");
	if (config_int(config, "delay.most") < config_int(config, "delay.least"))
		return complain("delay.most: less than delay.least");
	log_init(level, NULL, NULL);
	return 0;
}

static int start(const struct config *config)
{
	static struct room room;
	static char token[TOKEN_MAX];
	struct seat_work *work = NULL;
	struct rs_rand rand;
	char why[SPEC_WHY_LEN];
	if (judge(config) != 0 || !read_token(config, token) || !fits_box(token))
		return 1;
	if (room_open(config, rs_clock_monotonic(), &room, why) < 0)
		return complain(why);
	const char *name = config_text(config, "room.name");
	devices_words(room.devices, name[0] != '\0' ? name : config_text(config, "source"),
		config_text(config, "room.no_signal"));
	rs_rand_init_system(&rand);
	int status = 1;
	if (seat_work_new(config, &room, &rand, rs_clock_monotonic(), &work, why) < 0)
		(void)complain(why);
	else
		status = run(config, &room, work, token);
	seat_work_free(work);
	room_close(&room);
	rs_wipe(token, sizeof(token));
	return status;
}

/* What a technician writes into the configuration: a line each. */
static int list_devices(void)
{
	(void)printf("microphones (microphones[].input):\n");
	alsa_print(true);
	(void)printf("loudspeakers and senders (outputs[].output):\n");
	alsa_print(false);
	(void)printf("cameras (cameras[].input):\n");
	video_print(&video_linux);
	return 0;
}

int main(int argc, char **argv)
{
	struct config *config = NULL;
	const struct sigaction action = { .sa_handler = on_signal };
	(void)signal(SIGPIPE, SIG_IGN); /* a log reader that goes away ends nothing */
	if (argc == 2 && strcmp(argv[1], "--list-devices") == 0)
		return list_devices();
	switch (config_start(PROGRAM, keys, RS_ARRAY_LEN(keys), argc, argv, &config)) {
	case CONFIG_EXIT_OK:
		if (argc == 2 && strcmp(argv[1], "--help") == 0)
			(void)printf("       " PROGRAM
				     " --list-devices (sound cards and cameras of this machine)\n");
		return 0;
	case CONFIG_EXIT_FAIL:
		return 1;
	case CONFIG_START:
		break;
	}
	(void)sigaction(SIGINT, &action, NULL); /* fail on bad arguments only */
	(void)sigaction(SIGTERM, &action, NULL);
	const int status = start(config);
	config_free(config);
	return status;
}
