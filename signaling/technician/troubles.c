#include "signaling/technician/troubles.h"

/* From `warning` and `critical` on a trouble is that bad, and until the figure is below the other of each pair it stays so. Of what is
 * less the worse it is, the figure is negated. `worse_s` and `better_s` are seconds in a row.
 *
 * Loss: one packet in fifty is mended unheard, one in twelve is not. Delay: G.114 plans with 150 ms one way for a
 * conversation and 400 ms at most. Jitter: half of 60 ms is what a browser's buffer takes. A voice needs 40 kbit/s and as much again
 * when it is protected. What takes a packet longer than a video frame through the server stutters for everybody. A page whose clock
 * is off by minutes cannot show speaking times; its certificates and links end at the wrong moment, too. That of a room's computer is nobody's
 * habit: NTP holds it within some ms, so seconds mean that there is none. A sound card's quartz is within
 * 100 parts in a million. A room's microphone hears the room's own noise above -70 dBFS; below -96 it is off or not plugged in. */
static const struct trouble_kind {
	const char *name, *text;
	int warning, warning_off, critical, critical_off;
	uint32_t worse_s, better_s;
} kinds[TROUBLE_COUNT] = {
	[TROUBLE_LINE_LOST] = { "line-lost", "The media line is lost.", 1, 1, 2, 2, 2, 2 },
	[TROUBLE_NO_SOUND] = { "no-sound", "The microphone is open and nothing comes from it.", 1,
		1, 2, 2, 3, 2 },
	[TROUBLE_LOSS_UP] = { "loss-up", "Packets are lost on the way from it.", 20, 10, 80, 50, 3,
		10 },
	[TROUBLE_LOSS_DOWN] = { "loss-down", "Packets are lost on the way to it.", 20, 10, 80, 50,
		3, 10 },
	[TROUBLE_DELAY] = { "delay", "The way there and back takes long.", 300, 250, 800, 650, 5,
		10 },
	[TROUBLE_JITTER] = { "jitter", "Packets come unevenly.", 30, 20, 80, 60, 3, 10 },
	[TROUBLE_QUEUE] = { "queue", "Packets wait for the line to it.", 150, 80, 500, 300, 3, 10 },
	[TROUBLE_NARROW] = { "narrow", "The line to it carries little.", -150, -200, -64, -90, 10,
		10 },
	[TROUBLE_CLOCK] = { "clock", "The clock of the computer is off.", 60000, 50000, 3600000,
		3000000, 10, 10 },
	[TROUBLE_BAND] = { "band", "The microphone is coded too narrowly for interpretation.", 1, 1,
		2, 2, 1, 1 },
	[TROUBLE_QUIET] = { "quiet", "The voice is low.", 1, 1, 2, 2, 1, 1 },
	[TROUBLE_CLIPPING] = { "clipping", "The microphone is overdriven.", 1, 1, 2, 2, 1, 1 },
	[TROUBLE_UNDELIVERED] = { "undelivered",
		"What was said while the line was lost is not in the record.", 1, 1, 2, 2, 1, 1 },
	[TROUBLE_CAMERA] = { "camera", "A camera of the room gives no picture.", 1, 1, 2, 2, 1, 1 },
	[TROUBLE_CARD] = { "card", "A sound card of the room is away.", 1, 1, 2, 2, 1, 1 },
	[TROUBLE_XRUNS] = { "xruns",
		"Sound of the room breaks off: its computer or a sound card comes late.", 2, 1, 10,
		5, 3, 10 },
	[TROUBLE_CARD_CLOCK] = { "card-clock", "The clock of a sound card of the room is far off.",
		200, 150, 1000, 800, 10, 10 },
	[TROUBLE_ROOM_CLOCK] = { "room-clock", "The clock of the room's computer is off.", 2000,
		1000, 60000, 50000, 10, 10 },
	[TROUBLE_KEPT_FULL] = { "kept-full", "The room's store for outages is nearly full.", 80, 75,
		95, 90, 3, 10 },
	[TROUBLE_SEAT_SILENT] = { "seat-silent",
		"The microphone of a seat that has the floor is silent.", 70, 65, 96, 90, 10, 2 },
	[TROUBLE_SEAT_CLIPPING] = { "seat-clipping",
		"The microphone of a seat that has the floor is overdriven.", 2, 1, 20, 10, 3, 10 },
	[TROUBLE_CPU] = { "cpu", "The threads that move media have much to do.", 70, 60, 90, 80, 5,
		10 },
	[TROUBLE_SLOW] = { "slow", "Packets take long through the media server.", 20000, 10000,
		60000, 40000, 3, 10 },
	[TROUBLE_DISK] = { "disk", "The disk of the record fills up, or is slow.", 1, 1, 2, 2, 1,
		1 },
	[TROUBLE_PICTURES] = { "pictures", "Pictures are left out of the record.", 1, 1, 2, 2, 1,
		1 },
	[TROUBLE_COPY] = { "copy", "The second copy of the record cannot be written.", 1, 1, 2, 2,
		1, 1 },
	[TROUBLE_NO_MEDIA_SERVER] = { "no-media-server", "The meeting has no media server.", 1, 1,
		2, 2, 1, 1 },
	[TROUBLE_NO_RECORDER] = { "no-recorder",
		"The meeting is to be recorded, and there is no recorder.", 1, 1, 2, 2, 1, 1 },
	[TROUBLE_RECORDING] = { "recording", "The recording failed.", 1, 1, 2, 2, 1, 1 },
	[TROUBLE_RECORD_GAPS] = { "record-gaps", "The record lacks packets, or was interrupted.", 1,
		1, 2, 2, 1, 1 },
};

void troubles_init(struct troubles *troubles)
{
	*troubles = (struct troubles){ .states = { { .is = SEVERITY_NONE } } };
}

static enum severity severity_of(
	const struct trouble_kind *kind, const struct trouble_state *state, int figure)
{
	if (figure >= kind->critical ||
		(state->is == SEVERITY_CRITICAL && figure >= kind->critical_off))
		return SEVERITY_CRITICAL;
	if (figure >= kind->warning || (state->is != SEVERITY_NONE && figure >= kind->warning_off))
		return SEVERITY_WARNING;
	return SEVERITY_NONE;
}

/* One second more that says so; true when there were enough. */
static bool count(const struct trouble_kind *kind, struct trouble_state *state, enum severity now,
	int64_t wall_ms)
{
	const bool worse = now > state->is;
	const bool turned = state->seconds > 0 && worse != (state->next > state->is);
	if (state->seconds == 0 || turned) {
		state->seconds = 0;
		state->next = now;
		state->began_ms = wall_ms;
	} else if (worse ? now < state->next : now > state->next) {
		state->next = now;
	}
	state->seconds++;
	return state->seconds >= (worse ? kind->worse_s : kind->better_s);
}

bool troubles_weigh(struct troubles *troubles, enum trouble trouble, int figure, int64_t wall_ms)
{
	const struct trouble_kind *kind = &kinds[trouble];
	struct trouble_state *state = &troubles->states[trouble];
	if (figure == TROUBLE_UNKNOWN)
		return false;
	state->figure = figure;
	const enum severity now = severity_of(kind, state, figure);
	if (now == state->is) {
		state->seconds = 0;
		return false;
	}
	if (!count(kind, state, now, wall_ms))
		return false;
	if (state->is == SEVERITY_NONE)
		state->since_ms = state->began_ms;
	state->is = state->next;
	state->seconds = 0;
	return true;
}

const char *trouble_name(enum trouble trouble)
{
	return kinds[trouble].name;
}

const char *trouble_text(enum trouble trouble)
{
	return kinds[trouble].text;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = { "none", "warning", "critical" };
	return names[severity];
}
