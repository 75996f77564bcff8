/* A recording is taken in: its row, its files, and a line for all in it that can be looked for. */
#include "signaling/archive/catalogue_priv.h"

#include "signaling/archive/captions.h"
#include "signaling/archive/fold.h"

#include <errno.h>

/* What writing one recording holds on to. */
struct entry {
	struct catalogue *catalogue;
	const struct recording *recording;
	int64_t id;
	sqlite3_stmt *line, *words;
	struct rs_buf folded;
};

struct line {
	enum line_kind kind;
	const char *language;
	int64_t item;
	const struct recording_speech *speech; /* NULL = none */
	int64_t from_ms;
	const char *shown;
	const char *also[3]; /* what else it is found by */
};

static int fold_line(struct entry *entry, const struct line *line)
{
	struct rs_buf *folded = &entry->folded;
	rs_buf_consume(folded, rs_buf_len(folded));
	int err = fold_text(line->shown, folded);
	for (size_t i = 0; i < RS_ARRAY_LEN(line->also) && err == 0; i++)
		err = line->also[i] != NULL ? fold_text(line->also[i], folded) : 0;
	return err < 0 ? err : rs_buf_append(folded, "", 1);
}

/* A line without a word is none. */
static int put_line(struct entry *entry, const struct line *line)
{
	sqlite3_stmt *to = entry->line;
	int err = fold_line(entry, line);
	if (err < 0 || rs_buf_len(&entry->folded) == 1)
		return err;
	if (!statement_int(to, ":recording", entry->id) ||
		!statement_int(to, ":kind", line->kind) ||
		!statement_text(to, ":language", line->language) ||
		!statement_int(to, ":item", line->item) ||
		!statement_int(to, ":speech", line->speech != NULL ? line->speech->n : 0) ||
		!statement_text(
			to, ":delegation", line->speech != NULL ? line->speech->delegation : "") ||
		!statement_int(to, ":from", line->from_ms) ||
		!statement_text(to, ":shown", line->shown))
		return -ENOMEM;
	err = statement_done(to);
	if (err < 0)
		return err;
	if (!statement_int(entry->words, ":id", sqlite3_last_insert_rowid(entry->catalogue->db)) ||
		!statement_text(entry->words, ":text", (const char *)rs_buf_data(&entry->folded)))
		return -ENOMEM;
	return statement_done(entry->words);
}

static int put_head(struct entry *entry, const struct catalogue_place *place)
{
	const struct recording *recording = entry->recording;
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *to = statement_new(entry->catalogue,
		"INSERT INTO recordings(directory, stamp, scan, session, meeting, title, symbol, class,"
		" started_ms, duration_ms, json) VALUES(:directory, :stamp, :scan, :session, :meeting,"
		" :title, :symbol, :class, :started, :duration, :json)");
	if (!catalogue_bind_place(to, place) ||
		!statement_text(to, ":session", recording->session) ||
		!statement_text(to, ":meeting", recording->meeting) ||
		!statement_text(to, ":title", recording->title) ||
		!statement_text(to, ":symbol", recording->symbol) ||
		!statement_int(to, ":class", recording->class) ||
		!statement_int(to, ":started", recording->started_ms) ||
		!statement_int(to, ":duration", recording->duration_ms) ||
		!statement_text(to, ":json", recording->json))
		return -EIO;
	const int err = statement_done(to);
	entry->id = sqlite3_last_insert_rowid(entry->catalogue->db);
	return err;
}

/* The second of two files of a language is not reachable, and left out. */
static int put_files(struct entry *entry, enum catalogue_kind kind,
	const struct recording_language *files, size_t n)
{
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *to = statement_new(entry->catalogue,
		"INSERT OR IGNORE INTO files(recording, kind, id, file, tag)"
		" VALUES(:recording, :kind, :id, :file, :tag)");
	if (to == NULL)
		return -EIO;
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		if (!statement_int(to, ":recording", entry->id) ||
			!statement_int(to, ":kind", kind) ||
			!statement_text(to, ":id", files[i].id) ||
			!statement_text(to, ":file", files[i].file) ||
			!statement_text(to, ":tag", files[i].tag))
			return -ENOMEM;
		err = statement_done(to);
	}
	return err;
}

static int put_indexed(struct entry *entry)
{
	const struct recording *recording = entry->recording;
	int err = put_line(entry, &(struct line){ .kind = LINE_TITLE,
					  .language = "",
					  .shown = recording->title,
					  .also = { recording->symbol, recording->meeting } });
	for (size_t i = 0; i < recording->n_items && err == 0; i++) {
		const struct recording_item *item = &recording->items[i];
		err = put_line(entry, &(struct line){ .kind = LINE_ITEM,
					      .language = "",
					      .item = item->item,
					      .from_ms = item->from_ms,
					      .shown = item->title });
	}
	for (size_t i = 0; i < recording->n_decisions && err == 0; i++) {
		const struct recording_decision *decision = &recording->decisions[i];
		err = put_line(entry, &(struct line){ .kind = LINE_DECISION,
					      .language = "",
					      .from_ms = decision->at_ms,
					      .shown = decision->title });
	}
	for (size_t i = 0; i < recording->n_speeches && err == 0; i++) {
		const struct recording_speech *speech = &recording->speeches[i];
		err = put_line(entry, &(struct line){ .kind = LINE_SPEECH,
					      .language = speech->language,
					      .item = speech->item,
					      .speech = speech,
					      .from_ms = speech->from_ms,
					      .shown = speech->name,
					      .also = { speech->person, speech->participant,
						      speech->delegation } });
	}
	return err;
}

/* Where in the speeches, which come in the order of their beginnings, one has come to from cue to cue. */
struct place {
	size_t at;
	const struct recording_speech *chair; /* the last who took it by then */
};

static bool is_during(const struct recording_speech *speech, int64_t ms)
{
	return speech != NULL && speech->from_ms <= ms && ms < speech->to_ms;
}

/* Who speaks then; of two, who began later; between speeches, the chair. */
static const struct recording_speech *speech_at(
	const struct recording *recording, struct place *place, int64_t ms)
{
	const struct recording_speech *last = NULL;
	if (place->at > 0 && recording->speeches[place->at - 1].from_ms > ms)
		*place = (struct place){ .at = 0 };
	while (place->at < recording->n_speeches && recording->speeches[place->at].from_ms <= ms) {
		if (recording->speeches[place->at].presiding)
			place->chair = &recording->speeches[place->at];
		place->at++;
	}
	if (place->at > 0)
		last = &recording->speeches[place->at - 1];
	return is_during(last, ms) ? last : is_during(place->chair, ms) ? place->chair : NULL;
}

static int put_captions(
	struct entry *entry, const char *language, const struct catalogue_text *text)
{
	struct captions captions;
	struct captions_cue cue;
	struct place place = { .at = 0 };
	if (text->text == NULL || captions_begin(&captions, text->text, text->len) < 0)
		return 0; /* the recording is of use without them */
	int err = 0;
	while (err == 0 && captions_next(&captions, &cue)) {
		const struct recording_speech *speech =
			speech_at(entry->recording, &place, (cue.from_ms + cue.to_ms) / 2);
		err = put_line(entry, &(struct line){ .kind = LINE_CAPTION,
					      .language = language,
					      .item = speech != NULL ? speech->item : 0,
					      .speech = speech,
					      .from_ms = cue.from_ms,
					      .shown = cue.text });
	}
	return err;
}

static int put_lines(struct entry *entry, const struct catalogue_text *captions)
{
	const struct recording *recording = entry->recording;
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *line = statement_new(entry->catalogue,
		"INSERT INTO lines(recording, kind, language, item, speech, delegation, from_ms, shown)"
		" VALUES(:recording, :kind, :language, :item, :speech, :delegation, :from, :shown)");
	RS_CLEANUP(statement_freep)
	sqlite3_stmt *words = statement_new(
		entry->catalogue, "INSERT INTO words(rowid, text) VALUES(:id, :text)");
	if (line == NULL || words == NULL)
		return -EIO;
	entry->line = line;
	entry->words = words;
	int err = put_indexed(entry);
	for (size_t i = 0; i < recording->n_captions && err == 0; i++)
		err = put_captions(entry, recording->captions[i].id, &captions[i]);
	return err;
}

int catalogue_put(struct catalogue *catalogue, const struct catalogue_place *place,
	const struct recording *recording, const struct catalogue_text *captions)
{
	struct entry entry = { .catalogue = catalogue, .recording = recording };
	rs_buf_init(&entry.folded, 16 * (size_t)CAPTIONS_TEXT_MAX);
	if (catalogue_run(catalogue, "BEGIN IMMEDIATE") < 0)
		return -EIO;
	int err = catalogue_delete_place(catalogue, place);
	if (err >= 0)
		err = put_head(&entry, place);
	if (err == 0)
		err = put_files(
			&entry, CATALOGUE_PROGRAMME, recording->languages, recording->n_languages);
	if (err == 0)
		err = put_files(
			&entry, CATALOGUE_CAPTIONS, recording->captions, recording->n_captions);
	if (err == 0)
		err = put_files(&entry, CATALOGUE_LATE, &recording->late, recording->n_late);
	if (err == 0)
		err = put_lines(&entry, captions);
	rs_buf_done(&entry.folded);
	return catalogue_end(catalogue, err);
}
