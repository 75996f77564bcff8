/* WHIP publishers and WHEP players: peers without a page. */
#include "signaling/service/answer/problem.h"
#include "signaling/service/media/echo.h"
#include "signaling/service/media/peers.h"
#include "signaling/service/people/admission.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <stdio.h>

/* Of our own ICE credentials after a restart. */
#define UFRAG_LEN 8
#define PWD_LEN 32

/* Feeds of a language channel; pictures beside them are the speaker's, but what is a part of one is sound alone. */
static const struct {
	const char *prefix;
	bool picture;
} channel_feeds[] = { { FEED_CHANNEL, true }, { FEED_DESK, false }, { FEED_ORIGINAL, false } };

/* The channel that the feed is of, or NULL. */
static const char *channel_of(const char *feed, bool *out_picture)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(channel_feeds); i++) {
		const size_t len = strlen(channel_feeds[i].prefix);
		*out_picture = channel_feeds[i].picture;
		if (strncmp(feed, channel_feeds[i].prefix, len) == 0)
			return feed + len;
	}
	return NULL;
}

static void plan_play(const char *feed, struct peer_plan *plan)
{
	bool picture = true;
	const bool floor = strcmp(feed, "floor") == 0 || channel_of(feed, &picture) != NULL;
	const bool source = strncmp(feed, FEED_SOURCE, strlen(FEED_SOURCE)) == 0;
	*plan = (struct peer_plan){ .n_send = 0 };
	if (floor || source || strcmp(feed, "speaker") == 0) {
		plan_add_slot(plan, PEER_AUDIO, floor || source ? feed : "floor", 0, 0);
		plan->recv[0].mix = PEER_MIX_LOUDEST;
	}
	if (!floor || picture)
		plan_add_slot(plan, PEER_VIDEO, floor ? "speaker" : feed, 0, 0);
}

static bool feed_exists(const struct meeting *meeting, const char *feed)
{
	static const char *const fixed[] = { "floor", "speaker", "chair", "content" };
	for (size_t i = 0; i < RS_ARRAY_LEN(fixed); i++) {
		if (strcmp(feed, fixed[i]) == 0)
			return true;
	}
	bool picture;
	const char *channel = channel_of(feed, &picture);
	if (channel != NULL)
		return meeting_find_channel(meeting, channel) != NULL;
	const char *source = feed + strlen(FEED_SOURCE);
	if (strncmp(feed, FEED_SOURCE, strlen(FEED_SOURCE)) != 0 ||
		!rs_name_valid(source, strlen(source)))
		return false;
	return meeting->rehearsal || meeting_find(meeting, source) != NULL;
}

static bool is_publisher(const struct peer *peer, const void *ctx)
{
	const struct peer *other = ctx;
	return peer != other && peer->use == PEER_PUBLISH && peer->chamber == other->chamber &&
	       peer->spec.n_send > 0 && other->spec.n_send > 0 &&
	       strcmp(peer->spec.send[0].source, other->spec.send[0].source) == 0;
}

/* May this bearer publish or play that? 0 or -1 with `refusal` set. */
static int judge_use(const struct claims *who, const struct chamber *chamber,
	enum service_peer_use use, const char *name, struct service_refusal *refusal)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const struct participant *participant;
	const enum admission admission = admission_judge(chamber, who, &participant);
	if (strcmp(who->meeting, meeting->id) != 0 || participant == NULL) {
		refuse_request(refusal, 403, "not-permitted",
			"This token is for another meeting or not accredited here.");
		return -EACCES;
	}
	if (admission != ADMISSION_GRANTED) {
		refuse_request(
			refusal, 403, "not-admitted", wire_verdict_text(VERDICT_NOT_ADMITTED));
		return -EACCES;
	}
	if (use == SERVICE_PEER_ECHO && strcmp(who->badge, name) == 0 && peer_may_send(who->role))
		return 0;
	if (use == SERVICE_PEER_PLAY) {
		if (feed_exists(meeting, name))
			return 0;
		refuse_request(refusal, 404, "no-such-feed", "There is no such feed.");
		return -ENOENT;
	}
	const bool own = strcmp(who->badge, name) == 0 && peer_may_send(who->role);
	const bool any = use == SERVICE_PEER_PUBLISH && who->role == ROLE_TECHNICIAN &&
			 meeting->rehearsal && rs_name_valid(name, strlen(name));
	if (own || any)
		return 0;
	refuse_request(refusal, 403, "not-permitted", "This token may not publish this source.");
	return -EACCES;
}

static void describe(
	const struct service *service, const struct peer *peer, struct service_peer *out)
{
	static const enum service_peer_use uses[] = {
		[PEER_PUBLISH] = SERVICE_PEER_PUBLISH,
		[PEER_PLAY] = SERVICE_PEER_PLAY,
		[PEER_ECHO] = SERVICE_PEER_ECHO,
	};
	const struct peer_spec *spec = &peer->spec;
	const struct node *node = node_of_instance(service, peer->instance);
	*out = (struct service_peer){
		.use = uses[peer->use],
	};
	(void)rs_set_text(out->id, peer->spec.id);
	(void)rs_set_text(out->meeting, peer->chamber->proceedings->meeting->id);
	(void)rs_set_text(out->owner, peer->owner);
	(void)rs_set_text(out->ufrag, peer->spec.ufrag);
	(void)rs_set_text(out->pwd, peer->spec.pwd);
	(void)rs_set_text(out->remote_ufrag, peer->spec.remote_ufrag);
	if (spec->n_send > 0) {
		(void)rs_set_text(out->mid, spec->send[0].mid);
	} else if (spec->n_recv > 0) {
		(void)rs_set_text(out->mid, spec->recv[0].mid);
	}
	if (node != NULL && spec->worker < node->n_workers)
		out->node = node->workers[spec->worker];
}

/* One more section that a room receives: mix-minus, so what a room sends itself is never among it. */
static bool plan_room_slot(
	const struct meeting *meeting, const char *name, size_t len, struct peer_plan *plan)
{
	char feed[PEER_FEED_MAX + 1] = "floor";
	char channel[RS_NAME_MAX + 1];
	uint32_t rank = 0;
	if (plan->n_recv == PEER_RECV_MAX || !rs_copy_text(channel, sizeof(channel), name, len))
		return false;
	if (strcmp(channel, feed) != 0) {
		if (meeting_find_channel(meeting, channel) == NULL)
			return false;
		(void)snprintf(feed, sizeof(feed), FEED_CHANNEL "%.*s", RS_NAME_MAX, channel);
	}
	for (size_t i = 0; i < plan->n_recv; i++)
		rank += strcmp(plan->recv[i].feed, feed) == 0;
	plan_add_slot(plan, PEER_AUDIO, feed, rank, 0);
	plan->recv[plan->n_recv - 1].mix = PEER_MIX_OTHERS;
	return true;
}

/* 0, or -1 with `refusal` set. */
static int plan_receive(const struct service_peer_wish *wish, const struct meeting *meeting,
	struct peer_plan *plan, struct service_refusal *refusal)
{
	const char *name = wish->receive;
	if (name[0] == '\0')
		return 0;
	if (wish->use != SERVICE_PEER_PUBLISH || wish->who->role != ROLE_ROOM) {
		refuse_request(
			refusal, 403, "not-permitted", "Only a room receives where it publishes.");
		return -EACCES;
	}
	for (;; name++) {
		const size_t len = strcspn(name, ",");
		if (!plan_room_slot(meeting, name, len, plan)) {
			refuse_request(refusal, 404, "no-such-feed",
				"What is to be received is no channel of this meeting, or too much.");
			return -ENOENT;
		}
		name += len;
		if (*name == '\0')
			return 0;
	}
}

static void plan_publish(struct service *service, const struct chamber *chamber, const char *name,
	struct peer_plan *plan)
{
	const struct participant *participant = meeting_find(chamber->proceedings->meeting, name);
	*plan = (struct peer_plan){ .n_send = 0 };
	plan_add_sends(plan, name, participant != NULL ? participant->csrc : ++service->last_csrc);
}

static void plan_use(struct service *service, const struct chamber *chamber,
	const struct service_peer_wish *wish, struct peer_plan *plan)
{
	switch (wish->use) {
	case SERVICE_PEER_PUBLISH:
		plan_publish(service, chamber, wish->name, plan);
		break;
	case SERVICE_PEER_PLAY:
		plan_play(wish->name, plan);
		break;
	case SERVICE_PEER_ECHO:
		echo_plan(wish->name, meeting_find(chamber->proceedings->meeting, wish->name)->csrc,
			plan);
		break;
	}
}

/* The line of `who` may be tested now? 0, or -EAGAIN with `refusal` set. */
static int admit_echo(struct service *service, const struct service_peer_wish *wish,
	const struct chamber *chamber, struct moment at, struct service_refusal *refusal)
{
	if (wish->use != SERVICE_PEER_ECHO || echo_admit(service, chamber, wish->who->badge, at))
		return 0;
	refuse_request(refusal, 429, "too-many",
		"As many lines as may are tested at the moment. Try again in a while.");
	return -EAGAIN;
}

/* What follows when it is made, and not told yet. */
static void settle(struct service *service, struct peer *peer, const struct service_peer_wish *wish,
	struct moment at)
{
	struct chamber *chamber = peer->chamber;
	if (wish->use == SERVICE_PEER_ECHO)
		echo_begin(service, peer, at);
	if (wish->use != SERVICE_PEER_PUBLISH)
		return;
	/* A source has one publisher: the new one replaces what may be a dead one. */
	struct peer *before = peer_first(service, is_publisher, peer);
	if (before != NULL)
		peer_remove(service, before);
	peer_adopt(peer, strcmp(wish->who->badge, wish->name) == 0
				 ? chamber_person(chamber, wish->name)
				 : NULL);
}

int service_peer_create(struct service *service, const struct service_peer_wish *wish,
	struct moment at, struct service_peer *out_peer, struct rs_buf *out_sdp,
	struct service_refusal *refusal)
{
	const char *name = wish->name;
	static const enum peer_use uses[] = {
		[SERVICE_PEER_PUBLISH] = PEER_PUBLISH,
		[SERVICE_PEER_PLAY] = PEER_PLAY,
		[SERVICE_PEER_ECHO] = PEER_ECHO,
	};
	struct chamber *chamber = chamber_find(service, wish->meeting);
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -ENOENT;
	}
	int err = judge_use(wish->who, chamber, wish->use, name, refusal);
	if (err == 0)
		err = admit_echo(service, wish, chamber, at, refusal);
	if (err < 0)
		return err;
	struct peer_plan plan;
	plan_use(service, chamber, wish, &plan);
	err = plan_receive(wish, chamber->proceedings->meeting, &plan, refusal);
	if (err < 0)
		return err;
	const struct peer_making making = {
		.chamber = chamber,
		.use = uses[wish->use],
		.owner = wish->who->badge,
		.offer = wish->offer,
		.len = wish->len,
		.plan = &plan,
	};
	struct peer *peer = NULL;
	char why[PEER_WHY_LEN] = "";
	const enum verdict verdict = peer_make(service, &making, &peer, out_sdp, why);
	if (verdict != VERDICT_OK) {
		refuse_request(refusal, http_status(verdict), verdict_reason(verdict),
			why[0] != '\0' ? why : wire_verdict_text(verdict));
		return -EPROTO;
	}
	settle(service, peer, wish, at);
	peer_tell(service, peer);
	describe(service, peer, out_peer);
	chamber_pump(service, chamber, at);
	return 0;
}

int service_peer_find(const struct service *service, const char *id, struct service_peer *out_peer)
{
	const struct peer *peer = peer_find(service, id);
	if (peer == NULL || peer->use == PEER_PAGE)
		return -ENOENT;
	describe(service, peer, out_peer);
	return 0;
}

int service_peer_restart(struct service *service, const char *id, const char *remote_ufrag,
	const char *remote_pwd, struct moment at, struct service_peer *out_peer)
{
	struct peer *peer = peer_find(service, id);
	(void)at; /* nothing here goes by the clock */
	if (peer == NULL || peer->use == PEER_PAGE)
		return -ENOENT;
	/* RFC 8839 section 5.4: 4 to 256 and 22 to 256 characters. */
	const size_t ufrag_len = strlen(remote_ufrag);
	const size_t pwd_len = strlen(remote_pwd);
	if (ufrag_len < 4 || ufrag_len > PEER_ICE_MAX || pwd_len < 22 || pwd_len > PEER_ICE_MAX)
		return -EBADMSG;
	(void)rs_set_text(peer->spec.remote_ufrag, remote_ufrag);
	(void)rs_set_text(peer->spec.remote_pwd, remote_pwd);
	rs_rand_text(service->config.rand, peer->spec.ufrag, UFRAG_LEN);
	rs_rand_text(service->config.rand, peer->spec.pwd, PWD_LEN);
	peer_tell(service, peer);
	describe(service, peer, out_peer);
	return 0;
}

int service_peer_remove(struct service *service, const char *id, struct moment at)
{
	struct peer *peer = peer_find(service, id);
	if (peer == NULL || peer->use == PEER_PAGE)
		return -ENOENT;
	struct chamber *chamber = peer->chamber;
	if (peer->person != NULL)
		peer->person->left = true;
	peer_remove(service, peer);
	chamber_pump(service, chamber, at);
	return 0;
}
