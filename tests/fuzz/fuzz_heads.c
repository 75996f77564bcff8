/* Lines of heads.jsonl: what is accepted is signed, and its runs are clusters that can be. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/evidence/heads.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char session[] = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";

static void check_runs(const struct head *head)
{
	for (size_t i = 0; i < head_runs(head); i++) {
		const struct head_run run = head_run(head, i);
		if (run.n == 0 || strlen(run.file) >= NAMES_FILE_LEN ||
			run.first > UINT32_MAX - run.n)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *copy = rs_memdup(data, size);
	if (copy == NULL)
		return 0;
	struct lines lines = { .data = copy, .len = size };
	struct chain chain;
	struct line line;
	chain_init(&chain);
	while (lines_next(&lines, &line) == 1) {
		struct head head;
		const char *why = NULL;
		const int err = head_read(&chain, &line, session, &head, &why);
		if (err == 0) {
			check_runs(&head);
			head_done(&head);
		} else if (err != -ENOMEM && why == NULL) {
			abort();
		}
	}
	rs_release(copy);
	return 0;
}
