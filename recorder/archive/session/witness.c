#include "recorder/archive/session/witness.h"

#include "common/evidence/ledger.h"

#include <errno.h>
#include <string.h>

struct kept {
	bool open;
	uint32_t handle;
	char file[NAMES_FILE_LEN];
	struct ledger ledger;
};

struct witness {
	struct witness_config config;
	char data[ARCHIVE_PATH_LEN]; /* where ledgers lie */
	struct disk port;
	struct kept *kept; /* ledgers_max of them */
	size_t top;        /* behind the last of them that was ever open */
};

/* The segment a path is the ledger of, as names.h names it. False when it is none. */
static bool segment_of(const struct witness *witness, const char *path, char out[NAMES_FILE_LEN])
{
	const size_t len = strlen(path);
	const size_t front = strlen(witness->data);
	const size_t back = sizeof(NAMES_LEDGER) - 1;
	if (len <= front + 1 + back || strncmp(path, witness->data, front) != 0 ||
		path[front] != '/' || strcmp(path + len - back, NAMES_LEDGER) != 0)
		return false;
	return rs_copy_text(out, NAMES_FILE_LEN, path + front + 1, len - front - 1 - back);
}

static struct kept *find_free(const struct witness *witness)
{
	for (size_t i = 0; i < witness->config.ledgers_max; i++)
		if (!witness->kept[i].open)
			return &witness->kept[i];
	return NULL;
}

static struct kept *find(const struct witness *witness, uint32_t handle)
{
	for (size_t i = 0; i < witness->top; i++)
		if (witness->kept[i].open && witness->kept[i].handle == handle)
			return &witness->kept[i];
	return NULL;
}

static int pass_open(
	void *ctx, uint32_t owner, const char *path, enum disk_open how, uint32_t *out_file)
{
	struct witness *witness = ctx;
	const struct disk *disk = witness->config.disk;
	struct kept kept = { 0 };
	if (!segment_of(witness, path, kept.file))
		return disk->open(disk->ctx, owner, path, how, out_file);
	struct kept *room = find_free(witness);
	if (room == NULL)
		return -EAGAIN;
	const int err = disk->open(disk->ctx, owner, path, how, &kept.handle);
	if (err < 0)
		return err;
	kept.open = true;
	ledger_init(&kept.ledger);
	*room = kept;
	const size_t behind = (size_t)(room - witness->kept) + 1;
	if (behind > witness->top)
		witness->top = behind;
	*out_file = kept.handle;
	return 0;
}

/* The cluster the line speaks of becomes a leaf. */
static int take(struct witness *witness, struct kept *kept, const char *text, size_t len)
{
	struct line line = { .text = text, .len = len - 1, .whole = true };
	struct ledger_line entry;
	const char *why;
	if (len == 0 || text[len - 1] != '\n' ||
		ledger_read(&kept->ledger, &line, &entry, &why) < 0)
		return -EBADMSG;
	struct merkle_cluster cluster = { .file = kept->file,
		.number = entry.cluster,
		.offset = entry.offset,
		.len = entry.len };
	if (rs_hex_decode(
		    entry.sha256, strlen(entry.sha256), cluster.sha256, sizeof(cluster.sha256)) < 0)
		return -EBADMSG;
	int err = heads_add(witness->config.heads, &cluster, *witness->config.now);
	if (err != -E2BIG)
		return err;
	err = witness->config.sign(witness->config.ctx);
	return err < 0 ? err : heads_add(witness->config.heads, &cluster, *witness->config.now);
}

static int pass_write(void *ctx, uint32_t file, uint64_t offset, const void *data, size_t len)
{
	struct witness *witness = ctx;
	const struct disk *disk = witness->config.disk;
	const int err = disk->write(disk->ctx, file, offset, data, len);
	struct kept *kept = find(witness, file);
	return err < 0 || kept == NULL ? err : take(witness, kept, data, len);
}

static int pass_sync(void *ctx, uint32_t file, uint64_t token)
{
	const struct disk *disk = ((struct witness *)ctx)->config.disk;
	return disk->sync(disk->ctx, file, token);
}

static void pass_close(void *ctx, uint32_t file)
{
	struct witness *witness = ctx;
	const struct disk *disk = witness->config.disk;
	struct kept *kept = find(witness, file);
	if (kept != NULL)
		kept->open = false;
	disk->close(disk->ctx, file);
}

int witness_new(const struct witness_config *config, struct witness **out_witness)
{
	if (config->ledgers_max == 0)
		return -EINVAL;
	RS_CLEANUP(witness_freep) struct witness *witness = rs_zalloc(sizeof(*witness));
	if (witness == NULL)
		return -ENOMEM;
	witness->config = *config;
	witness->kept = rs_calloc(config->ledgers_max, sizeof(*witness->kept));
	if (witness->kept == NULL)
		return -ENOMEM;
	if (names_path(config->directory, NAMES_DATA, witness->data) < 0)
		return -EINVAL;
	witness->config.directory = NULL; /* the caller's */
	witness->port = (struct disk){ .open = pass_open,
		.write = pass_write,
		.sync = pass_sync,
		.close = pass_close,
		.ctx = witness };
	*out_witness = rs_steal(&witness);
	return 0;
}

struct witness *witness_free(struct witness *witness)
{
	if (witness == NULL)
		return NULL;
	rs_release(witness->kept);
	return rs_release(witness);
}

void witness_freep(struct witness **witness)
{
	*witness = witness_free(*witness);
}

const struct disk *witness_disk(const struct witness *witness)
{
	return &witness->port;
}

int witness_sync(const struct witness *witness)
{
	const struct disk *disk = witness->config.disk;
	int err = 0;
	for (size_t i = 0; i < witness->top && err == 0; i++)
		if (witness->kept[i].open)
			err = disk->sync(disk->ctx, witness->kept[i].handle, 0);
	return err;
}
