/* recorder/record/debate_priv.h
 *
 * What the head and the body of a debate share: names of things in it.
 */
#ifndef ROSTRUM_RECORDER_RECORD_DEBATE_PRIV_H
#define ROSTRUM_RECORDER_RECORD_DEBATE_PRIV_H

#include "recorder/record/record.h"
#include "recorder/record/xml.h"

/* <meta>: what the record is, how votes went, and whoever and whatever the body refers to. */
void debate_write_meta(struct xml *xml, const struct record *record);
/* <debateBody>. 0 or -ENOMEM. */
int debate_write_body(struct xml *xml, const struct record *record) RS_MUST_USE;
/* "2026-11-22T10:00:00.123Z" of a session time. */
void debate_time(const struct record *record, int64_t at_ms, char out[RS_TIME_TEXT_LEN]);

#endif
