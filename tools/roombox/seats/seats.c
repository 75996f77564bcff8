#include "tools/roombox/seats/seats.h"

#include "common/base/map.h"

#include <errno.h>

struct seat {
	struct seat_row row;
	char camera[RS_NAME_MAX + 1];
	int preset;
	bool changed;         /* since the row was taken */
	bool microphone_open; /* as was last handed out */
	bool pressed;         /* ever */
	rs_time pressed_at;
	rs_time opened_at;
	uint64_t turn; /* grows with each seat that is given the floor */
};

struct key {
	size_t seat;
	enum seats_action_kind kind;
};

/* Where the camera's picture is in its way to the air. */
enum shot_stage {
	SHOT_NONE, /* nothing was asked for yet */
	SHOT_TURNING,
	SHOT_ARRIVED, /* to be shown */
	SHOT_SHOWN,
};

struct shot {
	enum shot_stage stage;
	const struct seat *seat; /* that it was made for */
	rs_time moved_at;
	bool recall; /* to be handed out */
};

struct seats {
	rs_time settle;
	rs_time hold;
	struct rs_map *by_name;
	bool connected;
	struct key keys[SEATS_KEYS_MAX]; /* ring */
	size_t first_key;
	size_t n_keys;
	size_t n_changed;
	size_t n_microphones; /* to be opened or closed */
	uint64_t turns;
	const struct seat *speaker; /* that the camera should look at; NULL = it stays */
	struct shot shot;
	size_t n;
	struct seat seats[SEATS_MAX];
};

/* --- Birth and death --- */

/* A new seat, to be filled in. */
static int add_seat(struct seats *seats, const char *name, struct seat **out_seat)
{
	const size_t len = strlen(name);
	if (len == 0 || len > SEATS_NAME_MAX)
		return -EINVAL;
	struct seat *seat = &seats->seats[seats->n];
	const int err =
		seats->n == SEATS_MAX ? -E2BIG : rs_map_add(seats->by_name, name, len, seat);
	if (err < 0)
		return err;
	(void)rs_set_text(seat->row.seat, name); /* measured above */
	seat->row.index = seats->n++;
	seat->preset = SEATS_NO_PRESET;
	seat->changed = true;
	seats->n_changed++;
	*out_seat = seat;
	return 0;
}

static int add_place(struct seats *seats, const struct seats_place *place)
{
	struct seat *seat = NULL;
	const int err = add_seat(seats, place->seat, &seat);
	if (err < 0)
		return err == -EEXIST ? -EINVAL : err;
	seat->row.microphone = place->microphone;
	seat->preset = place->preset;
	return rs_set_text(seat->camera, place->camera) ? 0 : -EINVAL;
}

int seats_new(const struct seats_config *config, struct rs_rand *rand, struct seats **out_seats)
{
	if (config->settle < 0 || config->hold < 0)
		return -EINVAL;
	struct seats *seats = rs_zalloc(sizeof(*seats));
	if (seats == NULL)
		return -ENOMEM;
	seats->settle = config->settle;
	seats->hold = config->hold;
	int err = rs_map_new(SEATS_MAX, SEATS_NAME_MAX, rand, &seats->by_name);
	for (size_t i = 0; i < config->n_places && err == 0; i++)
		err = add_place(seats, &config->places[i]);
	if (err < 0) {
		seats_free(seats);
		return err;
	}
	*out_seats = seats;
	return 0;
}

struct seats *seats_free(struct seats *seats)
{
	if (seats != NULL)
		rs_map_free(seats->by_name);
	return rs_release(seats);
}

static struct seat *find(const struct seats *seats, const char *name)
{
	const size_t len = strlen(name);
	return len == 0 ? NULL : rs_map_find(seats->by_name, name, len);
}

/* --- What the meeting tells --- */

static enum seat_lamp lamp_of(enum seat_state state)
{
	switch (state) {
	case SEAT_IDLE:
		return SEAT_LAMP_OFF;
	case SEAT_REQUESTED:
		return SEAT_LAMP_REQUEST;
	case SEAT_CALLED:
		return SEAT_LAMP_NEXT;
	case SEAT_OPEN:
		break;
	}
	return SEAT_LAMP_OPEN;
}

/* Of the seats that have the floor and a camera, the one that was given it last. */
static const struct seat *find_speaker(const struct seats *seats)
{
	const struct seat *found = NULL;
	for (size_t i = 0; i < seats->n; i++) {
		const struct seat *seat = &seats->seats[i];
		if (seat->row.state == SEAT_OPEN && seat->camera[0] != '\0' &&
			(found == NULL || seat->turn > found->turn))
			found = seat;
	}
	return found;
}

static bool microphone_due(const struct seat *seat)
{
	return seat->row.microphone && seat->microphone_open != (seat->row.state == SEAT_OPEN);
}

static void set_state(struct seats *seats, struct seat *seat, enum seat_state state, rs_time now)
{
	seats->n_microphones -= microphone_due(seat);
	if (state == SEAT_OPEN) {
		seat->opened_at = now;
		seat->turn = ++seats->turns;
	}
	seat->row.state = state;
	seat->row.lamp = lamp_of(state);
	seats->n_microphones += microphone_due(seat);
	seats->speaker = find_speaker(seats);
}

static void mark(struct seats *seats, struct seat *seat)
{
	seats->n_changed += !seat->changed;
	seat->changed = true;
}

int seats_told(struct seats *seats, const char *name, const char *badge, const char *person,
	enum seat_state state, rs_time now)
{
	if (strlen(badge) > RS_NAME_MAX || strlen(person) > SEATS_PERSON_MAX)
		return -EINVAL;
	struct seat *seat = find(seats, name);
	const int err = seat != NULL ? 0 : add_seat(seats, name, &seat);
	if (err < 0)
		return err;
	const bool same =
		strcmp(seat->row.badge, badge) == 0 && strcmp(seat->row.name, person) == 0;
	if (same && seat->row.state == state)
		return 0;
	(void)rs_set_text(seat->row.badge, badge); /* measured above, as is the person's name */
	(void)rs_set_text(seat->row.name, person);
	if (seat->row.state != state)
		set_state(seats, seat, state, now);
	mark(seats, seat);
	return 0;
}

void seats_line(struct seats *seats, bool connected)
{
	seats->connected = connected;
}

/* --- Keys --- */

static enum seats_verdict judge_key(const struct seats *seats, const struct seat *seat)
{
	if (seat == NULL)
		return SEATS_UNKNOWN;
	if (!seats->connected)
		return SEATS_NO_LINE;
	if (seat->row.badge[0] == '\0')
		return SEATS_NOBODYS;
	return seats->n_keys == SEATS_KEYS_MAX ? SEATS_TOO_MANY : SEATS_TAKEN;
}

static void pass_on(struct seats *seats, const struct seat *seat, enum seats_action_kind kind)
{
	struct key *key = &seats->keys[(seats->first_key + seats->n_keys++) % SEATS_KEYS_MAX];
	*key = (struct key){ seat->row.index, kind };
}

enum seats_verdict seats_press(struct seats *seats, const char *name, rs_time now)
{
	struct seat *seat = find(seats, name);
	const enum seats_verdict verdict = judge_key(seats, seat);
	if (verdict != SEATS_TAKEN)
		return verdict;
	if (seat->pressed && now - seat->pressed_at < SEATS_BOUNCE)
		return SEATS_NOTHING;
	seat->pressed = true;
	seat->pressed_at = now;
	pass_on(seats, seat, seat->row.state == SEAT_IDLE ? SEATS_PRESS : SEATS_RELEASE);
	return SEATS_TAKEN;
}

enum seats_verdict seats_release(struct seats *seats, const char *name)
{
	const struct seat *seat = find(seats, name);
	const enum seats_verdict verdict = judge_key(seats, seat);
	if (verdict != SEATS_TAKEN)
		return verdict;
	if (seat->row.state == SEAT_IDLE)
		return SEATS_NOTHING;
	pass_on(seats, seat, SEATS_RELEASE);
	return SEATS_TAKEN;
}

/* --- The camera --- */

static bool same_shot(const struct seat *a, const struct seat *b)
{
	return strcmp(a->camera, b->camera) == 0 && a->preset == b->preset;
}

/* When the camera is to turn to another seat; RS_TIME_NEVER: it is where it should be. */
static rs_time turn_due(const struct seats *seats)
{
	const struct seat *speaker = seats->speaker;
	const struct shot *shot = &seats->shot;
	if (speaker == NULL || (shot->stage != SHOT_NONE && same_shot(speaker, shot->seat)))
		return RS_TIME_NEVER;
	const rs_time settled = speaker->opened_at + seats->settle;
	return shot->stage == SHOT_NONE ? settled
					: rs_time_max(settled, shot->moved_at + seats->hold);
}

void seats_recalled(struct seats *seats, const char *camera, int preset)
{
	struct shot *shot = &seats->shot;
	if (shot->stage == SHOT_TURNING && !shot->recall && shot->seat->preset == preset &&
		strcmp(shot->seat->camera, camera) == 0)
		shot->stage = SHOT_ARRIVED;
}

static void turn(struct seats *seats, rs_time now)
{
	struct shot *shot = &seats->shot;
	if (turn_due(seats) <= now) {
		const bool moves = seats->speaker->preset != SEATS_NO_PRESET;
		*shot = (struct shot){
			.stage = moves ? SHOT_TURNING : SHOT_ARRIVED,
			.seat = seats->speaker,
			.moved_at = now,
			.recall = moves,
		};
	}
	if (shot->stage == SHOT_TURNING && shot->moved_at + SEATS_RECALL_PATIENCE <= now)
		shot->stage = SHOT_ARRIVED;
}

static bool poll_camera(struct seats *seats, rs_time now, struct seats_action *out)
{
	struct shot *shot = &seats->shot;
	turn(seats, now);
	if (shot->recall) {
		shot->recall = false;
		*out = (struct seats_action){
			.kind = SEATS_RECALL,
			.camera_view = shot->seat->camera,
			.preset = shot->seat->preset,
		};
		return true;
	}
	if (shot->stage != SHOT_ARRIVED)
		return false;
	shot->stage = SHOT_SHOWN;
	shot->moved_at = now;
	*out = (struct seats_action){ .kind = SEATS_SHOW, .camera_view = shot->seat->camera };
	return true;
}

/* --- What is to be done --- */

static bool poll_microphone(struct seats *seats, struct seats_action *out)
{
	for (size_t i = 0; seats->n_microphones > 0; i++) {
		struct seat *seat = &seats->seats[i];
		if (!microphone_due(seat))
			continue;
		seat->microphone_open = !seat->microphone_open;
		seats->n_microphones--;
		*out = (struct seats_action){
			.kind = SEATS_MICROPHONE,
			.seat_view = seat->row.seat,
			.open = seat->microphone_open,
		};
		return true;
	}
	return false;
}

static bool poll_key(struct seats *seats, struct seats_action *out)
{
	if (seats->n_keys == 0)
		return false;
	const struct key key = seats->keys[seats->first_key];
	seats->first_key = (seats->first_key + 1) % SEATS_KEYS_MAX;
	seats->n_keys--;
	*out = (struct seats_action){
		.kind = key.kind,
		.seat_view = seats->seats[key.seat].row.seat,
	};
	return true;
}

int seats_poll(struct seats *seats, rs_time now, struct seats_action *out_action)
{
	return poll_microphone(seats, out_action) || poll_key(seats, out_action) ||
	       poll_camera(seats, now, out_action);
}

rs_time seats_deadline(const struct seats *seats)
{
	const struct shot *shot = &seats->shot;
	const rs_time turn_at = turn_due(seats);
	if (shot->stage != SHOT_TURNING)
		return turn_at;
	return rs_time_min(turn_at, shot->moved_at + SEATS_RECALL_PATIENCE);
}

int seats_changed(struct seats *seats, struct seat_row *out_row)
{
	if (seats->n_changed == 0)
		return 0;
	size_t i = 0;
	while (!seats->seats[i].changed)
		i++;
	seats->seats[i].changed = false;
	seats->n_changed--;
	*out_row = seats->seats[i].row;
	return 1;
}
