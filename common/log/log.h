/* common/log/log.h
 *
 * One line an event: time, level, topic, object, fixed sentence, key=value. Only main, io,
 * control and service code logs. The sink is injected; default is stderr.
 */
#ifndef ROSTRUM_COMMON_LOG_LOG_H
#define ROSTRUM_COMMON_LOG_LOG_H

#include "common/base/mem.h"

enum log_level {
	LOG_ERROR,   /* the operator must act */
	LOG_WARNING, /* degraded */
	LOG_INFO,    /* life cycle */
	LOG_DEBUG,   /* off by default; the only level that may carry personal data */
};

enum log_topic {
	LOG_MAIN,
	LOG_CONFIG,
	LOG_CONTROL,
	LOG_ICE,
	LOG_DTLS,
	LOG_SRTP,
	LOG_RTP,
	LOG_ROUTER,
	LOG_HTTP,
	LOG_WS,
	LOG_AUTH,
	LOG_STORE,
	LOG_MEETING,
	LOG_MEDIA,
	LOG_ARCHIVE,
	LOG_TOPICS,
};

/* Called with one finished line, no newline. */
typedef void log_sink(void *ctx, enum log_level level, const char *line);

/* Set once at start, before threads. NULL sink = stderr. */
void log_init(enum log_level level, log_sink *sink, void *ctx);
bool log_enabled(enum log_level level);
/* "error", "warning", "info", "debug"; -EINVAL otherwise. */
int log_level_parse(const char *text, enum log_level *out_level) RS_MUST_USE;
/* `object` may be NULL. Lines are cut at 1 KiB; control characters are escaped. */
void log_write(enum log_level level, enum log_topic topic, const char *object, const char *format,
	...) RS_PRINTF(4, 5);

#define log_error(topic, object, ...) log_write(LOG_ERROR, (topic), (object), __VA_ARGS__)
#define log_warning(topic, object, ...) log_write(LOG_WARNING, (topic), (object), __VA_ARGS__)
#define log_info(topic, object, ...) log_write(LOG_INFO, (topic), (object), __VA_ARGS__)
#define log_debug(topic, object, ...) log_write(LOG_DEBUG, (topic), (object), __VA_ARGS__)

#endif
