/* The walk that finds the lines of faults in a JSON text: whatever the text is, it ends, and what it says lies in the text. */
#include "signaling/wire/conference/faults.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const fields[] = { "", "id", "a", "a.b", "a[0]", "a[1].b",
	"meetings[0].badges[3].role", "meetings[1]" };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct faults *faults = NULL;
	if (faults_new(&faults) < 0)
		return 0;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		faults_add(faults, "f", fields[i], "why", 0, 0);
	faults_place(faults, "f", (const char *)data, size);
	for (size_t i = 0; i < faults->n; i++) {
		if (faults->list[i].line > size + 1 || faults->list[i].column > size + 1)
			abort();
	}
	faults_free(faults);
	return 0;
}
