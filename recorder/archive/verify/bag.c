#include "common/base/sign.h"
#include "recorder/archive/files/digests.h"
#include "recorder/archive/seal/seal.h"
#include "recorder/archive/verify/verify_priv.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct bag {
	struct verify *verify;
	uint8_t *chunk;
	json_t *listed; /* path -> digest, of the manifest */
	uint64_t files;
	uint64_t octets;
	bool gone; /* files were deleted since, by rule */
};

static bool there(const struct verify *verify, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	return names_path(verify->directory, place, path) == 0 && access(path, F_OK) == 0;
}

/* --- lists of digests --- */

/* A file against its line in a list. */
static int check_file(struct bag *bag, const struct digests_line *line, const char *list)
{
	char path[ARCHIVE_PATH_LEN];
	char hex[DIGESTS_HEX_LEN];
	uint64_t len = 0;
	int err = rs_format(path, sizeof(path), "%s/%s", bag->verify->directory, line->path);
	if (err == 0)
		err = digests_of_file(path, bag->chunk, hex, &len);
	const struct custody_fate gone = custody_gone(bag->verify->custody, line->path);
	if (err == -ENOENT && gone.text != NULL) {
		bag->gone = true;
		verify_gone(bag->verify, line->path, &gone);
		return 0;
	}
	bag->files++;
	bag->octets += len;
	verify_progress(bag->verify, len);
	if (err == -ENOMEM)
		return err;
	if (err < 0)
		verify_problem(bag->verify, line->path, "cannot be read: %s", strerror(-err));
	else if (strcmp(hex, line->hex) != 0)
		verify_problem(bag->verify, line->path, "is not the one %s tells of", list);
	return 0;
}

static int check_list(struct bag *bag, enum names_place place, json_t *listed)
{
	struct verify *verify = bag->verify;
	const char *name = names_place(place);
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line;
	int err = names_path(verify->directory, place, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0) {
		verify_problem(verify, name, "cannot be read: %s", strerror(-err));
		return err == -ENOMEM ? err : 0;
	}
	for (uint64_t n = 1; err == 0 && lines_next(&file, &line) == 1; n++) {
		struct digests_line digest;
		if (digests_read(&line, &digest) < 0) {
			verify_problem(verify, name, "line %" PRIu64 " is no digest of a file", n);
			continue;
		}
		err = check_file(bag, &digest, name);
		if (err == 0 && listed != NULL && json_object_get(listed, digest.path) != NULL)
			verify_problem(verify, name, "tells of %s twice", digest.path);
		if (err == 0 && listed != NULL &&
			json_object_set_new(listed, digest.path, json_true()) < 0)
			err = -ENOMEM;
	}
	lines_done(&file);
	return err;
}

/* RFC 8493 section 3: a bag is complete when the manifest tells of every file of the payload. */
static int check_complete(struct bag *bag)
{
	struct verify *verify = bag->verify;
	char data[ARCHIVE_PATH_LEN];
	int err = names_path(verify->directory, NAMES_DATA, data);
	if (err < 0)
		return err;
	char *roots[] = { data, NULL };
	FTS *tree = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	if (tree == NULL)
		return -errno;
	FTSENT *entry;
	while ((entry = fts_read(tree)) != NULL) {
		if (entry->fts_info == FTS_D || entry->fts_info == FTS_DP)
			continue;
		const char *relative = entry->fts_path + strlen(verify->directory) + 1;
		if (json_object_get(bag->listed, relative) == NULL)
			verify_problem(verify, relative, "is not in the manifest");
	}
	(void)fts_close(tree); /* nothing was written through it */
	return 0;
}

static void check_oxum(struct bag *bag, const struct lines *info)
{
	char expected[64];
	(void)snprintf(expected, sizeof(expected), "\nPayload-Oxum: %" PRIu64 ".%" PRIu64 "\n",
		bag->octets, bag->files); /* fits */
	if (memmem(info->data, info->len, expected, strlen(expected)) == NULL)
		verify_problem(bag->verify, names_place(NAMES_BAG_INFO),
			"does not say that there are %" PRIu64 " octets in %" PRIu64 " files",
			bag->octets, bag->files);
}

/* --- signatures and time stamps --- */

static int load_key(struct verify *verify, uint8_t out_key[RS_SIGN_PUBLIC_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_path(verify->directory, NAMES_KEY, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err;
	err = rs_sign_parse_public((const char *)file.data, file.len, out_key);
	lines_done(&file);
	return err;
}

static int check_signature(
	struct verify *verify, enum names_place signed_place, const struct lines *subject)
{
	const char *name = names_place(signed_place);
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	char path[ARCHIVE_PATH_LEN];
	struct lines signature;
	if (load_key(verify, key) < 0) {
		verify_problem(verify, names_place(NAMES_KEY), "is no public key");
		return 0;
	}
	int err = names_path(verify->directory, signed_place, path);
	if (err == 0)
		err = lines_open(&signature, path);
	if (err < 0)
		return err;
	err = verify_signature(verify, name, &signature, key, subject);
	lines_done(&signature);
	if (err == 1 && verify->options->key != NULL &&
		!rs_equal_ct(key, verify->options->key, sizeof(key)))
		verify_problem(verify, names_place(NAMES_KEY), "is not the key that was given");
	return err < 0 ? err : 0;
}

static int check_stamp(
	struct verify *verify, enum names_place stamped_place, const struct lines *subject)
{
	char path[ARCHIVE_PATH_LEN];
	int64_t wall_ms;
	struct lines answer;
	int err = names_path(verify->directory, stamped_place, path);
	if (err == 0)
		err = lines_open(&answer, path);
	if (err < 0)
		return err;
	err = verify_stamp(verify, names_place(stamped_place), &answer, subject, &wall_ms);
	lines_done(&answer);
	if (err == 1 && stamped_place == NAMES_STAMPED)
		verify->report.stamped_ms = wall_ms;
	return err < 0 ? err : 0;
}

/* A file that is signed and stamped as a whole. */
static int check_attested(struct verify *verify, enum names_place place,
	enum names_place signed_place, enum names_place stamped_place)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines subject;
	int err = names_path(verify->directory, place, path);
	if (err == 0)
		err = lines_open(&subject, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	if (there(verify, signed_place))
		err = check_signature(verify, signed_place, &subject);
	else
		verify_note(verify, names_place(place), "is not signed");
	if (err == 0 && there(verify, stamped_place))
		err = check_stamp(verify, stamped_place, &subject);
	else if (err == 0)
		verify_note(verify, names_place(place), "has no time stamp");
	lines_done(&subject);
	return err;
}

/* What bag-info.txt says is there, is. */
static void check_claims(struct verify *verify, const struct lines *info)
{
	static const struct {
		const char *tag;
		enum names_place place;
	} claims[] = { { "\nRostrum-Signature: proof/", NAMES_SIGNED },
		{ "\nRostrum-Time-Stamp: proof/", NAMES_STAMPED } };
	for (size_t i = 0; i < RS_ARRAY_LEN(claims); i++)
		if (memmem(info->data, info->len, claims[i].tag, strlen(claims[i].tag)) != NULL &&
			!there(verify, claims[i].place))
			verify_problem(verify, names_place(claims[i].place),
				"is missing, and bag-info.txt says that it is there");
}

static int check_info(struct bag *bag)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines info;
	int err = names_path(bag->verify->directory, NAMES_BAG_INFO, path);
	if (err == 0)
		err = lines_open(&info, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err; /* the tag manifest has told of it */
	if (!bag->gone)
		check_oxum(bag, &info);
	check_claims(bag->verify, &info);
	lines_done(&info);
	return 0;
}

static int check_all(struct bag *bag)
{
	struct verify *verify = bag->verify;
	int err = check_list(bag, NAMES_MANIFEST, bag->listed);
	if (err == 0)
		err = check_complete(bag);
	if (err == 0)
		err = check_info(bag);
	if (err == 0)
		err = check_list(bag, NAMES_TAG_MANIFEST, NULL);
	if (err == 0)
		err = check_attested(verify, NAMES_MANIFEST, NAMES_SIGNED, NAMES_STAMPED);
	if (err == 0)
		err = check_attested(verify, NAMES_HEAD, NAMES_HEAD_SIGNED, NAMES_HEAD_STAMPED);
	return err;
}

int verify_bag(struct verify *verify)
{
	struct bag bag = { .verify = verify };
	if (!there(verify, NAMES_MANIFEST) && !there(verify, NAMES_TAG_MANIFEST)) {
		if (there(verify, NAMES_BAGIT) || there(verify, NAMES_BAG_INFO) ||
			there(verify, NAMES_SIGNED))
			verify_problem(verify, names_place(NAMES_MANIFEST), "is missing");
		else
			verify_note(verify, names_place(NAMES_MANIFEST),
				"is not there: the session is not sealed, or goes on");
		return 0;
	}
	verify->report.sealed = true;
	bag.chunk = rs_zalloc(DIGESTS_CHUNK);
	bag.listed = json_object();
	const int err = bag.chunk != NULL && bag.listed != NULL ? check_all(&bag) : -ENOMEM;
	json_decref(bag.listed);
	rs_release(bag.chunk);
	return err;
}
