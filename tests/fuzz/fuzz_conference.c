/* Conference files: either all is right, or at least one fault is told and can be written for HTTP; what is right for a new file is
 * right for a stored one. */
#include "signaling/wire/conference/conference.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct rules *find_rules(const void *ctx, const char *name)
{
	static const struct rules rules = { .name = "unga", .entries_max = 1 };
	(void)ctx;
	return name[0] == 'u' ? &rules : NULL;
}

static void write_faults(const struct faults *faults)
{
	struct rs_buf out;
	rs_buf_init(&out, (size_t)1 << 20);
	if (faults->n == 0 || faults_write(faults, "bad-conference", &out) < 0)
		abort();
	rs_buf_done(&out);
}

static size_t meetings(bool stored, const char *json, size_t len)
{
	const struct conference_reader reader = { .rules = find_rules, .stored = stored };
	struct conference *conference = NULL;
	struct faults *faults = NULL;
	size_t n = 0;
	if (faults_new(&faults) < 0)
		abort();
	if (conference_parse(&reader, json, len, faults, &conference) < 0)
		write_faults(faults);
	else
		n = 1 + conference->n_meetings;
	conference_free(conference);
	faults_free(faults);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const size_t strict = meetings(false, (const char *)data, size);
	if (strict > 0 && meetings(true, (const char *)data, size) != strict)
		abort();
	return 0;
}
