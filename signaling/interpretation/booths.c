/* Which booth an interpreter's badge belongs to, and what it may work into, from the conference file. */
#include "signaling/interpretation/interpretation_priv.h"

#include <errno.h>
#include <stdio.h>

static uint32_t channel_bit(int channel)
{
	return channel != INTERPRETATION_NONE ? UINT32_C(1) << channel : 0;
}

static size_t find_booth(const struct interpretation *interpretation, const char *id)
{
	size_t i = 0;
	while (i < interpretation->n_booths && strcmp(interpretation->booths[i].id, id) != 0)
		i++;
	return i;
}

static size_t add_booth(struct interpretation *interpretation, const char *id, int home)
{
	struct interpretation_booth *booth = &interpretation->booths[interpretation->n_booths];
	(void)rs_set_text(booth->id, id);
	booth->home = home;
	booth->outputs = channel_bit(home);
	return interpretation->n_booths++;
}

static void add_declared(struct interpretation *interpretation, const struct booth *declared)
{
	const size_t i = add_booth(interpretation, declared->language,
		interpretation_channel_at(interpretation, declared->language));
	for (size_t j = 0; j < declared->n_into; j++) {
		interpretation->booths[i].outputs |=
			channel_bit(interpretation_channel_at(interpretation, declared->into[j]));
	}
}

/* Where nothing is declared for it, a language has a booth, and a delegation's own interpreters have one of theirs (GA rule 53). */
static size_t booth_of(struct interpretation *interpretation, const struct participant *participant)
{
	char own[INTERPRETATION_BOOTH_ID_MAX + 1];
	if (participant->delegation[0] != '\0') {
		(void)snprintf(own, sizeof(own), "delegation-%s", participant->delegation);
		const size_t i = find_booth(interpretation, own);
		return i < interpretation->n_booths
			       ? i
			       : add_booth(interpretation, own, INTERPRETATION_NONE);
	}
	size_t i = find_booth(interpretation, participant->booth);
	for (size_t j = 0; i == interpretation->n_booths && j < participant->n_languages; j++)
		i = find_booth(interpretation, participant->languages[j]);
	const char *id =
		participant->booth[0] != '\0' ? participant->booth : participant->languages[0];
	return i < interpretation->n_booths
		       ? i
		       : add_booth(
				 interpretation, id, interpretation_channel_at(interpretation, id));
}

static bool is_declared(const struct meeting *meeting, const char *id)
{
	for (size_t i = 0; i < meeting->n_booths; i++) {
		if (strcmp(meeting->booths[i].language, id) == 0)
			return true;
	}
	return false;
}

/* The home language first, then the first of the badge's. */
static int first_output(
	const struct interpretation *interpretation, const struct interpretation_desk *desk)
{
	const int home = interpretation->booths[desk->booth].home;
	if (channels_have(desk->outputs, home))
		return home;
	for (size_t i = 0; i < interpretation->n_channels; i++) {
		if (channels_have(desk->outputs, (int)i))
			return (int)i;
	}
	return INTERPRETATION_NONE;
}

static void add_desk(struct interpretation *interpretation, const struct meeting *meeting,
	const struct participant *participant)
{
	const size_t booth = booth_of(interpretation, participant);
	struct interpretation_booth *at = &interpretation->booths[booth];
	struct interpretation_desk *desk = &interpretation->desks[interpretation->n_desks++];
	uint32_t languages = 0;
	for (size_t i = 0; i < participant->n_languages; i++) {
		languages |= channel_bit(
			interpretation_channel_at(interpretation, participant->languages[i]));
	}
	if (!is_declared(meeting, at->id))
		at->outputs |= languages;
	(void)rs_set_text(desk->id, participant->id);
	desk->booth = booth;
	desk->outputs = languages & at->outputs;
	desk->lost = INTERPRETATION_NONE;
	desk->output = first_output(interpretation, desk);
	desk->channel = INTERPRETATION_NONE;
	desk->source = INTERPRETATION_NONE;
}

int interpretation_build(const struct meeting *meeting, struct interpretation *interpretation)
{
	size_t desks = 0;
	for (size_t i = 0; i < meeting->n_participants; i++)
		desks += meeting->participants[i].role == ROLE_INTERPRETER;
	if (desks > INTERPRETATION_DESKS_MAX)
		desks = INTERPRETATION_DESKS_MAX;
	interpretation->desks = rs_calloc(desks, sizeof(*interpretation->desks));
	/* Each desk brings one that was not declared, at most. */
	interpretation->booths =
		rs_calloc(meeting->n_booths + desks, sizeof(*interpretation->booths));
	if (interpretation->desks == NULL || interpretation->booths == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < meeting->n_booths; i++)
		add_declared(interpretation, &meeting->booths[i]);
	for (size_t i = 0; i < meeting->n_participants && interpretation->n_desks < desks; i++) {
		if (meeting->participants[i].role == ROLE_INTERPRETER)
			add_desk(interpretation, meeting, &meeting->participants[i]);
	}
	return 0;
}
