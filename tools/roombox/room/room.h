/* tools/roombox/room/room.h
 *
 * What a room is made of: its microphones, whose sound is one signal, its cameras, of which one is shown, and its outputs, each channel
 * of which carries the floor or a channel of interpretation. Opened from the configuration (room.c); then a block of 10 ms at a time goes
 * in and out, at the pace of whoever asks (mix.c). Not thread safe. Allocates while it is opened only.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_ROOM_ROOM_H
#define ROSTRUM_TOOLS_ROOMBOX_ROOM_ROOM_H

#include "common/base/text.h"
#include "common/config/config.h"
#include "tools/roombox/hear/playout.h"
#include "tools/roombox/media/picture.h"
#include "tools/roombox/media/sink.h"
#include "tools/roombox/media/sound.h"
#include "tools/roombox/room/echo.h"

#define ROOM_MICROPHONES_MAX 16
#define ROOM_CAMERAS_MAX 8
/* Octets of a seat's name, as in a conference file. */
#define ROOM_SEAT_MAX 16U
/* dBFS of a microphone that is not heard at all. */
#define ROOM_LEVEL_SILENT (-127)
#define ROOM_OUTPUTS_MAX 8
#define ROOM_OUTPUT_NAME_MAX 64
/* What is heard at a time of the floor without the room's own. */
#define ROOM_FLOOR_SLOTS 3U
/* Slots in all: those of the floor, and one for each channel. With microphone and camera they fill an offer of RTC_SECTIONS_MAX. */
#define ROOM_SLOTS_MAX 14U

/* A device or a file, which several microphones may be channels of: it is opened once. */
struct room_input {
	struct sound *sound;
	char *spec; /* owned */
	bool loop;
};

/* What a microphone gave since somebody looked: all of it before the gate. */
struct room_loudness {
	int loudest;               /* of its levels */
	int32_t peak;              /* of its samples, 0 to 32768 */
	uint64_t samples, clipped; /* of all, those at full scale */
};

struct room_microphone {
	size_t input;
	bool used[SOUND_CHANNELS_MAX]; /* channels of the input that are this microphone's */
	char seat[ROOM_SEAT_MAX + 1];  /* whose it is; empty = nobody's: always in the mix */
	bool open;
	int32_t gain; /* 0 to ROOM_FADE: a step nearer to `open` with each sample */
	double energy;
	struct room_loudness since; /* it was reported last */
	int level; /* dBFS of the root mean square of a tenth of a second, before the gate: 0 to ROOM_LEVEL_SILENT */
};
/* Samples that opening and closing takes: 5 ms, in which nothing clicks. */
#define ROOM_FADE 240

struct room_camera {
	char name[RS_NAME_MAX + 1];
	struct camera *camera;
	bool has_picture;
	uint64_t pictures;      /* it gave */
	struct picture picture; /* its last one */
};

struct room_output {
	char name[ROOM_OUTPUT_NAME_MAX + 1]; /* as it is configured; cut to what fits */
	struct sink *sink;
	unsigned n_channels;
	int carries[SOUND_CHANNELS_MAX]; /* of each: a slot's number, or ROOM_FLOOR */
	uint64_t failed;                 /* blocks that could not be written */
};
#define ROOM_FLOOR (-1)

struct room {
	struct devices *devices; /* sound cards and cameras among what follows */
	size_t n_inputs;
	struct room_input inputs[ROOM_MICROPHONES_MAX];
	size_t n_microphones;
	struct room_microphone microphones[ROOM_MICROPHONES_MAX];
	unsigned level_blocks; /* that the microphones' energy is of */
	size_t n_cameras;      /* 0 = no picture is sent */
	struct room_camera cameras[ROOM_CAMERAS_MAX];
	size_t shown;
	bool cut; /* the shown camera has not been seen since it was chosen */
	size_t n_outputs;
	struct room_output outputs[ROOM_OUTPUTS_MAX];
	struct echo
		*echo; /* of the floor in the microphones; NULL = it stays, or a DSP takes it out */
	size_t n_slots; /* 0 = nothing is heard */
	/* Channels of interpretation by slot; those of the floor come first and have "floor". */
	char feeds[ROOM_SLOTS_MAX][RS_NAME_MAX + 1];
};

/* Keys of the rows "microphones", "cameras" and "outputs". */
extern const struct config_key room_microphone_keys[4];
extern const struct config_key room_camera_keys[3];
extern const struct config_key room_output_keys[2];

/* Opens what "microphones", "cameras" or, for a single one, "camera.input" and "camera.loop", and "outputs" name, and an "echo.cancel". Microphones of seats are
 * closed, the first camera is shown. A device that is not there is none of the errors: it is waited for. 0, -ENOMEM, or another negative error with `why` set, which begins with the key. On failure nothing
 * is left open. */
int room_open(const struct config *config, rs_time now, struct room *out_room,
	char why[SPEC_WHY_LEN]) RS_MUST_USE;
void room_close(struct room *room);

/* The microphones of that seat come into the mix, or leave it, from the next block on, within 5 ms. False: no microphone is of that seat
 * (an empty name is no seat). Again it changes nothing. */
bool room_open_microphone(struct room *room, const char *seat, bool open);
/* How loud a microphone was since this was asked last; it begins anew. */
struct room_loudness room_loudness(struct room_microphone *microphone);
/* dBFS of a sample's size, 0 to ROOM_LEVEL_SILENT. */
int room_dbfs(int32_t sample);
/* The next block of all microphones that are in the mix. */
void room_capture(struct room *room, int16_t out[PLAYOUT_BLOCK]);
/* Plays a block: the sound of each slot, NULL = silence. */
void room_play(struct room *room, const int16_t *const slots[ROOM_SLOTS_MAX]);

/* From its next picture on this camera is shown; until it has one, what is shown stays. False: there is no such camera. */
bool room_show_camera(struct room *room, const char *name);

enum room_picture {
	ROOM_PICTURE_NONE, /* still the last one */
	ROOM_PICTURE_NEXT,
	ROOM_PICTURE_CUT, /* the first of another camera: nothing before it helps to decode it */
};
/* What is to be seen `at` microseconds after opening; times never go back. Planes hold until the next call. Cameras that are not shown are
 * not asked. */
enum room_picture room_picture(struct room *room, rs_time at, struct picture *out_picture);

#endif
