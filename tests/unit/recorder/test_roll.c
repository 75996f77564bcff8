/* Known content on virtual time: a sender whose clocks are wrong, a line that loses, a recorder that
 * goes on in new files, and what can be read back from them. */
#include "common/base/bytes.h"
#include "common/base/rand.h"
#include "common/rtp/ntp.h"
#include "common/rtp/rtp.h"
#include "recorder/archive/track.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define EPOCH INT64_C(1795305600000000) /* wall clock of session time 0 */
#define FILES_MAX 16
#define FLIGHT_MAX 256
#define FRAMES_MAX 200000
#define SECONDS_MAX 4000

#define SOUND_PERIOD RS_MS(20)
#define PICTURE_PERIOD RS_MS(66)
#define LINE_DELAY RS_MS(30)
/* The sender's wall clock is 3 s ahead and gains 50 ppm, its sound card gains another 100 ppm. */
#define WALL_AHEAD RS_SEC(3)
#define WALL_GAIN 20000
#define CARD_GAIN 10000

/* --- files in memory --- */

struct memory_file {
	char path[96];
	struct rs_buf data;
	int64_t t0_ms; /* as the line "segment-opened" says */
	json_t *end;   /* as the line "segment-closed" says; NULL = it was not closed */
	bool closed;
};

struct memory {
	struct memory_file files[FILES_MAX];
	uint32_t opened;
	unsigned stalls;
};

static int memory_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct memory *memory = ctx;
	assert_int_equal(how, DISK_CREATE);
	assert_true(memory->opened < FILES_MAX);
	for (uint32_t i = 0; i < memory->opened; i++)
		assert_string_not_equal(memory->files[i].path, path);
	struct memory_file *file = &memory->files[memory->opened];
	(void)snprintf(file->path, sizeof(file->path), "%s", path);
	rs_buf_init(&file->data, 64 << 20);
	*out_file = memory->opened++;
	return 0;
}

static int memory_write(void *ctx, uint32_t index, uint64_t offset, const void *data, size_t len)
{
	struct memory_file *file = &((struct memory *)ctx)->files[index];
	assert_false(file->closed);
	if (offset == rs_buf_len(&file->data))
		return rs_buf_append(&file->data, data, len);
	assert_true(offset + len <= rs_buf_len(&file->data));
	memcpy(rs_buf_data(&file->data) + offset, data, len);
	return 0;
}

static int memory_sync(void *ctx, uint32_t file, uint64_t token)
{
	return 0;
}

static void memory_close(void *ctx, uint32_t index)
{
	((struct memory *)ctx)->files[index].closed = true;
}

/* Place of the file called /demo/tracks/KEN. and the rest; `opened` = there is none. */
static uint32_t place_of(const struct memory *memory, const char *rest)
{
	char path[96];
	(void)snprintf(path, sizeof(path), "/demo/tracks/KEN.%s", rest);
	uint32_t i = 0;
	while (i < memory->opened && strcmp(memory->files[i].path, path) != 0)
		i++;
	return i;
}

static bool has_file(const struct memory *memory, const char *rest)
{
	return place_of(memory, rest) < memory->opened;
}

static struct memory_file *file_named(struct memory *memory, const char *rest)
{
	assert_true(has_file(memory, rest));
	return &memory->files[place_of(memory, rest)];
}

static int64_t number_of(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);
	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

static int take_note(void *ctx, const char *type, json_t *payload)
{
	struct memory *memory = ctx;
	const char *file = json_string_value(json_object_get(payload, "file"));
	if (file != NULL) {
		char rest[96];
		(void)snprintf(rest, sizeof(rest), "%s.webm", file + strlen("tracks/KEN."));
		struct memory_file *webm = file_named(memory, rest);
		if (strcmp(type, "segment-closed") == 0) {
			assert_null(webm->end);
			webm->end = json_incref(payload);
		} else {
			assert_string_equal(type, "segment-opened");
			webm->t0_ms = number_of(payload, "t0_ms");
		}
	}
	memory->stalls += strcmp(type, "stall") == 0 ? 1 : 0;
	json_decref(payload);
	return 0;
}

/* --- the sender --- */

struct flying {
	rs_time arrival;
	bool used;
	size_t len;
	uint8_t data[64];
};

struct source {
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
	struct flying flight[FLIGHT_MAX];
	uint32_t *expected; /* frames that must be in the files, in order */
	size_t n_expected;
};

struct world {
	struct memory memory;
	struct disk disk;
	struct rs_rand rand;
	struct track_rules rules;
	struct clock_base clock;
	struct source sound;
	struct source picture;
	uint32_t jitter; /* us */
	uint32_t doubled_permille;
	uint32_t loss_permille;     /* of packets at the first attempt */
	uint32_t given_up_permille; /* of those, never repaired */
};

static void add_track(struct world *world, struct source *source, bool sound)
{
	const struct track_config config = { .rules = &world->rules,
		.disk = &world->disk,
		.directory = "/demo",
		.name = "KEN",
		.title = "KEN",
		.language = "und",
		.media = sound ? ARCHIVE_MICROPHONE : ARCHIVE_CAMERA,
		.first_segment = 1,
		.epoch_wall_us = EPOCH,
		.sender = &world->clock,
		.rand = &world->rand,
		.note = take_note,
		.ctx = &world->memory };
	source->sound = sound;
	source->seq = 65000;
	source->report_at = RS_MS(800);
	source->key_asked = INT64_MIN / 2;
	source->key_wish_at = RS_TIME_NEVER;
	source->expected = rs_calloc(FRAMES_MAX, sizeof(*source->expected));
	assert_non_null(source->expected);
	assert_int_equal(track_new(&config, &source->track), 0);
	assert_int_equal(
		track_begin(source->track, sound ? "opus" : "VP8", sound ? 48000 : 90000, 0), 0);
}

static struct world *world_new(uint32_t segment_ms)
{
	struct world *world = rs_zalloc(sizeof(*world));
	assert_non_null(world);
	world->disk = (struct disk){ .open = memory_open,
		.write = memory_write,
		.sync = memory_sync,
		.close = memory_close,
		.ctx = &world->memory };
	world->rules = (struct track_rules){ .cluster_ms = 1000,
		.cluster_max = 4096,
		.reorder_wait = RS_MS(500),
		.reorder_window = 512,
		.fill_ms = 10000,
		.segment_ms = segment_ms,
		.app = "test" };
	rs_rand_init_seed(&world->rand, 6);
	add_track(world, &world->sound, true);
	add_track(world, &world->picture, false);
	return world;
}

static void source_finish(struct source *source, rs_time now)
{
	assert_int_equal(track_finish(source->track, now), 0);
	source->track = track_free(source->track);
}

static void world_free(struct world *world)
{
	track_free(world->sound.track);
	track_free(world->picture.track);
	rs_release(world->sound.expected);
	rs_release(world->picture.expected);
	for (uint32_t i = 0; i < world->memory.opened; i++) {
		rs_buf_done(&world->memory.files[i].data);
		json_decref(world->memory.files[i].end);
	}
	rs_release(world);
}

static int64_t sender_wall(rs_time t)
{
	return EPOCH + WALL_AHEAD + t + t / WALL_GAIN;
}

/* When a frame is captured. The sound card's 20 ms are a little shorter than ours. */
static rs_time captured(const struct source *source, uint32_t number)
{
	if (!source->sound)
		return PICTURE_PERIOD * (rs_time)number;
	const double ppm = 1.0 + 1.0 / WALL_GAIN + 1.0 / CARD_GAIN;
	const bool stood = source->stall_from > 0 && number >= source->stall_from;
	return (rs_time)((double)SOUND_PERIOD * number / ppm) + (stood ? source->stall : 0);
}

/* RTP timestamps of both begin shortly before they wrap. */
static uint32_t rtp_at(const struct source *source, rs_time t)
{
	if (source->stall_from > 0 && t >= captured(source, source->stall_from))
		t -= source->stall;
	const int64_t clock = t + t / WALL_GAIN;
	const int64_t ticks = source->sound ? rtp_ticks_from_us(clock + t / CARD_GAIN, 48000)
					    : rtp_ticks_from_us(clock, 90000);
	return (uint32_t)(UINT32_MAX - 100000 + ticks);
}

static uint32_t timestamp(const struct source *source, uint32_t number)
{
	if (source->sound) /* samples, counted */
		return UINT32_MAX - 100000 + 960 * number;
	return rtp_at(source, captured(source, number));
}

static struct flying *free_place(struct source *source)
{
	size_t i = 0;
	while (source->flight[i].used) {
		i++;
		assert_true(i < FLIGHT_MAX);
	}
	return &source->flight[i];
}

/* One packet onto the line: most take 30 ms and their jitter, some come by retransmission, few never. */
static bool launch(struct world *world, struct source *source, bool marker, rs_time now,
	const uint8_t *payload, size_t len)
{
	const struct rtp_header header = { .marker = marker,
		.pt = 96,
		.seq = source->seq++,
		.rtp_ts = timestamp(source, source->number),
		.ssrc = 1 };
	rs_time delay = LINE_DELAY;
	if (now > RS_SEC(1)) /* what comes before the first packet that arrives belongs to nobody */
		delay += (rs_time)(rs_rand_u32(&world->rand) % (world->jitter + 1));
	if (now > RS_SEC(1) && rs_rand_u32(&world->rand) % 1000 < world->loss_permille) {
		if (rs_rand_u32(&world->rand) % 1000 < world->given_up_permille) {
			source->lost++;
			return false;
		}
		delay += RS_MS(120);
	}
	struct flying *flying = free_place(source);
	struct rs_writer w;
	rs_writer_init(&w, flying->data, sizeof(flying->data));
	rtp_write_header(&w, &header);
	rs_write_bytes(&w, payload, len);
	assert_false(w.failed);
	flying->len = w.len;
	flying->arrival = now + delay;
	flying->used = true;
	source->packets++;
	if (now > RS_SEC(1) && rs_rand_u32(&world->rand) % 1000 < world->doubled_permille) {
		struct flying *again = free_place(source);
		*again = *flying;
		again->arrival += RS_MS(1);
		source->doubled++;
	}
	return true;
}

static void send_sound(struct world *world, rs_time now)
{
	struct source *source = &world->sound;
	uint8_t payload[5];
	struct rs_writer w;
	rs_writer_init(&w, payload, sizeof(payload));
	rs_write_u8(&w, 0xF8); /* one frame of 20 ms, RFC 6716 section 3.1 */
	rs_write_u32(&w, source->number);
	if (launch(world, source, false, now, payload, w.len))
		source->expected[source->n_expected++] = source->number;
	source->number++;
}

/* A key frame of three packets, or another of one or two (RFC 7741 section 4.2). */
static void send_picture(struct world *world, rs_time now)
{
	struct source *source = &world->picture;
	const bool key = source->number == 0 || (!source->deaf && now >= source->key_wish_at);
	static const uint8_t key_head[10] = { 0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68,
		0x01 };
	static const uint8_t head[10] = { 0x11 };
	const unsigned packets = key ? 3 : 1 + source->number % 2;
	bool whole = true;
	for (unsigned i = 0; i < packets; i++) {
		uint8_t payload[24];
		struct rs_writer w;
		rs_writer_init(&w, payload, sizeof(payload));
		rs_write_u8(&w, i == 0 ? 0x10 : 0x00);
		if (i == 0)
			rs_write_bytes(&w, key ? key_head : head, sizeof(head));
		rs_write_u32(&w, source->number);
		whole &= launch(world, source, i + 1 == packets, now, payload, w.len);
	}
	if (key)
		source->key_wish_at = RS_TIME_NEVER;
	const bool was_broken = source->broken;
	source->broken = !whole || (was_broken && !key);
	source->freezes += source->broken && !was_broken ? 1 : 0;
	if (was_broken && !source->broken)
		source->frozen_ms += PICTURE_PERIOD / 1000 *
				     (source->number - source->expected[source->n_expected - 1]);
	if (!source->broken)
		source->expected[source->n_expected++] = source->number;
	source->number++;
}

static struct flying *first_arrival(struct source *source, rs_time until)
{
	struct flying *first = NULL;
	for (size_t i = 0; i < FLIGHT_MAX; i++) {
		struct flying *flying = &source->flight[i];
		if (flying->used && flying->arrival <= until &&
			(first == NULL || flying->arrival < first->arrival))
			first = flying;
	}
	return first;
}

/* As the tap does it: asked at most once a second, after a packet. */
static void ask_key(struct source *source, rs_time now)
{
	if (!track_wants_key(source->track) || now - source->key_asked < RS_SEC(1))
		return;
	source->key_asked = now;
	source->key_wish_at = now + RS_MS(50);
}

static void deliver(struct source *source, rs_time until)
{
	struct flying *flying;
	while ((flying = first_arrival(source, until)) != NULL) {
		const rs_time now = flying->arrival;
		if (track_deadline(source->track) <= now)
			assert_int_equal(track_tick(source->track, now), 0);
		assert_int_equal(
			track_recv(source->track, flying->data, flying->len, EPOCH + now, now), 0);
		flying->used = false;
		ask_key(source, now);
	}
	const rs_time sent = until - LINE_DELAY;
	if (sent >= source->report_at) {
		track_report(
			source->track, ntp_from_wall_us(sender_wall(sent)), rtp_at(source, sent));
		source->report_at += RS_SEC(5);
	}
	if (track_deadline(source->track) <= until)
		assert_int_equal(track_tick(source->track, until), 0);
}

/* Both sources send from where they stand up to `until`. */
static void run(struct world *world, rs_time until)
{
	for (rs_time now = captured(&world->sound, world->sound.number); now < until;
		now = captured(&world->sound, world->sound.number)) {
		send_sound(world, now);
		while (captured(&world->picture, world->picture.number) <= now)
			send_picture(world, captured(&world->picture, world->picture.number));
		deliver(&world->sound, now);
		deliver(&world->picture, now);
	}
	deliver(&world->sound, until + RS_SEC(1));
	deliver(&world->picture, until + RS_SEC(1));
}

/* --- the reader --- */

static uint64_t read_vint(struct rs_reader *reader, bool keep_marker)
{
	const uint8_t first = rs_read_u8(reader);
	assert_true(first != 0);
	const unsigned more = (unsigned)__builtin_clz(first) - 24;
	uint64_t value = keep_marker ? first : first & (0x7FU >> more);
	for (unsigned i = 0; i < more; i++)
		value = value << 8 | rs_read_u8(reader);
	assert_false(reader->failed);
	return value;
}

/* What was found in the files of one source. */
struct found {
	const struct source *source;
	size_t frames;
	size_t synthetic;
	int64_t in_file; /* frames of the file being read */
	int64_t last_ms;
	int64_t first_ms[FILES_MAX]; /* session time at which each file begins */
	unsigned files;
	int64_t off_us[SECONDS_MAX]; /* session time - time of capture of a frame in that second */
	bool has_off[SECONDS_MAX];
};

static void read_block(struct found *found, struct rs_reader *block, size_t len, int64_t cluster_ms)
{
	const struct source *source = found->source;
	assert_int_equal(rs_read_u8(block), 0x81);
	const int64_t time_ms = cluster_ms + rs_read_u16(block);
	const bool key = (rs_read_u8(block) & 0x80) != 0;
	if (found->in_file++ == 0) {
		assert_true(key);
		found->first_ms[found->files - 1] = time_ms;
	}
	assert_true(time_ms >= found->last_ms);
	found->last_ms = time_ms;
	const size_t at = source->sound ? 1 : 10;
	if (source->sound && len == 4 + 3) { /* silence made by the recorder */
		assert_true(found->in_file > 1);
		found->synthetic++;
		(void)rs_read_view(block, 3);
		return;
	}
	(void)rs_read_view(block, at);
	const uint32_t number = rs_read_u32(block);
	(void)rs_read_view(block, len - 4 - at - 4);
	assert_true(found->frames < source->n_expected);
	assert_int_equal(number, source->expected[found->frames]);
	found->frames++;
	const rs_time t = captured(source, number);
	found->off_us[t / RS_SEC(1)] = time_ms * 1000 - t;
	found->has_off[t / RS_SEC(1)] = true;
}

/* A cluster: CRC-32, Timestamp, SimpleBlocks. */
static void read_cluster(struct found *found, struct rs_reader *reader, size_t end, int64_t t0_ms)
{
	int64_t cluster_ms = 0;
	while (rs_reader_left(reader) > end) {
		const uint64_t id = read_vint(reader, true);
		const size_t len = (size_t)read_vint(reader, false);
		if (id == 0xA3) {
			read_block(found, reader, len, t0_ms + cluster_ms);
			continue;
		}
		const uint8_t *data = rs_read_view(reader, len);
		for (size_t i = 0; id == 0xE7 && i < len; i++)
			cluster_ms = cluster_ms << 8 | data[i];
	}
	assert_int_equal(rs_reader_left(reader), end);
}

static void read_file(struct found *found, const struct memory_file *file)
{
	struct rs_reader reader;
	rs_reader_init(&reader, rs_buf_data(&file->data), rs_buf_len(&file->data));
	found->in_file = 0;
	found->files++;
	assert_true(file->closed);
	while (rs_reader_left(&reader) > 0) {
		const uint64_t id = read_vint(&reader, true);
		const uint64_t len = read_vint(&reader, false);
		if (id == 0x18538067) { /* Segment: finished, so its size reaches to the end */
			assert_int_equal(len, rs_reader_left(&reader));
			continue;
		}
		if (id == 0x1F43B675)
			read_cluster(
				found, &reader, rs_reader_left(&reader) - (size_t)len, file->t0_ms);
		else
			assert_non_null(rs_read_view(&reader, (size_t)len));
	}
	assert_true(found->in_file > 0);
	assert_int_equal(found->first_ms[found->files - 1], file->t0_ms);
}

/* What the recorder says of the files of one source. */
struct account {
	uint64_t received;
	uint64_t lost;
	uint64_t synthetic;
	uint64_t doubled;
	uint64_t freezes;
	int64_t frozen_ms;
	int64_t next_seq;
};

/* No number is missing between two lines, nor between two files. */
static void read_ledger(struct account *account, const struct memory_file *file)
{
	struct lines lines = { .data = rs_buf_data(&file->data), .len = rs_buf_len(&file->data) };
	struct ledger ledger;
	ledger_init(&ledger);
	struct line line;
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why = "";
		assert_int_equal(ledger_read(&ledger, &line, &entry, &why), 0);
		if (entry.received == 0)
			continue;
		json_t *json = json_loadb(line.text, line.len, 0, NULL);
		if (account->next_seq != 0)
			assert_int_equal(number_of(json, "seq0"), account->next_seq);
		account->next_seq = number_of(json, "seq1") + 1;
		account->doubled += (uint64_t)number_of(json, "dup");
		json_decref(json);
	}
}

/* Read all files of a source back: each frame that arrived is in one of them, in order. */
static struct found *read_back(
	struct memory *memory, const struct source *source, unsigned segments)
{
	struct found *found = rs_zalloc(sizeof(*found));
	assert_non_null(found);
	found->source = source;
	struct account account = { 0 };
	const char letter = source->sound ? 'a' : 'v';
	for (unsigned n = 1; n <= segments; n++) {
		char rest[32];
		(void)snprintf(rest, sizeof(rest), "%03u.%c.webm", n, letter);
		const struct memory_file *file = file_named(memory, rest);
		read_file(found, file);
		account.received += (uint64_t)number_of(file->end, "received");
		account.lost += (uint64_t)number_of(file->end, "lost");
		account.synthetic += (uint64_t)number_of(file->end, "synthetic");
		account.freezes += (uint64_t)number_of(file->end, "freezes");
		account.frozen_ms += number_of(file->end, "frozen_ms");
		(void)snprintf(rest, sizeof(rest), "%03u.%c.idx.jsonl", n, letter);
		read_ledger(&account, file_named(memory, rest));
	}
	assert_int_equal(found->frames, source->n_expected);
	assert_int_equal(account.received, source->packets);
	assert_int_equal(account.lost, source->lost);
	assert_int_equal(account.synthetic, found->synthetic);
	/* Each is counted in one line; those that follow the last frame in none. */
	assert_in_range(
		account.doubled, source->doubled > 2 ? source->doubled - 2 : 0, source->doubled);
	assert_int_equal(account.freezes, source->freezes);
	/* Times are rounded to 1 ms and corrections are slewed. */
	const int64_t off_ms = account.frozen_ms - source->frozen_ms;
	const int64_t most_ms = 3 * (int64_t)source->freezes;
	assert_true(off_ms >= -most_ms && off_ms <= most_ms);
	return found;
}

/* --- cases --- */

static int64_t skew_us(const struct found *sound, const struct found *picture, size_t second)
{
	while (!sound->has_off[second] || !picture->has_off[second])
		second++; /* while a picture stood still */
	return sound->off_us[second] - picture->off_us[second];
}

static void sixty_five_minutes_roll_twice_and_keep_every_frame_in_step(void **state)
{
	const int minutes = 65;
	struct world *world = world_new(30 * 60 * 1000);
	world->jitter = RS_MS(15);
	world->doubled_permille = 10;
	world->loss_permille = 50;
	world->given_up_permille = 20;
	run(world, RS_SEC(minutes * 60));
	source_finish(&world->sound, RS_SEC(minutes * 60 + 2));
	source_finish(&world->picture, RS_SEC(minutes * 60 + 2));
	assert_int_equal(world->memory.opened, 2 * 2 * 3);
	assert_int_equal(world->memory.stalls, 0);
	assert_true(world->sound.lost > 100 && world->picture.freezes > 50);

	struct found *sound = read_back(&world->memory, &world->sound, 3);
	struct found *picture = read_back(&world->memory, &world->picture, 3);
	assert_int_equal(sound->synthetic, world->sound.lost); /* one packet of silence for each */
	for (unsigned i = 0; i < 2; i++) {
		const int64_t sound_ms = sound->first_ms[i + 1] - sound->first_ms[i];
		const int64_t picture_ms = picture->first_ms[i + 1] - picture->first_ms[i];
		assert_in_range(sound_ms, 1800000, 1800000 + 100);
		assert_in_range(picture_ms, 1800000, 1800000 + 3000);
	}
	int64_t worst = 0;
	for (size_t second = 0; second < (size_t)minutes * 60 - 5; second++) {
		const int64_t skew = skew_us(sound, picture, second);
		if (skew > worst || skew < -worst)
			worst = skew < 0 ? -skew : skew;
	}
	print_message(
		"# skew in us: start %lld, middle %lld, end %lld, worst of all seconds %lld\n",
		(long long)skew_us(sound, picture, 0),
		(long long)skew_us(sound, picture, (size_t)minutes * 30),
		(long long)skew_us(sound, picture, (size_t)minutes * 60 - 6), (long long)worst);
	assert_in_range(worst, 0, 20000);
	rs_release(sound);
	rs_release(picture);
	world_free(world);
}

static void without_a_key_frame_the_file_goes_on(void **state)
{
	struct world *world = world_new(10000);
	world->picture.deaf = true;
	run(world, RS_SEC(35));
	assert_true(track_wants_key(world->picture.track));
	source_finish(&world->sound, RS_SEC(37));
	source_finish(&world->picture, RS_SEC(37));
	assert_false(has_file(&world->memory, "002.v.webm"));
	rs_release(read_back(&world->memory, &world->picture, 1));
	rs_release(read_back(&world->memory, &world->sound, 4));
	world_free(world);
}

static void a_key_frame_is_asked_for_when_the_file_is_full_and_not_before(void **state)
{
	struct world *world = world_new(10000);
	run(world, RS_SEC(9));
	assert_false(track_wants_key(world->picture.track));
	assert_in_range(world->picture.key_asked, 0, RS_SEC(1)); /* for the first file */
	run(world, RS_SEC(12));
	assert_in_range(world->picture.key_asked, RS_SEC(10), RS_MS(10200));
	assert_false(track_wants_key(world->picture.track));
	assert_true(has_file(&world->memory, "002.v.webm"));
	world_free(world);
}

static void a_sound_card_that_stood_still_is_noticed_and_put_right(void **state)
{
	struct world *world = world_new(1800000);
	world->sound.stall_from = 60 * 50;
	world->sound.stall = RS_SEC(6);
	run(world, RS_SEC(120));
	source_finish(&world->sound, RS_SEC(122));
	source_finish(&world->picture, RS_SEC(122));
	assert_int_equal(world->memory.stalls, 1);
	struct found *sound = read_back(&world->memory, &world->sound, 1);
	struct found *picture = read_back(&world->memory, &world->picture, 1);
	assert_in_range(sound->synthetic, 290, 310); /* the six seconds */
	for (size_t second = 0; second < 115; second++) {
		const int64_t skew = skew_us(sound, picture, second);
		/* Until the next report only the sender could know. */
		if (second < 60 || second > 66 + 5)
			assert_true(skew > -20000 && skew < 20000);
	}
	rs_release(sound);
	rs_release(picture);
	world_free(world);
}

static void sound_that_ended_is_finished_when_its_time_is_over(void **state)
{
	struct world *world = world_new(30000);
	world->jitter = RS_MS(15);
	run(world, RS_SEC(5));
	struct track *sound = world->sound.track;
	const struct memory_file *file = file_named(&world->memory, "001.a.webm");
	rs_time now = 0;
	for (int i = 0; i < 3 && track_deadline(sound) != RS_TIME_NEVER; i++) {
		now = track_deadline(sound);
		assert_false(file->closed);
		assert_int_equal(track_tick(sound, now), 0);
		assert_true(track_deadline(sound) > now);
	}
	assert_true(file->closed);
	assert_in_range(now, RS_SEC(30), RS_SEC(31));
	assert_int_equal(track_deadline(sound), RS_TIME_NEVER);
	assert_false(file_named(&world->memory, "001.v.webm")->closed);

	/* An hour later both speak again: sound in its next file, the picture where it can. */
	world->sound.number += 3600 * 50;
	world->sound.seq = (uint16_t)(world->sound.seq + 3600 * 50);
	world->picture.number += 3600 * 1000 / 66;
	const rs_time again = captured(&world->sound, world->sound.number);
	run(world, again + RS_SEC(5));
	source_finish(&world->sound, again + RS_SEC(7));
	source_finish(&world->picture, again + RS_SEC(7));
	struct found *found = rs_zalloc(sizeof(*found));
	assert_non_null(found);
	found->source = &world->sound;
	read_file(found, file);
	read_file(found, file_named(&world->memory, "002.a.webm"));
	assert_int_equal(found->frames, world->sound.n_expected);
	assert_int_equal(found->synthetic, 0);
	assert_in_range(
		found->first_ms[1] - found->first_ms[0], again / 1000 - 500, again / 1000 + 500);
	rs_release(found);
	rs_release(read_back(&world->memory, &world->picture, 2));
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sixty_five_minutes_roll_twice_and_keep_every_frame_in_step),
		cmocka_unit_test(without_a_key_frame_the_file_goes_on),
		cmocka_unit_test(a_key_frame_is_asked_for_when_the_file_is_full_and_not_before),
		cmocka_unit_test(a_sound_card_that_stood_still_is_noticed_and_put_right),
		cmocka_unit_test(sound_that_ended_is_finished_when_its_time_is_over),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
