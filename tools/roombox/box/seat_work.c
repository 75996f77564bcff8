#include "tools/roombox/box/seat_work.h"

#include "common/log/log.h"
#include "tools/roombox/seats/heads.h"
#include "tools/roombox/seats/seat_api.h"
#include "tools/roombox/seats/seat_texts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* Refusals that wait for the API's thread. */
#define REFUSALS_MAX SEAT_API_REFUSALS

const struct config_key seat_work_seat_keys[3] = {
	{ "seat", CONFIG_TEXT, NULL, 0, 0, "its name, as in the conference file" },
	{ "camera", CONFIG_TEXT, "", 0, 0, "name of the camera that looks at it; empty = none" },
	{ "preset", CONFIG_INT, "-1", SEATS_NO_PRESET, VISCA_PRESET_MAX,
		"of that camera, as VISCA counts; -1 = it is not turned" },
};

const struct config_key seat_work_visca_keys[2] = {
	{ "camera", CONFIG_TEXT, NULL, 0, 0, "name of a camera that turns" },
	{ "address", CONFIG_TEXT, NULL, 0, 0, "its IP:port (UDP; most have 52381)" },
};

struct refused {
	char seat[SEATS_NAME_MAX + 1];
	char reason[MEETING_REASON_MAX + 1];
};

struct line {
	char seat[SEATS_NAME_MAX + 1];
	char text[MEETING_TEXT_MAX + 1];
};

struct seat_work {
	struct room *room;
	struct seats *seats;
	struct heads *heads;
	struct seat_api *api; /* NULL = nobody listens */
	bool connected;
	size_t n_texts;
	struct line texts[SEAT_TEXTS_MAX]; /* technicians' */
	struct lines lines;
	size_t n_refused;
	struct refused refused[REFUSALS_MAX];
};

/* --- The configuration --- */

/* What is read of it before anything is opened. */
struct plan {
	size_t n_places;
	struct seats_place places[SEAT_WORK_SEATS_MAX + ROOM_MICROPHONES_MAX];
	char names[SEAT_WORK_SEATS_MAX][SEATS_NAME_MAX + 1];
	char cameras[SEAT_WORK_SEATS_MAX][RS_NAME_MAX + 1];
	size_t n_heads;
	struct heads_camera heads[HEADS_MAX];
	char turned[HEADS_MAX][RS_NAME_MAX + 1];
	char token[SEAT_API_TOKEN_MAX + 1];
};

static int fault(char why[SEAT_WORK_WHY_LEN], const char *format, ...) RS_PRINTF(2, 3);
static int fault(char why[SEAT_WORK_WHY_LEN], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	(void)vsnprintf(why, SEAT_WORK_WHY_LEN, format, args);
	va_end(args);
	return -EINVAL;
}

static bool has_camera(const struct room *room, const char *name)
{
	for (size_t i = 0; i < room->n_cameras; i++) {
		if (strcmp(room->cameras[i].name, name) == 0)
			return true;
	}
	return false;
}

static bool is_turned(const struct plan *plan, const char *camera)
{
	for (size_t i = 0; i < plan->n_heads; i++) {
		if (strcmp(plan->turned[i], camera) == 0)
			return true;
	}
	return false;
}

static struct seats_place *find_place(struct plan *plan, const char *seat)
{
	for (size_t i = 0; i < plan->n_places; i++) {
		if (strcmp(plan->places[i].seat, seat) == 0)
			return &plan->places[i];
	}
	return NULL;
}

static int read_head(
	const struct config *row, size_t i, const struct room *room, struct plan *plan, char *why)
{
	const char *camera = config_text(row, "camera");
	const char *address = config_text(row, "address");
	struct heads_camera *head = &plan->heads[i];
	if (!has_camera(room, camera))
		return fault(why, "visca[%zu]: camera: there is no \"%.64s\"", i, camera);
	if (is_turned(plan, camera))
		return fault(why, "visca[%zu]: camera: \"%.64s\" is there twice", i, camera);
	if (rs_addr_parse(address, strlen(address), &head->address) < 0)
		return fault(why, "visca[%zu]: address: \"%.64s\" is no IP:port", i, address);
	(void)rs_set_text(plan->turned[i], camera); /* as long as a camera's name */
	head->camera = plan->turned[i];
	plan->n_heads = i + 1;
	return 0;
}

static int read_seat(
	const struct config *row, size_t i, const struct room *room, struct plan *plan, char *why)
{
	const char *seat = config_text(row, "seat");
	const char *camera = config_text(row, "camera");
	const int preset = (int)config_int(row, "preset");
	if (seat[0] == '\0' || !rs_set_text(plan->names[i], seat))
		return fault(
			why, "seats[%zu]: seat: 1 to %d octets are expected", i, SEATS_NAME_MAX);
	if (find_place(plan, seat) != NULL)
		return fault(why, "seats[%zu]: seat: \"%.64s\" is there twice", i, seat);
	if (camera[0] != '\0' && !has_camera(room, camera))
		return fault(why, "seats[%zu]: camera: there is no \"%.64s\"", i, camera);
	if (preset != SEATS_NO_PRESET && !is_turned(plan, camera))
		return fault(
			why, "seats[%zu]: preset: \"visca\" has no camera \"%.64s\"", i, camera);
	(void)rs_set_text(plan->cameras[i], camera); /* as long as a camera's name */
	plan->places[plan->n_places++] = (struct seats_place){
		.seat = plan->names[i],
		.camera = plan->cameras[i],
		.preset = preset,
	};
	return 0;
}

static int read_rows(const struct config *config, const char *key, const struct room *room,
	struct plan *plan,
	int (*read)(const struct config *row, size_t i, const struct room *room, struct plan *plan,
		char *why),
	char *why)
{
	int err = 0;
	for (size_t i = 0; i < config_rows(config, key) && err == 0; i++) {
		struct config *row = NULL;
		err = config_row(config, key, i, &row);
		if (err == 0)
			err = read(row, i, room, plan, why);
		config_free(row);
	}
	return err;
}

/* A microphone's seat is one of the room's, whether it stands among the seats or not. */
static void add_microphones(const struct room *room, struct plan *plan)
{
	for (size_t i = 0; i < room->n_microphones; i++) {
		const char *seat = room->microphones[i].seat;
		struct seats_place *place = seat[0] != '\0' ? find_place(plan, seat) : NULL;
		if (place == NULL && seat[0] != '\0') {
			place = &plan->places[plan->n_places++];
			*place = (struct seats_place){
				.seat = seat, .camera = "", .preset = SEATS_NO_PRESET
			};
		}
		if (place != NULL)
			place->microphone = true;
	}
}

static int read_token(const char *path, char out[SEAT_API_TOKEN_MAX + 1], char *why)
{
	if (path[0] == '\0')
		return 0;
	FILE *file = fopen(path, "re");
	const bool read = file != NULL && fgets(out, SEAT_API_TOKEN_MAX + 1, file) != NULL;
	if (file != NULL)
		(void)fclose(file); /* it was only read */
	out[strcspn(out, "\r\n ")] = '\0';
	if (!read || out[0] == '\0')
		return fault(why, "seats.token.file: %.200s: it cannot be read, or is empty", path);
	return 0;
}

/* --- Birth and death --- */

static int open_seats(const struct config *config, const struct plan *plan, struct rs_rand *rand,
	struct seat_work *work)
{
	const struct seats_config seats = {
		.places = plan->places,
		.n_places = plan->n_places,
		.settle = RS_MS(config_int(config, "seats.settle")),
		.hold = RS_MS(config_int(config, "seats.hold")),
	};
	return seats_new(&seats, rand, &work->seats);
}

static int open_api(
	const struct config *config, const char *token, struct seat_work *work, char *why)
{
	const struct seat_api_config api = {
		.listen = config_text(config, "seats.listen"),
		.token = token,
		.meeting = config_text(config, "meeting"),
	};
	if (api.listen[0] == '\0')
		return 0;
	const int err = seat_api_new(&api, &work->api);
	if (err == -EINVAL)
		(void)fault(why,
			"seats.listen: \"%.64s\" is no IP:port, or not loopback and seats.token.file is empty",
			api.listen);
	else if (err < 0)
		(void)fault(why, "seats.listen: \"%.64s\" cannot be listened at", api.listen);
	return err;
}

static int open_all(const struct config *config, struct plan *plan, struct rs_rand *rand,
	rs_time now, struct seat_work *work, char *why)
{
	int err = read_rows(config, "visca", work->room, plan, read_head, why);
	if (err == 0)
		err = read_rows(config, "seats", work->room, plan, read_seat, why);
	if (err == 0)
		err = read_token(config_text(config, "seats.token.file"), plan->token, why);
	if (err < 0)
		return err;
	add_microphones(work->room, plan);
	err = open_seats(config, plan, rand, work);
	if (err == 0) {
		err = heads_new(plan->heads, plan->n_heads, now, &work->heads);
		if (err < 0)
			(void)fault(why, "visca: no socket");
	}
	return err < 0 ? err : open_api(config, plan->token, work, why);
}

int seat_work_new(const struct config *config, struct room *room, struct rs_rand *rand, rs_time now,
	struct seat_work **out_work, char why[SEAT_WORK_WHY_LEN])
{
	struct plan *plan = rs_zalloc(sizeof(*plan));
	struct seat_work *work = rs_zalloc(sizeof(*work));
	(void)rs_copy_string(why, SEAT_WORK_WHY_LEN, "out of memory");
	int err = plan == NULL || work == NULL ? -ENOMEM : 0;
	if (err == 0) {
		work->room = room;
		err = open_all(config, plan, rand, now, work, why);
		rs_wipe(plan->token, sizeof(plan->token));
	}
	rs_release(plan);
	if (err < 0) {
		seat_work_free(work);
		return err;
	}
	*out_work = work;
	return 0;
}

struct seat_work *seat_work_free(struct seat_work *work)
{
	if (work == NULL)
		return NULL;
	seat_api_free(work->api);
	heads_free(work->heads);
	seats_free(work->seats);
	return rs_release(work);
}

/* --- What is told --- */

/* Of more than fit, the newest are told. */
bool seat_work_figures(const struct seat_work *work, struct seat_figures *out_figures)
{
	if (work->api != NULL)
		seat_api_figures(work->api, out_figures);
	return work->api != NULL;
}

void seat_work_refused(struct seat_work *work, const char *seat, const char *reason)
{
	if (work->n_refused == REFUSALS_MAX)
		memmove(work->refused, work->refused + 1,
			--work->n_refused * sizeof(work->refused[0]));
	struct refused *refused = &work->refused[work->n_refused++];
	(void)rs_set_text(refused->seat, seat);
	(void)rs_set_text(refused->reason, reason); /* as long as those of meeting.h */
}

/* Of more than fit, the newest are told. */
static void add_text(struct seat_work *work, const char *seat, const char *text)
{
	if (work->api == NULL)
		return;
	if (work->n_texts == SEAT_TEXTS_MAX)
		memmove(work->texts, work->texts + 1, --work->n_texts * sizeof(work->texts[0]));
	struct line *line = &work->texts[work->n_texts++];
	(void)rs_set_text(line->seat, seat); /* of the same lengths */
	(void)rs_set_text(line->text, text);
}

void seat_work_told(struct seat_work *work, const struct meeting_news *news, rs_time now)
{
	const struct meeting_seat *seat = &news->seat;
	switch (news->kind) {
	case MEETING_LINE:
		work->connected = news->connected;
		seats_line(work->seats, news->connected);
		break;
	case MEETING_SEAT:
		if (seats_told(work->seats, seat->seat, seat->badge, seat->name, seat->state, now) <
			0)
			log_warning(LOG_MEDIA, "seats", "there are too many seats");
		break;
	case MEETING_REFUSED:
		seat_work_refused(work, seat->seat, news->reason);
		break;
	case MEETING_TEXT:
		add_text(work, seat->seat, news->text);
		lines_set(&work->lines, seat->seat, news->number);
		break;
	case MEETING_FIGURES: /* not about seats */
	case MEETING_SIGNAL:
	case MEETING_LAYERS:
	case MEETING_RESTART:
		break;
	}
}

/* --- The turn --- */

static void press(struct seat_work *work, const struct seat_key *key, rs_time now)
{
	const enum seats_verdict verdict = key->release ? seats_release(work->seats, key->seat)
							: seats_press(work->seats, key->seat, now);
	switch (verdict) {
	case SEATS_TAKEN:
	case SEATS_NOTHING:
	case SEATS_UNKNOWN: /* the API has refused those, and an empty seat's, already */
	case SEATS_NOBODYS:
		break;
	case SEATS_NO_LINE:
		seat_work_refused(work, key->seat, "no-line");
		break;
	case SEATS_TOO_MANY:
		seat_work_refused(work, key->seat, "too-many");
		break;
	}
}

/* Keys in; rows, line and refusals out. What does not fit into this turn goes with the next. */
static void exchange(struct seat_work *work, rs_time now)
{
	struct seat_api *api = work->api;
	struct seat_key keys[SEATS_KEYS_MAX];
	struct seat_row row;
	size_t n_keys = 0;
	if (api == NULL || !seat_api_begin(api))
		return;
	while (n_keys < SEATS_KEYS_MAX && seat_api_key(api, &keys[n_keys]) == 1)
		n_keys++;
	seat_api_line(api, work->connected);
	while (seats_changed(work->seats, &row) == 1)
		seat_api_row(api, &row);
	for (size_t i = 0; i < work->n_refused; i++)
		seat_api_refused(api, work->refused[i].seat, work->refused[i].reason);
	work->n_refused = 0;
	for (size_t i = 0; i < work->n_texts; i++)
		seat_api_text(api, work->texts[i].seat, work->texts[i].text);
	work->n_texts = 0;
	seat_api_end(api);
	for (size_t i = 0; i < n_keys; i++)
		press(work, &keys[i], now);
}

int seat_work_answer(struct seat_work *work, struct line_answer *out_answer)
{
	const bool display = work->api != NULL && seat_api_is_followed(work->api);
	return work->n_texts == 0 ? lines_poll(&work->lines, display, out_answer) : 0;
}

/* True: it is a key, for the meeting. */
static bool do_action(struct seat_work *work, const struct seats_action *action, rs_time now)
{
	switch (action->kind) {
	case SEATS_MICROPHONE:
		(void)room_open_microphone(
			work->room, action->seat_view, action->open); /* the seat has one */
		log_info(LOG_MEDIA, action->seat_view, "microphone of the seat open=%d",
			action->open);
		break;
	case SEATS_PRESS:
	case SEATS_RELEASE:
		return true;
	case SEATS_RECALL:
		if (!heads_recall(work->heads, action->camera_view, action->preset, now))
			seats_recalled(work->seats, action->camera_view, action->preset);
		break;
	case SEATS_SHOW:
		(void)room_show_camera(work->room, action->camera_view); /* it is there */
		break;
	}
	return false;
}

int seat_work_poll(struct seat_work *work, rs_time now, struct seat_work_key *out_key)
{
	struct seats_action action;
	const char *camera;
	int preset;
	exchange(work, now);
	while (heads_poll(work->heads, now, &camera, &preset) == 1)
		seats_recalled(work->seats, camera, preset);
	while (seats_poll(work->seats, now, &action) == 1) {
		if (!do_action(work, &action, now))
			continue;
		*out_key = (struct seat_work_key){
			.seat_view = action.seat_view,
			.release = action.kind == SEATS_RELEASE,
		};
		return 1;
	}
	return 0;
}
