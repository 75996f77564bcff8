/* common/evidence/names.h
 *
 * How things are called in an archive and where they lie in it: kinds of media, files of segments,
 * languages. Whoever needs a path asks here. No allocation; only names_media_path() looks at the disk.
 *
 *   SESSION/  bagit.txt bag-info.txt manifest-sha512.txt tagmanifest-sha512.txt
 *   SESSION/custody.jsonl   what became of it since it was recorded, when anything did
 *   SESSION/proof/   what shows that data/ is what was recorded
 *   SESSION/data/    session.json events.jsonl
 *                    tracks/KEN.001.a.webm + .idx.jsonl     essence: as sent (.mkv: H.264, AV1)
 *                    channels/fr.001.a.webm + .idx.jsonl    essence: as heard
 *                    channels/fr.webm                       derived: programme of a language
 *                    channels/floor.late.webm               derived: with what was delivered after an outage
 *                    text/captions.fr.vtt ... record/...    derived
 *
 * A segment and everything said of it is named without data/ and without its ending: "tracks/KEN.001.a".
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_NAMES_H
#define ROSTRUM_COMMON_EVIDENCE_NAMES_H

#include "common/base/mem.h"
#include "common/base/text.h"

enum archive_media {
	ARCHIVE_MICROPHONE,
	ARCHIVE_CAMERA,
	ARCHIVE_CONTENT,
	ARCHIVE_CHANNEL,
	ARCHIVE_MEDIA_COUNT,
};

/* Files and folders of a session that have a fixed place. */
enum names_place {
	NAMES_BAGIT,
	NAMES_BAG_INFO,
	NAMES_MANIFEST,
	NAMES_TAG_MANIFEST,
	NAMES_CUSTODY, /* what became of it since: holds, deletions (custody.h) */
	NAMES_KEYS,    /* folder: wrapped keys of a session that is encrypted (vault.h) */
	NAMES_PROOF,   /* folder */
	NAMES_KEY,     /* public key of who signs, PEM */
	NAMES_HEADS,   /* signed heads of the tree over all clusters (heads.h) */
	NAMES_SIGNED,  /* signature of the manifest: 64 octets */
	NAMES_STAMPED, /* RFC 3161 answer of the time-stamping authority about the manifest, DER */
	NAMES_HEAD,    /* the last of the heads: its line and a newline */
	NAMES_HEAD_SIGNED,  /* as NAMES_SIGNED, of that */
	NAMES_HEAD_STAMPED, /* as NAMES_STAMPED, of that */
	NAMES_FINISHED,     /* digests of files that are finished, while others are written */
	NAMES_CLOSING,      /* what was done when the recording was closed */
	NAMES_DATA,         /* folder, as the next four */
	NAMES_TRACKS,
	NAMES_CHANNELS,
	NAMES_TEXT,
	NAMES_RECORD,
	NAMES_SESSION,
	NAMES_EVENTS,
	NAMES_CHAPTERS,
	NAMES_SPEECHES,
	NAMES_DEBATE,
	NAMES_INDEX,
	NAMES_PLACES,
};

#define ARCHIVE_PATH_LEN 1024
/* "channels/" + name + ".12345.a.idx.jsonl" */
#define NAMES_FILE_LEN (RS_NAME_MAX + 32)
#define NAMES_SESSION_MAX 160
#define NAMES_LEDGER ".idx.jsonl" /* behind a segment's name: its ledger */
#define NAMES_SEALED ".sealed"    /* behind the ending of a media file that is encrypted */
#define NAMES_INDEX_FORMAT "rostrum-index/1" /* "format" of what lies at NAMES_INDEX */
#define NAMES_FLOOR "floor"                  /* the programme in the languages that were spoken */

/* The place below the session's directory: "data/events.jsonl". */
const char *names_place(enum names_place place);
/* The same without its folder: "events.jsonl". */
const char *names_file(enum names_place place);
/* The place with the directory before it. 0 or -ENOSPC (too long). */
int names_path(
	const char *directory, enum names_place place, char out[ARCHIVE_PATH_LEN]) RS_MUST_USE;
/* The path of what is named without data/: a segment with its ending ("tracks/KEN.001.a" and ".webm"),
 * a programme, captions (ending ""). 0 or -ENOSPC. */
int names_file_path(const char *directory, const char *file, const char *ending,
	char out[ARCHIVE_PATH_LEN]) RS_MUST_USE;

/* As the tap says it: "microphone", "camera", "content", "channel". 0 or -EBADMSG. */
int names_media_parse(const char *text, enum archive_media *out_media) RS_MUST_USE;
const char *names_media(enum archive_media media);
/* "tracks/KEN.001.a", "tracks/KEN.001.v", "tracks/KEN.001.c", "channels/fr.001.a"; extensions follow. */
void names_segment(
	const char *name, enum archive_media media, uint32_t number, char out[NAMES_FILE_LEN]);
/* What a segment's media file is called behind that: ".webm" or ".mkv". */
const char *names_extension(bool webm);
/* Path of the media file of a segment, in whichever of its forms it is there. 0 or -ENOSPC. */
int names_media_path(
	const char *directory, const char *segment, char out[ARCHIVE_PATH_LEN]) RS_MUST_USE;
/* Whether a path below the session's directory ("data/tracks/KEN.001.a.webm") is that of a segment's media file, in any of its forms. */
bool names_is_media_of(const char *path, const char *segment);
/* Whether that is an encrypted one. */
bool names_is_sealed(const char *path);
/* The number of a file of this track, any of its files; 0 when it is of another. `file` without folder. */
uint32_t names_segment_number(const char *file, const char *name, enum archive_media media);
/* NAMES_TRACKS or NAMES_CHANNELS. */
enum names_place names_folder(enum archive_media media);
/* Whether a file in one of those folders, named without it, belongs to a segment ("KEN.001.a.webm", its
 * ledger "KEN.001.a.idx.jsonl"; "fr.webm" does not), and how long its name is without the ending. */
bool names_segment_parse(const char *file, size_t *out_stem);
/* "channels/fr.webm": the programme of a channel, or of NAMES_FLOOR. */
void names_programme(const char *channel, char out[NAMES_FILE_LEN]);
/* "channels/fr.002.webm": what is written of it from the second time on that the recording began, until the session is closed and
 * the whole is made. Part 1 is the programme's own file. */
void names_programme_part(const char *channel, uint32_t part, char out[NAMES_FILE_LEN]);
/* "channels/floor.late.webm": the floor with what rooms delivered after an outage in its place. */
void names_programme_late(char out[NAMES_FILE_LEN]);
/* Whether a file in "channels", named without it, is a programme, a part of one, or that with what came late. */
bool names_is_programme(const char *file);
/* Whether it is a part. */
bool names_is_programme_part(const char *file);
/* "text/captions.fr.vtt"; `language` has RS_NAME_MAX octets at most. */
void names_captions(const char *language, char out[NAMES_FILE_LEN]);
/* 1 to NAMES_SESSION_MAX of [A-Za-z0-9_-]: what a session's directory may be called. */
bool names_session_valid(const char *text);
/* ISO 639-2 code for a BCP 47 tag, as Matroska wants it; "und" when not known. */
const char *names_language(const char *tag);

#endif
