#include "signaling/io/io_priv.h"

#include "common/log/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MAX ((off_t)16 << 20)

/* Vite names these by their content: they never change. */
static bool is_immutable(const char *file)
{
	return strncmp(file, "assets/", 7) == 0;
}

/* Webcasts are shown within other sites' pages; nothing can be pressed there that does anything to a meeting. */
static bool is_for_everybody(const char *file)
{
	return strcmp(file, "watch.html") == 0;
}

static void add_page_headers(struct request *request, const char *file, const char *tag)
{
	char policy[HTTP_VALUE_MAX];
	http_add_header(request, "etag:", tag);
	http_add_header(request, "cache-control:",
		is_immutable(file) ? "public, max-age=31536000, immutable" : "no-cache");
	http_add_header(request, "x-content-type-options:", "nosniff");
	http_add_header(request, "referrer-policy:", "no-referrer");
	if (strcmp(route_content_type(file), "text/html; charset=utf-8") != 0)
		return;
	/* Scripts and styles come from files alone; Lit adopts constructed style sheets, which need no leave. */
	(void)snprintf(policy, sizeof(policy),
		"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self' blob:; worker-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors %s",
		is_for_everybody(file) ? "*" : "'none'");
	http_add_header(request, "content-security-policy:", policy);
	http_add_header(request,
		"permissions-policy:", "camera=(self), microphone=(self), display-capture=(self)");
}

static int read_file(struct rs_buf *out, int fd, size_t len)
{
	uint8_t *room = rs_buf_room(out, len);
	size_t got = 0;
	if (room == NULL)
		return -ENOMEM;
	while (got < len) {
		const ssize_t n = read(fd, room + got, len - got);
		if (n <= 0)
			return -EIO;
		got += (size_t)n;
	}
	rs_buf_commit(out, len);
	return 0;
}

/* Symbolic links inside the folder are the installer's business; the path itself cannot leave it. */
static int open_file(const struct io *io, const char *file, struct stat *out_status)
{
	char path[4096];
	if (rs_format(path, sizeof(path), "%s/%s", io->config.web_root, file) < 0)
		return -ENOENT;
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -ENOENT;
	if (fstat(fd, out_status) == 0 && S_ISREG(out_status->st_mode) &&
		out_status->st_size <= FILE_MAX)
		return fd;
	(void)close(fd); /* read only */
	return -ENOENT;
}

static void refuse(struct request *request)
{
	http_refuse(
		request, HTTP_STATUS_NOT_FOUND, "not-found", "There is nothing at this address.");
}

void files_get(struct request *request)
{
	char file[ROUTE_FILE_MAX];
	char tag[48];
	struct stat status;
	if (route_file(request->path, file) < 0) {
		refuse(request);
		return;
	}
	const int fd = open_file(request->io, file, &status);
	if (fd < 0) {
		refuse(request);
		return;
	}
	(void)snprintf(tag, sizeof(tag), "\"%llx-%llx\"", (unsigned long long)status.st_size,
		(unsigned long long)status.st_mtim.tv_sec * 1000000000ULL +
			(unsigned long long)status.st_mtim.tv_nsec);
	add_page_headers(request, file, tag);
	if (route_has_tag(request->if_none_match, tag)) {
		http_answer(request, HTTP_STATUS_NOT_MODIFIED, NULL);
	} else if (read_file(&request->out, fd, (size_t)status.st_size) < 0) {
		log_warning(LOG_HTTP, NULL, "page cannot be read file=%s", file);
		http_refuse(request, HTTP_STATUS_INTERNAL_SERVER_ERROR, "unreadable",
			"The page cannot be read.");
	} else {
		http_answer(request, HTTP_STATUS_OK, route_content_type(file));
	}
	(void)close(fd); /* read only */
}
