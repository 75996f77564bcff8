#include "common/log/log.h"

#include "common/base/text.h"
#include "common/base/time.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_LEN 1024

static enum log_level threshold = LOG_INFO;
static log_sink *line_sink;
static void *line_ctx;

static const char *const level_names[] = { "error", "warning", "info", "debug" };
static const char *const topic_names[LOG_TOPICS] = {
	[LOG_MAIN] = "main",
	[LOG_CONFIG] = "config",
	[LOG_CONTROL] = "control",
	[LOG_ICE] = "ice",
	[LOG_DTLS] = "dtls",
	[LOG_SRTP] = "srtp",
	[LOG_RTP] = "rtp",
	[LOG_ROUTER] = "router",
	[LOG_HTTP] = "http",
	[LOG_WS] = "ws",
	[LOG_AUTH] = "auth",
	[LOG_STORE] = "store",
	[LOG_MEETING] = "meeting",
	[LOG_MEDIA] = "media",
	[LOG_ARCHIVE] = "archive",
};

void log_init(enum log_level level, log_sink *sink, void *ctx)
{
	threshold = level;
	line_sink = sink;
	line_ctx = ctx;
}

bool log_enabled(enum log_level level)
{
	return level <= threshold;
}

int log_level_parse(const char *text, enum log_level *out_level)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(level_names); i++) {
		if (strcmp(text, level_names[i]) == 0) {
			*out_level = (enum log_level)i;
			return 0;
		}
	}
	return -EINVAL;
}

/* Text from outside may hold line ends or escape sequences; a log line holds neither. */
static void mask_controls(char *line)
{
	for (char *c = line; *c != '\0'; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7F)
			*c = '?';
	}
}

void log_write(
	enum log_level level, enum log_topic topic, const char *object, const char *format, ...)
{
	if (!log_enabled(level))
		return;

	char stamp[RS_TIME_TEXT_LEN];
	rs_wall_format(rs_clock_wall_us() / 1000, stamp);
	char text[LINE_MAX_LEN];
	va_list args;
	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args); /* a cut line is still a line */
	va_end(args);

	char line[LINE_MAX_LEN + 128];
	(void)snprintf(line, sizeof(line), "%s %s %s %.64s %s", stamp, level_names[level],
		topic_names[topic], object != NULL ? object : "-", text);
	mask_controls(line);
	if (line_sink != NULL)
		line_sink(line_ctx, level, line);
	else
		(void)fprintf(stderr, "%s\n", line);
}
