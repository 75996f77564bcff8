#include "tests/support/sealed.h"

#include "common/evidence/files.h"
#include "common/evidence/heads.h"
#include "recorder/archive/seal/seal.h"
#include "recorder/archive/track/ledger_write.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define WALL_MS INT64_C(1795341600123)
#define SPEECH(n, id, name, from, to)                                                         \
	"{\"n\":" #n ",\"participant\":\"" id "\",\"delegation\":\"" id "\",\"name\":\"" name \
	"\",\"as\":\"main\",\"from_ms\":" #from ",\"to_ms\":" #to "}"

static int write_file(void *ctx, uint64_t offset, const void *data, size_t len)
{
	return files_write_at(*(const int *)ctx, data, len, offset);
}

/* One segment with a block each 20 ms, and a key frame a second where it is a picture. */
static void write_segment(const struct sealed *sealed, struct heads *heads, const char *file,
	int64_t from_ms, int64_t to_ms)
{
	static const uint8_t silence[] = { 0xf8, 0xff, 0xfe };
	char path[ARCHIVE_PATH_LEN];
	const bool picture = file[strlen(file) - 1] == 'v';
	struct ledger ledger;
	struct rs_buf lines;
	struct mux *mux = NULL;
	assert_int_equal(names_file_path(sealed->directory, file, ".webm", path), 0);
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL, 0600);
	assert_true(fd >= 0);
	const struct mux_config config = { .codec = picture ? MUX_VP8 : MUX_OPUS,
		.track_uid = 1,
		.title = file,
		.language = "und",
		.app = "test",
		.wall_ms = WALL_MS,
		.channels = picture ? 0 : 1,
		.width = picture ? 64 : 0,
		.height = picture ? 36 : 0,
		.cluster_ms = 1000,
		.cluster_max = 65536 };
	const struct mux_port port = { .write = write_file, .ctx = &fd };
	assert_int_equal(mux_new(&config, &port, &mux), 0);
	ledger_init(&ledger);
	rs_buf_init(&lines, 1 << 20);
	struct mux_summary summary;
	struct mux_cluster cluster;
	for (int64_t at = from_ms;; at += 20) {
		const struct mux_block block = { .picture = false,
			.time_ms = at - from_ms,
			.duration_us = 20000,
			.key = !picture || (at - from_ms) % 1000 == 0,
			.data = silence,
			.len = sizeof(silence) };
		assert_int_equal(
			at < to_ms ? mux_write_block(mux, &block) : mux_finish(mux, &summary), 0);
		if (mux_poll_cluster(mux, &cluster) == 1) {
			const struct ledger_count count = {
				.begun = true, .seq0 = at, .seq1 = at, .received = 1
			};
			struct merkle_cluster leaf = { .file = file,
				.number = cluster.number,
				.offset = cluster.offset,
				.len = cluster.len };
			memcpy(leaf.sha256, cluster.sha256, sizeof(leaf.sha256));
			assert_int_equal(ledger_write(&ledger, &cluster, from_ms, &count,
						 &(struct ledger_state){ .duplicates = 0 }, &lines),
				0);
			assert_int_equal(heads_add(heads, &leaf, 0), 0);
		}
		if (at >= to_ms)
			break;
	}
	mux_free(mux);
	assert_int_equal(close(fd), 0);
	assert_int_equal(names_file_path(sealed->directory, file, NAMES_LEDGER, path), 0);
	assert_int_equal(files_write(path, rs_buf_data(&lines), rs_buf_len(&lines)), 0);
	rs_buf_done(&lines);
}

static void write_text(const struct sealed *sealed, enum names_place place, const char *text)
{
	char path[ARCHIVE_PATH_LEN];
	assert_int_equal(names_path(sealed->directory, place, path), 0);
	assert_int_equal(files_write(path, text, strlen(text)), 0);
}

static void write_essence(const struct sealed *sealed, const char *session)
{
	static const struct {
		const char *file;
		int64_t from_ms, to_ms;
	} segments[] = { { "channels/floor.001.a", 0, 10000 }, { "channels/fr.001.a", 0, 10000 },
		{ "tracks/FRA.001.a", 7000, 9000 }, { "tracks/KEN.001.a", 2000, 6000 },
		{ "tracks/KEN.001.v", 2000, 6000 } };
	uint8_t digest[RS_SHA256_LEN];
	char hex[CHAIN_HASH_LEN];
	struct heads *heads = NULL;
	struct chain events;
	struct rs_buf lines;
	rs_sha256(session, strlen(session), digest);
	rs_hex_encode(digest, sizeof(digest), hex);
	const struct heads_config config = {
		.signer = sealed->signer, .session_sha256 = hex, .interval = 1, .pending_max = 1000
	};
	assert_int_equal(heads_new(&config, &heads), 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(segments); i++)
		write_segment(
			sealed, heads, segments[i].file, segments[i].from_ms, segments[i].to_ms);
	chain_init(&events);
	rs_buf_init(&lines, 1 << 20);
	assert_int_equal(heads_write(heads, &events, WALL_MS, &lines), 0);
	assert_int_equal(rs_buf_append(&lines, "", 1), 0);
	write_text(sealed, NAMES_HEADS, (const char *)rs_buf_data(&lines));
	rs_buf_done(&lines);
	heads_free(heads);
}

static void fill(const struct sealed *sealed, const char *class)
{
	static const enum names_place folders[] = { NAMES_DATA, NAMES_TRACKS, NAMES_CHANNELS,
		NAMES_RECORD, NAMES_PROOF };
	char path[ARCHIVE_PATH_LEN];
	char text[2048];
	char why[SEAL_WHY_LEN];
	assert_int_equal(mkdir(sealed->directory, 0700), 0);
	for (size_t i = 0; i < RS_ARRAY_LEN(folders); i++) {
		assert_int_equal(names_path(sealed->directory, folders[i], path), 0);
		assert_int_equal(mkdir(path, 0700), 0);
	}
	(void)snprintf(text, sizeof(text),
		"{\"format\":\"rostrum-archive/1\",\"meeting\":\"demo\",\"session\":\"demo-1\",\"class\":\"%s\"}\n",
		class);
	write_text(sealed, NAMES_SESSION, text);
	write_essence(sealed, text);
	(void)snprintf(text, sizeof(text),
		"{\"format\":\"rostrum-index/1\",\"session\":\"demo-1\",\"meeting\":\"demo\",\"title\":\"First sitting\","
		"\"class\":\"%s\",\"started\":\"2026-11-22T10:00:00.123Z\",\"started_ms\":1795341600123,"
		"\"duration_ms\":10000,\"languages\":[{\"id\":\"floor\",\"file\":\"channels/floor.webm\"}],"
		"\"speeches\":[%s,%s,%s]}\n",
		class, SPEECH(1, "KEN", "Kenya", 2000, 6000),
		SPEECH(2, "FRA", "France", 7000, 9000), SPEECH(3, "BRA", "Brazil", 20000, 22000));
	write_text(sealed, NAMES_INDEX, text);
	const struct seal_config config = { .software = "test", .signer = sealed->signer };
	assert_int_equal(seal_make(sealed->directory, &config, why), 0);
}

static const uint8_t seed[RS_SIGN_SEED_LEN] = { 7 };

void sealed_make(struct sealed *sealed, const char *class)
{
	/* In memory where that can be had: what is sealed is synced file by file. */
	*sealed = (struct sealed){ .root = "/dev/shm/rostrum-sealed-XXXXXX" };
	if (access("/dev/shm", W_OK) < 0)
		(void)rs_set_text(sealed->root, "/tmp/rostrum-sealed-XXXXXX"); /* fits */
	assert_int_equal(rs_signer_new(seed, &sealed->signer), 0);
	assert_non_null(mkdtemp(sealed->root));
	assert_int_equal(
		rs_format(sealed->directory, sizeof(sealed->directory), "%s/demo-1", sealed->root),
		0);
	fill(sealed, class);
}

void sealed_make_at(const char *directory, const char *class)
{
	struct sealed sealed = { .signer = NULL };
	assert_true(rs_set_text(sealed.directory, directory));
	assert_int_equal(rs_signer_new(seed, &sealed.signer), 0);
	fill(&sealed, class);
	rs_signer_free(sealed.signer);
}

void sealed_done(struct sealed *sealed)
{
	char command[SEALED_LEN + 16];
	rs_signer_free(sealed->signer);
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", sealed->root);
	assert_int_equal(system(command), 0);
}

char *sealed_read(const char *directory, const char *name, size_t *out_len)
{
	char path[ARCHIVE_PATH_LEN];
	struct stat st;
	assert_int_equal(rs_format(path, sizeof(path), "%s/%s", directory, name), 0);
	const int fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(fstat(fd, &st), 0);
	char *data = calloc(1, (size_t)st.st_size + 1);
	assert_non_null(data);
	assert_int_equal(files_read_at(fd, data, (size_t)st.st_size, 0), st.st_size);
	assert_int_equal(close(fd), 0);
	*out_len = (size_t)st.st_size;
	return data;
}

/* Not durable: hundreds are written a test. */
void sealed_write(const char *directory, const char *name, const void *data, size_t len)
{
	char path[ARCHIVE_PATH_LEN];
	assert_int_equal(rs_format(path, sizeof(path), "%s/%s", directory, name), 0);
	const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(files_write_at(fd, data, len, 0), 0);
	assert_int_equal(close(fd), 0);
}
