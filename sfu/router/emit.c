/* What leaves for a peer, counted; none but a peer that is ready gets any, and no media one of the public while it is kept out. */
#include "common/rtp/rtcp.h"
#include "sfu/router/router_priv.h"

void emit_rtp(struct router *router, struct peer *peer, const uint8_t *data, size_t len)
{
	if (!peer_is_served(peer))
		return;
	router->counters.tx_packets++;
	peer->stats.tx_packets++;
	peer->stats.tx_octets += len;
	watch_rtp_out(peer->watch, peer, data, len);
	router->config.emit(router->config.ctx, peer->handle, ROUTER_RTP, data, len);
}

void emit_begin(struct rs_writer *writer, const struct peer *peer, uint8_t *data, size_t cap)
{
	rs_writer_init(writer, data, cap);
	rtcp_write_rr(writer, peer->own_ssrc, NULL, 0);
}

void emit_rtcp(struct router *router, struct peer *peer, const struct rs_writer *writer)
{
	if (!peer->ready || writer->failed)
		return;
	watch_rtcp(peer->watch, writer->data, writer->len, true);
	router->config.emit(
		router->config.ctx, peer->handle, ROUTER_RTCP, writer->data, writer->len);
}
