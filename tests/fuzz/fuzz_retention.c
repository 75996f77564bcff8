/* A retention schedule: what is taken is within its limits, what is not says why. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "recorder/archive/custody/retention.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct retention_schedule *schedule)
{
	if (schedule->title[0] == '\0' || strchr(schedule->title, '\n') != NULL)
		abort();
	for (unsigned class = 0; class < RETENTION_CLASSES; class ++)
		for (unsigned material = 0; material < RETENTION_MATERIALS; material++)
			if (schedule->days[class][material] > RETENTION_DAYS_MAX)
				abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct retention_schedule schedule;
	char error[RETENTION_ERROR_LEN] = "";
	const int err = retention_parse((const char *)data, size, &schedule, error);
	if (err == 0)
		check(&schedule);
	else if (err == -EBADMSG && error[0] == '\0')
		abort();
	return 0;
}
