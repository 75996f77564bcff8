#include "signaling/service/media/watch.h"

#include "signaling/service/media/peers.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <string.h>

static struct peer_recv *slot_of(struct peer_spec *spec, const char *mid)
{
	for (size_t i = 0; i < spec->n_recv; i++) {
		if (spec->recv[i].kind == PEER_VIDEO && strcmp(spec->recv[i].mid, mid) == 0)
			return &spec->recv[i];
	}
	return NULL;
}

/* Only the slot that is nobody's by plan; the gate of the media server still decides what of the participant is to be seen. */
static enum verdict judge_feed(
	const struct meeting *meeting, const struct peer_recv *slot, const char *feed)
{
	const size_t prefix = strlen(FEED_SOURCE);
	if (slot->feed[0] != '\0' && strncmp(slot->feed, FEED_SOURCE, prefix) != 0)
		return VERDICT_NOT_PERMITTED;
	if (feed[0] == '\0')
		return VERDICT_OK;
	if (strncmp(feed, FEED_SOURCE, prefix) != 0)
		return VERDICT_NOT_PERMITTED;
	return meeting_find(meeting, feed + prefix) != NULL ? VERDICT_OK
							    : VERDICT_NO_SUCH_PARTICIPANT;
}

static enum verdict take_look(
	const struct meeting *meeting, struct peer_spec *spec, const struct wire_look *look)
{
	struct peer_recv *slot = slot_of(spec, look->mid);
	if (slot == NULL)
		return VERDICT_MALFORMED;
	const enum verdict verdict =
		look->has_feed ? judge_feed(meeting, slot, look->feed) : VERDICT_OK;
	if (verdict != VERDICT_OK)
		return verdict;
	if (look->has_height)
		slot->max_height = look->height;
	if (look->has_priority)
		slot->priority = look->priority;
	if (look->has_paused)
		slot->paused = look->paused;
	if (look->has_feed)
		(void)rs_set_text(slot->feed, look->feed);
	return VERDICT_OK;
}

static bool same_slots(const struct peer_spec *a, const struct peer_spec *b)
{
	for (size_t i = 0; i < a->n_recv; i++) {
		const struct peer_recv *x = &a->recv[i], *y = &b->recv[i];
		if (x->max_height != y->max_height || x->priority != y->priority ||
			x->paused != y->paused || strcmp(x->feed, y->feed) != 0)
			return false;
	}
	return true;
}

void peer_watch(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err)
{
	const struct meeting *meeting = session->chamber->proceedings->meeting;
	struct peer *peer = peer_find(service, session->peer);
	enum verdict verdict = peer != NULL ? VERDICT_OK : VERDICT_NO_MEDIA_SERVER;
	/* All of it or nothing. */
	struct peer_spec *spec = peer != NULL ? rs_memdup(&peer->spec, sizeof(*spec)) : NULL;
	if (peer != NULL && spec == NULL)
		verdict = VERDICT_TOO_MANY;
	for (size_t i = 0; i < message->n_looks && verdict == VERDICT_OK; i++)
		verdict = take_look(meeting, spec, &message->looks[i]);
	if (verdict == VERDICT_OK && !same_slots(&peer->spec, spec)) {
		peer->spec = *spec;
		peer_tell(service, peer);
	}
	rs_release(spec);
	*err = verdict == VERDICT_OK
		       ? wire_reply_ok(message->id, 0, out)
		       : wire_reply_refused(message->id, verdict, wire_verdict_text(verdict), out);
}
