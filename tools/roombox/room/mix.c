#include "tools/roombox/room/room.h"

#include <math.h>

/* Frames are read in parts, so that those of a device of many channels fit the stack. */
#define PART (PLAYOUT_BLOCK / 8)
#define FULL_SCALE 32768.0
/* Levels are of so many blocks: a tenth of a second. */
#define LEVEL_BLOCKS 10U

static int16_t clip(int32_t sample)
{
	return (int16_t)(sample > INT16_MAX ? INT16_MAX : sample < INT16_MIN ? INT16_MIN : sample);
}

/* --- In --- */

bool room_open_microphone(struct room *room, const char *seat, bool open)
{
	bool found = false;
	for (size_t i = 0; i < room->n_microphones && seat[0] != '\0'; i++) {
		struct room_microphone *microphone = &room->microphones[i];
		if (strcmp(microphone->seat, seat) != 0)
			continue;
		microphone->open = open;
		found = true;
	}
	return found;
}

static void take_sample(struct room_loudness *since, int32_t sample)
{
	const int32_t size = sample < 0 ? -sample : sample;
	since->peak = size > since->peak ? size : since->peak;
	since->clipped += size >= INT16_MAX;
	since->samples++;
}

/* The sound of its channels, through its gate. */
static void add_part(struct room_microphone *microphone, const int16_t *frames, unsigned channels,
	int32_t sum[PART])
{
	for (size_t i = 0; i < PART; i++) {
		int32_t sample = 0;
		for (unsigned c = 0; c < channels; c++)
			sample += microphone->used[c] ? frames[i * channels + c] : 0;
		microphone->energy += (double)sample * sample;
		take_sample(&microphone->since, sample);
		if (microphone->open && microphone->gain < ROOM_FADE)
			microphone->gain++;
		else if (!microphone->open && microphone->gain > 0)
			microphone->gain--;
		sum[i] += sample * microphone->gain / ROOM_FADE;
	}
}

static int level_of(double mean)
{
	const double db =
		mean > 0 ? 10 * log10(mean / (FULL_SCALE * FULL_SCALE)) : ROOM_LEVEL_SILENT;
	return db > 0 ? 0 : db < ROOM_LEVEL_SILENT ? ROOM_LEVEL_SILENT : (int)lrint(db);
}

int room_dbfs(int32_t sample)
{
	return level_of((double)sample * sample);
}

struct room_loudness room_loudness(struct room_microphone *microphone)
{
	const struct room_loudness since = microphone->since;
	microphone->since = (struct room_loudness){ .loudest = ROOM_LEVEL_SILENT };
	return since;
}

static void take_levels(struct room *room)
{
	if (++room->level_blocks < LEVEL_BLOCKS)
		return;
	room->level_blocks = 0;
	for (size_t i = 0; i < room->n_microphones; i++) {
		struct room_microphone *microphone = &room->microphones[i];
		microphone->level = level_of(microphone->energy / (LEVEL_BLOCKS * PLAYOUT_BLOCK));
		microphone->energy = 0;
		if (microphone->level > microphone->since.loudest)
			microphone->since.loudest = microphone->level;
	}
}

void room_capture(struct room *room, int16_t out[PLAYOUT_BLOCK])
{
	int32_t sum[PLAYOUT_BLOCK] = { 0 };
	for (size_t i = 0; i < room->n_inputs; i++) {
		struct sound *sound = room->inputs[i].sound;
		for (size_t at = 0; at < PLAYOUT_BLOCK; at += PART) {
			int16_t frames[SOUND_CHANNELS_MAX * PART];
			sound_read(sound, frames, PART);
			for (size_t m = 0; m < room->n_microphones; m++) {
				if (room->microphones[m].input == i)
					add_part(&room->microphones[m], frames, sound->channels,
						sum + at);
			}
		}
	}
	for (size_t i = 0; i < PLAYOUT_BLOCK; i++)
		out[i] = clip(sum[i]);
	if (room->echo != NULL)
		echo_cancel(room->echo, out);
	take_levels(room);
}

/* --- Out --- */

static int16_t mixed(const int16_t *const slots[ROOM_SLOTS_MAX], int carries, size_t i)
{
	const size_t from = carries == ROOM_FLOOR ? 0 : (size_t)carries;
	const size_t to = carries == ROOM_FLOOR ? ROOM_FLOOR_SLOTS : from + 1;
	int32_t sum = 0;
	for (size_t at = from; at < to; at++)
		sum += slots[at] != NULL ? slots[at][i] : 0;
	return clip(sum);
}

void room_play(struct room *room, const int16_t *const slots[ROOM_SLOTS_MAX])
{
	for (size_t o = 0; o < room->n_outputs; o++) {
		struct room_output *output = &room->outputs[o];
		int err = 0;
		for (size_t at = 0; at < PLAYOUT_BLOCK && err == 0; at += PART) {
			int16_t frames[SOUND_CHANNELS_MAX * PART];
			for (size_t i = 0; i < PART; i++) {
				for (unsigned c = 0; c < output->n_channels; c++)
					frames[i * output->n_channels + c] =
						mixed(slots, output->carries[c], at + i);
			}
			err = sink_write(output->sink, frames, PART);
		}
		output->failed += err < 0;
	}
	if (room->echo != NULL) {
		int16_t floor[PLAYOUT_BLOCK];
		for (size_t i = 0; i < PLAYOUT_BLOCK; i++)
			floor[i] = mixed(slots, ROOM_FLOOR, i);
		echo_played(room->echo, floor);
	}
}

/* --- Pictures --- */

bool room_show_camera(struct room *room, const char *name)
{
	for (size_t i = 0; i < room->n_cameras; i++) {
		if (strcmp(room->cameras[i].name, name) != 0)
			continue;
		room->cut = room->cut || room->shown != i;
		room->shown = i;
		return true;
	}
	return false;
}

enum room_picture room_picture(struct room *room, rs_time at, struct picture *out_picture)
{
	if (room->n_cameras == 0)
		return ROOM_PICTURE_NONE;
	struct room_camera *camera = &room->cameras[room->shown];
	const bool next = camera_read(camera->camera, at, &camera->picture);
	camera->has_picture = camera->has_picture || next;
	camera->pictures += next;
	/* One that stands still has been asked before: what it showed then is shown again. */
	if (!next && !(room->cut && camera->has_picture))
		return ROOM_PICTURE_NONE;
	const bool cut = room->cut;
	room->cut = false;
	*out_picture = camera->picture;
	return cut ? ROOM_PICTURE_CUT : ROOM_PICTURE_NEXT;
}
