#include "recorder/archive/vault/vault.h"

#include "common/evidence/vault_format.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Recordings of one session that were begun or went on, each with a key for its events. */
#define EVENT_KEYS_MAX 9999

enum kind {
	FREE,
	PLAIN,
	MEDIA,
	LEDGER,
};

struct entry {
	enum kind kind;
	uint32_t below;
	char file[NAMES_FILE_LEN]; /* without its ending; of media and ledgers */
	uint8_t key[RS_AEAD_KEY_LEN];
	uint64_t records;
	uint64_t sealed_size; /* octets of the file as it lies on the disk */
	uint64_t flushed;     /* end of what is in records, in the plain file */
	struct rs_buf pending;
	uint64_t pending_at; /* offset of its first octet */
};

struct vault {
	struct vault_config config;
	char directory[ARCHIVE_PATH_LEN];
	char data[ARCHIVE_PATH_LEN];
	struct disk port;
	struct entry *entries; /* files_max; a file's name is its place here and 1 */
	uint8_t event_key[RS_AEAD_KEY_LEN];
	uint32_t event_number; /* of that key; 0 = none was drawn */
};

/* --- files --- */

static enum kind kind_of(const struct vault *vault, const char *path, char file[NAMES_FILE_LEN])
{
	static const struct {
		const char *ending;
		enum kind kind;
	} endings[] = { { ".webm", MEDIA }, { ".mkv", MEDIA }, { NAMES_LEDGER, LEDGER } };
	const size_t front = strlen(vault->data);
	if (strncmp(path, vault->data, front) != 0 || path[front] != '/')
		return PLAIN;
	const char *name = path + front + 1;
	const size_t len = strlen(name);
	for (size_t i = 0; i < RS_ARRAY_LEN(endings); i++) {
		const size_t back = strlen(endings[i].ending);
		if (len > back && strcmp(name + len - back, endings[i].ending) == 0 &&
			rs_copy_text(file, NAMES_FILE_LEN, name, len - back))
			return endings[i].kind;
	}
	return PLAIN;
}

static struct entry *get(struct vault *vault, uint32_t file)
{
	return &vault->entries[file - 1];
}

static struct entry *find_free(const struct vault *vault)
{
	for (size_t i = 0; i < vault->config.files_max; i++)
		if (vault->entries[i].kind == FREE)
			return &vault->entries[i];
	return NULL;
}

static struct entry *find_media(const struct vault *vault, const char *file)
{
	for (size_t i = 0; i < vault->config.files_max; i++) {
		struct entry *entry = &vault->entries[i];
		if (entry->kind == MEDIA && strcmp(entry->file, file) == 0)
			return entry;
	}
	return NULL;
}

static void forget(struct entry *entry)
{
	rs_wipe(entry->key, sizeof(entry->key));
	rs_buf_done(&entry->pending);
	*entry = (struct entry){ .kind = FREE };
}

/* The wrapped key is asked to be durable before anything is that it opens. */
static int store_key(struct vault *vault, const char *file, const uint8_t key[RS_AEAD_KEY_LEN])
{
	const struct disk *disk = vault->config.disk;
	char path[ARCHIVE_PATH_LEN];
	struct rs_buf text;
	uint32_t out;
	rs_buf_init(&text, VAULT_KEY_FILE_MAX);
	int err = vault_key_path(vault->directory, file, path);
	if (err == 0)
		err = vault_key_write(vault->config.recipient, file, key, &text);
	if (err == 0)
		err = disk->open(disk->ctx, vault->config.owner, path, DISK_CREATE, &out);
	if (err == 0) {
		err = disk->write(disk->ctx, out, 0, rs_buf_data(&text), rs_buf_len(&text));
		disk->close(disk->ctx, out); /* syncs */
	}
	rs_buf_done(&text);
	return err;
}

/* --- records --- */

static int emit(
	struct vault *vault, struct entry *entry, uint64_t offset, const void *data, size_t len)
{
	const struct disk *disk = vault->config.disk;
	const size_t sealed_len = len + VAULT_RECORD_OVERHEAD;
	RS_CLEANUP(rs_releasep) uint8_t *sealed = rs_zalloc(sealed_len);
	if (sealed == NULL)
		return -ENOMEM;
	int err = vault_record_seal(entry->key, entry->records, offset, data, len, sealed);
	if (err == 0)
		err = disk->write(disk->ctx, entry->below, entry->sealed_size, sealed, sealed_len);
	if (err < 0)
		return err;
	entry->records++;
	entry->sealed_size += sealed_len;
	if (offset + len > entry->flushed)
		entry->flushed = offset + len;
	return 0;
}

static int flush(struct vault *vault, struct entry *entry)
{
	const size_t len = rs_buf_len(&entry->pending);
	if (len == 0)
		return 0;
	const int err = emit(vault, entry, entry->pending_at, rs_buf_data(&entry->pending), len);
	if (err == 0)
		rs_buf_consume(&entry->pending, len);
	return err;
}

/* Whether a write goes on behind what is pending, or changes some of it. */
static bool joins(const struct entry *entry, uint64_t offset, size_t len)
{
	const size_t have = rs_buf_len(&entry->pending);
	if (have == 0)
		return offset >= entry->flushed;
	return offset >= entry->pending_at && offset <= entry->pending_at + have &&
	       offset + len - entry->pending_at <= VAULT_RECORD_MAX;
}

static int join(struct entry *entry, uint64_t offset, const uint8_t *data, size_t len)
{
	const size_t have = rs_buf_len(&entry->pending);
	if (have == 0)
		entry->pending_at = offset;
	const size_t from = (size_t)(offset - entry->pending_at);
	const size_t over = have - from < len ? have - from : len;
	const int err = rs_buf_append(&entry->pending, data + over, len - over);
	if (err == 0 && over > 0)
		memcpy(rs_buf_data(&entry->pending) + from, data, over);
	return err;
}

/* What changes a record that was written is a record of its own, at once. */
static int put(
	struct vault *vault, struct entry *entry, uint64_t offset, const uint8_t *data, size_t len)
{
	int err = 0;
	while (err == 0 && len > 0) {
		const size_t n = len < VAULT_RECORD_MAX ? len : VAULT_RECORD_MAX;
		if (!joins(entry, offset, n))
			err = flush(vault, entry);
		if (err == 0)
			err = joins(entry, offset, n) ? join(entry, offset, data, n)
						      : emit(vault, entry, offset, data, n);
		offset += n;
		data += n;
		len -= n;
	}
	return err;
}

/* --- the port --- */

static int open_media(struct vault *vault, struct entry *entry, uint32_t owner, const char *path,
	enum disk_open how)
{
	const struct disk *disk = vault->config.disk;
	char sealed[ARCHIVE_PATH_LEN];
	if (how != DISK_CREATE || rs_format(sealed, sizeof(sealed), "%s" NAMES_SEALED, path) < 0)
		return -EINVAL; /* what is there cannot be read to go on in it */
	rs_rand_bytes(vault->config.rand, entry->key, sizeof(entry->key));
	int err = store_key(vault, entry->file, entry->key);
	if (err == 0)
		err = disk->open(disk->ctx, owner, sealed, DISK_CREATE, &entry->below);
	if (err < 0)
		return err;
	err = disk->write(disk->ctx, entry->below, 0, VAULT_MAGIC, VAULT_MAGIC_LEN);
	if (err < 0)
		disk->close(disk->ctx, entry->below);
	entry->sealed_size = VAULT_MAGIC_LEN;
	return err;
}

static int vault_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct vault *vault = ctx;
	const struct disk *disk = vault->config.disk;
	struct entry *entry = find_free(vault);
	if (entry == NULL)
		return -EAGAIN;
	rs_buf_init(&entry->pending, VAULT_RECORD_MAX);
	const enum kind kind = kind_of(vault, path, entry->file);
	const int err = kind == MEDIA ? open_media(vault, entry, owner, path, how)
				      : disk->open(disk->ctx, owner, path, how, &entry->below);
	if (err < 0) {
		forget(entry);
		return err;
	}
	entry->kind = kind;
	*out_file = (uint32_t)(entry - vault->entries) + 1;
	return 0;
}

static int vault_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct vault *vault = ctx;
	const struct disk *disk = vault->config.disk;
	struct entry *entry = get(vault, file);
	if (entry->kind == MEDIA)
		return put(vault, entry, offset, data, len);
	/* What a line of a ledger speaks of is written before it. */
	struct entry *media = entry->kind == LEDGER ? find_media(vault, entry->file) : NULL;
	const int err = media != NULL ? flush(vault, media) : 0;
	return err < 0 ? err : disk->write(disk->ctx, entry->below, offset, data, len);
}

static int vault_sync(void *ctx, uint32_t file, uint64_t token)
{
	struct vault *vault = ctx;
	const struct disk *disk = vault->config.disk;
	struct entry *entry = get(vault, file);
	const int err = flush(vault, entry);
	return err < 0 ? err : disk->sync(disk->ctx, entry->below, token);
}

static void vault_close(void *ctx, uint32_t file)
{
	struct vault *vault = ctx;
	const struct disk *disk = vault->config.disk;
	struct entry *entry = get(vault, file);
	(void)flush(vault,
		entry); /* a file that was finished has nothing pending; of another the end is lost */
	disk->close(disk->ctx, entry->below);
	forget(entry);
}

/* --- events --- */

static int draw_event_key(struct vault *vault)
{
	char file[NAMES_FILE_LEN];
	char path[ARCHIVE_PATH_LEN];
	uint32_t number = 1;
	int err;
	do {
		err = rs_format(file, sizeof(file), "events.%03u", (unsigned)number);
		if (err == 0)
			err = vault_key_path(vault->directory, file, path);
	} while (err == 0 && access(path, F_OK) == 0 && ++number <= EVENT_KEYS_MAX);
	if (err < 0)
		return err;
	rs_rand_bytes(vault->config.rand, vault->event_key, sizeof(vault->event_key));
	err = store_key(vault, file, vault->event_key);
	if (err == 0)
		vault->event_number = number;
	return err;
}

int vault_seal_event(struct vault *vault, uint64_t seq, const char *hash, const char *payload,
	size_t len, struct rs_buf *out)
{
	uint8_t salt[VAULT_SALT_LEN];
	const int err = vault->event_number == 0 ? draw_event_key(vault) : 0;
	if (err < 0)
		return err;
	rs_rand_bytes(vault->config.rand, salt, sizeof(salt));
	return vault_event_seal(
		vault->event_key, vault->event_number, seq, salt, hash, payload, len, out);
}

/* --- birth and death --- */

int vault_new(const struct vault_config *config, struct vault **out_vault)
{
	char keys[ARCHIVE_PATH_LEN];
	if (config->files_max == 0)
		return -EINVAL;
	RS_CLEANUP(vault_freep) struct vault *vault = rs_zalloc(sizeof(*vault));
	if (vault == NULL)
		return -ENOMEM;
	vault->config = *config;
	vault->entries = rs_calloc(config->files_max, sizeof(*vault->entries));
	if (vault->entries == NULL)
		return -ENOMEM;
	if (!rs_set_text(vault->directory, config->directory) ||
		names_path(config->directory, NAMES_DATA, vault->data) < 0 ||
		names_path(config->directory, NAMES_KEYS, keys) < 0)
		return -EINVAL;
	if (mkdir(keys, 0750) < 0 && errno != EEXIST)
		return -errno;
	vault->config.directory = vault->directory;
	vault->port = (struct disk){ .open = vault_open,
		.write = vault_write,
		.sync = vault_sync,
		.close = vault_close,
		.ctx = vault };
	*out_vault = rs_steal(&vault);
	return 0;
}

struct vault *vault_free(struct vault *vault)
{
	if (vault == NULL)
		return NULL;
	for (size_t i = 0; vault->entries != NULL && i < vault->config.files_max; i++)
		forget(&vault->entries[i]);
	rs_release(vault->entries);
	rs_wipe(vault->event_key, sizeof(vault->event_key));
	return rs_release(vault);
}

void vault_freep(struct vault **vault)
{
	*vault = vault_free(*vault);
}

const struct disk *vault_disk(const struct vault *vault)
{
	return &vault->port;
}
