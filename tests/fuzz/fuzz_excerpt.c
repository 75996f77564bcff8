/* A speech with its proof, one of whose files is the input: judged without harm, and never good where anything but the wording of
 * proof.json is another. The first octet says which file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recorder/archive/verify/excerpt_verify.h"
#include "tests/support/sealed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const files[] = { "proof.json", "tree-head.json", "session.json", "index.json",
	"manifest-sha512.txt", "manifest.sig", "tree-head.sig", "recorder.pub",
	"KEN.001.a.idx.jsonl" };

static struct sealed sealed;
static char bundle[SEALED_LEN + 8];

static void ignore(void *ctx, const char *file, const char *text)
{
	(void)ctx;
}

static void leave(void)
{
	sealed_done(&sealed);
}

static void begin(void)
{
	struct excerpt_summary summary;
	char why[EXCERPT_WHY_LEN];
	const struct excerpt_wish wish = { .speech = 1 };
	sealed_make(&sealed, "public");
	(void)atexit(leave); /* a folder that stays is no fault */
	(void)snprintf(bundle, sizeof(bundle), "%s/bundle", sealed.root); /* fits */
	if (excerpt_to_folder(sealed.directory, &wish, bundle, &summary, why) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct archive_sink sink = { .problem = ignore, .note = ignore };
	struct archive_report report;
	size_t len;
	if (size == 0)
		return 0;
	if (bundle[0] == '\0')
		begin();
	const char *name = files[data[0] % RS_ARRAY_LEN(files)];
	char *original = sealed_read(bundle, name, &len);
	sealed_write(bundle, name, data + 1, size - 1);
	const int err = excerpt_verify(bundle, NULL, &sink, &report);
	const bool same = size - 1 == len && memcmp(original, data + 1, len) == 0;
	sealed_write(bundle, name, original, len);
	free(original);
	if (err == 0 && report.problems == 0 && !same && data[0] % RS_ARRAY_LEN(files) != 0 &&
		strcmp(name, "recorder.pub") != 0)
		abort();
	return 0;
}
