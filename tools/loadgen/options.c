#include "tools/loadgen/options.h"

#include "common/base/text.h"
#include "tools/client/sdp.h"
#include "tools/loadgen/media.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct text_option {
	const char *name;
	size_t offset;
	const char *meaning;
};

struct number_option {
	const char *name;
	size_t offset;
	uint32_t least;
	uint32_t most;
	const char *meaning;
};

struct flag_option {
	const char *name;
	size_t offset;
	bool value;
	const char *meaning;
};

#define AT(member) offsetof(struct load_options, member)

static const struct text_option texts[] = {
	{ "--base", AT(base), "where the server is" },
	{ "--token", AT(token), "a technician's token; else ROSTRUM_TOKEN of the environment" },
	{ "--meeting", AT(meeting), "the meeting, one with \"rehearsal\": true" },
	{ "--source", AT(source), "publishers are NAME-1, NAME-2 …" },
	{ "--feed", AT(feed), "what players play; else source-NAME-1, source-NAME-2 …" },
};

static const struct number_option numbers[] = {
	{ "--publishers", AT(publishers), 0, 1000, "how many publish" },
	{ "--players", AT(players), 0, LOAD_MEMBERS_MAX, "how many play each publisher" },
	{ "--audio", AT(audio_len), 0, MEDIA_AUDIO_MAX,
		"octets of an Opus packet, 50 a second; 0 = no sound" },
	{ "--video", AT(video_bps), 0, 50000000, "bit/s of VP8; 0 = no picture" },
	{ "--fps", AT(fps), 1, 120, "pictures a second" },
	{ "--layers", AT(layers), 1, RTC_LAYERS_MAX, "simulcast layers" },
	{ "--keyframe", AT(keyframe_s), 0, 3600,
		"seconds between key frames; 0 = when asked only" },
	{ "--ramp", AT(ramp), 1, 10000, "joins a second" },
	{ "--settle", AT(settle_s), 0, 3600, "seconds from the last join to the measurement" },
	{ "--duration", AT(duration_s), 1, 864000, "seconds of the measurement" },
	{ "--open-every", AT(open_every), 1, 32768,
		"verify, decrypt and time one packet in so many" },
	{ "--tick", AT(tick_ms), 1, 100, "ms between two looks at the sockets" },
	{ "--pid", AT(pid), 0, INT32_MAX, "the media server's process on this machine, to watch" },
};

static const struct flag_option flags[] = {
	{ "--no-reports", AT(reports), false, "players send no RTCP reports and feedback" },
	{ "--rejoin", AT(rejoin), true, "members whose server died join again" },
	{ "--json", AT(json), true, "one line of JSON on stdout" },
};

static const struct load_options preset = {
	.base = "http://127.0.0.1:8080",
	.meeting = "rehearsal",
	.source = "load",
	.publishers = 1,
	.players = 10,
	.audio_len = 80,
	.fps = 25,
	.layers = 1,
	.keyframe_s = 10,
	.ramp = 50,
	.settle_s = 2,
	.duration_s = 10,
	.open_every = 16,
	.tick_ms = 1,
	.reports = true,
};

static void *member(struct load_options *options, size_t offset)
{
	return (char *)options + offset;
}

static bool set_value(struct load_options *options, const char *name, const char *value)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(texts); i++) {
		if (strcmp(name, texts[i].name) == 0) {
			*(const char **)member(options, texts[i].offset) = value;
			return value != NULL;
		}
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(numbers); i++) {
		uint32_t number;
		if (strcmp(name, numbers[i].name) != 0)
			continue;
		if (value == NULL ||
			rs_parse_u32(value, strlen(value), numbers[i].most, &number) < 0 ||
			number < numbers[i].least)
			return false;
		*(uint32_t *)member(options, numbers[i].offset) = number;
		return true;
	}
	return false;
}

static bool set_flag(struct load_options *options, const char *name)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(flags); i++) {
		if (strcmp(name, flags[i].name) == 0) {
			*(bool *)member(options, flags[i].offset) = flags[i].value;
			return true;
		}
	}
	return false;
}

/* What makes no sense together, or NULL. */
static const char *fault(const struct load_options *options)
{
	const uint64_t members =
		options->publishers +
		(uint64_t)options->players * (options->publishers > 0 ? options->publishers : 1);
	if (options->token == NULL)
		return "--token or ROSTRUM_TOKEN is expected";
	if (members == 0 || members > LOAD_MEMBERS_MAX)
		return "too many publishers and players, or none";
	if (options->audio_len == 0 && options->video_bps == 0)
		return "neither --audio nor --video: there is nothing to send";
	if (options->audio_len > 0 && options->audio_len < MEDIA_AUDIO_MIN)
		return "--audio: too short for the time of sending";
	if (options->publishers == 0 && options->feed == NULL)
		return "without publishers --feed is expected";
	return NULL;
}

int load_options_parse(int argc, char **argv, struct load_options *out_options)
{
	struct load_options options = preset;
	options.token = getenv("ROSTRUM_TOKEN");
	for (int i = 0; i < argc; i++) {
		if (set_flag(&options, argv[i]))
			continue;
		const char *value = i + 1 < argc ? argv[i + 1] : NULL;
		if (!set_value(&options, argv[i], value)) {
			(void)fprintf(stderr, "rostrum-load: %s %s: not understood\n", argv[i],
				value != NULL ? value : "");
			return -EINVAL;
		}
		i++;
	}
	const char *why = fault(&options);
	if (why != NULL) {
		(void)fprintf(stderr, "rostrum-load: %s\n", why);
		return -EINVAL;
	}
	*out_options = options;
	return 0;
}

void load_options_usage(void)
{
	struct load_options shown = preset;
	(void)printf(
		"usage: rostrum-load [OPTION...]\n"
		"Publishes and plays as many streams as asked by WHIP and WHEP, and measures.\n\n");
	for (size_t i = 0; i < RS_ARRAY_LEN(texts); i++) {
		const char *value = *(const char **)member(&shown, texts[i].offset);
		(void)printf("  %-13s %s%s%s%s\n", texts[i].name, texts[i].meaning,
			value != NULL ? " (" : "", value != NULL ? value : "",
			value != NULL ? ")" : "");
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(numbers); i++)
		(void)printf("  %-13s %s (%" PRIu32 ")\n", numbers[i].name, numbers[i].meaning,
			*(uint32_t *)member(&shown, numbers[i].offset));
	for (size_t i = 0; i < RS_ARRAY_LEN(flags); i++)
		(void)printf("  %-13s %s\n", flags[i].name, flags[i].meaning);
}
