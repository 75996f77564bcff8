#include "recorder/archive/session/session.h"

#include "common/base/hash.h"
#include "common/evidence/files.h"
#include "recorder/archive/files/about.h"
#include "recorder/archive/files/lock.h"
#include "recorder/archive/seal/seal.h"
#include "recorder/archive/vault/unseal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int path_of(
	const struct session *session, enum names_place place, char out[ARCHIVE_PATH_LEN])
{
	return names_path(session->directory, place, out);
}

static json_t *channels_json(const struct archive_config *config)
{
	json_t *channels = json_array();
	for (size_t i = 0; i < config->n_channels; i++) {
		const struct archive_channel *c = &config->channels[i];
		if (json_array_append_new(
			    channels, json_pack("{s:s, s:s, s:s}", "id", c->id, "language",
					      c->language, "name", c->name)) < 0) {
			json_decref(channels);
			return NULL;
		}
	}
	return channels;
}

/* What stands there already is ours and stays. */
static int add_about(json_t *json, const char *about)
{
	json_error_t error;
	json_t *more = about != NULL ? json_loads(about, JSON_REJECT_DUPLICATES, &error) : NULL;
	const int err = more != NULL ? json_object_update_missing(json, more) : 0;
	json_decref(more);
	return err < 0 ? -ENOMEM : 0;
}

/* All that is known of a session; NULL = out of memory. */
static json_t *describe(const struct archive_config *config, int64_t started_us)
{
	char started[RS_TIME_TEXT_LEN];
	rs_wall_format(started_us / 1000, started);
	json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:o}", "format",
		SESSION_FORMAT, "meeting", config->meeting, "session", config->session, "title",
		config->title, "started", started, "started_us", (json_int_t)started_us, "software",
		config->software, "channels", channels_json(config));
	if (json != NULL && config->class != NULL && config->class[0] != '\0' &&
		json_object_set_new(json, "class", json_string(config->class)) < 0) {
		json_decref(json);
		return NULL;
	}
	if (json != NULL && add_about(json, config->about) < 0) {
		json_decref(json);
		return NULL;
	}
	return json;
}

json_t *session_about(const struct archive_config *config)
{
	json_t *json = describe(config, 0);
	json_t *about = json != NULL ? about_take(json) : NULL;
	json_decref(json);
	return about;
}

/* Behind closed doors who and what goes sealed into events.jsonl, and not in here. */
static int write_session_file(const struct archive_config *config, struct session *session)
{
	json_t *json = describe(config, session->started_us);
	session->described = config->recipient == NULL;
	if (json != NULL && !session->described) {
		json_t *about = about_take(json);
		if (about == NULL) {
			json_decref(json);
			return -ENOMEM;
		}
		json_decref(about);
	}
	char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
	json_decref(json);
	if (text == NULL)
		return -ENOMEM;
	char path[ARCHIVE_PATH_LEN];
	int err = path_of(session, NAMES_SESSION, path);
	if (err == 0)
		err = files_write(path, text, strlen(text));
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(text, strlen(text), digest);
	rs_hex_encode(digest, sizeof(digest), session->sha256);
	free(text);
	return err;
}

static int make_folder(const struct session *session, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = path_of(session, place, path);
	if (err < 0)
		return err;
	return mkdir(path, 0750) < 0 && errno != EEXIST ? -errno : 0;
}

/* The outer before the inner. */
static const enum names_place folders[] = { NAMES_DATA, NAMES_TRACKS, NAMES_CHANNELS, NAMES_TEXT,
	NAMES_RECORD, NAMES_PROOF };

static int make_folders(const struct session *session)
{
	int err = 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(folders) && err == 0; i++)
		err = make_folder(session, folders[i]);
	return err;
}

static int make(const struct archive_config *config, int64_t wall_us, struct session *session)
{
	session->fresh = true;
	session->started_us = wall_us;
	int err = make_folders(session);
	if (err == 0)
		err = write_session_file(config, session);
	char data[ARCHIVE_PATH_LEN];
	if (err == 0)
		err = path_of(session, NAMES_DATA, data);
	if (err == 0)
		err = files_sync_directory(data);
	if (err == 0)
		err = files_sync_directory(session->directory);
	return err;
}

static int read_session_file(
	const struct archive_config *config, const char *path, struct session *session)
{
	struct lines file;
	int err = lines_open(&file, path);
	if (err < 0)
		return err;
	json_error_t error;
	json_t *json =
		json_loadb((const char *)file.data, file.len, JSON_REJECT_DUPLICATES, &error);
	const char *format = json_string_value(json_object_get(json, "format"));
	const char *name = json_string_value(json_object_get(json, "session"));
	const json_t *started = json_object_get(json, "started_us");
	if (format == NULL || strcmp(format, SESSION_FORMAT) != 0 || name == NULL ||
		strcmp(name, config->session) != 0 || !json_is_integer(started))
		err = -EBADMSG;
	else
		session->started_us = json_integer_value(started);
	session->described = about_is_plain(json);
	json_decref(json);
	uint8_t digest[RS_SHA256_LEN];
	rs_sha256(file.data, file.len, digest);
	rs_hex_encode(digest, sizeof(digest), session->sha256);
	lines_done(&file);
	return err;
}

static int follow_opened(struct session *session, const char *file, const json_t *payload)
{
	const json_int_t t0_ms = json_integer_value(json_object_get(payload, "t0_ms"));
	if (json_object_set_new(session->cut, file, json_integer(t0_ms)) < 0 ||
		json_object_set_new(session->unfinished, file, json_true()) < 0)
		return -ENOMEM;
	return 0;
}

/* Segments that were opened and never closed; those that were measured stay cut off. */
static int follow_segments(struct session *session, const struct chain_line *line)
{
	const bool opened = strcmp(line->type, "segment-opened") == 0;
	const bool closed = strcmp(line->type, "segment-closed") == 0;
	if (!opened && !closed && strcmp(line->type, "segment-recovered") != 0)
		return 0;
	json_error_t error;
	json_t *payload = json_loadb(line->payload, line->payload_len, 0, &error);
	const char *file = json_string_value(json_object_get(payload, "file"));
	int err = 0;
	if (file != NULL && opened)
		err = follow_opened(session, file, payload);
	else if (file != NULL)
		(void)json_object_del(session->unfinished, file); /* absent is fine */
	if (file != NULL && closed)
		(void)json_object_del(session->cut, file); /* likewise */
	json_decref(payload);
	return err;
}

static int read_events(struct session *session, const char *path)
{
	struct lines file;
	int err = lines_open(&file, path);
	if (err == -ENOENT)
		return 0; /* stopped before the first line */
	if (err < 0)
		return err;
	struct line line;
	while (err == 0 && lines_next(&file, &line) == 1) {
		struct chain_line entry;
		const char *why;
		/* What is wrong in the middle stays as it is, for verification to find. */
		if (chain_read(&session->chain, &line, &entry, &why) == -EBADMSG)
			continue;
		if (entry.event > session->last_event)
			session->last_event = entry.event;
		session->resumed += strcmp(entry.type, "recording-resumed") == 0;
		session->described |= strcmp(entry.type, ABOUT_TYPE) == 0;
		err = follow_segments(session, &entry);
	}
	session->torn = file.len - session->chain.size;
	lines_done(&file);
	if (err == 0 && session->torn > 0 && truncate(path, (off_t)session->chain.size) < 0)
		err = -errno;
	return err;
}

/* Archives once had no bag around them: what lies in data/ lay where data/ is. What says that there is an
 * archive goes last, so that stopping in between is made good by the next start. */
static int adopt(const struct session *session)
{
	static const enum names_place moved[] = { NAMES_TRACKS, NAMES_CHANNELS, NAMES_EVENTS,
		NAMES_SESSION };
	char from[RS_ARRAY_LEN(moved)][ARCHIVE_PATH_LEN];
	for (size_t i = 0; i < RS_ARRAY_LEN(moved); i++) {
		const int err = rs_format(from[i], sizeof(from[i]), "%s/%s", session->directory,
			names_place(moved[i]) + strlen(names_place(NAMES_DATA)) + 1);
		if (err < 0)
			return err;
	}
	if (access(from[RS_ARRAY_LEN(moved) - 1], F_OK) < 0)
		return 0;
	int err = make_folder(session, NAMES_DATA);
	for (size_t i = 0; i < RS_ARRAY_LEN(moved) && err == 0; i++) {
		char to[ARCHIVE_PATH_LEN];
		err = path_of(session, moved[i], to);
		if (err == 0 && rename(from[i], to) < 0 && errno != ENOENT)
			err = -errno;
	}
	return err == 0 ? make_folders(session) : err;
}

static int resume(const struct archive_config *config, int64_t wall_us, struct session *session)
{
	char path[ARCHIVE_PATH_LEN];
	int err = adopt(session);
	if (err == 0)
		err = seal_break(session->directory);
	if (err == 0)
		err = path_of(session, NAMES_SESSION, path);
	if (err == 0)
		err = read_session_file(config, path, session);
	if (err == -ENOENT) /* stopped while the directory was made */
		return make(config, wall_us, session);
	if (err == 0)
		err = path_of(session, NAMES_EVENTS, path);
	if (err == 0)
		err = read_events(session, path);
	if (err == 0)
		session->fresh = session->chain.seq == 0;
	return err;
}

/* A repair has it already. */
static int hold(const struct archive_config *config, struct session *session)
{
	if (config->repaired)
		return 0;
	const int err = lock_take(session->directory, LOCK_SHARED, &session->lock);
	session->locked = err == 0;
	return err;
}

int session_open(const struct archive_config *config, int64_t wall_us, struct session *out_session)
{
	struct session session = { 0 };
	chain_init(&session.chain);
	if (!names_session_valid(config->session))
		return -EINVAL;
	int err = rs_format(session.directory, sizeof(session.directory), "%s/%s", config->root,
		config->session);
	if (err < 0)
		return -EINVAL;
	session.unfinished = json_object();
	session.cut = json_object();
	if (session.unfinished == NULL || session.cut == NULL) {
		session_done(&session);
		return -ENOMEM;
	}
	const bool made = mkdir(session.directory, 0750) == 0;
	err = made || errno == EEXIST ? hold(config, &session) : -errno;
	if (err == 0)
		err = made ? make(config, wall_us, &session) : resume(config, wall_us, &session);
	if (err == 0 && made)
		err = files_sync_directory(config->root);
	if (err < 0) {
		session_done(&session);
		return err;
	}
	*out_session = session;
	return 0;
}

void session_done(struct session *session)
{
	json_decref(session->unfinished);
	json_decref(session->cut);
	session->unfinished = session->cut = NULL;
	if (session->locked)
		lock_done(session->lock);
	session->locked = false;
}

int session_next_segment(const struct session *session, const char *name, enum archive_media media,
	uint32_t *out_number)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = path_of(session, names_folder(media), path);
	if (err < 0)
		return err;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return -errno;
	uint32_t next = 1;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		const uint32_t number = names_segment_number(entry->d_name, name, media);
		if (number >= next)
			next = number + 1;
	}
	(void)closedir(dir); /* read only */
	*out_number = next;
	return 0;
}

/* The clusters its ledger knows of a segment: digest of the last line, where they begin and end. */
struct extent {
	struct ledger ledger;
	uint64_t from;
	uint64_t to;
};

static int read_ledger(const struct session *session, const char *file, struct extent *out)
{
	*out = (struct extent){ 0 };
	ledger_init(&out->ledger);
	char path[ARCHIVE_PATH_LEN];
	int err = names_file_path(session->directory, file, ".idx.jsonl", path);
	struct lines lines;
	if (err == 0)
		err = lines_open(&lines, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	struct line line;
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why;
		struct ledger next = out->ledger;
		if (ledger_read(&next, &line, &entry, &why) < 0)
			break;
		if (entry.cluster == 0)
			out->from = entry.offset;
		out->to = entry.offset + entry.len;
		out->ledger = next;
	}
	lines_done(&lines);
	return 0;
}

/* Of an encrypted file, that cannot be read here: how long the plain one is, and a digest of what lies there. */
static json_t *measure_sealed(const char *file, int fd, const struct extent *extent)
{
	uint64_t size = 0;
	char sha256[65];
	struct stat st;
	if (fd < 0 || fstat(fd, &st) < 0 || unseal_size(fd, &size) < 0 || extent->to > size ||
		lines_digest(fd, 0, (uint64_t)st.st_size, sha256) < 0)
		return json_pack("{s:s, s:s}", "file", file, "problem",
			"cannot be read or is shorter than its ledger says");
	return json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:s, s:I, s:s}", "file", file, "size",
		(json_int_t)size, "clusters", (json_int_t)extent->ledger.clusters, "head_len",
		(json_int_t)extent->from, "tail_len", (json_int_t)(size - extent->to), "ledger_len",
		(json_int_t)extent->ledger.size, "ledger_sha256", extent->ledger.head,
		"sealed_size", (json_int_t)st.st_size, "sealed_sha256", sha256);
}

json_t *session_measure(const struct session *session, const char *file)
{
	char path[ARCHIVE_PATH_LEN];
	struct extent extent;
	uint64_t size = 0;
	char head[65] = "";
	char tail[65] = "";
	int err = names_media_path(session->directory, file, path);
	if (err == 0)
		err = read_ledger(session, file, &extent);
	const int fd = err == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (err == 0 && names_is_sealed(path)) {
		json_t *sealed = measure_sealed(file, fd, &extent);
		if (fd >= 0)
			(void)close(fd); /* read only */
		return sealed;
	}
	struct stat st;
	if (fd >= 0 && fstat(fd, &st) == 0)
		size = (uint64_t)st.st_size;
	if (err == 0 && extent.to <= size) {
		err = lines_digest(fd, 0, extent.from, head);
		if (err == 0)
			err = lines_digest(fd, extent.to, size - extent.to, tail);
	}
	if (fd >= 0)
		(void)close(fd); /* read only */
	if (err < 0 || head[0] == '\0')
		return json_pack("{s:s, s:s}", "file", file, "problem",
			"cannot be read or is shorter than its ledger says");
	return json_pack("{s:s, s:I, s:I, s:I, s:s, s:I, s:s, s:I, s:s}", "file", file, "size",
		(json_int_t)size, "clusters", (json_int_t)extent.ledger.clusters, "head_len",
		(json_int_t)extent.from, "head_sha256", head, "tail_len",
		(json_int_t)(size - extent.to), "tail_sha256", tail, "ledger_len",
		(json_int_t)extent.ledger.size, "ledger_sha256", extent.ledger.head);
}
