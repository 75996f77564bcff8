#include "recorder/archive/excerpt.h"

#include "common/base/bytes.h"
#include "recorder/archive/files.h"
#include "recorder/archive/leaves.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The largest beginning of a segment, before its first cluster, and the largest cluster. */
#define HEAD_MAX ((size_t)1 << 20)
#define CLUSTER_MAX ((size_t)64 << 20)

struct excerpt {
	const char *directory;
	const char *to;
	const struct excerpt_wish *wish;
	struct leaves leaves;
	struct lines heads;
	struct line last; /* of them */
	json_t *files;
	struct excerpt_summary summary;
	char *why; /* EXCERPT_WHY_LEN */
};

static int fail(const struct excerpt *excerpt, const char *what, int err)
{
	(void)snprintf(excerpt->why, EXCERPT_WHY_LEN, "%.180s: %.60s", what,
		strerror(-err)); /* may be cut */
	return err;
}

static int refuse(const struct excerpt *excerpt, const char *file, const char *why, int err)
{
	(void)snprintf(excerpt->why, EXCERPT_WHY_LEN, "%.120s%s%.120s", file,
		file[0] != '\0' ? " " : "", why); /* may be cut */
	return err;
}

/* --- the tree --- */

static int session_digest(const struct excerpt *excerpt, char out_hex[CHAIN_HASH_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	uint8_t digest[RS_SHA256_LEN];
	int err = names_path(excerpt->directory, NAMES_SESSION, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return fail(excerpt, names_place(NAMES_SESSION), err);
	rs_sha256(file.data, file.len, digest);
	rs_hex_encode(digest, sizeof(digest), out_hex);
	lines_done(&file);
	return 0;
}

static int take_heads(struct excerpt *excerpt, const char *session_sha256)
{
	struct chain chain;
	struct line line;
	chain_init(&chain);
	while (lines_next(&excerpt->heads, &line) == 1 && line.whole) {
		struct head head;
		char file[NAMES_FILE_LEN] = "";
		const char *why = "";
		int err = head_read(&chain, &line, session_sha256, &head, &why);
		if (err == 0) {
			err = leaves_take(&excerpt->leaves, &head, &why, file);
			head_done(&head);
		}
		if (err == -ENOMEM)
			return err;
		if (err < 0)
			return refuse(excerpt, file[0] != '\0' ? file : names_place(NAMES_HEADS),
				why, -EBADMSG);
		excerpt->last = line;
	}
	return excerpt->last.whole
		       ? 0
		       : refuse(excerpt, names_place(NAMES_HEADS), "holds no signed head", -ENOENT);
}

static int load_tree(struct excerpt *excerpt)
{
	char path[ARCHIVE_PATH_LEN];
	char session[CHAIN_HASH_LEN];
	int err = session_digest(excerpt, session);
	if (err == 0)
		err = names_path(excerpt->directory, NAMES_HEADS, path);
	if (err < 0)
		return err;
	err = lines_open(&excerpt->heads, path);
	if (err == 0)
		err = leaves_load(excerpt->directory, &excerpt->leaves);
	if (err < 0)
		return fail(excerpt, names_place(NAMES_HEADS), err);
	return take_heads(excerpt, session);
}

/* --- the media --- */

/* A part of a file is no whole file: its Segment's size is not known, and what tells of places behind the
 * clusters, SeekHead, becomes Void of the same length (RFC 8794 section 11.3.2). */
static void free_head(uint8_t *head, size_t len)
{
	static const uint8_t segment[] = { 0x18, 0x53, 0x80, 0x67 };
	static const uint8_t seek_head[] = { 0x11, 0x4d, 0x9b, 0x74 };
	static const uint8_t unknown[] = { 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	uint8_t *at = memmem(head, len, segment, sizeof(segment));
	if (at == NULL || (size_t)(head + len - at) < sizeof(segment) + sizeof(unknown))
		return;
	memcpy(at + sizeof(segment), unknown, sizeof(unknown));
	uint8_t *seek = memmem(at, (size_t)(head + len - at), seek_head, sizeof(seek_head));
	/* The multiplexer gives it a size of four octets: four of identifier and four of size become one and four, and three more inside. */
	if (seek == NULL || head + len - seek < 8 || (seek[4] & 0xf0) != 0x10)
		return;
	struct rs_reader reader;
	rs_reader_init(&reader, seek + 4, 4);
	struct rs_writer writer;
	const uint32_t size = rs_read_u32(&reader);
	rs_writer_init(&writer, seek, 8);
	rs_write_u8(&writer, 0xec);
	rs_write_u32(&writer, size + 3);
}

static int copy_part(
	const struct excerpt *excerpt, int from, FILE *to, uint64_t offset, uint64_t len, bool head)
{
	if (len > CLUSTER_MAX || (head && len > HEAD_MAX))
		return -E2BIG;
	RS_CLEANUP(rs_releasep) uint8_t *data = rs_zalloc((size_t)len + 1);
	if (data == NULL)
		return -ENOMEM;
	const ssize_t n = pread(from, data, (size_t)len, (off_t)offset);
	if (n < 0)
		return -errno;
	if ((uint64_t)n < len)
		return -ENODATA;
	if (head)
		free_head(data, (size_t)len);
	return fwrite(data, 1, (size_t)len, to) == len ? 0 : -EIO;
}

static int prove(
	const struct excerpt *excerpt, const struct leaf *leaf, uint32_t number, json_t *clusters)
{
	struct merkle_inclusion inclusion = { .index = leaf->index,
		.size = excerpt->leaves.tree.size };
	uint8_t octets[MERKLE_INCLUSION_MAX];
	char hex[2 * MERKLE_INCLUSION_MAX + 1];
	const int err = merkle_prove_inclusion(
		excerpt->leaves.order, inclusion.size, inclusion.index, &inclusion.proof);
	if (err < 0)
		return err;
	struct rs_writer writer;
	rs_writer_init(&writer, octets, sizeof(octets));
	merkle_inclusion_write(&writer, &inclusion);
	rs_hex_encode(octets, writer.len, hex);
	return json_array_append_new(clusters,
		       json_pack("{s:I, s:I, s:I, s:I, s:I, s:s}", "number", (json_int_t)number,
			       "offset", (json_int_t)leaf->offset, "len", (json_int_t)leaf->len,
			       "t0", (json_int_t)leaf->t0_ms, "t1", (json_int_t)leaf->t1_ms,
			       "proof", hex)) < 0
		       ? -ENOMEM
		       : 0;
}

static bool wanted(const struct excerpt *excerpt, const struct leaf *leaf)
{
	return leaf->t1_ms >= excerpt->wish->from_ms && leaf->t0_ms <= excerpt->wish->to_ms;
}

static int copy_clusters(struct excerpt *excerpt, const struct leaves_file *file, int from,
	FILE *to, json_t *clusters)
{
	int err = copy_part(excerpt, from, to, 0, file->at[0].offset, true);
	for (uint32_t i = 0; i < file->taken && err == 0; i++) {
		const struct leaf *leaf = &file->at[i];
		if (!wanted(excerpt, leaf))
			continue;
		err = copy_part(excerpt, from, to, leaf->offset, leaf->len, false);
		if (err == 0)
			err = prove(excerpt, leaf, i, clusters);
		excerpt->summary.clusters++;
		excerpt->summary.octets += leaf->len;
	}
	return err;
}

static int take_file(struct excerpt *excerpt, const struct leaves_file *file)
{
	char path[ARCHIVE_PATH_LEN];
	char target[ARCHIVE_PATH_LEN];
	int err = names_media_path(excerpt->directory, file->file, path);
	if (err < 0)
		return err;
	const char *name = strrchr(path, '/') + 1;
	err = rs_format(target, sizeof(target), "%s/%s", excerpt->to, name);
	if (err < 0)
		return err;
	const int from = open(path, O_RDONLY | O_CLOEXEC);
	if (from < 0)
		return fail(excerpt, path, -errno);
	FILE *to = fopen(target, "wbx");
	json_t *clusters = json_array();
	err = to != NULL ? copy_clusters(excerpt, file, from, to, clusters) : -errno;
	if (to != NULL && fclose(to) != 0 && err == 0)
		err = -errno;
	(void)close(from); /* read only */
	excerpt->summary.files++;
	if (err == 0 && json_array_append_new(excerpt->files,
				json_pack("{s:s, s:s, s:I, s:O}", "file", file->file, "media", name,
					"head_len", (json_int_t)file->at[0].offset, "clusters",
					clusters)) < 0)
		err = -ENOMEM;
	json_decref(clusters);
	return err < 0 ? fail(excerpt, target, err) : 0;
}

/* "tracks/KEN.001.a" is of "KEN". */
static bool is_of(const char *file, const char *track)
{
	const char *name = strchr(file, '/') + 1;
	const size_t len = strlen(track);
	return strncmp(name, track, len) == 0 && name[len] == '.';
}

static int take_files(struct excerpt *excerpt)
{
	for (size_t i = 0; i < excerpt->leaves.n; i++) {
		const struct leaves_file *file = &excerpt->leaves.files[i];
		bool some = false;
		for (uint32_t k = 0; k < file->taken && !some; k++)
			some = wanted(excerpt, &file->at[k]);
		if (!some || !is_of(file->file, excerpt->wish->track))
			continue;
		const int err = take_file(excerpt, file);
		if (err < 0)
			return err;
	}
	return excerpt->summary.files > 0 ? 0
					  : refuse(excerpt, excerpt->wish->track,
						    "has nothing signed at that time", -ENOENT);
}

/* --- what goes with it --- */

static int put(const struct excerpt *excerpt, const char *name, const void *data, size_t len)
{
	char path[ARCHIVE_PATH_LEN];
	int err = rs_format(path, sizeof(path), "%s/%s", excerpt->to, name);
	if (err == 0)
		err = files_write(path, data, len);
	return err < 0 ? fail(excerpt, name, err) : 0;
}

/* A file of the archive as it is; one that is absent is left out. */
static int bring(const struct excerpt *excerpt, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_path(excerpt->directory, place, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err == -ENOENT ? 0 : fail(excerpt, names_place(place), err);
	err = put(excerpt, strrchr(names_place(place), '/') + 1, file.data, file.len);
	lines_done(&file);
	return err;
}

static int write_proof(const struct excerpt *excerpt)
{
	json_t *json = json_pack("{s:s, s:s, s:I, s:I, s:O}", "format", EXCERPT_FORMAT, "track",
		excerpt->wish->track, "from_ms", (json_int_t)excerpt->wish->from_ms, "to_ms",
		(json_int_t)excerpt->wish->to_ms, "files", excerpt->files);
	char *text = json != NULL ? json_dumps(json, JSON_INDENT(1)) : NULL;
	json_decref(json);
	const int err = text != NULL ? put(excerpt, EXCERPT_PROOF, text, strlen(text)) : -ENOMEM;
	free(text);
	return err;
}

static int make(struct excerpt *excerpt)
{
	static const enum names_place brought[] = { NAMES_SESSION, NAMES_KEY, NAMES_HEAD_SIGNED,
		NAMES_HEAD_STAMPED };
	int err = load_tree(excerpt);
	if (err == 0 && mkdir(excerpt->to, 0755) < 0)
		err = fail(excerpt, excerpt->to, -errno);
	if (err == 0)
		err = take_files(excerpt);
	for (size_t i = 0; i < RS_ARRAY_LEN(brought) && err == 0; i++)
		err = bring(excerpt, brought[i]);
	if (err == 0)
		err = put(excerpt, strrchr(names_place(NAMES_HEAD), '/') + 1, excerpt->last.text,
			excerpt->last.len + 1);
	return err == 0 ? write_proof(excerpt) : err;
}

int excerpt_make(const char *directory, const struct excerpt_wish *wish, const char *to,
	struct excerpt_summary *out_summary, char why[EXCERPT_WHY_LEN])
{
	struct excerpt excerpt = { .directory = directory, .to = to, .wish = wish, .why = why };
	(void)snprintf(why, EXCERPT_WHY_LEN, "out of memory"); /* fits */
	excerpt.files = json_array();
	const int err = excerpt.files != NULL ? make(&excerpt) : -ENOMEM;
	json_decref(excerpt.files);
	lines_done(&excerpt.heads);
	leaves_done(&excerpt.leaves);
	if (err == 0)
		*out_summary = excerpt.summary;
	return err;
}
