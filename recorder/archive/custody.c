#include "recorder/archive/custody.h"

#include "recorder/archive/chain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* A person places a hold; more than these nobody can have meant. */
#define HOLDS_MAX 256
#define GONE_LEN 512

struct custody {
	int fd; /* -1 = open for reading only */
	struct chain chain;
	struct custody_hold holds[HOLDS_MAX];
	size_t n_holds;
	json_t *lines; /* array: what holds point into */
	json_t *gone;  /* file -> sentence */
};

static const char *text_of(const json_t *json, const char *key)
{
	const char *text = json_string_value(json_object_get(json, key));
	return text != NULL ? text : "";
}

static int take_hold(struct custody *custody, uint64_t number, const char *utc, json_t *payload)
{
	if (custody->n_holds == HOLDS_MAX)
		return -E2BIG;
	if (json_array_append(custody->lines, payload) < 0)
		return -ENOMEM;
	struct custody_hold *hold = &custody->holds[custody->n_holds++];
	*hold = (struct custody_hold){
		.number = number, .reason = text_of(payload, "reason"), .by = text_of(payload, "by")
	};
	(void)rs_set_text(hold->utc, utc); /* fits */
	return 0;
}

static void take_release(struct custody *custody, const json_t *payload)
{
	const json_int_t number = json_integer_value(json_object_get(payload, "hold"));
	for (size_t i = 0; i < custody->n_holds; i++) {
		if ((json_int_t)custody->holds[i].number != number)
			continue;
		custody->n_holds--;
		memmove(&custody->holds[i], &custody->holds[i + 1],
			(custody->n_holds - i) * sizeof(custody->holds[0]));
		return;
	}
}

static int take_gone(
	struct custody *custody, const char *type, const char *utc, const json_t *payload)
{
	char text[GONE_LEN];
	if (strcmp(type, "deleted") == 0)
		(void)snprintf(text, sizeof(text),
			"was deleted on %.10s by the rule \"%.128s\" of \"%.200s\"", utc,
			text_of(payload, "rule"), text_of(payload, "schedule")); /* fits */
	else
		(void)snprintf(text, sizeof(text),
			"was erased on %.10s: its key was destroyed by %.128s", utc,
			text_of(payload, "by")); /* fits */
	const char *file = text_of(payload, "file");
	return file[0] != '\0' && json_object_set_new(custody->gone, file, json_string(text)) < 0
		       ? -ENOMEM
		       : 0;
}

static int take(struct custody *custody, uint64_t number, const char *type, const char *utc,
	json_t *payload)
{
	if (strcmp(type, "held") == 0)
		return take_hold(custody, number, utc, payload);
	if (strcmp(type, "released") == 0)
		take_release(custody, payload);
	else if (strcmp(type, "deleted") == 0 || strcmp(type, "erased") == 0)
		return take_gone(custody, type, utc, payload);
	return 0;
}

static int take_line(struct custody *custody, const struct line *line, const char **why)
{
	struct chain_line entry;
	json_error_t error;
	int err = chain_read(&custody->chain, line, &entry, why);
	if (err < 0)
		return -EBADMSG;
	json_t *json = json_loadb(line->text, line->len, 0, &error);
	json_t *payload = json_object_get(json, "payload");
	if (json_is_object(payload)) {
		err = take(custody, entry.seq, entry.type, text_of(json, "utc"), payload);
	} else {
		*why = "has no payload";
		err = -EBADMSG;
	}
	json_decref(json);
	return err;
}

static int load(struct custody *custody, const char *path, char why[CUSTODY_WHY_LEN])
{
	struct lines file;
	struct line line;
	int err = lines_open(&file, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	for (unsigned n = 1; err == 0 && lines_next(&file, &line) == 1; n++) {
		const char *what = "is one hold too many";
		if (chain_is_torn(&line))
			break;
		err = take_line(custody, &line, &what);
		if (err == -EBADMSG || err == -E2BIG) {
			(void)snprintf(why, CUSTODY_WHY_LEN, "line %u %s", n, what); /* fits */
			err = -EBADMSG;
		}
	}
	lines_done(&file);
	return err;
}

static int open_locked(const char *path, enum custody_mode mode, int *out_fd)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
	if (fd < 0)
		return -errno;
	*out_fd = fd;
	if (flock(fd, mode == CUSTODY_TRY ? LOCK_EX | LOCK_NB : LOCK_EX) < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return 0;
}

int custody_open(const char *path, enum custody_mode mode, char why[CUSTODY_WHY_LEN],
	struct custody **out_custody)
{
	RS_CLEANUP(custody_freep) struct custody *custody = rs_zalloc(sizeof(*custody));
	why[0] = '\0';
	if (custody == NULL)
		return -ENOMEM;
	custody->fd = -1;
	chain_init(&custody->chain);
	custody->lines = json_array();
	custody->gone = json_object();
	if (custody->lines == NULL || custody->gone == NULL)
		return -ENOMEM;
	int err = mode != CUSTODY_READ ? open_locked(path, mode, &custody->fd) : 0;
	if (err == 0)
		err = load(custody, path, why);
	if (err == 0 && custody->fd >= 0 && ftruncate(custody->fd, (off_t)custody->chain.size) < 0)
		err = -errno;
	if (err == 0)
		*out_custody = rs_steal(&custody);
	return err;
}

struct custody *custody_free(struct custody *custody)
{
	if (custody == NULL)
		return NULL;
	if (custody->fd >= 0)
		(void)close(custody->fd); /* each line was made durable */
	json_decref(custody->lines);
	json_decref(custody->gone);
	return rs_release(custody);
}

void custody_freep(struct custody **custody)
{
	*custody = custody_free(*custody);
}

const struct custody_hold *custody_hold(const struct custody *custody, size_t i)
{
	return i < custody->n_holds ? &custody->holds[i] : NULL;
}

const char *custody_gone(const struct custody *custody, const char *file)
{
	return custody != NULL ? json_string_value(json_object_get(custody->gone, file)) : NULL;
}

const char *custody_gone_segment(const struct custody *custody, const char *segment)
{
	static const char *const extensions[] = { ".webm", ".mkv", ".webm" NAMES_SEALED,
		".mkv" NAMES_SEALED };
	for (size_t i = 0; i < RS_ARRAY_LEN(extensions); i++) {
		char file[NAMES_FILE_LEN + 16];
		if (rs_format(file, sizeof(file), "%s/%s%s", names_place(NAMES_DATA), segment,
			    extensions[i]) < 0)
			return NULL;
		const char *gone = custody_gone(custody, file);
		if (gone != NULL)
			return gone;
	}
	return NULL;
}

static int append(struct custody *custody, const struct chain_entry *entry)
{
	struct rs_buf line;
	rs_buf_init(&line, CHAIN_LINE_MAX);
	const struct chain before = custody->chain;
	int err = chain_write(&custody->chain, entry, &line);
	const size_t len = rs_buf_len(&line);
	if (err == 0) {
		const ssize_t n = write(custody->fd, rs_buf_data(&line), len);
		if (n < 0 || (size_t)n != len || fsync(custody->fd) < 0)
			err = n < 0 || (size_t)n == len ? -errno : -ENOSPC;
	}
	rs_buf_done(&line);
	if (err <
		0) { /* what stands of the line is cut off, now or when the file is opened again */
		custody->chain = before;
		if (ftruncate(custody->fd, (off_t)before.size) < 0)
			return err;
	}
	return err;
}

int custody_add(struct custody *custody, const char *type, json_t *payload, int64_t wall_ms,
	uint64_t *out_number)
{
	char *text = payload != NULL ? json_dumps(payload, JSON_COMPACT) : NULL;
	int err = text == NULL ? -ENOMEM : custody->fd < 0 ? -EINVAL : 0;
	if (err == 0 && strcmp(type, "held") == 0 && custody->n_holds == HOLDS_MAX)
		err = -E2BIG;
	if (err == 0) {
		const struct chain_entry entry = { .type = type,
			.wall_ms = wall_ms,
			.payload = text,
			.payload_len = strlen(text) };
		err = append(custody, &entry);
	}
	free(text);
	char utc[RS_TIME_TEXT_LEN];
	rs_wall_format(wall_ms, utc);
	if (err == 0)
		err = take(custody, custody->chain.seq, type, utc, payload);
	if (err == 0)
		*out_number = custody->chain.seq;
	json_decref(payload);
	return err;
}
