#include "recorder/archive/names.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	const char *folder;
	char letter;
} kinds[ARCHIVE_MEDIA_COUNT] = {
	[ARCHIVE_MICROPHONE] = { "microphone", "tracks", 'a' },
	[ARCHIVE_CAMERA] = { "camera", "tracks", 'v' },
	[ARCHIVE_CONTENT] = { "content", "tracks", 'c' },
	[ARCHIVE_CHANNEL] = { "channel", "channels", 'a' },
};

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

const char *names_folder(enum archive_media media)
{
	return kinds[media].folder;
}

void names_segment(
	const char *name, enum archive_media media, uint32_t number, char out[NAMES_FILE_LEN])
{
	(void)snprintf(out, NAMES_FILE_LEN, "%s/%s.%03" PRIu32 ".%c", kinds[media].folder, name,
		number, kinds[media].letter); /* fits: names have RS_NAME_MAX at most */
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
