/* A day of a room in minutes: captured, encoded, sent over a line, played and shown by a clock of our own, as fast as the machine can.
 * Everything of a box but sockets, handshake and sealing is the box's own.
 *
 *   soak drift MINUTES   two boxes whose clocks are 400 ppm apart, over a line with 8 ms of jitter: nothing may be made up, either way
 *   soak memory MINUTES  one that hears what it sent, with loss, a line that is lost, seats that open and close and cameras that change:
 *                        memory must not grow from the twelfth part of the time on (with 1440: from the beginning of the third hour).
 *                        Only moments that are alike are compared: a wide camera takes more than a narrow one, and the C library's
 *                        caches are off, since what lies in them counts as in use. The floor is open one second in ten.
 *
 * So that a day is short, Opus encodes one second in sixty, whose last packet stands for those that follow; capture, mix, jitter buffer,
 * decoder, resampler and outputs work all the time.
 *
 * Prints what it measured; exit status 1 = it was not as it must be.
 */
#include "tools/roombox/room/call.h"
#include "tools/roombox/send/ladder.h"
#include "tools/roombox/send/microphone.h"

#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK_TIME RS_MS(10)
#define FLIGHT 64U
#define DELAY RS_MS(20)
#define JITTER_US 8000U
#define ROOMS 2U
/* Of the hard day. */
#define LOSS_PERMILLE 10U
#define LINE_LOST_EVERY RS_SEC(420)
#define SEAT_EVERY RS_SEC(7)
#define CAMERA_EVERY RS_SEC(61)
#define PICTURE_EVERY RS_SEC(20)
#define CODED_EVERY 60U /* seconds */
#define OPEN_EVERY 10U
/* What the heap may differ by between two moments that are alike: blocks too short to be cut to size. */
#define GROWTH_MOST 4096L
#define NO_CACHES "glibc.malloc.tcache_count=0"

/* Under AddressSanitizer, whose heap mallinfo2() does not see. */
size_t __sanitizer_get_current_allocated_bytes(void) __attribute__((weak));

struct packet {
	bool used;
	rs_time arrival;
	uint16_t seq;
	uint32_t rtp_ts;
	size_t len;
	uint8_t data[MICROPHONE_PACKET_MAX];
};

struct end {
	struct room room;
	struct call call;
	struct microphone *microphone;
	struct ladder *ladder;
	double ppm;
	uint64_t blocks;
	uint16_t seq;
	int16_t frame[MICROPHONE_FRAME];
	struct packet last;           /* that was encoded */
	struct packet flight[FLIGHT]; /* to this end */
	rs_time line_lost;
	rs_time seat_at, camera_at, picture_at;
	unsigned seat, camera;
	uint64_t pictures;
	double energy; /* of what was played: somebody was heard */
};

struct world {
	bool hard;
	size_t n; /* ends */
	struct rs_rand rand;
	struct end ends[ROOMS];
};

static const struct config_key keys[] = {
	{ "microphones", CONFIG_TABLE,
		"[{\"input\":\"gen:tone,hz=300,level=-20\",\"seat\":\"A1\"},"
		"{\"input\":\"gen:silence\",\"seat\":\"A2\"},{\"input\":\"gen:silence\"}]",
		0, ROOM_MICROPHONES_MAX, "", room_microphone_keys,
		RS_ARRAY_LEN(room_microphone_keys) },
	{ "cameras", CONFIG_TABLE,
		"[{\"name\":\"left\",\"input\":\"gen:bars,width=128,height=64\"},"
		"{\"name\":\"right\",\"input\":\"gen:bars,width=64,height=64\"}]",
		0, ROOM_CAMERAS_MAX, "", room_camera_keys, RS_ARRAY_LEN(room_camera_keys) },
	{ "camera.input", CONFIG_TEXT, "", 0, 0, "", NULL, 0 },
	{ "camera.loop", CONFIG_BOOL, "false", 0, 0, "", NULL, 0 },
	{ "echo.cancel", CONFIG_BOOL, "false", 0, 0, "", NULL, 0 },
	{ "outputs", CONFIG_TABLE, "[{\"output\":\"null:\"}]", 0, ROOM_OUTPUTS_MAX, "",
		room_output_keys, RS_ARRAY_LEN(room_output_keys) },
};

static void die(const char *what)
{
	(void)fprintf(stderr, "soak: %s\n", what);
	exit(1);
}

static void must(int err, const char *what)
{
	if (err < 0)
		die(what);
}

/* --- The line --- */

static void ask(struct end *end, rs_time at)
{
	struct rs_buf offer;
	rs_buf_init(&offer, RTC_SDP_MAX);
	must(call_ask(&end->call, at, &offer), "no offer");
	rs_buf_done(&offer);
}

static void post(struct world *world, struct end *to, const struct packet *packet)
{
	if (world->hard && rs_rand_below(&world->rand, 1000) < LOSS_PERMILLE)
		return;
	for (size_t i = 0; i < FLIGHT; i++) {
		if (to->flight[i].used)
			continue;
		to->flight[i] = *packet;
		to->flight[i].used = true;
		to->flight[i].arrival =
			packet->arrival + DELAY + rs_rand_below(&world->rand, JITTER_US);
		return;
	}
	die("the line is full");
}

/* What is there by now. An end without a line hears nothing. */
static void receive(struct end *end, rs_time true_now)
{
	for (size_t i = 0; i < FLIGHT; i++) {
		struct packet *packet = &end->flight[i];
		if (!packet->used || packet->arrival > true_now)
			continue;
		packet->used = false;
		const rs_time arrived = (rs_time)((double)packet->arrival * (1 + end->ppm * 1e-6));
		if (end->call.slots[0] != NULL)
			(void)playout_put(end->call.slots[0], packet->seq, packet->rtp_ts,
				packet->data, packet->len, arrived); /* late ones are counted */
	}
}

/* --- One end --- */

static void end_init(struct world *world, struct end *end, double ppm)
{
	static const struct jitter_config waits = { .least = RS_MS(30), .most = RS_MS(400) };
	static const struct ladder_config sizes = { .fps = 30,
		.bitrates_bps = { 20000, 20000, 50000 } };
	struct config *config = NULL;
	char why[SPEC_WHY_LEN];
	must(config_new(keys, RS_ARRAY_LEN(keys), &config), "no configuration");
	must(room_open(config, 0, &end->room, why), why);
	config_free(config);
	must(microphone_new(64000, &end->microphone), "no encoder");
	must(ladder_new(&sizes, &end->ladder), "no encoder of pictures");
	call_init(&end->call, &end->room, &waits, &world->rand, 0);
	ask(end, 0);
	end->ppm = ppm;
	end->line_lost = LINE_LOST_EVERY;
	(void)room_open_microphone(&end->room, "A1", true); /* it is there */
}

static void end_done(struct end *end)
{
	call_done(&end->call);
	microphone_free(end->microphone);
	ladder_free(end->ladder);
	room_close(&end->room);
}

/* What people do all day; each thing after a time of its own. */
static void live(struct end *end, rs_time at)
{
	static const char *const cameras[] = { "left", "right" };
	static const char *const seats[] = { "A1", "A2" };
	if (at >= end->line_lost && end->call.stage == CALL_ASKING) {
		end->line_lost = at + LINE_LOST_EVERY;
		call_answered(&end->call, 503, "", 0, false, at);
	}
	if (end->call.stage == CALL_WAITING && end->call.due <= at)
		ask(end, at);
	if (at >= end->seat_at + SEAT_EVERY) {
		end->seat_at = at;
		(void)room_open_microphone(&end->room, seats[end->seat % 2], false);
		(void)room_open_microphone(&end->room, seats[++end->seat % 2], true);
	}
	if (at >= end->camera_at + CAMERA_EVERY) {
		end->camera_at = at;
		(void)room_show_camera(&end->room, cameras[++end->camera % 2]);
	}
}

static void look(struct end *end, rs_time at)
{
	struct picture picture;
	struct ladder_frame frame;
	if (at < end->picture_at + PICTURE_EVERY)
		return;
	end->picture_at = at;
	const enum room_picture seen = room_picture(&end->room, at, &picture);
	for (size_t i = 0; i < LADDER_LAYERS && seen != ROOM_PICTURE_NONE; i++) {
		if (seen == ROOM_PICTURE_CUT)
			ladder_keyframe(end->ladder, i);
		const int made = ladder_encode(end->ladder, i, &picture, at, &frame);
		must(made, "a picture cannot be encoded");
		end->pictures += (uint64_t)made;
	}
}

static void speak(struct world *world, struct end *end, struct end *other, rs_time true_now)
{
	const size_t half = end->blocks % 2;
	uint8_t level;
	room_capture(&end->room, end->frame + half * PLAYOUT_BLOCK);
	if (half == 0)
		return;
	const uint64_t second = end->blocks / (RS_SEC(1) / BLOCK_TIME);
	struct packet *packet = &end->last;
	if (second % CODED_EVERY == 0)
		packet->len = microphone_encode(end->microphone, end->frame, packet->data, &level);
	packet->arrival = true_now;
	packet->rtp_ts = (uint32_t)(end->blocks / 2 * MICROPHONE_FRAME);
	/* What is asked is answered, here; a closed gate uses no numbers. */
	if (end->call.stage != CALL_ASKING || (world->hard && second % OPEN_EVERY != 0))
		return;
	packet->seq = end->seq++;
	post(world, other, packet);
}

static void listen(struct end *end, rs_time at)
{
	int16_t sound[PLAYOUT_BLOCK];
	const int16_t *slots[ROOM_SLOTS_MAX] = { NULL };
	if (end->call.slots[0] != NULL && playout_pull(end->call.slots[0], at, sound)) {
		slots[0] = sound;
		for (size_t i = 0; i < PLAYOUT_BLOCK; i++)
			end->energy += sound[i] * sound[i] / 1e6;
	}
	room_play(&end->room, slots);
}

static void run(struct world *world, rs_time until)
{
	for (;;) {
		rs_time next[ROOMS];
		for (size_t i = 0; i < world->n; i++)
			next[i] = (rs_time)((double)((rs_time)world->ends[i].blocks * BLOCK_TIME) /
					    (1 + world->ends[i].ppm * 1e-6));
		const size_t one = world->n > 1 && next[1] < next[0];
		struct end *end = &world->ends[one];
		const rs_time at = (rs_time)end->blocks * BLOCK_TIME;
		if (next[one] >= until)
			return;
		receive(end, next[one]);
		speak(world, end, &world->ends[world->n - 1 - one], next[one]);
		listen(end, at);
		if (world->hard) {
			live(end, at);
			look(end, at);
		}
		end->blocks++;
	}
}

/* --- What is measured --- */

static long resident_kib(void)
{
	long pages = 0;
	FILE *file = fopen("/proc/self/statm", "re");
	if (file == NULL || fscanf(file, "%*d %ld", &pages) != 1)
		die("/proc/self/statm");
	(void)fclose(file); /* it was only read */
	return pages * (sysconf(_SC_PAGESIZE) / 1024);
}

/* glibc reads its tunables when a program begins. */
static void begin_without_caches(char **argv)
{
	const char *set = getenv("GLIBC_TUNABLES");
	if (set != NULL && strcmp(set, NO_CACHES) == 0)
		return;
	if (setenv("GLIBC_TUNABLES", NO_CACHES, 1) < 0 || execv("/proc/self/exe", argv) < 0)
		die("/proc/self/exe");
}

static long heap(void)
{
	if (__sanitizer_get_current_allocated_bytes != NULL)
		return (long)__sanitizer_get_current_allocated_bytes();
	const struct mallinfo2 info = mallinfo2();
	return (long)(info.uordblks + info.hblkhd);
}

static bool check_drift(struct world *world)
{
	bool good = true;
	for (size_t i = 0; i < ROOMS; i++) {
		const struct jitter_stats heard = call_heard(&world->ends[i].call);
		(void)printf("measured: box %zu at %+.0f ppm: packets %llu, lost %llu, late %llu, "
			     "made up %llu, pauses %llu, left out %llu, delay %.1f ms\n",
			i + 1, world->ends[i].ppm, (unsigned long long)heard.packets,
			(unsigned long long)heard.lost, (unsigned long long)heard.late,
			(unsigned long long)heard.concealed, (unsigned long long)heard.pauses,
			(unsigned long long)heard.resyncs, (double)heard.delay / 1000);
		good = good && heard.packets > 0 && world->ends[i].energy > 0 &&
		       heard.lost + heard.late + heard.concealed + heard.pauses + heard.resyncs ==
			       0;
	}
	return good;
}

/* The line stands, and the same seat and camera are on, whose picture was coded. Returns the first such second from `from` on. */
static rs_time run_until_alike(struct world *world, rs_time from)
{
	const struct end *end = &world->ends[0];
	for (rs_time at = from;; at += RS_SEC(1)) {
		run(world, at);
		if (end->call.stage == CALL_ASKING && end->seat % 2 == 0 && end->camera % 2 == 0 &&
			end->picture_at > end->camera_at)
			return at;
	}
}

static bool check_memory(struct world *world, rs_time whole)
{
	const rs_time began = run_until_alike(world, whole / 12);
	const long before = heap();
	const long resident = resident_kib();
	const rs_time ended = run_until_alike(world, whole);
	const long after = heap();
	const struct jitter_stats heard = call_heard(&world->ends[0].call);
	(void)printf(
		"measured: heap %ld octets after %lld s, then %+ld after %lld s; resident %ld KiB, "
		"then %ld KiB; packets %llu, lost %llu, made up %llu; pictures %llu\n",
		before, (long long)(began / RS_SEC(1)), after - before,
		(long long)(ended / RS_SEC(1)), resident, resident_kib(),
		(unsigned long long)heard.packets, (unsigned long long)heard.lost,
		(unsigned long long)heard.concealed, (unsigned long long)world->ends[0].pictures);
	return after - before < GROWTH_MOST && heard.packets > 0 && heard.lost > 0 &&
	       world->ends[0].energy > 0 && world->ends[0].pictures > 0;
}

int main(int argc, char **argv)
{
	static struct world world;
	uint32_t minutes = 0;
	if (argc != 3 || rs_parse_u32(argv[2], strlen(argv[2]), 100000, &minutes) < 0 ||
		minutes == 0 || (strcmp(argv[1], "drift") != 0 && strcmp(argv[1], "memory") != 0))
		die("usage: soak drift|memory MINUTES");
	world.hard = strcmp(argv[1], "memory") == 0;
	if (world.hard) {
		begin_without_caches(argv);
		/* Nor blocks of whole pages, some of which become common ones when they come back. */
		(void)mallopt(M_MMAP_MAX, 0);
	}
	rs_rand_init_seed(&world.rand, 1);
	end_init(&world, &world.ends[0], 200);
	world.n = world.hard ? 1 : ROOMS;
	if (!world.hard)
		end_init(&world, &world.ends[1], -200);
	const rs_time whole = RS_SEC(60) * (rs_time)minutes;
	if (!world.hard)
		run(&world, whole);
	const bool good = world.hard ? check_memory(&world, whole) : check_drift(&world);
	for (size_t i = 0; i < world.n; i++)
		end_done(&world.ends[i]);
	return good ? 0 : 1;
}
