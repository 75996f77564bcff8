#include "recorder/archive/files/about.h"

#include "common/evidence/chain.h"
#include "common/evidence/vault_format.h"

#include <errno.h>
#include <string.h>

/* What stays in the clear. Whatever else there will be is sealed. */
static const char *const clear[] = { "format", "meeting", "session", "started", "started_us",
	"software", "class" };

static bool is_clear(const char *key)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(clear); i++)
		if (strcmp(clear[i], key) == 0)
			return true;
	return false;
}

json_t *about_take(json_t *session)
{
	json_t *about = json_object();
	const char *key;
	void *next;
	json_t *value;
	int err = about != NULL ? 0 : -ENOMEM;
	json_object_foreach_safe(session, next, key, value)
	{
		if (err < 0 || is_clear(key))
			continue;
		err = json_object_set(about, key, value);
		if (err == 0)
			(void)json_object_del(session, key); /* it is there */
	}
	if (err == 0)
		return about;
	json_decref(about);
	return NULL;
}

bool about_is_plain(const json_t *session)
{
	return json_object_get(session, "title") != NULL;
}

/* What the line says, once it was opened; NULL = it is sealed, or says nothing. */
static json_t *opened(const struct chain_line *line)
{
	struct vault_event sealed;
	json_error_t error;
	if (vault_event_parse(line->payload, line->payload_len, &sealed))
		return NULL;
	return json_loadb(line->payload, line->payload_len, JSON_REJECT_DUPLICATES, &error);
}

/* The first line of that type counts: what was written behind one that is sealed was not the recorder's. NULL = there is none that can be read. */
static json_t *find_line(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	struct line line;
	struct chain chain;
	json_t *found = NULL;
	bool done = false;
	if (names_path(directory, NAMES_EVENTS, path) < 0 || lines_open(&file, path) < 0)
		return NULL;
	chain_init(&chain);
	while (!done && lines_next(&file, &line) == 1) {
		struct chain_line entry;
		const char *why;
		/* Whether the chain holds is for verification to say. */
		done = chain_read(&chain, &line, &entry, &why) != -EBADMSG &&
		       strcmp(entry.type, ABOUT_TYPE) == 0;
		if (done)
			found = opened(&entry);
	}
	lines_done(&file);
	return found;
}

json_t *about_load(const char *directory, int *out_err)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	json_error_t error;
	*out_err = names_path(directory, NAMES_SESSION, path);
	if (*out_err == 0)
		*out_err = lines_open(&file, path);
	if (*out_err < 0)
		return NULL;
	json_t *session =
		json_loadb((const char *)file.data, file.len, JSON_REJECT_DUPLICATES, &error);
	lines_done(&file);
	if (!json_is_object(session)) {
		json_decref(session);
		*out_err = -EBADMSG;
		return NULL;
	}
	json_t *about = about_is_plain(session) ? NULL : find_line(directory);
	if (about != NULL && json_object_update_missing(session, about) < 0)
		*out_err = -ENOMEM;
	json_decref(about);
	if (*out_err == 0)
		return session;
	json_decref(session);
	return NULL;
}
