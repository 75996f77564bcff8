#include "signaling/io/tally.h"

#include <errno.h>
#include <string.h>

struct held {
	char id[RS_NAME_MAX + 1];
	char badge[RS_NAME_MAX + 1];
	struct rs_addr from; /* port 0 */
};

struct tally {
	struct tally_limits limits;
	size_t n;
	struct held held[];
};

int tally_new(const struct tally_limits *limits, struct tally **out_tally)
{
	if (limits->per_badge == 0 || limits->per_address == 0 || limits->total == 0)
		return -EINVAL;
	struct tally *tally = rs_zalloc(sizeof(*tally) + limits->total * sizeof(tally->held[0]));
	if (tally == NULL)
		return -ENOMEM;
	tally->limits = *limits;
	*out_tally = tally;
	return 0;
}

struct tally *tally_free(struct tally *tally)
{
	return rs_release(tally);
}

/* Order does not matter: the last takes the free place. */
static void drop(struct tally *tally, size_t i)
{
	tally->held[i] = tally->held[--tally->n];
}

static struct rs_addr without_port(const struct rs_addr *addr)
{
	struct rs_addr host = *addr;
	host.port = 0;
	return host;
}

int tally_check(struct tally *tally, const char *badge, const struct rs_addr *from,
	tally_alive_fn *alive, void *ctx)
{
	const struct rs_addr host = without_port(from);
	size_t of_badge = 0;
	size_t of_address = 0;
	for (size_t i = 0; i < tally->n;) {
		if (!alive(ctx, tally->held[i].id)) {
			drop(tally, i);
			continue;
		}
		of_badge += strcmp(tally->held[i].badge, badge) == 0;
		of_address += rs_addr_equal(&tally->held[i].from, &host);
		i++;
	}
	const bool free = tally->n < tally->limits.total && of_badge < tally->limits.per_badge &&
			  of_address < tally->limits.per_address;
	return free ? 0 : -E2BIG;
}

void tally_add(struct tally *tally, const char *id, const char *badge, const struct rs_addr *from)
{
	if (tally->n == tally->limits.total)
		return; /* not asked before: it goes uncounted */
	struct held *held = &tally->held[tally->n++];
	*held = (struct held){ .from = without_port(from) };
	(void)rs_copy_text(held->id, sizeof(held->id), id, strlen(id)); /* names fit */
	(void)rs_copy_text(held->badge, sizeof(held->badge), badge, strlen(badge));
}

void tally_remove(struct tally *tally, const char *id)
{
	for (size_t i = 0; i < tally->n; i++) {
		if (strcmp(tally->held[i].id, id) == 0) {
			drop(tally, i);
			return;
		}
	}
}
