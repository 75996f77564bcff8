/* The disk of known content: files in memory, and what was said of them. */
#include "tests/support/known_content_priv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

static int memory_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct known_memory *memory = ctx;
	assert_int_equal(how, DISK_CREATE);
	assert_true(memory->opened < KNOWN_FILES_MAX);
	for (uint32_t i = 0; i < memory->opened; i++)
		assert_string_not_equal(memory->files[i].path, path);
	struct known_file *file = &memory->files[memory->opened];
	(void)snprintf(file->path, sizeof(file->path), "%s", path);
	rs_buf_init(&file->data, 64 << 20);
	*out_file = memory->opened++;
	return 0;
}

static int memory_write(void *ctx, uint32_t index, uint64_t offset, const void *data, size_t len)
{
	struct known_file *file = &((struct known_memory *)ctx)->files[index];
	assert_false(file->closed);
	if (offset == rs_buf_len(&file->data))
		return rs_buf_append(&file->data, data, len);
	assert_true(offset + len <= rs_buf_len(&file->data));
	memcpy(rs_buf_data(&file->data) + offset, data, len);
	return 0;
}

static int memory_sync(void *ctx, uint32_t file, uint64_t token)
{
	return 0;
}

static void memory_close(void *ctx, uint32_t index)
{
	((struct known_memory *)ctx)->files[index].closed = true;
}

/* Place of the file called /demo/data/tracks/KEN. and the rest; `opened` = there is none. */
static uint32_t place_of(const struct known_memory *memory, const char *rest)
{
	char path[96];
	(void)snprintf(path, sizeof(path), "/demo/data/tracks/KEN.%s", rest);
	uint32_t i = 0;
	while (i < memory->opened && strcmp(memory->files[i].path, path) != 0)
		i++;
	return i;
}

bool known_has_file(const struct known_memory *memory, const char *rest)
{
	return place_of(memory, rest) < memory->opened;
}

struct known_file *known_file_named(struct known_memory *memory, const char *rest)
{
	assert_true(known_has_file(memory, rest));
	return &memory->files[place_of(memory, rest)];
}

int64_t known_number(const json_t *json, const char *key)
{
	const json_t *value = json_object_get(json, key);
	assert_true(json_is_integer(value));
	return json_integer_value(value);
}

uint32_t known_digest(const uint8_t *data, size_t len)
{
	return (uint32_t)crc32(0, data, (uInt)len);
}

int known_note(void *ctx, const char *type, json_t *payload)
{
	struct known_memory *memory = ctx;
	const char *file = json_string_value(json_object_get(payload, "file"));
	if (file != NULL) {
		char rest[96];
		(void)snprintf(rest, sizeof(rest), "%s.webm", file + strlen("tracks/KEN."));
		struct known_file *webm = known_file_named(memory, rest);
		if (strcmp(type, "segment-closed") == 0) {
			assert_null(webm->end);
			webm->end = json_incref(payload);
		} else {
			assert_string_equal(type, "segment-opened");
			webm->t0_ms = known_number(payload, "t0_ms");
		}
	}
	memory->stalls += strcmp(type, "stall") == 0 ? 1 : 0;
	if (strcmp(type, "packets-unwritten") == 0)
		memory->unwritten += known_number(payload, "received");
	json_decref(payload);
	return 0;
}

struct disk known_disk(struct known_memory *memory)
{
	return (struct disk){ .open = memory_open,
		.write = memory_write,
		.sync = memory_sync,
		.close = memory_close,
		.ctx = memory };
}

void known_memory_done(struct known_memory *memory)
{
	for (uint32_t i = 0; i < memory->opened; i++) {
		rs_buf_done(&memory->files[i].data);
		json_decref(memory->files[i].end);
	}
}
