#include "common/base/time.h"
#include "common/evidence/files.h"
#include "recorder/archive/files/about.h"
#include "recorder/archive/files/digests.h"
#include "recorder/archive/files/member.h"
#include "recorder/archive/seal/seal_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INFO_MAX 4096
#define TAGS_MAX ((size_t)1 << 20)

/* Of bag-info.txt. */
static const char signature_tag[] = "Rostrum-Signature: ";
static const char stamp_tag[] = "Rostrum-Time-Stamp: ";

/* A line break in a value would begin another tag. */
static const char *one_line(const json_t *json, const char *key, char out[512])
{
	(void)rs_copy_string(out, 512, member_text(json, key)); /* may be cut */
	out[rs_utf8_cut(out, 500)] = '\0';
	for (char *at = out; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = ' ';
	return out;
}

static bool will_exist(const struct seal *seal, enum names_place place)
{
	return seal->drafted[place] || seal_has(seal->directory, place);
}

static bool begins(const struct line *line, const char *tag)
{
	return line->len >= strlen(tag) && memcmp(line->text, tag, strlen(tag)) == 0;
}

/* `before`: what it said, if anything. It is known better where no authority is asked now. */
static int put_stamp(struct seal *seal, struct rs_buf *info, const struct line *before)
{
	if (will_exist(seal, NAMES_STAMPED))
		return rs_buf_printf(info, "%s%s\n", stamp_tag, names_place(NAMES_STAMPED));
	if (seal->config->stamp == NULL && before->len > 0)
		return rs_buf_printf(info, "%.*s\n", (int)before->len, before->text);
	return rs_buf_printf(info, "%snone (%s)\n", stamp_tag, seal->stamp);
}

/* The tags, and behind them what attests the bag. */
static int put_info(struct seal *seal, struct rs_buf *info, const struct line *stamp)
{
	int err = rs_buf_printf(info, "%s%s\n", signature_tag,
		will_exist(seal, NAMES_SIGNED) ? names_place(NAMES_SIGNED)
					       : "none (no key is configured)");
	if (err == 0)
		err = put_stamp(seal, info, stamp);
	return err < 0 ? err
		       : seal_draft(seal, NAMES_BAG_INFO, rs_buf_data(info), rs_buf_len(info));
}

/* What it said of the bag when it was made stays; only what was added since is said anew. */
static int amend_info(struct seal *seal, const char *path)
{
	struct lines old;
	struct line line;
	struct line stamp = { .len = 0 };
	struct rs_buf info;
	int err = lines_open(&old, path);
	if (err < 0)
		return seal_fail(seal, names_place(NAMES_BAG_INFO), err);
	rs_buf_init(&info, INFO_MAX);
	while (err == 0 && lines_next(&old, &line) == 1)
		if (begins(&line, stamp_tag))
			stamp = line;
		else if (!begins(&line, signature_tag))
			err = rs_buf_append(&info, line.text, line.len + (line.whole ? 1 : 0));
	err = err < 0 ? err : put_info(seal, &info, &stamp);
	lines_done(&old);
	rs_buf_done(&info);
	return err;
}

static int make_info(struct seal *seal)
{
	char title[512];
	char session[512];
	char date[RS_TIME_TEXT_LEN];
	struct rs_buf info;
	int err;
	json_t *json = about_load(seal->directory, &err);
	if (err == -ENOMEM)
		return err;
	rs_wall_format(rs_clock_wall_us() / 1000, date);
	date[10] = '\0'; /* the day */
	rs_buf_init(&info, INFO_MAX);
	err = rs_buf_printf(&info,
		"Bagging-Date: %s\nPayload-Oxum: %" PRIu64 ".%" PRIu64
		"\nBag-Software-Agent: %s\nExternal-Identifier: %s\n",
		date, seal->octets, seal->files, seal->config->software,
		one_line(json, "session", session));
	if (err == 0 && one_line(json, "title", title)[0] != '\0')
		err = rs_buf_printf(&info, "External-Description: %s\n", title);
	json_decref(json);
	err = err < 0 ? err : put_info(seal, &info, &(struct line){ .len = 0 });
	rs_buf_done(&info);
	return err;
}

static int write_info(struct seal *seal)
{
	char path[ARCHIVE_PATH_LEN];
	const int err = names_path(seal->directory, NAMES_BAG_INFO, path);
	if (err < 0)
		return err;
	return seal_has(seal->directory, NAMES_BAG_INFO) ? amend_info(seal, path) : make_info(seal);
}

static int tag(struct seal *seal, enum names_place place, struct rs_buf *out)
{
	char path[ARCHIVE_PATH_LEN];
	char file[ARCHIVE_PATH_LEN + sizeof(FILES_DRAFT)];
	char hex[DIGESTS_HEX_LEN];
	uint64_t len;
	if (!will_exist(seal, place))
		return 0;
	int err = names_path(seal->directory, place, path);
	if (err == 0)
		err = rs_format(
			file, sizeof(file), "%s%s", path, seal->drafted[place] ? FILES_DRAFT : "");
	if (err == 0)
		err = digests_of_file(file, seal->chunk, hex, &len);
	if (err == 0)
		err = digests_write(out, hex, names_place(place));
	return err < 0 ? seal_fail(seal, names_place(place), err) : 0;
}

int seal_write_tags(struct seal *seal)
{
	static const char bagit[] = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
	static const enum names_place tagged[] = { NAMES_BAG_INFO, NAMES_BAGIT, NAMES_MANIFEST,
		NAMES_SIGNED, NAMES_STAMPED, NAMES_HEADS, NAMES_HEAD, NAMES_HEAD_SIGNED,
		NAMES_HEAD_STAMPED, NAMES_KEY };
	int err = write_info(seal);
	if (err == 0)
		err = seal_draft(seal, NAMES_BAGIT, bagit, sizeof(bagit) - 1);
	struct rs_buf tags;
	rs_buf_init(&tags, TAGS_MAX);
	for (size_t i = 0; i < RS_ARRAY_LEN(tagged) && err == 0; i++)
		err = tag(seal, tagged[i], &tags);
	if (err == 0)
		err = seal_draft(seal, NAMES_TAG_MANIFEST, rs_buf_data(&tags), rs_buf_len(&tags));
	rs_buf_done(&tags);
	return err;
}

enum seal_stamp seal_stamp(const char *directory)
{
	char path[ARCHIVE_PATH_LEN];
	char none[sizeof(stamp_tag) + sizeof(SEAL_NO_AUTHORITY) + 8];
	struct lines info;
	struct line line;
	bool never = false;
	if (seal_has(directory, NAMES_STAMPED) &&
		(!seal_has(directory, NAMES_HEAD) || seal_has(directory, NAMES_HEAD_STAMPED)))
		return SEAL_STAMPED;
	if (names_path(directory, NAMES_BAG_INFO, path) < 0 || lines_open(&info, path) < 0)
		return SEAL_STAMP_OWED;
	(void)snprintf(none, sizeof(none), "%snone (%s", stamp_tag, SEAL_NO_AUTHORITY); /* fits */
	while (!never && lines_next(&info, &line) == 1)
		never = begins(&line, none);
	lines_done(&info);
	return never ? SEAL_STAMP_NEVER : SEAL_STAMP_OWED;
}
