/* What every part of a debate says alike: times, and what people and delegations are called. */
#include "recorder/record/debate_priv.h"

void debate_time(const struct record *record, int64_t at_ms, char out[RS_TIME_TEXT_LEN])
{
	rs_wall_format(record->started_ms + at_ms, out);
}

const char *debate_delegation(const struct record *record, const char *id)
{
	const struct record_delegation *delegation = record_delegation(record, id);
	return delegation != NULL && delegation->name[0] != '\0' ? delegation->name : id;
}

void debate_write_who(struct xml *xml, const struct record *record, const char *participant)
{
	const struct record_person *person = record_person(record, participant);
	const char *name = person != NULL && person->name[0] != '\0' ? person->name : participant;
	xml_text(xml, name);
	if (person == NULL || person->delegation[0] == '\0')
		return;
	xml_text(xml, " (");
	xml_text(xml, debate_delegation(record, person->delegation));
	xml_text(xml, ")");
}

void debate_write_time(
	struct xml *xml, const struct record *record, int64_t at_ms, const char *type)
{
	char time[RS_TIME_TEXT_LEN];
	debate_time(record, at_ms, time);
	xml_open_inline(xml, "recordedTime");
	if (type != NULL)
		xml_attribute(xml, "type", type);
	xml_attribute(xml, "time", time);
	time[19] = '\0';
	xml_text(xml, time + 11); /* of the day */
	xml_close(xml);
}

void debate_write_heading(struct xml *xml, const char *text)
{
	xml_open(xml, "heading");
	xml_text(xml, text);
	xml_close(xml);
}
