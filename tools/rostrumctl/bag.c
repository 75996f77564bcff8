#include "tools/rostrumctl/bag.h"

#include "common/base/hash.h"
#include "common/base/text.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define CHUNK ((size_t)1 << 20)
#define PATH_LEN 2048
#define HEX_LEN (2 * RS_SHA512_LEN + 1)

struct bag {
	const char *from;
	const char *to;
	FILE *manifest;
	struct rs_hash *hash;
	uint8_t *chunk;
	struct bag_summary summary;
	char *error; /* BAG_ERROR_LEN */
};

static int fail(struct bag *bag, const char *path, int err)
{
	(void)snprintf(
		bag->error, BAG_ERROR_LEN, "%.400s: %.100s", path, strerror(-err)); /* may be cut */
	return err;
}

/* Read a file to its end, write it to another one unless that is NULL, and give its digest. */
static int pump(struct bag *bag, FILE *in, FILE *out, char hex[HEX_LEN])
{
	for (;;) {
		const size_t n = fread(bag->chunk, 1, CHUNK, in);
		if (n == 0)
			break;
		rs_hash_add(bag->hash, bag->chunk, n);
		bag->summary.octets += out != NULL ? n : 0;
		if (out != NULL && fwrite(bag->chunk, 1, n, out) != n)
			return -errno;
	}
	uint8_t digest[RS_SHA512_LEN];
	rs_hash_finish(bag->hash, digest);
	rs_hex_encode(digest, sizeof(digest), hex);
	return ferror(in) != 0 ? -EIO : 0;
}

static int copy_file(struct bag *bag, const char *source, const char *target, char hex[HEX_LEN])
{
	FILE *in = fopen(source, "rb");
	if (in == NULL)
		return fail(bag, source, -errno);
	FILE *out = fopen(target, "wbx");
	int err = out == NULL ? -errno : pump(bag, in, out, hex);
	(void)fclose(in); /* read only */
	if (out != NULL && fclose(out) != 0 && err == 0)
		err = -errno;
	return err < 0 ? fail(bag, target, err) : 0;
}

static int take_file(struct bag *bag, const FTSENT *entry)
{
	const char *relative = entry->fts_path + strlen(bag->from) + 1;
	char target[PATH_LEN];
	char hex[HEX_LEN];
	if (rs_format(target, sizeof(target), "%s/data/%s", bag->to, relative) < 0)
		return fail(bag, entry->fts_path, -ENAMETOOLONG);
	const int err = copy_file(bag, entry->fts_path, target, hex);
	if (err < 0)
		return err;
	bag->summary.files++;
	return fprintf(bag->manifest, "%s  data/%s\n", hex, relative) < 0 ? fail(bag, target, -EIO)
									  : 0;
}

static int make_directory(struct bag *bag, const char *path)
{
	return mkdir(path, 0755) < 0 ? fail(bag, path, -errno) : 0;
}

static int take_directory(struct bag *bag, const FTSENT *entry)
{
	char target[PATH_LEN];
	if (rs_format(target, sizeof(target), "%s/data%s", bag->to,
		    entry->fts_path + strlen(bag->from)) < 0)
		return fail(bag, entry->fts_path, -ENAMETOOLONG);
	return make_directory(bag, target);
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take_all(struct bag *bag)
{
	char *roots[] = { rs_strdup(bag->from), NULL };
	if (roots[0] == NULL)
		return -ENOMEM;
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	int err = tree == NULL ? fail(bag, bag->from, -errno) : 0;
	FTSENT *entry;
	while (err == 0 && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_D)
			err = take_directory(bag, entry);
		else if (entry->fts_info == FTS_F)
			err = take_file(bag, entry);
		else if (entry->fts_info == FTS_ERR || entry->fts_info == FTS_DNR)
			err = fail(bag, entry->fts_path, -entry->fts_errno);
	}
	if (tree != NULL)
		(void)fts_close(tree); /* nothing was written through it */
	rs_release(roots[0]);
	return err;
}

static int write_text(struct bag *bag, const char *name, const char *text)
{
	char path[PATH_LEN];
	if (rs_format(path, sizeof(path), "%s/%s", bag->to, name) < 0)
		return fail(bag, bag->to, -ENAMETOOLONG);
	FILE *file = fopen(path, "wbx");
	if (file == NULL)
		return fail(bag, path, -errno);
	const bool good = fputs(text, file) >= 0;
	return fclose(file) != 0 || !good ? fail(bag, path, -EIO) : 0;
}

/* RFC 8493 sections 2.1.1 and 2.2.2. */
static int write_tags(struct bag *bag, const char *description, const char *date)
{
	char info[1024];
	if (rs_format(info, sizeof(info),
		    "Bagging-Date: %s\nPayload-Oxum: %" PRIu64 ".%" PRIu64
		    "\nBag-Software-Agent: rostrumctl " ROSTRUM_VERSION
		    "\nExternal-Description: %s\n",
		    date, bag->summary.octets, bag->summary.files, description) < 0)
		return fail(bag, "bag-info.txt", -ENAMETOOLONG);
	const int err = write_text(
		bag, "bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n");
	return err < 0 ? err : write_text(bag, "bag-info.txt", info);
}

static int write_tag_manifest(struct bag *bag)
{
	static const char *const names[] = { "bag-info.txt", "bagit.txt", "manifest-sha512.txt" };
	char text[RS_ARRAY_LEN(names) * (HEX_LEN + 32)] = "";
	for (size_t i = 0; i < RS_ARRAY_LEN(names); i++) {
		char path[PATH_LEN];
		char hex[HEX_LEN];
		if (rs_format(path, sizeof(path), "%s/%s", bag->to, names[i]) < 0)
			return fail(bag, bag->to, -ENAMETOOLONG);
		FILE *file = fopen(path, "rb");
		const int err = file == NULL ? -errno : pump(bag, file, NULL, hex);
		if (file != NULL)
			(void)fclose(file); /* read only */
		if (err < 0)
			return fail(bag, path, err);
		const size_t at = strlen(text);
		(void)snprintf(text + at, sizeof(text) - at, "%s  %s\n", hex, names[i]); /* fits */
	}
	return write_text(bag, "tagmanifest-sha512.txt", text);
}

static int fill(struct bag *bag, const char *description, const char *date)
{
	char path[PATH_LEN];
	int err = make_directory(bag, bag->to);
	if (err < 0)
		return err;
	if (rs_format(path, sizeof(path), "%s/manifest-sha512.txt", bag->to) < 0)
		return fail(bag, bag->to, -ENAMETOOLONG);
	bag->manifest = fopen(path, "wbx");
	if (bag->manifest == NULL)
		return fail(bag, path, -errno);
	err = take_all(bag);
	if (fclose(bag->manifest) != 0 && err == 0)
		err = fail(bag, path, -errno);
	if (err == 0)
		err = write_tags(bag, description, date);
	return err == 0 ? write_tag_manifest(bag) : err;
}

int bag_write(const char *from, const char *to, const char *description, const char *date,
	struct bag_summary *out_summary, char error[BAG_ERROR_LEN])
{
	struct bag bag = { .from = from, .to = to, .error = error };
	(void)snprintf(error, BAG_ERROR_LEN, "out of memory"); /* fits */
	bag.chunk = rs_zalloc(CHUNK);
	int err = bag.chunk != NULL ? rs_hash_new(RS_HASH_SHA512, &bag.hash) : -ENOMEM;
	if (err == 0)
		err = fill(&bag, description, date);
	rs_hash_free(bag.hash);
	rs_release(bag.chunk);
	if (err == 0)
		*out_summary = bag.summary;
	return err;
}
