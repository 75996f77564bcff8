/* Who may vote: fixed as the voting is opened, and kept in that event in the order the delegations are called. */
#include "signaling/voting/voting_priv.h"

/* Rows of a roll call and of a show of hands are counted in the hall, where somebody may sit who has no line. */
static bool must_be_present(const struct voting *voting)
{
	return voting->rules.voting.entitled == RULES_ENTITLED_PRESENT &&
	       (voting->now.mode == DECISION_RECORDED || voting->now.mode == DECISION_SECRET);
}

static bool add_name(struct event *event, size_t *len, const char *name)
{
	const size_t n = strlen(name);
	const size_t gap = *len > 0 ? 1 : 0;
	if (*len + gap + n > EVENT_NAMES_MAX)
		return false;
	if (gap > 0)
		event->names[*len] = ' ';
	memcpy(event->names + *len + gap, name, n + 1);
	*len += gap + n;
	return true;
}

/* The place in the alphabet, among those entitled, that the lot falls on. */
static size_t draw(const uint8_t seed[LOT_SEED_LEN], uint32_t n)
{
	struct lot lot;
	lot_init(&lot, seed);
	return lot_below(&lot, n);
}

bool voting_write_entitled(const struct voting *voting, struct event *event)
{
	size_t len = 0;
	event->entitled = 0;
	for (size_t i = 0; i < voting->n_delegations; i++) {
		const size_t at = voting->alphabet[i];
		if (voting->delegations[at].without_vote)
			continue;
		if (must_be_present(voting) && !voting_delegation_present(voting, at))
			continue;
		if (!add_name(event, &len, voting->delegations[at].name))
			return false;
		event->entitled++;
	}
	return true;
}

static void entitle(struct voting *voting, size_t i)
{
	if (i == voting->n_delegations || voting->delegations[i].entitled)
		return; /* no conference changes under its events; harmless if one does */
	voting->delegations[i].entitled = true;
	voting->order[voting->now.entitled++] = i;
}

/* The one the lot fell on is called first, then those after it, then those before. */
static void begin_at_lot(struct voting *voting, const struct event *event)
{
	uint8_t seed[LOT_SEED_LEN];
	const size_t n = voting->now.entitled;
	if (n == 0 || rs_hex_decode(event->seed, strlen(event->seed), seed, sizeof(seed)) < 0)
		return;
	for (size_t turns = draw(seed, (uint32_t)n); turns > 0; turns--) {
		const size_t first = voting->order[0];
		memmove(voting->order, voting->order + 1, (n - 1) * sizeof(*voting->order));
		voting->order[n - 1] = first;
	}
}

/* Events of before the names were kept: who was present. */
static void entitle_present(struct voting *voting)
{
	for (size_t i = 0; i < voting->n_delegations; i++) {
		if (voting_delegation_present(voting, i))
			entitle(voting, i);
	}
}

void voting_apply_entitled(struct voting *voting, const struct event *event)
{
	voting->now.entitled = 0;
	if (event->names[0] == '\0' && event->entitled > 0)
		entitle_present(voting);
	for (const char *at = event->names; *at != '\0';) {
		char name[RS_NAME_MAX + 1];
		const size_t len = strcspn(at, " ");
		if (rs_copy_text(name, sizeof(name), at, len))
			entitle(voting, voting_find_delegation(voting, name));
		at += len + strspn(at + len, " ");
	}
	begin_at_lot(voting, event);
}
