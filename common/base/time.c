#include "common/base/time.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t clock_us(clockid_t id)
{
	struct timespec ts;
	(void)clock_gettime(id, &ts); /* cannot fail for these two clocks */
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

rs_time rs_clock_monotonic(void)
{
	return clock_us(CLOCK_MONOTONIC);
}

int64_t rs_clock_wall_us(void)
{
	return clock_us(CLOCK_REALTIME);
}

void rs_wall_format(int64_t wall_ms, char out[RS_TIME_TEXT_LEN])
{
	time_t seconds = (time_t)(wall_ms / 1000);
	int64_t ms = wall_ms % 1000;
	if (ms < 0) {
		ms += 1000;
		seconds--;
	}
	struct tm tm = { 0 };
	(void)gmtime_r(&seconds, &tm); /* fails for years beyond int only: text stays the epoch */

	char date[32];
	(void)strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)snprintf(out, RS_TIME_TEXT_LEN, "%.19s.%03dZ", date, (int)ms);
}

/* Each "0" of the shape is a digit, each other character itself. */
static bool has_shape(const char *text, size_t len, const char *shape)
{
	if (strlen(shape) != len)
		return false;
	for (size_t i = 0; i < len; i++) {
		const bool digit = text[i] >= '0' && text[i] <= '9';
		if (shape[i] == '0' ? !digit : text[i] != shape[i])
			return false;
	}
	return true;
}

/* Digits, as has_shape() saw. */
static int number_at(const char *text, size_t len)
{
	int value = 0;
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (text[i] - '0');
	return value;
}

/* "Z" or "+01:00", in minutes east of Greenwich. */
static int parse_zone(const char *text, size_t len, int *out_minutes)
{
	*out_minutes = 0;
	if (len == 1 && text[0] == 'Z')
		return 0;
	const bool west = has_shape(text, len, "-00:00");
	if (!west && !has_shape(text, len, "+00:00"))
		return -EBADMSG;
	const int hours = number_at(text + 1, 2);
	const int minutes = number_at(text + 4, 2);
	*out_minutes = (west ? -1 : 1) * (hours * 60 + minutes);
	return hours < 24 && minutes < 60 ? 0 : -EBADMSG;
}

int rs_wall_parse(const char *text, size_t len, int64_t *out_wall_ms)
{
	static const char to_minute[] = "0000-00-00T00:00";
	static const char to_second[] = "0000-00-00T00:00:00";
	size_t date = sizeof(to_second) - 1;
	int zone;
	if (len < date || !has_shape(text, date, to_second))
		date = sizeof(to_minute) - 1;
	if (len < date ||
		!has_shape(text, date, date == sizeof(to_minute) - 1 ? to_minute : to_second) ||
		parse_zone(text + date, len - date, &zone) < 0)
		return -EBADMSG;
	const struct tm asked = {
		.tm_year = number_at(text, 4) - 1900,
		.tm_mon = number_at(text + 5, 2) - 1,
		.tm_mday = number_at(text + 8, 2),
		.tm_hour = number_at(text + 11, 2),
		.tm_min = number_at(text + 14, 2),
		.tm_sec = date > sizeof(to_minute) - 1 ? number_at(text + 17, 2) : 0,
	};
	struct tm found = asked;
	const time_t seconds = timegm(&found);
	/* What it put right was no such day or hour. */
	if (asked.tm_year < 70 || found.tm_mon != asked.tm_mon || found.tm_mday != asked.tm_mday ||
		found.tm_hour != asked.tm_hour || found.tm_min != asked.tm_min ||
		found.tm_sec != asked.tm_sec)
		return -EBADMSG;
	const int64_t wall_ms = ((int64_t)seconds - zone * INT64_C(60)) * 1000;
	if (wall_ms < 0)
		return -EBADMSG;
	*out_wall_ms = wall_ms;
	return 0;
}
