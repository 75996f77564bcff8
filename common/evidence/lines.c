#include "common/evidence/lines.h"

#include "common/base/hash.h"
#include "common/base/text.h"
#include "common/evidence/files.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK ((size_t)256 << 10)

static int load(struct lines *lines, int fd)
{
	struct stat st;
	if (fstat(fd, &st) < 0)
		return -errno;
	if ((uint64_t)st.st_size > LINES_MAX)
		return -E2BIG;
	lines->len = (size_t)st.st_size;
	lines->data = rs_zalloc(lines->len + 1);
	if (lines->data == NULL)
		return -ENOMEM;
	const int64_t n = files_read_at(fd, lines->data, lines->len, 0);
	if (n < 0)
		return (int)n;
	return (size_t)n < lines->len ? -ENODATA : 0;
}

int lines_open(struct lines *lines, const char *path)
{
	*lines = (struct lines){ 0 };
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	const int err = load(lines, fd);
	(void)close(fd); /* read only */
	if (err < 0)
		lines_done(lines);
	return err;
}

void lines_done(struct lines *lines)
{
	lines->data = rs_release(lines->data);
	lines->len = 0;
}

int lines_next(struct lines *lines, struct line *out_line)
{
	if (lines->pos >= lines->len)
		return 0;
	const uint8_t *from = lines->data + lines->pos;
	const uint8_t *end = memchr(from, '\n', lines->len - lines->pos);
	out_line->text = (const char *)from;
	out_line->offset = lines->pos;
	out_line->whole = end != NULL;
	out_line->len = end != NULL ? (size_t)(end - from) : lines->len - lines->pos;
	lines->pos += out_line->len + 1;
	return 1;
}

int lines_digest(int fd, uint64_t offset, uint64_t len, char out_hex[65])
{
	struct rs_hash *hash = NULL;
	RS_CLEANUP(rs_releasep) uint8_t *chunk = rs_zalloc(CHUNK);
	int err = chunk != NULL ? rs_hash_new(RS_HASH_SHA256, &hash) : -ENOMEM;
	while (err == 0 && len > 0) {
		const size_t want = len < CHUNK ? (size_t)len : CHUNK;
		const int64_t n = files_read_at(fd, chunk, want, offset);
		if (n < (int64_t)want) {
			err = n < 0 ? (int)n : -ENODATA;
			break;
		}
		rs_hash_add(hash, chunk, want);
		offset += want;
		len -= want;
	}
	if (err == 0) {
		uint8_t digest[RS_SHA256_LEN];
		rs_hash_finish(hash, digest);
		rs_hex_encode(digest, sizeof(digest), out_hex);
	}
	rs_hash_free(hash);
	return err;
}
