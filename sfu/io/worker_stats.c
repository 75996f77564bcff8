#include "sfu/io/worker_priv.h"

#include <stddef.h>
#include <string.h>
#include <sys/resource.h>

static const char *const count_names[COUNTS] = {
	[COUNT_UNKNOWN_KIND] = "rx_unknown_kind",
	[COUNT_STUN_MALFORMED] = "stun_malformed",
	[COUNT_STUN_UNKNOWN] = "stun_unknown_user",
	[COUNT_STUN_UNAUTHENTIC] = "stun_unauthentic",
	[COUNT_STUN_REFUSED] = "stun_refused",
	[COUNT_DTLS_STRAY] = "dtls_stray",
	[COUNT_DTLS_REFUSED] = "dtls_refused",
	[COUNT_MEDIA_STRAY] = "media_stray",
	[COUNT_MEDIA_EARLY] = "media_early",
	[COUNT_SRTP_UNAUTHENTIC] = "srtp_unauthentic",
	[COUNT_SRTP_REPLAYED] = "srtp_replayed",
	[COUNT_SRTP_REFUSED] = "srtp_refused",
	[COUNT_RTP_REFUSED] = "rtp_refused",
	[COUNT_RTCP_REFUSED] = "rtcp_refused",
	[COUNT_TX_NO_PATH] = "tx_no_path",
	[COUNT_TX_SEAL_FAILED] = "tx_seal_failed",
};

/* A member of a structure of counters, and what the paper calls it. */
struct figure {
	const char *name;
	size_t offset;
};

#define FIGURE(kind, member, name)                  \
	{                                           \
		name, offsetof(struct kind, member) \
	}

static const struct figure socket_figures[] = {
	FIGURE(udp_stats, rx_datagrams, "rx_datagrams"),
	FIGURE(udp_stats, rx_octets, "rx_octets"),
	FIGURE(udp_stats, rx_oversized, "rx_oversized"),
	FIGURE(udp_stats, rx_errors, "rx_errors"),
	FIGURE(udp_stats, tx_datagrams, "tx_datagrams"),
	FIGURE(udp_stats, tx_octets, "tx_octets"),
	FIGURE(udp_stats, tx_full, "tx_socket_full"),
	FIGURE(udp_stats, tx_errors, "tx_errors"),
	FIGURE(udp_stats, tx_joined, "tx_joined"),
	FIGURE(udp_stats, tx_join_refused, "tx_join_refused"),
};

static const struct figure router_figures[] = {
	FIGURE(router_counters, rx_packets, "router_rx_packets"),
	FIGURE(router_counters, rx_malformed, "router_rx_malformed"),
	FIGURE(router_counters, rx_unknown_ssrc, "router_rx_unknown_ssrc"),
	FIGURE(router_counters, rx_ssrcs_refused, "router_rx_ssrcs_refused"),
	FIGURE(router_counters, rx_duplicate, "router_rx_duplicate"),
	FIGURE(router_counters, rx_lost, "router_rx_lost"),
	FIGURE(router_counters, rx_repaired, "router_rx_repaired"),
	FIGURE(router_counters, rx_red_repaired, "router_rx_red_repaired"),
	FIGURE(router_counters, rx_gated, "router_rx_gated"),
	FIGURE(router_counters, tx_packets, "router_tx_packets"),
	FIGURE(router_counters, tx_red, "router_tx_red"),
	FIGURE(router_counters, tx_resent, "router_tx_resent"),
	FIGURE(router_counters, tx_padding, "router_tx_padding"),
	FIGURE(router_counters, tx_frames_left_out, "router_tx_frames_left_out"),
	FIGURE(router_counters, tx_queue_full, "router_tx_queue_full"),
	FIGURE(router_counters, tx_resend_waits, "router_tx_resend_waits"),
	FIGURE(router_counters, tx_nack_missed, "router_tx_nack_missed"),
	FIGURE(router_counters, tx_nack_refused, "router_tx_nack_refused"),
	FIGURE(router_counters, tx_dropped_switch, "router_tx_dropped_switch"),
	FIGURE(router_counters, tx_left_out, "router_tx_left_out"),
	FIGURE(router_counters, slots_without_codec, "router_slots_without_codec"),
	FIGURE(router_counters, nacks_sent, "router_nacks_sent"),
	FIGURE(router_counters, keyframes_asked, "router_keyframes_asked"),
	FIGURE(router_counters, keyframes_refused, "router_keyframes_refused"),
	FIGURE(router_counters, plis_sent, "router_plis_sent"),
	FIGURE(router_counters, rtcp_malformed, "router_rtcp_malformed"),
	FIGURE(router_counters, relay_sent, "router_relay_sent"),
	FIGURE(router_counters, relay_taken, "router_relay_taken"),
	FIGURE(router_counters, relay_dropped, "router_relay_dropped"),
	FIGURE(router_counters, relay_stale, "router_relay_stale"),
	FIGURE(router_counters, pool_empty, "router_pool_empty"),
	FIGURE(router_counters, events_dropped, "router_events_dropped"),
	FIGURE(router_counters, watch_refused, "router_watch_refused"),
};

static uint64_t figure_of(const void *counters, const struct figure *figure)
{
	uint64_t value = 0;
	memcpy(&value, (const uint8_t *)counters + figure->offset, sizeof(value));
	return value;
}

static void socket_counters(const struct worker *worker, struct control_stats *stats)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(socket_figures); i++) {
		uint64_t sum = 0;
		for (size_t at = 0; at < worker->n_sockets; at++)
			sum += figure_of(udp_stats(worker->sockets[at]), &socket_figures[i]);
		for (size_t at = 0; at < worker->n_plains * PLAIN_PORTS; at++) {
			const struct udp *udp = worker_plain_socket(worker, at);
			sum += udp != NULL ? figure_of(udp_stats(udp), &socket_figures[i]) : 0;
		}
		control_stats_counter(stats, socket_figures[i].name, sum);
	}
}

static const struct figure tcp_figures[] = {
	FIGURE(tcp_conns_stats, accepted, "tcp_accepted"),
	FIGURE(tcp_conns_stats, refused, "tcp_refused"),
	FIGURE(tcp_conns_stats, pushed, "tcp_pushed_out"),
	FIGURE(tcp_conns_stats, timed_out, "tcp_unproven"),
	FIGURE(tcp_conns_stats, bad, "tcp_bad"),
	FIGURE(tcp_conns_stats, rx_datagrams, "tcp_rx_datagrams"),
	FIGURE(tcp_conns_stats, tx.queued, "tcp_tx_queued"),
	FIGURE(tcp_conns_stats, tx.refused, "tcp_tx_refused"),
	FIGURE(tcp_conns_stats, tx.audio_stale, "tcp_tx_audio_stale"),
	FIGURE(tcp_conns_stats, tx.video_dropped, "tcp_tx_video_dropped"),
	FIGURE(tcp_conns_stats, tx.video_waiting, "tcp_tx_video_waiting"),
};

static void tcp_counters(const struct worker *worker, struct control_stats *stats)
{
	struct tcp_conns_stats counters = { 0 };
	if (worker->tcp != NULL)
		tcp_conns_stats(worker->tcp, &counters);
	for (size_t i = 0; i < RS_ARRAY_LEN(tcp_figures); i++)
		control_stats_counter(
			stats, tcp_figures[i].name, figure_of(&counters, &tcp_figures[i]));
}

static void router_figures_say(const struct worker *worker, struct control_stats *stats)
{
	const struct router_counters *counters = router_counters(worker->router);
	for (size_t i = 0; i < RS_ARRAY_LEN(router_figures); i++)
		control_stats_counter(
			stats, router_figures[i].name, figure_of(counters, &router_figures[i]));
}

/* ---- figures of this thread ---- */

/* Time used; the kernel's part is nearly all of it sending. */
static void cpu_counters(struct control_stats *stats)
{
	struct rusage used;
	if (getrusage(RUSAGE_THREAD, &used) < 0)
		return;
	control_stats_counter(stats, "media_cpu_user_us",
		(uint64_t)used.ru_utime.tv_sec * 1000000 + (uint64_t)used.ru_utime.tv_usec);
	control_stats_counter(stats, "media_cpu_system_us",
		(uint64_t)used.ru_stime.tv_sec * 1000000 + (uint64_t)used.ru_stime.tv_usec);
}

static void transit_figures(struct worker *worker, struct control_stats *stats)
{
	rs_time packet = 0;
	rs_time turn = 0;
	transit_worst(&worker->transit, &packet, &turn);
	control_stats_worst(stats, "transit_us", (uint64_t)packet);
	control_stats_worst(stats, "turn_us", (uint64_t)turn);
	control_stats_histogram(stats, "transit_us", transit_bounds, worker->transit.counts,
		TRANSIT_BUCKETS, worker->transit.sum_us);
}

static void peer_figures(const struct worker *worker, struct control_stats *stats, rs_time now)
{
	size_t cursor = 0;
	uint64_t n = 0;
	uint64_t connected = 0;
	const struct peer *peer = NULL;
	while ((peer = peers_next(worker->peers, &cursor)) != NULL) {
		struct router_peer_stats figures;
		n++;
		connected += peer->state == CONTROL_CONNECTED;
		if (router_peer_stats(worker->router, peer->handle, now, &figures) == 0)
			control_stats_peer(stats, peer->id, &figures, now);
	}
	control_stats_gauge(stats, "peers", n);
	control_stats_gauge(stats, "peers_connected", connected);
}

static void source_figures(const struct worker *worker, struct control_stats *stats, rs_time now)
{
	size_t cursor = 0;
	uint64_t flowing = 0;
	uint64_t open = 0;
	struct router_source_stats source;
	while (router_source_next(worker->router, &cursor, now, &source) == 1) {
		flowing += source.flowing;
		open += source.open && source.media == ROUTER_MICROPHONE;
		control_stats_source(stats, &source);
	}
	control_stats_gauge(stats, "sources_flowing", flowing);
	control_stats_gauge(stats, "microphones_open", open);
}

#define RECORDS_AT_ONCE 256

static void watched_peer(
	struct worker *worker, const struct peer *peer, struct control_stats *stats, rs_time now)
{
	struct router_record records[RECORDS_AT_ONCE];
	struct router_slot_stats slot;
	struct router_track_stats track;
	uint64_t missed = 0;
	size_t cursor = 0;
	size_t n =
		router_watch_take(worker->router, peer->handle, records, RECORDS_AT_ONCE, &missed);
	control_stats_watched(stats, peer->id, missed);
	while (router_slot_next(worker->router, peer->handle, &cursor, now, &slot) == 1)
		control_stats_slot(stats, &slot);
	cursor = 0;
	while (router_track_next(worker->router, peer->handle, &cursor, now, &track) == 1)
		control_stats_track(stats, &track);
	while (n > 0) {
		control_stats_records(stats, records, n, worker->wall_offset);
		n = router_watch_take(
			worker->router, peer->handle, records, RECORDS_AT_ONCE, &missed);
	}
}

static void watched_figures(struct worker *worker, struct control_stats *stats, rs_time now)
{
	const struct peer *peer = NULL;
	size_t cursor = 0;
	while ((peer = peers_next(worker->peers, &cursor)) != NULL) {
		if (router_watched(worker->router, peer->handle))
			watched_peer(worker, peer, stats, now);
	}
}

bool worker_levels(struct worker *worker, rs_time now, struct control_levels **out_levels)
{
	struct control_levels *levels = NULL;
	struct router_level level;
	size_t cursor = 0;
	if (!router_levels_due(worker->router, now) || control_levels_new(&levels) < 0)
		return false;
	while (router_level_next(worker->router, &cursor, now, &level) == 1)
		control_levels_add(levels, &level);
	if (control_levels_empty(levels)) {
		control_levels_free(levels);
		return false;
	}
	*out_levels = levels;
	return true;
}

void worker_stats(struct worker *worker, struct control_stats *stats, rs_time now)
{
	peer_figures(worker, stats, now);
	source_figures(worker, stats, now);
	control_stats_gauge(stats, "sockets_clamped", worker->sockets_clamped);
	for (size_t i = 0; i < COUNTS; i++)
		control_stats_counter(stats, count_names[i], worker->counts[i]);
	socket_counters(worker, stats);
	tcp_counters(worker, stats);
	worker_plain_stats(worker, stats, now);
	router_figures_say(worker, stats);
	watched_figures(worker, stats, now);
	cpu_counters(stats);
	transit_figures(worker, stats);
}
