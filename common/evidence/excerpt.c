#include "common/evidence/excerpt.h"

#include "common/base/bytes.h"
#include "common/evidence/excerpt_priv.h"
#include "common/evidence/files.h"
#include "common/evidence/vault_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The largest beginning of a segment, before its first cluster, and the largest cluster. */
#define HEAD_MAX ((size_t)1 << 20)
#define CLUSTER_MAX ((size_t)64 << 20)

/* --- the tree --- */

static int load_session(struct excerpt *excerpt, char out_sha256[CHAIN_HASH_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	uint8_t digest[RS_SHA256_LEN];
	int err = names_path(excerpt->directory, NAMES_SESSION, path);
	if (err == 0)
		err = lines_open(&excerpt->session, path);
	if (err < 0)
		return excerpt_fail(excerpt->why, names_place(NAMES_SESSION), err);
	rs_sha256(excerpt->session.data, excerpt->session.len, digest);
	rs_hex_encode(digest, sizeof(digest), out_sha256);
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
			return excerpt_refuse(excerpt->why,
				file[0] != '\0' ? file : names_place(NAMES_HEADS), why, -EBADMSG);
		excerpt->last = line;
	}
	return excerpt->last.whole ? 0
				   : excerpt_refuse(excerpt->why, names_place(NAMES_HEADS),
					     "holds no signed head", -ENOENT);
}

static int load_tree(struct excerpt *excerpt)
{
	char path[ARCHIVE_PATH_LEN];
	char session[CHAIN_HASH_LEN];
	int err = load_session(excerpt, session);
	if (err == 0)
		err = names_path(excerpt->directory, NAMES_HEADS, path);
	if (err < 0)
		return err;
	err = lines_open(&excerpt->heads, path);
	if (err == 0)
		err = leaves_load(excerpt->directory, &excerpt->leaves);
	if (err < 0)
		return excerpt_fail(excerpt->why, names_place(NAMES_HEADS), err);
	err = take_heads(excerpt, session);
	return err < 0 ? err
		       : merkle_levels_new(excerpt->leaves.order, excerpt->leaves.tree.size,
				 &excerpt->levels);
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

/* `leaf`: the octets must be those that it stands for; NULL: they are the head. */
static int copy_part(const struct excerpt *excerpt, int from, uint64_t offset, uint64_t len,
	const struct leaf *leaf)
{
	const bool head = leaf == NULL;
	uint8_t digest[RS_SHA256_LEN];
	if (len > CLUSTER_MAX || (head && len > HEAD_MAX))
		return -E2BIG;
	RS_CLEANUP(rs_releasep) uint8_t *data = rs_zalloc((size_t)len + 1);
	if (data == NULL)
		return -ENOMEM;
	const int64_t n = files_read_at(from, data, (size_t)len, offset);
	if (n < (int64_t)len)
		return n < 0 ? (int)n : -ENODATA;
	if (head)
		free_head(data, (size_t)len);
	rs_sha256(data, (size_t)len, digest);
	if (!head && memcmp(digest, leaf->sha256, sizeof(digest)) != 0)
		return -EBADMSG; /* what was changed proves nothing */
	return excerpt->out->write(excerpt->out->ctx, data, (size_t)len);
}

static int prove(
	const struct excerpt *excerpt, const struct leaf *leaf, uint32_t number, json_t *clusters)
{
	struct merkle_inclusion inclusion = { .index = leaf->index,
		.size = excerpt->leaves.tree.size };
	uint8_t octets[MERKLE_INCLUSION_MAX];
	char hex[2 * MERKLE_INCLUSION_MAX + 1];
	const int err = merkle_levels_prove(excerpt->levels, inclusion.index, &inclusion.proof);
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
	return leaf->t1_ms >= excerpt->plan.from_ms && leaf->t0_ms <= excerpt->plan.to_ms;
}

static int copy_clusters(
	struct excerpt *excerpt, const struct leaves_file *file, int from, json_t *clusters)
{
	int err = copy_part(excerpt, from, 0, file->at[0].offset, NULL);
	for (uint32_t i = 0; i < file->taken && err == 0; i++) {
		const struct leaf *leaf = &file->at[i];
		if (!wanted(excerpt, leaf))
			continue;
		err = copy_part(excerpt, from, leaf->offset, leaf->len, leaf);
		if (err == 0)
			err = prove(excerpt, leaf, i, clusters);
	}
	return err;
}

static int copy_file(
	struct excerpt *excerpt, const struct leaves_file *file, const char *path, json_t *clusters)
{
	const struct excerpt_out *out = excerpt->out;
	const int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (from < 0)
		return -errno;
	int err = out->begin(out->ctx, strrchr(path, '/') + 1);
	if (err == 0)
		err = copy_clusters(excerpt, file, from, clusters);
	if (err == 0)
		err = out->end(out->ctx);
	(void)close(from); /* read only */
	return err;
}

static int take_file(struct excerpt *excerpt, const struct leaves_file *file)
{
	char path[ARCHIVE_PATH_LEN];
	int err = names_media_path(excerpt->directory, file->file, path);
	if (err < 0)
		return err;
	json_t *clusters = json_array();
	err = clusters != NULL ? copy_file(excerpt, file, path, clusters) : -ENOMEM;
	if (err == 0 && json_array_append_new(excerpt->files,
				json_pack("{s:s, s:s, s:I, s:O}", "file", file->file, "media",
					strrchr(path, '/') + 1, "head_len",
					(json_int_t)file->at[0].offset, "clusters", clusters)) < 0)
		err = -ENOMEM;
	json_decref(clusters);
	return err < 0 ? excerpt_fail(excerpt->why, file->file, err) : 0;
}

/* Whether anything of a segment is wanted. */
static bool is_wanted(struct excerpt *excerpt, const struct leaves_file *file)
{
	bool any = false;
	if (plan_track(&excerpt->plan, file->file) == NULL)
		return false;
	for (uint32_t i = 0; i < file->taken; i++)
		any = any || wanted(excerpt, &file->at[i]);
	return any;
}

/* Pictures may have been deleted by schedule, and their ledger stays. */
static bool is_there(const struct excerpt *excerpt, const struct leaves_file *file)
{
	char path[ARCHIVE_PATH_LEN];
	return names_media_path(excerpt->directory, file->file, path) == 0 &&
	       access(path, F_OK) == 0;
}

static bool is_taken(struct excerpt *excerpt, const struct leaves_file *file)
{
	return is_wanted(excerpt, file) && is_there(excerpt, file);
}

/* A speech is whole, and says so, or it is not given out. */
static int check_whole(struct excerpt *excerpt, const struct leaves_file *file)
{
	if (plan_track(&excerpt->plan, file->file) == NULL)
		return 0;
	for (uint32_t i = file->taken; i < file->n; i++)
		if (wanted(excerpt, &file->at[i]))
			return excerpt_refuse(excerpt->why, file->file,
				"has parts of that time that no signed head covers", -EBADMSG);
	return 0;
}

/* In place of its clusters there is the line that says where they went. */
static int note_deleted(struct excerpt *excerpt, const struct leaves_file *file)
{
	json_t *line = NULL;
	int err = excerpt_find_deletion(excerpt->directory, file->file, &line);
	if (err == -ENOENT)
		return excerpt_refuse(excerpt->why, file->file,
			"is missing, and nothing says that it was deleted", -EBADMSG);
	if (err < 0)
		return excerpt_fail(excerpt->why, names_place(NAMES_CUSTODY), err);
	return json_array_append_new(excerpt->files,
		       json_pack("{s:s, s:o}", "file", file->file, "deleted", line)) < 0
		       ? -ENOMEM
		       : 0;
}

/* Its track is marked as found, and the summary has it. */
static void count(struct excerpt *excerpt, const struct leaves_file *file)
{
	plan_track(&excerpt->plan, file->file)->found = true;
	excerpt->summary.files++;
	for (uint32_t i = 0; i < file->taken; i++) {
		if (!wanted(excerpt, &file->at[i]))
			continue;
		excerpt->summary.clusters++;
		excerpt->summary.octets += file->at[i].len;
	}
}

/* All is counted before anything is written. */
static int check_plan(struct excerpt *excerpt)
{
	static const char nothing[] = "has nothing signed at that time";
	int err = 0;
	for (size_t i = 0; excerpt->wish->speech != 0 && i < excerpt->leaves.n && err == 0; i++)
		err = check_whole(excerpt, &excerpt->leaves.files[i]);
	if (err < 0)
		return err;
	for (size_t i = 0; i < excerpt->leaves.n; i++)
		if (is_taken(excerpt, &excerpt->leaves.files[i]))
			count(excerpt, &excerpt->leaves.files[i]);
	for (size_t i = 0; i < excerpt->plan.n_tracks; i++)
		if (excerpt->plan.tracks[i].needed && !excerpt->plan.tracks[i].found)
			return excerpt_refuse(
				excerpt->why, excerpt->plan.tracks[i].stem, nothing, -ENOENT);
	if (excerpt->summary.files == 0)
		return excerpt_refuse(excerpt->why,
			excerpt->wish->speech != 0 ? excerpt->plan.tracks[0].stem
						   : excerpt->wish->track,
			nothing, -ENOENT);
	if (excerpt->wish->octets_max != 0 && excerpt->summary.octets > excerpt->wish->octets_max)
		return excerpt_refuse(
			excerpt->why, "", "is larger than what is given out at once", -E2BIG);
	return 0;
}

static int take_files(struct excerpt *excerpt)
{
	int err = 0;
	for (size_t i = 0; i < excerpt->leaves.n && err == 0; i++) {
		const struct leaves_file *file = &excerpt->leaves.files[i];
		if (is_taken(excerpt, file))
			err = take_file(excerpt, file);
		else if (excerpt->wish->speech != 0 && is_wanted(excerpt, file))
			err = note_deleted(excerpt, file);
	}
	return err;
}

static int make(struct excerpt *excerpt)
{
	if (vault_is_used(excerpt->directory))
		return excerpt_refuse(excerpt->why, "the session",
			"is encrypted: nothing of it is shown before it is unsealed", -EACCES);
	int err = plan_make(excerpt->directory, excerpt->wish, &excerpt->plan, excerpt->why);
	if (err == 0)
		err = load_tree(excerpt);
	if (err == 0)
		err = check_plan(excerpt);
	if (err == 0)
		err = take_files(excerpt);
	if (err == 0 && excerpt->wish->speech != 0)
		err = excerpt_put_ledgers(excerpt);
	return err == 0 ? excerpt_put_papers(excerpt) : err;
}

int excerpt_make(const char *directory, const struct excerpt_wish *wish,
	const struct excerpt_out *out, struct excerpt_summary *out_summary,
	char why[EXCERPT_WHY_LEN])
{
	struct excerpt excerpt = { .directory = directory, .wish = wish, .out = out, .why = why };
	(void)snprintf(why, EXCERPT_WHY_LEN, "out of memory"); /* fits */
	excerpt.files = json_array();
	const int err = excerpt.files != NULL ? make(&excerpt) : -ENOMEM;
	json_decref(excerpt.files);
	plan_done(&excerpt.plan);
	lines_done(&excerpt.session);
	lines_done(&excerpt.heads);
	merkle_levels_free(excerpt.levels);
	leaves_done(&excerpt.leaves);
	if (err == 0)
		*out_summary = excerpt.summary;
	return err;
}
