#include "sfu/io/gso.h"

struct gso_run gso_begin(const struct rs_addr *to, size_t len)
{
	return (struct gso_run){ .to = *to, .size = len, .len = len, .n = 1 };
}

bool gso_takes(const struct gso_run *run, const struct rs_addr *to, size_t len)
{
	const bool ended = run->len < run->n * run->size; /* by a shorter one */

	return !ended && len > 0 && len <= run->size && run->n < GSO_DATAGRAMS_MAX &&
	       run->len + len <= GSO_LEN_MAX && rs_addr_equal(&run->to, to);
}

void gso_add(struct gso_run *run, size_t len)
{
	run->len += len;
	run->n++;
}
