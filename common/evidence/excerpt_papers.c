/* What goes with the clusters of an excerpt: the head and who signed it, the record, proof.json. */
#include "common/evidence/excerpt_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int excerpt_put(const struct excerpt *excerpt, const char *name, const void *data, size_t len)
{
	const struct excerpt_out *out = excerpt->out;
	int err = out->begin(out->ctx, name);
	if (err == 0)
		err = out->write(out->ctx, data, len);
	if (err == 0)
		err = out->end(out->ctx);
	return err < 0 ? excerpt_fail(excerpt->why, name, err) : 0;
}

/* A file of the archive as it is; one that is absent is left out. */
static int bring(const struct excerpt *excerpt, enum names_place place)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	int err = names_path(excerpt->directory, place, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err == -ENOENT ? 0 : excerpt_fail(excerpt->why, names_place(place), err);
	err = excerpt_put(excerpt, names_file(place), file.data, file.len);
	lines_done(&file);
	return err;
}

static json_t *tracks_json(const struct excerpt *excerpt)
{
	json_t *list = json_array();
	for (size_t i = 0; i < excerpt->plan.n_tracks; i++)
		if (excerpt->plan.tracks[i].found)
			(void)json_array_append_new(
				list, json_string(excerpt->plan.tracks[i].stem)); /* for people */
	return list;
}

/* What the record says of the speech, beside it of the meeting. */
static json_t *speech_json(const struct plan *plan)
{
	static const char *const of_meeting[] = EXCERPT_MEETING_KEYS;
	json_t *json = json_object();
	for (size_t i = 0; i < RS_ARRAY_LEN(of_meeting) && json != NULL; i++) {
		json_t *value = json_object_get(plan->index, of_meeting[i]);
		if (value != NULL && json_object_set(json, of_meeting[i], value) < 0) {
			json_decref(json);
			return NULL;
		}
	}
	json_t *speech = json_deep_copy(plan->speech);
	if (json_object_set_new(json, "speech", speech) < 0) {
		json_decref(json);
		return NULL;
	}
	return json;
}

static int write_proof(const struct excerpt *excerpt)
{
	json_t *json = json_pack("{s:s, s:o, s:I, s:I}", "format", EXCERPT_FORMAT, "tracks",
		tracks_json(excerpt), "from_ms", (json_int_t)excerpt->plan.from_ms, "to_ms",
		(json_int_t)excerpt->plan.to_ms);
	int err = json != NULL ? 0 : -ENOMEM;
	if (err == 0 && excerpt->plan.speech != NULL &&
		json_object_set_new(json, "record", speech_json(&excerpt->plan)) < 0)
		err = -ENOMEM;
	if (err == 0 && json_object_set(json, "files", excerpt->files) < 0)
		err = -ENOMEM;
	char *text = err == 0 ? json_dumps(json, JSON_INDENT(1)) : NULL;
	json_decref(json);
	err = text != NULL ? excerpt_put(excerpt, EXCERPT_PROOF, text, strlen(text)) : -ENOMEM;
	free(text);
	return err;
}

/* Of a speech: the record, and what shows that it is that of this session. */
static int put_record(const struct excerpt *excerpt)
{
	static const enum names_place brought[] = { NAMES_MANIFEST, NAMES_SIGNED, NAMES_STAMPED };
	int err = excerpt_put(excerpt, names_file(NAMES_INDEX), excerpt->plan.record.data,
		excerpt->plan.record.len);
	for (size_t i = 0; i < RS_ARRAY_LEN(brought) && err == 0; i++)
		err = bring(excerpt, brought[i]);
	return err;
}

int excerpt_put_papers(const struct excerpt *excerpt)
{
	static const enum names_place brought[] = { NAMES_KEY, NAMES_HEAD_SIGNED,
		NAMES_HEAD_STAMPED };
	int err = excerpt_put(
		excerpt, names_file(NAMES_SESSION), excerpt->session.data, excerpt->session.len);
	for (size_t i = 0; i < RS_ARRAY_LEN(brought) && err == 0; i++)
		err = bring(excerpt, brought[i]);
	if (err == 0)
		err = excerpt_put(
			excerpt, names_file(NAMES_HEAD), excerpt->last.text, excerpt->last.len + 1);
	if (err == 0 && excerpt->plan.speech != NULL)
		err = put_record(excerpt);
	return err == 0 ? write_proof(excerpt) : err;
}
