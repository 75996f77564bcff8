/* What there is, for those who ask over HTTP: conferences, meetings, parts of a meeting's view. */
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/beside/listing.h"

#include <errno.h>

/* A token is for its meetings; an admin's is for all. */
static bool may_see(const struct claims *who, const char *meeting)
{
	if (who->role == ROLE_ADMIN || strcmp(who->meeting, meeting) == 0)
		return true;
	for (size_t i = 0; i < who->n_also; i++) {
		if (strcmp(who->also[i], meeting) == 0)
			return true;
	}
	return false;
}

int service_meetings(const struct service *service, const struct claims *who, struct rs_buf *out)
{
	int err = rs_buf_printf(out, "{\"meetings\":[");
	const char *comma = "";
	for (const struct chamber *chamber = service->chambers; chamber != NULL && err == 0;
		chamber = chamber->next) {
		const struct meeting *meeting = chamber->proceedings->meeting;
		if (!may_see(who, meeting->id))
			continue;
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = listing_write_meeting(meeting, chamber->conference, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

/* Ids need no escaping. */
static int write_conference(const struct service *service, const char *id, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_printf(out, "{\"conference\":\"%s\",\"meetings\":[", id);
	for (const struct chamber *chamber = service->chambers; err == 0 && chamber != NULL;
		chamber = chamber->next) {
		if (!chamber_is_of(chamber, id))
			continue;
		err = rs_buf_printf(out, "%s\"%s\"", comma, chamber->proceedings->meeting->id);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

/* Rehearsals stand in files of their own, and are the conference's all the same. */
static bool told_before(const struct service *service, const struct known_conference *this)
{
	const struct known_conference *known = service->conferences;
	while (known != this && strcmp(known->of, this->of) != 0)
		known = known->next;
	return known != this;
}

int service_conferences(const struct service *service, struct rs_buf *out)
{
	const char *comma = "";
	int err = rs_buf_printf(out, "{\"conferences\":[");
	for (const struct known_conference *known = service->conferences; known != NULL && err == 0;
		known = known->next) {
		if (told_before(service, known))
			continue;
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = write_conference(service, known->of, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

int service_conference(const struct service *service, const char *id, struct rs_buf *out)
{
	for (const struct known_conference *known = service->conferences; known != NULL;
		known = known->next) {
		if (strcmp(known->of, id) == 0)
			return write_conference(service, id, out);
	}
	return -ENOENT;
}

int service_mark(const struct service *service, const char *meeting, struct service_mark *out_mark)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL)
		return -ENOENT;
	(void)rs_set_text(out_mark->epoch, chamber->epoch);
	out_mark->event = chamber->proceedings->meeting->event;
	return 0;
}

int service_part(const struct service *service, const char *meeting, enum service_part part,
	struct rs_buf *out)
{
	static const char *const speakers[] = { "floor", "list", "replies", "inscription", "points",
		NULL };
	static const char *const decision[] = { "decision", NULL };
	static const char *const *const members[] = {
		[SERVICE_PART_SPEAKERS] = speakers,
		[SERVICE_PART_DECISION] = decision,
	};
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL)
		return -ENOENT;
	return listing_write_part(chamber->proceedings, members[part], out);
}

int service_participants(const struct service *service, const char *meeting, size_t offset,
	size_t limit, struct rs_buf *out)
{
	const struct chamber *chamber = chamber_find(service, meeting);
	if (chamber == NULL)
		return -ENOENT;
	return listing_write_participants(chamber->proceedings->meeting, offset, limit, out);
}
