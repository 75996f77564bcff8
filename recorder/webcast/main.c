/* recorder/webcast/main.c
 *
 * rostrum-webcast: public meetings for everybody, by HLS. Reads its configuration and runs until it is told to stop.
 */
#include "common/config/config.h"
#include "common/log/log.h"
#include "recorder/webcast/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static const struct config_key keys[] = {
	{ "archive.directory", CONFIG_TEXT, "/var/lib/rostrum/archive", 0, 0,
		"directory of the recorder's archives, which are read as they are written" },
	{ "webcast.directory", CONFIG_TEXT, "/var/lib/rostrum/webcast", 0, 0,
		"directory that holds one directory for each meeting that is webcast; made if its parent exists" },
	{ "webcast.segment_ms", CONFIG_INT, "2000", 1000, 10000,
		"milliseconds of each segment; players are some three of them behind" },
	{ "webcast.window", CONFIG_INT, "8", 3, 60, "segments that a playlist names" },
	{ "webcast.keep_s", CONFIG_INT, "600", 0, 86400,
		"seconds for which a webcast that has ended can still be asked for" },
	{ "webcast.video.width", CONFIG_INT, "1280", 160, 1920, "pixels of the picture; even" },
	{ "webcast.video.height", CONFIG_INT, "720", 90, 1088, "pixels of the picture; even" },
	{ "webcast.video.bitrate", CONFIG_INT, "1500000", 100000, 20000000,
		"bits a second of the picture" },
	{ "webcast.video.fps", CONFIG_INT, "25", 5, 30, "pictures a second, at most" },
	{ "webcast.nice", CONFIG_INT, "10", 0, 19,
		"how far it stands back behind the other programs where processors are short (nice)" },
	{ "limits.meetings", CONFIG_INT, "8", 1, 64,
		"meetings that are webcast at the same time, at most" },
	{ "log.level", CONFIG_TEXT, "info", 0, 0, "error, warning, info or debug" },
};

static int run(const struct config *config)
{
	enum log_level level;
	if (log_level_parse(config_text(config, "log.level"), &level) < 0) {
		(void)fprintf(stderr,
			"rostrum-webcast: log.level: error, warning, info or debug is expected\n");
		return -EINVAL;
	}
	const int64_t width = config_int(config, "webcast.video.width");
	const int64_t height = config_int(config, "webcast.video.height");
	if (width % 2 != 0 || height % 2 != 0) {
		(void)fprintf(stderr, "rostrum-webcast: %s: an even number is expected\n",
			width % 2 != 0 ? "webcast.video.width" : "webcast.video.height");
		return -EINVAL;
	}
	log_init(level, NULL, NULL);
	if (setpriority(PRIO_PROCESS, 0, (int)config_int(config, "webcast.nice")) < 0)
		log_warning(
			LOG_MAIN, NULL, "webcast.nice cannot be had why=\"%s\"", strerror(errno));
	const struct hall_config hall = { .archive = config_text(config, "archive.directory"),
		.directory = config_text(config, "webcast.directory"),
		.keep_ms = config_int(config, "webcast.keep_s") * 1000,
		.casts_max = (size_t)config_int(config, "limits.meetings"),
		.cast = { .segment_ms = (uint32_t)config_int(config, "webcast.segment_ms"),
			.window = (uint32_t)config_int(config, "webcast.window"),
			.width = (uint16_t)width,
			.height = (uint16_t)height,
			.fps = (uint32_t)config_int(config, "webcast.video.fps"),
			.bitrate_bps = (uint32_t)config_int(config, "webcast.video.bitrate") } };
	return loop_run(&hall);
}

int main(int argc, char **argv)
{
	struct config *config = NULL;
	switch (config_start("rostrum-webcast", keys, RS_ARRAY_LEN(keys), argc, argv, &config)) {
	case CONFIG_START:
		break;
	case CONFIG_EXIT_OK:
		return EXIT_SUCCESS;
	case CONFIG_EXIT_FAIL:
		return EXIT_FAILURE;
	}
	/* A file over its limit is an error where it is written. */
	(void)signal(SIGXFSZ, SIG_IGN);
	const int err = run(config);
	config_free(config);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
