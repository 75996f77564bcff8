/* signaling/io/reading.h
 *
 * An answer out of a file on a disk that may be slow: read a piece at a time by chores, one ahead of what the socket takes, so that
 * neither the loop waits for the disk nor the memory grows with the file.
 */
#ifndef ROSTRUM_SIGNALING_IO_READING_H
#define ROSTRUM_SIGNALING_IO_READING_H

#include "signaling/io/io_priv.h"

struct reading;

/* Answers under way at a time: READINGS_MAX pieces is all they hold. */
#define READINGS_MAX 512

/* Answer with `len` octets of this file from `first` on, as http_answer_file() does. Takes `file`. Over READINGS_MAX the request is
 * refused with "too-many". */
void reading_answer(struct request *request, unsigned status, const char *type, int file,
	uint64_t first, uint64_t len);
/* The head is written: begin. */
void reading_begin(struct request *request);
/* The socket takes more. 1: that was the last of it; 0: it goes on by itself; -1 closes the connection. */
int reading_write(struct request *request) RS_MUST_USE;
/* The request ends; also for one that reads nothing. */
void reading_end(struct request *request);

#endif
