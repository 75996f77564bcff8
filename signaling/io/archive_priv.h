/* signaling/io/archive_priv.h
 *
 * What archive.c, archive_proof.c and the keeper share.
 */
#ifndef ROSTRUM_SIGNALING_IO_ARCHIVE_PRIV_H
#define ROSTRUM_SIGNALING_IO_ARCHIVE_PRIV_H

#include "signaling/archive/access.h"
#include "signaling/io/archive.h"

/* The catalogue is open. */
bool archive_is_there(const struct io *io);
/* As whom a request looks at the archive. False: there is none, and it was answered so. */
bool archive_may_ask(struct request *request, struct access_viewer *out_viewer);
/* Answer that something could not be had: -ENOENT, -ETIMEDOUT, -ENOMEM, or that the disk is away. */
void archive_refuse(struct request *request, int err);

#endif
