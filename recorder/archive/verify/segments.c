#include "recorder/archive/files/member.h"
#include "recorder/archive/vault/unseal.h"
#include "recorder/archive/verify/balance.h"
#include "recorder/archive/verify/verify_priv.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A segment under examination, and how far it has been verified. */
struct examined {
	const char *file;
	const json_t *end; /* payload of the line that ended it */
	bool gone;         /* its media was deleted, and that is accounted for */
	bool sealed; /* its media is encrypted: its octets are not those the ledger speaks of */
	int webm;
	uint64_t size;
	uint64_t first; /* offset of the first cluster */
	uint64_t to;    /* end of the last one */
	struct ledger ledger;
	struct balance balance;
};

static uint64_t number_of(const json_t *json, const char *key)
{
	const json_int_t value = json_integer_value(json_object_get(json, key));
	return value > 0 ? (uint64_t)value : 0;
}

/* Part of the WebM has that digest. */
static bool digest_is(const struct examined *x, uint64_t offset, uint64_t len, const char *expected)
{
	char hex[65];
	return lines_digest(x->webm, offset, len, hex) == 0 && strcmp(hex, expected) == 0;
}

static int check_cluster(struct verify *verify, struct examined *x, const struct ledger_line *line)
{
	verify->report.clusters++;
	verify_progress(verify, line->len);
	verify->report.lost += line->lost;
	verify->report.skipped += line->skipped;
	verify->report.synthetic += line->synthetic;
	if (line->cluster == 0)
		x->first = line->offset;
	else if (line->offset != x->to)
		verify_problem(verify, x->file,
			"cluster %" PRIu32 " does not begin where the one before it ends",
			line->cluster);
	x->to = line->offset + line->len;
	if (x->gone || x->sealed)
		return 0;
	if (digest_is(x, line->offset, line->len, line->sha256))
		return verify_balance_cluster(verify, &x->balance, x->file, x->webm, line);
	verify_problem(verify, x->file,
		"cluster %" PRIu32 " (octets %" PRIu64 " to %" PRIu64 ") was changed or is cut off",
		line->cluster, line->offset, x->to);
	return 0;
}

static int check_ledger(struct verify *verify, struct examined *x)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	ledger_init(&x->ledger);
	int err = names_file_path(verify->directory, x->file, NAMES_LEDGER, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err == -ENOENT) {
		verify_problem(verify, x->file, "has no ledger");
		return 0;
	}
	if (err < 0)
		return err;
	struct line line;
	for (uint64_t n = 1; err == 0 && lines_next(&file, &line) == 1; n++) {
		struct ledger_line entry;
		const char *why = "";
		const int bad = ledger_read(&x->ledger, &line, &entry, &why);
		if (bad == -EBADMSG && !line.whole &&
			strcmp(member_text(x->end, "line"), "segment-closed") != 0)
			verify_note(verify, x->file, "its ledger ends in the middle of a line");
		else if (bad < 0)
			verify_problem(
				verify, x->file, "line %" PRIu64 " of its ledger %s", n, why);
		if (bad != -EBADMSG)
			err = check_cluster(verify, x, &entry);
		if (bad == 0 && err == 0)
			err = verify_late_add(&verify->late, x->file, &entry);
	}
	lines_done(&file);
	return err;
}

/* What is not in any cluster, against the line that ended the segment. */
static void check_frame(struct verify *verify, struct examined *x)
{
	const uint64_t head_len = number_of(x->end, "head_len");
	const uint64_t tail_len = number_of(x->end, "tail_len");
	if (strcmp(x->ledger.head, member_text(x->end, "ledger_sha256")) != 0 ||
		x->ledger.clusters != number_of(x->end, "clusters"))
		verify_problem(verify, x->file, "its ledger is not the one it was ended with");
	if (x->gone)
		return;
	verify_balance_end(verify, &x->balance, x->file, x->end);
	if (x->size != number_of(x->end, "size"))
		verify_problem(verify, x->file, "has %" PRIu64 " octets instead of %" PRIu64,
			x->size, number_of(x->end, "size"));
	if (x->ledger.clusters > 0 && (head_len != x->first || x->to + tail_len != x->size))
		verify_problem(verify, x->file, "has octets that belong to nothing");
	/* What a recorder without the key measured of an encrypted file, which may have been opened since. */
	if (x->sealed || json_object_get(x->end, "sealed_sha256") != NULL)
		return;
	if (!digest_is(x, 0, head_len, member_text(x->end, "head_sha256")))
		verify_problem(verify, x->file, "its head (octets 0 to %" PRIu64 ") was changed",
			head_len);
	if (x->size < tail_len ||
		!digest_is(x, x->size - tail_len, tail_len, member_text(x->end, "tail_sha256")))
		verify_problem(verify, x->file, "its end (the last %" PRIu64 " octets) was changed",
			tail_len);
}

/* Without a key there are the lengths of its records, what a recorder measured of it, and the manifest. */
static void check_sealed(struct verify *verify, struct examined *x, const char *gone)
{
	const uint64_t sealed_size = number_of(x->end, "sealed_size");
	verify->report.encrypted++;
	if (sealed_size > 0 &&
		(sealed_size != x->size ||
			!digest_is(x, 0, sealed_size, member_text(x->end, "sealed_sha256"))))
		verify_problem(verify, x->file, "is not what was found when the recording went on");
	if (unseal_size(x->webm, &x->size) < 0)
		verify_problem(verify, x->file, "is no file of encrypted records");
	if (gone != NULL)
		verify_note(verify, x->file, gone);
}

static int check_segment(struct verify *verify, const char *file, const json_t *end)
{
	char path[ARCHIVE_PATH_LEN];
	struct examined x = { .file = file, .end = end };
	verify->report.segments++;
	int err = names_media_path(verify->directory, file, path);
	if (err < 0)
		return err;
	const struct custody_fate gone = custody_gone_segment(verify->custody, file);
	x.webm = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st = { 0 };
	if (x.webm < 0 && errno == ENOENT && gone.text != NULL) {
		x.gone = true;
		verify->report.deleted++;
		verify_gone(verify, file, &gone);
	} else if (x.webm < 0 || fstat(x.webm, &st) < 0) {
		verify_problem(verify, file, "cannot be read");
		return x.webm >= 0 ? close(x.webm) : 0;
	}
	x.size = (uint64_t)st.st_size;
	verify->report.octets += x.size;
	x.sealed = !x.gone && names_is_sealed(path);
	if (x.sealed)
		check_sealed(verify, &x, gone.text);
	err = check_ledger(verify, &x);
	if (strcmp(member_text(end, "line"), "segment-opened") == 0) {
		verify->report.unfinished++;
		verify->report.unverified += x.size > x.to ? x.size - x.to : 0;
		verify_note(verify, file,
			"is still being written, or was cut off and not measured since");
	} else if (json_object_get(end, "problem") != NULL) {
		verify_problem(verify, file, "could not be read when the recording went on");
	} else if (err == 0) {
		check_frame(verify, &x);
	}
	if (x.webm >= 0)
		(void)close(x.webm); /* read only */
	return err;
}

/* Files nobody wrote down. Programmes are derived: the bag answers for them. */
static int check_folder(struct verify *verify, enum names_place folder)
{
	char path[ARCHIVE_PATH_LEN];
	const char *name = names_place(folder) + strlen(names_place(NAMES_DATA)) + 1;
	int err = names_path(verify->directory, folder, path);
	if (err < 0)
		return err;
	DIR *dir = opendir(path);
	if (dir == NULL) {
		verify_problem(verify, name, "is missing");
		return 0;
	}
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		char file[ARCHIVE_PATH_LEN];
		size_t stem = 0;
		if (entry->d_name[0] == '.' ||
			(folder == NAMES_CHANNELS && names_is_programme(entry->d_name)))
			continue;
		const bool segment = names_segment_parse(entry->d_name, &stem);
		err = rs_format(file, sizeof(file), "%s/%.*s", name, (int)stem, entry->d_name);
		if (err < 0 || !segment || json_object_get(verify->segments, file) == NULL)
			verify_problem(
				verify, name, "%s is in no line of events.jsonl", entry->d_name);
	}
	(void)closedir(dir); /* read only */
	return 0;
}

/* What was delivered after an outage is not what had been received, nor is it there twice. */
static int check_twice(struct verify *verify, const char *file)
{
	char path[ARCHIVE_PATH_LEN];
	struct lines lines;
	struct ledger ledger;
	ledger_init(&ledger);
	int err = names_file_path(verify->directory, file, NAMES_LEDGER, path);
	if (err == 0)
		err = lines_open(&lines, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err; /* was told */
	struct line line;
	while (lines_next(&lines, &line) == 1) {
		struct ledger_line entry;
		const char *why;
		if (ledger_read(&ledger, &line, &entry, &why) == 0 &&
			verify_late_is_twice(&verify->late, file, &entry))
			verify_problem(verify, file,
				"cluster %" PRIu32
				" has packets that were delivered after an outage into another one as well",
				entry.cluster);
	}
	lines_done(&lines);
	return 0;
}

int verify_segments(struct verify *verify)
{
	const char *file;
	json_t *end;
	int err = 0;
	json_object_foreach(verify->segments, file, end)
	{
		if (err == 0)
			err = check_segment(verify, file, end);
	}
	json_object_foreach(verify->segments, file, end)
	{
		if (err == 0 && verify_late_concerns(&verify->late, file))
			err = check_twice(verify, file);
	}
	if (err == 0)
		err = check_folder(verify, NAMES_TRACKS);
	return err == 0 ? check_folder(verify, NAMES_CHANNELS) : err;
}
