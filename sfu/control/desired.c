#include "common/log/log.h"
#include "sfu/control/control_priv.h"

#include <errno.h>
#include <string.h>

/* ---- desired state ---- */

/* Puts a document at the end of its map: the order of saying is the order of a later retelling. */
static void keep(json_t *map, const char *id, const json_t *document)
{
	char *text = json_dumps(document, JSON_COMPACT);
	(void)json_object_del(map, id);
	if (text != NULL)
		(void)json_object_set_new(map, id, json_string(text));
	free(text); /* jansson's memory is malloc's */
}

static const char *refusal(int err)
{
	switch (err) {
	case -E2BIG:
		return "limit reached";
	case -EINVAL:
		return "not acceptable";
	case -ENOMEM:
		return "out of memory";
	default:
		return "failed";
	}
}

static void refuse(struct control *control, const char *what, const char *id, int err)
{
	control->counters.refused++;
	log_warning(LOG_CONTROL, id, "%s refused reason=\"%s\"", what, refusal(err));
}

/* True when the unit is as it was. The same said in another order of members is done again, which changes nothing. */
static bool same(struct control *control, json_t *map, const char *id, const json_t *document)
{
	const char *old = json_string_value(json_object_get(map, id));
	char *text = old != NULL ? json_dumps(document, JSON_COMPACT) : NULL;
	const bool equal = text != NULL && strcmp(old, text) == 0;
	control->counters.unchanged += equal;
	free(text); /* jansson's memory is malloc's */
	return equal;
}

void desired_meeting_apply(struct control *control, const struct object *object, rs_time now)
{
	control_parse_meeting(object, control->scratch);
	const struct router_meeting *meeting = &control->scratch->meeting;
	if (same(control, control->meetings, meeting->id, object->json))
		return;
	int err = 0;
	if (control->scratch->desks_refused > 0) {
		control->counters.refused += control->scratch->desks_refused;
		log_warning(LOG_CONTROL, meeting->id, "desks heard elsewhere are left out n=%zu",
			control->scratch->desks_refused);
	}
	if (json_object_get(control->meetings, meeting->id) == NULL &&
		json_object_size(control->meetings) >= control->max_meetings)
		err = -E2BIG;
	control->unit = object->json;
	if (err == 0)
		err = control->port->meeting_set(control->ctx, meeting, now);
	if (err < 0)
		refuse(control, "meeting", meeting->id, err);
	else
		keep(control->meetings, meeting->id, object->json);
}

void desired_meeting_drop(struct control *control, const char *id, rs_time now)
{
	if (json_object_get(control->meetings, id) == NULL)
		return;
	control->port->meeting_remove(control->ctx, id, now);
	(void)json_object_del(control->meetings, id);
}

char *control_unit_text(const struct control *control)
{
	char *text = json_dumps(control->unit, JSON_COMPACT);
	char *copy = rs_strdup(text);
	free(text); /* jansson's memory is malloc's */
	return copy;
}

void control_peer_refused(struct control *control, const char *peer, int err)
{
	refuse(control, "peer", peer, err);
	control_say(control, control_peer_json(peer, "failed", refusal(err)));
}

void desired_peer_apply(struct control *control, const struct object *object, rs_time now)
{
	control_parse_peer(object, control->scratch);
	const struct control_peer *peer = &control->scratch->peer;
	if (same(control, control->peers, peer->router.id, object->json))
		return;
	int err = 0;
	if (json_object_get(control->peers, peer->router.id) == NULL &&
		json_object_size(control->peers) >= control->max_peers)
		err = -E2BIG;
	control->unit = object->json;
	if (err == 0)
		err = control->port->peer_set(control->ctx, peer, now);
	if (err < 0) {
		control_peer_refused(control, peer->router.id, err);
	} else {
		keep(control->peers, peer->router.id, object->json);
	}
}

/* Nothing rests of a peer that is gone. */
static void forget_resting(struct control *control, const char *peer)
{
	const size_t len = strlen(peer);
	const char *key = NULL;
	json_t *message = NULL;
	void *next = NULL;
	json_object_foreach_safe(control->resting, next, key, message)
	{
		if (strncmp(key, peer, len) == 0 && key[len] == '/')
			(void)json_object_del(control->resting, key);
	}
}

void desired_peer_drop(struct control *control, const char *id, rs_time now)
{
	if (json_object_get(control->peers, id) == NULL)
		return;
	control->port->peer_remove(control->ctx, id, now);
	(void)json_object_del(control->peers_told, id);
	forget_resting(control, id);
	(void)json_object_del(control->peers, id);
}
