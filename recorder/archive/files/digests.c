#include "recorder/archive/files/digests.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* Relative, without line breaks, "%" or a way out of the directory. */
static bool path_valid(const char *path, size_t len)
{
	if (len == 0 || len >= ARCHIVE_PATH_LEN || path[0] == '/' || path[len - 1] == '/')
		return false;
	for (size_t from = 0; from < len;) {
		const char *slash = memchr(path + from, '/', len - from);
		const size_t part = slash != NULL ? (size_t)(slash - path) - from : len - from;
		if (part == 0 || (path[from] == '.' && (part == 1 || path[from + 1] == '.')))
			return false;
		from += part + 1;
	}
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f || path[i] == '%')
			return false;
	return true;
}

int digests_write(struct rs_buf *out, const char *hex, const char *path)
{
	if (!path_valid(path, strlen(path)))
		return -EINVAL;
	return rs_buf_printf(out, "%s  %s\n", hex, path);
}

int digests_read(const struct line *line, struct digests_line *out_line)
{
	static const size_t at = DIGESTS_HEX_LEN + 1; /* of the path */
	uint8_t digest[RS_SHA512_LEN];
	if (!line->whole || line->len <= at || line->text[at - 2] != ' ' ||
		line->text[at - 1] != ' ' || !path_valid(line->text + at, line->len - at) ||
		rs_hex_decode(line->text, DIGESTS_HEX_LEN - 1, digest, sizeof(digest)) < 0)
		return -EBADMSG;
	rs_hex_encode(digest, sizeof(digest), out_line->hex);
	(void)rs_copy_text(out_line->path, sizeof(out_line->path), line->text + at,
		line->len - at); /* path_valid() */
	return 0;
}

void digests_of(const void *data, size_t len, char out_hex[DIGESTS_HEX_LEN])
{
	uint8_t digest[RS_SHA512_LEN];
	rs_sha512(data, len, digest);
	rs_hex_encode(digest, sizeof(digest), out_hex);
}

static int add_all(int fd, struct rs_hash *hash, uint8_t *chunk, uint64_t *out_len)
{
	uint64_t len = 0;
	for (;;) {
		const ssize_t n = read(fd, chunk, DIGESTS_CHUNK);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		rs_hash_add(hash, chunk, (size_t)n);
		len += (uint64_t)n;
	}
	*out_len = len;
	return 0;
}

int digests_of_file(
	const char *path, uint8_t *chunk, char out_hex[DIGESTS_HEX_LEN], uint64_t *out_len)
{
	struct rs_hash *hash = NULL;
	int err = rs_hash_new(RS_HASH_SHA512, &hash);
	if (err < 0)
		return err;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	err = fd < 0 ? -errno : add_all(fd, hash, chunk, out_len);
	if (err == 0) {
		uint8_t digest[RS_SHA512_LEN];
		rs_hash_finish(hash, digest);
		rs_hex_encode(digest, sizeof(digest), out_hex);
	}
	if (fd >= 0)
		(void)close(fd); /* read only */
	rs_hash_free(hash);
	return err;
}
