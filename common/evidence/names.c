#include "common/evidence/names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	enum names_place place;
	const char *folder; /* below data/ */
	char letter;
} kinds[ARCHIVE_MEDIA_COUNT] = {
	[ARCHIVE_MICROPHONE] = { "microphone", NAMES_TRACKS, "tracks", 'a' },
	[ARCHIVE_CAMERA] = { "camera", NAMES_TRACKS, "tracks", 'v' },
	[ARCHIVE_CONTENT] = { "content", NAMES_TRACKS, "tracks", 'c' },
	[ARCHIVE_CHANNEL] = { "channel", NAMES_CHANNELS, "channels", 'a' },
};

static const char *const places[NAMES_PLACES] = {
	[NAMES_BAGIT] = "bagit.txt",
	[NAMES_BAG_INFO] = "bag-info.txt",
	[NAMES_MANIFEST] = "manifest-sha512.txt",
	[NAMES_TAG_MANIFEST] = "tagmanifest-sha512.txt",
	[NAMES_CUSTODY] = "custody.jsonl",
	[NAMES_KEYS] = "keys",
	[NAMES_PROOF] = "proof",
	[NAMES_KEY] = "proof/recorder.pub",
	[NAMES_HEADS] = "proof/heads.jsonl",
	[NAMES_SIGNED] = "proof/manifest.sig",
	[NAMES_STAMPED] = "proof/manifest.tsr",
	[NAMES_HEAD] = "proof/tree-head.json",
	[NAMES_HEAD_SIGNED] = "proof/tree-head.sig",
	[NAMES_HEAD_STAMPED] = "proof/tree-head.tsr",
	[NAMES_FINISHED] = "proof/finished-sha512.txt",
	[NAMES_CLOSING] = "proof/closing.log",
	[NAMES_DATA] = "data",
	[NAMES_TRACKS] = "data/tracks",
	[NAMES_CHANNELS] = "data/channels",
	[NAMES_TEXT] = "data/text",
	[NAMES_RECORD] = "data/record",
	[NAMES_SESSION] = "data/session.json",
	[NAMES_EVENTS] = "data/events.jsonl",
	[NAMES_CHAPTERS] = "data/text/chapters.vtt",
	[NAMES_SPEECHES] = "data/text/speeches.vtt",
	[NAMES_DEBATE] = "data/record/debate.xml",
	[NAMES_INDEX] = "data/record/index.json",
};

/* What a segment's files end with, behind its number and letter. */
static const char *const endings[] = { ".webm", ".mkv", NAMES_LEDGER, ".webm" NAMES_SEALED,
	".mkv" NAMES_SEALED };

const char *names_place(enum names_place place)
{
	return places[place];
}

const char *names_file(enum names_place place)
{
	const char *slash = strrchr(places[place], '/');
	return slash != NULL ? slash + 1 : places[place];
}

int names_path(const char *directory, enum names_place place, char out[ARCHIVE_PATH_LEN])
{
	return rs_format(out, ARCHIVE_PATH_LEN, "%s/%s", directory, places[place]);
}

int names_file_path(
	const char *directory, const char *file, const char *ending, char out[ARCHIVE_PATH_LEN])
{
	return rs_format(
		out, ARCHIVE_PATH_LEN, "%s/%s/%s%s", directory, places[NAMES_DATA], file, ending);
}

int names_media_parse(const char *text, enum archive_media *out_media)
{
	for (unsigned i = 0; i < ARCHIVE_MEDIA_COUNT; i++) {
		if (strcmp(text, kinds[i].name) != 0)
			continue;
		*out_media = (enum archive_media)i;
		return 0;
	}
	return -EBADMSG;
}

const char *names_media(enum archive_media media)
{
	return kinds[media].name;
}

enum names_place names_folder(enum archive_media media)
{
	return kinds[media].place;
}

void names_segment(
	const char *name, enum archive_media media, uint32_t number, char out[NAMES_FILE_LEN])
{
	(void)snprintf(out, NAMES_FILE_LEN, "%s/%s.%03" PRIu32 ".%c", kinds[media].folder, name,
		number, kinds[media].letter); /* fits: names have RS_NAME_MAX at most */
}

const char *names_extension(bool webm)
{
	return webm ? ".webm" : ".mkv";
}

int names_media_path(const char *directory, const char *segment, char out[ARCHIVE_PATH_LEN])
{
	static const char *const extensions[] = { ".mkv", ".webm" NAMES_SEALED,
		".mkv" NAMES_SEALED };
	for (size_t i = 0; i < RS_ARRAY_LEN(extensions); i++) {
		const int err = names_file_path(directory, segment, extensions[i], out);
		if (err < 0 || access(out, F_OK) == 0)
			return err;
	}
	return names_file_path(directory, segment, names_extension(true), out);
}

bool names_is_media_of(const char *path, const char *segment)
{
	const size_t data = strlen(names_place(NAMES_DATA));
	const size_t len = strlen(segment);
	if (strncmp(path, names_place(NAMES_DATA), data) != 0 || path[data] != '/' ||
		strncmp(path + data + 1, segment, len) != 0)
		return false;
	const char *ending = path + data + 1 + len;
	for (size_t i = 0; i < RS_ARRAY_LEN(endings); i++)
		if (strcmp(ending, endings[i]) == 0)
			return strcmp(ending, NAMES_LEDGER) != 0;
	return false;
}

bool names_is_sealed(const char *path)
{
	return rs_ends_with(path, NAMES_SEALED);
}

uint32_t names_segment_number(const char *file, const char *name, enum archive_media media)
{
	const size_t name_len = strlen(name);
	if (strncmp(file, name, name_len) != 0 || file[name_len] != '.')
		return 0;
	const char *digits = file + name_len + 1;
	const size_t n = strspn(digits, "0123456789");
	uint32_t number;
	if (digits[n] != '.' || digits[n + 1] != kinds[media].letter || digits[n + 2] != '.' ||
		rs_parse_u32(digits, n, 999999, &number) < 0)
		return 0;
	return number;
}

bool names_segment_parse(const char *file, size_t *out_stem)
{
	const char *digits = strchr(file, '.');
	if (digits == NULL || !rs_name_valid(file, (size_t)(digits - file)))
		return false;
	const size_t n = strspn(digits + 1, "0123456789");
	if (n < 3 || digits[n + 1] != '.' || digits[n + 2] == '\0')
		return false;
	const char *ending = digits + n + 3;
	for (size_t i = 0; i < RS_ARRAY_LEN(endings); i++) {
		if (strcmp(ending, endings[i]) != 0)
			continue;
		*out_stem = (size_t)(ending - file);
		return true;
	}
	return false;
}

void names_programme(const char *channel, char out[NAMES_FILE_LEN])
{
	(void)snprintf(out, NAMES_FILE_LEN, "channels/%.*s.webm", RS_NAME_MAX, channel); /* fits */
}

void names_programme_part(const char *channel, uint32_t part, char out[NAMES_FILE_LEN])
{
	if (part < 2)
		names_programme(channel, out);
	else
		(void)snprintf(out, NAMES_FILE_LEN, "channels/%.*s.%03" PRIu32 ".webm", RS_NAME_MAX,
			channel, part); /* fits */
}

/* No channel and no part of a programme can be called so. */
#define LATE NAMES_FLOOR ".late.webm"

void names_programme_late(char out[NAMES_FILE_LEN])
{
	(void)snprintf(out, NAMES_FILE_LEN, "channels/" LATE); /* fits */
}

static bool is_programme(const char *file, bool *out_part)
{
	const char *ending = strchr(file, '.');
	if (ending == NULL || !rs_name_valid(file, (size_t)(ending - file)))
		return false;
	const size_t digits = strspn(ending + 1, "0123456789");
	*out_part = digits >= 3;
	return strcmp(ending + (*out_part ? digits + 1 : 0), ".webm") == 0;
}

bool names_is_programme(const char *file)
{
	bool part;
	return is_programme(file, &part) || strcmp(file, LATE) == 0;
}

bool names_is_programme_part(const char *file)
{
	bool part;
	return is_programme(file, &part) && part;
}

void names_captions(const char *language, char out[NAMES_FILE_LEN])
{
	(void)snprintf(
		out, NAMES_FILE_LEN, "text/captions.%.*s.vtt", RS_NAME_MAX, language); /* fits */
}

bool names_session_valid(const char *text)
{
	const size_t len = strlen(text);
	static const char allowed[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	return len >= 1 && len <= NAMES_SESSION_MAX && strspn(text, allowed) == len;
}

const char *names_language(const char *tag)
{
	/* ISO 639-1 to 639-2/B, which the Matroska Language element uses. */
	static const char *const codes[][2] = {
		{ "ar", "ara" },
		{ "de", "ger" },
		{ "el", "gre" },
		{ "en", "eng" },
		{ "es", "spa" },
		{ "fa", "per" },
		{ "fr", "fre" },
		{ "hi", "hin" },
		{ "it", "ita" },
		{ "ja", "jpn" },
		{ "ko", "kor" },
		{ "nl", "dut" },
		{ "pl", "pol" },
		{ "pt", "por" },
		{ "ru", "rus" },
		{ "sw", "swa" },
		{ "tr", "tur" },
		{ "uk", "ukr" },
		{ "zh", "chi" },
	};
	const size_t len = strcspn(tag, "-");
	for (size_t i = 0; i < RS_ARRAY_LEN(codes); i++)
		if (len == 2 && strncmp(tag, codes[i][0], 2) == 0)
			return codes[i][1];
	return "und";
}
