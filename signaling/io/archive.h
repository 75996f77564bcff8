/* signaling/io/archive.h
 *
 * The archive over HTTP, and what keeps its catalogue up to date. All that touches the archive's disk is a chore.
 */
#ifndef ROSTRUM_SIGNALING_IO_ARCHIVE_H
#define ROSTRUM_SIGNALING_IO_ARCHIVE_H

#include "signaling/io/io_priv.h"

struct shelf_keeper;

/* Open the catalogue, where there is an archive, and begin to look through it. What fails is logged: there is no archive then. */
void archive_start(struct io *io);
/* A recorder finished something: look soon. */
void archive_look(struct io *io);
/* Stop looking; to be called while the loop still runs. */
void archive_stop(struct io *io);
/* Once the loop is closed. */
void archive_free(struct io *io);
/* Figures of /metrics. */
struct archive_figures {
	uint64_t recordings_taken, recordings_refused, scans_failed;
};
struct archive_figures archive_figures(const struct io *io);

/* The claims of the `ticket` of a request's query: 0, -ENOENT (there is none), or as ticket_read(). */
int archive_ticket(struct request *request, const char *session, struct claims *out_claims);

/* Handlers */
void archive_list(struct request *request);
void archive_recording(struct request *request);
void archive_programme(struct request *request);
void archive_captions(struct request *request);
void archive_proof(struct request *request);
/* The request ends; also for one that asked for no proof. */
void archive_proof_end(struct request *request);

#endif
