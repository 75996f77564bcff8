/* signaling/rules/collate.h
 *
 * Names in the alphabetical order of a language: the Unicode Collation Algorithm (UTS 10) with the language's own tailoring
 * (CLDR), by ICU. Accents, case and articles fall where a reader of that language looks for them.
 */
#ifndef ROSTRUM_SIGNALING_RULES_COLLATE_H
#define ROSTRUM_SIGNALING_RULES_COLLATE_H

#include "common/base/mem.h"

/* Fills `out_order` with the indices of the `n` UTF-8 `names` in order; names that sort alike keep theirs. `language` is a BCP 47
 * tag; one that ICU does not know gives the root order. 0, -EIO (ICU has no data) or -ENOMEM. */
int collate_order(
	const char *language, const char *const *names, size_t n, size_t *out_order) RS_MUST_USE;

#endif
