#include "recorder/archive/custody/debts.h"

#include "common/evidence/vault_format.h"
#include "recorder/archive/files/member.h"

#include <errno.h>
#include <string.h>

int debts_init(struct debts *debts)
{
	*debts = (struct debts){
		.went = json_object(), .settled = json_object(), .cleared = json_object()
	};
	return debts->went != NULL && debts->settled != NULL && debts->cleared != NULL ? 0
										       : -ENOMEM;
}

void debts_done(struct debts *debts)
{
	json_decref(debts->went);
	json_decref(debts->settled);
	json_decref(debts->cleared);
	*debts = (struct debts){ .went = NULL };
}

/* Files are deleted by it: it leads nowhere else. */
static bool is_path(const char *path)
{
	static const char *const folders[] = { "data/", "keys/" };
	if (strlen(path) >= NAMES_FILE_LEN + 64 || strstr(path, "..") != NULL)
		return false;
	for (size_t i = 0; i < RS_ARRAY_LEN(folders); i++)
		if (strncmp(path, folders[i], strlen(folders[i])) == 0)
			return true;
	return path[0] == '\0';
}

/* Of an erasure it is the key that went. */
static bool path_of(const char *type, const json_t *payload, char out[ARCHIVE_PATH_LEN])
{
	if (strcmp(type, "deleting") == 0 || strcmp(type, "deleted") == 0)
		return json_is_string(json_object_get(payload, "file")) &&
		       rs_copy_string(out, ARCHIVE_PATH_LEN, member_text(payload, "file"));
	const char *path = member_text(payload, "path");
	if (path[0] != '\0')
		return rs_copy_string(out, ARCHIVE_PATH_LEN, path);
	/* An earlier version said which key, and not where it lay. */
	const char *key = member_text(payload, "key");
	char full[ARCHIVE_PATH_LEN];
	return key[0] != '\0' && vault_key_path("", key, full) == 0 &&
	       rs_copy_string(out, ARCHIVE_PATH_LEN, full + 1);
}

/* The object below a key, made when it is not there. NULL = out of memory. */
static json_t *below(json_t *object, const char *key)
{
	json_t *there = json_object_get(object, key);
	if (there == NULL && json_object_set_new(object, key, json_object()) == 0)
		there = json_object_get(object, key);
	return there;
}

static int put(json_t *object, const char *key, uint64_t seq)
{
	return object == NULL || json_object_set_new(object, key, json_integer((json_int_t)seq)) < 0
		       ? -ENOMEM
		       : 0;
}

int debts_take(struct debts *debts, uint64_t seq, const char *type, const json_t *payload)
{
	static const char *const types[] = { "deleting", "deleted", "erasing", "erased" };
	const char *session = member_text(payload, "session");
	const char *copy = member_text(payload, "copy");
	char path[ARCHIVE_PATH_LEN];
	if (strcmp(type, "settled") == 0 && copy[0] != '\0')
		return put(debts->cleared, copy, seq);
	size_t i = 0;
	while (i < RS_ARRAY_LEN(types) && strcmp(types[i], type) != 0)
		i++;
	if (i == RS_ARRAY_LEN(types) || !names_session_valid(session) ||
		!path_of(type, payload, path) || !is_path(path))
		return 0;
	int err = put(below(debts->went, session), path, seq);
	const bool done = i % 2 == 1 && copy[0] != '\0';
	if (err == 0 && done) {
		json_t *there = below(debts->settled, copy);
		err = there != NULL ? put(below(there, session), path, seq) : -ENOMEM;
	}
	return err;
}

int debts_each(const struct debts *debts, const char *copy,
	int (*each)(void *ctx, const char *session, const char *path), void *ctx)
{
	const json_t *settled = json_object_get(debts->settled, copy);
	const json_int_t cleared = json_integer_value(json_object_get(debts->cleared, copy));
	const char *session;
	const char *path;
	json_t *paths;
	json_t *seq;
	int err = 0;
	json_object_foreach(debts->went, session, paths)
	{
		const json_t *done = json_object_get(settled, session);
		json_object_foreach(paths, path, seq)
		{
			const json_int_t at = json_integer_value(seq);
			if (err == 0 && at > cleared &&
				at > json_integer_value(json_object_get(done, path)))
				err = each(ctx, session, path);
		}
	}
	return err;
}
