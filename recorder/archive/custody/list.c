#include "recorder/archive/custody/list.h"

#include "common/evidence/chain.h"
#include "common/evidence/vault_format.h"
#include "recorder/archive/files/about.h"
#include "recorder/archive/files/member.h"
#include "recorder/archive/session/session.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void add_files(const char *directory, enum names_place folder, struct archive_item *item)
{
	char path[ARCHIVE_PATH_LEN];
	if (names_path(directory, folder, path) < 0)
		return;
	DIR *dir = opendir(path);
	if (dir == NULL)
		return;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		struct stat st;
		size_t stem;
		if (!names_segment_parse(entry->d_name, &stem) ||
			strcmp(entry->d_name + stem, NAMES_LEDGER) == 0 ||
			fstatat(dirfd(dir), entry->d_name, &st, 0) < 0)
			continue;
		item->segments++;
		item->octets += (uint64_t)st.st_size;
	}
	(void)closedir(dir); /* read only */
}

static bool was_closed(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	if (names_path(directory, NAMES_EVENTS, path) < 0 || lines_open(&file, path) < 0)
		return false;
	struct chain chain;
	chain_init(&chain);
	struct line line;
	struct chain_line entry = { 0 };
	while (lines_next(&file, &line) == 1) {
		const char *why;
		/* Only the last line's type matters here. */
		if (chain_read(&chain, &line, &entry, &why) == -EBADMSG)
			entry.type[0] = '\0';
	}
	lines_done(&file);
	return strcmp(entry.type, "recording-stopped") == 0;
}

static void tell(const char *root, const char *name,
	void (*item)(void *, const struct archive_item *), void *ctx)
{
	char directory[ARCHIVE_PATH_LEN];
	int err;
	if (rs_format(directory, sizeof(directory), "%s/%s", root, name) < 0)
		return;
	json_t *json = about_load(directory, &err);
	const char *meeting = json_string_value(json_object_get(json, "meeting"));
	const char *started = json_string_value(json_object_get(json, "started"));
	if (strcmp(member_text(json, "format"), SESSION_FORMAT) == 0 && meeting != NULL &&
		started != NULL) {
		struct archive_item one = { .session = name,
			.meeting = meeting,
			.class = member_text(json, "class"),
			.title = member_text(json, "title"),
			.started = started,
			.encrypted = vault_is_used(directory) };
		add_files(directory, NAMES_TRACKS, &one);
		add_files(directory, NAMES_CHANNELS, &one);
		one.closed = was_closed(directory);
		item(ctx, &one);
	}
	json_decref(json);
}

int archive_list(
	const char *root, void (*item)(void *ctx, const struct archive_item *item), void *ctx)
{
	struct dirent **entries = NULL;
	const int n = scandir(root, &entries, NULL, alphasort);
	if (n < 0)
		return errno == ENOMEM ? -ENOMEM : -ENOENT;
	for (int i = 0; i < n; i++) {
		if (names_session_valid(entries[i]->d_name))
			tell(root, entries[i]->d_name, item, ctx);
		free(entries[i]);
	}
	free(entries);
	return 0;
}
