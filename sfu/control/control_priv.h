/* sfu/control/control_priv.h: shared by the files of this folder. */
#ifndef ROSTRUM_SFU_CONTROL_CONTROL_PRIV_H
#define ROSTRUM_SFU_CONTROL_CONTROL_PRIV_H

#include "common/control/object.h"
#include "sfu/control/control.h"

/* Where a message is taken apart: the lists that the router's structures point to. */
struct control_scratch {
	struct router_meeting meeting;
	const char *open[ROUTER_OPEN_MAX];
	const char *visible[CONTROL_VISIBLE_MAX];
	const char *warm[CONTROL_VISIBLE_MAX];
	struct router_channel channels[ROUTER_CHANNELS_MAX];
	size_t desks_refused; /* left out of channels, since they are heard elsewhere */
	struct control_peer peer;
	struct router_send sends[ROUTER_SENDS_MAX];
	struct router_recv recvs[ROUTER_RECVS_MAX];
};

/* Fill scratch->meeting or scratch->peer; failures stick in the object's error. Texts stay with the
 * JSON. */
void control_parse_meeting(const struct object *object, struct control_scratch *scratch);
void control_parse_peer(const struct object *object, struct control_scratch *scratch);

const char *control_media_name(enum router_media media);
const char *control_codec_name(enum router_codec codec);

/* Append a message and take it over; NULL counts as out of memory. 0, -E2BIG or -ENOMEM. */
int control_write(struct rs_buf *out, json_t *takes_message) RS_MUST_USE;

/* The message; frees the rest. */
json_t *control_stats_take(struct control_stats *stats);
/* The same of levels.h: messages by meeting. */
json_t *control_levels_take(struct control_levels *levels);

#endif
