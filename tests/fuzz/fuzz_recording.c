/* What lies in an archive: an index, captions, words. What is taken is within its bounds; what is folded stays text, and a
 * question stays in its quotes. */
#include "signaling/archive/captions.h"
#include "signaling/archive/fold.h"
#include "signaling/archive/recording.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_recording(const char *text, size_t len)
{
	char error[RECORDING_ERROR_LEN];
	struct recording *recording = NULL;
	struct recording *again = NULL;
	if (recording_parse(text, len, &recording, error) < 0)
		return;
	for (size_t i = 0; i < recording->n_languages; i++) {
		if (!recording_file_valid(recording->languages[i].file))
			abort();
	}
	if (!rs_name_valid(recording->session, strlen(recording->session)) ||
		recording->n_speeches > RECORDING_SPEECHES_MAX)
		abort();
	if (recording_parse(recording->json, recording->json_len, &again, error) < 0 ||
		strcmp(recording->json, again->json) != 0)
		abort();
	recording_free(again);
	recording_free(recording);
}

static void check_captions(const char *text, size_t len)
{
	struct captions captions;
	struct captions_cue cue;
	if (captions_begin(&captions, text, len) < 0)
		return;
	while (captions_next(&captions, &cue)) {
		if (cue.from_ms < 0 || cue.to_ms < cue.from_ms ||
			!rs_utf8_valid(cue.text, strlen(cue.text)))
			abort();
	}
}

/* Between the quotes of a question there is none, outside of them nothing but its operators. */
static void check_question(const char *text, size_t len)
{
	bool inside = false;
	for (size_t i = 0; i < len; i++) {
		if (text[i] == '"')
			inside = !inside;
		else if (!inside && strchr(" *AND", text[i]) == NULL)
			abort();
	}
	if (inside)
		abort();
}

static void check_words(const char *text, size_t len)
{
	struct rs_buf out;
	char *copy = calloc(1, len + 1);
	if (copy == NULL)
		return;
	memcpy(copy, text, len);
	rs_buf_init(&out, (size_t)1 << 20);
	if (fold_text(copy, &out) == 0 && rs_buf_len(&out) > 0 &&
		memchr(rs_buf_data(&out), '"', rs_buf_len(&out)) != NULL)
		abort();
	rs_buf_consume(&out, rs_buf_len(&out));
	if (fold_question(copy, &out) == 0 && rs_buf_len(&out) > 0)
		check_question((const char *)rs_buf_data(&out), rs_buf_len(&out));
	rs_buf_done(&out);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	check_recording(text, size);
	check_captions(text, size);
	check_words(text, size);
	return 0;
}
