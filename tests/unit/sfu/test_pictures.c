/* Two hundred changes of speaker on virtual time, over lines that lose, delay and reorder: what a viewer's decoder sees.
 * Speakers answer key frame requests, the viewer repairs by NACK and RTX as a browser does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/rtp/rtcp.h"
#include "common/rtp/seq.h"
#include "common/rtp/vp8.h"
#include "tests/support/router_kit.h"
#include "tests/support/simlink.h"

#define SWITCHES 200
#define SPEAKERS 3
#define EVERY RS_MS(250)
#define FRAME RS_MS(40)
#define ENCODING RS_MS(30)
#define STEP RS_MS(5)
#define KEPT 1024 /* packets a viewer keeps by number */

static const struct kit_peer speakers[SPEAKERS] = {
	{ .id = "KEN", .csrc = 1001 },
	{ .id = "FRA", .csrc = 1002 },
	{ .id = "PER", .csrc = 1003 },
};
static const struct kit_peer viewer = { .id = "viewer", .csrc = 1009, .silent = true };

struct camera {
	uint32_t peer;
	uint16_t seq;
	uint16_t picture;
	uint8_t tl0;
	rs_time next;
	rs_time key_at; /* a key frame is ready; RS_TIME_NEVER = none was asked for */
	struct simlink *up;
	struct simlink *down; /* requests to it */
};

struct received {
	bool used;
	int64_t seq;
	uint32_t rtp_ts;
	bool keyframe;
	uint16_t picture;
	uint32_t csrc;
};

/* A decoder that takes pictures in order of their numbers and begins anew with key frames only. */
struct screen {
	struct received kept[KEPT];
	bool any;
	int64_t highest; /* number received */
	int64_t decoded; /* of the last picture */
	uint32_t decoded_ts;
	uint16_t decoded_picture;
	rs_time shown;   /* when */
	rs_time longest; /* without a new picture */
	unsigned pictures;
	unsigned switches; /* of whom it shows */
	uint32_t csrc;
	unsigned errors;
	rs_time nacked;
	rs_time pli;
};

struct theatre {
	struct kit kit;
	struct camera cameras[SPEAKERS];
	struct simlink *down; /* to the viewer */
	struct simlink *up;   /* what it asks */
	uint32_t viewer;
	struct screen screen;
	rs_time now;
};
static struct theatre theatre;

static const struct rs_addr nowhere;

static void send_on(struct simlink *link, const uint8_t *data, size_t len)
{
	simlink_send(link, &nowhere, &nowhere, data, len, theatre.now);
}

static void deliver(void *ctx, uint32_t peer, bool rtcp, const uint8_t *data, size_t len)
{
	if (peer == theatre.viewer && !rtcp)
		send_on(theatre.down, data, len);
	for (size_t i = 0; i < SPEAKERS; i++)
		if (peer == theatre.cameras[i].peer && rtcp)
			send_on(theatre.cameras[i].down, data, len);
}

/* ---- the viewer ---- */

static void show(struct screen *screen, const struct received *received)
{
	if (screen->pictures > 0) {
		screen->longest = rs_time_max(screen->longest, theatre.now - screen->shown);
		/* What a decoder would stumble over. */
		screen->errors += !rtp_ts_before(screen->decoded_ts, received->rtp_ts);
		const uint16_t ahead = (received->picture - screen->decoded_picture) & 0x7fff;
		screen->errors += ahead == 0 || ahead > 1000 ||
				  (received->seq == screen->decoded + 1 && ahead != 1);
	}
	screen->switches += screen->pictures > 0 && received->csrc != screen->csrc;
	screen->csrc = received->csrc;
	screen->decoded = received->seq;
	screen->decoded_ts = received->rtp_ts;
	screen->decoded_picture = received->picture;
	screen->shown = theatre.now;
	screen->pictures++;
}

static struct received *kept(int64_t seq)
{
	struct received *received = &theatre.screen.kept[(uint64_t)seq % KEPT];

	return received->used && received->seq == seq ? received : NULL;
}

/* The next in order, or else a key frame, which needs none before it. */
static const struct received *decodable(const struct screen *screen)
{
	const struct received *next = kept(screen->decoded + 1);

	for (int64_t seq = screen->decoded + 2; next == NULL && seq <= screen->highest; seq++) {
		const struct received *later = kept(seq);
		if (later != NULL && later->keyframe)
			next = later;
	}
	return next;
}

static void decode(struct screen *screen)
{
	const struct received *next;

	while ((next = decodable(screen)) != NULL)
		show(screen, next);
}

static void take(const struct rtp_packet *rtp, uint16_t number, const uint8_t *payload, size_t len)
{
	struct screen *screen = &theatre.screen;
	struct vp8_descriptor vp8;

	if (vp8_parse(payload, len, &vp8) < 0)
		abort();
	const int64_t seq = screen->any ? rtp_seq_unwrap(screen->highest, number) : number;
	const struct received received = { .used = true,
		.seq = seq,
		.rtp_ts = rtp->rtp_ts,
		.keyframe = vp8_is_keyframe(payload, len, &vp8),
		.picture = vp8.picture_id,
		.csrc = rtp->csrcs[0] };
	if (!screen->any) {
		screen->any = true;
		screen->highest = seq;
		screen->decoded = seq - 1;
	}
	screen->highest = rs_time_max(screen->highest, seq);
	if (seq > screen->decoded)
		screen->kept[(uint64_t)seq % KEPT] = received;
	decode(screen);
}

static void receive(const uint8_t *data, size_t len)
{
	struct rtp_packet rtp;

	if (rtp_parse(data, len, &rtp) < 0)
		abort();
	if (rtp.ssrc == kit_slot_ssrc(&viewer, 6, false))
		take(&rtp, rtp.seq, rtp.payload_view, rtp.payload_len);
	else if (rtp.ssrc == kit_slot_ssrc(&viewer, 6, true) && rtp.payload_len > 2)
		take(&rtp, (uint16_t)(rtp.payload_view[0] << 8 | rtp.payload_view[1]),
			rtp.payload_view + 2, rtp.payload_len - 2);
}

static void ask_again(struct screen *screen)
{
	uint16_t missing[64];
	size_t n = 0;
	uint8_t data[256];
	struct rs_writer writer;

	if (theatre.now - screen->nacked < RS_MS(20))
		return;
	screen->nacked = theatre.now;
	for (int64_t seq = screen->decoded + 1; seq < screen->highest && n < 64; seq++)
		if (kept(seq) == NULL)
			missing[n++] = (uint16_t)seq;
	if (n == 0)
		return;
	rs_writer_init(&writer, data, sizeof(data));
	rtcp_write_nack(&writer, 1, kit_slot_ssrc(&viewer, 6, false), missing, n);
	send_on(theatre.up, data, writer.len);
}

/* ---- a speaker ---- */

static void film(struct camera *camera, uint32_t ssrc)
{
	uint8_t data[ROUTER_PACKET_MAX];
	struct kit_media media = { .video = true,
		.ssrc = ssrc,
		.seq = camera->seq++,
		.rtp_ts = (uint32_t)(theatre.now / 1000 * 90),
		.picture = camera->picture++,
		.height = 180,
		.keyframe = camera->key_at <= theatre.now };

	if (media.keyframe)
		camera->key_at = RS_TIME_NEVER;
	send_on(camera->up, data, kit_write(&media, data));
}

static void hear_requests(struct camera *camera)
{
	struct simlink_datagram datagram;

	while (simlink_recv(camera->down, theatre.now, &datagram) == 1) {
		struct rtcp_item item;
		size_t cursor = 0;
		while (rtcp_next(datagram.data, datagram.len, &cursor, &item) == 1)
			if (item.type == RTCP_PSFB && item.count == RTCP_FMT_PLI)
				camera->key_at =
					rs_time_min(camera->key_at, theatre.now + ENCODING);
	}
}

/* ---- the whole ---- */

static struct simlink *line(uint32_t loss_permille, uint64_t seed)
{
	const struct simlink_config config = {
		.delay = RS_MS(20), .jitter = RS_MS(4), .loss_permille = loss_permille, .seed = seed
	};
	struct simlink *link;

	if (simlink_new(&config, &link) < 0)
		abort();
	return link;
}

static void open_house(uint32_t loss_permille)
{
	memset(&theatre, 0, sizeof(theatre));
	assert_int_equal(kit_init(&theatre.kit), 0);
	theatre.kit.deliver = deliver;
	for (uint32_t i = 0; i < SPEAKERS; i++)
		theatre.cameras[i] = (struct camera){
			.peer = kit_must_join(&theatre.kit, &speakers[i]),
			.picture = (uint16_t)(i * 9000 + 300),
			.next = i * RS_MS(13),
			.key_at = 0,
			.up = line(loss_permille / 4, 10 + i),
			.down = line(loss_permille, 20 + i),
		};
	theatre.viewer = kit_must_join(&theatre.kit, &viewer);
	theatre.down = line(loss_permille, 1);
	theatre.up = line(loss_permille, 2);
}

static void close_house(void)
{
	for (size_t i = 0; i < SPEAKERS; i++) {
		simlink_free(theatre.cameras[i].up);
		simlink_free(theatre.cameras[i].down);
	}
	simlink_free(theatre.down);
	simlink_free(theatre.up);
	kit_done(&theatre.kit);
}

static void pass_time(void)
{
	struct simlink_datagram datagram;

	for (uint32_t i = 0; i < SPEAKERS; i++) {
		struct camera *camera = &theatre.cameras[i];
		hear_requests(camera);
		for (; camera->next <= theatre.now; camera->next += FRAME)
			film(camera, 7 + i);
		while (simlink_recv(camera->up, theatre.now, &datagram) == 1)
			assert_int_equal(router_recv_rtp(theatre.kit.router, camera->peer,
						 datagram.data, datagram.len, theatre.now),
				0);
	}
	while (simlink_recv(theatre.up, theatre.now, &datagram) == 1)
		assert_int_equal(router_recv_rtcp(theatre.kit.router, theatre.viewer, datagram.data,
					 datagram.len, theatre.now),
			0);
	router_tick(theatre.kit.router, theatre.now);
	while (simlink_recv(theatre.down, theatre.now, &datagram) == 1)
		receive(datagram.data, datagram.len);
	ask_again(&theatre.screen);
}

static void change_speakers(void)
{
	unsigned speaker = 0;
	rs_time change = RS_SEC(1);

	for (uint64_t event = 1; event <= SWITCHES + 1; theatre.now += STEP) {
		if (theatre.now == 0 || theatre.now >= change) {
			const char *who = speakers[speaker++ % SPEAKERS].id;
			change += theatre.now == 0 ? 0 : EVERY;
			kit_must_meeting(&theatre.kit,
				&(struct kit_meeting){
					.event = event++, .visible = { who }, .speaker = who },
				theatre.now);
		}
		pass_time();
	}
}

static void without_loss_every_speaker_is_seen_at_once(void **state)
{
	open_house(0);
	change_speakers();
	assert_int_equal(theatre.screen.errors, 0);
	assert_in_range(theatre.screen.switches, SWITCHES - 1, SWITCHES);
	/* A request, a picture to wait for, an encoder, and the way there and back. */
	assert_in_range(theatre.screen.longest, 0, RS_MS(200));
	close_house();
}

static void with_loss_no_picture_stands_for_half_a_second(void **state)
{
	open_house(20);
	change_speakers();
	assert_int_equal(theatre.screen.errors, 0);
	assert_in_range(theatre.screen.switches, SWITCHES * 8 / 10, SWITCHES);
	assert_in_range(theatre.screen.longest, 0, RS_MS(500));
	close_house();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_loss_every_speaker_is_seen_at_once),
		cmocka_unit_test(with_loss_no_picture_stands_for_half_a_second),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
