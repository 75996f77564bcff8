/* What is webcast, for everybody. */
#include "signaling/wire/beside/webcast.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"

#include <errno.h>

int service_webcast(const struct service *service, const char *meeting, struct rs_buf *out)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	return chamber != NULL ? webcast_write(chamber->proceedings, out) : -ENOENT;
}

int service_webcasts(const struct service *service, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_printf(out, "{\"webcasts\":[");
	for (const struct chamber *chamber = service->chambers; chamber != NULL && err == 0;
		chamber = chamber->next) {
		if (!chamber->proceedings->meeting->webcast)
			continue;
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = webcast_write(chamber->proceedings, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

bool service_is_webcast(const struct service *service, const char *meeting)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	return chamber != NULL && chamber->proceedings->meeting->webcast;
}
