/* Whose speech it is: proof.json repeats the record (index.json), whose digest is in the manifest, which is signed. */
#include "recorder/archive/files/digests.h"
#include "recorder/archive/verify/excerpt_verify_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* --- the manifest --- */

/* Whether a manifest has this digest for a file of the archive. */
static bool is_listed(
	const struct lines *manifest, enum names_place place, const struct lines *file)
{
	char hex[DIGESTS_HEX_LEN];
	struct lines all = *manifest;
	struct line line;
	bool listed = false;
	digests_of(file->data, file->len, hex);
	while (lines_next(&all, &line) == 1) {
		struct digests_line entry;
		if (digests_read(&line, &entry) == 0 && strcmp(entry.path, names_place(place)) == 0)
			listed = strcmp(entry.hex, hex) == 0;
	}
	return listed;
}

/* That it is of this session, and that the record is the one it covers. */
static int check_manifest(
	struct checking *checking, const struct lines *manifest, const struct lines *record)
{
	struct verify *verify = &checking->verify;
	if (!is_listed(manifest, NAMES_SESSION, &checking->session))
		verify_problem(verify, names_file(NAMES_MANIFEST), "is not that of this session");
	if (!is_listed(manifest, NAMES_INDEX, record))
		verify_problem(verify, names_file(NAMES_INDEX),
			"is not the record that the signed manifest covers");
	const int signature = excerpt_check_signature(checking, NAMES_SIGNED, manifest);
	if (signature == 0)
		verify_problem(verify, names_file(NAMES_MANIFEST),
			"is not signed, so that nobody knows whose speech it is");
	return signature < 0
		       ? signature
		       : excerpt_check_stamp(checking, NAMES_STAMPED, NAMES_MANIFEST, manifest);
}

/* --- what is said of the speech --- */

static json_t *entry_of(const json_t *index, const json_t *speech)
{
	size_t i;
	json_t *entry;
	json_t *n = json_object_get(speech, "n");
	json_array_foreach(json_object_get(index, "speeches"), i, entry)
	{
		if (json_is_integer(n) && json_equal(json_object_get(entry, "n"), n))
			return entry;
	}
	return NULL;
}

static bool is_as_recorded(const json_t *index, const json_t *proof)
{
	static const char *const of_meeting[] = EXCERPT_MEETING_KEYS;
	json_t *said = json_object_get(proof, "record");
	json_t *speech = json_object_get(said, "speech");
	json_t *entry = entry_of(index, speech);
	size_t expected = 1;
	for (size_t i = 0; i < RS_ARRAY_LEN(of_meeting); i++) {
		json_t *value = json_object_get(index, of_meeting[i]);
		expected += value != NULL;
		if (value != NULL && !json_equal(value, json_object_get(said, of_meeting[i])))
			return false;
	}
	return entry != NULL && json_equal(entry, speech) && json_object_size(said) == expected &&
	       json_equal(json_object_get(entry, "from_ms"), json_object_get(proof, "from_ms")) &&
	       json_equal(json_object_get(entry, "to_ms"), json_object_get(proof, "to_ms"));
}

/* The tracks the speaker was heard by and channels are what a speech is made of: nobody else's. */
static bool is_theirs(const json_t *speech, const char *file)
{
	static const char channels[] = "channels/";
	return strncmp(file, channels, sizeof(channels) - 1) == 0 ||
	       excerpt_is_speakers(speech, file);
}

static void check_speech(struct checking *checking, const json_t *index, const json_t *proof)
{
	struct verify *verify = &checking->verify;
	const json_t *speech = json_object_get(json_object_get(proof, "record"), "speech");
	const json_t *files = json_object_get(proof, "files");
	if (!is_as_recorded(index, proof))
		verify_problem(
			verify, EXCERPT_PROOF, "does not say of the speech what the record says");
	for (size_t i = 0; i < json_array_size(files); i++) {
		const char *file =
			json_string_value(json_object_get(json_array_get(files, i), "file"));
		if (file != NULL && !is_theirs(speech, file))
			verify_problem(verify, file, "is not the speaker's, nor a channel");
	}
}

static int check_against(struct checking *checking, const struct lines *record,
	const struct lines *manifest, const json_t *proof)
{
	json_error_t error;
	const int err = check_manifest(checking, manifest, record);
	if (err < 0)
		return err;
	json_t *index =
		json_loadb((const char *)record->data, record->len, JSON_REJECT_DUPLICATES, &error);
	check_speech(checking, index, proof);
	json_decref(index);
	return excerpt_load_ledgers(checking, manifest, proof);
}

int excerpt_check_record(struct checking *checking, const json_t *proof)
{
	static const enum names_place needed[] = { NAMES_INDEX, NAMES_MANIFEST };
	struct lines files[RS_ARRAY_LEN(needed)] = { { 0 }, { 0 } };
	int err = 0;
	for (size_t i = 0; i < RS_ARRAY_LEN(needed) && err == 0; i++) {
		err = excerpt_load(&checking->verify, names_file(needed[i]), &files[i]);
		if (err == -ENOENT)
			verify_problem(&checking->verify, names_file(needed[i]),
				"is missing, so that nobody knows whose speech it is");
	}
	if (err == 0)
		err = check_against(checking, &files[0], &files[1], proof);
	for (size_t i = 0; i < RS_ARRAY_LEN(needed); i++)
		lines_done(&files[i]);
	return err == -ENOENT ? 0 : err;
}
