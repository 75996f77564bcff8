#include "tools/roombox/seats/visca.h"

#include "common/base/rand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* --- packets --- */

/* Memory recall of preset 3, number 7. */
static const uint8_t recall_3[] = {
	0x01, 0x00,                               /* payload type: command */
	0x00, 0x07,                               /* payload length */
	0x00, 0x00, 0x00, 0x07,                   /* sequence number */
	0x81, 0x01, 0x04, 0x3F, 0x02, 0x03, 0xFF, /* CAM_Memory recall */
};

static void a_packet_is_read_as_it_was_written(void **state)
{
	struct visca_packet packet;
	uint8_t out[VISCA_PACKET_MAX];
	assert_int_equal(visca_parse(recall_3, sizeof(recall_3), &packet), 0);
	assert_int_equal(packet.type, VISCA_COMMAND);
	assert_int_equal(packet.seq, 7);
	assert_int_equal(packet.len, 7);
	assert_int_equal(visca_write(&packet, out), sizeof(recall_3));
	assert_memory_equal(out, recall_3, sizeof(recall_3));
	for (size_t len = 0; len < sizeof(recall_3); len++)
		assert_int_equal(visca_parse(recall_3, len, &packet), -EBADMSG);
	uint8_t bad[sizeof(recall_3)];
	memcpy(bad, recall_3, sizeof(bad));
	bad[3] = 0;
	assert_int_equal(visca_parse(bad, sizeof(bad), &packet), -EBADMSG);
	bad[3] = VISCA_PAYLOAD_MAX + 1;
	assert_int_equal(visca_parse(bad, sizeof(bad), &packet), -EBADMSG);
}

/* --- a conversation, as text --- */

/* Polls until there is nothing more; what was sent as "TYPE/SEQ payload", what is told in words. */
static const char *said(struct visca *visca, rs_time now)
{
	static char text[1024];
	struct visca_output out;
	size_t len = 0;
	text[0] = '\0';
	while (visca_poll(visca, now, &out) == 1) {
		struct visca_packet packet;
		char *at = text + len;
		const size_t room = sizeof(text) - len;
		switch (out.kind) {
		case VISCA_SEND:
			assert_int_equal(visca_parse(out.data, out.len, &packet), 0);
			len += (size_t)snprintf(at, room, "%04x/%u", packet.type, packet.seq);
			for (size_t i = 0; i < packet.len; i++)
				len += (size_t)snprintf(
					text + len, sizeof(text) - len, " %02x", packet.payload[i]);
			len += (size_t)snprintf(text + len, sizeof(text) - len, ", ");
			break;
		case VISCA_RECALLED:
			len += (size_t)snprintf(at, room, "looks at %d, ", out.preset);
			break;
		case VISCA_FAILED:
			len += (size_t)snprintf(
				at, room, "fails %d code %u, ", out.preset, out.code);
			break;
		case VISCA_HERE:
			len += (size_t)snprintf(at, room, "here, ");
			break;
		case VISCA_AWAY:
			len += (size_t)snprintf(at, room, "away, ");
			break;
		case VISCA_POWER:
			len += (size_t)snprintf(at, room, "power %d, ", out.on);
			break;
		}
		assert_true(len < sizeof(text));
	}
	assert_true(visca_deadline(visca) > now);
	return text;
}

static int answer_bytes(struct visca *visca, uint16_t type, uint32_t seq, const uint8_t *payload,
	size_t len, rs_time now)
{
	struct visca_packet packet = { .type = type, .seq = seq, .len = len };
	uint8_t data[VISCA_PACKET_MAX];
	memcpy(packet.payload, payload, len);
	return visca_recv(visca, data, visca_write(&packet, data), now);
}
#define ANSWER(visca, type, seq, now, ...)                                     \
	answer_bytes((visca), (type), (seq), (const uint8_t[]){ __VA_ARGS__ }, \
		sizeof((const uint8_t[]){ __VA_ARGS__ }), (now))
#define REPLY(visca, seq, now, ...) \
	assert_int_equal(ANSWER(visca, VISCA_REPLY, seq, now, __VA_ARGS__), 0)
#define CONTROL(visca, seq, now, ...) \
	assert_int_equal(ANSWER(visca, VISCA_CONTROL_REPLY, seq, now, __VA_ARGS__), 0)

#define RESET "0200/0 01, "
#define POWER_1 "0110/1 81 09 04 00 ff, "

/* A camera that is on, and idle, and was heard of; the next number is 2. */
static struct visca met(void)
{
	struct visca visca;
	visca_init(&visca, 0);
	assert_string_equal(said(&visca, 0), RESET);
	CONTROL(&visca, 0, RS_MS(5), 0x01);
	assert_string_equal(said(&visca, RS_MS(5)), "here, " POWER_1);
	REPLY(&visca, 1, RS_MS(10), 0x90, 0x50, 0x02, 0xFF);
	assert_string_equal(said(&visca, RS_MS(10)), "");
	return visca;
}

static void it_begins_with_a_reset_and_asks_whether_the_camera_is_on(void **state)
{
	struct visca visca = met();
	assert_int_equal(visca_deadline(&visca), RS_MS(10) + RS_SEC(10));
	assert_string_equal(said(&visca, visca_deadline(&visca)), "0110/2 81 09 04 00 ff, ");
	REPLY(&visca, 2, RS_SEC(11), 0x90, 0x50, 0x03, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(11)), "power 0, ");
	assert_string_equal(said(&visca, RS_SEC(21)), "0110/3 81 09 04 00 ff, ");
	REPLY(&visca, 3, RS_SEC(21), 0x90, 0x50, 0x02, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(21)), "power 1, ");
}

static void a_preset_is_recalled_and_told_when_it_is_reached(void **state)
{
	struct visca visca = met();
	const rs_time now = RS_SEC(1);
	visca_recall(&visca, 3, now);
	assert_string_equal(said(&visca, now), "0100/2 81 01 04 3f 02 03 ff, ");
	REPLY(&visca, 2, now, 0x90, 0x41, 0xFF);
	assert_string_equal(said(&visca, now), "");
	REPLY(&visca, 2, RS_SEC(3), 0x90, 0x51, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(3)), "looks at 3, ");
	/* The same once more is turned to once more: somebody may have moved it by hand. */
	visca_recall(&visca, 3, RS_SEC(4));
	assert_string_equal(said(&visca, RS_SEC(4)), "0100/3 81 01 04 3f 02 03 ff, ");
	/* A lost acknowledgement costs nothing. */
	REPLY(&visca, 3, RS_SEC(4), 0x90, 0x51, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(4)), "looks at 3, ");
}

static void what_is_lost_is_sent_again_with_its_number_and_ever_more_slowly(void **state)
{
	struct visca visca = met();
	static const rs_time sends[] = { 0, RS_MS(200), RS_MS(600), RS_MS(1400) };
	visca_recall(&visca, 3, RS_SEC(1));
	for (size_t i = 0; i < RS_ARRAY_LEN(sends); i++) {
		assert_string_equal(
			said(&visca, RS_SEC(1) + sends[i]), "0100/2 81 01 04 3f 02 03 ff, ");
		assert_int_equal(visca_deadline(&visca),
			RS_SEC(1) + (i + 1 < RS_ARRAY_LEN(sends) ? sends[i + 1] : RS_SEC(3)));
	}
	assert_string_equal(said(&visca, RS_SEC(4)), "away, fails 3 code 0, ");
}

static void a_camera_that_is_away_is_told_once_and_asked_for_ever(void **state)
{
	struct visca visca = met();
	size_t told = 0;
	size_t sent = 0;
	struct visca_output out;
	rs_time now = RS_SEC(1);
	visca_recall(&visca, 3, now);
	for (; now < RS_SEC(3600); now = visca_deadline(&visca)) {
		while (visca_poll(&visca, now, &out) == 1) {
			told += out.kind == VISCA_AWAY;
			sent += out.kind == VISCA_SEND;
		}
	}
	assert_int_equal(told, 1);
	assert_true(sent > 600 && sent < 800); /* six in each 33 s */
	/* Whoever wants something hears of it at once, and gets it late. */
	visca_recall(&visca, 4, now);
	while (visca_poll(&visca, now, &out) == 1 && out.kind != VISCA_FAILED)
		;
	assert_int_equal(out.kind, VISCA_FAILED);
	assert_int_equal(out.preset, 4);
	while (visca.stage != VISCA_RESETTING || visca.sends == 0) {
		now = visca_deadline(&visca);
		(void)said(&visca, now); /* goes on asking */
	}
	CONTROL(&visca, 0, now, 0x01);
	assert_string_equal(said(&visca, now), "here, 0100/1 81 01 04 3f 02 04 ff, ");
}

static void the_newest_preset_wins(void **state)
{
	struct visca visca = met();
	visca_recall(&visca, 3, RS_SEC(1));
	assert_string_equal(said(&visca, RS_SEC(1)), "0100/2 81 01 04 3f 02 03 ff, ");
	REPLY(&visca, 2, RS_SEC(1), 0x90, 0x41, 0xFF);
	visca_recall(&visca, 4, RS_SEC(1));
	visca_recall(&visca, 5, RS_SEC(1));
	assert_string_equal(said(&visca, RS_SEC(1)), "");
	REPLY(&visca, 2, RS_SEC(1), 0x90, 0x51, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(1)), "looks at 3, 0100/3 81 01 04 3f 02 05 ff, ");
	/* Back to what is under way: nothing else is wanted any more. */
	visca_recall(&visca, 6, RS_SEC(1));
	visca_recall(&visca, 5, RS_SEC(1));
	REPLY(&visca, 3, RS_SEC(2), 0x90, 0x52, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(2)), "looks at 5, ");
}

static void a_camera_that_never_arrives_is_not_waited_for_long(void **state)
{
	struct visca visca = met();
	visca_recall(&visca, 3, RS_SEC(1));
	(void)said(&visca, RS_SEC(1)); /* seen above */
	REPLY(&visca, 2, RS_SEC(1), 0x90, 0x41, 0xFF);
	assert_int_equal(visca_deadline(&visca), RS_SEC(9));
	visca_recall(&visca, 4, RS_SEC(2));
	assert_int_equal(visca_deadline(&visca), RS_SEC(3));
	assert_string_equal(
		said(&visca, RS_SEC(3)), "fails 3 code 0, 0100/3 81 01 04 3f 02 04 ff, ");
	/* What comes of the old one is of no account. */
	assert_int_equal(ANSWER(&visca, VISCA_REPLY, 2, RS_SEC(3), 0x90, 0x51, 0xFF), -EALREADY);
	assert_string_equal(said(&visca, RS_SEC(3)), "");
}

static void a_camera_that_was_started_anew_has_its_numbers_reset(void **state)
{
	struct visca visca = met();
	visca_recall(&visca, 3, RS_SEC(1));
	(void)said(&visca, RS_SEC(1)); /* seen above */
	CONTROL(&visca, 2, RS_SEC(1), 0x0F, 0x01);
	assert_string_equal(said(&visca, RS_SEC(1)), RESET);
	CONTROL(&visca, 0, RS_SEC(1), 0x01);
	assert_string_equal(said(&visca, RS_SEC(1)), "0100/1 81 01 04 3f 02 03 ff, ");
	REPLY(&visca, 1, RS_SEC(1), 0x90, 0x41, 0xFF);
	/* The refusal of a copy that came late is of no account: it turns already. */
	CONTROL(&visca, 1, RS_SEC(1), 0x0F, 0x01);
	assert_string_equal(said(&visca, RS_SEC(1)), "");
	REPLY(&visca, 1, RS_SEC(2), 0x90, 0x51, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(2)), "looks at 3, ");
}

static void a_camera_that_never_likes_a_number_is_left_alone_for_a_while(void **state)
{
	struct visca visca = met();
	struct visca_output out;
	size_t sent = 0;
	visca_recall(&visca, 3, RS_SEC(1));
	while (visca_poll(&visca, RS_SEC(1), &out) == 1) {
		if (out.kind != VISCA_SEND)
			continue;
		struct visca_packet packet;
		assert_int_equal(visca_parse(out.data, out.len, &packet), 0);
		assert_true(++sent < 20);
		if (packet.type == VISCA_CONTROL)
			CONTROL(&visca, packet.seq, RS_SEC(1), 0x01);
		else
			CONTROL(&visca, packet.seq, RS_SEC(1), 0x0F, 0x01);
	}
	assert_int_equal(visca.stage, VISCA_LOST);
	assert_int_equal(visca_deadline(&visca), RS_SEC(3));
}

static void a_busy_camera_is_asked_again_and_a_refusal_is_told(void **state)
{
	struct visca visca = met();
	rs_time now = RS_SEC(1);
	visca_recall(&visca, 3, now);
	uint32_t seq = 2;
	for (; seq < 7; seq++, now += RS_MS(500)) {
		char sent[64];
		(void)snprintf(sent, sizeof(sent), "0100/%u 81 01 04 3f 02 03 ff, ", seq);
		assert_string_equal(said(&visca, now), sent);
		REPLY(&visca, seq, now, 0x90, 0x61, seq % 2 == 0 ? 0x41 : 0x03, 0xFF);
		assert_string_equal(said(&visca, now), "");
	}
	(void)said(&visca, now); /* the sixth time */
	REPLY(&visca, seq, now, 0x90, 0x61, 0x41, 0xFF);
	assert_string_equal(said(&visca, now), "fails 3 code 65, ");
	/* What it does not know is not tried again. */
	visca_recall(&visca, 200, now);
	(void)said(&visca, now); /* seen above */
	REPLY(&visca, 8, now, 0x90, 0x60, 0x02, 0xFF);
	assert_string_equal(said(&visca, now), "fails 200 code 2, ");
}

static void a_camera_that_knows_no_reset_is_asked_all_the_same(void **state)
{
	struct visca visca;
	visca_init(&visca, 0);
	visca_recall(&visca, 3, 0);
	assert_string_equal(said(&visca, 0), RESET);
	assert_string_equal(said(&visca, RS_MS(200)), RESET);
	assert_string_equal(said(&visca, RS_MS(600)), "0100/1 81 01 04 3f 02 03 ff, ");
	REPLY(&visca, 1, RS_MS(600), 0x90, 0x51, 0xFF);
	assert_string_equal(said(&visca, RS_MS(600)), "here, looks at 3, ");
}

static void answers_that_are_none_are_dropped(void **state)
{
	struct visca visca = met();
	assert_int_equal(visca_recv(&visca, recall_3, sizeof(recall_3), 0), -EBADMSG);
	assert_int_equal(visca_recv(&visca, recall_3, 5, 0), -EBADMSG);
	assert_int_equal(ANSWER(&visca, VISCA_REPLY, 1, 0, 0x90, 0x50, 0x03, 0xFF), -EALREADY);
	visca_recall(&visca, 3, 0);
	(void)said(&visca, RS_SEC(1)); /* seen above */
	assert_int_equal(ANSWER(&visca, VISCA_REPLY, 9, 0, 0x90, 0x51, 0xFF), -EALREADY);
	assert_int_equal(ANSWER(&visca, VISCA_REPLY, 2, 0, 0x90, 0xFF), -EBADMSG);
	assert_int_equal(ANSWER(&visca, VISCA_REPLY, 2, 0, 0x90, 0x51, 0x00), -EBADMSG);
	assert_int_equal(ANSWER(&visca, VISCA_REPLY, 2, 0, 0x90, 0x71, 0xFF), -EBADMSG);
	assert_int_equal(ANSWER(&visca, VISCA_CONTROL_REPLY, 2, 0, 0x0E), -EBADMSG);
	assert_string_equal(said(&visca, RS_SEC(1)), "");
	REPLY(&visca, 2, RS_SEC(1), 0x90, 0x51, 0xFF);
	assert_string_equal(said(&visca, RS_SEC(1)), "looks at 3, ");
}

/* --- a camera on a bad line --- */

struct model {
	struct rs_rand rand;
	struct visca visca;
	uint32_t expected; /* it takes this number and higher ones; else it complains */
	int looks_at;
	int turning;
	uint32_t turning_seq;
	rs_time arrives;
};

static void lossy_reply(struct model *model, uint16_t type, uint32_t seq, const uint8_t *payload,
	size_t len, rs_time now)
{
	if (rs_rand_below(&model->rand, 100) < 30)
		return;
	(void)answer_bytes(&model->visca, type, seq, payload, len, now); /* late ones are refused */
}
#define SAY(model, type, seq, now, ...)                                       \
	lossy_reply((model), (type), (seq), (const uint8_t[]){ __VA_ARGS__ }, \
		sizeof((const uint8_t[]){ __VA_ARGS__ }), (now))

static void model_takes(struct model *model, const struct visca_output *out, rs_time now)
{
	struct visca_packet packet;
	assert_int_equal(visca_parse(out->data, out->len, &packet), 0);
	if (rs_rand_below(&model->rand, 100) < 30)
		return;
	if (packet.type == VISCA_CONTROL) {
		model->expected = 1;
		SAY(model, VISCA_CONTROL_REPLY, packet.seq, now, 0x01);
		return;
	}
	if (packet.seq != model->expected) {
		SAY(model, VISCA_CONTROL_REPLY, packet.seq, now, 0x0F, 0x01);
		return;
	}
	model->expected++;
	if (packet.type == VISCA_INQUIRY) {
		SAY(model, VISCA_REPLY, packet.seq, now, 0x90, 0x50, 0x02, 0xFF);
		return;
	}
	model->turning = packet.payload[5];
	model->turning_seq = packet.seq;
	model->arrives = now + RS_MS(700);
	SAY(model, VISCA_REPLY, packet.seq, now, 0x90, 0x41, 0xFF);
}

static void through_loss_and_restarts_it_ends_where_it_was_wanted_last(void **state)
{
	struct model model = { .expected = 0, .looks_at = -1, .turning = -1 };
	struct visca_output out;
	rs_rand_init_seed(&model.rand, 52381);
	visca_init(&model.visca, 0);
	rs_time now = 0;
	for (int round = 0; round < 200; round++) {
		const int presets = 1 + (int)rs_rand_below(&model.rand, 3);
		int wanted = 0;
		if (rs_rand_below(&model.rand, 4) == 0)
			model.expected = 0; /* it was switched off and on */
		for (int i = 0; i < presets; i++) {
			wanted = (int)rs_rand_below(&model.rand, 255);
			visca_recall(&model.visca, wanted, now);
		}
		const rs_time end = now + RS_SEC(120);
		for (; now < end; now += RS_MS(10)) {
			if (model.turning >= 0 && model.arrives <= now) {
				model.looks_at = model.turning;
				model.turning = -1;
				SAY(&model, VISCA_REPLY, model.turning_seq, now, 0x90, 0x51, 0xFF);
			}
			while (visca_poll(&model.visca, now, &out) == 1) {
				if (out.kind == VISCA_SEND)
					model_takes(&model, &out, now);
			}
			assert_true(visca_deadline(&model.visca) > now);
		}
		assert_int_equal(model.looks_at, wanted);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_packet_is_read_as_it_was_written),
		cmocka_unit_test(it_begins_with_a_reset_and_asks_whether_the_camera_is_on),
		cmocka_unit_test(a_preset_is_recalled_and_told_when_it_is_reached),
		cmocka_unit_test(what_is_lost_is_sent_again_with_its_number_and_ever_more_slowly),
		cmocka_unit_test(a_camera_that_is_away_is_told_once_and_asked_for_ever),
		cmocka_unit_test(the_newest_preset_wins),
		cmocka_unit_test(a_camera_that_never_arrives_is_not_waited_for_long),
		cmocka_unit_test(a_camera_that_was_started_anew_has_its_numbers_reset),
		cmocka_unit_test(a_camera_that_never_likes_a_number_is_left_alone_for_a_while),
		cmocka_unit_test(a_busy_camera_is_asked_again_and_a_refusal_is_told),
		cmocka_unit_test(a_camera_that_knows_no_reset_is_asked_all_the_same),
		cmocka_unit_test(answers_that_are_none_are_dropped),
		cmocka_unit_test(through_loss_and_restarts_it_ends_where_it_was_wanted_last),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
