#include "recorder/archive/files/about.h"
#include "recorder/archive/session/archive_priv.h"
#include "recorder/archive/track/late_tracks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int copy_config(struct archive *archive, const struct archive_config *config)
{
	const char *const from[] = { config->meeting, config->session, config->title,
		config->software };
	for (size_t i = 0; i < RS_ARRAY_LEN(from); i++) {
		archive->texts[i] = rs_strdup(from[i]);
		if (archive->texts[i] == NULL)
			return -ENOMEM;
	}
	archive->config = *config;
	archive->config.root = NULL; /* used while opening only */
	archive->config.class = NULL;
	archive->config.about = NULL;
	archive->config.meeting = archive->texts[0];
	archive->config.session = archive->texts[1];
	archive->config.title = archive->texts[2];
	archive->config.software = archive->texts[3];
	if (config->n_channels > 0)
		memcpy(archive->channels, config->channels,
			config->n_channels * sizeof(*config->channels));
	archive->config.channels = archive->channels;
	archive->tracks = rs_calloc(config->tracks_max, sizeof(*archive->tracks));
	archive->senders = rs_calloc(config->tracks_max, sizeof(*archive->senders));
	return archive->tracks != NULL && archive->senders != NULL ? 0 : -ENOMEM;
}

/* The first line of a session that was cut off: it goes on, or is only to be closed. */
static int write_again(struct archive *archive)
{
	const struct session *session = &archive->session;
	const struct archive_config *config = &archive->config;
	if (config->repaired)
		return archive_append_json(archive, "recording-repaired",
			json_pack("{s:s, s:I, s:I, s:b}", "software", config->software,
				"torn_octets", (json_int_t)session->torn, "until_ms",
				(json_int_t)config->repaired_until_ms, "signed",
				config->signer != NULL));
	return archive_append_json(archive, "recording-resumed",
		json_pack("{s:s, s:I}", "software", config->software, "torn_octets",
			(json_int_t)session->torn));
}

/* Who and what, where session.json is not to tell. */
static int write_about(struct archive *archive, const struct archive_config *config)
{
	if (archive->session.described || archive->vault == NULL)
		return 0;
	json_t *about = session_about(config);
	char *text = about != NULL ? json_dumps(about, JSON_COMPACT) : NULL;
	json_decref(about);
	if (text == NULL)
		return -ENOMEM;
	struct chain_entry entry = { .type = ABOUT_TYPE,
		.wall_ms = archive->when.wall_us / 1000,
		.payload = text,
		.payload_len = strlen(text),
		.hash = "" };
	const int err = archive_append_sealed(archive, &entry);
	free(text);
	return err;
}

static int write_opening(struct archive *archive)
{
	const struct session *session = &archive->session;
	if (session->fresh)
		return archive_append_json(archive, "recording-started",
			json_pack("{s:s, s:s, s:s, s:s, s:I}", "meeting", archive->config.meeting,
				"session", archive->config.session, "software",
				archive->config.software, "session_sha256", session->sha256,
				"started_us", (json_int_t)session->started_us));
	int err = write_again(archive);
	const char *file;
	json_t *unused;
	json_object_foreach(session->unfinished, file, unused)
	{
		if (err == 0)
			err = archive_append_json(
				archive, "segment-recovered", session_measure(session, file));
	}
	return err;
}

static int open_events(struct archive *archive)
{
	char path[ARCHIVE_PATH_LEN];
	int err = names_path(archive->session.directory, NAMES_EVENTS, path);
	if (err < 0)
		return -EINVAL;
	err = archive->disk->open(
		archive->disk->ctx, archive->config.owner, path, DISK_EXTEND, &archive->events);
	archive->events_open = err == 0;
	return err;
}

static int settle_events(void *ctx)
{
	return archive_flush(ctx);
}

/* Heads that cannot be gone on from are for verification to judge; what is recorded comes first. */
static int open_proof(struct archive *archive)
{
	const struct proof_config config = { .disk = archive->disk,
		.owner = archive->config.owner,
		.directory = archive->session.directory,
		.session_sha256 = archive->session.sha256,
		.signer = archive->config.signer,
		.interval = archive->config.head_interval,
		.tracks_max = archive->config.tracks_max,
		.events = &archive->session.chain,
		.when = &archive->when,
		.settle = settle_events,
		.ctx = archive };
	const char *why = "";
	if (archive->config.signer == NULL)
		return 0;
	const int err = proof_open(&config, &archive->proof, &why);
	if (err != -EBADMSG && err != -EPROTO && err != -EACCES)
		return err;
	return archive_append_json(archive, "proof-refused", json_pack("{s:s}", "reason", why));
}

/* Two files a track, those of the archive itself, and some to spare. */
static int open_vault(struct archive *archive)
{
	const struct vault_config config = { .disk = archive->disk,
		.recipient = archive->config.recipient,
		.rand = archive->config.rand,
		.directory = archive->session.directory,
		.owner = archive->config.owner,
		.files_max = 2 * (archive->config.tracks_max + LATE_TRACKS_MAX) + 16 };
	if (config.recipient == NULL)
		return 0;
	const int err = vault_new(&config, &archive->vault);
	if (err == 0)
		archive->disk = vault_disk(archive->vault);
	return err;
}

int archive_open(const struct archive_config *config, const struct disk *disk,
	struct archive_now when, struct archive **out_archive)
{
	if (config->n_channels > ARCHIVE_CHANNELS_MAX || config->tracks_max == 0 ||
		config->rules.segment_ms == 0)
		return -EINVAL;
	RS_CLEANUP(archive_freep) struct archive *archive = rs_zalloc(sizeof(*archive));
	if (archive == NULL)
		return -ENOMEM;
	archive->disk = disk;
	archive->when = when;
	int err = copy_config(archive, config);
	if (err == 0)
		err = session_open(config, when.wall_us, &archive->session);
	if (err < 0)
		return err;
	err = open_vault(archive);
	if (err < 0)
		return err;
	archive->last_event = archive->session.last_event;
	archive->durable_event = archive->session.last_event;
	err = open_events(archive);
	if (err == 0)
		err = write_opening(archive);
	if (err == 0)
		err = write_about(archive, config);
	if (err == 0)
		err = open_proof(archive);
	if (err == 0)
		err = archive_flush(archive);
	if (err < 0)
		return err;
	*out_archive = rs_steal(&archive);
	return 0;
}
