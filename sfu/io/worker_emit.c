/* What the router puts out waits until the turn's end and is sealed together: of hundreds of receivers none has its keys
 * in the processor's cache, and fetching them one after the other takes longer than sealing. */
#include "sfu/io/worker_priv.h"

#include <string.h>

/* Packets whose receivers' memory is fetched at once: as many as a processor waits for in parallel. */
#define TOGETHER 16

/* Into UDP_ROOM octets of `room`; *len becomes the sealed length. */
static int seal(struct transport *transport, enum router_packet_kind kind, const uint8_t *data,
	size_t *len, uint8_t *room)
{
	if (kind == ROUTER_RTP)
		return transport_seal_rtp(transport, data, *len, room, UDP_ROOM, len);
	memcpy(room, data, *len);
	return transport_seal_rtcp(transport, room, len, UDP_ROOM);
}

static void send_by_tcp(struct worker *worker, enum router_packet_kind kind, const uint8_t *data,
	size_t len, const struct peer_out *out)
{
	_Alignas(8) uint8_t room[UDP_ROOM];
	const struct tcp_packet what = worker_tcp_describe(out->peer, kind, data, len);
	if (seal(out->transport, kind, data, &len, room) < 0)
		worker->counts[COUNT_TX_SEAL_FAILED]++;
	else
		tcp_conns_send(worker->tcp, out->path.local, &what, room, len, worker->now);
}

static void send_packet(
	struct worker *worker, const struct emitted *packet, const struct peer_out *out)
{
	const uint8_t *data = worker->outbox.octets + packet->at;
	size_t len = packet->len;
	if (out == NULL && worker_plain_emit(worker, packet->handle, packet->kind, data, len))
		return;
	if (out == NULL || !out->open) {
		worker->counts[COUNT_TX_NO_PATH]++;
		return;
	}
	if (tcp_conns_is(out->path.local)) {
		send_by_tcp(worker, packet->kind, data, len, out);
		return;
	}
	struct udp *udp = worker->sockets[out->path.local];
	if (seal(out->transport, packet->kind, data, &len, udp_room(udp)) < 0)
		worker->counts[COUNT_TX_SEAL_FAILED]++;
	else
		udp_commit(udp, len, &out->path.remote);
}

static void send_some(struct worker *worker, const struct emitted *packets, size_t n)
{
	const struct peer_out *outs[TOGETHER];
	for (size_t i = 0; i < n; i++)
		outs[i] = peers_out(worker->peers, packets[i].handle);
	for (unsigned step = 0; step < TRANSPORT_FETCHES; step++) {
		for (size_t i = 0; i < n; i++) {
			if (outs[i] != NULL)
				transport_fetch(outs[i]->transport, step);
		}
	}
	for (size_t i = 0; i < n; i++)
		send_packet(worker, &packets[i], outs[i]);
}

void worker_send_emitted(struct worker *worker)
{
	struct outbox *outbox = &worker->outbox;
	for (size_t i = 0; i < outbox->n; i += TOGETHER) {
		const size_t left = outbox->n - i;
		send_some(worker, &outbox->packets[i], left < TOGETHER ? left : TOGETHER);
	}
	outbox->n = 0;
	outbox->used = 0;
}

void worker_emit(
	void *ctx, uint32_t handle, enum router_packet_kind kind, const uint8_t *data, size_t len)
{
	struct worker *worker = ctx;
	struct outbox *outbox = &worker->outbox;
	if (len > ROUTER_PACKET_MAX) {
		worker->counts[COUNT_TX_NO_PATH]++;
		return;
	}
	if (outbox->n == OUTBOX_PACKETS || sizeof(outbox->octets) - outbox->used < len)
		worker_send_emitted(worker);
	memcpy(outbox->octets + outbox->used, data, len);
	outbox->packets[outbox->n++] = (struct emitted){
		.handle = handle,
		.kind = kind,
		.at = (uint32_t)outbox->used,
		.len = (uint32_t)len,
	};
	outbox->used += len;
}
