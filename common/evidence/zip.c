#include "common/evidence/zip.h"

#include "common/base/buf.h"
#include "common/base/bytes.h"
#include "common/base/text.h"
#include "common/evidence/files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* APPNOTE sections 4.3.7, 4.3.12 and 4.3.16, without the names. */
#define LOCAL_LEN 30
#define CENTRAL_LEN 46
#define END_LEN 22
#define CRC_AT 14 /* in a local header: CRC-32 and both sizes */
#define LOCAL_SIGNATURE 0x04034b50
#define CENTRAL_SIGNATURE 0x02014b50
#define END_SIGNATURE 0x06054b50
#define VERSION 20        /* needed to extract: folders (section 4.4.3.2) */
#define MADE_BY 0x0314    /* on a Unix system, version 2.0 */
#define UTF8_NAMES 0x0800 /* section 4.4.4, bit 11 */
#define MODE (0100644u << 16)
#define DIRECTORY_MAX ((size_t)16 << 20)
#define PATH_MAX_LEN (2 * ZIP_NAME_MAX + 2)

struct zip {
	int fd;
	char folder[ZIP_NAME_MAX + 1];
	uint16_t time; /* as MS-DOS has them */
	uint16_t date;
	uint64_t at; /* octets written */
	uint16_t n;
	struct rs_buf directory;
	/* of the file being written */
	char path[PATH_MAX_LEN];
	uint64_t begun_at;
	uint64_t size;
	uint32_t crc;
};

/* All numbers are little-endian. */
static void put16(struct rs_writer *writer, uint16_t value)
{
	rs_write_u8(writer, (uint8_t)value);
	rs_write_u8(writer, (uint8_t)(value >> 8));
}

static void put32(struct rs_writer *writer, uint32_t value)
{
	put16(writer, (uint16_t)value);
	put16(writer, (uint16_t)(value >> 16));
}

/* Section 4.4.6: UTC, since a reader elsewhere has another local time; from 1980 to 2107. */
static void set_time(struct zip *zip, int64_t wall_ms)
{
	const time_t seconds = (time_t)(wall_ms / 1000);
	struct tm tm;
	zip->date = 1 << 5 | 1;
	if (gmtime_r(&seconds, &tm) == NULL || tm.tm_year < 80 || tm.tm_year > 207)
		return;
	zip->date = (uint16_t)((tm.tm_year - 80) << 9 | (tm.tm_mon + 1) << 5 | tm.tm_mday);
	zip->time = (uint16_t)(tm.tm_hour << 11 | tm.tm_min << 5 | tm.tm_sec / 2);
}

int zip_new(int fd, const char *folder, int64_t wall_ms, struct zip **out_zip)
{
	struct zip *zip = rs_zalloc(sizeof(*zip));
	if (zip == NULL)
		return -ENOMEM;
	zip->fd = fd;
	rs_buf_init(&zip->directory, DIRECTORY_MAX);
	set_time(zip, wall_ms);
	if (!rs_set_text(zip->folder, folder)) {
		zip_free(zip);
		return -EINVAL;
	}
	*out_zip = zip;
	return 0;
}

struct zip *zip_free(struct zip *zip)
{
	if (zip == NULL)
		return NULL;
	rs_buf_done(&zip->directory);
	return rs_release(zip);
}

static int append(struct zip *zip, const void *data, size_t len)
{
	if (zip->at + len > UINT32_MAX)
		return -E2BIG;
	const int err = files_write_at(zip->fd, data, len, zip->at);
	if (err == 0)
		zip->at += len;
	return err;
}

/* Method, time, CRC-32, sizes and the length of the name stand in both headers alike. */
static void put_common(struct rs_writer *writer, const struct zip *zip)
{
	put16(writer, VERSION);
	put16(writer, UTF8_NAMES);
	put16(writer, 0); /* stored */
	put16(writer, zip->time);
	put16(writer, zip->date);
	put32(writer, zip->crc);
	put32(writer, (uint32_t)zip->size);
	put32(writer, (uint32_t)zip->size);
	put16(writer, (uint16_t)strlen(zip->path));
	put16(writer, 0); /* extra field */
}

int zip_begin(struct zip *zip, const char *name)
{
	uint8_t head[LOCAL_LEN];
	struct rs_writer writer;
	if (name[0] == '\0' || strlen(name) > ZIP_NAME_MAX)
		return -EINVAL;
	if (zip->n == UINT16_MAX)
		return -E2BIG;
	(void)snprintf(zip->path, sizeof(zip->path), "%s%s%s", zip->folder,
		zip->folder[0] != '\0' ? "/" : "", name); /* fits */
	zip->begun_at = zip->at;
	zip->size = 0;
	zip->crc = (uint32_t)crc32_z(0, NULL, 0);
	rs_writer_init(&writer, head, sizeof(head));
	put32(&writer, LOCAL_SIGNATURE);
	put_common(&writer, zip);
	const int err = append(zip, head, sizeof(head));
	return err < 0 ? err : append(zip, zip->path, strlen(zip->path));
}

int zip_write(struct zip *zip, const void *data, size_t len)
{
	const int err = append(zip, data, len);
	if (err < 0)
		return err;
	zip->crc = (uint32_t)crc32_z(zip->crc, data, len);
	zip->size += len;
	return 0;
}

static int add_to_directory(struct zip *zip)
{
	uint8_t head[CENTRAL_LEN];
	struct rs_writer writer;
	rs_writer_init(&writer, head, sizeof(head));
	put32(&writer, CENTRAL_SIGNATURE);
	put16(&writer, MADE_BY);
	put_common(&writer, zip);
	put16(&writer, 0); /* comment */
	put16(&writer, 0); /* disk */
	put16(&writer, 0); /* internal attributes */
	put32(&writer, MODE);
	put32(&writer, (uint32_t)zip->begun_at);
	const int err = rs_buf_append(&zip->directory, head, sizeof(head));
	return err < 0 ? err : rs_buf_append(&zip->directory, zip->path, strlen(zip->path));
}

/* What was not known when the header was written. */
int zip_end(struct zip *zip)
{
	uint8_t known[12];
	struct rs_writer writer;
	rs_writer_init(&writer, known, sizeof(known));
	put32(&writer, zip->crc);
	put32(&writer, (uint32_t)zip->size);
	put32(&writer, (uint32_t)zip->size);
	int err = files_write_at(zip->fd, known, sizeof(known), zip->begun_at + CRC_AT);
	if (err == 0)
		err = add_to_directory(zip);
	if (err == 0)
		zip->n++;
	return err;
}

int zip_finish(struct zip *zip)
{
	uint8_t end[END_LEN];
	struct rs_writer writer;
	const size_t len = rs_buf_len(&zip->directory);
	rs_writer_init(&writer, end, sizeof(end));
	put32(&writer, END_SIGNATURE);
	put32(&writer, 0); /* disks */
	put16(&writer, zip->n);
	put16(&writer, zip->n);
	put32(&writer, (uint32_t)len);
	put32(&writer, (uint32_t)zip->at);
	put16(&writer, 0); /* comment */
	const int err = append(zip, rs_buf_data(&zip->directory), len);
	return err < 0 ? err : append(zip, end, sizeof(end));
}
