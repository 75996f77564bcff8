#include "common/base/sign.h"
#include "common/base/stamp.h"
#include "recorder/archive/excerpt.h"
#include "recorder/archive/heads.h"
#include "recorder/archive/verify_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

struct checking {
	struct verify verify;
	struct head head;
};

/* A small file of the directory. */
static int load(const struct verify *verify, const char *name, struct lines *out)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = rs_format(path, sizeof(path), "%s/%s", verify->directory, name);
	return err < 0 ? err : lines_open(out, path);
}

static const char *name_of(enum names_place place)
{
	return strrchr(names_place(place), '/') + 1;
}

/* --- the head --- */

/* The line stands alone: what was before it is taken from itself, since the signature covers it. */
static int read_head(
	struct checking *checking, const struct lines *file, const char *session_sha256)
{
	struct verify *verify = &checking->verify;
	struct chain chain;
	const char *why = "is no signed head";
	struct line line = { .text = (const char *)file->data, .len = file->len, .whole = true };
	json_error_t error;
	chain_init(&chain);
	if (line.len > 0 && line.text[line.len - 1] == '\n')
		line.len--;
	json_t *json = json_loadb(line.text, line.len, JSON_REJECT_DUPLICATES, &error);
	const char *prev = json_string_value(json_object_get(json, "prev"));
	const json_int_t seq = json_integer_value(json_object_get(json, "seq"));
	int err = -EBADMSG;
	if (prev != NULL && seq > 0 && rs_set_text(chain.prev, prev)) {
		chain.seq = (uint64_t)seq - 1;
		err = head_read(&chain, &line, session_sha256, &checking->head, &why);
	}
	json_decref(json);
	if (err == -ENOMEM)
		return err;
	if (err < 0)
		verify_problem(verify, name_of(NAMES_HEAD), "%s", why);
	else
		verify->report.heads++;
	return err < 0 ? -EBADMSG : 0;
}

static int check_key(struct checking *checking)
{
	struct verify *verify = &checking->verify;
	const uint8_t *pinned = verify->options->key;
	if (pinned != NULL && !rs_equal_ct(pinned, checking->head.key, RS_SIGN_PUBLIC_LEN))
		verify_problem(
			verify, name_of(NAMES_HEAD), "is not signed by the key that was given");
	if (pinned == NULL)
		verify_note(verify, name_of(NAMES_HEAD),
			"is signed by a key that only this directory names: --key says whose it has to be");
	return 0;
}

static int check_signature(struct checking *checking, const struct lines *head)
{
	struct verify *verify = &checking->verify;
	struct lines signature;
	int err = load(verify, name_of(NAMES_HEAD_SIGNED), &signature);
	if (err < 0)
		return err == -ENOENT ? 0
				      : err; /* not sealed; the line has a signature of its own */
	err = signature.len == RS_SIGNATURE_LEN
		      ? rs_sign_check(checking->head.key, head->data, head->len, signature.data)
		      : -EACCES;
	lines_done(&signature);
	if (err == -EACCES)
		verify_problem(verify, name_of(NAMES_HEAD_SIGNED), "is no signature of the head");
	else if (err == 0)
		verify->report.signatures++;
	return err == -ENOMEM ? err : 0;
}

static int check_stamp(struct checking *checking, const struct lines *head)
{
	struct verify *verify = &checking->verify;
	struct lines answer;
	struct rs_hash *hash = NULL;
	uint8_t digest[RS_SHA512_LEN];
	char why[RS_STAMP_WHY_LEN];
	int64_t wall_ms;
	int err = load(verify, name_of(NAMES_HEAD_STAMPED), &answer);
	if (err == -ENOENT) {
		verify_note(verify, name_of(NAMES_HEAD), "has no time stamp");
		return 0;
	}
	if (err == 0)
		err = rs_hash_new(RS_HASH_SHA512, &hash);
	if (err < 0)
		return err;
	rs_hash_add(hash, head->data, head->len);
	rs_hash_finish(hash, digest);
	rs_hash_free(hash);
	err = rs_stamp_check(
		answer.data, answer.len, digest, NULL, verify->options->ca_file, &wall_ms, why);
	lines_done(&answer);
	if (err == 0)
		verify->report.stamps++;
	else if (err != -ENOMEM)
		verify_problem(verify, name_of(NAMES_HEAD_STAMPED), "%s", why);
	return err == -ENOMEM ? err : 0;
}

static int check_head(struct checking *checking)
{
	struct lines session;
	struct lines head;
	uint8_t digest[RS_SHA256_LEN];
	char hex[CHAIN_HASH_LEN];
	int err = load(&checking->verify, name_of(NAMES_SESSION), &session);
	if (err < 0)
		return err;
	rs_sha256(session.data, session.len, digest);
	rs_hex_encode(digest, sizeof(digest), hex);
	lines_done(&session);
	err = load(&checking->verify, name_of(NAMES_HEAD), &head);
	if (err < 0)
		return err;
	err = read_head(checking, &head, hex);
	if (err == 0)
		err = check_key(checking);
	if (err == 0)
		err = check_signature(checking, &head);
	if (err == 0)
		err = check_stamp(checking, &head);
	lines_done(&head);
	return err;
}

/* --- clusters --- */

/* A number that may be a place in a file. */
static bool get_place(const json_t *json, const char *key, uint64_t *out)
{
	const json_t *value = json_object_get(json, key);
	const json_int_t n = json_integer_value(value);
	*out = n >= 0 ? (uint64_t)n : 0;
	return json_is_integer(value) && n >= 0;
}

static bool parse_cluster(
	const json_t *json, struct merkle_cluster *out, struct merkle_inclusion *inclusion)
{
	uint64_t number;
	uint8_t octets[MERKLE_INCLUSION_MAX];
	const char *proof = json_string_value(json_object_get(json, "proof"));
	const size_t len = proof != NULL ? strlen(proof) : 0;
	if (!get_place(json, "number", &number) || number > UINT32_MAX ||
		!get_place(json, "offset", &out->offset) || !get_place(json, "len", &out->len) ||
		len == 0 || len % 2 != 0 || len / 2 > sizeof(octets) ||
		rs_hex_decode(proof, len, octets, len / 2) < 0)
		return false;
	out->number = (uint32_t)number;
	return merkle_inclusion_parse(octets, len / 2, inclusion) == 0;
}

/* Whether these octets, at that place of that segment, are under the head. */
static bool is_included(const struct checking *checking, struct merkle_cluster *cluster,
	const struct merkle_inclusion *inclusion, int media, uint64_t at)
{
	char hex[65];
	struct merkle_hash leaf;
	return inclusion->size == checking->head.size &&
	       lines_digest(media, at, cluster->len, hex) == 0 &&
	       rs_hex_decode(hex, strlen(hex), cluster->sha256, sizeof(cluster->sha256)) == 0 &&
	       merkle_cluster_leaf(cluster, &leaf) == 0 &&
	       merkle_check_inclusion(&inclusion->proof, inclusion->size, inclusion->index, &leaf,
		       &checking->head.root) == 0;
}

static void check_clusters(
	struct checking *checking, const json_t *json, const char *file, int media)
{
	struct verify *verify = &checking->verify;
	uint64_t at = 0;
	size_t i;
	const json_t *item;
	(void)get_place(json, "head_len", &at); /* 0 shows below */
	json_array_foreach(json_object_get(json, "clusters"), i, item)
	{
		struct merkle_cluster cluster = { .file = file };
		struct merkle_inclusion inclusion;
		verify->report.clusters++;
		if (!parse_cluster(item, &cluster, &inclusion)) {
			verify_problem(verify, file, "entry %zu is no proof of a cluster", i);
			return;
		}
		if (!is_included(checking, &cluster, &inclusion, media, at))
			verify_problem(verify, file,
				"cluster %" PRIu32 " is not one that the signed head covers",
				cluster.number);
		else
			verify->report.covered++;
		verify->report.octets += cluster.len;
		at += cluster.len;
	}
	const off_t end = lseek(media, 0, SEEK_END);
	if (end < 0 || (uint64_t)end != at)
		verify_problem(verify, file, "has octets of which nothing is proven");
}

static void check_file(struct checking *checking, const json_t *json)
{
	struct verify *verify = &checking->verify;
	char path[ARCHIVE_PATH_LEN];
	const char *file = json_string_value(json_object_get(json, "file"));
	const char *media = json_string_value(json_object_get(json, "media"));
	size_t stem;
	if (file == NULL || media == NULL || !names_segment_parse(media, &stem) ||
		strlen(file) >= NAMES_FILE_LEN ||
		rs_format(path, sizeof(path), "%s/%s", verify->directory, media) < 0) {
		verify_problem(verify, EXCERPT_PROOF, "names no file");
		return;
	}
	verify->report.segments++;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		verify_problem(verify, media, "cannot be read: %s", strerror(errno));
		return;
	}
	check_clusters(checking, json, file, fd);
	(void)close(fd); /* read only */
}

static int check_proof(struct checking *checking)
{
	struct verify *verify = &checking->verify;
	struct lines file;
	json_error_t error;
	int err = load(verify, EXCERPT_PROOF, &file);
	if (err < 0)
		return err;
	json_t *json =
		json_loadb((const char *)file.data, file.len, JSON_REJECT_DUPLICATES, &error);
	lines_done(&file);
	const char *format = json_string_value(json_object_get(json, "format"));
	const json_t *files = json_object_get(json, "files");
	size_t i;
	const json_t *item;
	if (format == NULL || strcmp(format, EXCERPT_FORMAT) != 0 || json_array_size(files) == 0)
		verify_problem(verify, EXCERPT_PROOF, "is no proof of this format");
	else
		json_array_foreach(files, i, item) check_file(checking, item);
	json_decref(json);
	return 0;
}

bool excerpt_is(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	return rs_format(path, sizeof(path), "%s/%s", directory, EXCERPT_PROOF) == 0 &&
	       access(path, F_OK) == 0;
}

int excerpt_verify(const char *directory, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report)
{
	static const struct archive_knowledge nothing;
	struct checking checking = { .verify = { .directory = directory,
					     .options = knowledge != NULL ? knowledge : &nothing,
					     .sink = sink } };
	int err = check_head(&checking);
	if (err == 0)
		err = check_proof(&checking);
	head_done(&checking.head);
	if (err == -EBADMSG)
		err = 0; /* told as a problem: without a head nothing is proven */
	if (err == 0)
		*out_report = checking.verify.report;
	return err;
}
