#include "tools/roombox/seats/visca.h"

#include <errno.h>
#include <string.h>

#define PATIENCE RS_MS(200) /* for the first answer, twice as long for each next one */
#define SENDS 4U
/* Some cameras know no reset: then they are asked what was to be asked. */
#define RESET_SENDS 2U
#define RESETS_MAX 4U
#define MOVE_PATIENCE RS_SEC(8)
#define NEWER_PATIENCE RS_SEC(1)
#define POWER_EVERY RS_SEC(10)
#define AWAY_FIRST RS_SEC(2)
#define AWAY_MOST RS_SEC(30)
#define REFUSED_WAIT RS_MS(500)
#define REFUSALS_MAX 6U

#define END_MARK 0xFFU
#define CODE_BUFFER_FULL 0x03U
#define CODE_NOT_NOW 0x41U
#define CONTROL_RESET 0x01U
#define CONTROL_ERROR 0x0FU
#define CONTROL_WRONG_NUMBER 0x01U
#define POWER_ON 0x02U

/* --- Packets ---
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-------------------------------+-------------------------------+
 * |         payload type          |        payload length         |
 * +-------------------------------+-------------------------------+
 * |                        sequence number                        |
 * +---------------------------------------------------------------+
 * | payload, 1 to 16 octets; of VISCA itself, the last one is 0xFF
 */
int visca_parse(const uint8_t *data, size_t len, struct visca_packet *out_packet)
{
	struct rs_reader reader;
	struct visca_packet packet;
	rs_reader_init(&reader, data, len);
	packet.type = rs_read_u16(&reader);
	packet.len = rs_read_u16(&reader);
	packet.seq = rs_read_u32(&reader);
	if (packet.len == 0 || packet.len > VISCA_PAYLOAD_MAX)
		return -EBADMSG;
	const uint8_t *payload = rs_read_view(&reader, packet.len);
	if (payload == NULL)
		return -EBADMSG;
	memset(packet.payload, 0, sizeof(packet.payload));
	memcpy(packet.payload, payload, packet.len);
	*out_packet = packet;
	return 0;
}

size_t visca_write(const struct visca_packet *packet, uint8_t out[VISCA_PACKET_MAX])
{
	struct rs_writer writer;
	rs_writer_init(&writer, out, VISCA_PACKET_MAX);
	rs_write_u16(&writer, packet->type);
	rs_write_u16(&writer, (uint16_t)packet->len);
	rs_write_u32(&writer, packet->seq);
	rs_write_bytes(&writer, packet->payload, packet->len);
	return writer.len;
}

/* --- What is said --- */

/* A message of its own number, not sent yet. */
static void begin(
	struct visca *visca, uint16_t type, const uint8_t *payload, size_t len, rs_time now)
{
	visca->packet = (struct visca_packet){ .type = type, .seq = ++visca->seq, .len = len };
	memcpy(visca->packet.payload, payload, len);
	visca->sends = 0;
	visca->due = now;
	visca->recalling = VISCA_NONE;
	visca->stage = VISCA_ASKED;
}

static void begin_reset(struct visca *visca, rs_time now)
{
	static const uint8_t payload[] = { CONTROL_RESET };
	visca->seq = UINT32_MAX; /* so that it has 0, and the next message 1 */
	begin(visca, VISCA_CONTROL, payload, sizeof(payload), now);
	visca->stage = VISCA_RESETTING;
}

static void begin_power(struct visca *visca, rs_time now)
{
	static const uint8_t payload[] = { 0x81, 0x09, 0x04, 0x00, END_MARK };
	begin(visca, VISCA_INQUIRY, payload, sizeof(payload), now);
}

static void begin_recall(struct visca *visca, rs_time now)
{
	const uint8_t payload[] = { 0x81, 0x01, 0x04, 0x3F, 0x02, (uint8_t)visca->wanted,
		END_MARK };
	begin(visca, VISCA_COMMAND, payload, sizeof(payload), now);
	visca->recalling = visca->wanted;
	visca->wanted = VISCA_NONE;
}

void visca_init(struct visca *visca, rs_time now)
{
	*visca = (struct visca){ .wanted = VISCA_NONE, .not_before = now, .next_power = now };
	begin_reset(visca, now);
}

void visca_recall(struct visca *visca, int preset, rs_time now)
{
	visca->refusals = 0;
	visca->wanted = visca->recalling == preset ? VISCA_NONE : preset;
	if (visca->stage == VISCA_MOVING && visca->wanted != VISCA_NONE)
		visca->due = rs_time_min(visca->due, now + NEWER_PATIENCE);
	if (!visca->known_away)
		return;
	visca->tell.outcome = true;
	visca->tell.recalled = false;
	visca->tell.preset = preset;
	visca->tell.code = 0;
}

/* --- What becomes of it --- */

static void end_message(struct visca *visca, rs_time now)
{
	visca->recalling = VISCA_NONE;
	visca->next_power = now + POWER_EVERY;
	visca->stage = VISCA_IDLE;
}

/* What was to be recalled is not forgotten, unless something newer is wanted. */
static void want_again(struct visca *visca)
{
	if (visca->wanted == VISCA_NONE)
		visca->wanted = visca->recalling;
	visca->recalling = VISCA_NONE;
}

static void tell_outcome(struct visca *visca, bool recalled, unsigned code)
{
	if (visca->recalling == VISCA_NONE)
		return;
	visca->tell.outcome = true;
	visca->tell.recalled = recalled;
	visca->tell.preset = visca->recalling;
	visca->tell.code = code;
}

static void lose(struct visca *visca, rs_time now)
{
	rs_time wait = AWAY_FIRST;
	for (unsigned i = 0; i < visca->absences && wait < AWAY_MOST; i++)
		wait *= 2;
	visca->absences++;
	visca->tell.presence |= !visca->known_away;
	visca->known_away = true;
	visca->here = false;
	tell_outcome(visca, false, 0);
	want_again(visca);
	visca->stage = VISCA_LOST;
	visca->due = now + rs_time_min(wait, AWAY_MOST);
}

/* Nothing came in time. */
static void expire(struct visca *visca, rs_time now)
{
	switch (visca->stage) {
	case VISCA_RESETTING:
		if (visca->sends == RESET_SENDS)
			visca->stage = VISCA_IDLE;
		break;
	case VISCA_ASKED:
		if (visca->sends == SENDS)
			lose(visca, now);
		break;
	case VISCA_MOVING:
		tell_outcome(visca, false, 0);
		end_message(visca, now);
		break;
	case VISCA_LOST:
		visca->resets = 0;
		visca->next_power = now;
		begin_reset(visca, now);
		break;
	case VISCA_IDLE:
		break;
	}
}

/* --- Answers --- */

static void heard(struct visca *visca)
{
	visca->tell.presence |= !visca->here;
	visca->here = true;
	visca->known_away = false;
	visca->absences = 0;
}

static void taken(struct visca *visca)
{
	visca->resets = 0;
	visca->refusals = 0;
}

static void on_number_wrong(struct visca *visca, rs_time now)
{
	if (visca->stage != VISCA_ASKED)
		return; /* of a message that was sent twice, and taken */
	if (++visca->resets > RESETS_MAX) {
		lose(visca, now);
		return;
	}
	want_again(visca);
	begin_reset(visca, now);
}

static void on_refusal(struct visca *visca, unsigned code, rs_time now)
{
	const bool later = code == CODE_BUFFER_FULL || code == CODE_NOT_NOW;
	if (visca->recalling != VISCA_NONE && later && ++visca->refusals < REFUSALS_MAX) {
		want_again(visca);
		visca->not_before = now + REFUSED_WAIT;
	} else {
		tell_outcome(visca, false, code);
	}
	end_message(visca, now);
}

static void on_completion(struct visca *visca, const struct visca_packet *reply, rs_time now)
{
	if (visca->packet.type == VISCA_INQUIRY && reply->len >= 4) {
		const bool asleep = reply->payload[2] != POWER_ON;
		visca->tell.power |= asleep != visca->asleep;
		visca->asleep = asleep;
	}
	taken(visca);
	tell_outcome(visca, true, 0);
	end_message(visca, now);
}

/* "90 4y FF", "90 5y … FF", "90 6y code FF", y being a socket of the camera's own. */
static int on_reply(struct visca *visca, const struct visca_packet *reply, rs_time now)
{
	if (reply->len < 3 || reply->payload[reply->len - 1] != END_MARK)
		return -EBADMSG;
	switch (reply->payload[1] >> 4) {
	case 4:
		if (visca->stage == VISCA_ASKED && visca->recalling != VISCA_NONE) {
			taken(visca);
			visca->stage = VISCA_MOVING;
			visca->due = now + MOVE_PATIENCE;
		}
		return 0;
	case 5:
		on_completion(visca, reply, now);
		return 0;
	case 6:
		on_refusal(visca, reply->payload[2], now);
		return 0;
	}
	return -EBADMSG;
}

static int on_control(struct visca *visca, const struct visca_packet *reply, rs_time now)
{
	if (reply->payload[0] == CONTROL_ERROR && reply->len >= 2) {
		if (reply->payload[1] == CONTROL_WRONG_NUMBER)
			on_number_wrong(visca, now);
		else if (visca->stage == VISCA_ASKED)
			on_refusal(visca, reply->payload[1], now);
		return 0;
	}
	if (reply->payload[0] != CONTROL_RESET)
		return -EBADMSG;
	if (visca->stage == VISCA_RESETTING)
		visca->stage = VISCA_IDLE;
	return 0;
}

int visca_recv(struct visca *visca, const uint8_t *data, size_t len, rs_time now)
{
	struct visca_packet reply;
	const int err = visca_parse(data, len, &reply);
	if (err < 0)
		return err;
	if (reply.type != VISCA_REPLY && reply.type != VISCA_CONTROL_REPLY)
		return -EBADMSG;
	const bool waiting = visca->stage == VISCA_ASKED || visca->stage == VISCA_MOVING ||
			     visca->stage == VISCA_RESETTING;
	/* What a reset is answered with carries whatever number. */
	if (!waiting || visca->sends == 0 ||
		(reply.seq != visca->packet.seq && visca->stage != VISCA_RESETTING))
		return -EALREADY;
	if (visca->stage == VISCA_RESETTING && reply.type != VISCA_CONTROL_REPLY)
		return -EALREADY;
	const int result = reply.type == VISCA_REPLY ? on_reply(visca, &reply, now)
						     : on_control(visca, &reply, now);
	if (result == 0 && visca->stage != VISCA_LOST)
		heard(visca);
	return result;
}

/* --- What is to be sent, and told --- */

static bool poll_news(struct visca *visca, struct visca_output *out)
{
	if (visca->tell.presence) {
		visca->tell.presence = false;
		*out = (struct visca_output){ .kind = visca->here ? VISCA_HERE : VISCA_AWAY };
	} else if (visca->tell.power) {
		visca->tell.power = false;
		*out = (struct visca_output){ .kind = VISCA_POWER, .on = !visca->asleep };
	} else if (visca->tell.outcome) {
		visca->tell.outcome = false;
		*out = (struct visca_output){
			.kind = visca->tell.recalled ? VISCA_RECALLED : VISCA_FAILED,
			.preset = visca->tell.preset,
			.code = visca->tell.code,
		};
	} else {
		return false;
	}
	return true;
}

/* The next message of an idle camera, if there is one now. */
static void choose(struct visca *visca, rs_time now)
{
	if (visca->wanted != VISCA_NONE && visca->not_before <= now)
		begin_recall(visca, now);
	else if (visca->wanted == VISCA_NONE && visca->next_power <= now)
		begin_power(visca, now);
}

static bool poll_packet(struct visca *visca, rs_time now, struct visca_output *out)
{
	if ((visca->stage != VISCA_ASKED && visca->stage != VISCA_RESETTING) || visca->due > now)
		return false;
	visca->due = now + (PATIENCE << visca->sends++);
	*out = (struct visca_output){ .kind = VISCA_SEND };
	out->len = visca_write(&visca->packet, out->data);
	return true;
}

int visca_poll(struct visca *visca, rs_time now, struct visca_output *out_output)
{
	if (visca->stage != VISCA_IDLE && visca->due <= now)
		expire(visca, now);
	if (visca->stage == VISCA_IDLE)
		choose(visca, now);
	return poll_news(visca, out_output) || poll_packet(visca, now, out_output);
}

rs_time visca_deadline(const struct visca *visca)
{
	if (visca->stage != VISCA_IDLE)
		return visca->due;
	return visca->wanted != VISCA_NONE ? visca->not_before : visca->next_power;
}
