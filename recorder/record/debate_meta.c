#include "recorder/record/debate_priv.h"

#include <stdio.h>
#include <string.h>

#define ONTOLOGY "/akn/ontology"
/* Of what describes itself here: who is meant by `source`. */
#define RECORDER_ID "rostrum-recorder"
#define RECORDER "#" RECORDER_ID

/* ---- what it is (FRBR) ---- */

static void write_value(struct xml *xml, const char *element, const char *value)
{
	xml_open(xml, element);
	xml_attribute(xml, "value", value);
	xml_close(xml);
}

/* `what`: the part of the name behind the work's. */
static void write_core(struct xml *xml, const struct record *record, const char *what)
{
	char date[RS_TIME_TEXT_LEN];
	char uri[NAMES_SESSION_MAX + 128];
	char this[sizeof(uri) + 16];
	debate_time(record, 0, date);
	date[10] = '\0'; /* the day */
	(void)snprintf(
		uri, sizeof(uri), "/akn/un/debate/%s/%s%s", date, record->session, what); /* fits */
	(void)snprintf(this, sizeof(this), "%s/!main", uri);
	write_value(xml, "FRBRthis", this);
	write_value(xml, "FRBRuri", uri);
	xml_open(xml, "FRBRdate");
	xml_attribute(xml, "date", date);
	xml_attribute(xml, "name", "meeting");
	xml_close(xml);
	xml_open(xml, "FRBRauthor");
	xml_attribute(xml, "href", RECORDER);
	xml_close(xml);
}

static void write_identification(struct xml *xml, const struct record *record)
{
	xml_open(xml, "identification");
	xml_attribute(xml, "source", RECORDER);
	xml_open(xml, "FRBRWork");
	write_core(xml, record, "");
	write_value(xml, "FRBRcountry", "un");
	write_value(
		xml, "FRBRnumber", record->symbol[0] != '\0' ? record->symbol : record->session);
	if (record->title[0] != '\0')
		write_value(xml, "FRBRname", record->title);
	/* Only the original, in sound, is authentic. */
	write_value(xml, "FRBRauthoritative", "false");
	xml_close(xml);
	xml_open(xml, "FRBRExpression");
	write_core(xml, record, "/eng@");
	xml_open(xml, "FRBRlanguage");
	xml_attribute(xml, "language", "eng");
	xml_close(xml);
	xml_close(xml);
	xml_open(xml, "FRBRManifestation");
	write_core(xml, record, "/eng@.xml");
	write_value(xml, "FRBRformat", "application/akn+xml");
	xml_close(xml);
	xml_close(xml);
}

/* Before whom the meeting sat: an export to the public goes by it. */
static void write_class(struct xml *xml, const struct record *record)
{
	xml_open(xml, "classification");
	xml_attribute(xml, "source", RECORDER);
	xml_open(xml, "keyword");
	xml_attribute(xml, "value", record->class);
	xml_attribute(xml, "showAs", record->class);
	xml_attribute(xml, "dictionary", "rostrum-visibility");
	xml_close(xml);
	xml_close(xml);
}

/* ---- votes ---- */

static void write_count(struct xml *xml, size_t decision, const char *what, uint32_t value)
{
	xml_open(xml, "count");
	xml_attributef(xml, "eId", "voting_%zu__%s", decision + 1, what);
	xml_attributef(xml, "value", "%u", value);
	xml_attributef(xml, "refersTo", "#vote-%s", what);
	xml_close(xml);
}

static bool has_counts(const struct record_decision *decision)
{
	return decision->opened_ms >= 0;
}

static void write_voting(struct xml *xml, const struct record_decision *decision, size_t i)
{
	xml_open(xml, "voting");
	xml_attributef(xml, "eId", "voting_%zu", i + 1);
	if (decision->result[0] != '\0')
		xml_attributef(xml, "outcome", "#result-%s", decision->result);
	xml_attributef(xml, "refersTo", "#decision_%zu", i + 1);
	xml_attributef(xml, "href", "#decision_%zu", i + 1);
	if (decision->entitled > 0)
		write_count(xml, i, "entitled", decision->entitled);
	write_count(xml, i, "yes", decision->yes);
	write_count(xml, i, "no", decision->no);
	write_count(xml, i, "abstain", decision->abstain);
	if (decision->required > 0)
		write_count(xml, i, "required", decision->required);
	xml_close(xml);
}

static void write_analysis(struct xml *xml, const struct record *record)
{
	size_t i = 0;
	while (i < record->n_decisions && !has_counts(&record->decisions[i]))
		i++;
	if (i == record->n_decisions)
		return;
	xml_open(xml, "analysis");
	xml_attribute(xml, "source", RECORDER);
	xml_open(xml, "parliamentary");
	for (; i < record->n_decisions; i++)
		if (has_counts(&record->decisions[i]))
			write_voting(xml, &record->decisions[i], i);
	xml_close(xml);
	xml_close(xml);
}

/* ---- references ---- */

static void write_reference(struct xml *xml, const char *element, const char *kind,
	const char *prefix, const char *id, const char *show)
{
	xml_open(xml, element);
	xml_attributef(xml, "eId", "%s-%s", prefix, id);
	xml_attributef(xml, "href", ONTOLOGY "/%s/%s", kind, id);
	xml_attribute(xml, "showAs", show[0] != '\0' ? show : id);
	xml_close(xml);
}

static const struct {
	const char *id;
	const char *show;
} roles[] = {
	{ "delegate", "Representative" },
	{ "chair", "Presiding officer" },
	{ "secretariat", "Secretariat" },
	{ "participant", "Participant" },
}, concepts[] = {
	{ "vote-yes", "In favour" },
	{ "vote-no", "Against" },
	{ "vote-abstain", "Abstaining" },
	{ "vote-absent", "Absent" },
	{ "vote-entitled", "Entitled to vote" },
	{ "vote-required", "Votes required" },
	{ "result-adopted", "Adopted" },
	{ "result-rejected", "Rejected" },
	{ "result-second-vote", "Equally divided" },
	{ "result-withdrawn", "Withdrawn" },
	{ "result-annulled", "Annulled" },
};

static void write_references(struct xml *xml, const struct record *record)
{
	xml_open(xml, "references");
	xml_attribute(xml, "source", RECORDER);
	for (size_t i = 0; i < record->n_people; i++)
		if (record->people[i].occurs)
			write_reference(xml, "TLCPerson", "person", "person", record->people[i].id,
				record->people[i].name);
	for (size_t i = 0; i < record->n_delegations; i++)
		write_reference(xml, "TLCOrganization", "organization", "delegation",
			record->delegations[i].id, record->delegations[i].name);
	xml_open(xml, "TLCOrganization");
	xml_attribute(xml, "eId", RECORDER_ID);
	xml_attribute(xml, "href", ONTOLOGY "/organization/rostrum-recorder");
	xml_attribute(
		xml, "showAs", record->software[0] != '\0' ? record->software : "rostrum-recorder");
	xml_close(xml);
	for (size_t i = 0; i < RS_ARRAY_LEN(roles); i++)
		write_reference(xml, "TLCRole", "role", "role", roles[i].id, roles[i].show);
	for (size_t i = 0; i < RS_ARRAY_LEN(concepts); i++) {
		xml_open(xml, "TLCConcept");
		xml_attribute(xml, "eId", concepts[i].id);
		xml_attributef(xml, "href", ONTOLOGY "/concept/%s", concepts[i].id);
		xml_attribute(xml, "showAs", concepts[i].show);
		xml_close(xml);
	}
	xml_close(xml);
}

void debate_write_meta(struct xml *xml, const struct record *record)
{
	xml_open(xml, "meta");
	write_identification(xml, record);
	write_class(xml, record);
	write_analysis(xml, record);
	write_references(xml, record);
	xml_close(xml);
}
