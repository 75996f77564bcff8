/* What a room kept while its line was lost, on its way into the archive, and what is said of it. */
#include "recorder/control/keeper_priv.h"

#include "common/log/log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

static const char *reason_of(int err)
{
	switch (-err) {
	case EBADMSG:
		return "malformed";
	case ENOENT:
		return "other-session";
	default:
		return "";
	}
}

/* The name of its session is that of the archive that is open. */
static struct archive *find_archive(
	struct keeper *keeper, const char *meeting, const char *session, uint32_t *out_generation)
{
	struct archive *archive = keeper_archive(keeper, meeting, out_generation);
	return archive != NULL && strcmp(archive_session(archive), session) == 0 ? archive : NULL;
}

/* It is to be recorded, though there is no archive now: the disk failed, and it is tried again. */
static bool is_wanted(const struct keeper *keeper, const char *meeting, const char *session)
{
	const struct keeper_meeting *one;
	for (size_t i = 0; (one = keeper_at(keeper, i)) != NULL; i++) {
		if (strcmp(one->id, meeting) == 0 && strcmp(one->session, session) == 0)
			return true;
	}
	return false;
}

static void log_part(const struct late_part *part, const struct keeper_late *late)
{
	if (late->state == KEEPER_LATE_REFUSED)
		log_warning(LOG_ARCHIVE, late->meeting,
			"late material refused source=%s outage=%s part=%" PRIu32 " reason=%s",
			part->source, part->outage, part->number, late->reason);
	else if (part->number == part->parts && late->state == KEEPER_LATE_KEPT)
		log_info(LOG_ARCHIVE, late->meeting,
			"an outage was delivered source=%s outage=%s parts=%" PRIu32, part->source,
			part->outage, part->parts);
}

void keeper_late(struct keeper *keeper, const char *meeting, const char *session, uint64_t ticket,
	const struct late_part *part, struct archive_now when)
{
	struct late_waits *waits = keeper_late_waits(keeper);
	if (waits->n == KEEPER_LATE_MAX)
		return; /* signaling does not send more; it asks again */
	struct late_wait *wait = &waits->list[waits->n++];
	*wait = (struct late_wait){ .late = { .ticket = ticket, .reason = "" } };
	(void)rs_set_text(wait->late.meeting, meeting); /* a name */
	uint32_t generation = 0;
	struct archive *archive = find_archive(keeper, meeting, session, &generation);
	const int err = archive != NULL
				? archive_late(archive, part, when, &wait->late.count, &wait->token)
				: 0;
	if (archive == NULL && is_wanted(keeper, meeting, session)) {
		wait->late.state = KEEPER_LATE_LATER;
		wait->late.reason = "disk";
	} else if (archive == NULL) {
		wait->late.state = KEEPER_LATE_REFUSED;
		wait->late.reason = "not-recorded";
	} else if (err == -EBADMSG || err == -ENOENT) {
		wait->late.state = KEEPER_LATE_REFUSED;
		wait->late.reason = reason_of(err);
	} else if (err < 0) {
		wait->late.state = KEEPER_LATE_LATER;
		wait->late.reason = "disk";
	} else {
		wait->generation = generation;
	}
	log_part(part, &wait->late);
}

/* True once there is something to say: it is durable, or the archive failed meanwhile. */
static bool is_due(struct keeper *keeper, struct late_wait *wait)
{
	uint32_t generation = 0;
	if (wait->generation == 0)
		return true;
	const struct archive *archive = keeper_archive(keeper, wait->late.meeting, &generation);
	if (archive != NULL && generation == wait->generation)
		return archive_late_durable(archive) >= wait->token;
	wait->late.state = KEEPER_LATE_LATER;
	wait->late.reason = "disk";
	return true;
}

int keeper_late_poll(struct keeper *keeper, struct keeper_late *out_late)
{
	struct late_waits *waits = keeper_late_waits(keeper);
	for (size_t i = 0; i < waits->n; i++) {
		if (!is_due(keeper, &waits->list[i]))
			continue;
		*out_late = waits->list[i].late;
		waits->n--;
		memmove(waits->list + i, waits->list + i + 1,
			(waits->n - i) * sizeof(waits->list[0]));
		return 1;
	}
	return 0;
}

void keeper_late_forget(struct keeper *keeper)
{
	keeper_late_waits(keeper)->n = 0;
}
