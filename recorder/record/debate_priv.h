/* recorder/record/debate_priv.h
 *
 * What the parts of a debate share: debate_meta.c (its head), debate_body.c (what happened), debate_turns.c (to the meeting and to its record),
 * debate_decisions.c (how it was decided); debate_words.c stands below them all.
 */
#ifndef ROSTRUM_RECORDER_RECORD_DEBATE_PRIV_H
#define ROSTRUM_RECORDER_RECORD_DEBATE_PRIV_H

#include "recorder/record/record.h"
#include "recorder/record/xml.h"

/* <meta>: what the record is, how votes went, and whoever and whatever the body refers to. */
void debate_write_meta(struct xml *xml, const struct record *record);
/* <debateBody>. 0 or -ENOMEM. */
int debate_write_body(struct xml *xml, const struct record *record) RS_MUST_USE;
/* The i-th decision, with its votes. */
void debate_write_decision(struct xml *xml, const struct record *record, size_t i);
/* The i-th turn of the meeting, gap, and what was delivered late. */
void debate_write_turn(struct xml *xml, const struct record *record, size_t i);
void debate_write_gap(struct xml *xml, const struct record *record, size_t i);
void debate_write_late(struct xml *xml, const struct record *record, size_t i);
/* "H.E. Ms. Amina Odhiambo (Kenya)". */
void debate_write_who(struct xml *xml, const struct record *record, const char *participant);
/* <heading>, and <recordedTime> with its `type` (NULL = none). */
void debate_write_heading(struct xml *xml, const char *text);
void debate_write_time(
	struct xml *xml, const struct record *record, int64_t at_ms, const char *type);
/* What a delegation is called; its id where nothing else is known. */
const char *debate_delegation(const struct record *record, const char *id);
/* "2026-11-22T10:00:00.123Z" of a session time. */
void debate_time(const struct record *record, int64_t at_ms, char out[RS_TIME_TEXT_LEN]);

#endif
