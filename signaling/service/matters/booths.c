#include "signaling/service/matters/booths.h"

#include "common/log/log.h"
#include "signaling/proceedings/booths.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"

#include <stdio.h>

/* What waited and could not be done (a store that is down) is tried again so often. */
#define RELEASE_RETRY RS_SEC(1)

static bool speaks(const struct chamber *chamber, size_t i)
{
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	const int desk = interpretation->channels[i].desk;
	if (desk == INTERPRETATION_NONE || !interpretation_carries(interpretation, i))
		return false;
	const struct person *person = chamber_person(chamber, interpretation->desks[desk].id);
	return person != NULL && person->speaking > 0;
}

/* Channels that are spoken into now, with a space between two. */
static void write_speaking(const struct chamber *chamber, char out[EVENT_NAMES_MAX + 1])
{
	const struct interpretation *interpretation = chamber->proceedings->interpretation;
	size_t len = 0;
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		if (speaks(chamber, i)) {
			len += (size_t)snprintf(out + len, EVENT_NAMES_MAX + 1 - len, "%s%s",
				len > 0 ? " " : "", interpretation->channels[i].id);
		}
	}
}

void booths_listen(struct chamber *chamber, struct moment at)
{
	struct booths_heard *heard = &chamber->booths;
	char speaking[EVENT_NAMES_MAX + 1] = "";
	write_speaking(chamber, speaking);
	if (speaking[0] != '\0' || heard->speak)
		heard->spoke_at = at.now;
	heard->speak = speaking[0] != '\0';
	if (heard->speak)
		(void)rs_set_text(heard->channels, speaking);
}

static uint32_t quiet_ms(struct chamber *chamber, struct moment at)
{
	booths_listen(chamber, at);
	const rs_time quiet = at.now - chamber->booths.spoke_at;
	return quiet > RS_SEC(3600) ? 3600000 : (uint32_t)(quiet / RS_MS(1));
}

void booths_prepare(struct chamber *chamber, struct command *command, struct moment at)
{
	const struct person *person = chamber_person(chamber, command->by);
	const int64_t hold_ms =
		chamber->proceedings->meeting->rules.interpretation.slower_hold_s * INT64_C(1000);
	if (command->kind == COMMAND_GIVE_FLOOR || command->kind == COMMAND_OPEN_VOTING) {
		command->booths_quiet_ms = quiet_ms(chamber, at);
		command->booths_speaking =
			chamber->booths.channels[0] != '\0' ? chamber->booths.channels : NULL;
	}
	command->asked = person != NULL && person->slower_ms != 0 &&
			 person->slower_ms >= chamber->proceedings->signals.slower_from_ms &&
			 at.wall_ms - person->slower_ms < hold_ms;
}

void booths_asked(struct chamber *chamber, const struct command *command, struct moment at)
{
	struct person *person = chamber_person(chamber, command->by);
	if (command->kind == COMMAND_SPEAK_SLOWER && person != NULL)
		person->slower_ms = at.wall_ms;
}

/* What waits is given again by whoever gave it, through the queue: it may need what a command is prepared with. */
static void release(struct service *service, struct chamber *chamber, struct moment at)
{
	struct job job = { .session = 0 };
	chamber->booths.release_at = at.now + RELEASE_RETRY;
	booths_held_command(chamber->proceedings, &job.command);
	(void)rs_set_text(job.badge, job.command.by);
	if (chamber_submit(service, chamber, &job) < 0) {
		log_warning(LOG_MEETING, chamber->proceedings->meeting->id,
			"what waits for the booths waits on: the queue is full");
	}
}

void booths_tick(struct service *service, struct chamber *chamber, struct moment at)
{
	const struct signals_hold *hold = &chamber->proceedings->signals.hold;
	const uint32_t wait_ms = chamber->proceedings->meeting->rules.interpretation.wait_ms;
	if (hold->until_ms == 0) {
		chamber->booths.release_at = 0;
		return;
	}
	const uint32_t quiet = quiet_ms(chamber, at);
	if (booths_released(chamber->proceedings, quiet, at.wall_ms)) {
		if (at.now >= chamber->booths.release_at)
			release(service, chamber, at);
		service_due(service, chamber->booths.release_at);
		return;
	}
	const int64_t left_ms = hold->until_ms - at.wall_ms;
	const int64_t silent_ms = chamber->booths.speak ? left_ms : (int64_t)wait_ms - quiet;
	service_due(service, at.now + RS_MS(left_ms < silent_ms ? left_ms : silent_ms));
}
