#include "tools/roombox/box/box_priv.h"

void box_uplink_begin(struct box *box, rs_time now)
{
	if (box->uplink == NULL)
		return;
	uplink_begin(box->uplink, now);
	box->call.estimator = uplink_estimator(box->uplink);
	box->resent_told = 0;
	box->sound_untold = 0;
}

static void spend(struct box *box, size_t len, rs_time now)
{
	if (len > 0)
		uplink_spent(box->uplink, (uint32_t)len + RTC_PEER_BELOW, now);
}

/* What has left already: sound, and what was asked for again. */
static void tell(struct box *box, rs_time now)
{
	const uint64_t resent = rtc_peer_stats(box->call.peer)->resent_octets;
	uplink_spent(box->uplink, (uint32_t)(resent - box->resent_told + box->sound_untold), now);
	box->resent_told = resent;
	box->sound_untold = 0;
}

static void send_pictures(struct box *box, rs_time now)
{
	struct rtc_payload payload;
	size_t layer;
	while (uplink_poll(box->uplink, now, &layer, &payload) == 1)
		spend(box, box_send(box, CALL_CAMERA, layer, &payload, &payload), now);
}

static void send_padding(struct box *box, rs_time now)
{
	uint8_t octets;
	while ((octets = uplink_padding(box->uplink, now)) > 0) {
		const int len = rtc_peer_pad(box->call.peer, CALL_CAMERA, octets,
			rtc_io_room(box->io, box->socket), RTC_IO_DATAGRAM_MAX);
		const struct rs_addr to = rtc_peer_remote(box->call.peer);
		if (len <= 0)
			return; /* nothing was agreed that it could go by */
		rtc_io_commit(box->io, (size_t)len, &to);
		spend(box, (size_t)len, now);
	}
}

void box_uplink_turn(struct box *box, rs_time now)
{
	if (box->uplink == NULL || box->call.stage != CALL_LIVE)
		return;
	tell(box, now);
	uplink_tick(box->uplink, now);
	send_pictures(box, now);
	send_padding(box, now);
}
