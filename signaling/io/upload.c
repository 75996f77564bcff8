#include "signaling/io/upload.h"

#include "common/base/hash.h"
#include "common/log/log.h"
#include "signaling/io/attachment.h"
#include "signaling/service/documents.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_LEN 4096
#define HEX_LEN (2 * RS_SHA256_LEN)
#define PART_PREFIX "part-"
#define UNIQUE_LEN 16
/* Of the query; a file's own name counts by its extension alone. */
#define FILE_NAME_MAX 255

struct upload {
	uv_work_t work;
	struct io *io;
	uint64_t request; /* which may be gone by the end */
	struct claims who;
	char meeting[RS_NAME_MAX + 1];
	struct document document;
	bool malformed; /* what was said of it */
	bool unknown;   /* its extension is not among those taken */
	bool working;   /* on a worker's thread */
	char path[PATH_LEN];
	int fd;
	struct rs_hash *hash;
	uint64_t octets; /* that came */
	uint64_t max;    /* more are not kept */
	int err; /* -EIO: they could not be kept; -EBADMSG: they are not what the name says */
};

/* --- Files --- */

static int path_of(const struct io *io, const char *name, char out[PATH_LEN])
{
	return rs_format(out, PATH_LEN, "%s/%s", io->config.documents, name);
}

static bool is_working_on(const struct io *io, const uint8_t digest[RS_SHA256_LEN])
{
	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		const struct upload *upload = io->uploads[i];
		if (upload != NULL && upload->working &&
			memcmp(upload->document.digest, digest, RS_SHA256_LEN) == 0)
			return true;
	}
	return false;
}

/* The file of this digest, unless somebody has or is about to have it. */
static void drop(const struct io *io, const uint8_t digest[RS_SHA256_LEN])
{
	char hex[HEX_LEN + 1];
	char path[PATH_LEN];
	rs_hex_encode(digest, RS_SHA256_LEN, hex);
	if (is_working_on(io, digest) || service_document_kept(io->service, digest) ||
		path_of(io, hex, path) < 0)
		return;
	if (unlink(path) < 0 && errno != ENOENT)
		log_warning(LOG_HTTP, NULL, "a document's file cannot be removed sha256=%s err=%s",
			hex, strerror(errno));
}

void uploads_forget(struct io *io, struct message *message)
{
	uint8_t digest[RS_SHA256_LEN];
	if (rs_hex_decode(
		    (const char *)message_text(message), message->len, digest, sizeof(digest)) == 0)
		drop(io, digest);
	message_unref(message);
}

/* What a process that was killed left behind; anything that is not of our making stays. */
static void sweep_one(const struct io *io, const char *name)
{
	uint8_t digest[RS_SHA256_LEN];
	char path[PATH_LEN];
	if (rs_hex_decode(name, strlen(name), digest, sizeof(digest)) == 0) {
		drop(io, digest);
		return;
	}
	if (strncmp(name, PART_PREFIX, strlen(PART_PREFIX)) == 0 && path_of(io, name, path) == 0)
		(void)unlink(path); /* tried again at the next start */
}

void uploads_start(struct io *io)
{
	if (mkdir(io->config.documents, 0750) < 0 && errno != EEXIST) {
		log_error(LOG_HTTP, NULL, "no folder for documents path=%s err=%s",
			io->config.documents, strerror(errno));
		return; /* uploads are refused one by one */
	}
	DIR *folder = opendir(io->config.documents);
	const struct dirent *entry;
	while (folder != NULL && (entry = readdir(folder)) != NULL)
		sweep_one(io, entry->d_name);
	if (folder != NULL)
		(void)closedir(folder); /* read only */
}

uint64_t upload_octets_max(const struct io *io)
{
	return 2 * io->config.limits.document_octets;
}

/* --- Beginning --- */

static void read_document(struct request *request, struct upload *upload)
{
	struct document *document = &upload->document;
	char name[FILE_NAME_MAX + 1];
	const bool good =
		http_query(request, "item", document->item, sizeof(document->item)) &&
		http_query(request, "symbol", document->symbol, sizeof(document->symbol)) &&
		http_query(request, "title", document->title, sizeof(document->title)) &&
		http_query(request, "language", document->language, sizeof(document->language)) &&
		http_query(request, "name", name, sizeof(name));
	document->octets = 1; /* not known yet */
	upload->malformed = !good || !document_valid(document);
	upload->unknown = good && attachment_type(name, &document->type) < 0;
}

static struct upload **free_slot(struct io *io)
{
	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		if (io->uploads[i] == NULL)
			return &io->uploads[i];
	}
	return NULL;
}

static int open_part(struct upload *upload)
{
	char unique[UNIQUE_LEN + 1];
	char name[sizeof(PART_PREFIX) + UNIQUE_LEN];
	rs_rand_text(upload->io->config.rand, unique, UNIQUE_LEN);
	(void)snprintf(name, sizeof(name), PART_PREFIX "%s", unique);
	if (path_of(upload->io, name, upload->path) < 0)
		return -EIO;
	upload->fd = open(upload->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
	if (upload->fd >= 0)
		return 0;
	log_warning(LOG_HTTP, NULL, "a document cannot be written err=%s", strerror(errno));
	return -EIO;
}

void upload_begin(struct request *request, struct claims *who)
{
	struct io *io = request->io;
	struct upload **slot = free_slot(io);
	const char *meeting = request->params.name[0];
	if (slot == NULL || !claims_enter(who, meeting))
		return;
	struct upload *upload = rs_zalloc(sizeof(*upload));
	if (upload == NULL || rs_hash_new(RS_HASH_SHA256, &upload->hash) < 0) {
		rs_release(upload);
		return;
	}
	const uint64_t room = service_documents_room(io->service, meeting);
	const uint64_t most = io->config.limits.document_octets;
	*slot = request->upload = upload;
	upload->io = io;
	upload->fd = -1;
	upload->request = request->number;
	upload->max = room < most ? room : most;
	(void)rs_set_text(upload->meeting, meeting);
	read_document(request, upload);
	if (!upload->malformed && !upload->unknown)
		upload->err = open_part(upload);
}

static void close_part(struct upload *upload)
{
	if (upload->fd < 0)
		return;
	(void)close(upload->fd);    /* it was synced, or is thrown away */
	(void)unlink(upload->path); /* gone when it was renamed; else swept at the next start */
	upload->fd = -1;
}

struct upload *upload_free(struct upload *upload)
{
	if (upload == NULL)
		return NULL;
	for (size_t i = 0; i < UPLOADS_MAX; i++) {
		if (upload->io->uploads[i] == upload)
			upload->io->uploads[i] = NULL;
	}
	close_part(upload);
	rs_hash_free(upload->hash);
	return rs_release(upload);
}

static int write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		const ssize_t n = write(fd, data, len);
		if (n < 0 && errno != EINTR)
			return -EIO;
		data += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

void upload_take(struct upload *upload, const void *data, size_t len)
{
	upload->octets += len;
	if (upload->fd < 0)
		return;
	if (upload->octets <= upload->max)
		upload->err = write_all(upload->fd, data, len);
	if (upload->octets > upload->max || upload->err < 0)
		close_part(upload);
	else
		rs_hash_add(upload->hash, data, len);
}

/* --- On a worker's thread, which has nothing else of the io --- */

static bool is_what_it_says(const struct upload *upload)
{
	const size_t len = (size_t)upload->octets;
	void *data = mmap(NULL, len, PROT_READ, MAP_PRIVATE, upload->fd, 0);
	if (data == MAP_FAILED)
		return false;
	const bool is = attachment_is(upload->document.type, data, len);
	(void)munmap(data, len); /* fails for a wrong address only */
	return is;
}

static int sync_folder(const struct io *io)
{
	const int fd = open(io->config.documents, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -EIO;
	const int err = fsync(fd) < 0 ? -EIO : 0;
	(void)close(fd); /* read only */
	return err;
}

static void settle(uv_work_t *work)
{
	struct upload *upload = work->data;
	char hex[HEX_LEN + 1];
	char path[PATH_LEN];
	rs_hex_encode(upload->document.digest, RS_SHA256_LEN, hex);
	if (!is_what_it_says(upload))
		upload->err = -EBADMSG;
	else if (path_of(upload->io, hex, path) < 0 || fsync(upload->fd) < 0 ||
		 rename(upload->path, path) < 0)
		upload->err = -EIO;
	else
		upload->err = sync_folder(upload->io);
}

/* --- The end --- */

static void refuse(struct request *request, int err)
{
	if (err == -EBADMSG)
		http_refuse(request, HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE, "media-type",
			"The file is not what its name says, or has macros.");
	else
		http_refuse(request, HTTP_STATUS_SERVICE_UNAVAILABLE, "store-unavailable",
			"The document could not be written down. Please send it again.");
}

static void add(struct upload *upload, struct request *request)
{
	struct service_refusal refusal;
	struct io *io = upload->io;
	if (service_document_add(io->service, upload->request, &upload->who, upload->meeting,
		    &upload->document, io_moment(), &refusal) == 0)
		return;
	http_refuse_service(request, &refusal);
	drop(io, upload->document.digest);
}

static void on_settled(uv_work_t *work, int status)
{
	struct upload *upload = work->data;
	struct io *io = upload->io;
	(void)status; /* nothing is ever cancelled */
	upload->working = false;
	if (io->service == NULL) {
		upload_free(upload); /* it came to its end meanwhile; swept at the next start */
		return;
	}
	struct request *request =
		rs_map_find(io->requests, &upload->request, sizeof(upload->request));
	if (upload->err < 0 && request != NULL)
		refuse(request, upload->err);
	else if (upload->err == 0 && request != NULL)
		add(upload, request);
	else if (upload->err == 0)
		drop(io, upload->document.digest); /* torn in the last moment */
	upload_free(upload);
	io_pump(io);
}

/* Why it is not even looked at; false: it was answered so. */
static bool is_whole(struct request *request, const struct upload *upload)
{
	const uint64_t most = upload->io->config.limits.document_octets;
	if (upload->malformed || upload->octets == 0)
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"A file is expected, and of it in the query: item, a symbol or a title, language, name; without control characters.");
	else if (upload->unknown)
		http_refuse(request, HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE, "media-type",
			"Files of these types are taken: pdf, docx, xlsx, pptx, txt, png, jpeg.");
	else if (upload->octets > most)
		http_refuse(request, HTTP_STATUS_REQ_ENTITY_TOO_LARGE, "too-large",
			"The document is larger than is taken here.");
	else if (upload->octets > upload->max)
		http_refuse(request, HTTP_STATUS_CONFLICT, "documents-full",
			"The meeting's documents take up all the room they may. Withdraw one first.");
	else if (upload->err < 0)
		refuse(request, upload->err);
	return !request->answered;
}

void documents_add(struct request *request)
{
	struct upload *upload = request->upload;
	struct service_mark mark;
	if (service_mark(request->io->service, request->params.name[0], &mark) < 0) {
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-meeting",
			"There is no meeting of this name.");
		return;
	}
	if (upload == NULL) {
		http_add_header(request, "retry-after:", "5");
		http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
			"More documents than are taken at a time. Please wait a moment.");
		return;
	}
	if (!is_whole(request, upload))
		return;
	request->upload = NULL; /* its own from here on */
	upload->who = request->who;
	upload->document.octets = upload->octets;
	rs_hash_finish(upload->hash, upload->document.digest);
	upload->work.data = upload;
	upload->working = true;
	if (uv_queue_work(&request->io->loop, &upload->work, settle, on_settled) < 0) {
		upload_free(upload);
		http_refuse_memory(request);
	}
}
