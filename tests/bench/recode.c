/* What it costs to show a speaker who sends H.264 in a programme of VP8 or VP9: a minute of 1280 x 720 at 30 pictures a second and
 * 1.5 Mbit/s, with noise and movement, coded by libopenh264 beforehand, goes through a press at once.
 * usage: recode [SECONDS] */
#include "recorder/transcode/coder.h"
#include "recorder/transcode/press.h"

#include "common/base/bytes.h"
#include "common/base/rand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WIDTH 1280
#define HEIGHT 720
#define FPS 30
#define BITRATE 1500000
#define SECONDS 60
#define PICTURE_MAX ((size_t)1 << 20)

static void die(const char *what)
{
	(void)fprintf(stderr, "recode: %s\n", what);
	exit(1);
}

static double cpu(void)
{
	struct timespec now;
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now); /* always there */
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* A slope that stands, a head that moves before it, and the noise of a sensor. */
static void draw(struct canvas *canvas, struct rs_rand *rand, unsigned n)
{
	const unsigned left = 400 + n * 3 % 200;
	uint8_t noise[WIDTH];
	for (unsigned y = 0; y < HEIGHT; y++) {
		uint8_t *row = canvas->planes[0] + (size_t)y * WIDTH;
		rs_rand_bytes(rand, noise, sizeof(noise));
		for (unsigned x = 0; x < WIDTH; x++) {
			const bool head = x - left < 300 && y - 150 < 400;
			row[x] = (uint8_t)((head ? 150 + (x - left + y) % 40 : 40 + (x + y) / 16) +
					   noise[x] % 3);
		}
	}
}

static size_t with_parameters(const struct coder *coder, const struct rs_buf *units, uint8_t *out)
{
	const uint8_t *sps;
	const uint8_t *pps;
	size_t sps_len;
	size_t pps_len;
	struct rs_writer w;
	if (coder_parameters(coder, &sps, &sps_len, &pps, &pps_len) < 0)
		die("no parameter sets");
	rs_writer_init(&w, out, PICTURE_MAX);
	rs_write_u32(&w, (uint32_t)sps_len);
	rs_write_bytes(&w, sps, sps_len);
	rs_write_u32(&w, (uint32_t)pps_len);
	rs_write_bytes(&w, pps, pps_len);
	rs_write_bytes(&w, rs_buf_data(units), rs_buf_len(units));
	if (w.failed)
		die("a picture is too large");
	return w.len;
}

/* The seconds of CPU that it takes to code so many pictures again. */
static double measure(enum mux_codec into, unsigned pictures, uint64_t *out_octets)
{
	static uint8_t data[PICTURE_MAX];
	const struct coder_config config = {
		.width = WIDTH, .height = HEIGHT, .fps = FPS, .bitrate_bps = BITRATE
	};
	struct coder *coder = NULL;
	struct press *press = NULL;
	struct canvas canvas;
	struct rs_rand rand;
	struct recoder_picture made;
	uint64_t run;
	double used = 0;
	rs_rand_init_seed(&rand, 1);
	if (coder_new(&config, &coder) < 0 || press_new(PRESS_AT_ONCE, &press) < 0 ||
		canvas_init(&canvas, WIDTH, HEIGHT) < 0)
		die("no coder");
	canvas_card(&canvas);
	for (unsigned n = 0; n < pictures; n++) {
		struct rs_buf units;
		rs_buf_init(&units, PICTURE_MAX);
		draw(&canvas, &rand, n);
		const int64_t time_ms = (int64_t)n * 1000 / FPS;
		if (coder_encode(coder, &canvas, time_ms, n == 0, &units) < 0)
			die("it is not coded");
		const struct recoder_picture picture = { .codec = MUX_H264,
			.time_ms = time_ms,
			.key = n == 0,
			.data = data,
			.len = with_parameters(coder, &units, data) };
		const double before = cpu();
		if (press_put(press, into, 1, &picture) < 0 || press_take(press, &made, &run) != 1)
			die("a picture is lost");
		used += cpu() - before;
		*out_octets += made.len;
		rs_buf_done(&units);
	}
	canvas_done(&canvas);
	press_free(press);
	coder_free(coder);
	return used;
}

int main(int argc, char **argv)
{
	static const struct {
		enum mux_codec codec;
		const char *name;
	} into[] = { { MUX_VP8, "VP8" }, { MUX_VP9, "VP9" } };
	const unsigned seconds = argc > 1 ? (unsigned)atoi(argv[1]) : SECONDS;
	if (seconds == 0 || seconds > 3600)
		die("usage: recode [SECONDS]");
	for (size_t i = 0; i < 2; i++) {
		uint64_t octets = 0;
		const double used = measure(into[i].codec, seconds * FPS, &octets);
		(void)printf(
			"H.264 %dx%d at %d into %s: %.1f %% of a core, %.1f ms a picture, %.0f kbit/s\n",
			WIDTH, HEIGHT, FPS, into[i].name, 100 * used / seconds,
			1000 * used / seconds / FPS, (double)octets * 8 / 1000 / seconds);
	}
	return 0;
}
