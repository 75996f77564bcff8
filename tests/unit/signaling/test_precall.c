/* What a test before a call is good for: one table of what was measured and what follows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "signaling/technician/precall.h"

/* A case says what it is about over what is fine. */
#pragma GCC diagnostic ignored "-Woverride-init"

/* Nothing to complain of; what a case says otherwise is written behind it. */
#define FINE                                                                                \
	.camera = PRECALL_DEVICE_WORKS, .height = 720, .luma = 120,                         \
	.microphone = PRECALL_DEVICE_WORKS, .level = -22, .noise = -62,                     \
	.speakers = PRECALL_EAR_HEARD,                                                      \
	.paths = { PRECALL_PATH_OPEN, PRECALL_PATH_OPEN, PRECALL_PATH_ABSENT }, .up = 2100, \
	.down = 4000, .rtt = 40

static const struct {
	const char *what;
	struct precall found;
	const char *verdict;
	const char *reasons; /* with a blank after each */
} cases[] = {
	{ "all is well", { FINE }, "good", "" },
	{ "no camera is no fault", { FINE, .camera = PRECALL_DEVICE_NONE, .height = 0, .luma = 0 },
		"good", "" },
	{ "one that gives nothing is", { FINE, .camera = PRECALL_DEVICE_FAULT }, "poor",
		"camera-fault " },
	{ "as dark as it may be", { FINE, .luma = 40 }, "good", "" },
	{ "darker", { FINE, .luma = 39 }, "poor", "camera-dark " },
	{ "as small as it may be", { FINE, .height = 360 }, "good", "" },
	{ "smaller", { FINE, .height = 240 }, "poor", "camera-small " },
	{ "no microphone", { FINE, .microphone = PRECALL_DEVICE_NONE, .level = -100 }, "unusable",
		"microphone-none " },
	{ "a microphone that gives nothing", { FINE, .microphone = PRECALL_DEVICE_FAULT },
		"unusable", "microphone-fault " },
	{ "one that hears nothing is not called quiet as well", { FINE, .level = -71 }, "unusable",
		"microphone-silent " },
	{ "quiet", { FINE, .level = -46 }, "poor", "microphone-quiet " },
	{ "quiet enough", { FINE, .level = -45 }, "good", "" },
	{ "a loud room", { FINE, .noise = -40 }, "poor", "microphone-noise " },
	{ "a room", { FINE, .noise = -41 }, "good", "" },
	{ "overload", { FINE, .clipping = 20 }, "poor", "microphone-clipping " },
	{ "a knock", { FINE, .clipping = 19 }, "good", "" },
	{ "the tone was not heard", { FINE, .speakers = PRECALL_EAR_SILENT }, "unusable",
		"speakers-silent " },
	{ "nobody listened for it", { FINE, .speakers = PRECALL_EAR_UNTRIED }, "good", "" },
	{ "no way through",
		{ FINE, .paths = { PRECALL_PATH_CLOSED, PRECALL_PATH_CLOSED, PRECALL_PATH_CLOSED },
			.up = 0, .down = 0 },
		"unusable", "no-path " },
	{ "nothing was tried is no way", { FINE, .paths = { PRECALL_PATH_ABSENT } }, "unusable",
		"no-path " },
	{ "through a firewall",
		{ FINE, .paths = { PRECALL_PATH_CLOSED, PRECALL_PATH_OPEN, PRECALL_PATH_OPEN } },
		"poor", "no-udp " },
	{ "by a relay",
		{ FINE, .paths = { PRECALL_PATH_CLOSED, PRECALL_PATH_CLOSED, PRECALL_PATH_OPEN } },
		"poor", "no-udp " },
	{ "half a megabit up is poor", { FINE, .up = 500 }, "poor", "up-narrow " },
	{ "a little more is not", { FINE, .up = 501 }, "good", "" },
	{ "not enough for a voice", { FINE, .up = 96 }, "unusable", "up-narrow " },
	{ "little comes down", { FINE, .down = 700 }, "poor", "down-narrow " },
	{ "too little", { FINE, .down = 128 }, "unusable", "down-narrow " },
	{ "little was sent down", { FINE, .down = 600, .at_least = true }, "good", "" },
	{ "loss up", { FINE, .loss_up = 30 }, "poor", "loss-up " },
	{ "loss that redundancy mends", { FINE, .loss_up = 29, .loss_down = 29 }, "good", "" },
	{ "loss down, too much", { FINE, .loss_down = 150 }, "unusable", "loss-down " },
	{ "far away", { FINE, .rtt = 300 }, "poor", "delay " },
	{ "too far", { FINE, .rtt = 1000 }, "unusable", "delay " },
	{ "the worst is told first",
		{ FINE, .up = 300, .rtt = 1200, .luma = 3, .speakers = PRECALL_EAR_SILENT },
		"unusable", "delay speakers-silent up-narrow camera-dark " },
};

static void the_table_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct precall_finding findings[PRECALL_REASONS];
		char reasons[512] = "";
		const size_t n = precall_judge(&cases[i].found, findings);
		for (size_t k = 0; k < n; k++) {
			strcat(reasons, precall_reason_name(findings[k].reason));
			strcat(reasons, " ");
		}
		const char *verdict = precall_verdict_name(precall_verdict(&cases[i].found));
		if (strcmp(verdict, cases[i].verdict) != 0 ||
			strcmp(reasons, cases[i].reasons) != 0)
			fail_msg("%s: %s %s", cases[i].what, verdict, reasons);
	}
}

static void all_at_once_fits(void **state)
{
	(void)state;
	const struct precall worst = {
		.camera = PRECALL_DEVICE_WORKS,
		.microphone = PRECALL_DEVICE_WORKS,
		.level = -50,
		.clipping = 1000,
		.speakers = PRECALL_EAR_SILENT,
		.paths = { PRECALL_PATH_CLOSED, PRECALL_PATH_OPEN, PRECALL_PATH_CLOSED },
		.rtt = 5000,
		.loss_up = 1000,
		.loss_down = 1000,
	};
	struct precall_finding findings[PRECALL_REASONS];
	assert_int_equal(precall_judge(&worst, findings), 12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_holds),
		cmocka_unit_test(all_at_once_fits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
