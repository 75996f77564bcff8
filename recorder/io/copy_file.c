#include "recorder/io/copy_file.h"

#include "common/evidence/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct pair {
	int from;
	int to;
	bool made; /* there was no copy before */
};

static void shut(struct pair *pair)
{
	if (pair->from >= 0)
		(void)close(pair->from); /* only read */
	if (pair->to >= 0)
		(void)close(pair->to); /* synced before, where it was written */
}

static int open_pair(
	const struct copy_way *way, int flags, struct pair *pair, struct copy_done *done)
{
	*done = (struct copy_done){ .own_fault = true };
	pair->to = -1;
	pair->made = false;
	pair->from = open(way->from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (pair->from < 0)
		return -errno;
	done->own_fault = false;
	pair->to = open(way->to, flags | O_CLOEXEC | O_NOFOLLOW, 0640);
	if (pair->to < 0 && errno == EEXIST)
		pair->to = open(way->to, (flags & ~O_EXCL) | O_CLOEXEC | O_NOFOLLOW, 0640);
	else
		pair->made = pair->to >= 0 && (flags & O_EXCL) != 0;
	return pair->to < 0 ? -errno : 0;
}

/* What was taken out of the archives for good, as a key, while it was brought here for the first time, is taken out here. A copy that was
 * there before was looked for by who took it out (recorder/archive/custody/second.h). */
static void follow(const struct copy_way *way, const struct pair *pair)
{
	struct stat st;
	if (pair->made && fstat(pair->from, &st) == 0 && st.st_nlink == 0)
		(void)unlink(way->to); /* gone, or made good by nobody: as before it was made */
}

/* One chunk of each: octets of the source and of the copy. */
static int read_both(const struct copy_way *way, const struct pair *pair, uint64_t at,
	size_t got[2], struct copy_done *done)
{
	if (!way->go(way->ctx, COPY_CHUNK))
		return -ECANCELED;
	const int64_t mine = files_read_at(pair->from, way->chunks, COPY_CHUNK, at);
	done->own_fault = mine < 0;
	if (mine < 0)
		return (int)mine;
	const int64_t theirs = files_read_at(pair->to, way->chunks + COPY_CHUNK, COPY_CHUNK, at);
	if (theirs < 0)
		return (int)theirs;
	got[0] = (size_t)mine;
	got[1] = (size_t)theirs;
	return 0;
}

static int update(
	const struct copy_way *way, const struct pair *pair, uint64_t at, struct copy_done *done)
{
	size_t got[2] = { COPY_CHUNK, 0 };
	while (got[0] == COPY_CHUNK) {
		int err = read_both(way, pair, at, got, done);
		const bool same = err == 0 && got[1] >= got[0] &&
				  memcmp(way->chunks, way->chunks + COPY_CHUNK, got[0]) == 0;
		if (err == 0 && !same)
			err = files_write_at(pair->to, way->chunks, got[0], at);
		if (err < 0)
			return err;
		done->written += same ? 0 : got[0];
		at += got[0];
	}
	done->size = at;
	return 0;
}

/* What the source does not have any more, as a torn line that was cut off, the copy has not either. */
static int settle(const struct pair *pair, const struct copy_done *done)
{
	struct stat st;
	if (fstat(pair->to, &st) < 0)
		return -errno;
	const bool longer = (uint64_t)st.st_size > done->size;
	if (longer && ftruncate(pair->to, (off_t)done->size) < 0)
		return -errno;
	if (!longer && done->written == 0)
		return 0;
	return fdatasync(pair->to) < 0 ? -errno : 0;
}

int copy_update(const struct copy_way *way, uint64_t at, struct copy_done *out_done)
{
	struct pair pair;
	int err = open_pair(way, O_RDWR | O_CREAT | O_EXCL, &pair, out_done);
	if (err == 0)
		err = update(way, &pair, at, out_done);
	if (err == 0)
		err = settle(&pair, out_done);
	follow(way, &pair);
	shut(&pair);
	return err;
}

static int digest_both(const struct copy_way *way, const struct pair *pair,
	struct rs_hash *hashes[2], struct copy_done *done)
{
	uint8_t digests[2][RS_SHA512_LEN];
	size_t got[2] = { COPY_CHUNK, COPY_CHUNK };
	for (uint64_t at = 0; got[0] == COPY_CHUNK || got[1] == COPY_CHUNK; at += COPY_CHUNK) {
		const int err = read_both(way, pair, at, got, done);
		if (err < 0)
			return err;
		for (size_t i = 0; i < 2; i++)
			rs_hash_add(hashes[i], way->chunks + i * COPY_CHUNK, got[i]);
		done->size += got[0];
	}
	for (size_t i = 0; i < 2; i++)
		rs_hash_finish(hashes[i], digests[i]);
	rs_hex_encode(digests[0], RS_SHA512_LEN, done->sha512);
	done->same = memcmp(digests[0], digests[1], RS_SHA512_LEN) == 0;
	return 0;
}

int copy_compare(const struct copy_way *way, struct copy_done *out_done)
{
	struct pair pair;
	struct rs_hash *hashes[2] = { NULL, NULL };
	int err = open_pair(way, O_RDONLY, &pair, out_done);
	for (size_t i = 0; i < 2 && err == 0; i++)
		err = rs_hash_new(RS_HASH_SHA512, &hashes[i]);
	if (err == 0)
		(void)posix_fadvise(pair.to, 0, 0, POSIX_FADV_DONTNEED); /* a wish */
	if (err == 0)
		err = digest_both(way, &pair, hashes, out_done);
	for (size_t i = 0; i < 2; i++)
		rs_hash_free(hashes[i]);
	shut(&pair);
	return err;
}
