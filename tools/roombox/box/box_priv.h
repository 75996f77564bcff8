/* tools/roombox/box/box_priv.h
 *
 * The box's insides, shared by its parts: box.c (birth, the turn, keeping house), box_line.c (the line to the meeting) and box_media.c
 * (sound and pictures between the room and the line). One thread.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_BOX_BOX_PRIV_H
#define ROSTRUM_TOOLS_ROOMBOX_BOX_BOX_PRIV_H

#include "tools/client/http.h"
#include "tools/client/io.h"
#include "tools/roombox/box/box.h"
#include "tools/roombox/box/health.h"
#include "tools/roombox/media/test_signal.h"
#include "tools/roombox/meeting/meeting.h"
#include "tools/roombox/outage/outage.h"
#include "tools/roombox/room/call.h"
#include "tools/roombox/send/microphone.h"
#include "tools/roombox/send/redundant.h"
#include "tools/roombox/send/uplink.h"

#define BOX_URL_MAX 2048

struct box {
	const struct box_config *config;
	struct rs_rand rand;
	struct rtc_io *io;
	size_t socket;
	bool socket_open;
	struct rtc_http *http;
	char url[BOX_URL_MAX];
	char session[BOX_URL_MAX]; /* to be deleted when leaving */
	struct call call;
	rs_time start;
	/* sound */
	struct microphone *microphone;
	struct redundant redundant;
	uint64_t blocks; /* captured and played */
	uint64_t skipped;
	int16_t frame[MICROPHONE_FRAME];
	/* pictures */
	struct ladder *ladder;
	struct uplink *uplink; /* what its line carries */
	uint64_t resent_told;  /* octets that were sent again, of which it knows */
	uint64_t sound_untold; /* octets of sound, of which it does not */
	struct picture picture;
	rs_time picture_at;
	size_t layers_left; /* of the picture, largest first */
	size_t layers;      /* that somebody wants, from the smallest; the others rest */
	uint64_t pictures_failed;
	/* the meeting beside its media */
	struct meeting *meeting;
	bool restarts; /* a technician wants it */
	struct test_signal signal;
	bool bars_shown; /* the last picture was of it */
	/* how it is, as it is told */
	struct report report;
	rs_time report_every, report_at; /* and the next time */
	rs_time reported_at;
	rs_time cpu;               /* of the process, then */
	uint64_t heard, concealed; /* packets, frames: then */
	uint64_t pictures[ROOM_CAMERAS_MAX];
	/* outages; NULL = nothing is kept */
	struct keep *keep;
	struct outage *outage;
	rs_time silent_since; /* nothing is heard of pictures; 0 = it is */
	bool doubts; /* the line may be lost: the largest picture is kept, and none is sent */
	/* keeping house */
	struct health *health;
	rs_time next_report;
	rs_time next_watchdog;
	rs_time watchdog;
};

/* What answers and the time bring: asks for a line, notices that it is there or lost. */
void box_line_turn(struct box *box, rs_time now);
/* Puts what the line itself has to say into the socket's queue. */
void box_line_flush(struct box *box);
/* Begins to keep what cannot be sent, if that is wanted; ends it. 0 or an error of outage_new(). */
int box_keep_open(struct box *box) RS_MUST_USE;
void box_keep_close(struct box *box);
/* The line was lost, or is back. */
void box_keep_line(struct box *box, bool there, rs_time now);
/* Whether the line may be lost, before it is known. */
void box_keep_doubt(struct box *box, rs_time now);
/* Hands on what was kept. */
void box_keep_turn(struct box *box, rs_time now);
void box_keep_figures(const struct box *box, struct figures *out_figures);
/* A connection is asked for, of which nothing is known. */
void box_uplink_begin(struct box *box, rs_time now);
/* Shares the line out, and sends what of pictures may leave now. */
void box_uplink_turn(struct box *box, rs_time now);
/* Sends one packet, if there is a line, and keeps `kept` of it for an outage; a length, or 0 = it was not sent. */
size_t box_send(struct box *box, size_t section, size_t layer, const struct rtc_payload *payload,
	const struct rtc_payload *kept);
/* Captures, sends and plays all blocks that are due. */
void box_sound_turn(struct box *box, rs_time now);
/* So many sizes are wanted from now on, from the smallest; what rested begins with a key frame. */
void box_picture_want(struct box *box, size_t layers);
/* Encodes and sends one size of one picture at most. */
void box_picture_turn(struct box *box, rs_time now);

#endif
