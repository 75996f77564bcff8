/* tests/support/known_content.h
 *
 * Known content on virtual time: a sender whose clocks are wrong, a line that delays, loses, repairs
 * and doubles, the tracks of a recorder behind it, and a reader of the files they leave in memory.
 * Every frame carries its number, so the reader can tell which came, in which order, and when each
 * was captured. Anything amiss fails the running test.
 *
 * By default a frame is a few octets with its number. known_world_code() makes them real pictures and real sound, with
 * the marks of marks.h: then the reader decodes each file, sees the number of every picture, hears that of every second,
 * and holds every frame against the octets that were sent.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_KNOWN_CONTENT_H
#define ROSTRUM_TESTS_SUPPORT_KNOWN_CONTENT_H

#include "common/base/rand.h"
#include "recorder/archive/track/track.h"
#include "tests/support/known_sfu.h"
#include "tests/support/marked.h"

#define KNOWN_FILES_MAX 16
#define KNOWN_FLIGHT_MAX 256
#define KNOWN_FRAMES_MAX 200000
#define KNOWN_SECONDS_MAX 4000
#define KNOWN_PACKET_MAX 600

struct known_file {
	char path[96];
	struct rs_buf data;
	int64_t t0_ms; /* as the line "segment-opened" says */
	json_t *end;   /* as the line "segment-closed" says; NULL = it was not closed */
	bool closed;
};

struct known_memory {
	struct known_file files[KNOWN_FILES_MAX];
	uint32_t opened;
	unsigned stalls;   /* lines of that type */
	int64_t unwritten; /* packets that the lines of that type name */
};

/* A packet on the line. */
struct known_flying {
	rs_time arrival;
	bool used;
	size_t len;
	uint8_t data[KNOWN_PACKET_MAX];
};

/* What sends one track, what the track must hold, and what it did not get. */
struct known_source {
	bool sound;
	struct track *track;
	uint16_t seq;
	uint32_t number;     /* of the next frame */
	rs_time report_at;   /* when the next sender report goes out */
	rs_time key_asked;   /* by the recorder */
	rs_time key_wish_at; /* the sender hears of it; RS_TIME_NEVER = nobody asked */
	bool deaf;           /* the sender does not care */
	bool broken;         /* pictures: something is missing since the last key frame */
	uint64_t packets;    /* that arrived */
	uint64_t lost;
	uint64_t doubled;
	uint64_t freezes;
	int64_t frozen_ms;
	uint32_t stall_from; /* capture stands still before this frame, for `stall`; 0 = never */
	rs_time stall;
	struct known_flying flight[KNOWN_FLIGHT_MAX];
	uint32_t *expected; /* frames that must be in the files, in order */
	size_t n_expected;
	uint32_t *digests; /* of coded frames by their number; NULL = frames are numbers alone */
};

/* A microphone and a camera of KEN. */
struct known_world {
	struct known_memory memory;
	struct disk disk;
	struct rs_rand rand;
	struct track_rules rules;
	bool pictures_held; /* as the rules have it; to be changed between two runs */
	struct clock_base clock;
	struct known_source sound;
	struct known_source picture;
	uint32_t jitter; /* us */
	uint32_t doubled_permille;
	uint32_t loss_permille;     /* of packets at the first attempt */
	uint32_t given_up_permille; /* of those, never repaired */
	rs_time lossless_from; /* through an SFU, which cannot know of the last packets; 0 = never */
	struct known_sfu *sfu;                /* NULL: straight to the recorder */
	struct marked_microphone *microphone; /* NULL: frames are numbers alone */
	struct marked_camera *camera;
};

/* Segments are rolled after `segment_ms`; a perfect line of 30 ms. */
struct known_world *known_world_new(uint32_t segment_ms);
void known_world_free(struct known_world *world);
/* Before anything was sent: frames are real pictures, and sound in which second n says n. For sources whose capture does not
 * stand still. */
void known_world_code(struct known_world *world);
/* Both sources send from where they stand up to `until`; the last packets arrive within a second more. */
void known_run(struct known_world *world, rs_time until);
void known_finish(struct known_source *source, rs_time now);
/* When a frame is captured, on the recorder's clock. */
rs_time known_captured(const struct known_source *source, uint32_t number);

/* The file called tracks/KEN. and the rest. */
bool known_has_file(const struct known_memory *memory, const char *rest);
struct known_file *known_file_named(struct known_memory *memory, const char *rest);

/* More frames of sound than there are between what is said and that it is heard. */
#define KNOWN_LATE_MAX 128

/* What was found in the files of one source. */
struct known_found {
	const struct known_source *source;
	size_t frames;
	size_t synthetic;
	int64_t in_file; /* frames of the file being read */
	int64_t last_ms;
	int64_t first_ms[KNOWN_FILES_MAX]; /* session time at which each file begins */
	unsigned files;
	/* Session time - time of capture, of a frame of that second. */
	int64_t off_us[KNOWN_SECONDS_MAX];
	bool has_off[KNOWN_SECONDS_MAX];
	/* Of coded frames. */
	struct marked_eye *eye;
	struct marked_ear *ear;
	uint32_t heard;                  /* numbers, from 0 on without a gap */
	int64_t late_ms[KNOWN_LATE_MAX]; /* times of the latest frames by their number */
};

/* Read one more file of found->source: its frames must be the next ones expected. */
void known_read_file(struct known_found *found, const struct known_file *file);
/* Read all segments of a source: each frame that arrived is in exactly one, in order, and the ledgers
 * account for every packet. The caller frees it by rs_release(). */
struct known_found *known_read_back(
	struct known_memory *memory, const struct known_source *source, unsigned segments);

#endif
