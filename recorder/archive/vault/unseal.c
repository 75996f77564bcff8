#include "recorder/archive/vault/unseal.h"

#include "common/evidence/chain.h"
#include "common/evidence/chain_unsealed.h"
#include "common/evidence/files.h"
#include "recorder/archive/vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)256 << 10)
/* A line with both its forms. */
#define LINE_MAX_UNSEALED (3 * CHAIN_LINE_MAX)

struct unsealing {
	const char *from;
	const char *to;
	const struct rs_recipient *recipient;
	uint8_t *chunk;        /* CHUNK, and room for a record */
	uint32_t event_number; /* of the key below; 0 = none was looked for */
	bool event_key_there;
	uint8_t event_key[RS_AEAD_KEY_LEN];
	struct unseal_report report;
	char *why; /* UNSEAL_WHY_LEN */
};

static int fail(struct unsealing *u, const char *path, int err)
{
	if (u->why[0] == '\0')
		(void)snprintf(u->why, UNSEAL_WHY_LEN, "%.400s: %.100s", path,
			err == -EACCES ? "was changed, or this is not its key"
				       : strerror(-err)); /* fits */
	return err;
}

static int64_t read_fd(void *ctx, uint64_t offset, void *out, size_t len)
{
	return files_read_at(*(const int *)ctx, out, len, offset);
}

int unseal_size(int fd, uint64_t *out_size)
{
	const struct vault_source source = { .read = read_fd, .ctx = &fd };
	struct vault_walk walk;
	struct vault_record record;
	int more = vault_walk_init(&walk, &source);
	if (more < 0)
		return more;
	do
		more = vault_walk_next(&walk, &record);
	while (more == 1);
	if (more == 0)
		*out_size = walk.size;
	return more;
}

/* --- keys --- */

/* 0, -ENOENT (it was destroyed) or an error. */
static int find_key(struct unsealing *u, const char *file, uint8_t key[RS_AEAD_KEY_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	struct lines text;
	struct vault_key wrapped;
	int err = vault_key_path(u->from, file, path);
	if (err == 0)
		err = lines_open(&text, path);
	if (err < 0)
		return err == -ENOENT ? err : fail(u, path, err);
	err = vault_key_parse((const char *)text.data, text.len, &wrapped);
	lines_done(&text);
	if (err == 0 && strcmp(wrapped.file, file) != 0)
		err = -EBADMSG;
	if (err == 0)
		err = vault_key_open(u->recipient, &wrapped, key);
	return err < 0 ? fail(u, path, err) : 0;
}

/* --- files --- */

static int open_records(struct unsealing *u, int in, int out, const uint8_t key[RS_AEAD_KEY_LEN])
{
	const struct vault_source source = { .read = read_fd, .ctx = &in };
	struct vault_walk walk;
	struct vault_record record;
	int err = vault_walk_init(&walk, &source);
	int more = 0;
	while (err == 0 && (more = vault_walk_next(&walk, &record)) == 1) {
		err = vault_record_open(&source, &record, key, u->chunk);
		if (err == 0)
			err = files_write_at(out, u->chunk, record.len, record.offset);
	}
	return err < 0 ? err : more;
}

static int copy_octets(struct unsealing *u, int in, int out)
{
	uint64_t at = 0;
	int64_t n;
	while ((n = files_read_at(in, u->chunk, CHUNK, at)) > 0) {
		const int err = files_write_at(out, u->chunk, (size_t)n, at);
		if (err < 0)
			return err;
		at += (uint64_t)n;
	}
	return (int)n;
}

/* From one file into another that is new: opened with a key, or as it is. */
static int transfer(struct unsealing *u, const char *from, const char *to, const uint8_t *key)
{
	const int in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return fail(u, from, -errno);
	const int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	int err = out < 0       ? -errno
		  : key != NULL ? open_records(u, in, out, key)
				: copy_octets(u, in, out);
	if (err == 0 && fsync(out) < 0)
		err = -errno;
	if (out >= 0 && close(out) < 0 && err == 0)
		err = -errno;
	(void)close(in); /* read only */
	if (err == 0)
		u->report.files++;
	return err < 0 ? fail(u, from, err) : 0;
}

/* "data/tracks/KEN.001.a.webm.sealed" */
static int open_media(struct unsealing *u, const char *relative, const char *from)
{
	char to[ARCHIVE_PATH_LEN];
	char file[NAMES_FILE_LEN];
	uint8_t key[RS_AEAD_KEY_LEN];
	const size_t plain_len = strlen(relative) - strlen(NAMES_SEALED);
	const char *name = relative + strlen(names_place(NAMES_DATA)) + 1;
	const char *dot = memrchr(relative, '.', plain_len);
	if (dot == NULL || dot < name ||
		!rs_copy_text(file, sizeof(file), name, (size_t)(dot - name)))
		return fail(u, from, -EBADMSG);
	int err = rs_format(to, sizeof(to), "%s/%.*s", u->to, (int)plain_len, relative);
	if (err == 0)
		err = find_key(u, file, key);
	if (err == -ENOENT) {
		u->report.erased++;
		return 0;
	}
	if (err == 0)
		err = transfer(u, from, to, key);
	rs_wipe(key, sizeof(key));
	u->report.opened += err == 0;
	return err;
}

/* --- events --- */

static int use_event_key(struct unsealing *u, uint32_t number)
{
	char file[NAMES_FILE_LEN];
	if (number == u->event_number)
		return 0;
	(void)snprintf(file, sizeof(file), "events.%03u", (unsigned)number); /* fits */
	const int err = find_key(u, file, u->event_key);
	if (err < 0 && err != -ENOENT)
		return err;
	u->event_number = number;
	u->event_key_there = err == 0;
	return 0;
}

static int open_line(struct unsealing *u, const struct line *line, const struct chain_line *entry,
	const struct vault_event *event, struct rs_buf *out)
{
	struct rs_buf plain;
	int err = use_event_key(u, event->number);
	if (err < 0 || !u->event_key_there) {
		u->report.erased += err == 0;
		return err < 0 ? err : rs_buf_append(out, line->text, line->len + 1);
	}
	rs_buf_init(&plain, CHAIN_LINE_MAX);
	err = vault_event_open(u->event_key, entry->seq, event, &plain);
	if (err == 0)
		err = chain_unsealed_write(line, CHAIN_TAIL_LEN, &plain, out);
	u->report.events += err == 0 && strcmp(entry->type, CHAIN_TYPE_MEETING) == 0;
	rs_buf_done(&plain);
	return err;
}

static int open_events(struct unsealing *u, struct lines *file, int fd)
{
	struct chain chain;
	struct line line;
	struct rs_buf out;
	uint64_t at = 0;
	int err = 0;
	chain_init(&chain);
	rs_buf_init(&out, LINE_MAX_UNSEALED);
	while (err == 0 && lines_next(file, &line) == 1) {
		struct chain_line entry;
		struct vault_event event;
		const char *why;
		/* What is wrong stays as it is, for verification to find. */
		const bool readable = chain_read(&chain, &line, &entry, &why) != -EBADMSG;
		if (readable && vault_event_parse(entry.payload, entry.payload_len, &event))
			err = open_line(u, &line, &entry, &event, &out);
		else
			err = rs_buf_append(&out, line.text, line.len + (line.whole ? 1 : 0));
		if (err == 0)
			err = files_write_at(fd, rs_buf_data(&out), rs_buf_len(&out), at);
		at += rs_buf_len(&out);
		rs_buf_consume(&out, rs_buf_len(&out));
	}
	rs_buf_done(&out);
	return err;
}

static int transfer_events(struct unsealing *u, const char *from, const char *to)
{
	struct lines file;
	int err = lines_open(&file, from);
	if (err < 0)
		return fail(u, from, err);
	const int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	err = fd < 0 ? -errno : open_events(u, &file, fd);
	if (err == 0 && fsync(fd) < 0)
		err = -errno;
	if (fd >= 0)
		(void)close(fd); /* synced */
	lines_done(&file);
	u->report.files += err == 0;
	return err < 0 ? fail(u, from, err) : 0;
}

/* --- the directory --- */

/* The bag is one of the encrypted files, and so are its signature and its time stamp. */
static bool stays_behind(const char *relative)
{
	static const enum names_place places[] = { NAMES_BAGIT, NAMES_BAG_INFO, NAMES_MANIFEST,
		NAMES_TAG_MANIFEST, NAMES_SIGNED, NAMES_STAMPED, NAMES_FINISHED, NAMES_KEYS };
	for (size_t i = 0; i < RS_ARRAY_LEN(places); i++)
		if (strcmp(relative, names_place(places[i])) == 0)
			return true;
	return false;
}

static int take(struct unsealing *u, FTS *tree, FTSENT *entry)
{
	char to[ARCHIVE_PATH_LEN];
	const size_t front = strlen(u->from);
	const char *relative = entry->fts_path + front + (entry->fts_path[front] == '/' ? 1 : 0);
	if (stays_behind(relative)) {
		(void)fts_set(tree, entry, FTS_SKIP); /* of a file it means nothing */
		return 0;
	}
	if (rs_format(to, sizeof(to), "%s/%s", u->to, relative) < 0)
		return fail(u, entry->fts_path, -ENAMETOOLONG);
	if (entry->fts_info == FTS_D)
		return relative[0] != '\0' && mkdir(to, 0750) < 0 ? fail(u, to, -errno) : 0;
	if (entry->fts_info == FTS_DP)
		return 0;
	if (entry->fts_info != FTS_F)
		return fail(
			u, entry->fts_path, entry->fts_errno != 0 ? -entry->fts_errno : -EBADMSG);
	if (names_is_sealed(relative))
		return open_media(u, relative, entry->fts_path);
	if (strcmp(relative, names_place(NAMES_EVENTS)) == 0)
		return transfer_events(u, entry->fts_path, to);
	return transfer(u, entry->fts_path, to, NULL);
}

static int take_all(struct unsealing *u)
{
	char root[ARCHIVE_PATH_LEN];
	if (!rs_set_text(root, u->from))
		return -EINVAL;
	char *roots[] = { root, NULL }; /* fts wants to be able to write */
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (tree == NULL)
		return fail(u, u->from, -errno);
	int err = 0;
	FTSENT *entry;
	while (err == 0 && (entry = fts_read(tree)) != NULL)
		err = take(u, tree, entry);
	(void)fts_close(tree); /* reads only */
	return err;
}

int archive_unseal(const char *directory, const char *to, const struct rs_recipient *recipient,
	struct unseal_report *out_report, char why[UNSEAL_WHY_LEN])
{
	char from[ARCHIVE_PATH_LEN];
	size_t len = strlen(directory);
	struct unsealing u = { .from = from, .to = to, .recipient = recipient, .why = why };
	why[0] = '\0';
	while (len > 1 && directory[len - 1] == '/')
		len--;
	if (!rs_copy_text(from, sizeof(from), directory, len))
		return fail(&u, "directory", -ENAMETOOLONG);
	if (!vault_is_used(from)) {
		(void)snprintf(why, UNSEAL_WHY_LEN, "%.400s: no encrypted session is there", from);
		return -ENOENT;
	}
	u.chunk = rs_zalloc(VAULT_RECORD_MAX);
	if (u.chunk == NULL)
		return fail(&u, from, -ENOMEM);
	int err = mkdir(to, 0750) < 0 ? fail(&u, to, -errno) : take_all(&u);
	rs_wipe(u.event_key, sizeof(u.event_key));
	rs_wipe(u.chunk, VAULT_RECORD_MAX);
	rs_release(u.chunk);
	if (err == 0)
		*out_report = u.report;
	return err;
}
