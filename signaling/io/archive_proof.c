/* One speech with its proof over HTTP: made by a chore into a file without a name, and given out of that. */
#include "signaling/archive/bundle.h"
#include "signaling/io/answer.h"
#include "signaling/io/archive_priv.h"
#include "signaling/io/chore.h"
#include "signaling/io/reading.h"

#include "common/log/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Proofs being made or given out at a time: each is a file of BUNDLE_OCTETS_MAX and a little more at most. */
#define PROOFS_MAX 4

struct proving {
	struct chore chore;
	uint64_t request; /* which may be gone by the end */
	struct access_viewer viewer;
	char session[RECORDING_SESSION_MAX + 1];
	char language[RS_NAME_MAX + 1];
	uint32_t speech;
	/* outcome */
	int err;
	char why[BUNDLE_WHY_LEN]; /* empty = no such recording */
	struct catalogue_file file;
	struct shelf_file made; /* fd -1 = none */
};

/* What the file, and the folder in it, are called: "demo-2026-11-22-speech-12". */
static void name_proof(const struct proving *proving, char *out, size_t cap)
{
	char day[RS_TIME_TEXT_LEN];
	rs_wall_format(proving->file.started_ms, day);
	(void)snprintf(out, cap, "%s-%.10s-speech-%" PRIu32 "%s%s", proving->file.meeting, day,
		proving->speech, proving->language[0] != '\0' ? "-" : "", proving->language);
}

static int make(struct proving *proving, struct catalogue *catalogue)
{
	const struct io_config *config = &proving->chore.io->config;
	char folder[HTTP_VALUE_MAX];
	char scratch[sizeof(config->catalogue)];
	const int err =
		catalogue_session(catalogue, proving->session, &proving->viewer, &proving->file);
	if (err < 0)
		return err;
	name_proof(proving, folder, sizeof(folder));
	(void)rs_set_text(scratch, config->catalogue); /* as long */
	char *slash = strrchr(scratch, '/');
	if (slash != NULL)
		*slash = '\0';
	const struct bundle_wish wish = { .root = config->archive,
		.directory = proving->file.directory,
		.scratch = slash != NULL ? scratch : ".",
		.folder = folder,
		.speech = proving->speech,
		.language = proving->language,
		.started_ms = proving->file.started_ms };
	return bundle_make(&wish, &proving->made, proving->why);
}

static void run(struct chore *chore)
{
	struct proving *proving = (struct proving *)chore;
	RS_CLEANUP(catalogue_freep) struct catalogue *catalogue = NULL;
	proving->err = catalogue_open_reader(chore->io->config.catalogue, &catalogue);
	if (proving->err == 0)
		proving->err = make(proving, catalogue);
}

static void refuse(struct request *request, const struct proving *proving)
{
	if (proving->why[0] != '\0' && proving->err == -ENOENT)
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-speech",
			"There is no such speech in this recording, or nothing of it can be proven.");
	else if (proving->err == -E2BIG)
		http_refuse(request, HTTP_STATUS_CONFLICT, "speech-too-long",
			"This speech is longer than is given out at once. Ask the secretariat for it.");
	else
		archive_refuse(request, proving->err);
	if (proving->err != -ENOENT && proving->err != -E2BIG)
		log_warning(LOG_ARCHIVE, proving->session,
			"no proof of a speech speech=%" PRIu32 " why=\"%s\"", proving->speech,
			proving->why);
}

static void answer(struct request *request, struct proving *proving)
{
	char name[HTTP_VALUE_MAX - 64];
	char value[HTTP_VALUE_MAX];
	const struct http_part part = { .type = "application/zip",
		.file = proving->made.fd,
		.octets = proving->made.octets,
		.tag = proving->made.tag,
		.answer = reading_answer };
	proving->made.fd = -1;
	name_proof(proving, name, sizeof(name));
	(void)snprintf(value, sizeof(value), "attachment; filename=\"%s.zip\"", name); /* fits */
	http_add_header(request, "cache-control:", "private, no-cache");
	http_add_header(request, "x-content-type-options:", "nosniff");
	http_add_header(request, "content-disposition:", value);
	http_answer_part(request, &part);
}

static void on_made(struct chore *chore)
{
	struct proving *proving = (struct proving *)chore;
	struct io *io = chore->io;
	struct request *request = io->service != NULL ? rs_map_find(io->requests, &proving->request,
								sizeof(proving->request))
						      : NULL;
	if (request != NULL && proving->err < 0)
		refuse(request, proving);
	else if (request != NULL)
		answer(request, proving);
	if (proving->made.fd >= 0)
		(void)close(proving->made.fd); /* nobody waits for it any more */
	rs_release(proving);
	io_pump(io);
}

static bool read_wish(struct request *request, uint32_t *out_speech, char language[RS_NAME_MAX + 1])
{
	const char *number = request->params.name[1];
	return rs_parse_u32(number, strlen(number), INT32_MAX, out_speech) == 0 &&
	       *out_speech > 0 && http_query(request, "language", language, RS_NAME_MAX + 1) &&
	       (language[0] == '\0' || rs_name_valid(language, strlen(language)));
}

void archive_proof(struct request *request)
{
	struct access_viewer viewer;
	char language[RS_NAME_MAX + 1];
	uint32_t speech;
	if (!read_wish(request, &speech, language)) {
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"The number of a speech is expected, and the name of a language.");
		return;
	}
	if (!archive_may_ask(request, &viewer))
		return;
	struct proving *proving =
		request->io->proofs < PROOFS_MAX ? rs_zalloc(sizeof(*proving)) : NULL;
	if (proving == NULL) {
		http_add_header(request, "retry-after:", "5");
		http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
			"More proofs than are made at a time. Please wait a moment.");
		return;
	}
	proving->chore.run = run;
	proving->chore.done = on_made;
	proving->request = request->number;
	proving->viewer = viewer;
	proving->speech = speech;
	proving->made.fd = -1;
	(void)rs_set_text(proving->session, request->params.name[0]);
	(void)rs_set_text(proving->language, language);
	request->io->proofs++;
	request->proof = true;
	chore_begin(request->io, &proving->chore);
}

void archive_proof_end(struct request *request)
{
	if (request->proof)
		request->io->proofs--;
	request->proof = false;
}
