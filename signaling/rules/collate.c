#include "signaling/rules/collate.h"

#include <unicode/ucol.h>

#include <errno.h>
#include <stdlib.h>

struct collation {
	const UCollator *collator;
	const char *const *names;
	UErrorCode status;
};

static int compare(const void *a, const void *b, void *ctx)
{
	struct collation *collation = ctx;
	const size_t i = *(const size_t *)a;
	const size_t j = *(const size_t *)b;
	const UCollationResult result = ucol_strcollUTF8(collation->collator, collation->names[i],
		-1, collation->names[j], -1, &collation->status);
	if (result != UCOL_EQUAL)
		return result == UCOL_LESS ? -1 : 1;
	return i < j ? -1 : i > j;
}

int collate_order(const char *language, const char *const *names, size_t n, size_t *out_order)
{
	UErrorCode status = U_ZERO_ERROR;
	UCollator *collator = ucol_open(language, &status);
	if (U_FAILURE(status))
		return status == U_MEMORY_ALLOCATION_ERROR ? -ENOMEM : -EIO;
	struct collation collation = {
		.collator = collator,
		.names = names,
		.status = U_ZERO_ERROR,
	};
	for (size_t i = 0; i < n; i++)
		out_order[i] = i;
	qsort_r(out_order, n, sizeof(*out_order), compare, &collation);
	ucol_close(collator);
	return U_FAILURE(collation.status) ? -ENOMEM : 0;
}
