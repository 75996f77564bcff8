/* ICE-TCP beside the UDP sockets: what the worker does with its connections. */
#include "common/log/log.h"
#include "common/rtp/av1.h"
#include "common/rtp/h264.h"
#include "common/rtp/rtcp.h"
#include "common/rtp/rtp.h"
#include "common/rtp/vp8.h"
#include "common/rtp/vp9.h"
#include "sfu/io/worker_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- listening ---- */

/* At the port of the UDP socket beside it, unless another is asked for. When the kernel chose that one,
 * somebody may have it for TCP: any other will do then. */
static int listen_beside(struct worker *worker, const struct worker_config *config, size_t i)
{
	struct rs_addr local = *udp_local(worker->sockets[i]);
	if (config->tcp_port != 0)
		local.port = config->tcp_port;
	const int err = tcp_conns_listen(worker->tcp, &local);
	if (err != -EADDRINUSE || config->tcp_port != 0 || config->addresses[0].port != 0)
		return err;
	local.port = 0;
	return tcp_conns_listen(worker->tcp, &local);
}

int worker_tcp_open(
	struct worker *worker, const struct worker_config *config, char error[WORKER_ERROR_LEN])
{
	if (config->tcp_connections == 0)
		return 0;
	struct tcp_conns_config conns;
	tcp_conns_config_default(&conns);
	conns.loop = config->loop;
	conns.most = config->tcp_connections;
	int err = tcp_conns_new(&conns, &worker->tcp);
	for (size_t i = 0; i < worker->n_sockets && err == 0; i++) {
		err = listen_beside(worker, config, i);
		if (err < 0) {
			char text[RS_ADDR_TEXT_LEN];
			rs_addr_format_ip(udp_local(worker->sockets[i]), text);
			(void)snprintf(error, WORKER_ERROR_LEN,
				"media.tcp: %s/tcp cannot be listened at: %s", text,
				strerror(-err));
		}
	}
	return err;
}

/* ---- in ---- */

void worker_tcp_input(struct worker *worker, rs_time now)
{
	struct tcp_conns_datagram datagram;
	struct ice_path path;
	if (worker->tcp == NULL)
		return;
	tcp_conns_input(worker->tcp, now);
	while (tcp_conns_next(worker->tcp, &datagram) == 1) {
		const struct udp_datagram as_udp = {
			.data = datagram.data,
			.len = datagram.len,
			.from = datagram.from.remote,
		};
		worker_datagram(worker, datagram.from.local, &as_udp, now);
	}
	while (tcp_conns_gone(worker->tcp, &path) == 1) {
		struct peer *peer = peers_by_path(worker->peers, &path);
		if (peer == NULL)
			continue;
		transport_path_gone(peer->transport, &path);
		worker_drain(worker, peer, now);
	}
}

/* ---- out ---- */

static enum pt_kind kind_of(enum router_codec codec)
{
	switch (codec) {
	case ROUTER_OPUS:
		return PT_AUDIO;
	case ROUTER_VP8:
		return PT_VP8;
	case ROUTER_VP9:
		return PT_VP9;
	case ROUTER_H264:
		return PT_H264;
	case ROUTER_AV1:
		return PT_AV1;
	}
	return PT_AUDIO;
}

static void learn_payload(struct peer *peer, enum router_codec codec, uint8_t pt, uint8_t rtx_pt)
{
	peer->pt_kinds[pt % PT_KINDS] = (uint8_t)kind_of(codec);
	if (rtx_pt != 0)
		peer->pt_kinds[rtx_pt % PT_KINDS] = PT_RESENT;
}

void worker_tcp_learn(struct peer *peer, const struct router_peer *wanted)
{
	memset(peer->pt_kinds, PT_AUDIO, sizeof(peer->pt_kinds));
	for (size_t i = 0; i < wanted->n_recvs; i++) {
		const struct router_recv *recv = &wanted->recvs[i];
		if (!recv->video)
			continue;
		learn_payload(peer, recv->codec, recv->pt, recv->rtx_pt);
		for (size_t j = 0; j < recv->n_also; j++)
			learn_payload(
				peer, recv->also[j].codec, recv->also[j].pt, recv->also[j].rtx_pt);
	}
}

/* A decoder can start at this packet. */
static bool is_key(const struct rtp_packet *rtp, enum pt_kind kind)
{
	const uint8_t *payload = rtp->payload_view;
	const size_t len = rtp->payload_len;
	struct vp8_descriptor vp8;
	struct vp9_descriptor vp9;
	struct h264_content h264;
	bool av1 = false;
	switch (kind) {
	case PT_VP8:
		return vp8_parse(payload, len, &vp8) == 0 && vp8_is_keyframe(payload, len, &vp8);
	case PT_VP9:
		return vp9_parse(payload, len, &vp9) == 0 && vp9_is_keyframe(&vp9);
	case PT_H264:
		return h264_parse(payload, len, &h264) == 0 && (h264.parameters || h264.idr);
	case PT_AV1:
		return av1_parse(payload, len, &av1) == 0 && av1;
	case PT_AUDIO:
	case PT_RESENT:
		break;
	}
	return false;
}

struct tcp_packet worker_tcp_describe(
	const struct peer *peer, enum router_packet_kind kind, const uint8_t *data, size_t len)
{
	struct rtp_packet rtp;
	if (kind == ROUTER_RTCP || rtp_parse(data, len, &rtp) < 0)
		return (struct tcp_packet){ .class = TCP_CONTROL };
	struct tcp_packet what = { .ssrc = rtp.ssrc, .rtp_ts = rtp.rtp_ts };
	const enum pt_kind of_pt = peer->pt_kinds[rtp.pt % PT_KINDS];
	switch (of_pt) {
	case PT_AUDIO:
		what.class = TCP_AUDIO;
		break;
	case PT_RESENT:
		what.class = TCP_RESENT;
		break;
	case PT_VP8:
	case PT_VP9:
	case PT_H264:
	case PT_AV1:
		what.class = is_key(&rtp, of_pt) ? TCP_VIDEO_KEY : TCP_VIDEO;
		break;
	}
	return what;
}

/* What the peer would say itself, once it had noticed that nothing more comes: that takes a browser
 * seconds (RFC 4585 section 6.3.1). */
static void ask_key_frame(struct worker *worker, const struct peer *peer, uint32_t ssrc)
{
	uint8_t pli[32];
	struct rs_writer writer;
	rs_writer_init(&writer, pli, sizeof(pli));
	rtcp_write_pli(&writer, 0, ssrc);
	/* Refused when the slot is no more. */
	(void)!router_recv_rtcp(worker->router, peer->handle, pli, writer.len, worker->now);
}

void worker_tcp_ask(struct worker *worker)
{
	struct ice_path path;
	uint32_t ssrc = 0;
	if (worker->tcp == NULL)
		return;
	while (tcp_conns_key_wanted(worker->tcp, &path, &ssrc) == 1) {
		const struct peer *peer = peers_by_path(worker->peers, &path);
		if (peer != NULL)
			ask_key_frame(worker, peer, ssrc);
	}
}

void worker_tcp_output(struct worker *worker)
{
	if (worker->tcp != NULL)
		tcp_conns_flush(worker->tcp, worker->now);
}

void worker_tcp_forget(struct worker *worker, const struct peer *peer)
{
	for (size_t i = 0; worker->tcp != NULL && i < peer->n_paths; i++) {
		if (!tcp_conns_is(peer->paths[i].local))
			continue;
		tcp_conns_flush(worker->tcp, worker->now); /* with its good-bye */
		tcp_conns_drop(worker->tcp, peer->paths[i].local);
	}
}
