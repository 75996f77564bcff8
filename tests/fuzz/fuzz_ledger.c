/* Ledgers: what is accepted accounts for every packet, and each line follows the one before it. */
#include <errno.h>
#include <stdlib.h>

#include "common/evidence/ledger.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = rs_memdup(data, size);
	if (copy == NULL)
		return 0;
	struct lines lines = { .data = copy, .len = size };
	struct ledger ledger;
	struct line line;
	uint32_t expected = 0;
	ledger_init(&ledger);
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why = NULL;
		const int err = ledger_read(&ledger, &line, &entry, &why);
		if (err < 0 && why == NULL)
			abort();
		if (err == 0 && (entry.cluster != expected || ledger.clusters != expected + 1))
			abort();
		if (err == 0 && ledger.size != line.offset + line.len + 1)
			abort();
		expected = ledger.clusters;
	}
	rs_release(copy);
	return 0;
}
