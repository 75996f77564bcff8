/* recorder/programme/cut.h
 *
 * A programme, or a part of one, as a file of its own: sound alone as Ogg Opus, or sound and picture as WebM. Packets go over as they
 * are, nothing is decoded or coded. Blocking file I/O, for tools.
 *
 * Sound begins where it is asked to, to the packet in WebM and to the sample in Ogg, which has 80 ms before that for the decoder to
 * converge (RFC 7845 section 4.6) and says that they are not to be heard. The picture begins with the first key frame from there on.
 */
#ifndef ROSTRUM_RECORDER_PROGRAMME_CUT_H
#define ROSTRUM_RECORDER_PROGRAMME_CUT_H

#include "common/base/mem.h"

enum cut_form {
	CUT_OPUS,
	CUT_WEBM,
};

struct cut {
	int from; /* the programme, open to read; borrowed, as all else */
	int to;   /* the new file, open to write, empty */
	enum cut_form form;
	int64_t from_ms; /* time of the programme, which is session time */
	int64_t to_ms;   /* INT64_MAX = all that follows */
	const char *title;
	const char *language; /* BCP 47; "" = not known */
	const char *app;
	int64_t wall_ms; /* Unix time of the programme's time 0 */
};

struct cut_result {
	int64_t duration_ms; /* of the sound */
	uint64_t packets;
	uint64_t pictures;
};

/* 0; -ENOENT (no sound lies there); -EBADMSG (no programme of ours); -ENOMEM or an error of the file system. What was written until
 * then is of no use. */
int cut_make(const struct cut *cut, struct cut_result *out_result) RS_MUST_USE;

#endif
