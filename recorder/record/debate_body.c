/* The body of a debate: what happened, in the order it did, a section for each item under discussion. */
#include "recorder/record/debate_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* At the same moment: in this order. */
enum matter {
	MATTER_OPENED,
	MATTER_DISCUSSION,
	MATTER_SPEECH,
	MATTER_GOES_ON, /* a speech that was interrupted */
	MATTER_DECISION,
	MATTER_GAP,
	MATTER_LATE,
	MATTER_TURN,
};

struct passage {
	int64_t at_ms;
	enum matter matter;
	size_t i;    /* among those of its kind */
	size_t part; /* MATTER_GOES_ON */
};

struct passages {
	struct passage *list;
	size_t n;
};

static int by_time(const void *a, const void *b)
{
	const struct passage *x = a;
	const struct passage *y = b;
	if (x->at_ms != y->at_ms)
		return x->at_ms < y->at_ms ? -1 : 1;
	if (x->matter != y->matter)
		return x->matter < y->matter ? -1 : 1;
	return x->i < y->i ? -1 : 1;
}

static void add(struct passages *passages, int64_t at_ms, enum matter matter, size_t i, size_t part)
{
	passages->list[passages->n++] =
		(struct passage){ .at_ms = at_ms, .matter = matter, .i = i, .part = part };
}

static int collect(const struct record *record, struct passages *out)
{
	size_t room = record->n_turns + record->n_discussions + record->n_decisions +
		      record->n_gaps + record->n_lates;
	for (size_t i = 0; i < record->n_speeches; i++)
		room += record->speeches[i].n_parts;
	*out = (struct passages){ .list = rs_calloc(room, sizeof(*out->list)) };
	if (out->list == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < record->n_turns; i++)
		add(out, record->turns[i].at_ms,
			record->turns[i].stage == RECORD_OPENED ? MATTER_OPENED : MATTER_TURN, i,
			0);
	for (size_t i = 0; i < record->n_discussions; i++)
		add(out, record->discussions[i].from_ms, MATTER_DISCUSSION, i, 0);
	for (size_t i = 0; i < record->n_decisions; i++)
		add(out, record->decisions[i].at_ms, MATTER_DECISION, i, 0);
	for (size_t i = 0; i < record->n_gaps; i++)
		add(out, record->gaps[i].from_ms, MATTER_GAP, i, 0);
	for (size_t i = 0; i < record->n_lates; i++)
		add(out, record->lates[i].from_ms, MATTER_LATE, i, 0);
	for (size_t i = 0; i < record->n_speeches; i++)
		for (size_t part = 0; part < record->speeches[i].n_parts; part++)
			add(out, record->speeches[i].parts[part].from_ms,
				part == 0 ? MATTER_SPEECH : MATTER_GOES_ON, i, part);
	qsort(out->list, out->n, sizeof(*out->list), by_time);
	return 0;
}

/* ---- speeches ---- */

/* "#role-delegate": what a badge is, where that is one of the roles people speak in. */
static const char *role_of(const struct record *record, const char *participant)
{
	static const char *const roles[] = { "delegate", "chair", "secretariat" };
	const struct record_person *person = record_person(record, participant);
	for (size_t i = 0; person != NULL && i < RS_ARRAY_LEN(roles); i++)
		if (strcmp(person->role, roles[i]) == 0)
			return roles[i];
	return "participant";
}

static void write_from(
	struct xml *xml, const struct record *record, const struct record_speech *speech)
{
	xml_open(xml, "from");
	debate_write_who(xml, record, speech->participant);
	if (speech->group[0] != '\0') {
		xml_text(xml, ", on behalf of ");
		xml_text(xml, debate_delegation(record, speech->group));
	}
	xml_close(xml);
}

/* What captioners wrote while they spoke, in their language: a draft for whoever writes the verbatim record. What a microphone
 * beside the floor brings has no language of its own, and no words. */
static void write_words(struct xml *xml, const struct record *record,
	const struct record_speech *speech, const struct record_part *part)
{
	size_t i = record_caption_after(record, speech->language, part->from_ms);
	for (; i < record->n_captions; i++) {
		const struct record_caption *caption = &record->captions[i];
		if (strcmp(caption->language, speech->language) != 0 ||
			caption->from_ms >= part->to_ms)
			return;
		xml_open(xml, "p");
		xml_attribute(xml, "class", "caption");
		xml_attribute(xml, "xml:lang", speech->language);
		xml_text(xml, caption->text);
		xml_close(xml);
	}
}

static void write_speech(struct xml *xml, const struct record *record, size_t i)
{
	const struct record_speech *speech = &record->speeches[i];
	char from[RS_TIME_TEXT_LEN];
	char to[RS_TIME_TEXT_LEN];
	debate_time(record, record_speech_from(speech), from);
	debate_time(record, record_speech_to(speech), to);
	xml_open(xml, "speech");
	xml_attributef(xml, "eId", "speech_%zu", i + 1);
	xml_attributef(xml, "by", "#person-%s", speech->participant);
	xml_attributef(xml, "as", "#role-%s", role_of(record, speech->participant));
	xml_attribute(xml, "startTime", from);
	xml_attribute(xml, "endTime", to);
	if (speech->language[0] != '\0')
		xml_attribute(xml, "xml:lang", speech->language);
	write_from(xml, record, speech);
	for (size_t part = 0; part < speech->n_parts; part++) {
		xml_open(xml, "p");
		debate_write_time(xml, record, speech->parts[part].from_ms, "startEvent");
		xml_text(xml, " – ");
		debate_write_time(xml, record, speech->parts[part].to_ms, "endEvent");
		xml_close(xml);
		write_words(xml, record, speech, &speech->parts[part]);
	}
	xml_close(xml);
}

static void write_goes_on(
	struct xml *xml, const struct record *record, const struct passage *passage)
{
	const struct record_speech *speech = &record->speeches[passage->i];
	xml_open(xml, "scene");
	xml_attributef(xml, "eId", "speech_%zu__part_%zu", passage->i + 1, passage->part + 1);
	debate_write_who(xml, record, speech->participant);
	xml_text(xml, " went on at ");
	debate_write_time(xml, record, passage->at_ms, NULL);
	xml_close(xml);
}

static void write_ruling(struct xml *xml, const struct record *record, uint32_t entry)
{
	const struct record_point *point = NULL;
	for (size_t i = record->n_points; point == NULL && i > 0; i--)
		if (record->points[i - 1].entry == entry)
			point = &record->points[i - 1];
	if (point == NULL || point->ruling[0] == '\0')
		return;
	xml_open(xml, "narrative");
	xml_text(xml, "Ruling of the presiding officer: the point of order was ");
	xml_text(xml, point->ruling);
	if (point->appellant[0] != '\0') {
		xml_text(xml, ". Appeal: ");
		debate_write_who(xml, record, point->appellant);
		xml_text(xml, ". As settled: ");
		xml_text(xml, point->settled[0] != '\0' ? point->settled : "open");
	}
	xml_close(xml);
}

/* The mover's speech says what was moved and what became of it. */
static void write_motion(struct xml *xml, const struct record *record, uint32_t entry)
{
	const struct record_motion *motion = NULL;
	for (size_t i = record->n_motions; motion == NULL && i > 0; i--)
		if (record->motions[i - 1].entry == entry)
			motion = &record->motions[i - 1];
	if (motion == NULL)
		return;
	xml_open(xml, "narrative");
	xml_text(xml, "Motion: ");
	xml_text(xml, motion->motion);
	if (motion->outcome[0] != '\0') {
		xml_text(xml, "; outcome: ");
		xml_text(xml, motion->outcome);
	}
	xml_close(xml);
}

/* What a speech stands in, by what it was. */
static void write_speech_in_place(struct xml *xml, const struct record *record, size_t i)
{
	static const struct {
		const char *element; /* NULL = it stands by itself */
		const char *name;    /* of a section */
		void (*more)(struct xml *xml, const struct record *record, uint32_t entry);
	} places[RECORD_AS_COUNT] = {
		[RECORD_MAIN] = { .element = NULL },
		[RECORD_REPLY] = { "debateSection", "right-of-reply", NULL },
		[RECORD_EXPLANATION] = { "declarationOfVote", NULL, NULL },
		[RECORD_MOTION] = { "proceduralMotions", NULL, write_motion },
		[RECORD_POINT] = { "pointOfOrder", NULL, write_ruling },
		[RECORD_PRESIDING] = { .element = NULL },
	};
	const struct record_speech *speech = &record->speeches[i];
	const enum record_as as = speech->as;
	if (places[as].element == NULL) {
		write_speech(xml, record, i);
		return;
	}
	xml_open(xml, places[as].element);
	xml_attributef(xml, "eId", "%s_%zu", record_as_name(as), i + 1);
	if (places[as].name != NULL)
		xml_attribute(xml, "name", places[as].name);
	write_speech(xml, record, i);
	if (places[as].more != NULL)
		places[as].more(xml, record, speech->entry);
	xml_close(xml);
}

/* ---- the whole ---- */

static void open_section(struct xml *xml, const struct record *record, size_t section,
	const struct record_discussion *discussion)
{
	xml_open(xml, "debateSection");
	xml_attributef(xml, "eId", "section_%zu", section);
	xml_attribute(xml, "name", discussion != NULL ? "item" : "opening");
	xml_attribute(xml, "class", record->class);
	if (discussion == NULL) {
		debate_write_heading(xml, record->title);
		return;
	}
	const struct record_item *item = record_item(record, discussion->item);
	xml_open(xml, "num");
	xml_text(xml, discussion->item);
	xml_close(xml);
	if (item != NULL)
		debate_write_heading(xml, item->title);
}

static void write_passage(
	struct xml *xml, const struct record *record, const struct passage *passage)
{
	switch (passage->matter) {
	case MATTER_OPENED:
	case MATTER_TURN:
		debate_write_turn(xml, record, passage->i);
		return;
	case MATTER_SPEECH:
		write_speech_in_place(xml, record, passage->i);
		return;
	case MATTER_GOES_ON:
		write_goes_on(xml, record, passage);
		return;
	case MATTER_DECISION:
		debate_write_decision(xml, record, passage->i);
		return;
	case MATTER_GAP:
		debate_write_gap(xml, record, passage->i);
		return;
	case MATTER_LATE:
		debate_write_late(xml, record, passage->i);
		return;
	case MATTER_DISCUSSION:
		return; /* a section */
	}
}

int debate_write_body(struct xml *xml, const struct record *record)
{
	struct passages passages;
	const int err = collect(record, &passages);
	if (err < 0)
		return err;
	size_t section = 0;
	xml_open(xml, "debateBody");
	/* A body has at least one section. */
	if (passages.n == 0 || passages.list[0].matter != MATTER_DISCUSSION)
		open_section(xml, record, ++section, NULL);
	for (size_t i = 0; i < passages.n; i++) {
		const struct passage *passage = &passages.list[i];
		if (passage->matter != MATTER_DISCUSSION) {
			write_passage(xml, record, passage);
			continue;
		}
		if (section > 0)
			xml_close(xml);
		open_section(xml, record, ++section, &record->discussions[passage->i]);
	}
	xml_close(xml);
	xml_close(xml);
	rs_release(passages.list);
	return 0;
}
