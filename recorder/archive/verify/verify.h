/* recorder/archive/verify/verify.h
 *
 * Is the archive of a session what the recorder wrote? Reads everything, changes nothing; needs no
 * recorder. Blocking file I/O, for tools and tests.
 */
#ifndef ROSTRUM_RECORDER_ARCHIVE_VERIFY_VERIFY_H
#define ROSTRUM_RECORDER_ARCHIVE_VERIFY_VERIFY_H

#include "common/base/mem.h"

struct archive_report {
	uint64_t problems; /* each told to the sink */
	uint64_t notes;    /* likewise: not wrong, but worth knowing */
	uint64_t lines;    /* of events.jsonl */
	uint64_t events;   /* meeting events among them */
	uint64_t segments;
	/* Segments whose media is gone, and custody.jsonl says why (a note each). */
	uint64_t deleted;
	/* Segments that are encrypted, judged by their ledgers and the manifest only, and meeting events likewise. */
	uint64_t encrypted;
	uint64_t encrypted_events;
	uint64_t unfinished; /* segments still being written, or cut off and not yet measured */
	uint64_t clusters;
	uint64_t heads;      /* signed, and good */
	uint64_t covered;    /* clusters they cover */
	uint64_t octets;     /* of media, all verified but for `unverified` */
	uint64_t unverified; /* at the ends of unfinished segments */
	uint64_t lost;       /* packets, as the ledgers say */
	uint64_t skipped;
	uint64_t synthetic;
	uint64_t signatures; /* good ones, of files */
	uint64_t stamps;     /* good time stamps */
	int64_t stamped_ms;  /* wall clock of the manifest's; 0 = none */
	bool sealed;         /* there is a manifest */
	bool closed;         /* the recording was stopped, not cut off or still running */
};

/* What else is known, and what is to be told meanwhile. Zeroed = nothing. */
struct archive_knowledge {
	const uint8_t *
		key; /* the only key archives are to be signed with, RS_SIGN_PUBLIC_LEN octets; NULL = any */
	/* A line of proof/heads.jsonl, without its end, that was kept elsewhere and must be there; borrowed; NULL = none. */
	const char *head;
	const char *ca_file; /* certificates time stamps must lead to, PEM; NULL = any */
	void (*progress)(void *ctx, uint64_t done,
		uint64_t all); /* octets read, and to be read; NULL = none */
	void *ctx;
};

/* What was found: `file` below the directory, `text` a sentence without it. */
struct archive_sink {
	void (*problem)(void *ctx, const char *file, const char *text);
	void (*note)(void *ctx, const char *file, const char *text);
	void *ctx;
};

/* 0 when the directory could be judged (out_report->problems says how); -ENOENT (no archive there), another error of
 * the file system, or -ENOMEM. */
int archive_verify(const char *directory, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report) RS_MUST_USE;

/* The same of audit.jsonl beside the archives below a root: its chain, and who signed it; `lines` are its own. One that is
 * absent is empty. */
int archive_verify_audit(const char *root, const struct archive_knowledge *knowledge,
	const struct archive_sink *sink, struct archive_report *out_report) RS_MUST_USE;

#endif
