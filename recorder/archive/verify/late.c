#include "recorder/archive/verify/late.h"

#include "common/base/mem.h"
#include "common/base/text.h"

#include <string.h>

/* A recorder that went on after a kill counts a stream's numbers from their 16 bits again: the same number is then another packet,
 * 65,536 later, which is ten minutes at least of sound, and of pictures as a room sends them. */
#define FAR_MS 300000

void verify_late_done(struct verify_late *late)
{
	rs_release(late->list);
	*late = (struct verify_late){ .n = 0 };
}

int verify_late_add(struct verify_late *late, const char *file, const struct ledger_line *line)
{
	if (!line->delivered || line->seq1 < line->seq0)
		return 0;
	const int err = rs_grow(&late->list, late->n, VERIFY_LATE_MAX, sizeof(*late->list));
	if (err < 0)
		return err;
	struct late_line *one = &late->list[late->n];
	if (!rs_copy_string(one->file, sizeof(one->file), file))
		return 0; /* no segment is called so, which is told elsewhere */
	one->line = *line;
	late->n++;
	return 0;
}

/* "tracks/room.002.a" and "tracks/room.001.a", but not "tracks/room.001.v". */
static bool is_same_source(const char *a, const char *b)
{
	const size_t stem = strcspn(a, ".");
	const char *medium = strrchr(a, '.');
	const char *other = strrchr(b, '.');
	return stem == strcspn(b, ".") && strncmp(a, b, stem) == 0 && medium != NULL &&
	       other != NULL && strcmp(medium, other) == 0;
}

bool verify_late_concerns(const struct verify_late *late, const char *file)
{
	for (size_t i = 0; i < late->n; i++) {
		if (is_same_source(late->list[i].file, file))
			return true;
	}
	return false;
}

static bool is_same_stream(
	const struct late_line *late, const char *file, const struct ledger_line *line)
{
	const struct ledger_line *one = &late->line;
	const bool itself = strcmp(late->file, file) == 0 && one->cluster == line->cluster;
	return !itself && one->ssrc == line->ssrc && one->t0_ms <= line->t1_ms + FAR_MS &&
	       line->t0_ms <= one->t1_ms + FAR_MS && is_same_source(late->file, file);
}

bool verify_late_is_twice(
	const struct verify_late *late, const char *file, const struct ledger_line *line)
{
	const int64_t numbers = line->seq1 - line->seq0 + 1;
	uint64_t held = line->received;
	for (size_t i = 0; i < late->n && numbers > 0; i++) {
		const struct ledger_line *one = &late->list[i].line;
		const int64_t from = one->seq0 > line->seq0 ? one->seq0 : line->seq0;
		const int64_t to = one->seq1 < line->seq1 ? one->seq1 : line->seq1;
		if (to < from || !is_same_stream(&late->list[i], file, line))
			continue;
		/* As many of its packets as cannot lie beside this line. */
		const uint64_t beside = (uint64_t)(one->seq1 - one->seq0 - (to - from));
		held += one->received > beside ? one->received - beside : 0;
	}
	return numbers > 0 && held > (uint64_t)numbers;
}
