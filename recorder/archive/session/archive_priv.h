/* recorder/archive/session/archive_priv.h
 *
 * What the parts of an archive share: archive_open.c (made, or gone on with) and archive.c (what happens then).
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_SESSION_ARCHIVE_PRIV_H
#define ROSTRUM_RECORDER_ARCHIVE_SESSION_ARCHIVE_PRIV_H

#include "recorder/archive/session/archive.h"
#include "recorder/archive/session/proof.h"
#include "recorder/archive/session/session.h"
#include "recorder/archive/vault/vault.h"

/* The clock of one sender, shared by its tracks. */
struct sender {
	char name[RS_NAME_MAX + 1];
	struct clock_base clock;
};

struct late;

struct archive {
	char *texts[4]; /* root, meeting, session, software: owned copies behind `config` */
	struct archive_config config;
	struct archive_channel channels[ARCHIVE_CHANNELS_MAX];
	const struct disk *disk;
	struct vault *vault; /* between it and what is said behind closed doors; NULL = none */
	struct proof *proof; /* NULL = nothing is signed */
	struct session session;
	struct archive_now when; /* of the call being served */
	int error;

	uint32_t events;
	bool events_open;
	bool events_dirty;
	int64_t last_event;
	int64_t durable_event;
	bool closed;
	bool finished;

	struct track **tracks;  /* tracks_max of them */
	struct sender *senders; /* one for each track, in use while the track is */
	size_t n_tracks;
	struct late *late; /* track/late_tracks.h; NULL = nothing was delivered */
};

/* What one track is made of. */
struct archive_track {
	const char *name;
	enum archive_media media;
	struct clock_base *sender; /* borrowed */
	struct track *live;        /* as track_config has it */
	uint32_t first_segment;
};

/* 0 or -ENOMEM; the archive is not failed by it. */
int archive_new_track(struct archive *archive, const struct archive_track *what,
	struct track **out_track) RS_MUST_USE;
/* The track of what comes live, made if there is none. 0, -E2BIG, or the archive failed. */
int archive_find_track(struct archive *archive, const char *name, enum archive_media media,
	size_t *out_track) RS_MUST_USE;

/* It writes nothing more. Gives the first error back. */
int archive_fail(struct archive *archive, int err);
/* The next line of events.jsonl. 0 or an error; the archive is not failed by it. */
int archive_append(struct archive *archive, const struct chain_entry *entry) RS_MUST_USE;
/* The same of this moment; takes `payload` (NULL = out of memory). */
int archive_append_json(struct archive *archive, const char *type, json_t *payload) RS_MUST_USE;
/* The same with hash and payload sealed; there is a vault. */
int archive_append_sealed(struct archive *archive, struct chain_entry *entry) RS_MUST_USE;

#endif
