#include "recorder/archive/custody/custody.h"

#include "common/base/hash.h"
#include "common/evidence/chain.h"
#include "recorder/archive/custody/custody_line.h"
#include "recorder/archive/files/member.h"

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

struct custody {
	int fd; /* -1 = open for reading only */
	char subject[CHAIN_HASH_LEN];
	const struct rs_signer *signer;
	struct chain chain;
	struct custody_signer signers[CUSTODY_SIGNERS_MAX];
	size_t n_signers;
	uint64_t unsigned_lines;
	char by_key[2 * RS_SIGN_PUBLIC_LEN +
		    1]; /* who signed the line being read; "" = nobody, or it was not judged */
	struct debts debts;
	struct custody_hold holds[HOLDS_MAX];
	size_t n_holds;
	json_t *lines; /* array: what holds point into */
	json_t *gone;  /* file -> sentence and signer */
};

static int take_hold(struct custody *custody, uint64_t number, const char *utc, json_t *payload)
{
	if (custody->n_holds == HOLDS_MAX)
		return -E2BIG;
	if (json_array_append(custody->lines, payload) < 0)
		return -ENOMEM;
	struct custody_hold *hold = &custody->holds[custody->n_holds++];
	*hold = (struct custody_hold){ .number = number,
		.reason = member_text(payload, "reason"),
		.by = member_text(payload, "by") };
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
	char text[CUSTODY_TELL_LEN];
	const char *file = member_text(payload, "file");
	custody_line_tell(type, utc, payload, text);
	return file[0] != '\0' && json_object_set_new(custody->gone, file,
					  json_pack("{s:s, s:s}", "text", text, "signer",
						  custody->by_key)) < 0
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
	int err = 0;
	if (strcmp(type, "deleted") == 0 || strcmp(type, "erased") == 0)
		err = take_gone(custody, type, utc, payload);
	return err == 0 ? debts_take(&custody->debts, number, type, payload) : err;
}

static int count_signer(struct custody *custody, const uint8_t key[RS_SIGN_PUBLIC_LEN])
{
	size_t i = 0;
	while (i < custody->n_signers &&
		memcmp(custody->signers[i].key, key, RS_SIGN_PUBLIC_LEN) != 0)
		i++;
	if (i == CUSTODY_SIGNERS_MAX)
		return -E2BIG;
	if (i == custody->n_signers)
		memcpy(custody->signers[custody->n_signers++].key, key, RS_SIGN_PUBLIC_LEN);
	custody->signers[i].lines++;
	return 0;
}

/* `prev` is the digest of the line before. */
static int check_signature(struct custody *custody, const struct chain_line *entry,
	const json_t *json, const char *prev, const char **why)
{
	const struct custody_line line = { .subject = custody->subject,
		.seq = entry->seq,
		.utc = member_text(json, "utc"),
		.type = entry->type,
		.prev = prev };
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	const int found = custody_line_check(&line, entry->payload, entry->payload_len, key);
	const json_t *payload = json_object_get(json, "payload");
	const bool claims = json_object_get(payload, "sig") != NULL;
	if (found == -ENOMEM)
		return found;
	if (found < 0 || (found == 0 && claims)) {
		*why = "is not signed by the key it names";
		return -EBADMSG;
	}
	custody->by_key[0] = '\0';
	if (found == 1) {
		rs_hex_encode(key, sizeof(key), custody->by_key);
		const int err = count_signer(custody, key);
		if (err < 0)
			*why = "is signed by one key too many";
		return err;
	}
	custody->unsigned_lines++;
	return 0;
}

static int take_line(struct custody *custody, const struct line *line, const char **why)
{
	struct chain_line entry;
	json_error_t error;
	char prev[CHAIN_HASH_LEN];
	memcpy(prev, custody->chain.prev, sizeof(prev));
	int err = chain_read(&custody->chain, line, &entry, why);
	if (err < 0)
		return -EBADMSG;
	json_t *json = json_loadb(line->text, line->len, 0, &error);
	json_t *payload = json_object_get(json, "payload");
	if (json_is_object(payload)) {
		/* Who writes goes on in any case: judging costs a while where there are many lines. */
		if (custody->fd < 0)
			err = check_signature(custody, &entry, json, prev, why);
		if (err == 0)
			err = take(
				custody, entry.seq, entry.type, member_text(json, "utc"), payload);
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

/* So that a line cannot be moved to another session. */
static int find_subject(struct custody *custody, const char *path)
{
	const char *slash = strrchr(path, '/');
	char session[ARCHIVE_PATH_LEN];
	uint8_t digest[RS_SHA256_LEN];
	struct lines file;
	memset(custody->subject, '0', sizeof(custody->subject) - 1);
	int err = rs_format(session, sizeof(session), "%.*s%s",
		slash != NULL ? (int)(slash + 1 - path) : 0, path, names_place(NAMES_SESSION));
	if (err == 0)
		err = lines_open(&file, session);
	if (err < 0)
		return err == -ENOENT || err == -ENOTDIR ? 0 : err;
	rs_sha256(file.data, file.len, digest);
	rs_hex_encode(digest, sizeof(digest), custody->subject);
	lines_done(&file);
	return 0;
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
	int err = debts_init(&custody->debts);
	if (err < 0 || custody->lines == NULL || custody->gone == NULL)
		return -ENOMEM;
	err = find_subject(custody, path);
	if (err < 0)
		return err;
	err = mode != CUSTODY_READ ? open_locked(path, mode, &custody->fd) : 0;
	if (err == 0)
		err = load(custody, path, why);
	if (err == 0 && custody->fd >= 0 && ftruncate(custody->fd, (off_t)custody->chain.size) < 0)
		err = -errno;
	if (err == 0)
		*out_custody = rs_steal(&custody);
	return err;
}

void custody_sign_with(struct custody *custody, const struct rs_signer *signer)
{
	custody->signer = signer;
}

const struct custody_signer *custody_signer(const struct custody *custody, size_t i)
{
	return i < custody->n_signers ? &custody->signers[i] : NULL;
}

uint64_t custody_lines(const struct custody *custody)
{
	return custody->chain.seq;
}

uint64_t custody_unsigned(const struct custody *custody)
{
	return custody->unsigned_lines;
}

const struct debts *custody_debts(const struct custody *custody)
{
	return &custody->debts;
}

struct custody *custody_free(struct custody *custody)
{
	if (custody == NULL)
		return NULL;
	if (custody->fd >= 0)
		(void)close(custody->fd); /* each line was made durable */
	json_decref(custody->lines);
	json_decref(custody->gone);
	debts_done(&custody->debts);
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

struct custody_fate custody_gone(const struct custody *custody, const char *file)
{
	const json_t *gone = custody != NULL ? json_object_get(custody->gone, file) : NULL;
	return (struct custody_fate){ .text = json_string_value(json_object_get(gone, "text")),
		.signer = member_text(gone, "signer") };
}

struct custody_fate custody_gone_segment(const struct custody *custody, const char *segment)
{
	static const char *const extensions[] = { ".webm", ".mkv", ".webm" NAMES_SEALED,
		".mkv" NAMES_SEALED };
	struct custody_fate gone = { .text = NULL };
	for (size_t i = 0; i < RS_ARRAY_LEN(extensions) && gone.text == NULL; i++) {
		char file[NAMES_FILE_LEN + 16];
		if (rs_format(file, sizeof(file), "%s/%s%s", names_place(NAMES_DATA), segment,
			    extensions[i]) == 0)
			gone = custody_gone(custody, file);
	}
	return gone;
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

/* Signed, where it is to be. `text` becomes another then. */
static int sign(const struct custody *custody, const char *type, const char *utc, char **text)
{
	const struct custody_line line = { .subject = custody->subject,
		.seq = custody->chain.seq + 1,
		.utc = utc,
		.type = type,
		.prev = custody->chain.prev };
	struct rs_buf out;
	if (custody->signer == NULL)
		return 0;
	rs_buf_init(&out, CHAIN_LINE_MAX);
	int err = custody_line_sign(custody->signer, &line, *text, strlen(*text), &out);
	char *more = err == 0 ? strndup((const char *)rs_buf_data(&out), rs_buf_len(&out)) : NULL;
	rs_buf_done(&out);
	if (err == 0 && more == NULL)
		err = -ENOMEM;
	if (err < 0)
		return err;
	free(*text);
	*text = more;
	return 0;
}

int custody_add(struct custody *custody, const char *type, json_t *payload, int64_t wall_ms,
	uint64_t *out_number)
{
	char *text = payload != NULL ? json_dumps(payload, JSON_COMPACT) : NULL;
	int err = text == NULL ? -ENOMEM : custody->fd < 0 ? -EINVAL : 0;
	if (err == 0 && strcmp(type, "held") == 0 && custody->n_holds == HOLDS_MAX)
		err = -E2BIG;
	char utc[RS_TIME_TEXT_LEN];
	rs_wall_format(wall_ms, utc);
	if (err == 0)
		err = sign(custody, type, utc, &text);
	if (err == 0) {
		const struct chain_entry entry = { .type = type,
			.wall_ms = wall_ms,
			.payload = text,
			.payload_len = strlen(text) };
		err = append(custody, &entry);
	}
	free(text);
	if (err == 0)
		err = take(custody, custody->chain.seq, type, utc, payload);
	if (err == 0)
		*out_number = custody->chain.seq;
	json_decref(payload);
	return err;
}
