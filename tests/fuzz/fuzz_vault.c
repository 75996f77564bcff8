/* Encrypted files, their keys and sealed events as they are read back: the first octet says as which. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/evidence/vault_format.h"
#include "recorder/archive/vault/vault.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct octets {
	const uint8_t *data;
	size_t len;
};

static const uint8_t key[RS_AEAD_KEY_LEN] = { 1 };

static int64_t read_octets(void *ctx, uint64_t offset, void *out, size_t len)
{
	const struct octets *octets = ctx;
	if (offset >= octets->len)
		return 0;
	const size_t n = len < octets->len - offset ? len : octets->len - (size_t)offset;
	memcpy(out, octets->data + offset, n);
	return (int64_t)n;
}

/* Records lie one behind the other in the file, and no octet of the plain one was not written. */
static void read_file(const uint8_t *data, size_t size)
{
	struct octets octets = { data, size };
	const struct vault_source source = { .read = read_octets, .ctx = &octets };
	struct vault_walk walk;
	struct vault_record record;
	uint64_t at = VAULT_MAGIC_LEN;
	if (vault_walk_init(&walk, &source) < 0)
		return;
	for (uint64_t n = 0; vault_walk_next(&walk, &record) == 1; n++) {
		if (record.n != n || record.len == 0 || record.len > VAULT_RECORD_MAX ||
			record.at != at + VAULT_HEAD_LEN || walk.at > size ||
			record.offset + record.len > walk.size)
			abort();
		at = walk.at;
		uint8_t *plain = rs_zalloc(record.len);
		if (plain == NULL)
			return;
		const int err = vault_record_open(&source, &record, key, plain);
		if (err != 0 && err != -EACCES && err != -ENOMEM)
			abort();
		rs_release(plain);
	}
}

static void read_key(const uint8_t *data, size_t size)
{
	struct vault_key parsed;
	if (vault_key_parse((const char *)data, size, &parsed) == 0 &&
		(parsed.wrapped_len > RS_WRAPPED_MAX || strlen(parsed.file) >= NAMES_FILE_LEN))
		abort();
}

static void read_event(const uint8_t *data, size_t size)
{
	struct vault_event event;
	struct rs_buf plain;
	if (!vault_event_parse((const char *)data, size, &event))
		return;
	if (event.sealed + event.sealed_len + 2 != (const char *)data + size)
		abort();
	rs_buf_init(&plain, 1 << 20);
	const int err = vault_event_open(key, 1, &event, &plain);
	if (err == 0 && rs_buf_len(&plain) <= VAULT_SALT_LEN)
		abort();
	rs_buf_done(&plain);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const readers[])(
		const uint8_t *, size_t) = { read_file, read_key, read_event };
	if (size == 0)
		return 0;
	uint8_t *copy =
		rs_memdup(data + 1, size - 1); /* its end is where a reader may not go beyond */
	if (copy != NULL)
		readers[data[0] % RS_ARRAY_LEN(readers)](copy, size - 1);
	rs_release(copy);
	return 0;
}
