/* What shows that nothing of a speech's time was left out: the ledgers of its tracks, which the signed manifest covers, and the line of
 * custody.jsonl that says of a file that it was deleted. */
#include "common/evidence/excerpt_priv.h"

#include <errno.h>
#include <string.h>

static int put_ledger(const struct excerpt *excerpt, const char *segment)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_file_path(excerpt->directory, segment, NAMES_LEDGER, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return excerpt_fail(excerpt->why, segment, err);
	err = excerpt_put(excerpt, strrchr(path, '/') + 1, file.data, file.len);
	lines_done(&file);
	return err;
}

int excerpt_put_ledgers(struct excerpt *excerpt)
{
	int err = 0;
	for (size_t i = 0; i < excerpt->leaves.n && err == 0; i++)
		if (plan_track(&excerpt->plan, excerpt->leaves.files[i].file) != NULL)
			err = put_ledger(excerpt, excerpt->leaves.files[i].file);
	return err;
}

/* --- what was deleted --- */

static bool says_deleted(const struct chain_line *line, const char *segment)
{
	json_error_t error;
	if (strcmp(line->type, "deleted") != 0)
		return false;
	json_t *payload = json_loadb(line->payload, line->payload_len, 0, &error);
	const char *file = json_string_value(json_object_get(payload, "file"));
	const bool says = file != NULL && names_is_media_of(file, segment);
	json_decref(payload);
	return says;
}

/* It is whoever judges the excerpt that looks at its signature. */
static int find(struct lines *file, const char *segment, json_t **out_line)
{
	struct chain chain;
	struct line line;
	chain_init(&chain);
	while (lines_next(file, &line) == 1 && line.whole) {
		struct chain_line entry;
		const char *why;
		if (chain_read(&chain, &line, &entry, &why) == -EBADMSG)
			return -ENOENT;
		if (!says_deleted(&entry, segment))
			continue;
		*out_line = json_stringn(line.text, line.len);
		return *out_line != NULL ? 0 : -ENOMEM;
	}
	return -ENOENT;
}

int excerpt_find_deletion(const char *directory, const char *segment, json_t **out_line)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_path(directory, NAMES_CUSTODY, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err;
	err = find(&file, segment, out_line);
	lines_done(&file);
	return err;
}
