/* recorder/main.c
 *
 * rostrum-recorder: keeps the proceedings. Reads its configuration and runs until it is told to stop.
 */
#include "common/config/config.h"
#include "common/log/log.h"
#include "recorder/io/authority.h"
#include "recorder/io/io.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct config_key keys[] = {
	{ "node.name", CONFIG_TEXT, "recorder-1", 0, 0,
		"name of this recorder in reports and logs" },
	{ "control.socket", CONFIG_TEXT, "/run/rostrum/control.sock", 0, 0,
		"path of signaling's control socket" },
	{ "archive.directory", CONFIG_TEXT, "/var/lib/rostrum/archive", 0, 0,
		"directory that holds one directory for each recorded session; made if its parent exists" },
	{ "archive.secretariat_key", CONFIG_TEXT, "", 0, 0,
		"PEM file of the public key to which sessions that are not public are encrypted; without one they are not recorded" },
	{ "archive.closed_in_clear", CONFIG_BOOL, "false", 0, 0,
		"record sessions that are not public unencrypted when there is no archive.secretariat_key" },
	{ "archive.key", CONFIG_TEXT, "", 0, 0,
		"PEM file of the Ed25519 key that signs archives, made at the first start; empty: archive.directory and .key" },
	{ "archive.head_s", CONFIG_INT, "60", 1, 3600,
		"seconds between signatures over all that was recorded so far" },
	{ "archive.tsa.url", CONFIG_TEXT, "", 0, 0,
		"http: or https: URL of an RFC 3161 time-stamping authority, asked when a session is closed; empty: none" },
	{ "archive.tsa.ca", CONFIG_TEXT, "", 0, 0,
		"PEM file of the certificates its time stamps must lead to; empty: any are taken" },
	{ "archive.tsa.timeout_s", CONFIG_INT, "20", 1, 600, "seconds its answer is waited for" },
	{ "archive.min_free_mib", CONFIG_INT, "1", 0, 1 << 30,
		"MiB that must be free on that file system for a recording to begin" },
	{ "archive.reserve_mib", CONFIG_INT, "1024", 0, 1 << 30,
		"MiB of that file system, a twentieth of it at most, that are left to sound and events: with less free no picture is written" },
	{ "archive.amber_minutes", CONFIG_INT, "120", 0, 100000,
		"minutes left until pictures are left out, by the rate of writing, below which the podium is warned" },
	{ "archive.red_minutes", CONFIG_INT, "30", 0, 100000,
		"minutes left below which it is alarmed; at most archive.amber_minutes" },
	{ "archive.copy", CONFIG_TEXT, "", 0, 0,
		"directory of a second copy of all archives, on another disk or mounted; it must hold a file .rostrum-copy; empty: none" },
	{ "archive.copy_mib_s", CONFIG_INT, "16", 1, 4096,
		"MiB a second that are read of the archives for the second copy, at most" },
	{ "archive.retry_s", CONFIG_INT, "10", 1, 3600,
		"seconds between attempts to go on with a recording that failed" },
	{ "archive.cluster_ms", CONFIG_INT, "1000", 200, 5000,
		"milliseconds of media after which it is made durable on the disk" },
	{ "archive.cluster_max_kib", CONFIG_INT, "4096", 64, 16384,
		"KiB after which it is made durable sooner; also the largest picture kept" },
	{ "archive.segment_s", CONFIG_INT, "1800", 10, 86400,
		"seconds after which a source goes on in a new file, pictures with the next key frame" },
	{ "archive.queue_mib", CONFIG_INT, "64", 16, 4096,
		"MiB that may wait for a slow disk; above a quarter of it pictures are left out, above seven eighths the SFU has to hold media back" },
	{ "record.reorder_ms", CONFIG_INT, "500", 0, 5000,
		"milliseconds a missing packet is waited for before it counts as lost" },
	{ "record.reorder_packets", CONFIG_INT, "512", 16, 4096,
		"packets held behind a missing one, at most; a power of two" },
	{ "record.fill_ms", CONFIG_INT, "10000", 0, 600000,
		"longest pause in sound that is filled with silence, in milliseconds; longer ones stay gaps in time" },
	{ "limits.meetings", CONFIG_INT, "64", 1, 4096,
		"meetings recorded at the same time, at most" },
	{ "limits.tracks", CONFIG_INT, "1024", 1, 4096, "tracks in one meeting, at most" },
	{ "log.level", CONFIG_TEXT, "info", 0, 0, "error, warning, info or debug" },
};

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
	switch (config_start("rostrum-recorder", keys, RS_ARRAY_LEN(keys), argc, argv, &config)) {
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
