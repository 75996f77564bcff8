#include "common/log/log.h"
#include "sfu/demux/demux.h"
#include "sfu/io/worker_priv.h"

#include <errno.h>
#include <string.h>

/* ---- out ---- */

static void send_datagram(
	struct worker *worker, const struct ice_path *path, const uint8_t *data, size_t len)
{
	if (tcp_conns_is(path->local)) {
		const struct tcp_packet what = { .class = TCP_CONTROL };
		tcp_conns_send(worker->tcp, path->local, &what, data, len, worker->now);
		return;
	}
	struct udp *udp = worker->sockets[path->local];
	memcpy(udp_room(udp), data, len); /* transports keep to DTLS_MTU and ICE_ANSWER_MAX */
	udp_commit(udp, len, &path->remote);
}

/* ---- what a transport puts out ---- */

static const char *failure(int error)
{
	switch (error) {
	case -EACCES:
		return "certificate does not match the fingerprint";
	case -EOPNOTSUPP:
		return "no common SRTP profile";
	case -ETIMEDOUT:
		return "handshake timed out";
	case -ENOMEM:
		return "out of memory";
	default:
		return "handshake refused";
	}
}

static void set_state(struct worker *worker, struct peer *peer, enum control_peer_state state,
	const char *reason, rs_time now)
{
	router_peer_ready(worker->router, peer->handle, state == CONTROL_CONNECTED, now);
	peer->state = state;
	peer->reason = reason;
	worker->n_untold += !peer->untold;
	peer->untold = true;
}

/* A path was selected: the first, or one after consent had run out, or a move. */
static void on_selected(struct worker *worker, struct peer *peer, rs_time now)
{
	if (!transport_is_open(peer->transport))
		set_state(worker, peer, CONTROL_CONNECTING, "", now);
	else if (peer->state != CONTROL_CONNECTED)
		set_state(worker, peer, CONTROL_CONNECTED, "", now);
	else
		router_peer_moved(worker->router, peer->handle, now);
}

static void on_failed(struct worker *worker, struct peer *peer, int error, rs_time now)
{
	log_warning(LOG_DTLS, peer->id, "peer failed reason=\"%s\"", failure(error));
	set_state(worker, peer, CONTROL_FAILED, failure(error), now);
	peer->over = true;
}

static void obey(struct worker *worker, struct peer *peer, const struct transport_output *output,
	rs_time now)
{
	switch (output->kind) {
	case TRANSPORT_DATAGRAM:
		send_datagram(worker, &output->path, output->data_view, output->len);
		break;
	case TRANSPORT_PATH_ADDED:
		peers_path_added(worker->peers, peer, &output->path);
		if (tcp_conns_is(output->path.local))
			tcp_conns_proven(worker->tcp, output->path.local);
		break;
	case TRANSPORT_PATH_REMOVED:
		peers_path_removed(worker->peers, peer, &output->path);
		if (tcp_conns_is(output->path.local))
			tcp_conns_drop(worker->tcp, output->path.local);
		break;
	case TRANSPORT_SELECTED:
		if (!peer->over)
			on_selected(worker, peer, now);
		break;
	case TRANSPORT_RESTARTED:
		if (peers_update_ufrags(worker->peers, peer) < 0)
			log_warning(LOG_ICE, peer->id, "a user name is another peer's");
		break;
	case TRANSPORT_CONNECTED:
		log_info(LOG_ICE, peer->id, "peer connected");
		set_state(worker, peer, CONTROL_CONNECTED, "", now);
		break;
	case TRANSPORT_DISCONNECTED:
		if (peer->over)
			break;
		log_info(LOG_ICE, peer->id, "peer disconnected reason=\"consent lost\"");
		set_state(worker, peer, CONTROL_DISCONNECTED, "consent lost", now);
		break;
	case TRANSPORT_CLOSED:
		log_info(LOG_DTLS, peer->id, "peer disconnected reason=\"closed by the peer\"");
		set_state(worker, peer, CONTROL_DISCONNECTED, "closed by the peer", now);
		peer->over = true;
		break;
	case TRANSPORT_FAILED:
		on_failed(worker, peer, output->error, now);
		break;
	}
}

void worker_drain(struct worker *worker, struct peer *peer, rs_time now)
{
	struct transport_output output;
	while (transport_poll(peer->transport, &output) == 1)
		obey(worker, peer, &output, now);
	peers_update_out(worker->peers, peer);
	worker->next_transport_tick =
		rs_time_min(worker->next_transport_tick, transport_deadline(peer->transport));
}

/* ---- in ---- */

/* By the user name, so that a new session from a known address finds its own peer. */
static void on_stun(struct worker *worker, const struct udp_datagram *datagram,
	const struct ice_path *path, rs_time now)
{
	const char *ufrag = NULL;
	size_t len = 0;
	if (demux_stun_username(datagram->data, datagram->len, &ufrag, &len) < 0) {
		worker->counts[COUNT_STUN_MALFORMED]++;
		return;
	}
	struct peer *peer = peers_by_ufrag(worker->peers, ufrag, len);
	if (peer == NULL) {
		worker->counts[COUNT_STUN_UNKNOWN]++;
		return;
	}
	const int err = transport_recv(peer->transport, datagram->data, datagram->len, path, now);
	if (err == -EACCES)
		worker->counts[COUNT_STUN_UNAUTHENTIC]++;
	else if (err < 0)
		worker->counts[err == -EBADMSG ? COUNT_STUN_MALFORMED : COUNT_STUN_REFUSED]++;
	worker_drain(worker, peer, now);
}

static void on_dtls(struct worker *worker, const struct udp_datagram *datagram,
	const struct ice_path *path, rs_time now)
{
	struct peer *peer = peers_by_path(worker->peers, path);
	if (peer == NULL) {
		worker->counts[COUNT_DTLS_STRAY]++;
		return;
	}
	if (transport_recv(peer->transport, datagram->data, datagram->len, path, now) < 0)
		worker->counts[COUNT_DTLS_REFUSED]++;
	worker_drain(worker, peer, now);
}

static enum worker_count open_count(int err)
{
	switch (err) {
	case -EPROTO:
		return COUNT_MEDIA_EARLY;
	case -EACCES:
		return COUNT_SRTP_UNAUTHENTIC;
	case -EALREADY:
		return COUNT_SRTP_REPLAYED;
	default:
		return COUNT_SRTP_REFUSED;
	}
}

static void on_media(struct worker *worker, const struct udp_datagram *datagram,
	const struct ice_path *path, rs_time now)
{
	const struct peer *peer = peers_by_path(worker->peers, path);
	if (peer == NULL) {
		worker->counts[COUNT_MEDIA_STRAY]++;
		return;
	}
	size_t len = datagram->len;
	const int media = transport_open(peer->transport, datagram->data, &len, path, now);
	if (media < 0) {
		worker->counts[open_count(media)]++;
		return;
	}
	/* A duplicate is no fault: browsers probe the line with copies of old packets. */
	const int err =
		media == TRANSPORT_RTP
			? router_recv_rtp(worker->router, peer->handle, datagram->data, len, now)
			: router_recv_rtcp(worker->router, peer->handle, datagram->data, len, now);
	if (err < 0 && err != -EALREADY)
		worker->counts[media == TRANSPORT_RTP ? COUNT_RTP_REFUSED : COUNT_RTCP_REFUSED]++;
}

void worker_datagram(
	struct worker *worker, uint32_t socket, const struct udp_datagram *datagram, rs_time now)
{
	const struct ice_path path = { .local = socket, .remote = datagram->from };
	switch (demux_classify(datagram->data, datagram->len)) {
	case DEMUX_STUN:
		on_stun(worker, datagram, &path, now);
		break;
	case DEMUX_DTLS:
		on_dtls(worker, datagram, &path, now);
		break;
	case DEMUX_RTP:
	case DEMUX_RTCP:
		on_media(worker, datagram, &path, now);
		break;
	case DEMUX_UNKNOWN:
		worker->counts[COUNT_UNKNOWN_KIND]++;
		break;
	}
}
