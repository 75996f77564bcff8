#include "tools/roombox/room/room.h"

#include <errno.h>
#include <stdio.h>

#define FLOOR "floor"

const struct config_key room_microphone_keys[4] = {
	{ "input", CONFIG_TEXT, NULL, 0, 0,
		"alsa:NAME, gen:tone, gen:chirp, gen:silence or file:x.wav" },
	{ "channels", CONFIG_LIST, "", 0, 0,
		"channels of the input that are used, counted from 1; empty = all" },
	{ "loop", CONFIG_BOOL, "false", 0, 0, "a file begins anew at its end" },
	{ "seat", CONFIG_TEXT, "", 0, 0,
		"seat whose microphone it is: heard while that has the floor; empty = heard always" },
};

const struct config_key room_camera_keys[3] = {
	{ "input", CONFIG_TEXT, NULL, 0, 0, "v4l2:/dev/video0, gen:bars or file:x.y4m" },
	{ "loop", CONFIG_BOOL, "false", 0, 0, "a file begins anew at its end" },
	{ "name", CONFIG_TEXT, NULL, 0, 0, "by which seats choose it" },
};

const struct config_key room_output_keys[2] = {
	{ "output", CONFIG_TEXT, NULL, 0, 0, "alsa:NAME, file:x.wav or null:" },
	{ "channels", CONFIG_LIST, FLOOR, 0, 0,
		"what each channel of the output carries: floor, or a channel's id" },
};

/* --- Opening --- */

/* Puts where it was before what is wrong there. */
static void name_key(char why[SPEC_WHY_LEN], const char *key)
{
	char text[SPEC_WHY_LEN];
	(void)rs_set_text(text, why); /* of the same length */
	(void)snprintf(why, SPEC_WHY_LEN, "%s: %.320s", key, text);
}

static int map_channels(const struct config *row, unsigned channels,
	struct room_microphone *microphone, char why[SPEC_WHY_LEN])
{
	const size_t n = config_list_len(row, "channels");
	for (unsigned i = 0; n == 0 && i < channels; i++)
		microphone->used[i] = true;
	for (size_t i = 0; i < n; i++) {
		const char *text = config_list_at(row, "channels", i);
		uint32_t channel;
		if (rs_parse_u32(text, strlen(text), channels, &channel) < 0 || channel == 0) {
			(void)snprintf(why, SPEC_WHY_LEN,
				"channels: \"%.64s\" is none of the input's %u", text, channels);
			return -EINVAL;
		}
		microphone->used[channel - 1] = true;
	}
	return 0;
}

/* A device is opened once it is known how many of its channels are used. */
static void tell_wanted(struct sound *sound, const struct room_microphone *microphone)
{
	for (unsigned i = 0; i < SOUND_CHANNELS_MAX; i++) {
		if (microphone->used[i] && sound->wanted < i + 1)
			sound->wanted = i + 1;
	}
}

/* The input of that name, opened if no microphone before has it. */
static int find_input(
	struct room *room, const char *spec, bool loop, size_t *out_input, char why[SPEC_WHY_LEN])
{
	size_t i = 0;
	while (i < room->n_inputs &&
		(room->inputs[i].loop != loop || strcmp(room->inputs[i].spec, spec) != 0))
		i++;
	*out_input = i;
	if (i < room->n_inputs)
		return 0;
	struct room_input *input = &room->inputs[i];
	input->loop = loop;
	input->spec = rs_strdup(spec);
	if (input->spec == NULL)
		return -ENOMEM;
	const int err = sound_new(spec, loop, room->devices, &input->sound, why);
	if (err < 0)
		input->spec = rs_release(input->spec);
	else
		room->n_inputs++;
	return err;
}

static int open_microphone(const struct config *row, struct room *room, char why[SPEC_WHY_LEN])
{
	struct room_microphone *microphone = &room->microphones[room->n_microphones];
	const char *seat = config_text(row, "seat");
	if (!rs_set_text(microphone->seat, seat) || !rs_utf8_valid(seat, strlen(seat))) {
		(void)snprintf(
			why, SPEC_WHY_LEN, "seat: at most %u octets are expected", ROOM_SEAT_MAX);
		return -EINVAL;
	}
	int err = find_input(
		room, config_text(row, "input"), config_bool(row, "loop"), &microphone->input, why);
	if (err < 0)
		return err;
	struct sound *sound = room->inputs[microphone->input].sound;
	room->n_microphones++;
	microphone->open = seat[0] == '\0';
	microphone->gain = microphone->open ? ROOM_FADE : 0;
	microphone->level = ROOM_LEVEL_SILENT;
	microphone->since.loudest = ROOM_LEVEL_SILENT;
	err = map_channels(row, sound->channels, microphone, why);
	tell_wanted(sound, microphone);
	return err;
}

static int add_camera(
	struct room *room, const char *name, const char *input, bool loop, char why[SPEC_WHY_LEN])
{
	struct room_camera *camera = &room->cameras[room->n_cameras];
	const int err = camera_new(input, loop, room->devices, &camera->camera, why);
	if (err < 0)
		return err;
	(void)rs_set_text(camera->name, name); /* it is valid and fits */
	room->n_cameras++;
	return 0;
}

static int open_camera(const struct config *row, struct room *room, char why[SPEC_WHY_LEN])
{
	const char *name = config_text(row, "name");
	bool good = rs_name_valid(name, strlen(name));
	for (size_t i = 0; good && i < room->n_cameras; i++)
		good = strcmp(room->cameras[i].name, name) != 0;
	if (!good) {
		(void)snprintf(
			why, SPEC_WHY_LEN, "name: \"%.64s\" is none, or another camera's", name);
		return -EINVAL;
	}
	return add_camera(room, name, config_text(row, "input"), config_bool(row, "loop"), why);
}

/* The slot of a channel, made if it is new: ROOM_FLOOR, a number, or -EINVAL with `why` set. */
static int slot_of(struct room *room, const char *name, int *out_slot, char why[SPEC_WHY_LEN])
{
	if (!rs_name_valid(name, strlen(name))) {
		(void)snprintf(why, SPEC_WHY_LEN, "channels: \"%.64s\" is no channel's id", name);
		return -EINVAL;
	}
	for (size_t i = 0; room->n_slots == 0 && i < ROOM_FLOOR_SLOTS; i++)
		(void)rs_set_text(room->feeds[i], FLOOR);
	if (room->n_slots == 0)
		room->n_slots = ROOM_FLOOR_SLOTS;
	*out_slot = ROOM_FLOOR;
	if (strcmp(name, FLOOR) == 0)
		return 0;
	size_t at = ROOM_FLOOR_SLOTS;
	while (at < room->n_slots && strcmp(room->feeds[at], name) != 0)
		at++;
	if (at == ROOM_SLOTS_MAX) {
		(void)snprintf(why, SPEC_WHY_LEN, "channels: there are more than %u in all",
			ROOM_SLOTS_MAX - ROOM_FLOOR_SLOTS);
		return -EINVAL;
	}
	if (at == room->n_slots)
		(void)rs_set_text(room->feeds[room->n_slots++], name);
	*out_slot = (int)at;
	return 0;
}

static int open_output(const struct config *row, struct room *room, char why[SPEC_WHY_LEN])
{
	struct room_output *output = &room->outputs[room->n_outputs];
	const size_t n = config_list_len(row, "channels");
	if (n == 0 || n > SOUND_CHANNELS_MAX) {
		(void)snprintf(
			why, SPEC_WHY_LEN, "channels: 1 to %u are expected", SOUND_CHANNELS_MAX);
		return -EINVAL;
	}
	const char *name = config_text(row, "output");
	(void)rs_copy_text(output->name, sizeof(output->name), name,
		rs_utf8_cut(name, ROOM_OUTPUT_NAME_MAX)); /* it is for people */
	output->n_channels = (unsigned)n;
	for (size_t i = 0; i < n; i++) {
		const int err =
			slot_of(room, config_list_at(row, "channels", i), &output->carries[i], why);
		if (err < 0)
			return err;
	}
	const int err = sink_new(
		config_text(row, "output"), output->n_channels, room->devices, &output->sink, why);
	if (err == 0)
		room->n_outputs++;
	return err;
}

static int open_rows(const struct config *config, const char *key, const char *device,
	struct room *room,
	int (*open)(const struct config *row, struct room *room, char why[SPEC_WHY_LEN]), char *why)
{
	for (size_t i = 0; i < config_rows(config, key); i++) {
		struct config *row = NULL;
		int err = config_row(config, key, i, &row);
		char place[DEVICE_PLACE_LEN];
		(void)snprintf(place, sizeof(place), "%s[%zu].%s", key, i, device);
		devices_place(room->devices, place);
		if (err == 0)
			err = open(row, room, why);
		config_free(row);
		if (err < 0) {
			char named[32];
			(void)snprintf(named, sizeof(named), "%s[%zu]", key, i);
			name_key(why, named);
			return err;
		}
	}
	return 0;
}

/* The short way to write a room with one camera. */
static int open_single(const struct config *config, struct room *room, char why[SPEC_WHY_LEN])
{
	const char *input = config_text(config, "camera.input");
	if (input[0] == '\0')
		return 0;
	int err = -EINVAL;
	devices_place(room->devices, "camera.input");
	if (room->n_cameras > 0)
		(void)rs_copy_string(why, SPEC_WHY_LEN, "\"cameras\" names some as well");
	else
		err = add_camera(room, "camera", input, config_bool(config, "camera.loop"), why);
	if (err < 0)
		name_key(why, "camera.input");
	return err;
}

int room_open(
	const struct config *config, rs_time now, struct room *out_room, char why[SPEC_WHY_LEN])
{
	struct room *room = out_room;
	*room = (struct room){ .n_slots = 0 };
	(void)rs_copy_string(why, SPEC_WHY_LEN, "out of memory");
	int err = devices_new(&room->devices);
	if (err == 0)
		err = open_rows(config, "microphones", "input", room, open_microphone, why);
	if (err == 0)
		err = open_rows(config, "cameras", "input", room, open_camera, why);
	if (err == 0)
		err = open_single(config, room, why);
	if (err == 0)
		err = open_rows(config, "outputs", "output", room, open_output, why);
	if (err == 0 && config_bool(config, "echo.cancel"))
		err = echo_new(&room->echo);
	if (err == 0)
		err = devices_open(room->devices, now, why);
	if (err < 0)
		room_close(room);
	return err;
}

void room_close(struct room *room)
{
	for (size_t i = 0; i < room->n_inputs; i++) {
		sound_free(room->inputs[i].sound);
		rs_release(room->inputs[i].spec);
	}
	for (size_t i = 0; i < room->n_cameras; i++)
		camera_free(room->cameras[i].camera);
	for (size_t i = 0; i < room->n_outputs; i++)
		sink_free(room->outputs[i].sink);
	echo_free(room->echo);
	devices_free(room->devices);
	*room = (struct room){ .n_slots = 0 };
}
