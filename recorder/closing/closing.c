#include "recorder/closing/closing.h"

#include "common/base/time.h"
#include "common/evidence/files.h"
#include "common/evidence/lines.h"
#include "recorder/closing/closing_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The last line of a closed session's events is a short one. */
#define TAIL_MAX 4096
/* Naming some files takes no longer than this, mostly. */
#define HOLD_STEP_NS 200000

enum closing_state {
	CLOSING_FREE,
	CLOSING_HELD, /* files are being named */
	CLOSING_OFF,
};

struct closing {
	struct closing_config config;
	char directory[ARCHIVE_PATH_LEN];
	_Atomic int state; /* enum closing_state */
	struct closing_result results[CLOSING_STEPS_MAX];
	size_t n;
};

int closing_new(const struct closing_config *config, struct closing **out_closing)
{
	struct closing *closing = rs_zalloc(sizeof(*closing));
	if (closing == NULL)
		return -ENOMEM;
	closing->config = *config;
	if (!rs_set_text(closing->directory, config->directory)) {
		closing_free(closing);
		return -EINVAL;
	}
	closing->config.directory = closing->directory;
	*out_closing = closing;
	return 0;
}

struct closing *closing_free(struct closing *closing)
{
	return rs_release(closing);
}

void closing_freep(struct closing **closing)
{
	*closing = closing_free(*closing);
}

const struct closing_config *closing_config(const struct closing *closing)
{
	return &closing->config;
}

const struct closing_result *closing_result(const struct closing *closing, size_t i)
{
	return i < closing->n ? &closing->results[i] : NULL;
}

/* --- calling off --- */

int closing_hold(struct closing *closing)
{
	int expected = CLOSING_FREE;
	return atomic_compare_exchange_strong(&closing->state, &expected, CLOSING_HELD) ? 0
											: -EAGAIN;
}

void closing_release(struct closing *closing)
{
	atomic_store(&closing->state, CLOSING_FREE);
}

void closing_call_off(struct closing *closing)
{
	int expected = CLOSING_FREE;
	while (!atomic_compare_exchange_strong(&closing->state, &expected, CLOSING_OFF) &&
		expected != CLOSING_OFF) {
		const struct timespec step = { .tv_nsec = HOLD_STEP_NS };
		(void)nanosleep(&step, NULL); /* may be cut short */
		expected = CLOSING_FREE;
	}
}

bool closing_called_off(const struct closing *closing)
{
	return atomic_load(&closing->state) == CLOSING_OFF;
}

/* --- running --- */

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

/* --- what was left --- */

bool closing_owes_stamp(const char *directory)
{
	return seal_is_made(directory) && seal_stamp(directory) == SEAL_STAMP_OWED;
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

bool closing_is_due(const char *directory)
{
	static const char type[] = "\"type\":\"recording-stopped\"";
	char path[ARCHIVE_PATH_LEN];
	char tail[TAIL_MAX];
	struct stat st;
	if (seal_is_made(directory) || names_path(directory, NAMES_EVENTS, path) < 0)
		return false;
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	int64_t n = -1;
	if (fstat(fd, &st) == 0)
		n = files_read_at(fd, tail, sizeof(tail),
			st.st_size > TAIL_MAX ? (uint64_t)(st.st_size - TAIL_MAX) : 0);
	(void)close(fd); /* read only */
	if (n < 2 || tail[n - 1] != '\n')
		return false;
	const char *before = memrchr(tail, '\n', (size_t)n - 1);
	const char *line = before != NULL ? before + 1 : tail;
	return memmem(line, (size_t)(tail + n - line), type, sizeof(type) - 1) != NULL;
}
