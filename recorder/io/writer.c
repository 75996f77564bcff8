#include "recorder/io/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUEUE_MIN ((size_t)64 << 10)
#define RESULTS_MAX 1024
#define FAILED_MAX 64
#define PATH_MAX_LEN 1200
/* How often a disk without room is tried again. */
#define ROOM_EVERY_US 100000

enum job_kind {
	JOB_OPEN,
	JOB_WRITE,
	JOB_SYNC,
	JOB_CLOSE,
	JOB_SKIP, /* the rest of the ring's memory is not used this time round */
};

/* Stands in the ring in front of its octets (path or data). */
struct job {
	enum job_kind kind;
	uint32_t file;
	uint64_t at; /* offset, or token */
	size_t len;
	enum disk_open how;
};

struct file {
	bool used;
	bool failed;
	uint32_t owner;
	int fd;                  /* the writer's thread only; -1 until opened */
	char path[PATH_MAX_LEN]; /* likewise */
};

struct writer {
	struct writer_config config;
	struct disk disk;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t work;  /* jobs came, or the end */
	pthread_cond_t space; /* results were taken */
	bool ending;
	bool full;    /* the first job found no room on the disk */
	bool pressed; /* a file must be closed, and the ring has no place for that */
	uint64_t written;

	/* Jobs: octets [head, head + used) of the ring, going round. */
	uint8_t *ring;
	size_t head;
	size_t used;

	struct file *files;
	uint32_t failed[FAILED_MAX]; /* owners; 0 = none */
	unsigned failed_at;

	struct writer_result results[RESULTS_MAX];
	size_t result_head;
	size_t result_count;
	bool lost_error; /* an error nobody polled */
};

static size_t padded(size_t len)
{
	return (sizeof(struct job) + len + 15) & ~(size_t)15;
}

/* --- the caller's side --- */

/* Put a job into the ring; with the lock held. */
static int push(struct writer *writer, const struct job *job, const void *data)
{
	const size_t need = padded(job->len);
	const size_t max = writer->config.queue_max;
	size_t tail = (writer->head + writer->used) % max;
	const size_t rest = max - tail;
	const size_t skip = rest < need ? rest : 0;
	if (writer->used + skip + need > max)
		return -EAGAIN;
	if (skip > 0) {
		const struct job filler = { .kind = JOB_SKIP, .len = skip };
		memcpy(writer->ring + tail, &filler, sizeof(filler));
		writer->used += skip;
		tail = 0;
	}
	memcpy(writer->ring + tail, job, sizeof(*job));
	if (job->len > 0)
		memcpy(writer->ring + tail + sizeof(*job), data, job->len);
	writer->used += need;
	(void)pthread_cond_signal(&writer->work); /* cannot fail */
	return 0;
}

static int push_locked(struct writer *writer, const struct job *job, const void *data)
{
	(void)pthread_mutex_lock(&writer->lock); /* cannot fail on a mutex of ours */
	const int err = push(writer, job, data);
	(void)pthread_mutex_unlock(&writer->lock);
	return err;
}

static int disk_open_file(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct writer *writer = ctx;
	const size_t len = strlen(path) + 1;
	if (len > PATH_MAX_LEN)
		return -EINVAL;
	(void)pthread_mutex_lock(&writer->lock);
	uint32_t index = 0;
	while (index < writer->config.files_max && writer->files[index].used)
		index++;
	int err = index < writer->config.files_max ? 0 : -EAGAIN;
	const struct job job = { .kind = JOB_OPEN, .file = index, .len = len, .how = how };
	if (err == 0)
		err = push(writer, &job, path);
	if (err == 0) {
		struct file *file = &writer->files[index];
		file->used = true;
		file->failed = false;
		file->owner = owner;
		*out_file = index;
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return err;
}

static int disk_write_file(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	const struct job job = { .kind = JOB_WRITE, .file = file, .at = offset, .len = len };
	return push_locked(ctx, &job, data);
}

static int disk_sync_file(void *ctx, uint32_t file, uint64_t token)
{
	const struct job job = { .kind = JOB_SYNC, .file = file, .at = token };
	return push_locked(ctx, &job, NULL);
}

/* Cannot be refused: waits for room if it has to. */
static void disk_close_file(void *ctx, uint32_t file)
{
	struct writer *writer = ctx;
	const struct job job = { .kind = JOB_CLOSE, .file = file };
	(void)pthread_mutex_lock(&writer->lock);
	while (push(writer, &job, NULL) < 0) {
		writer->pressed = true;
		/* The results may be what holds the thread up. */
		if (writer->result_count == RESULTS_MAX)
			writer->result_count--;
		(void)pthread_cond_signal(&writer->space);
		(void)pthread_mutex_unlock(&writer->lock);
		(void)usleep(1000); /* a full ring is megabytes of writing */
		(void)pthread_mutex_lock(&writer->lock);
	}
	(void)pthread_mutex_unlock(&writer->lock);
}

/* --- the thread's side --- */

static bool owner_failed(const struct writer *writer, uint32_t owner)
{
	for (size_t i = 0; i < FAILED_MAX; i++)
		if (writer->failed[i] == owner)
			return true;
	return false;
}

static void tell(struct writer *writer, const struct writer_result *result)
{
	(void)pthread_mutex_lock(&writer->lock);
	while (writer->result_count == RESULTS_MAX && !writer->ending)
		(void)pthread_cond_wait(&writer->space, &writer->lock);
	if (writer->result_count < RESULTS_MAX) {
		const size_t at = (writer->result_head + writer->result_count) % RESULTS_MAX;
		writer->results[at] = *result;
		writer->result_count++;
	} else if (result->err < 0) {
		writer->lost_error = true;
	}
	(void)pthread_mutex_unlock(&writer->lock);
	writer->config.wake(writer->config.ctx);
}

static void fail(struct writer *writer, const struct file *file, int err)
{
	if (owner_failed(writer, file->owner))
		return;
	writer->failed[writer->failed_at++ % FAILED_MAX] = file->owner;
	struct writer_result result = { .owner = file->owner, .err = err };
	const size_t len = strlen(file->path);
	const size_t cut = len < sizeof(result.path) ? 0 : len - sizeof(result.path) + 1;
	memcpy(result.path, file->path + cut, len - cut);
	tell(writer, &result);
}

static int do_open(struct file *file, const struct job *job, const uint8_t *data)
{
	memcpy(file->path, data, job->len);
	const int flags = O_WRONLY | O_CREAT | O_CLOEXEC | (job->how == DISK_CREATE ? O_EXCL : 0);
	file->fd = open(file->path, flags, 0640);
	return file->fd < 0 ? -errno : 0;
}

/* Half a block at the end would only puzzle players: what did not fit goes again as a whole. */
static void take_back(const struct file *file, uint64_t at, size_t done)
{
	struct stat st;
	if (done == 0 || fstat(file->fd, &st) < 0 || (uint64_t)st.st_size != at + done)
		return;
	if (ftruncate(file->fd, (off_t)at) < 0)
		return; /* a torn end it is */
}

static int do_write(const struct file *file, const struct job *job, const uint8_t *data)
{
	size_t done = 0;
	while (done < job->len) {
		const ssize_t n =
			pwrite(file->fd, data + done, job->len - done, (off_t)(job->at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			const int err = -errno;
			take_back(file, job->at, done);
			return err;
		}
		done += (size_t)n;
	}
	return 0;
}

static int do_sync(const struct file *file)
{
	return fdatasync(file->fd) < 0 ? -errno : 0;
}

static int do_close(struct file *file)
{
	int err = 0;
	if (file->fd >= 0) {
		err = do_sync(file);
		if (close(file->fd) < 0 && err == 0)
			err = -errno;
	}
	file->fd = -1;
	return err;
}

static bool needs_room(int err)
{
	return err == -ENOSPC || err == -EDQUOT;
}

/* The disk has no room: wait a little, if what comes after can wait as well. */
static bool wait_for_room(struct writer *writer)
{
	(void)pthread_mutex_lock(&writer->lock);
	const bool news = !writer->full;
	const bool waits = !writer->ending && !writer->pressed;
	writer->full = waits;
	(void)pthread_mutex_unlock(&writer->lock);
	if (waits && news)
		writer->config.wake(writer->config.ctx);
	if (waits)
		(void)usleep(ROOM_EVERY_US); /* sooner or later somebody makes room */
	return waits;
}

static void went(struct writer *writer, size_t octets)
{
	(void)pthread_mutex_lock(&writer->lock);
	writer->full = false;
	writer->pressed = false;
	writer->written += octets;
	(void)pthread_mutex_unlock(&writer->lock);
}

static int open_in_time(
	struct writer *writer, struct file *file, const struct job *job, const uint8_t *data)
{
	int err;
	do
		err = do_open(file, job, data);
	while (needs_room(err) && wait_for_room(writer));
	went(writer, 0);
	return err;
}

static int write_in_time(
	struct writer *writer, const struct file *file, const struct job *job, const uint8_t *data)
{
	int err;
	do
		err = do_write(file, job, data);
	while (needs_room(err) && wait_for_room(writer));
	went(writer, err == 0 ? job->len : 0);
	return err;
}

/* The job's octets stay in the ring meanwhile. */
static void do_job(struct writer *writer, const struct job *job, const uint8_t *data)
{
	struct file *file = &writer->files[job->file];
	const bool dead = owner_failed(writer, file->owner);
	int err = 0;
	switch (job->kind) {
	case JOB_OPEN:
		file->fd = -1;
		file->path[0] = '\0';
		err = dead ? 0 : open_in_time(writer, file, job, data);
		break;
	case JOB_WRITE:
		err = dead ? 0 : write_in_time(writer, file, job, data);
		break;
	case JOB_SYNC:
		err = dead ? 0 : do_sync(file);
		if (!dead && err == 0 && job->at != 0)
			tell(writer,
				&(struct writer_result){ .owner = file->owner, .token = job->at });
		break;
	case JOB_CLOSE:
		err = do_close(file);
		break;
	case JOB_SKIP:
		break;
	}
	if (err < 0)
		fail(writer, file, err);
}

static void *run(void *ctx)
{
	struct writer *writer = ctx;
	(void)pthread_mutex_lock(&writer->lock);
	for (;;) {
		while (writer->used == 0 && !writer->ending)
			(void)pthread_cond_wait(&writer->work, &writer->lock);
		if (writer->used == 0)
			break;
		struct job job;
		memcpy(&job, writer->ring + writer->head, sizeof(job));
		const uint8_t *data = writer->ring + writer->head + sizeof(job);
		(void)pthread_mutex_unlock(&writer->lock);
		if (job.kind != JOB_SKIP)
			do_job(writer, &job, data);
		(void)pthread_mutex_lock(&writer->lock);
		if (job.kind == JOB_CLOSE)
			writer->files[job.file].used = false;
		const size_t taken = job.kind == JOB_SKIP ? job.len : padded(job.len);
		writer->head = (writer->head + taken) % writer->config.queue_max;
		writer->used -= taken;
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return NULL;
}

/* --- birth and death --- */

static void release(struct writer *writer)
{
	rs_release(writer->ring);
	rs_release(writer->files);
	rs_release(writer);
}

int writer_new(const struct writer_config *config, struct writer **out_writer)
{
	if (config->queue_max < QUEUE_MIN || config->queue_max % 16 != 0 || config->files_max == 0)
		return -EINVAL;
	struct writer *writer = rs_zalloc(sizeof(*writer));
	if (writer == NULL)
		return -ENOMEM;
	writer->config = *config;
	writer->disk = (struct disk){ .open = disk_open_file,
		.write = disk_write_file,
		.sync = disk_sync_file,
		.close = disk_close_file,
		.ctx = writer };
	/* One header more: a filler may stand in the very last 16 octets. */
	writer->ring = rs_zalloc(config->queue_max + sizeof(struct job));
	writer->files = rs_calloc(config->files_max, sizeof(*writer->files));
	if (writer->ring == NULL || writer->files == NULL) {
		release(writer);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&writer->lock, NULL); /* these cannot fail without attributes */
	(void)pthread_cond_init(&writer->work, NULL);
	(void)pthread_cond_init(&writer->space, NULL);
	if (pthread_create(&writer->thread, NULL, run, writer) != 0) {
		release(writer);
		return -EAGAIN;
	}
	*out_writer = writer;
	return 0;
}

struct writer *writer_free(struct writer *writer, bool *out_failed)
{
	if (writer == NULL)
		return NULL;
	(void)pthread_mutex_lock(&writer->lock);
	writer->ending = true;
	(void)pthread_cond_signal(&writer->work);
	(void)pthread_cond_signal(&writer->space);
	(void)pthread_mutex_unlock(&writer->lock);
	(void)pthread_join(writer->thread, NULL); /* it is ours and not joined yet */
	struct writer_result result;
	bool failed = writer->lost_error;
	while (writer_poll(writer, &result) == 1)
		failed = failed || result.err < 0;
	if (out_failed != NULL)
		*out_failed = failed;
	release(writer);
	return NULL;
}

const struct disk *writer_disk(struct writer *writer)
{
	return &writer->disk;
}

struct writer_state writer_state(struct writer *writer)
{
	(void)pthread_mutex_lock(&writer->lock);
	const struct writer_state state = {
		.backlog = writer->used, .written = writer->written, .full = writer->full
	};
	(void)pthread_mutex_unlock(&writer->lock);
	return state;
}

int writer_poll(struct writer *writer, struct writer_result *out_result)
{
	(void)pthread_mutex_lock(&writer->lock);
	const bool some = writer->result_count > 0;
	if (some) {
		*out_result = writer->results[writer->result_head];
		writer->result_head = (writer->result_head + 1) % RESULTS_MAX;
		writer->result_count--;
		(void)pthread_cond_signal(&writer->space);
	}
	(void)pthread_mutex_unlock(&writer->lock);
	return some ? 1 : 0;
}
