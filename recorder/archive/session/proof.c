#include "recorder/archive/session/proof.h"

#include "common/evidence/files.h"
#include "common/evidence/leaves.h"
#include "recorder/archive/session/witness.h"
#include "recorder/archive/vault/unseal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Clusters between two heads, at most: a thousand tracks in a minute. */
#define PENDING_MAX 65536
/* Two ledgers of a track are open while it goes on in a new file. */
#define LEDGERS_PER_TRACK 2

struct proof {
	struct proof_config config;
	struct heads *heads;
	struct witness *witness;
	uint32_t file;
	bool file_open;
	uint64_t size; /* of heads.jsonl */
};

/* --- signing --- */

static int write_head(struct proof *proof)
{
	const struct disk *disk = proof->config.disk;
	struct rs_buf line;
	int err = proof->config.settle(proof->config.ctx);
	if (err == 0)
		err = witness_sync(proof->witness);
	rs_buf_init(&line, CHAIN_LINE_MAX);
	if (err == 0)
		err = heads_write(proof->heads, proof->config.events,
			proof->config.when->wall_us / 1000, &line);
	if (err == 0)
		err = disk->write(
			disk->ctx, proof->file, proof->size, rs_buf_data(&line), rs_buf_len(&line));
	if (err == 0)
		err = disk->sync(disk->ctx, proof->file, 0);
	proof->size += rs_buf_len(&line);
	rs_buf_done(&line);
	return err;
}

static int sign_now(void *ctx)
{
	return write_head(ctx);
}

rs_time proof_deadline(const struct proof *proof)
{
	return heads_deadline(proof->heads);
}

int proof_tick(struct proof *proof)
{
	return proof->config.when->now >= heads_deadline(proof->heads) ? write_head(proof) : 0;
}

int proof_close(struct proof *proof)
{
	return write_head(proof);
}

const struct disk *proof_disk(const struct proof *proof)
{
	return witness_disk(proof->witness);
}

/* --- going on --- */

/* Where the heads that are there end. */
struct resumed {
	struct chain chain;
	uint64_t torn;
};

static int read_heads(const struct proof *proof, struct lines *file, struct leaves *leaves,
	struct resumed *out, const char **why)
{
	struct line line;
	int err = 0;
	while (err == 0 && lines_next(file, &line) == 1) {
		struct head head;
		char name[NAMES_FILE_LEN];
		err = head_read(&out->chain, &line, proof->config.session_sha256, &head, why);
		if (err == -EBADMSG && !line.whole) {
			out->torn = line.len;
			return 0;
		}
		if (err < 0)
			break;
		err = leaves_take(leaves, &head, why, name);
		head_done(&head);
	}
	return err;
}

/* A cluster is in the file as its ledger says, and made durable. */
static bool is_there(int fd, const struct leaf *leaf)
{
	char found[65];
	char said[65];
	rs_hex_encode(leaf->sha256, sizeof(leaf->sha256), said);
	return lines_digest(fd, leaf->offset, leaf->len, found) == 0 && strcmp(found, said) == 0 &&
	       fdatasync(fd) == 0;
}

/* An encrypted file cannot be read here: all of the cluster is in whole records, and made durable. The
 * digest in its ledger was made before it was encrypted. */
static bool is_there_sealed(int fd, const struct leaf *leaf)
{
	uint64_t size;
	return unseal_size(fd, &size) == 0 && leaf->offset + leaf->len <= size &&
	       fdatasync(fd) == 0;
}

/* Clusters of which no head has told yet. */
static int add_rest(struct proof *proof, struct leaves_file *file)
{
	char path[ARCHIVE_PATH_LEN];
	if (file->taken == file->n)
		return 0;
	int err = names_media_path(proof->config.directory, file->file, path);
	const int fd = err == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	bool (*const there)(int, const struct leaf *) =
		names_is_sealed(path) ? is_there_sealed : is_there;
	while (fd >= 0 && err == 0 && file->taken < file->n && there(fd, &file->at[file->taken])) {
		const struct merkle_cluster cluster =
			leaves_cluster(file, &file->at[file->taken], file->taken);
		file->taken++;
		err = heads_add(proof->heads, &cluster, proof->config.when->now);
	}
	if (fd >= 0)
		(void)close(fd); /* read only */
	return err;
}

static int resume(struct proof *proof, const char *path, const char **why)
{
	struct lines file = { 0 };
	struct leaves leaves = { 0 };
	struct resumed resumed = { 0 };
	chain_init(&resumed.chain);
	int err = lines_open(&file, path);
	if (err == -ENOENT)
		err = 0;
	if (err == 0)
		err = leaves_load(proof->config.directory, &leaves);
	if (err == 0)
		err = read_heads(proof, &file, &leaves, &resumed, why);
	proof->size = file.len - resumed.torn;
	if (err == 0 && resumed.torn > 0 && truncate(path, (off_t)proof->size) < 0)
		err = -errno;
	if (err == 0)
		heads_resume(proof->heads, &resumed.chain, &leaves.tree);
	for (size_t i = 0; i < leaves.n && err == 0; i++)
		err = add_rest(proof, &leaves.files[i]);
	lines_done(&file);
	leaves_done(&leaves);
	return err;
}

/* --- birth and death --- */

/* Who looks at the archive while it grows wants to know the key as well. */
static int write_key(const struct proof *proof)
{
	char path[ARCHIVE_PATH_LEN];
	char pem[RS_SIGN_PUBLIC_PEM_LEN];
	const int err = names_path(proof->config.directory, NAMES_KEY, path);
	if (err < 0 || access(path, F_OK) == 0)
		return err;
	rs_sign_write_public(rs_signer_public(proof->config.signer), pem);
	return files_write(path, pem, strlen(pem));
}

static int start(struct proof *proof, const char **why)
{
	char path[ARCHIVE_PATH_LEN];
	const struct heads_config heads = { .signer = proof->config.signer,
		.session_sha256 = proof->config.session_sha256,
		.interval = proof->config.interval,
		.pending_max = PENDING_MAX };
	struct witness_config witness = { .disk = proof->config.disk,
		.directory = proof->config.directory,
		.ledgers_max = LEDGERS_PER_TRACK * proof->config.tracks_max,
		.now = &proof->config.when->now,
		.sign = sign_now,
		.ctx = proof };
	int err = write_key(proof);
	if (err == 0)
		err = names_path(proof->config.directory, NAMES_HEADS, path);
	if (err == 0)
		err = heads_new(&heads, &proof->heads);
	if (err == 0)
		err = resume(proof, path, why);
	if (err < 0)
		return err;
	witness.heads = proof->heads;
	err = witness_new(&witness, &proof->witness);
	if (err == 0)
		err = proof->config.disk->open(proof->config.disk->ctx, proof->config.owner, path,
			DISK_EXTEND, &proof->file);
	proof->file_open = err == 0;
	return err;
}

int proof_open(const struct proof_config *config, struct proof **out_proof, const char **why)
{
	struct proof *proof = rs_zalloc(sizeof(*proof));
	if (proof == NULL)
		return -ENOMEM;
	proof->config = *config;
	const int err = start(proof, why);
	if (err < 0) {
		proof_free(proof);
		return err;
	}
	*out_proof = proof;
	return 0;
}

struct proof *proof_free(struct proof *proof)
{
	if (proof == NULL)
		return NULL;
	if (proof->file_open)
		proof->config.disk->close(proof->config.disk->ctx, proof->file);
	witness_free(proof->witness);
	heads_free(proof->heads);
	return rs_release(proof);
}
