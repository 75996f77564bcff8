#include "recorder/archive/vault/vault.h"

#include "common/evidence/chain.h"
#include "common/evidence/chain_unsealed.h"
#include "common/evidence/vault_format.h"
#include "recorder/archive/track/segment.h"
#include "tests/support/examples.h"
#include "tests/support/oom.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define FILES 16
#define OPS 512

/* A disk in memory that remembers each write in its order, so that it can be cut after any. */
struct op {
	uint32_t file;
	uint64_t offset;
	uint8_t *data;
	size_t len;
};

struct image {
	uint8_t *data[FILES];
	size_t len[FILES];
};

struct rig {
	char directory[64];
	char paths[FILES][ARCHIVE_PATH_LEN];
	uint32_t n_files;
	struct op ops[OPS];
	size_t n_ops;
	unsigned syncs;
	int error;
	struct disk below;
	struct rs_rand rand;
	struct rs_recipient *public;
	struct rs_recipient *private;
	struct vault *vault;
};

static int disk_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct rig *rig = ctx;
	if (rig->error < 0)
		return rig->error;
	assert_true(rig->n_files < FILES);
	(void)rs_set_text(rig->paths[rig->n_files], path);
	*out_file = rig->n_files++;
	return 0;
}

static int disk_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct rig *rig = ctx;
	if (rig->error < 0)
		return rig->error;
	assert_true(rig->n_ops < OPS);
	struct op *op = &rig->ops[rig->n_ops++];
	*op = (struct op){ .file = file, .offset = offset, .data = malloc(len), .len = len };
	memcpy(op->data, data, len);
	return 0;
}

static int disk_sync(void *ctx, uint32_t file, uint64_t token)
{
	struct rig *rig = ctx;
	rig->syncs++;
	return rig->error;
}

static void disk_close(void *ctx, uint32_t file)
{
	/* Nothing is held back. */
}

static void make_keys(struct rig *rig, bool rsa)
{
	char *pem;
	EVP_PKEY *key = rsa ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)3072)
			    : EVP_PKEY_Q_keygen(NULL, NULL, "X25519");
	BIO *bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PUBKEY(bio, key), 1);
	long len = BIO_get_mem_data(bio, &pem);
	assert_int_equal(rs_recipient_new_public(pem, (size_t)len, &rig->public), 0);
	assert_int_equal(rs_recipient_new_private(pem, (size_t)len, &rig->private), -EBADMSG);
	BIO_free(bio);
	bio = BIO_new(BIO_s_mem());
	assert_int_equal(PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL), 1);
	len = BIO_get_mem_data(bio, &pem);
	assert_int_equal(rs_recipient_new_private(pem, (size_t)len, &rig->private), 0);
	BIO_free(bio);
	EVP_PKEY_free(key);
}

static void rig_init(struct rig *rig, bool rsa, size_t files_max)
{
	*rig = (struct rig){ .directory = "/tmp/rostrum-vault-XXXXXX",
		.below = { .open = disk_open,
			.write = disk_write,
			.sync = disk_sync,
			.close = disk_close,
			.ctx = rig } };
	assert_non_null(mkdtemp(rig->directory));
	make_keys(rig, rsa);
	rs_rand_init_seed(&rig->rand, 7);
	const struct vault_config config = { .disk = &rig->below,
		.recipient = rig->public,
		.rand = &rig->rand,
		.directory = rig->directory,
		.owner = 3,
		.files_max = files_max };
	assert_int_equal(vault_new(&config, &rig->vault), 0);
}

static void rig_done(struct rig *rig)
{
	char path[ARCHIVE_PATH_LEN];
	vault_free(rig->vault);
	rs_recipient_free(rig->public);
	rs_recipient_free(rig->private);
	for (size_t i = 0; i < rig->n_ops; i++)
		free(rig->ops[i].data);
	assert_int_equal(names_path(rig->directory, NAMES_KEYS, path), 0);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(rmdir(rig->directory), 0);
}

/* What lies on the disk after the first `n` writes. */
static void image_init(struct image *image, const struct rig *rig, size_t n)
{
	*image = (struct image){ 0 };
	for (size_t i = 0; i < n; i++) {
		const struct op *op = &rig->ops[i];
		const size_t end = (size_t)op->offset + op->len;
		if (end > image->len[op->file]) {
			image->data[op->file] = realloc(image->data[op->file], end);
			image->len[op->file] = end;
		}
		memcpy(image->data[op->file] + op->offset, op->data, op->len);
	}
}

static void image_done(struct image *image)
{
	for (size_t i = 0; i < FILES; i++)
		free(image->data[i]);
}

static int find_file(const struct rig *rig, const char *ending)
{
	for (uint32_t i = 0; i < rig->n_files; i++) {
		const size_t len = strlen(rig->paths[i]);
		if (len >= strlen(ending) &&
			strcmp(rig->paths[i] + len - strlen(ending), ending) == 0)
			return (int)i;
	}
	fail_msg("no file %s", ending);
	return -1;
}

struct octets {
	const uint8_t *data;
	size_t len;
};

static int64_t read_octets(void *ctx, uint64_t offset, void *out, size_t len)
{
	const struct octets *octets = ctx;
	if (offset >= octets->len)
		return 0;
	const size_t n = len < octets->len - offset ? len : octets->len - (size_t)offset;
	memcpy(out, octets->data + offset, n);
	return (int64_t)n;
}

/* The plain file behind one on the disk; `plain` is large enough. Returns its size. */
static size_t unseal(const struct rig *rig, const struct octets *octets,
	const uint8_t key[RS_AEAD_KEY_LEN], uint8_t *plain, bool *out_torn)
{
	const struct vault_source source = { .read = read_octets,
		.ctx = (void *)(uintptr_t)octets };
	struct vault_walk walk;
	struct vault_record record;
	int more;
	assert_int_equal(vault_walk_init(&walk, &source), 0);
	while ((more = vault_walk_next(&walk, &record)) == 1)
		assert_int_equal(
			vault_record_open(&source, &record, key, plain + record.offset), 0);
	assert_int_equal(more, 0);
	*out_torn = walk.torn;
	return (size_t)walk.size;
}

static void open_key(const struct rig *rig, const struct image *image, const char *ending,
	uint8_t key[RS_AEAD_KEY_LEN])
{
	const int file = find_file(rig, ending);
	struct vault_key wrapped;
	assert_int_equal(
		vault_key_parse((const char *)image->data[file], image->len[file], &wrapped), 0);
	assert_int_equal(vault_key_open(rig->public, &wrapped, key), -EINVAL);
	assert_int_equal(vault_key_open(rig->private, &wrapped, key), 0);
	wrapped.wrapped[wrapped.wrapped_len - 1] ^= 1;
	uint8_t other[RS_AEAD_KEY_LEN];
	assert_int_equal(vault_key_open(rig->private, &wrapped, other), -EACCES);
	wrapped.wrapped[wrapped.wrapped_len - 1] ^= 1;
	wrapped.file[0] ^= 1;
	assert_int_equal(vault_key_open(rig->private, &wrapped, other), -EACCES);
}

/* --- a recording --- */

static struct segment *new_segment(struct rig *rig, const char *file)
{
	const struct segment_config config = { .disk = vault_disk(rig->vault),
		.owner = 3,
		.directory = rig->directory,
		.file = file,
		.idle_ms = 2000,
		.mux = { .codec = MUX_OPUS,
			.track_uid = 1,
			.title = "Kenya",
			.language = "eng",
			.app = "test",
			.wall_ms = 1,
			.channels = 1,
			.cluster_ms = 1000,
			.cluster_max = 1 << 16 } };
	struct segment *segment = NULL;
	assert_int_equal(segment_new(&config, &segment), 0);
	return segment;
}

/* Some seconds of frames of 20 ms, and the end of the file. */
static void record(struct rig *rig, unsigned seconds)
{
	struct segment *segment = new_segment(rig, "tracks/KEN.001.a");
	const struct ledger_state state = { 0 };
	uint8_t frame[120];
	for (unsigned i = 0; i < seconds * 50; i++) {
		memset(frame, (int)i, sizeof(frame));
		const struct segment_frame one = { .block = { .time_ms = i * 20,
							   .duration_us = 20000,
							   .key = true,
							   .data = frame,
							   .len = sizeof(frame) },
			.count = { .begun = true, .seq0 = i, .seq1 = i, .received = 1 } };
		assert_int_equal(segment_write(segment, &one, &state, RS_MS(i * 20)), 0);
	}
	struct segment_summary summary;
	assert_int_equal(segment_finish(segment, &(struct ledger_count){ 0 }, &state, &summary), 0);
	segment_free(segment);
}

/* Each cluster the ledger speaks of is there, as it was. Returns how many. */
static unsigned check_clusters(
	const uint8_t *ledger_text, size_t ledger_len, const uint8_t *plain, size_t size)
{
	uint8_t *copy = rs_memdup(ledger_text, ledger_len);
	struct lines lines = { .data = copy, .len = ledger_len };
	struct line line;
	struct ledger ledger;
	ledger_init(&ledger);
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why;
		uint8_t digest[RS_SHA256_LEN];
		char hex[2 * RS_SHA256_LEN + 1];
		assert_int_equal(ledger_read(&ledger, &line, &entry, &why), 0);
		assert_true(entry.offset + entry.len <= size);
		rs_sha256(plain + entry.offset, (size_t)entry.len, digest);
		rs_hex_encode(digest, sizeof(digest), hex);
		assert_string_equal(hex, entry.sha256);
	}
	rs_release(copy);
	return ledger.clusters;
}

static void killed_after_any_write_nothing_the_ledger_speaks_of_is_lost(void **state)
{
	struct rig rig;
	rig_init(&rig, false, 8);
	record(&rig, 5);
	static uint8_t plain[1 << 16];
	unsigned clusters = 0;
	for (size_t n = 1; n <= rig.n_ops; n++) {
		struct image image;
		image_init(&image, &rig, n);
		const int media = find_file(&rig, ".webm.sealed");
		const int ledger = find_file(&rig, ".idx.jsonl");
		if (image.len[media] > 0) {
			uint8_t key[RS_AEAD_KEY_LEN];
			open_key(&rig, &image, "/keys/tracks.KEN.001.a.key", key);
			const struct octets octets = { image.data[media], image.len[media] };
			bool torn;
			const size_t size = unseal(&rig, &octets, key, plain, &torn);
			assert_false(torn);
			clusters =
				check_clusters(image.data[ledger], image.len[ledger], plain, size);
		}
		image_done(&image);
	}
	assert_int_equal(clusters, 5);
	/* The finished file is the one that would have been written without a vault: it begins as WebM does. */
	assert_memory_equal(plain, "\x1a\x45\xdf\xa3", 4);
	rig_done(&rig);
}

static void a_torn_end_costs_the_last_record_only(void **state)
{
	struct rig rig;
	struct image image;
	rig_init(&rig, true, 8);
	record(&rig, 3);
	image_init(&image, &rig, rig.n_ops);
	const int media = find_file(&rig, ".webm.sealed");
	uint8_t key[RS_AEAD_KEY_LEN];
	static uint8_t plain[1 << 16];
	open_key(&rig, &image, "/keys/tracks.KEN.001.a.key", key);
	size_t before = 0;
	for (size_t len = 0; len <= image.len[media]; len++) {
		const struct octets octets = { image.data[media], len };
		bool torn;
		const size_t size = unseal(&rig, &octets, key, plain, &torn);
		assert_true(size >= before);
		before = size;
	}
	/* Nothing that was said is readable on the disk. */
	for (uint32_t i = 0; i < rig.n_files; i++)
		assert_null(memmem(image.data[i], image.len[i], "Kenya", 5));
	image_done(&image);
	rig_done(&rig);
}

static void a_changed_or_moved_record_is_refused(void **state)
{
	struct rig rig;
	struct image image;
	rig_init(&rig, false, 8);
	record(&rig, 3);
	image_init(&image, &rig, rig.n_ops);
	const int media = find_file(&rig, ".webm.sealed");
	uint8_t key[RS_AEAD_KEY_LEN];
	static uint8_t plain[1 << 16];
	open_key(&rig, &image, "/keys/tracks.KEN.001.a.key", key);
	struct octets octets = { image.data[media], image.len[media] };
	const struct vault_source source = { .read = read_octets, .ctx = &octets };
	struct vault_walk walk;
	struct vault_record first;
	struct vault_record second;
	assert_int_equal(vault_walk_init(&walk, &source), 0);
	assert_int_equal(vault_walk_next(&walk, &first), 1);
	assert_int_equal(vault_walk_next(&walk, &second), 1);
	image.data[media][second.at + 3] ^= 0x20;
	assert_int_equal(vault_record_open(&source, &second, key, plain), -EACCES);
	image.data[media][second.at + 3] ^= 0x20;
	struct vault_record moved = second;
	moved.n = first.n;
	assert_int_equal(vault_record_open(&source, &moved, key, plain), -EACCES);
	moved = second;
	moved.offset++;
	assert_int_equal(vault_record_open(&source, &moved, key, plain), -EACCES);
	assert_int_equal(vault_record_open(&source, &second, key, plain), 0);
	/* A length or a place that cannot be. */
	image.data[media][VAULT_MAGIC_LEN] = 0xff;
	assert_int_equal(vault_walk_init(&walk, &source), 0);
	assert_int_equal(vault_walk_next(&walk, &first), -EBADMSG);
	image.data[media][0] ^= 1;
	assert_int_equal(vault_walk_init(&walk, &source), -EBADMSG);
	image_done(&image);
	rig_done(&rig);
}

/* --- the port --- */

static void writes_of_any_shape_come_back(void **state)
{
	struct rig rig;
	struct image image;
	static uint8_t expected[3 << 20];
	static uint8_t plain[sizeof(expected)];
	static uint8_t data[VAULT_RECORD_MAX + 4096];
	rig_init(&rig, false, 2);
	const struct disk *disk = vault_disk(rig.vault);
	char path[ARCHIVE_PATH_LEN];
	uint32_t file;
	uint32_t other;
	assert_int_equal(names_file_path(rig.directory, "channels/fr", ".webm", path), 0);
	assert_int_equal(disk->open(disk->ctx, 3, path, DISK_EXTEND, &file), -EINVAL);
	assert_int_equal(disk->open(disk->ctx, 3, path, DISK_CREATE, &file), 0);
	assert_int_equal(disk->open(disk->ctx, 3, "/elsewhere", DISK_EXTEND, &other), 0);
	assert_int_equal(disk->open(disk->ctx, 3, "/third", DISK_EXTEND, &other), -EAGAIN);
	struct rs_rand shapes;
	rs_rand_init_seed(&shapes, 11);
	size_t size = 0;
	for (unsigned i = 0; i < 200; i++) {
		const bool patch = size > 100 && rs_rand_below(&shapes, 4) == 0;
		const size_t offset = patch ? rs_rand_below(&shapes, (uint32_t)size) : size;
		const size_t len = i == 50 ? sizeof(data) : 1 + rs_rand_below(&shapes, 3000);
		rs_rand_bytes(&shapes, data, len);
		assert_int_equal(disk->write(disk->ctx, file, offset, data, len), 0);
		memcpy(expected + offset, data, len);
		if (offset + len > size)
			size = offset + len;
		if (rs_rand_below(&shapes, 10) == 0)
			assert_int_equal(disk->sync(disk->ctx, file, 0), 0);
	}
	disk->close(disk->ctx, file);
	disk->close(disk->ctx, other);
	image_init(&image, &rig, rig.n_ops);
	uint8_t key[RS_AEAD_KEY_LEN];
	bool torn;
	open_key(&rig, &image, "/keys/channels.fr.key", key);
	const int media = find_file(&rig, ".webm.sealed");
	const struct octets octets = { image.data[media], image.len[media] };
	assert_int_equal(unseal(&rig, &octets, key, plain, &torn), size);
	assert_memory_equal(plain, expected, size);
	image_done(&image);
	rig_done(&rig);
}

static void an_error_of_the_disk_is_told(void **state)
{
	struct rig rig;
	rig_init(&rig, false, 2);
	const struct disk *disk = vault_disk(rig.vault);
	char path[ARCHIVE_PATH_LEN];
	uint32_t file;
	assert_int_equal(names_file_path(rig.directory, "channels/fr", ".webm", path), 0);
	rig.error = -EAGAIN;
	assert_int_equal(disk->open(disk->ctx, 3, path, DISK_CREATE, &file), -EAGAIN);
	rig.error = 0;
	assert_int_equal(disk->open(disk->ctx, 3, path, DISK_CREATE, &file), 0);
	assert_int_equal(disk->write(disk->ctx, file, 0, "abc", 3), 0);
	rig.error = -EAGAIN;
	assert_int_equal(disk->sync(disk->ctx, file, 0), -EAGAIN);
	rig.error = 0;
	assert_int_equal(disk->sync(disk->ctx, file, 0), 0);
	rig_done(&rig);
}

/* --- events --- */

static void an_event_comes_back_with_the_key_of_its_recording(void **state)
{
	struct rig rig;
	struct image image;
	struct rs_buf line;
	struct rs_buf plain;
	struct vault_event event;
	static const char payload[] = "{\"kind\":\"vote\",\"yes\":5}";
	uint8_t key[RS_AEAD_KEY_LEN];
	char digest[2 * RS_SHA256_LEN + 1];
	rig_init(&rig, false, 2);
	rs_buf_init(&line, 4096);
	rs_buf_init(&plain, 4096);
	assert_int_equal(
		vault_seal_event(rig.vault, 9, "ab12", payload, strlen(payload), &line), 0);
	const char *text = (const char *)rs_buf_data(&line);
	assert_true(vault_event_parse(text, rs_buf_len(&line), &event));
	assert_int_equal(event.number, 1);
	for (size_t len = 0; len < rs_buf_len(&line); len++)
		assert_false(vault_event_parse(text, len, &event));
	assert_false(vault_event_parse(payload, strlen(payload), &event));
	assert_true(vault_event_parse(text, rs_buf_len(&line), &event));
	image_init(&image, &rig, rig.n_ops);
	open_key(&rig, &image, "/keys/events.001.key", key);
	assert_int_equal(vault_event_open(key, 8, &event, &plain), -EACCES);
	assert_int_equal(vault_event_open(key, 9, &event, &plain), 0);
	const uint8_t *opened = rs_buf_data(&plain);
	assert_int_equal(rs_buf_len(&plain), VAULT_SALT_LEN + 5 + strlen(payload));
	assert_memory_equal(opened + VAULT_SALT_LEN, "ab12\n{", 6);
	assert_int_equal(
		vault_event_digest(opened, "ab12", 4, payload, strlen(payload), digest), 0);
	assert_memory_equal(event.digest, digest, 64);
	image_done(&image);
	rs_buf_done(&line);
	rs_buf_done(&plain);
	rig_done(&rig);
}

/* A chain of three lines, the second of them sealed, as it was recorded; `out_end` is the digest of the last. */
static void record_chain(struct rig *rig, struct rs_buf *out, char out_end[CHAIN_HASH_LEN])
{
	struct chain chain;
	chain_init(&chain);
	for (unsigned i = 0; i < 3; i++) {
		struct rs_buf payload;
		rs_buf_init(&payload, 4096);
		struct chain_entry entry = { .type = "note", .payload = "{}", .payload_len = 2 };
		if (i == 1) {
			/* With words in it that look like the reader's own. */
			static const char words[] =
				"{\"a\":{\"hash\":\"\",\"payload\":1,\"unsealed\":{\"key\":1,\"salt\":2}}}";
			assert_int_equal(vault_seal_event(rig->vault, 2, "abcd", words,
						 strlen(words), &payload),
				0);
			entry = (struct chain_entry){ .type = CHAIN_TYPE_MEETING,
				.event = 5,
				.hash = "",
				.payload = (const char *)rs_buf_data(&payload),
				.payload_len = rs_buf_len(&payload) };
		}
		assert_int_equal(chain_write(&chain, &entry, out), 0);
		rs_buf_done(&payload);
	}
	memcpy(out_end, chain.prev, CHAIN_HASH_LEN);
}

/* Reads all of it; 0 or the first error. */
static int read_chain(
	const char *text, size_t len, struct chain_line *out_meeting, char out_end[CHAIN_HASH_LEN])
{
	static uint8_t copy[8192];
	assert_true(len <= sizeof(copy));
	memcpy(copy, text, len);
	struct lines lines = { .data = copy, .len = len };
	struct line line;
	struct chain chain;
	int err = 0;
	chain_init(&chain);
	while (err == 0 && lines_next(&lines, &line) == 1) {
		struct chain_line entry;
		const char *why;
		err = chain_read(&chain, &line, &entry, &why);
		if (entry.event != 0)
			*out_meeting = entry;
	}
	memcpy(out_end, chain.prev, CHAIN_HASH_LEN);
	return err;
}

static void an_unsealed_chain_is_the_one_that_was_recorded(void **state)
{
	struct rig rig;
	struct image image;
	struct rs_buf sealed;
	struct rs_buf unsealed;
	struct chain_line meeting = { 0 };
	char recorded_end[CHAIN_HASH_LEN];
	char end[CHAIN_HASH_LEN];
	uint8_t key[RS_AEAD_KEY_LEN];
	rig_init(&rig, false, 2);
	rs_buf_init(&sealed, 8192);
	rs_buf_init(&unsealed, 8192);
	record_chain(&rig, &sealed, recorded_end);
	assert_int_equal(
		read_chain((char *)rs_buf_data(&sealed), rs_buf_len(&sealed), &meeting, end), 0);
	assert_string_equal(end, recorded_end);
	assert_string_equal(meeting.hash, "");
	image_init(&image, &rig, rig.n_ops);
	open_key(&rig, &image, "/keys/events.001.key", key);
	struct lines lines = { .data = rs_buf_data(&sealed), .len = rs_buf_len(&sealed) };
	struct line line;
	for (uint64_t seq = 1; lines_next(&lines, &line) == 1; seq++) {
		struct vault_event event;
		struct rs_buf plain;
		rs_buf_init(&plain, 4096);
		if (seq == 2) {
			assert_true(
				vault_event_parse(meeting.payload, meeting.payload_len, &event));
			assert_int_equal(vault_event_open(key, seq, &event, &plain), 0);
			assert_int_equal(
				chain_unsealed_write(&line, CHAIN_TAIL_LEN, &plain, &unsealed), 0);
		} else {
			assert_int_equal(
				chain_unsealed_write(&line, CHAIN_TAIL_LEN, &plain, &unsealed),
				-EBADMSG);
			assert_int_equal(rs_buf_append(&unsealed, line.text, line.len + 1), 0);
		}
		rs_buf_done(&plain);
	}
	char *text = (char *)rs_buf_data(&unsealed);
	const size_t len = rs_buf_len(&unsealed);
	assert_int_equal(read_chain(text, len, &meeting, end), 0);
	assert_string_equal(end, recorded_end);
	assert_string_equal(meeting.hash, "abcd");
	assert_memory_equal(meeting.payload, "{\"a\":", 5);
	assert_int_equal(meeting.payload[meeting.payload_len - 1], '}');
	/* Each octet of what was opened counts: payload, hash, salt. */
	char *from = memmem(text, len, "\"hash\":\"abcd", 12);
	char *to = memmem(text, len, "\"sealed\":", 9);
	assert_non_null(from);
	assert_non_null(to);
	for (char *at = from + 8; at < to; at++) {
		*at ^= 0x02;
		assert_true(read_chain(text, len, &meeting, end) < 0);
		*at ^= 0x02;
	}
	assert_int_equal(read_chain(text, len, &meeting, end), 0);
	image_done(&image);
	rs_buf_done(&sealed);
	rs_buf_done(&unsealed);
	rig_done(&rig);
}

/* --- the paper --- */

/* Made with another library, and opened by this one. */
struct paper {
	struct rs_recipient *recipient;
	uint8_t key[RS_AEAD_KEY_LEN];
	unsigned opened;
};

static void open_example(void *ctx, const char *kind, size_t where, const char *text)
{
	struct paper *paper = ctx;
	if (strcmp(kind, "key") == 0) {
		struct vault_key key;
		assert_int_equal(vault_key_parse(text, strlen(text), &key), 0);
		assert_int_equal(vault_key_open(paper->recipient, &key, paper->key), 0);
		return;
	}
	static const char words[] = "\n{\"type\":\"decision\",\"result\":\"adopted\"}";
	struct vault_event event;
	struct rs_buf plain;
	rs_buf_init(&plain, 4096);
	assert_true(vault_event_parse(text, strcspn(text, "\n"), &event));
	assert_int_equal(vault_event_open(paper->key, 7, &event, &plain), 0);
	assert_non_null(memmem(rs_buf_data(&plain), rs_buf_len(&plain), words, strlen(words)));
	rs_buf_done(&plain);
	paper->opened++;
}

static void the_examples_of_the_paper_open(void **state)
{
	static const char pem[] =
		"-----BEGIN PRIVATE KEY-----\n"
		"MC4CAQAwBQYDK2VuBCIEIAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8g\n"
		"-----END PRIVATE KEY-----\n";
	struct paper paper = { 0 };
	assert_int_equal(rs_recipient_new_private(pem, strlen(pem), &paper.recipient), 0);
	assert_int_equal(examples_each("recorder/archive/VAULT.md", open_example, &paper), 2);
	assert_int_equal(paper.opened, 1);
	rs_recipient_free(paper.recipient);
}

static int make_vault(void *ctx)
{
	struct rig *rig = ctx;
	struct vault *vault = NULL;
	const struct vault_config config = { .disk = &rig->below,
		.recipient = rig->public,
		.rand = &rig->rand,
		.directory = rig->directory,
		.owner = 3,
		.files_max = 4 };
	const int err = vault_new(&config, &vault);
	vault_free(vault);
	return err;
}

static void every_allocation_may_fail(void **state)
{
	struct rig rig;
	rig_init(&rig, false, 2);
	check_oom(make_vault, &rig);
	rig_done(&rig);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(killed_after_any_write_nothing_the_ledger_speaks_of_is_lost),
		cmocka_unit_test(a_torn_end_costs_the_last_record_only),
		cmocka_unit_test(a_changed_or_moved_record_is_refused),
		cmocka_unit_test(writes_of_any_shape_come_back),
		cmocka_unit_test(an_error_of_the_disk_is_told),
		cmocka_unit_test(an_event_comes_back_with_the_key_of_its_recording),
		cmocka_unit_test(an_unsealed_chain_is_the_one_that_was_recorded),
		cmocka_unit_test(the_examples_of_the_paper_open),
		cmocka_unit_test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
