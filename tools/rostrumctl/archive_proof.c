/* rostrumctl archive proof. */
#include "common/base/text.h"
#include "common/base/time.h"
#include "common/evidence/excerpt.h"
#include "tools/rostrumctl/archive_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* "speech-12.zip": one file instead of a directory. */
#define ZIP ".zip"

static int fail(const char *path, int err, char why[EXCERPT_WHY_LEN])
{
	(void)snprintf(
		why, EXCERPT_WHY_LEN, "%.180s: %.60s", path, strerror(-err)); /* may be cut */
	return err;
}

static int write_zip(const struct options *options, const struct excerpt_wish *wish,
	struct excerpt_summary *out_summary, char why[EXCERPT_WHY_LEN])
{
	char folder[ARCHIVE_PATH_MAX];
	const char *slash = strrchr(options->out, '/');
	const char *name = slash != NULL ? slash + 1 : options->out;
	(void)rs_copy_text(folder, sizeof(folder), name,
		strlen(name) - strlen(ZIP)); /* cut is refused below */
	const int fd = open(options->out, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return fail(options->out, -errno, why);
	const struct excerpt_zip to = {
		.fd = fd, .folder = folder, .wall_ms = rs_clock_wall_us() / 1000
	};
	int err = excerpt_to_zip(options->directory, wish, &to, out_summary, why);
	if (err == 0 && fsync(fd) < 0)
		err = fail(options->out, -errno, why);
	if (close(fd) < 0 && err == 0)
		err = fail(options->out, -errno, why);
	if (err < 0)
		(void)unlink(options->out); /* best effort: half of one is of no use */
	return err;
}

static bool parse_wish(const struct options *options, struct excerpt_wish *out)
{
	uint64_t from = 0;
	uint64_t to = 0;
	if (options->out == NULL || !archive_speech(options, &out->speech))
		return false;
	out->language = options->language;
	out->track = options->track;
	if (out->speech != 0)
		return options->track == NULL && options->from == NULL && options->to == NULL;
	if (options->track == NULL || options->from == NULL || options->to == NULL ||
		options->language != NULL ||
		rs_parse_u64(options->from, strlen(options->from), INT64_MAX, &from) < 0 ||
		rs_parse_u64(options->to, strlen(options->to), INT64_MAX, &to) < 0)
		return false;
	out->from_ms = (int64_t)from;
	out->to_ms = (int64_t)to;
	return true;
}

int archive_proof_main(const struct options *options)
{
	struct excerpt_wish wish = { .speech = 0 };
	struct excerpt_summary summary;
	char why[EXCERPT_WHY_LEN];
	if (!parse_wish(options, &wish))
		return archive_usage();
	const int err =
		rs_ends_with(options->out, ZIP)
			? write_zip(options, &wish, &summary, why)
			: excerpt_to_folder(options->directory, &wish, options->out, &summary, why);
	if (err < 0) {
		(void)fprintf(stderr, "rostrumctl: %s: %s\n", options->directory, why);
		return 1;
	}
	if (options->json)
		return archive_print(json_pack("{s:s, s:I, s:I, s:I}", "proof", options->out,
			"files", (json_int_t)summary.files, "clusters",
			(json_int_t)summary.clusters, "octets", (json_int_t)summary.octets));
	(void)printf("%s: %" PRIu64 " clusters in %" PRIu64 " files, %" PRIu64 " octets\n",
		options->out, summary.clusters, summary.files, summary.octets);
	return 0;
}
