#include "common/control/frame.h"
#include "sfu/control/control_priv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

int control_write(struct rs_buf *out, json_t *takes_message)
{
	char *text = takes_message != NULL ? json_dumps(takes_message, JSON_COMPACT) : NULL;
	json_decref(takes_message);
	if (text == NULL)
		return -ENOMEM;
	const int err = frame_write_message(out, text, strlen(text));
	free(text); /* jansson's memory is malloc's */
	return err;
}

/* A report; without a connection it is not wanted. */
void control_say(struct control *control, json_t *takes_message)
{
	if (!control->open)
		json_decref(takes_message);
	else if (control_write(&control->out, takes_message) < 0)
		control->counters.reports_dropped++;
}

json_t *control_peer_json(const char *peer, const char *state, const char *reason)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "type", "peer", "peer", peer, "state", state,
		"reason", reason);
}

/* ---- reports ---- */

void control_report_peer(struct control *control, const char *peer, enum control_peer_state state,
	const char *reason)
{
	static const char *const names[] = {
		[CONTROL_CONNECTING] = "connecting",
		[CONTROL_CONNECTED] = "connected",
		[CONTROL_DISCONNECTED] = "disconnected",
		[CONTROL_FAILED] = "failed",
	};
	if (json_object_get(control->peers, peer) == NULL)
		return;
	json_t *message = control_peer_json(peer, names[state], reason);
	(void)json_object_set(control->peers_told, peer, message);
	control_say(control, message);
}

/* Another worker at which the source flows, or one less. True when that changes whether it flows at all. */
static bool flows_at(struct control *control, const char *key, unsigned worker, bool flowing)
{
	const uint64_t before =
		(uint64_t)json_integer_value(json_object_get(control->flowing_at, key));
	const uint64_t bit = (uint64_t)1 << worker;
	const uint64_t after = flowing ? before | bit : before & ~bit;
	if (after != 0)
		(void)json_object_set_new(
			control->flowing_at, key, json_integer((json_int_t)after));
	else
		(void)json_object_del(control->flowing_at, key);
	return (before != 0) != (after != 0);
}

void control_report_source(
	struct control *control, unsigned worker, const struct router_event *event)
{
	char key[2 * ROUTER_NAME_MAX + 16];
	const char *media = control_media_name(event->media);
	(void)snprintf(key, sizeof(key), "%s/%s/%s", event->meeting, event->source, media);
	if (!flows_at(control, key, worker, event->flowing))
		return;
	json_t *message = json_pack("{s:s, s:s, s:s, s:s, s:b}", "type", "source", "meeting",
		event->meeting, "source", event->source, "media", media, "flowing", event->flowing);
	if (event->flowing)
		(void)json_object_set(control->flowing, key, message);
	else
		(void)json_object_del(control->flowing, key);
	control_say(control, message);
}

void control_report_layers(struct control *control, const struct router_event *event)
{
	char key[ROUTER_NAME_MAX + ROUTER_MID_MAX + 2];
	if (json_object_get(control->peers, event->peer_id) == NULL)
		return;
	(void)snprintf(key, sizeof(key), "%s/%s", event->peer_id, event->mid);
	json_t *message =
		json_pack("{s:s, s:s, s:s, s:i, s:i}", "type", "layers", "peer", event->peer_id,
			"mid", event->mid, "wanted", (int)event->layers, "of", (int)event->of);
	if (event->layers < event->of)
		(void)json_object_set(control->resting, key, message);
	else
		(void)json_object_del(control->resting, key);
	control_say(control, message);
}

void control_report_speaking(
	struct control *control, const char *meeting, const char *source, bool speaking)
{
	control_say(control, json_pack("{s:s, s:s, s:s, s:b}", "type", "speaking", "meeting",
				     meeting, "source", source, "speaking", speaking));
}

void control_report_gate(struct control *control, const char *meeting, uint64_t event,
	const char *source, int64_t opened_wall_us, int64_t first_wall_us)
{
	control_say(control,
		json_pack("{s:s, s:s, s:I, s:s, s:I, s:I}", "type", "gate", "meeting", meeting,
			"event", (json_int_t)event, "source", source, "opened_us",
			(json_int_t)opened_wall_us, "first_us", (json_int_t)first_wall_us));
}

void control_report_stats(struct control *control, struct control_stats *takes_stats)
{
	control_say(control, control_stats_take(takes_stats));
}

void control_report_levels(struct control *control, struct control_levels *takes_levels)
{
	json_t *messages = control_levels_take(takes_levels);
	const char *meeting = NULL;
	json_t *message = NULL;
	json_object_foreach(messages, meeting, message)
	{
		control_say(control, json_incref(message));
	}
	json_decref(messages);
}
