/* tools/roombox/media/spec.h
 *
 * Where sound or pictures come from or go to, as the configuration writes it: "gen:tone,hz=440,level=-20",
 * "file:speech.wav", "alsa:hw:1", "v4l2:/dev/video0,width=1280", "null:". Pure text; nothing is opened here and nothing is allocated.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEDIA_SPEC_H
#define ROSTRUM_TOOLS_ROOMBOX_MEDIA_SPEC_H

#include "common/base/mem.h"

#define SPEC_NAME_MAX 255 /* octets of a path, device or generator */
#define SPEC_KEY_MAX 15
#define SPEC_NUMBERS_MAX 8
/* A fault told in words for people, the spec named. */
#define SPEC_WHY_LEN 384

enum spec_kind {
	SPEC_GEN,  /* made here: a name and numbers */
	SPEC_FILE, /* a path; it may hold any character */
	SPEC_ALSA, /* a sound card, as ALSA names it; it may hold any character */
	SPEC_V4L2, /* a camera: the path of its device and numbers */
	SPEC_NULL, /* nowhere */
	SPEC_KINDS,
};

struct spec_number {
	char key[SPEC_KEY_MAX + 1];
	int32_t value;
};

struct spec {
	enum spec_kind kind;
	char name[SPEC_NAME_MAX + 1]; /* empty for SPEC_NULL */
	size_t n_numbers;
	struct spec_number numbers[SPEC_NUMBERS_MAX];
};

/* What a generator may be told: a key, its range and what it is when nothing is said. */
struct spec_key {
	const char *key;
	int32_t min;
	int32_t max;
	int32_t preset;
};

/* 0, or -EBADMSG with `why` set: no such kind, no name, a number that is none. */
int spec_parse(const char *text, struct spec *out_spec, char why[SPEC_WHY_LEN]) RS_MUST_USE;
/* The numbers by the table, in its order. 0, or -EINVAL with `why` set: unknown key, or out of its range. */
int spec_numbers(const struct spec *spec, const struct spec_key *keys, size_t n,
	int32_t *out_values, char why[SPEC_WHY_LEN]) RS_MUST_USE;
/* Whether the name ends so (".wav"), whatever the case. */
bool spec_ends(const struct spec *spec, const char *suffix);

#endif
