/* recorder/archive/names.h
 *
 * How things are called in an archive: kinds of media, files of segments, languages. No allocation.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_NAMES_H
#define ROSTRUM_RECORDER_ARCHIVE_NAMES_H

#include "common/base/mem.h"
#include "common/base/text.h"

enum archive_media {
	ARCHIVE_MICROPHONE,
	ARCHIVE_CAMERA,
	ARCHIVE_CONTENT,
	ARCHIVE_CHANNEL,
	ARCHIVE_MEDIA_COUNT,
};

/* "channels/" + name + ".12345.a.idx.jsonl" */
#define NAMES_FILE_LEN (RS_NAME_MAX + 32)
#define NAMES_SESSION_MAX 160

/* As the tap says it: "microphone", "camera", "content", "channel". 0 or -EBADMSG. */
int names_media_parse(const char *text, enum archive_media *out_media) RS_MUST_USE;
const char *names_media(enum archive_media media);
/* "tracks/KEN.001.a", "tracks/KEN.001.v", "tracks/KEN.001.c", "channels/fr.001.a"; extensions follow. */
void names_segment(
	const char *name, enum archive_media media, uint32_t number, char out[NAMES_FILE_LEN]);
/* The number of a file of this track, any of its files; 0 when it is of another. `file` without folder. */
uint32_t names_segment_number(const char *file, const char *name, enum archive_media media);
/* "tracks" or "channels". */
const char *names_folder(enum archive_media media);
/* 1 to NAMES_SESSION_MAX of [A-Za-z0-9_-]: what a session's directory may be called. */
bool names_session_valid(const char *text);
/* ISO 639-2 code for a BCP 47 tag, as Matroska wants it; "und" when not known. */
const char *names_language(const char *tag);

#endif
