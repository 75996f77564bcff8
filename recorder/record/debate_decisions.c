/* Decisions in the body of a debate: what was put, how it went, who voted how. */
#include "recorder/record/debate_priv.h"

#include <stdio.h>
#include <string.h>

static void write_quantity(
	struct xml *xml, size_t decision, const char *words, const char *what, uint32_t value)
{
	char text[16];
	(void)snprintf(text, sizeof(text), "%u", value); /* fits */
	xml_text(xml, words);
	xml_open_inline(xml, "quantity");
	xml_attributef(xml, "eId", "decision_%zu__%s", decision + 1, what);
	xml_attributef(xml, "refersTo", "#vote-%s", what);
	xml_attribute(xml, "normalized", text);
	xml_text(xml, text);
	xml_close(xml);
}

/* "In favour: Brazil, Egypt." */
static void write_voters(struct xml *xml, const struct record *record,
	const struct record_decision *decision, const char *words, const char *how)
{
	bool first = true;
	for (size_t i = 0; i < decision->n_votes; i++) {
		const struct record_vote *vote = &decision->votes[i];
		if (strcmp(vote->vote, how) != 0)
			continue;
		if (first)
			xml_open(xml, "p");
		xml_text(xml, first ? words : ", ");
		first = false;
		xml_open_inline(xml, "vote");
		xml_attributef(xml, "by", "#delegation-%s", vote->delegation);
		xml_attribute(xml, "as", "#role-delegate");
		xml_attributef(xml, "choice", "#vote-%s", how);
		xml_text(xml, debate_delegation(record, vote->delegation));
		xml_close(xml);
	}
	if (!first)
		xml_close(xml);
}

static void write_notes_of_votes(
	struct xml *xml, const struct record *record, const struct record_decision *decision)
{
	for (size_t i = 0; i < decision->n_votes; i++) {
		const struct record_vote *vote = &decision->votes[i];
		if (vote->was[0] == '\0' && vote->intent[0] == '\0')
			continue;
		xml_open(xml, "p");
		xml_text(xml, debate_delegation(record, vote->delegation));
		if (vote->was[0] != '\0') {
			xml_text(xml, ": corrected before the result was proclaimed, from ");
			xml_text(xml, vote->was);
		}
		if (vote->intent[0] != '\0') {
			xml_text(xml, ": stated afterwards that it had intended to vote ");
			xml_text(xml, vote->intent);
		}
		xml_close(xml);
	}
}

static void write_result(struct xml *xml, const struct record *record, size_t i)
{
	const struct record_decision *decision = &record->decisions[i];
	xml_open(xml, "p");
	debate_write_time(xml, record, decision->at_ms, NULL);
	xml_text(xml, " ");
	xml_open_inline(xml, "outcome");
	if (decision->result[0] != '\0')
		xml_attributef(xml, "refersTo", "#result-%s", decision->result);
	xml_text(xml, decision->result[0] != '\0' ? decision->result : "open");
	xml_close(xml);
	xml_text(xml, " (");
	xml_text(xml, decision->kind);
	xml_text(xml, ")");
	if (decision->opened_ms >= 0) {
		write_quantity(xml, i, ". In favour: ", "yes", decision->yes);
		write_quantity(xml, i, ", against: ", "no", decision->no);
		write_quantity(xml, i, ", abstaining: ", "abstain", decision->abstain);
		if (decision->required > 0)
			write_quantity(xml, i, ", required: ", "required", decision->required);
	}
	xml_close(xml);
}

void debate_write_decision(struct xml *xml, const struct record *record, size_t i)
{
	const struct record_decision *decision = &record->decisions[i];
	xml_open(xml,
		strcmp(decision->subject, "proposal") == 0 ? "resolutions" : "proceduralMotions");
	xml_attributef(xml, "eId", "decision_%zu", i + 1);
	debate_write_heading(xml, decision->title);
	write_result(xml, record, i);
	write_voters(xml, record, decision, "In favour: ", "yes");
	write_voters(xml, record, decision, "Against: ", "no");
	write_voters(xml, record, decision, "Abstaining: ", "abstain");
	write_voters(xml, record, decision, "Absent: ", "absent");
	write_notes_of_votes(xml, record, decision);
	xml_close(xml);
}
