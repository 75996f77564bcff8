/* tests/support/marks_tool.c
 *
 * Known content (marks.h) for programs: written as files for cameras and microphones, read from what ffmpeg decodes.
 *
 *   marks_tool say VOICE FIRST SECONDS         a WAV to stdout
 *   marks_tool show WIDTH HEIGHT FPS PICTURES  a Y4M to stdout, numbers from 0
 *   marks_tool hear VOICE                      samples (s16le, mono, 48 kHz) from stdin; "number sample" a line
 *   marks_tool see WIDTH HEIGHT                pictures (gray) from stdin; the number of each, -1 = none, a line
 */
#include "common/base/text.h"
#include "tests/support/marks.h"
#include "tools/roombox/media/wav.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX 4096

static void die(const char *what)
{
	(void)fprintf(stderr, "marks_tool: %s\n", what);
	exit(1);
}

static uint32_t number(const char *text, uint32_t max)
{
	uint32_t value;
	if (rs_parse_u32(text, strlen(text), max, &value) < 0)
		die(text);
	return value;
}

static void put(const void *data, size_t len)
{
	if (fwrite(data, 1, len, stdout) != len)
		die("stdout");
}

static void say(char **argv)
{
	const uint32_t seconds = number(argv[2], 36000);
	const uint32_t octets = seconds * MARKS_RATE * 2;
	struct marks_mouth *mouth = marks_mouth_new(
		number(argv[0], MARKS_VOICES - 1), (uint16_t)number(argv[1], UINT16_MAX));
	uint8_t head[WAV_HEAD_LEN];
	wav_head_write(1, octets, head);
	put(head, sizeof(head));
	for (uint32_t i = 0; i < seconds * 100; i++) {
		int16_t pcm[MARKS_RATE / 100]; /* little endian, as the machine is */
		marks_say(mouth, pcm, RS_ARRAY_LEN(pcm));
		put(pcm, sizeof(pcm));
	}
	marks_mouth_free(mouth);
}

static void show(char **argv)
{
	const unsigned width = number(argv[0], SIDE_MAX);
	const unsigned height = number(argv[1], SIDE_MAX);
	const uint32_t pictures = number(argv[3], UINT16_MAX + 1);
	uint8_t *luma = rs_zalloc((size_t)width * height);
	uint8_t *chroma = rs_zalloc((size_t)width * height / 2);
	if (luma == NULL || chroma == NULL)
		die("no memory");
	memset(chroma, 128, (size_t)width * height / 2);
	(void)printf(
		"YUV4MPEG2 W%u H%u F%u:1 Ip A1:1 C420jpeg\n", width, height, number(argv[2], 120));
	for (uint32_t n = 0; n < pictures; n++) {
		for (size_t i = 0; i < (size_t)width * height; i++)
			luma[i] = (uint8_t)(64 + (i % width + i / width + n) % 128);
		marks_draw(luma, width, width, height, (uint16_t)n);
		put("FRAME\n", 6);
		put(luma, (size_t)width * height);
		put(chroma, (size_t)width * height / 2);
	}
	rs_release(luma);
	rs_release(chroma);
}

static void on_heard(void *ctx, const struct marks_heard *heard)
{
	(void)printf("%u %.2f\n", heard->number, heard->at);
}

static void hear(char **argv)
{
	static const int16_t silence[MARKS_RATE];
	struct marks_ear *ear = marks_ear_new(number(argv[0], MARKS_VOICES - 1), on_heard, NULL);
	int16_t pcm[4096]; /* little endian, as the machine is */
	size_t n;
	while ((n = fread(pcm, sizeof(pcm[0]), RS_ARRAY_LEN(pcm), stdin)) > 0)
		marks_ear_push(ear, pcm, n);
	marks_ear_push(ear, silence, MARKS_RATE);
	marks_ear_free(ear);
}

static void see(char **argv)
{
	const unsigned width = number(argv[0], SIDE_MAX);
	const unsigned height = number(argv[1], SIDE_MAX);
	uint8_t *luma = rs_zalloc((size_t)width * height);
	if (luma == NULL)
		die("no memory");
	while (fread(luma, 1, (size_t)width * height, stdin) == (size_t)width * height)
		(void)printf("%d\n", marks_see(luma, width, width, height));
	rs_release(luma);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int args;
		void (*run)(char **argv);
	} modes[] = { { "say", 3, say }, { "show", 4, show }, { "hear", 1, hear },
		{ "see", 2, see } };
	for (size_t i = 0; i < RS_ARRAY_LEN(modes); i++) {
		if (argc != 2 + modes[i].args || strcmp(argv[1], modes[i].name) != 0)
			continue;
		modes[i].run(argv + 2);
		return fflush(stdout) == 0 ? 0 : 1;
	}
	die("usage: say VOICE FIRST SECONDS | show WIDTH HEIGHT FPS PICTURES | hear VOICE | see WIDTH HEIGHT");
	return 1;
}
