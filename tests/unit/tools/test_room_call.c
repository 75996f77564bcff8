/* A room as the configuration has it, and its line: what is asked for, how it waits, and what systemd is told. */
#include "tests/support/oom.h"
#include "tools/roombox/room/call.h"
#include "tools/roombox/room/figures.h"
#include "tools/roombox/room/notify.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct config_key keys[] = {
	{ "microphones", CONFIG_TABLE, "[]", 0, ROOM_MICROPHONES_MAX, "", room_microphone_keys,
		RS_ARRAY_LEN(room_microphone_keys) },
	{ "cameras", CONFIG_TABLE, "[]", 0, ROOM_CAMERAS_MAX, "", room_camera_keys,
		RS_ARRAY_LEN(room_camera_keys) },
	{ "camera.input", CONFIG_TEXT, "", 0, 0, "", NULL, 0 },
	{ "camera.loop", CONFIG_BOOL, "false", 0, 0, "", NULL, 0 },
	{ "echo.cancel", CONFIG_BOOL, "false", 0, 0, "", NULL, 0 },
	{ "outputs", CONFIG_TABLE, "[]", 0, ROOM_OUTPUTS_MAX, "", room_output_keys,
		RS_ARRAY_LEN(room_output_keys) },
};
static const struct jitter_config waits = { .least = RS_MS(30), .most = RS_MS(400) };

/* Of up to three settings ("key=value", NULL = no more). */
static struct config *configure(const char *const settings[3])
{
	struct config *config = NULL;
	char error[CONFIG_ERROR_LEN];
	assert_int_equal(config_new(keys, RS_ARRAY_LEN(keys), &config), 0);
	for (size_t i = 0; i < 3 && settings[i] != NULL; i++)
		assert_int_equal(config_set(config, settings[i], error), 0);
	return config;
}

/* Opens a room; 0, or the error with `why` set. */
static int open_by(const char *const settings[3], struct room *room, char *why)
{
	struct config *config = configure(settings);
	const int err = room_open(config, 0, room, why);
	config_free(config);
	return err;
}

static int open_room(const char *microphones, const char *outputs, struct room *room, char *why)
{
	char in[1024];
	char out[1024];
	(void)snprintf(in, sizeof(in), "microphones=%s", microphones);
	(void)snprintf(out, sizeof(out), "outputs=%s", outputs);
	return open_by((const char *const[]){ in, out, NULL }, room, why);
}

static void channels_become_slots_and_the_floor_has_three(void **state)
{
	struct room room;
	char why[SPEC_WHY_LEN];
	char query[256];
	assert_int_equal(open_room("[]",
				 "[{\"output\":\"null:\",\"channels\":[\"floor\",\"fr\",\"es\"]},"
				 "{\"output\":\"null:\",\"channels\":[\"es\",\"ru\"]}]",
				 &room, why),
		0);
	assert_int_equal(room.n_slots, 6);
	assert_int_equal(room.outputs[0].carries[0], ROOM_FLOOR);
	assert_int_equal(room.outputs[0].carries[2], room.outputs[1].carries[0]);
	assert_int_equal(call_query(&room, query, sizeof(query)), 0);
	assert_string_equal(query, "?receive=floor,floor,floor,fr,es,ru");
	assert_int_equal(call_query(&room, query, 12), -ENOSPC);
	room_close(&room);
	assert_int_equal(open_room("[]", "[]", &room, why), 0);
	assert_int_equal(call_query(&room, query, sizeof(query)), 0);
	assert_string_equal(query, "");
	room_close(&room);
}

static void as_many_channels_as_an_offer_has_sections(void **state)
{
	struct room room;
	char why[SPEC_WHY_LEN];
	const char *most =
		"[{\"output\":\"null:\",\"channels\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\","
		"\"h\",\"i\",\"j\",\"k\"]}]";
	const char *more =
		"[{\"output\":\"null:\",\"channels\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\","
		"\"h\",\"i\",\"j\",\"k\",\"l\"]}]";
	assert_int_equal(open_room("[]", most, &room, why), 0);
	assert_int_equal(room.n_slots, ROOM_SLOTS_MAX);
	room_close(&room);
	assert_int_equal(open_room("[]", more, &room, why), -EINVAL);
	assert_string_equal(why, "outputs[0]: channels: there are more than 11 in all");
}

static void what_is_wrong_with_a_room_is_told_by_key_and_row(void **state)
{
	static const struct {
		const char *microphones;
		const char *outputs;
		const char *said;
	} bad[] = {
		{ "[{\"input\":\"gen:tone\"},{\"input\":\"gen:hum\"}]", "[]",
			"microphones[1]: gen:hum: there is no such sound" },
		{ "[{\"input\":\"gen:tone\",\"channels\":[\"2\"]}]", "[]",
			"microphones[0]: channels: \"2\" is none of the input's 1" },
		{ "[{\"input\":\"gen:tone\",\"channels\":[\"0\"]}]", "[]",
			"is none of the input's 1" },
		{ "[{\"input\":\"gen:tone\",\"seat\":\"a name that is too long\"}]", "[]",
			"microphones[0]: seat: at most 16 octets" },
		{ "[]", "[{\"output\":\"file:x.mp3\"}]",
			"outputs[0]: \"file:x.mp3\": no sound goes there" },
		{ "[]", "[{\"output\":\"null:\",\"channels\":[\"a b\"]}]",
			"\"a b\" is no channel's id" },
		{ "[]", "[{\"output\":\"null:\",\"channels\":[]}]",
			"outputs[0]: channels: 1 to 64" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct room room;
		char why[SPEC_WHY_LEN] = "";
		assert_true(open_room(bad[i].microphones, bad[i].outputs, &room, why) < 0);
		assert_non_null(strstr(why, bad[i].said));
	}
}

static void microphones_are_added_and_clipped(void **state)
{
	struct room room;
	char why[SPEC_WHY_LEN];
	int16_t out[PLAYOUT_BLOCK];
	assert_int_equal(open_room("[{\"input\":\"gen:tone,hz=1000,level=0\"},"
				   "{\"input\":\"gen:tone,hz=1000,level=0\"}]",
				 "[]", &room, why),
		0);
	room_capture(&room, out);
	int16_t most = 0;
	int16_t least = 0;
	for (size_t i = 0; i < PLAYOUT_BLOCK; i++) {
		most = out[i] > most ? out[i] : most;
		least = out[i] < least ? out[i] : least;
	}
	assert_int_equal(most, INT16_MAX);
	assert_int_equal(least, INT16_MIN);
	room_close(&room);
}

/* Largest step from one sample to the next of a block, `last` being the sample before it. */
static int largest_step(const int16_t block[PLAYOUT_BLOCK], int16_t *last)
{
	int most = 0;
	for (size_t i = 0; i < PLAYOUT_BLOCK; i++) {
		const int step = abs(block[i] - *last);
		most = step > most ? step : most;
		*last = block[i];
	}
	return most;
}

static int peak_of(const int16_t block[PLAYOUT_BLOCK], size_t from)
{
	int most = 0;
	for (size_t i = from; i < PLAYOUT_BLOCK; i++)
		most = abs(block[i]) > most ? abs(block[i]) : most;
	return most;
}

static void a_seats_microphone_is_heard_while_it_is_open_and_never_clicks(void **state)
{
	struct room room;
	char why[SPEC_WHY_LEN];
	int16_t out[PLAYOUT_BLOCK];
	int16_t last = 0;
	assert_int_equal(open_room("[{\"input\":\"gen:tone,hz=100,level=0\",\"seat\":\"A12\"},"
				   "{\"input\":\"gen:tone,hz=200,level=-20\",\"seat\":\"A13\"}]",
				 "[]", &room, why),
		0);
	/* A tone of full scale itself steps by 2 pi 100/48000 of it, the gate adds a 240th. */
	const int steady = (int)(INT16_MAX * 2 * 3.1416 * 100 / 48000) + 1;
	const int fading = steady + INT16_MAX / ROOM_FADE + 2;
	room_capture(&room, out);
	assert_int_equal(peak_of(out, 0), 0);
	assert_true(room_open_microphone(&room, "A12", true));
	assert_false(room_open_microphone(&room, "A14", true));
	assert_false(room_open_microphone(&room, "", true));
	room_capture(&room, out);
	assert_true(largest_step(out, &last) <= fading);
	room_capture(&room, out);
	assert_true(peak_of(out, 0) > INT16_MAX - 10);
	assert_true(largest_step(out, &last) <= steady);
	assert_true(room_open_microphone(&room, "A12", false));
	room_capture(&room, out);
	assert_true(largest_step(out, &last) <= fading);
	assert_int_equal(peak_of(out, ROOM_FADE), 0);
	room_close(&room);
}

static void a_device_is_read_once_for_all_microphones_that_are_its_channels(void **state)
{
	struct room room;
	char why[SPEC_WHY_LEN];
	int16_t out[PLAYOUT_BLOCK];
	assert_int_equal(open_room("[{\"input\":\"gen:tone,hz=100,level=-20\"},"
				   "{\"input\":\"gen:tone,hz=100,level=-20\",\"seat\":\"A1\"},"
				   "{\"input\":\"gen:tone,hz=100,level=-26\",\"seat\":\"A1\"}]",
				 "[]", &room, why),
		0);
	assert_int_equal(room.n_inputs, 2);
	assert_int_equal(room.n_microphones, 3);
	for (size_t i = 0; i < 10; i++)
		room_capture(&room, out);
	/* Before the gate, of the root mean square: 3 dB below a tone's peak. */
	assert_int_equal(room.microphones[0].level, -23);
	assert_int_equal(room.microphones[1].level, -23);
	assert_int_equal(room.microphones[2].level, -29);
	assert_in_range(peak_of(out, 0), 3270, 3280);
	assert_true(room_open_microphone(&room, "A1", true));
	room_capture(&room, out);
	room_capture(&room, out);
	assert_in_range(peak_of(out, 0), 3275 * 2 + 1640, 3280 * 2 + 1645);
	room_close(&room);
}

static void a_camera_that_was_chosen_is_shown_from_its_next_picture_on(void **state)
{
	struct room room;
	char why[SPEC_WHY_LEN];
	struct picture picture;
	const char *const two[3] = {
		"cameras=[{\"name\":\"left\",\"input\":\"gen:bars,width=64,height=32\"},"
		"{\"name\":\"right\",\"input\":\"gen:bars,width=32,height=64,fps=1\"}]"
	};
	assert_int_equal(open_by(two, &room, why), 0);
	assert_int_equal(room_picture(&room, 0, &picture), ROOM_PICTURE_NEXT);
	assert_int_equal(picture.width, 64);
	assert_int_equal(room_picture(&room, 1, &picture), ROOM_PICTURE_NONE);
	assert_true(room_show_camera(&room, "left")); /* it is */
	assert_int_equal(room_picture(&room, RS_MS(40), &picture), ROOM_PICTURE_NEXT);
	assert_false(room_show_camera(&room, "middle"));
	assert_true(room_show_camera(&room, "right"));
	assert_int_equal(room_picture(&room, RS_MS(80), &picture), ROOM_PICTURE_CUT);
	assert_int_equal(picture.width, 32);
	/* Back, and again: the second has nothing new yet, and is seen nevertheless. */
	assert_true(room_show_camera(&room, "left"));
	assert_int_equal(room_picture(&room, RS_MS(120), &picture), ROOM_PICTURE_CUT);
	assert_true(room_show_camera(&room, "right"));
	assert_int_equal(room_picture(&room, RS_MS(160), &picture), ROOM_PICTURE_CUT);
	assert_int_equal(picture.height, 64);
	assert_int_equal(room_picture(&room, RS_MS(200), &picture), ROOM_PICTURE_NONE);
	room_close(&room);
}

static void what_is_wrong_with_cameras_is_told_by_key_and_row(void **state)
{
	static const struct {
		const char *settings[3];
		const char *said;
	} bad[] = {
		{ { "cameras=[{\"name\":\"a b\",\"input\":\"gen:bars\"}]" },
			"cameras[0]: name: \"a b\" is none" },
		{ { "cameras=[{\"name\":\"a\",\"input\":\"gen:bars\"},{\"name\":\"a\",\"input\":\"gen:bars\"}]" },
			"cameras[1]: name: \"a\" is none, or another camera's" },
		{ { "cameras=[{\"name\":\"a\",\"input\":\"gen:bars\"}]", "camera.input=gen:bars" },
			"camera.input: \"cameras\" names some as well" },
		{ { "camera.input=gen:rain" }, "camera.input: gen:rain" },
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(bad); i++) {
		struct room room;
		char why[SPEC_WHY_LEN] = "";
		assert_true(open_by(bad[i].settings, &room, why) < 0);
		assert_non_null(strstr(why, bad[i].said));
	}
}

static int open_once(void *ctx)
{
	char why[SPEC_WHY_LEN];
	struct room room;
	const int err = room_open(ctx, 0, &room, why);
	if (err == 0)
		room_close(&room);
	return err;
}

static void memory_may_run_out_while_a_room_is_opened(void **state)
{
	struct config *config = configure((const char *const[]){
		"microphones=[{\"input\":\"gen:tone\",\"seat\":\"A1\"},{\"input\":\"gen:silence\"}]",
		"cameras=[{\"name\":\"a\",\"input\":\"gen:bars,width=32,height=32\"}]",
		"outputs=[{\"output\":\"null:\"}]" });
	check_oom(open_once, config);
	config_free(config);
}

static rs_time fail_once(struct call *call, long status, rs_time now)
{
	struct rs_buf offer;
	rs_buf_init(&offer, RTC_SDP_MAX);
	assert_int_equal(call->stage, CALL_WAITING);
	assert_int_equal(call_ask(call, now, &offer), 0);
	assert_true(rs_buf_len(&offer) > 0);
	assert_int_equal(call->stage, CALL_ASKING);
	call_answered(call, status, "v=0", 3, true, now);
	assert_int_equal(call->stage, CALL_WAITING);
	assert_null(call->peer);
	rs_buf_done(&offer);
	return call->due - now;
}

static void a_refused_call_is_tried_again_ever_more_slowly_and_for_ever(void **state)
{
	static const rs_time waits_ms[] = { 200, 400, 800, 1600, 3200, 5000, 5000 };
	struct rs_rand rand;
	struct room room;
	struct call call;
	char why[SPEC_WHY_LEN];
	rs_rand_init_seed(&rand, 1);
	assert_int_equal(open_room("[]", "[{\"output\":\"null:\"}]", &room, why), 0);
	call_init(&call, &room, &waits, &rand, RS_SEC(1));
	assert_int_equal(call.due, RS_SEC(1));
	for (size_t i = 0; i < RS_ARRAY_LEN(waits_ms); i++)
		assert_int_equal(
			fail_once(&call, i % 2 == 0 ? 503 : 201, RS_SEC(1)), RS_MS(waits_ms[i]));
	assert_int_equal(call.joins, 0);
	/* An answer that nobody waits for. */
	call_answered(&call, 201, "v=0", 3, true, RS_SEC(2));
	assert_int_equal(call.stage, CALL_WAITING);
	assert_false(call_tick(&call, RS_SEC(3), 0));
	call_done(&call);
	room_close(&room);
}

static int ask_once(void *ctx)
{
	struct rs_rand rand;
	struct rs_buf offer;
	struct call call;
	rs_rand_init_seed(&rand, 1);
	rs_buf_init(&offer, RTC_SDP_MAX);
	call_init(&call, ctx, &waits, &rand, 0);
	const int err = call_ask(&call, 0, &offer);
	call_done(&call);
	rs_buf_done(&offer);
	return err;
}

static void memory_may_run_out(void **state)
{
	struct room room;
	char why[SPEC_WHY_LEN];
	assert_int_equal(open_room("[]", "[{\"output\":\"null:\"}]", &room, why), 0);
	check_oom(ask_once, &room);
	room_close(&room);
}

static void figures_are_told_as_prometheus_reads_them(void **state)
{
	struct devices *devices = NULL;
	struct device *device = NULL;
	assert_int_equal(devices_new(&devices), 0);
	devices_place(devices, "outputs[0].output");
	assert_int_equal(device_new(devices, "alsa:a\"b", NULL, NULL, &device), 0);
	device_figures(device)->ppm = -37.4;
	device_figures(device)->xruns = 2;
	const struct room room = { .devices = devices,
		.n_microphones = 2,
		.microphones = { { .open = true, .level = -23 },
			{ .seat = "A\"1\\", .level = ROOM_LEVEL_SILENT } } };
	const struct figures figures = { .room = &room,
		.in_meeting = true,
		.joins = 2,
		.heard = { .lost = 3, .delay = RS_MS(45) },
		.blocks_skipped = UINT64_MAX,
		.rtt = RS_MS(41),
		.has_seats = true,
		.seats = { .connections = 3, .connections_refused = 4, .keys_denied = 5 },
		.has_kept = true,
		.kept_failing = true,
		.kept_sound_alone = true,
		.kept_octets = 131072,
		.kept_left_out_octets = 77,
		.has_uplink = true,
		.uplink_bps = 800000,
		.layers_bps = { 150000, 0, 0 } };
	struct rs_buf out;
	rs_buf_init(&out, FIGURES_MAX);
	assert_int_equal(figures_write(&figures, &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	const char *text = (const char *)rs_buf_data(&out);
	static const char *const lines[] = {
		"# TYPE rostrum_box_in_meeting gauge\nrostrum_box_in_meeting 1\n",
		"# TYPE rostrum_box_joins_total counter\nrostrum_box_joins_total 2\n",
		"\nrostrum_box_heard_lost_total 3\n",
		"\nrostrum_box_heard_delay_seconds 0.045000\n",
		"\nrostrum_box_round_trip_seconds 0.041000\n",
		"\nrostrum_box_microphone_level_dbfs{microphone=\"1\",seat=\"\"} -23\n",
		"\nrostrum_box_microphone_open{microphone=\"1\",seat=\"\"} 1\n",
		"\nrostrum_box_microphone_level_dbfs{microphone=\"2\",seat=\"A\\\"1\\\\\"} -127\n",
		"\nrostrum_box_seat_connections 3\n",
		"\nrostrum_box_seat_connections_refused_total 4\n",
		"\nrostrum_box_seat_keys_denied_total 5\n",
		"\nrostrum_box_kept_octets 131072\n",
		"\nrostrum_box_kept_failing 1\n",
		"\nrostrum_box_kept_sound_alone 1\n",
		"\nrostrum_box_kept_left_out_octets_total 77\n",
		"\nrostrum_box_uplink_bps 800000\n",
		"\nrostrum_box_picture_bps{layer=\"0\"} 150000\n",
		"\nrostrum_box_picture_bps{layer=\"2\"} 0\n",
		"\nrostrum_box_blocks_skipped_total 18446744073709551615\n",
		"\nrostrum_box_device_up{place=\"outputs[0].output\",device=\"alsa:a\\\"b\"} 0\n",
		"\nrostrum_box_device_xruns_total{place=\"outputs[0].output\",device=\"alsa:a\\\"b\"} 2\n",
		"\nrostrum_box_device_clock_ppm{place=\"outputs[0].output\",device=\"alsa:a\\\"b\"} -37\n",
	};
	for (size_t i = 0; i < RS_ARRAY_LEN(lines); i++)
		assert_non_null(strstr(text, lines[i]));
	rs_buf_done(&out);
	rs_buf_init(&out, 100);
	assert_int_equal(figures_write(&figures, &out), -E2BIG);
	rs_buf_done(&out);
	device_free(device);
	devices_free(devices);
}

static void systemd_is_told_where_it_listens(void **state)
{
	char text[32] = "";
	(void)unsetenv("NOTIFY_SOCKET");
	assert_int_equal(notify_send("READY=1"), -ENOENT);
	/* An abstract name: nothing is left behind. */
	struct {
		sa_family_t family;
		char path[24];
	} name = { AF_UNIX, "" };
	const int len = snprintf(name.path, sizeof(name.path), "@rostrum-%d", (int)getpid());
	assert_int_equal(setenv("NOTIFY_SOCKET", name.path, 1), 0);
	assert_int_equal(notify_send("READY=1"), -EIO);
	name.path[0] = '\0';
	const int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	struct sockaddr_storage addr = { 0 };
	memcpy(&addr, &name, sizeof(name));
	assert_int_equal(
		bind(fd, (struct sockaddr *)&addr, (socklen_t)(sizeof(sa_family_t) + (size_t)len)),
		0);
	assert_int_equal(notify_send("READY=1"), 0);
	assert_int_equal(recv(fd, text, sizeof(text) - 1, 0), 7);
	assert_string_equal(text, "READY=1");
	(void)close(fd);
	(void)unsetenv("NOTIFY_SOCKET");
}

static void the_watchdog_is_fed_twice_in_its_time(void **state)
{
	char pid[16];
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
	assert_int_equal(notify_interval(), RS_TIME_NEVER);
	assert_int_equal(setenv("WATCHDOG_USEC", "10000000", 1), 0);
	assert_int_equal(notify_interval(), RS_SEC(5));
	assert_int_equal(setenv("WATCHDOG_PID", "1", 1), 0);
	assert_int_equal(notify_interval(), RS_TIME_NEVER);
	(void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
	assert_int_equal(setenv("WATCHDOG_PID", pid, 1), 0);
	assert_int_equal(notify_interval(), RS_SEC(5));
	assert_int_equal(setenv("WATCHDOG_USEC", "often", 1), 0);
	assert_int_equal(notify_interval(), RS_TIME_NEVER);
	(void)unsetenv("WATCHDOG_USEC");
	(void)unsetenv("WATCHDOG_PID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(channels_become_slots_and_the_floor_has_three),
		cmocka_unit_test(as_many_channels_as_an_offer_has_sections),
		cmocka_unit_test(what_is_wrong_with_a_room_is_told_by_key_and_row),
		cmocka_unit_test(microphones_are_added_and_clipped),
		cmocka_unit_test(a_seats_microphone_is_heard_while_it_is_open_and_never_clicks),
		cmocka_unit_test(a_device_is_read_once_for_all_microphones_that_are_its_channels),
		cmocka_unit_test(a_camera_that_was_chosen_is_shown_from_its_next_picture_on),
		cmocka_unit_test(what_is_wrong_with_cameras_is_told_by_key_and_row),
		cmocka_unit_test(memory_may_run_out_while_a_room_is_opened),
		cmocka_unit_test(a_refused_call_is_tried_again_ever_more_slowly_and_for_ever),
		cmocka_unit_test(memory_may_run_out),
		cmocka_unit_test(figures_are_told_as_prometheus_reads_them),
		cmocka_unit_test(systemd_is_told_where_it_listens),
		cmocka_unit_test(the_watchdog_is_fed_twice_in_its_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
