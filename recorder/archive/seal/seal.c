#include "recorder/archive/seal/seal_priv.h"

#include "common/evidence/files.h"
#include "recorder/archive/files/digests.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int seal_fail(const struct seal *seal, const char *path, int err)
{
	(void)snprintf(
		seal->why, SEAL_WHY_LEN, "%.180s: %.60s", path, strerror(-err)); /* may be cut */
	return err;
}

static int path_of(const struct seal *seal, enum names_place place, char out[ARCHIVE_PATH_LEN])
{
	return names_path(seal->directory, place, out);
}

bool seal_has(const char *directory, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	return names_path(directory, place, path) == 0 && access(path, F_OK) == 0;
}

/* --- the manifest --- */

/* The digests of a list; one that is missing or damaged knows nothing. */
static json_t *load_digests(const char *directory, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	json_t *known = json_object();
	if (known == NULL || names_path(directory, place, path) < 0 || lines_open(&file, path) < 0)
		return known;
	struct line line;
	while (lines_next(&file, &line) == 1) {
		struct digests_line digest;
		if (digests_read(&line, &digest) == 0)
			(void)json_object_set_new(known, digest.path,
				json_string(digest.hex)); /* what is not known is hashed */
	}
	lines_done(&file);
	return known;
}

static int take_file(struct seal *seal, const FTSENT *entry)
{
	const char *relative = entry->fts_path + strlen(seal->directory) + 1;
	const char *known = json_string_value(json_object_get(seal->known, relative));
	char hex[DIGESTS_HEX_LEN];
	uint64_t len = (uint64_t)entry->fts_statp->st_size;
	int err = 0;
	if (known == NULL) {
		err = digests_of_file(entry->fts_path, seal->chunk, hex, &len);
		known = hex;
	}
	if (err == 0)
		err = digests_write(&seal->manifest, known, relative);
	seal->files++;
	seal->octets += len;
	return err < 0 ? seal_fail(seal, relative, err) : 0;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int take_all(struct seal *seal, const char *data)
{
	char root[ARCHIVE_PATH_LEN];
	(void)rs_set_text(root, data); /* fts wants to be able to write */
	char *roots[] = { root, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (tree == NULL)
		return seal_fail(seal, data, -errno);
	int err = 0;
	FTSENT *entry;
	while (err == 0 && (entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_F)
			err = take_file(seal, entry);
		else if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP)
			err = seal_fail(seal, entry->fts_path,
				entry->fts_errno != 0 ? -entry->fts_errno : -EBADMSG);
	}
	(void)fts_close(tree); /* nothing was written through it */
	return err;
}

int seal_draft(struct seal *seal, enum names_place place, const void *data, size_t len)
{
	char path[ARCHIVE_PATH_LEN];
	int err = path_of(seal, place, path);
	if (err == 0)
		err = files_write_draft(path, data, len);
	seal->drafted[place] = err == 0;
	return err < 0 ? seal_fail(seal, names_place(place), err) : 0;
}

/* One that is there stays: it may be signed and stamped. */
static int make_manifest(struct seal *seal)
{
	char path[ARCHIVE_PATH_LEN];
	seal->known = load_digests(seal->directory, NAMES_MANIFEST);
	const bool there = json_object_size(seal->known) > 0;
	if (!there) {
		json_decref(seal->known);
		seal->known = load_digests(seal->directory, NAMES_FINISHED);
	}
	int err = path_of(seal, NAMES_DATA, path);
	if (err == 0)
		err = take_all(seal, path);
	if (err < 0 || !there)
		return err == 0 ? seal_draft(seal, NAMES_MANIFEST, rs_buf_data(&seal->manifest),
					  rs_buf_len(&seal->manifest))
				: err;
	/* What is signed is what stands there, whatever the directory holds by now. */
	struct lines file;
	err = path_of(seal, NAMES_MANIFEST, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return seal_fail(seal, names_place(NAMES_MANIFEST), err);
	rs_buf_consume(&seal->manifest, rs_buf_len(&seal->manifest));
	err = rs_buf_append(&seal->manifest, file.data, file.len);
	lines_done(&file);
	return err;
}

/* --- what shows that it is this manifest, and this tree, of this site and of this day --- */

/* Something signed and stamped as a whole. */
struct subject {
	const void *data;
	size_t len;
	enum names_place signature;
	enum names_place stamp;
};

static int sign(struct seal *seal, const struct subject *subject)
{
	const struct rs_signer *signer = seal->config->signer;
	uint8_t signature[RS_SIGNATURE_LEN];
	char pem[RS_SIGN_PUBLIC_PEM_LEN];
	if (signer == NULL || seal_has(seal->directory, subject->signature))
		return 0;
	int err = rs_sign(signer, subject->data, subject->len, signature);
	if (err < 0)
		return seal_fail(seal, names_place(subject->signature), err);
	rs_sign_write_public(rs_signer_public(signer), pem);
	err = seal_draft(seal, subject->signature, signature, sizeof(signature));
	return err == 0 ? seal_draft(seal, NAMES_KEY, pem, strlen(pem)) : err;
}

static int stamp(struct seal *seal, const struct subject *subject)
{
	uint8_t digest[RS_SHA512_LEN];
	struct rs_buf token;
	if (seal_has(seal->directory, subject->stamp))
		return 0;
	if (seal->config->stamp == NULL) {
		(void)rs_set_text(seal->stamp, SEAL_NO_AUTHORITY); /* fits */
		return 0;
	}
	int err = 0;
	rs_sha512(subject->data, subject->len, digest);
	rs_buf_init(&token, SEAL_TOKEN_MAX);
	if (seal->config->stamp(seal->config->ctx, digest, &token, seal->stamp) == 0) {
		seal->stamp[0] = '\0';
		err = seal_draft(seal, subject->stamp, rs_buf_data(&token), rs_buf_len(&token));
	}
	rs_buf_done(&token);
	return err;
}

static int attest(struct seal *seal, const struct subject *subject)
{
	const int err = sign(seal, subject);
	/* An authority that did not answer is not asked again at once. */
	return err == 0 && seal->stamp[0] == '\0' ? stamp(seal, subject) : err;
}

static int attest_manifest(struct seal *seal)
{
	const struct subject manifest = { .data = rs_buf_data(&seal->manifest),
		.len = rs_buf_len(&seal->manifest),
		.signature = NAMES_SIGNED,
		.stamp = NAMES_STAMPED };
	return attest(seal, &manifest);
}

/* The last head in a file of its own: what a single speech is shown to be part of. */
static int attest_head(struct seal *seal)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line;
	struct line last = { 0 };
	int err = path_of(seal, NAMES_HEADS, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err; /* recorded without a key */
	while (lines_next(&file, &line) == 1)
		if (line.whole)
			last = line;
	const struct subject head = { .data = last.text,
		.len = last.len + 1,
		.signature = NAMES_HEAD_SIGNED,
		.stamp = NAMES_HEAD_STAMPED };
	if (last.whole && !seal_has(seal->directory, NAMES_HEAD))
		err = seal_draft(seal, NAMES_HEAD, last.text, last.len + 1);
	if (err == 0 && last.whole)
		err = attest(seal, &head);
	lines_done(&file);
	return err;
}

/* --- making and breaking --- */

/* What said that all is there says so again at the end: cut off in between, the session is sealed again at the next start. */
static int withdraw(const struct seal *seal)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = path_of(seal, NAMES_TAG_MANIFEST, path);
	if (err < 0 || (unlink(path) < 0 && errno != ENOENT))
		return err < 0 ? err : seal_fail(seal, names_place(NAMES_TAG_MANIFEST), -errno);
	return 0;
}

static int publish(struct seal *seal)
{
	/* What says that all is there goes last. */
	static const enum names_place order[] = { NAMES_MANIFEST, NAMES_KEY, NAMES_SIGNED,
		NAMES_STAMPED, NAMES_HEAD, NAMES_HEAD_SIGNED, NAMES_HEAD_STAMPED, NAMES_BAG_INFO,
		NAMES_BAGIT, NAMES_TAG_MANIFEST };
	int err = withdraw(seal);
	for (size_t i = 0; i < RS_ARRAY_LEN(order) && err == 0; i++) {
		char path[ARCHIVE_PATH_LEN];
		if (!seal->drafted[order[i]])
			continue;
		err = path_of(seal, order[i], path);
		if (err == 0)
			err = files_publish(path);
		if (err < 0)
			return seal_fail(seal, names_place(order[i]), err);
		seal->drafted[order[i]] = false;
	}
	char path[ARCHIVE_PATH_LEN];
	if (path_of(seal, NAMES_FINISHED, path) == 0)
		(void)unlink(path); /* of no use any more, and no harm */
	if (path_of(seal, NAMES_PROOF, path) == 0)
		err = files_sync_directory(path);
	return err == 0 ? files_sync_directory(seal->directory) : err;
}

static bool has_drafts(const struct seal *seal)
{
	for (unsigned i = 0; i < NAMES_PLACES; i++)
		if (seal->drafted[i])
			return true;
	return false;
}

static void drop_drafts(const struct seal *seal)
{
	for (unsigned i = 0; i < NAMES_PLACES; i++) {
		char path[ARCHIVE_PATH_LEN];
		if (seal->drafted[i] && path_of(seal, (enum names_place)i, path) == 0)
			files_drop_draft(path);
	}
}

static int make(struct seal *seal)
{
	const struct seal_config *config = seal->config;
	int err = make_manifest(seal);
	if (err == 0)
		err = attest_manifest(seal);
	if (err == 0)
		err = attest_head(seal);
	if (err == 0 && seal_is_made(seal->directory) && !has_drafts(seal))
		return 0; /* nothing was to be had that was not there */
	if (err == 0)
		err = seal_write_tags(seal);
	if (err == 0 && config->hold != NULL) {
		err = config->hold(config->ctx);
		if (err < 0)
			return err;
	}
	if (err == 0)
		err = publish(seal);
	else
		return err;
	if (config->release != NULL)
		config->release(config->ctx);
	return err;
}

int seal_make(const char *directory, const struct seal_config *config, char why[SEAL_WHY_LEN])
{
	struct seal seal = { .directory = directory, .config = config, .why = why };
	char proof[ARCHIVE_PATH_LEN];
	(void)snprintf(why, SEAL_WHY_LEN, "out of memory"); /* fits */
	rs_buf_init(&seal.manifest, DIGESTS_MAX);
	seal.chunk = rs_zalloc(DIGESTS_CHUNK);
	int err = seal.chunk != NULL ? names_path(directory, NAMES_PROOF, proof) : -ENOMEM;
	if (err == 0 && mkdir(proof, 0750) < 0 && errno != EEXIST)
		err = seal_fail(&seal, names_place(NAMES_PROOF), -errno);
	if (err == 0)
		err = make(&seal);
	drop_drafts(&seal);
	json_decref(seal.known);
	rs_buf_done(&seal.manifest);
	rs_release(seal.chunk);
	if (err == 0)
		(void)rs_copy_string(
			why, SEAL_WHY_LEN, config->stamp != NULL ? seal.stamp : ""); /* as long */
	return err;
}

bool seal_is_made(const char *directory)
{
	return seal_has(directory, NAMES_TAG_MANIFEST);
}

bool seal_is_begun(const char *directory)
{
	return seal_has(directory, NAMES_MANIFEST);
}

bool seal_is_signed(const char *directory)
{
	return seal_has(directory, NAMES_SIGNED);
}
