/* recorder/mux/ebml.h
 *
 * EBML elements (RFC 8794) written into an rs_writer. Failure is sticky in the writer, as there.
 * No allocation. Sizes of master elements take a fixed width of four octets, so that they can be
 * filled in when the children are written.
 */
#ifndef ROSTRUM_RECORDER_MUX_EBML_H
#define ROSTRUM_RECORDER_MUX_EBML_H

#include "common/base/bytes.h"

/* Eight-octet "size unknown", RFC 8794 section 6.2. */
#define EBML_SIZE_UNKNOWN UINT64_C(0x01FFFFFFFFFFFFFF)
/* Largest size eight octets can say. */
#define EBML_SIZE_MAX UINT64_C(0x00FFFFFFFFFFFFFE)

/* Element id as it stands in the file, marker bits included: one to four octets. */
void ebml_write_id(struct rs_writer *writer, uint32_t id);
/* Data size in the least octets that hold it. Fails the writer above EBML_SIZE_MAX. */
void ebml_write_size(struct rs_writer *writer, uint64_t size);
/* Data size in eight octets, for places that are patched. */
void ebml_write_size8(struct rs_writer *writer, uint64_t size);
/* Unsigned integer in the least octets (at least one). */
void ebml_write_uint(struct rs_writer *writer, uint32_t id, uint64_t value);
/* Signed 64-bit date: nanoseconds since 2001-01-01T00:00:00 UTC (RFC 8794 section 7.6). */
void ebml_write_date(struct rs_writer *writer, uint32_t id, int64_t ns);
/* IEEE 754 binary64. */
void ebml_write_float(struct rs_writer *writer, uint32_t id, double value);
/* NUL-terminated string, written without the NUL. */
void ebml_write_text(struct rs_writer *writer, uint32_t id, const char *text);
void ebml_write_binary(struct rs_writer *writer, uint32_t id, const void *data, size_t len);
/* A Void element of exactly `total` octets, head included; total is 2 to 128. */
void ebml_write_void(struct rs_writer *writer, size_t total);

/* Begin a master element; the mark goes to ebml_close(), which fills in the size. */
size_t ebml_open(struct rs_writer *writer, uint32_t id);
void ebml_close(struct rs_writer *writer, size_t mark);

#endif
