/* tests/support/service_fuzz.h
 *
 * What fuzz targets of the whole service share; what may not be aborts.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_SERVICE_FUZZ_H
#define ROSTRUM_TESTS_SUPPORT_SERVICE_FUZZ_H

#include "tests/support/service_bench.h"

/* A bench that is small, so that many inputs are tried, and logs nothing. */
struct bench *service_fuzz_new(void);
/* What a page of "demo" that came now would be shown. A new reference. */
json_t *service_fuzz_view(const struct bench *bench);
/* A page that is open sees, patch by patch, this fresh view. */
void service_fuzz_check(const struct bench_line *page, const json_t *fresh);

#endif
