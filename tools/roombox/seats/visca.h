/* tools/roombox/seats/visca.h
 *
 * VISCA over IP: one camera that is turned to presets it keeps itself. A machine without I/O, one for each camera: fed datagrams and the
 * time, it hands back datagrams and what became of what was asked. Source: the command lists that makers of such cameras publish ("VISCA
 * over IP": UDP port 52381, a head of 8 octets, sequence numbers, a reset of them; "VISCA command/ACK protocol": ACK, completion, error).
 *
 * One message is under way at a time. It is sent again with the same number after 200, 400 and 800 ms; a camera that still says nothing is
 * away, which is told once, and asked again after 2, 4, 8 … seconds, at most 30, for ever. Of presets that are asked for meanwhile the newest is
 * recalled. A camera that finds a number wrong (it was started anew, or its answer got lost) has its numbers reset, and is asked again: to
 * recall a preset twice does no harm. When nothing else is to be said it is asked every 10 s whether it is on. Nothing is allocated. Not
 * thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_VISCA_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_VISCA_H

#include "common/base/bytes.h"
#include "common/base/mem.h"
#include "common/base/time.h"

#define VISCA_PAYLOAD_MAX 16U
#define VISCA_PACKET_MAX (8U + VISCA_PAYLOAD_MAX)
/* Presets by their number on the wire, one octet that may not be the end mark 0xFF. Remote controls often count from 1. */
#define VISCA_PRESET_MAX 254

/* --- Packets --- */

enum visca_type {
	VISCA_COMMAND = 0x0100,
	VISCA_INQUIRY = 0x0110,
	VISCA_REPLY = 0x0111,
	VISCA_CONTROL = 0x0200,
	VISCA_CONTROL_REPLY = 0x0201,
};

struct visca_packet {
	uint16_t type; /* enum visca_type, or one that is not known */
	uint32_t seq;  /* of the message, or of that which is answered */
	size_t len;    /* 1 to VISCA_PAYLOAD_MAX */
	uint8_t payload[VISCA_PAYLOAD_MAX];
};

/* 0, or -EBADMSG: cut, or its length is not what it says. What stands behind the payload is ignored. */
int visca_parse(const uint8_t *data, size_t len, struct visca_packet *out_packet) RS_MUST_USE;
/* Octets written. */
size_t visca_write(const struct visca_packet *packet, uint8_t out[VISCA_PACKET_MAX]);

/* --- One camera --- */

enum visca_output_kind {
	VISCA_SEND,     /* a datagram: `data`, `len` */
	VISCA_RECALLED, /* the camera looks where `preset` says */
	VISCA_FAILED,   /* it will not, or it is not known: `preset`, `code` */
	VISCA_HERE,     /* it answers: the first time, or again */
	VISCA_AWAY,     /* it does not answer: told once */
	VISCA_POWER,    /* `on`: told when it changes, and at first when it is off */
};

struct visca_output {
	enum visca_output_kind kind;
	uint8_t data[VISCA_PACKET_MAX];
	size_t len;
	int preset;
	unsigned code; /* as the camera gave it (0x41: not now); 0 = no answer */
	bool on;
};

enum visca_stage {
	VISCA_RESETTING, /* its numbers are being reset */
	VISCA_IDLE,
	VISCA_ASKED,  /* a message is under way */
	VISCA_MOVING, /* acknowledged, not done */
	VISCA_LOST,   /* away until `due` */
};

/* Embedded in its owner; members are the machine's own. */
struct visca {
	enum visca_stage stage;
	rs_time due; /* of this stage: to be sent again, or given up */
	struct visca_packet packet;
	unsigned sends; /* of `packet`, so far */
	uint32_t seq;   /* the last one given out */
	int recalling;  /* preset of `packet`, or VISCA_NONE */
	int wanted;     /* to be recalled next, or VISCA_NONE */
	rs_time not_before;
	unsigned refusals; /* "not now" in a row */
	unsigned resets;   /* since the last message that was taken */
	unsigned absences; /* in a row */
	rs_time next_power;
	bool here;
	bool known_away;
	bool asleep;
	struct {
		bool presence;
		bool power;
		bool outcome;
		bool recalled;
		int preset;
		unsigned code;
	} tell;
};
#define VISCA_NONE (-1)

void visca_init(struct visca *visca, rs_time now);
/* 0 to VISCA_PRESET_MAX. Takes the place of one that still waits, of which no more is told. While the camera is away the outcome is
 * VISCA_FAILED at once, and the preset is recalled all the same when it is back. A camera that still turns to an older one is given a
 * second more. */
void visca_recall(struct visca *visca, int preset, rs_time now);
/* A datagram of the camera. What it gives is for counting only: 0, -EBADMSG (it is none), -EALREADY (an answer to nothing that is under way). */
int visca_recv(struct visca *visca, const uint8_t *data, size_t len, rs_time now);
/* One thing to send or to be told; 1, or 0 = nothing now. Call until it gives 0. */
int visca_poll(struct visca *visca, rs_time now, struct visca_output *out_output);
/* When visca_poll() next has something if no datagram comes: later than the last `now` it was polled with. */
rs_time visca_deadline(const struct visca *visca);

#endif
