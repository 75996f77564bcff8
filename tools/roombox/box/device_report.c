#include "tools/roombox/box/device_report.h"

#include "common/log/log.h"

#include <inttypes.h>

void device_report_turn(struct devices *devices, rs_time now, int64_t wall_us)
{
	struct device_event event;
	devices_turn(devices, now, wall_us);
	while (devices_poll(devices, &event)) {
		switch (event.news) {
		case DEVICE_LOST:
			log_warning(LOG_MEDIA, event.figures->place,
				"device lost, it is tried again device=%s why=\"%s\"",
				event.figures->name, event.why);
			break;
		case DEVICE_BACK:
			log_info(LOG_MEDIA, event.figures->place,
				"device back device=%s away_ms=%" PRId64, event.figures->name,
				event.away / 1000);
			break;
		}
	}
}

void device_report_counts(struct devices *devices)
{
	const struct device_figures *figures = NULL;
	for (size_t i = 0; (figures = devices_at(devices, i)) != NULL; i++)
		log_info(LOG_MEDIA, figures->place,
			"device=%s here=%d lost=%" PRIu64 " xruns=%" PRIu64 " slips=%" PRIu64
			" clock_ppm=%.0f",
			figures->name, figures->here, figures->lost, figures->xruns, figures->slips,
			figures->ppm);
}
