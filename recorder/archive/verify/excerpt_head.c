/* The head of an excerpt: who signed it, and of which session it is. Read first, since all else hangs on it. */
#include "common/base/sign.h"
#include "recorder/archive/verify/excerpt_verify_priv.h"

#include <errno.h>
#include <string.h>

int excerpt_load(const struct verify *verify, const char *name, struct lines *out)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = rs_format(path, sizeof(path), "%s/%s", verify->directory, name);
	return err < 0 ? err : lines_open(out, path);
}

/* The line stands alone: what was before it is taken from itself, since the signature covers it. */
static int read_head(struct checking *checking, const struct lines *file)
{
	struct verify *verify = &checking->verify;
	struct chain chain;
	const char *why = "is no signed head";
	struct line line = { .text = (const char *)file->data, .len = file->len, .whole = true };
	int err = -EBADMSG;
	if (line.len > 0 && line.text[line.len - 1] == '\n')
		line.len--;
	if (chain_before(&chain, &line))
		err = head_read(&chain, &line, checking->session_sha256, &checking->head, &why);
	if (err == -ENOMEM)
		return err;
	if (err < 0)
		verify_problem(verify, names_file(NAMES_HEAD), "%s", why);
	else
		verify->report.heads++;
	return err < 0 ? -EBADMSG : 0;
}

/* The key as a file is for people; what counts is the one in the head. */
static int check_key(struct checking *checking)
{
	struct verify *verify = &checking->verify;
	const uint8_t *pinned = verify->options->key;
	uint8_t key[RS_SIGN_PUBLIC_LEN];
	struct lines file;
	const int err = excerpt_load(verify, names_file(NAMES_KEY), &file);
	if (err < 0 && err != -ENOENT)
		return err;
	if (err < 0 || rs_sign_parse_public((const char *)file.data, file.len, key) < 0 ||
		!rs_equal_ct(key, checking->head.key, sizeof(key)))
		verify_problem(verify, names_file(NAMES_KEY),
			"is not the key that the head is signed with");
	if (err == 0)
		lines_done(&file);
	if (pinned != NULL && !rs_equal_ct(pinned, checking->head.key, RS_SIGN_PUBLIC_LEN))
		verify_problem(
			verify, names_file(NAMES_HEAD), "is not signed by the key that was given");
	if (pinned == NULL)
		verify_note(verify, names_file(NAMES_HEAD),
			"is signed by a key that only this directory names: --key says whose it has to be");
	return 0;
}

int excerpt_check_signature(
	struct checking *checking, enum names_place signed_place, const struct lines *subject)
{
	struct lines signature;
	const char *name = names_file(signed_place);
	int err = excerpt_load(&checking->verify, name, &signature);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	err = verify_signature(&checking->verify, name, &signature, checking->head.key, subject);
	lines_done(&signature);
	return err;
}

int excerpt_check_stamp(struct checking *checking, enum names_place stamped_place,
	enum names_place place, const struct lines *subject)
{
	struct lines answer;
	int64_t wall_ms;
	const char *name = names_file(stamped_place);
	int err = excerpt_load(&checking->verify, name, &answer);
	if (err == -ENOENT) {
		verify_note(&checking->verify, names_file(place), "has no time stamp");
		return 0;
	}
	if (err < 0)
		return err;
	err = verify_stamp(&checking->verify, name, &answer, subject, &wall_ms);
	lines_done(&answer);
	return err < 0 ? err : 0;
}

/* Whether a later head goes on from an earlier one only the archive shows, so it is that one or none. */
static void check_kept(struct checking *checking, const struct lines *head)
{
	const char *kept = checking->verify.options->head;
	if (kept == NULL)
		return;
	const size_t len = strlen(kept);
	const size_t own =
		head->len > 0 && head->data[head->len - 1] == '\n' ? head->len - 1 : head->len;
	if (own != len || memcmp(head->data, kept, len) != 0)
		verify_problem(&checking->verify, names_file(NAMES_HEAD),
			"is not the head that was kept elsewhere: whether it goes on from that, only the archive can show");
}

/* What nothing is proven without. -EBADMSG: it is missing, which is told. */
static int load_needed(struct checking *checking, enum names_place place, struct lines *out)
{
	const int err = excerpt_load(&checking->verify, names_file(place), out);
	if (err != -ENOENT)
		return err;
	verify_problem(&checking->verify, names_file(place), "is missing: nothing is proven");
	return -EBADMSG;
}

static int judge_head(struct checking *checking, const struct lines *head)
{
	int err = read_head(checking, head);
	if (err < 0)
		return err;
	check_kept(checking, head);
	err = check_key(checking);
	/* Without one it was not sealed; the line has a signature of its own. */
	if (err == 0)
		err = excerpt_check_signature(checking, NAMES_HEAD_SIGNED, head);
	return err < 0 ? err : excerpt_check_stamp(checking, NAMES_HEAD_STAMPED, NAMES_HEAD, head);
}

int excerpt_check_head(struct checking *checking)
{
	struct lines head;
	uint8_t digest[RS_SHA256_LEN];
	int err = load_needed(checking, NAMES_SESSION, &checking->session);
	if (err < 0)
		return err;
	rs_sha256(checking->session.data, checking->session.len, digest);
	rs_hex_encode(digest, sizeof(digest), checking->session_sha256);
	err = load_needed(checking, NAMES_HEAD, &head);
	if (err < 0)
		return err;
	err = judge_head(checking, &head);
	lines_done(&head);
	return err;
}
