/* common/evidence/chain.h
 *
 * events.jsonl: what happened, one JSON object a line, each line carrying the SHA-256 of the line
 * before it (`prev`) and of itself (`sum`). A changed octet anywhere shows; a rewritten past shows
 * to whoever knows a later line.
 *
 *   {"seq":7,"utc":"2026-11-22T10:00:00.123Z","type":"gate","payload":{...},"prev":"<64 hex>","sum":"<64 hex>"}
 *
 * `prev` of the first line is 64 zeros. `sum` covers the line up to the comma before "sum". Lines of
 * type "meeting" also have "event" and "hash", and their payload is the meeting event's own text. Where it is sealed
 * (vault.h), "hash" is empty; where it was opened again, both digests are those of the sealed line (chain_unsealed.h).
 * Not thread safe. Allocates while a line is made.
 */
#ifndef ROSTRUM_COMMON_EVIDENCE_CHAIN_H
#define ROSTRUM_COMMON_EVIDENCE_CHAIN_H

#include "common/base/buf.h"
#include "common/evidence/lines.h"

#define CHAIN_HASH_LEN 65 /* hex and a NUL */
#define CHAIN_TYPE_MEETING "meeting"
/* The longest line: a meeting event may take 8 MiB on the control socket, and sealed a third more. */
#define CHAIN_TAIL_LEN                                \
	(sizeof(",\"prev\":\"\",\"sum\":\"\"}") - 1 + \
		2 * (CHAIN_HASH_LEN - 1)) /* of each line: prev and sum */
#define CHAIN_LINE_MAX ((size_t)12 << 20)

struct chain {
	uint64_t seq; /* of the last line; 0 = none */
	char prev[CHAIN_HASH_LEN];
	uint64_t size; /* octets of the file */
};

/* What a line says of itself. */
struct chain_entry {
	const char *type;
	int64_t wall_ms;
	const char *payload; /* a JSON value of one line */
	size_t payload_len;
	int64_t event; /* number and hash of a meeting event; 0 and NULL otherwise */
	const char *hash;
};

/* A line read back; texts are views into it. */
struct chain_line {
	uint64_t seq;
	char type[32];
	int64_t event;             /* 0 = not a meeting event */
	char hash[CHAIN_HASH_LEN]; /* what the meeting's log says; "" = not a meeting event */
	const char *payload;
	size_t payload_len;
};

void chain_init(struct chain *chain);
/* Append the next line to `out` (newline included) and go on. 0, -E2BIG or -ENOMEM; then nothing changed. */
int chain_write(
	struct chain *chain, const struct chain_entry *entry, struct rs_buf *out) RS_MUST_USE;
/* Where a chain stands before a line that is read alone, by what the line says: something else has to show that it says so rightly. False: it does not say. */
bool chain_before(struct chain *chain, const struct line *line) RS_MUST_USE;
/* The line after those read so far. 0; -EBADMSG (no such line), -EPROTO (well-formed but out of
 * sequence or not after the line before): `why` then says what. The chain goes on behind it in any
 * case but -EBADMSG. */
int chain_read(struct chain *chain, const struct line *line, struct chain_line *out_line,
	const char **why) RS_MUST_USE;

/* Whether a line is one that was begun and never ended, rather than a changed one. */
bool chain_is_torn(const struct line *line);

#endif
