#include "recorder/closing/closing.h"

#include "common/evidence/files.h"
#include "recorder/closing/closing_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The last line of a closed session's events is a short one. */
#define TAIL_MAX 4096
/* Naming some files takes no longer than this, mostly. */
#define HOLD_STEP_NS 200000

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

/* --- what was left --- */

bool closing_owes_stamp(const char *directory)
{
	return seal_is_made(directory) && seal_stamp(directory) == SEAL_STAMP_OWED;
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
