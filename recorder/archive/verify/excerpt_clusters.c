/* Clusters of an excerpt against the head, each in the tree at its place, and against one another: none between two of them was left out.
 * Of a speech also against the ledger: none was left out at all, and the times are those of when it was said. */
#include "common/evidence/files.h"
#include "recorder/archive/verify/excerpt_verify_priv.h"
#include "recorder/mux/content.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* Bounds for what a forged proof may ask for. */
#define HEAD_MAX ((uint64_t)1 << 20)
#define CLUSTER_MAX ((uint64_t)64 << 20)

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

/* A segment's clusters so far. */
struct passage {
	const char *file;
	int media;
	uint64_t at; /* in the media file */
	size_t n;
	uint64_t next_number;
	uint64_t next_offset;
	int64_t origin_ms; /* session time of the segment's time 0, as the entries say */
	const struct excerpt_ledger *ledger; /* of a speech; else NULL */
};

/* Whether these octets, at that place of that segment, are under the head. */
static bool is_included(const struct checking *checking, struct merkle_cluster *cluster,
	const struct merkle_inclusion *inclusion, const uint8_t *data)
{
	struct merkle_hash leaf;
	rs_sha256(data, (size_t)cluster->len, cluster->sha256);
	return inclusion->size == checking->head.size && merkle_cluster_leaf(cluster, &leaf) == 0 &&
	       merkle_check_inclusion(&inclusion->proof, inclusion->size, inclusion->index, &leaf,
		       &checking->head.root) == 0;
}

/* A cluster of a speech is the next one of its ledger. NULL or what is wrong. */
static const char *check_line(
	const struct passage *passage, const struct merkle_cluster *cluster, const json_t *json)
{
	const struct ledger_line *line =
		passage->n < passage->ledger->n ? &passage->ledger->lines[passage->n] : NULL;
	uint8_t sha256[RS_SHA256_LEN];
	uint64_t t0;
	uint64_t t1;
	if (line == NULL || line->cluster != cluster->number || line->offset != cluster->offset ||
		line->len != cluster->len ||
		rs_hex_decode(line->sha256, strlen(line->sha256), sha256, sizeof(sha256)) < 0 ||
		memcmp(sha256, cluster->sha256, sizeof(sha256)) != 0)
		return "is not the one its ledger has here";
	return get_place(json, "t0", &t0) && get_place(json, "t1", &t1) &&
			       (int64_t)t0 == line->t0_ms && (int64_t)t1 == line->t1_ms
		       ? NULL
		       : "is not of the time that its ledger says";
}

/* The times an entry gives are those of the octets, all moved by the same. NULL or what is wrong. */
static const char *check_times(
	struct passage *passage, const json_t *json, const uint8_t *data, size_t len)
{
	struct mux_content content;
	const char *why = NULL;
	if (mux_content_read(data, len, &content, &why) < 0)
		return why;
	uint64_t t0;
	uint64_t t1;
	if (!get_place(json, "t0", &t0) || !get_place(json, "t1", &t1))
		return "has no time";
	if (passage->n == 0)
		passage->origin_ms = (int64_t)t0 - content.first_ms;
	return (int64_t)t0 - content.first_ms == passage->origin_ms &&
			       (int64_t)t1 - content.last_ms == passage->origin_ms
		       ? NULL
		       : "is not of the time that its entry says";
}

/* NULL or what is wrong with a cluster; -ENOMEM is `*out_err`. */
static const char *judge(const struct checking *checking, struct passage *passage,
	const json_t *json, struct merkle_cluster *cluster,
	const struct merkle_inclusion *inclusion, int *out_err)
{
	if (passage->n > 0 && (cluster->number != passage->next_number ||
				      cluster->offset != passage->next_offset))
		return "does not follow the one before it: something between them was left out";
	if (cluster->len > CLUSTER_MAX)
		return "is larger than any cluster";
	RS_CLEANUP(rs_releasep) uint8_t *data = rs_zalloc((size_t)cluster->len + 1);
	if (data == NULL) {
		*out_err = -ENOMEM;
		return NULL;
	}
	if (files_read_at(passage->media, data, (size_t)cluster->len, passage->at) !=
			(int64_t)cluster->len ||
		!is_included(checking, cluster, inclusion, data))
		return "is not one that the signed head covers";
	const char *why = passage->ledger != NULL ? check_line(passage, cluster, json) : NULL;
	if (why != NULL)
		return why;
	return check_times(passage, json, data, (size_t)cluster->len);
}

static int check_clusters(struct checking *checking, const json_t *json, struct passage *passage)
{
	struct verify *verify = &checking->verify;
	size_t i;
	const json_t *item;
	(void)get_place(json, "head_len", &passage->at); /* 0 shows below */
	json_array_foreach(json_object_get(json, "clusters"), i, item)
	{
		struct merkle_cluster cluster = { .file = passage->file };
		struct merkle_inclusion inclusion;
		int err = 0;
		verify->report.clusters++;
		if (!parse_cluster(item, &cluster, &inclusion)) {
			verify_problem(
				verify, passage->file, "entry %zu is no proof of a cluster", i);
			return 0;
		}
		const char *why = judge(checking, passage, item, &cluster, &inclusion, &err);
		if (err < 0)
			return err;
		if (why != NULL)
			verify_problem(verify, passage->file, "cluster %" PRIu32 " %s",
				cluster.number, why);
		else
			verify->report.covered++;
		verify->report.octets += cluster.len;
		passage->at += cluster.len;
		passage->next_number = (uint64_t)cluster.number + 1;
		passage->next_offset = cluster.offset + cluster.len;
		passage->n++;
	}
	const off_t end = lseek(passage->media, 0, SEEK_END);
	if (end < 0 || (uint64_t)end != passage->at)
		verify_problem(verify, passage->file, "has octets of which nothing is proven");
	if (passage->ledger != NULL && passage->n < passage->ledger->n)
		verify_problem(verify, passage->file,
			"ends %zu clusters before the last one that its ledger has of this time",
			passage->ledger->n - passage->n);
	return 0;
}

/* What stands before the clusters is not proven: it may say how to play them, and hold none itself. */
static bool is_head(int media, const json_t *json)
{
	static const uint8_t cluster[] = { 0x1f, 0x43, 0xb6, 0x75 }; /* RFC 9559 section 5.1.3 */
	uint64_t len;
	if (!get_place(json, "head_len", &len) || len > HEAD_MAX)
		return false;
	RS_CLEANUP(rs_releasep) uint8_t *head = rs_zalloc((size_t)len + 1);
	return head != NULL && files_read_at(media, head, (size_t)len, 0) == (int64_t)len &&
	       memmem(head, (size_t)len, cluster, sizeof(cluster)) == NULL;
}

/* The media file of a segment is called as that, without the folder: "tracks/KEN.001.a" is "KEN.001.a.webm". */
static bool is_media_of(const char *media, size_t stem, const char *file)
{
	const char *slash = strchr(file, '/');
	return slash != NULL && strlen(slash + 1) == stem && strncmp(media, slash + 1, stem) == 0;
}

static int check_media(
	struct checking *checking, const json_t *json, const struct excerpt_ledger *ledger)
{
	struct verify *verify = &checking->verify;
	char path[ARCHIVE_PATH_LEN];
	const char *file = json_string_value(json_object_get(json, "file"));
	const char *media = json_string_value(json_object_get(json, "media"));
	size_t stem;
	if (file == NULL || media == NULL || !names_segment_parse(media, &stem) ||
		strlen(file) >= NAMES_FILE_LEN || !is_media_of(media, stem, file) ||
		rs_format(path, sizeof(path), "%s/%s", verify->directory, media) < 0) {
		verify_problem(verify, EXCERPT_PROOF, "names no file");
		return 0;
	}
	struct passage passage = { .file = file,
		.ledger = ledger,
		.media = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) };
	if (passage.media < 0) {
		verify_problem(verify, media, "cannot be read: %s", strerror(errno));
		return 0;
	}
	if (!is_head(passage.media, json))
		verify_problem(verify, media, "begins with more than a head");
	const int err = check_clusters(checking, json, &passage);
	(void)close(passage.media); /* read only */
	return err;
}

static int check_file(struct checking *checking, const json_t *json)
{
	const char *file = json_string_value(json_object_get(json, "file"));
	const json_t *deleted = json_object_get(json, "deleted");
	struct excerpt_ledger *ledger = file != NULL ? excerpt_ledger(checking, file) : NULL;
	checking->verify.report.segments++;
	if (checking->speech && file != NULL && (ledger == NULL || ledger->seen)) {
		verify_problem(&checking->verify, file,
			ledger == NULL ? "has no ledger that the signed manifest covers"
				       : "is there twice");
		return 0;
	}
	if (ledger != NULL)
		ledger->seen = true;
	return ledger != NULL && deleted != NULL ? excerpt_check_deleted(checking, file, deleted)
						 : check_media(checking, json, ledger);
}

int excerpt_check_files(struct checking *checking, const json_t *files)
{
	int err = 0;
	for (size_t i = 0; i < json_array_size(files) && err == 0; i++)
		err = check_file(checking, json_array_get(files, i));
	if (err == 0)
		excerpt_check_whole(checking);
	return err;
}
