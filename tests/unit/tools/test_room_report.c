/* How a box says how it is: signaling takes it, whatever devices are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "signaling/wire/message/box.h"
#include "tools/roombox/meeting/report.h"

/* ---- the report ---- */

static void fill(char *out, size_t cap, const char *letter)
{
	size_t n = 0;
	for (; n + strlen(letter) < cap; n += strlen(letter))
		memcpy(out + n, letter, strlen(letter));
	out[n] = '\0';
}

/* As much as a box can have, each name as long as it may be. */
static struct report whole(const char *letter)
{
	struct report report = { .version = "0.1.0",
		.cpu = 99,
		.skipped = UINT64_MAX,
		.free = INT64_C(1) << 50,
		.left = 86400,
		.kept = 100,
		.delay_ms = 400,
		.concealed = 1000,
		.rtt_ms = 60000,
		.available_kbps = 1000000,
		.n_microphones = REPORT_MICROPHONES_MAX,
		.n_cameras = REPORT_CAMERAS_MAX,
		.n_outputs = REPORT_OUTPUTS_MAX,
		.n_devices = REPORT_DEVICES_MAX };
	for (size_t i = 0; i < REPORT_MICROPHONES_MAX; i++) {
		struct report_microphone *one = &report.microphones[i];
		*one = (struct report_microphone){ "", true, -127, 0, 1000 };
		fill(one->seat, sizeof(one->seat), letter);
	}
	for (size_t i = 0; i < REPORT_CAMERAS_MAX; i++) {
		struct report_camera *one = &report.cameras[i];
		*one = (struct report_camera){ "", false, i == 0, 30, INT64_C(1) << 50 };
		fill(one->name, sizeof(one->name), "c");
	}
	for (size_t i = 0; i < REPORT_OUTPUTS_MAX; i++) {
		struct report_output *one = &report.outputs[i];
		*one = (struct report_output){ "", 60000, UINT64_MAX, REPORT_FEEDS_MAX, { "" } };
		fill(one->name, sizeof(one->name), letter);
		for (size_t f = 0; f < REPORT_FEEDS_MAX; f++)
			fill(one->feeds[f], sizeof(one->feeds[f]), "f");
	}
	for (size_t i = 0; i < REPORT_DEVICES_MAX; i++) {
		struct report_device *one = &report.devices[i];
		*one = (struct report_device){ "microphones[15].input", "", false, UINT64_MAX,
			UINT64_MAX, UINT64_MAX, -5000, INT64_C(1) << 50 };
		fill(one->name, sizeof(one->name), letter);
	}
	return report;
}

static void whatever_a_box_has_signaling_takes(void **state)
{
	(void)state;
	static const char *const letters[] = { "x", "\"", "\xc3\xa9", "\xff", "\n" };
	for (size_t i = 0; i < RS_ARRAY_LEN(letters); i++) {
		const struct report report = whole(letters[i]);
		struct wire_message message;
		char error[WIRE_ERROR_LEN] = "";
		struct rs_buf out;
		rs_buf_init(&out, REPORT_MAX);
		assert_int_equal(report_write(&report, "box-1", &out), 0);
		assert_int_equal(wire_message_parse((const char *)rs_buf_data(&out),
					 rs_buf_len(&out), &message, error),
			WIRE_OK);
		assert_string_equal(error, "");
		assert_int_equal(message.command.kind, COMMAND_TELL_BOX);
		assert_int_equal(message.box.camera, SEVERITY_CRITICAL);
		assert_int_equal(message.box.card, SEVERITY_CRITICAL);
		assert_int_equal(message.box.kept, 100);
		assert_int_equal(message.box.concealed, 1000);
		assert_int_equal(message.box.rtt, 60000);
		assert_int_equal(message.box.available, 1000000);
		wire_message_done(&message);
		rs_buf_done(&out);
	}
}

static void what_is_not_measured_is_not_said(void **state)
{
	(void)state;
	const struct report report = { .version = "0.1.0",
		.cpu = REPORT_UNKNOWN,
		.free = REPORT_UNKNOWN,
		.left = REPORT_UNKNOWN,
		.kept = REPORT_UNKNOWN,
		.delay_ms = REPORT_UNKNOWN,
		.concealed = REPORT_UNKNOWN,
		.rtt_ms = REPORT_UNKNOWN,
		.available_kbps = REPORT_UNKNOWN,
		.n_cameras = 1,
		.cameras = { { "total", true, false, REPORT_UNKNOWN, 0 } } };
	struct rs_buf out;
	rs_buf_init(&out, REPORT_MAX);
	assert_int_equal(report_write(&report, "box-1", &out), 0);
	assert_int_equal(rs_buf_append(&out, "", 1), 0);
	assert_string_equal((const char *)rs_buf_data(&out),
		"{\"type\":\"tell-box\",\"id\":\"box-1\",\"version\":\"0.1.0\",\"skipped\":0,\"microphones\":[],"
		"\"cameras\":[{\"name\":\"total\",\"here\":true,\"shown\":false}],\"outputs\":[],\"devices\":[]}");
	rs_buf_done(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_a_box_has_signaling_takes),
		cmocka_unit_test(what_is_not_measured_is_not_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
