/* Webhooks as they come by REST and from the store: a right one can be noted and is read back as the same. */
#include "signaling/wire/beside/hook.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_back(const struct hook_spec *spec, const struct hook_progress *progress)
{
	struct hook_spec spec_again;
	struct hook_progress progress_again;
	char error[HOOK_ERROR_LEN];
	struct rs_buf note;
	rs_buf_init(&note, (size_t)64 << 10);
	if (hook_note_write(spec, progress, &note) < 0 ||
		hook_note_parse((const char *)rs_buf_data(&note), rs_buf_len(&note), &spec_again,
			&progress_again, error) < 0 ||
		strcmp(spec->url, spec_again.url) != 0 ||
		strcmp(spec->secret, spec_again.secret) != 0 ||
		spec->classes != spec_again.classes ||
		spec->private_too != spec_again.private_too ||
		progress->hidden != progress_again.hidden ||
		progress->delivered != progress_again.delivered ||
		progress->failures != progress_again.failures ||
		strcmp(progress->disabled, progress_again.disabled) != 0)
		abort();
	if (hook_write("h", spec, progress, &note) < 0)
		abort();
	rs_buf_done(&note);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *json = (const char *)data;
	struct hook_progress progress = { .delivered = 7, .failures = 1, .failure = "503" };
	struct hook_spec spec;
	char error[HOOK_ERROR_LEN];
	if (hook_spec_parse(json, size, &spec, error) == 0)
		read_back(&spec, &progress);
	if (hook_note_parse(json, size, &spec, &progress, error) == 0)
		read_back(&spec, &progress);
	const struct hook_event event = hook_event_read(json, size); /* of any text */
	if (event.hides && !event.changes)
		abort();
	return 0;
}
