#include "sfu/control/tap.h"

#include "common/base/text.h"
#include "common/control/frame.h"
#include "sfu/control/control_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *type;
	enum tap_request_kind kind;
} requests[] = {
	{ "subscribe", TAP_SUBSCRIBE },
	{ "unsubscribe", TAP_UNSUBSCRIBE },
	{ "keyframe", TAP_KEYFRAME },
};

static void request(const struct object *message, struct tap_request *out)
{
	const char *type = object_text(message, "type");
	out->kind = TAP_UNKNOWN;
	for (size_t i = 0; i < RS_ARRAY_LEN(requests); i++) {
		if (strcmp(requests[i].type, type) != 0)
			continue;
		out->kind = requests[i].kind;
		if (out->kind == TAP_KEYFRAME) {
			out->track = (uint32_t)object_int(message, "track", 0, UINT32_MAX);
			return;
		}
		const char *meeting = object_name(message, "meeting");
		(void)rs_copy_text(out->meeting, sizeof(out->meeting), meeting, strlen(meeting));
	}
}

int tap_request_parse(
	const char *json, size_t len, struct tap_request *out_request, char error[TAP_ERROR_LEN])
{
	json_error_t fault;
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &fault);
	if (root == NULL) {
		(void)snprintf(error, TAP_ERROR_LEN, "no JSON: %.150s at octet %d", fault.text,
			fault.position);
		return json_error_code(&fault) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	}
	struct tap_request parsed = { .kind = TAP_UNKNOWN };
	struct object_error judged;
	const struct object message = object_root(root, "message", &judged);
	if (!judged.failed)
		request(&message, &parsed);
	json_decref(root);
	if (judged.failed) {
		(void)snprintf(error, TAP_ERROR_LEN, "%s", judged.text);
		return -EBADMSG;
	}
	*out_request = parsed;
	return 0;
}

static json_t *track_json(const struct router_tap *tap)
{
	const bool opus = tap->codec == ROUTER_OPUS;
	return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:i, s:i}", "type", "track", "track",
		(json_int_t)tap->track, "meeting", tap->meeting, "name", tap->name, "media",
		tap->channel ? "channel" : control_media_name(tap->media), "codec",
		control_codec_name(tap->codec), "clock", opus ? 48000 : 90000, "channels",
		opus ? 2 : 0);
}

static json_t *clock_json(const struct router_tap *tap)
{
	char ntp[24]; /* JSON numbers end at 2^53 for many readers */
	(void)snprintf(ntp, sizeof(ntp), "%" PRIu64, tap->ntp);
	return json_pack("{s:s, s:I, s:s, s:I}", "type", "clock", "track", (json_int_t)tap->track,
		"ntp", ntp, "rtp", (json_int_t)tap->rtp);
}

static json_t *sent_json(const struct router_tap *tap)
{
	return json_pack("{s:s, s:I, s:I}", "type", "sent", "track", (json_int_t)tap->track,
		"packets", (json_int_t)tap->packets);
}

static json_t *mark_json(const struct router_tap *tap, int64_t wall_offset)
{
	return json_pack("{s:s, s:s, s:I, s:s, s:b, s:I}", "type", "mark", "meeting", tap->meeting,
		"event", (json_int_t)tap->event, "source", tap->name, "open", tap->open, "wall_us",
		(json_int_t)(tap->at + wall_offset));
}

static json_t *show_json(const struct router_tap *tap, int64_t wall_offset)
{
	return json_pack("{s:s, s:s, s:s, s:I}", "type", "show", "meeting", tap->meeting, "source",
		tap->name, "wall_us", (json_int_t)(tap->at + wall_offset));
}

int tap_write(struct rs_buf *out, const struct router_tap *tap, int64_t wall_offset)
{
	switch (tap->kind) {
	case ROUTER_TAP_PACKET:
		return frame_write_packet(out, &(struct frame_packet){
						       .track = tap->track,
						       .arrival_wall_us = tap->at + wall_offset,
						       .rtp = tap->data,
						       .rtp_len = tap->len,
					       });
	case ROUTER_TAP_TRACK:
		return control_write(out, track_json(tap));
	case ROUTER_TAP_CLOCK:
		return control_write(out, clock_json(tap));
	case ROUTER_TAP_MARK:
		return control_write(out, mark_json(tap, wall_offset));
	case ROUTER_TAP_SENT:
		return control_write(out, sent_json(tap));
	case ROUTER_TAP_SHOW:
		return control_write(out, show_json(tap, wall_offset));
	}
	return -EINVAL;
}

int tap_write_gap(struct rs_buf *out, const char *meeting, uint64_t packets)
{
	return control_write(out, json_pack("{s:s, s:s, s:I}", "type", "gap", "meeting", meeting,
					  "packets", (json_int_t)packets));
}
