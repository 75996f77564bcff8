#include "tests/support/memory_disk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX ((size_t)256 << 20)

static int disk_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct memory_disk *memory = ctx;
	if (memory->error < 0)
		return memory->error;
	if (memory->n_files == MEMORY_DISK_FILES)
		abort();
	struct memory_file *file = &memory->files[memory->n_files];
	(void)snprintf(file->path, sizeof(file->path), "%s", path); /* may be cut */
	rs_buf_init(&file->data, FILE_MAX);
	*out_file = (uint32_t)memory->n_files++;
	return 0;
}

static int disk_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct memory_disk *memory = ctx;
	struct rs_buf *buf = &memory->files[file].data;
	if (memory->error < 0)
		return memory->error;
	if (offset == rs_buf_len(buf))
		return rs_buf_append(buf, data, len);
	if (offset + len > rs_buf_len(buf))
		abort();
	memcpy(rs_buf_data(buf) + offset, data, len);
	return 0;
}

static int disk_sync(void *ctx, uint32_t file, uint64_t token)
{
	struct memory_disk *memory = ctx;
	memory->syncs++;
	return 0;
}

static void disk_close(void *ctx, uint32_t file)
{
	struct memory_disk *memory = ctx;
	if (memory->files[file].closed)
		abort();
	memory->files[file].closed = true;
}

void memory_disk_init(struct memory_disk *memory)
{
	*memory = (struct memory_disk){ .disk = { .open = disk_open,
						.write = disk_write,
						.sync = disk_sync,
						.close = disk_close,
						.ctx = memory } };
}

void memory_disk_done(struct memory_disk *memory)
{
	for (size_t i = 0; i < memory->n_files; i++)
		rs_buf_done(&memory->files[i].data);
}

struct memory_file *memory_disk_find(struct memory_disk *memory, const char *ending)
{
	for (size_t i = 0; i < memory->n_files; i++) {
		struct memory_file *file = &memory->files[i];
		const size_t len = strlen(file->path);
		if (len >= strlen(ending) && strcmp(file->path + len - strlen(ending), ending) == 0)
			return file;
	}
	return NULL;
}

static int64_t file_read(void *ctx, uint64_t offset, void *data, size_t len)
{
	const struct memory_file *file = ctx;
	const size_t size = rs_buf_len(&file->data);
	const size_t n = offset >= size ? 0 : (len < size - offset ? len : size - offset);
	if (n > 0)
		memcpy(data, rs_buf_data(&file->data) + offset, n);
	return (int64_t)n;
}

struct reel_port memory_file_port(struct memory_file *file)
{
	return (struct reel_port){ .read = file_read, .ctx = file };
}
