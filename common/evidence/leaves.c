#include "common/evidence/leaves.h"

#include "common/evidence/ledger.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct merkle_cluster leaves_cluster(
	const struct leaves_file *file, const struct leaf *leaf, uint32_t number)
{
	struct merkle_cluster cluster = {
		.file = file->file, .number = number, .offset = leaf->offset, .len = leaf->len
	};
	memcpy(cluster.sha256, leaf->sha256, sizeof(cluster.sha256));
	return cluster;
}

/* --- reading --- */

static bool parse_leaf(struct ledger *ledger, const struct line *line,
	const struct leaves_file *file, struct leaf *out)
{
	struct ledger_line entry;
	const char *why;
	if (!line->whole || ledger_read(ledger, line, &entry, &why) < 0 ||
		rs_hex_decode(
			entry.sha256, strlen(entry.sha256), out->sha256, sizeof(out->sha256)) < 0)
		return false;
	out->offset = entry.offset;
	out->len = entry.len;
	out->t0_ms = entry.t0_ms;
	out->t1_ms = entry.t1_ms;
	const struct merkle_cluster cluster = leaves_cluster(file, out, entry.cluster);
	return merkle_cluster_leaf(&cluster, &out->hash) == 0;
}

static int read_ledger(struct leaves_file *file, const char *path)
{
	struct lines lines;
	struct ledger ledger;
	struct line line;
	size_t n = 0;
	int err = lines_open(&lines, path);
	if (err < 0)
		return err;
	while (lines_next(&lines, &line) == 1)
		n++;
	lines.pos = 0;
	if (n > LEAVES_MAX)
		err = -E2BIG;
	file->at = err == 0 ? rs_calloc(n + 1, sizeof(*file->at)) : NULL;
	if (err == 0 && file->at == NULL)
		err = -ENOMEM;
	ledger_init(&ledger);
	while (err == 0 && lines_next(&lines, &line) == 1 &&
		parse_leaf(&ledger, &line, file, &file->at[file->n]))
		file->n++;
	lines_done(&lines);
	return err;
}

static int add_file(
	struct leaves *leaves, const char *directory, const char *folder, const char *name)
{
	size_t stem;
	char path[ARCHIVE_PATH_LEN];
	if (!names_segment_parse(name, &stem) || strcmp(name + stem, NAMES_LEDGER) != 0)
		return 0;
	struct leaves_file *larger = rs_calloc(leaves->n + 1, sizeof(*larger));
	if (larger == NULL)
		return -ENOMEM;
	if (leaves->n > 0)
		memcpy(larger, leaves->files, leaves->n * sizeof(*larger));
	rs_release(leaves->files);
	leaves->files = larger;
	struct leaves_file *file = &leaves->files[leaves->n++];
	int err = rs_format(file->file, sizeof(file->file), "%s/%.*s", folder, (int)stem, name);
	if (err == 0)
		err = names_file_path(directory, file->file, NAMES_LEDGER, path);
	return err == 0 ? read_ledger(file, path) : err;
}

static int add_folder(struct leaves *leaves, const char *directory, enum names_place folder)
{
	char path[ARCHIVE_PATH_LEN];
	struct dirent **entries = NULL;
	const char *name = names_place(folder) + strlen(names_place(NAMES_DATA)) + 1;
	int err = names_path(directory, folder, path);
	if (err < 0)
		return err;
	const int n = scandir(path, &entries, NULL, alphasort);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	for (int i = 0; i < n; i++) {
		if (err == 0)
			err = add_file(leaves, directory, name, entries[i]->d_name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static int by_name(const void *left, const void *right)
{
	const struct leaves_file *a = left;
	const struct leaves_file *b = right;
	return strcmp(a->file, b->file);
}

int leaves_load(const char *directory, struct leaves *out_leaves)
{
	*out_leaves = (struct leaves){ 0 };
	int err = add_folder(out_leaves, directory, NAMES_CHANNELS);
	if (err == 0)
		err = add_folder(out_leaves, directory, NAMES_TRACKS);
	if (out_leaves->n > 1)
		qsort(out_leaves->files, out_leaves->n, sizeof(*out_leaves->files), by_name);
	return err;
}

void leaves_done(struct leaves *leaves)
{
	for (size_t i = 0; i < leaves->n; i++)
		rs_release(leaves->files[i].at);
	rs_release(leaves->files);
	rs_release(leaves->order);
	*leaves = (struct leaves){ 0 };
}

struct leaves_file *leaves_find(const struct leaves *leaves, const char *file)
{
	struct leaves_file key;
	if (leaves->n == 0 || !rs_set_text(key.file, file))
		return NULL;
	return bsearch(&key, leaves->files, leaves->n, sizeof(*leaves->files), by_name);
}

/* --- the tree --- */

static int append(struct leaves *leaves, struct leaf *leaf)
{
	const int err =
		rs_grow(&leaves->order, leaves->tree.size, SIZE_MAX, sizeof(*leaves->order));
	if (err < 0)
		return err;
	leaf->index = leaves->tree.size;
	leaves->order[leaf->index] = leaf->hash;
	return merkle_append(&leaves->tree, &leaf->hash);
}

static int take_run(struct leaves *leaves, const struct head_run *run, const char **why)
{
	struct leaves_file *file = leaves_find(leaves, run->file);
	*why = "has no ledger, but a signed head covers it";
	if (file == NULL)
		return -EPROTO;
	*why = "is covered by a signed head out of its order";
	if (run->first != file->taken)
		return -EPROTO;
	*why = "has fewer clusters in its ledger than a signed head covers";
	if (run->n > file->n - run->first)
		return -EPROTO;
	struct merkle_tree own = { 0 };
	for (uint32_t i = 0; i < run->n; i++) {
		struct leaf *leaf = &file->at[file->taken++];
		int err = merkle_append(&own, &leaf->hash);
		if (err == 0)
			err = append(leaves, leaf);
		if (err < 0)
			return err;
	}
	const struct merkle_hash root = merkle_root(&own);
	*why = "has other clusters than those a signed head covers";
	return merkle_equal(&root, &run->root) ? 0 : -EPROTO;
}

int leaves_take(
	struct leaves *leaves, const struct head *head, const char **why, char file[NAMES_FILE_LEN])
{
	for (size_t i = 0; i < head_runs(head); i++) {
		const struct head_run run = head_run(head, i);
		(void)rs_copy_string(file, NAMES_FILE_LEN, run.file); /* head_read() */
		const int err = take_run(leaves, &run, why);
		if (err < 0)
			return err;
	}
	file[0] = '\0';
	const struct merkle_hash root = merkle_root(&leaves->tree);
	*why = "does not cover the clusters that the ledgers tell of";
	return leaves->tree.size == head->size && merkle_equal(&root, &head->root) ? 0 : -EPROTO;
}
