#include "common/base/time.h"
#include "common/evidence/lines.h"
#include "recorder/closing/closing_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static void run_step(struct closing *closing, const struct closing_step *step)
{
	struct closing_result *result = &closing->results[closing->n++];
	const rs_time begun = rs_clock_monotonic();
	*result = (struct closing_result){ .name = step->name, .err = -EAGAIN };
	if (!closing_called_off(closing))
		result->err = step->run(closing, closing->directory, result->why);
	if (result->err < 0 && result->why[0] == '\0')
		(void)rs_set_text(result->why, result->err == -EAGAIN
						       ? "the session goes on"
						       : strerror(-result->err)); /* may be cut */
	result->ms = (uint32_t)((rs_clock_monotonic() - begun) / 1000);
}

/* For who looks after it, and for who repairs: closing_failed(). */
static void note(const struct closing *closing)
{
	char path[ARCHIVE_PATH_LEN];
	char utc[RS_TIME_TEXT_LEN];
	if (names_path(closing->directory, NAMES_CLOSING, path) < 0)
		return;
	FILE *log = fopen(path, "a");
	if (log == NULL)
		return;
	rs_wall_format(rs_clock_wall_us() / 1000, utc);
	for (size_t i = 0; i < closing->n; i++) {
		const struct closing_result *result = &closing->results[i];
		(void)fprintf(log, "%s %s %s %u ms%s%s\n", utc, result->name,
			result->err == 0 ? "done" : "failed", (unsigned)result->ms,
			result->why[0] != '\0' ? ": " : "", result->why);
	}
	(void)fclose(log); /* a log */
}

size_t closing_run(struct closing *closing)
{
	size_t n;
	size_t failed = 0;
	const struct closing_step *steps = closing_steps(&n);
	closing->n = 0;
	/* What a manifest tells of is not made anew. */
	for (size_t i = seal_is_begun(closing->directory) ? n - 1 : 0;
		i < n && i < CLOSING_STEPS_MAX; i++) {
		run_step(closing, &steps[i]);
		failed += closing->results[i].err < 0;
	}
	note(closing);
	return failed;
}

/* "2026-11-22T10:00:00.123Z record failed 12 ms: why" */
static bool parse_note(const struct line *line, char step[CLOSING_STEP_LEN], bool *out_failed)
{
	static const char failed[] = "failed ";
	const char *end = line->text + line->len;
	const char *name = memchr(line->text, ' ', line->len);
	const char *after = name != NULL ? memchr(name + 1, ' ', (size_t)(end - name) - 1) : NULL;
	if (after == NULL ||
		!rs_copy_text(step, CLOSING_STEP_LEN, name + 1, (size_t)(after - name) - 1))
		return false;
	after++;
	*out_failed = (size_t)(end - after) >= sizeof(failed) - 1 &&
		      memcmp(after, failed, sizeof(failed) - 1) == 0;
	return true;
}

/* A run of all begins with the first step, and counts for all; what the seal's alone does counts for it. */
bool closing_failed(const char *directory, char out_step[CLOSING_STEP_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	char step[CLOSING_STEP_LEN];
	struct lines file;
	struct line line;
	size_t n;
	bool found = false;
	bool failed;
	const struct closing_step *steps = closing_steps(&n);
	if (names_path(directory, NAMES_CLOSING, path) < 0 || lines_open(&file, path) < 0)
		return false;
	while (lines_next(&file, &line) == 1) {
		if (!line.whole || !parse_note(&line, step, &failed))
			continue;
		if (strcmp(step, steps[0].name) == 0 || (found && strcmp(step, out_step) == 0))
			found = false;
		if (failed && !found)
			memcpy(out_step, step, CLOSING_STEP_LEN);
		found = found || failed;
	}
	lines_done(&file);
	return found;
}
