/* recorder/io/io.h
 *
 * The recorder as a running program: sockets, clocks, disk and signals around its machines, on one
 * libuv loop and the writer's thread.
 */
#ifndef ROSTRUM_RECORDER_IO_IO_H
#define ROSTRUM_RECORDER_IO_IO_H

#include "recorder/control/keeper.h"

struct io_config {
	const char *node;
	const char *control_path;    /* signaling's control socket */
	const char *root;            /* directory of the archives */
	const char *secretariat_key; /* PEM of its public key; "" = none */
	bool closed_in_clear; /* without it, sessions that are not public are recorded all the same */
	const char *key_path;  /* Ed25519, PEM; made when it is absent. "" = the root and ".key" */
	rs_time head_interval; /* between signed heads */
	const char *tsa_url;   /* time-stamping authority; "" = none */
	const char *tsa_ca;    /* PEM of certificates its stamps must lead to; "" = any are taken */
	uint32_t tsa_timeout_ms;
	const char *software;
	struct track_rules rules;
	size_t meetings_max;
	size_t tracks_max;
	uint64_t free_min; /* octets */
	size_t queue_max; /* octets waiting for the disk; taps are not read above seven eighths of it */
	struct storage_rules storage; /* its queue_max is set here */
	const char *copy;             /* directory of the second copy; "" = none */
	uint64_t copy_rate;           /* octets a second */
	rs_time retry;
};

/* Runs until SIGTERM or SIGINT, then finishes all archives. 0, or a negative errno (start failed, or
 * something could not be written at the end), logged. */
int io_run(const struct io_config *config) RS_MUST_USE;

#endif
