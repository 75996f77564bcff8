#include "signaling/io/io_priv.h"

#include "common/log/log.h"
#include "signaling/sdp/sdp.h"
#include "signaling/turn/turn.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TYPE_SDP "application/sdp"
/* Of the query: a dozen sections by name. */
#define RECEIVE_MAX 160
#define TYPE_FRAGMENT "application/trickle-ice-sdpfrag"

/* WHIP and WHEP clients are pages of other sites as well: the token is what counts, not the origin. */
static void add_cors(struct request *request)
{
	http_add_header(request, "access-control-allow-origin:", "*");
	http_add_header(request, "access-control-expose-headers:", "Location, ETag, Link");
}

void media_options(struct request *request)
{
	add_cors(request);
	http_add_header(request, "access-control-allow-methods:", "POST, PATCH, DELETE, OPTIONS");
	http_add_header(
		request, "access-control-allow-headers:", "Authorization, Content-Type, If-Match");
	http_add_header(request, "access-control-max-age:", "86400");
	http_add_header(request, "accept-post:", TYPE_SDP);
	http_answer(request, STATUS_NO_CONTENT, NULL);
}

static bool is_alive(void *ctx, const char *id)
{
	const struct service *service = ctx;
	struct service_peer peer;
	return service_peer_find(service, id, &peer) == 0;
}

/* In a rehearsal a technician tests with as many as the media server takes. */
static bool is_free(const struct request *request, const char *meeting)
{
	return request->who.role == ROLE_TECHNICIAN &&
	       service_is_rehearsal(request->io->service, meeting);
}

static bool check_limits(struct request *request, const char *meeting)
{
	struct io *io = request->io;
	if (is_free(request, meeting) || tally_check(io->tally, request->who.badge, &request->from,
						 is_alive, io->service) == 0)
		return true;
	http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
		"This token or this address has as many media sessions as it may.");
	return false;
}

static bool check_types(struct request *request)
{
	if (!route_type_is(request->content_type, TYPE_SDP)) {
		http_add_header(request, "accept-post:", TYPE_SDP);
		http_refuse(request, HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE, "media-type",
			"Content-Type: application/sdp is expected.");
		return false;
	}
	if (!route_accepts(request->accept, TYPE_SDP)) {
		http_refuse(request, HTTP_STATUS_NOT_ACCEPTABLE, "not-acceptable",
			"The answer is application/sdp.");
		return false;
	}
	return true;
}

static void add_etag(struct request *request, const struct service_peer *peer)
{
	char tag[HTTP_VALUE_MAX];
	(void)snprintf(tag, sizeof(tag), "\"%.200s\"", peer->ufrag);
	http_add_header(request, "etag:", tag);
}

/* RFC 9725 section 4.6: one header a server. */
static void add_links(struct request *request)
{
	const struct turn *turn = request->io->config.turn;
	struct turn_grant grant;
	char link[HTTP_VALUE_MAX];
	for (size_t i = 0; turn != NULL && i < turn->n_stun; i++) {
		(void)snprintf(link, sizeof(link), "<%s>; rel=\"ice-server\"", turn->stun[i]);
		http_add_header(request, "link:", link);
	}
	if (turn == NULL || turn->n_turn == 0)
		return;
	turn_grant(turn, request->who.badge, io_moment().wall_ms / 1000, &grant);
	for (size_t i = 0; i < turn->n_turn; i++) {
		(void)snprintf(link, sizeof(link),
			"<%s>; rel=\"ice-server\"; username=\"%s\"; credential=\"%s\";"
			" credential-type=\"password\"",
			turn->turn[i], grant.username, grant.password);
		http_add_header(request, "link:", link);
	}
}

static void add_location(struct request *request, const struct service_peer *peer)
{
	static const char *const folders[] = {
		[SERVICE_PEER_PUBLISH] = "whip",
		[SERVICE_PEER_PLAY] = "whep",
		[SERVICE_PEER_ECHO] = "echo",
	};
	char location[HTTP_VALUE_MAX];
	(void)snprintf(location, sizeof(location), "/%s/%s/%s/%s", folders[peer->use],
		request->params.name[0], request->params.name[1], peer->id);
	http_add_header(request, "location:", location);
}

static void refuse_creation(
	struct request *request, enum service_peer_use use, const struct service_refusal *refusal)
{
	char seconds[12];
	if (use == SERVICE_PEER_ECHO && refusal->status == STATUS_TOO_MANY_REQUESTS) {
		(void)snprintf(seconds, sizeof(seconds), "%u",
			service_echo_wait(request->io->service, io_moment()));
		http_add_header(request, "retry-after:", seconds);
	}
	http_refuse_service(request, refusal);
}

static void create(struct request *request, enum service_peer_use use)
{
	struct io *io = request->io;
	const char *meeting = request->params.name[0];
	struct service_peer peer;
	struct service_refusal refusal;
	char receive[RECEIVE_MAX] = "";
	add_cors(request);
	if (!http_enter(request, meeting) || !check_types(request) ||
		!check_limits(request, meeting))
		return;
	if (!http_query(request, "receive", receive, sizeof(receive))) {
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed",
			"receive: shorter text is expected.");
		return;
	}
	const struct service_peer_wish wish = {
		.who = &request->who,
		.meeting = meeting,
		.use = use,
		.name = request->params.name[1],
		.receive = receive,
		.offer = io_text(&request->body),
		.len = rs_buf_len(&request->body),
	};
	if (service_peer_create(io->service, &wish, io_moment(), &peer, &request->out, &refusal) <
		0) {
		refuse_creation(request, use, &refusal);
		return;
	}
	if (!is_free(request, meeting))
		tally_add(io->tally, peer.id, request->who.badge, &request->from);
	add_location(request, &peer);
	add_etag(request, &peer);
	add_links(request);
	http_answer(request, STATUS_CREATED, TYPE_SDP);
}

void media_publish(struct request *request)
{
	create(request, SERVICE_PEER_PUBLISH);
}

void media_play(struct request *request)
{
	create(request, SERVICE_PEER_PLAY);
}

void media_echo(struct request *request)
{
	create(request, SERVICE_PEER_ECHO);
}

/* --- A session that exists --- */

static bool may_touch(const struct claims *who, const struct service_peer *peer)
{
	return strcmp(who->badge, peer->owner) == 0 || who->role == ROLE_TECHNICIAN ||
	       who->role == ROLE_SECRETARIAT || who->role == ROLE_ADMIN;
}

/* The session of this address, if the token may touch it; else answered. */
static bool find_session(struct request *request, struct service_peer *peer)
{
	const char *meeting = request->params.name[0];
	add_cors(request);
	if (!http_enter(request, meeting))
		return false;
	if (service_peer_find(request->io->service, request->params.name[2], peer) < 0 ||
		strcmp(peer->meeting, meeting) != 0) {
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-session",
			"This media session has ended, or never was.");
		return false;
	}
	if (may_touch(&request->who, peer))
		return true;
	http_refuse(request, HTTP_STATUS_FORBIDDEN, "not-permitted",
		"This media session belongs to somebody else.");
	return false;
}

void media_delete(struct request *request)
{
	struct io *io = request->io;
	struct service_peer peer;
	if (!find_session(request, &peer))
		return;
	tally_remove(io->tally, peer.id);
	if (service_peer_remove(io->service, peer.id, io_moment()) < 0)
		log_warning(LOG_HTTP, peer.id, "media session was gone already");
	http_answer(request, HTTP_STATUS_OK, NULL);
}

/* RFC 9725 section 4.3.1: which ICE session does the client mean? "*" stands for any. */
static bool check_etag(struct request *request, const struct service_peer *peer)
{
	char tag[HTTP_VALUE_MAX];
	(void)snprintf(tag, sizeof(tag), "\"%.200s\"", peer->ufrag);
	if (request->if_match[0] == '\0') {
		http_refuse(
			request, STATUS_PRECONDITION_REQUIRED, "no-etag", "If-Match is needed.");
		return false;
	}
	if (strcmp(request->if_match, "*") == 0 || route_has_tag(request->if_match, tag))
		return true;
	http_refuse(request, HTTP_STATUS_PRECONDITION_FAILED, "other-etag",
		"ICE was restarted in the meantime.");
	return false;
}

static void restart(struct request *request, const struct sdp_fragment *theirs)
{
	struct sdp_fragment ours = { .ufrag = "" };
	struct service_peer peer;
	const int err = service_peer_restart(request->io->service, request->params.name[2],
		theirs->ufrag, theirs->pwd, io_moment(), &peer);
	if (err < 0) {
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-session",
			"This media session has ended.");
		return;
	}
	(void)rs_copy_text(ours.ufrag, sizeof(ours.ufrag), peer.ufrag, strlen(peer.ufrag));
	(void)rs_copy_text(ours.pwd, sizeof(ours.pwd), peer.pwd, strlen(peer.pwd));
	if (sdp_fragment_write(&ours, &peer.node, peer.mid, &request->out) < 0) {
		http_refuse(request, HTTP_STATUS_INTERNAL_SERVER_ERROR, "out-of-memory",
			"The server is out of memory.");
		return;
	}
	add_etag(request, &peer);
	http_answer(request, HTTP_STATUS_OK, TYPE_FRAGMENT);
}

void media_patch(struct request *request)
{
	struct service_peer peer;
	struct sdp_fragment fragment;
	struct sdp_error error;
	if (!find_session(request, &peer))
		return;
	if (!route_type_is(request->content_type, TYPE_FRAGMENT)) {
		http_add_header(request, "accept-patch:", TYPE_FRAGMENT);
		http_refuse(request, HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE, "media-type",
			"Content-Type: application/trickle-ice-sdpfrag is expected.");
		return;
	}
	if (!check_etag(request, &peer))
		return;
	if (sdp_fragment_parse(
		    io_text(&request->body), rs_buf_len(&request->body), &fragment, &error) < 0) {
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed", error.text);
		return;
	}
	/* Candidates alone, or with the credentials known already, tell a lite agent nothing it does not learn from checks. */
	if (fragment.ufrag[0] == '\0' || strcmp(fragment.ufrag, peer.remote_ufrag) == 0)
		http_answer(request, STATUS_NO_CONTENT, NULL);
	else
		restart(request, &fragment);
}
