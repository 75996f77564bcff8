/* recorder/main.c
 *
 * rostrum-recorder: keeps the proceedings. Reads its configuration and runs until it is told to stop.
 */
#include "common/config/config.h"
#include "common/log/log.h"
#include "recorder/io/authority.h"
#include "recorder/io/io.h"
#include "recorder/keys/keys.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool power_of_two(int64_t n)
{
	return (n & (n - 1)) == 0;
}

/* As far as the words say: a link may lead anywhere. */
static bool is_within(const char *path, const char *directory)
{
	size_t len = strlen(directory);
	while (len > 1 && directory[len - 1] == '/')
		len--;
	return path[0] != '\0' && strncmp(path, directory, len) == 0 &&
	       (path[len] == '/' || path[len] == '\0');
}

static int run(const struct config *config)
{
	enum log_level level;
	if (log_level_parse(config_text(config, "log.level"), &level) < 0) {
		(void)fprintf(stderr,
			"rostrum-recorder: log.level: error, warning, info or debug is expected\n");
		return -EINVAL;
	}
	const int64_t window = config_int(config, "record.reorder_packets");
	if (!power_of_two(window)) {
		(void)fprintf(stderr,
			"rostrum-recorder: record.reorder_packets: a power of two is expected\n");
		return -EINVAL;
	}
	const int64_t amber = config_int(config, "archive.amber_minutes");
	const int64_t red = config_int(config, "archive.red_minutes");
	if (red > amber) {
		(void)fprintf(stderr,
			"rostrum-recorder: archive.red_minutes: no more than archive.amber_minutes is expected\n");
		return -EINVAL;
	}
	const char *copy = config_text(config, "archive.copy");
	if (is_within(copy, config_text(config, "archive.directory"))) {
		(void)fprintf(stderr,
			"rostrum-recorder: archive.copy: a directory outside of archive.directory is expected\n");
		return -EINVAL;
	}
	if (config_text(config, "archive.tsa.url")[0] != '\0' &&
		!authority_url_valid(config_text(config, "archive.tsa.url"))) {
		(void)fprintf(stderr,
			"rostrum-recorder: archive.tsa.url: an http: or https: URL is expected\n");
		return -EINVAL;
	}
	log_init(level, NULL, NULL);
	const struct io_config io = { .node = config_text(config, "node.name"),
		.control_path = config_text(config, "control.socket"),
		.root = config_text(config, "archive.directory"),
		.head_interval = RS_SEC(config_int(config, "archive.head_s")),
		.tsa_url = config_text(config, "archive.tsa.url"),
		.tsa_ca = config_text(config, "archive.tsa.ca"),
		.tsa_timeout_ms = (uint32_t)config_int(config, "archive.tsa.timeout_s") * 1000,
		.secretariat_key = config_text(config, "archive.secretariat_key"),
		.closed_in_clear = config_bool(config, "archive.closed_in_clear"),
		.key_path = config_text(config, "archive.key"),
		.software = "rostrum-recorder " ROSTRUM_VERSION,
		.rules = { .cluster_ms = (uint32_t)config_int(config, "archive.cluster_ms"),
			.cluster_max = (size_t)config_int(config, "archive.cluster_max_kib") << 10,
			.reorder_wait = RS_MS(config_int(config, "record.reorder_ms")),
			.reorder_window = (uint16_t)window,
			.fill_ms = (uint32_t)config_int(config, "record.fill_ms"),
			.segment_ms = (uint32_t)config_int(config, "archive.segment_s") * 1000,
			.app = "rostrum-recorder " ROSTRUM_VERSION },
		.meetings_max = (size_t)config_int(config, "limits.meetings"),
		.tracks_max = (size_t)config_int(config, "limits.tracks"),
		.free_min = (uint64_t)config_int(config, "archive.min_free_mib") << 20,
		.queue_max = (size_t)config_int(config, "archive.queue_mib") << 20,
		.storage = { .reserve = (uint64_t)config_int(config, "archive.reserve_mib") << 20,
			.amber = RS_SEC(60 * amber),
			.red = RS_SEC(60 * red) },
		.copy = copy,
		.copy_rate = (uint64_t)config_int(config, "archive.copy_mib_s") << 20,
		.retry = RS_SEC(config_int(config, "archive.retry_s")) };
	return io_run(&io);
}

int main(int argc, char **argv)
{
	struct config *config = NULL;
	switch (config_start(
		"rostrum-recorder", recorder_keys, recorder_keys_n, argc, argv, &config)) {
	case CONFIG_START:
		break;
	case CONFIG_EXIT_OK:
		return EXIT_SUCCESS;
	case CONFIG_EXIT_FAIL:
		return EXIT_FAILURE;
	}
	/* A peer that closes, or a file over its limit, is an error where it is written. */
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGXFSZ, SIG_IGN);
	const int err = run(config);
	config_free(config);
	return err < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
