/* signaling/io/archive_priv.h
 *
 * What archive.c and its keeper share.
 */
#ifndef ROSTRUM_SIGNALING_IO_ARCHIVE_PRIV_H
#define ROSTRUM_SIGNALING_IO_ARCHIVE_PRIV_H

#include "signaling/io/archive.h"

/* The catalogue is open. */
bool archive_is_there(const struct io *io);

#endif
