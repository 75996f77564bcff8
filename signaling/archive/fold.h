/* signaling/archive/fold.h
 *
 * Words as they are looked for, in the six official languages. Full-text search splits text where no letters are and takes case and
 * the accents of Latin letters away by itself (SQLite FTS5, tokenizer unicode61 with remove_diacritics 2); what it
 * does not know is done here, to what is written down and to what is asked alike:
 * - Chinese, which has no spaces: each character is a word of its own, and what is asked for are neighbours.
 * - Arabic: vowel signs and the tatweel are left out, the forms of alef, yeh and teh marbuta are one, and the article with the
 *   particles before it is taken off.
 * - Russian: io and short i are as without their marks.
 * Pure, no allocation but the buffer's.
 */
#ifndef ROSTRUM_SIGNALING_ARCHIVE_FOLD_H
#define ROSTRUM_SIGNALING_ARCHIVE_FOLD_H

#include "common/base/buf.h"

/* Words of a question; what is beyond is not looked for. */
#define FOLD_WORDS_MAX 16

/* Append what is to be indexed of this text. Malformed UTF-8 is a space. 0, -E2BIG or -ENOMEM. */
int fold_text(const char *text, struct rs_buf *out) RS_MUST_USE;
/* Append the question as an FTS5 expression that asks for all its words, each as a beginning of a word: `"clima"* AND "裁 军"`. No
 * character of it is taken for syntax. Nothing is appended when there is no word in it. 0, -E2BIG or -ENOMEM. */
int fold_question(const char *text, struct rs_buf *out) RS_MUST_USE;

#endif
