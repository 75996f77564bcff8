/* What happened to the meeting and to its record: turns, gaps, what was delivered late. */
#include "recorder/record/debate_priv.h"

void debate_write_turn(struct xml *xml, const struct record *record, size_t i)
{
	static const char *const words[RECORD_STAGE_COUNT] = {
		[RECORD_OPENED] = "The meeting was called to order at ",
		[RECORD_SUSPENDED] = "The meeting was suspended at ",
		[RECORD_RESUMED] = "The meeting was resumed at ",
		[RECORD_ADJOURNED] = "The meeting rose at ",
		[RECORD_CLOSED] = "The meeting was closed at ",
	};
	const struct record_turn *turn = &record->turns[i];
	xml_open(xml, "scene");
	xml_attributef(xml, "eId", "turn_%zu", i + 1);
	xml_text(xml, words[turn->stage]);
	debate_write_time(xml, record, turn->at_ms, NULL);
	if (turn->quorum > 0) {
		xml_open_inline(xml, "inline");
		xml_attribute(xml, "name", "quorum");
		xml_attributef(xml, "title", "quorum %u", turn->quorum);
		xml_text(xml, turn->present >= turn->quorum ? " A quorum was present."
							    : " There was no quorum.");
		xml_close(xml);
	}
	xml_close(xml);
}

void debate_write_gap(struct xml *xml, const struct record *record, size_t i)
{
	const struct record_gap *gap = &record->gaps[i];
	xml_open(xml, "scene");
	xml_attributef(xml, "eId", "gap_%zu", i + 1);
	xml_attribute(xml, "class", "gap");
	debate_write_time(xml, record, gap->from_ms, "startEvent");
	xml_text(xml, " to ");
	debate_write_time(xml, record, gap->to_ms, "endEvent");
	xml_text(xml, ": ");
	xml_text(xml, gap->what);
	xml_close(xml);
}

void debate_write_late(struct xml *xml, const struct record *record, size_t i)
{
	const struct record_late *late = &record->lates[i];
	xml_open(xml, "scene");
	xml_attributef(xml, "eId", "delivered_%zu", i + 1);
	xml_attribute(xml, "class", "delivered");
	debate_write_time(xml, record, late->from_ms, "startEvent");
	xml_text(xml, " to ");
	debate_write_time(xml, record, late->to_ms, "endEvent");
	xml_text(xml, ": the line of ");
	debate_write_who(xml, record, late->participant);
	xml_text(xml, " was lost; what was said there was delivered afterwards");
	xml_close(xml);
}
