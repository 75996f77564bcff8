/* tests/support/scenario_priv.h
 *
 * What reading scenarios and playing them share.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SCENARIO_PRIV_H
#define ROSTRUM_TESTS_SUPPORT_SCENARIO_PRIV_H

#include "tests/support/scenario.h"

struct scenario_phrase {
	const char *pattern;
	const char *meaning;
};

struct scenario_book {
	char *text; /* what the phrases point into */
	struct scenario_phrase *list;
	size_t n;
};

#endif
