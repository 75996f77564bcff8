#include "recorder/archive/verify/excerpt_verify.h"

#include "recorder/archive/verify/excerpt_verify_priv.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* --- the files --- */

static bool is_named(const json_t *files, const char *name)
{
	for (size_t i = 0; i < json_array_size(files); i++) {
		const char *media =
			json_string_value(json_object_get(json_array_get(files, i), "media"));
		if (media != NULL && strcmp(media, name) == 0)
			return true;
	}
	return false;
}

/* What lies beside is not proven, and must not seem so. */
static int check_strangers(struct checking *checking, const json_t *proof)
{
	static const enum names_place known[] = { NAMES_SESSION, NAMES_KEY, NAMES_HEAD,
		NAMES_HEAD_SIGNED, NAMES_HEAD_STAMPED };
	static const enum names_place of_speech[] = { NAMES_INDEX, NAMES_MANIFEST, NAMES_SIGNED,
		NAMES_STAMPED };
	DIR *folder = opendir(checking->verify.directory);
	if (folder == NULL)
		return -errno;
	const struct dirent *entry;
	while ((entry = readdir(folder)) != NULL) {
		const char *name = entry->d_name;
		bool own = strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
			   strcmp(name, EXCERPT_PROOF) == 0 ||
			   is_named(json_object_get(proof, "files"), name) ||
			   excerpt_is_ledger(checking, name);
		for (size_t i = 0; i < RS_ARRAY_LEN(known) && !own; i++)
			own = strcmp(name, names_file(known[i])) == 0;
		for (size_t i = 0; i < RS_ARRAY_LEN(of_speech) && !own && checking->speech; i++)
			own = strcmp(name, names_file(of_speech[i])) == 0;
		if (!own)
			verify_problem(&checking->verify, name, "is no part of what is proven");
	}
	(void)closedir(folder); /* read only */
	return 0;
}

static int check_proof(struct checking *checking)
{
	struct verify *verify = &checking->verify;
	struct lines file;
	json_error_t error;
	int err = excerpt_load(verify, EXCERPT_PROOF, &file);
	if (err < 0)
		return err;
	json_t *json =
		json_loadb((const char *)file.data, file.len, JSON_REJECT_DUPLICATES, &error);
	lines_done(&file);
	const char *format = json_string_value(json_object_get(json, "format"));
	const json_t *files = json_object_get(json, "files");
	if (format == NULL || strcmp(format, EXCERPT_FORMAT) != 0 || json_array_size(files) == 0) {
		verify_problem(verify, EXCERPT_PROOF, "is no proof of this format");
	} else {
		checking->speech = json_object_get(json, "record") != NULL;
		if (checking->speech)
			err = excerpt_check_record(checking, json);
		if (err == 0)
			err = excerpt_check_files(checking, files);
		if (err == 0)
			err = check_strangers(checking, json);
	}
	json_decref(json);
	return err;
}

bool excerpt_is(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	return rs_format(path, sizeof(path), "%s/%s", directory, EXCERPT_PROOF) == 0 &&
	       access(path, F_OK) == 0;
}

int excerpt_verify(const char *directory, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report)
{
	static const struct archive_knowledge nothing;
	struct checking checking = { .verify = { .directory = directory,
					     .options = knowledge != NULL ? knowledge : &nothing,
					     .sink = sink } };
	int err = excerpt_check_head(&checking);
	if (err == 0)
		err = check_proof(&checking);
	head_done(&checking.head);
	lines_done(&checking.session);
	excerpt_ledgers_done(&checking);
	if (err == -EBADMSG)
		err = 0; /* told as a problem: without a head nothing is proven */
	if (err == 0)
		*out_report = checking.verify.report;
	return err;
}
