#include "signaling/wire/json/doc.h"
#include "signaling/wire/node/node.h"
#include "signaling/wire/node/node_priv.h"

#include <errno.h>

static json_t *names(const char *const *list, size_t n)
{
	json_t *array = json_array();
	for (size_t i = 0; i < n; i++)
		doc_push(&array, json_string(list[i]));
	return array;
}

/* The microphones of the floor. A desk is none, whatever else its interpreter was given: it is open into its channel. */
static json_t *floor_names(const struct gate *gate, const struct interpretation *interpretation)
{
	json_t *array = json_array();
	for (size_t i = 0; i < gate->n_open; i++) {
		if (interpretation_live_in(interpretation, gate->open[i]) == NULL)
			doc_push(&array, json_string(gate->open[i]));
	}
	return array;
}

static json_t *sfu_channel(const struct interpretation *interpretation, size_t i)
{
	const struct interpretation_channel *at = &interpretation->channels[i];
	const bool carries = interpretation_carries(interpretation, i);
	json_t *channel = json_object();
	doc_put(&channel, "id", json_string(at->id));
	doc_put(&channel, "desk",
		carries ? json_string(interpretation->desks[at->desk].id) : json_null());
	if (at->handover.stage == HANDOVER_ARMED) {
		doc_put(&channel, "next", json_string(interpretation->desks[at->handover.to].id));
	}
	return channel;
}

/* Section 3.1 of common/control/PROTOCOL.md. */
static json_t *sfu_meeting(const struct proceedings *proceedings, bool meters)
{
	const struct meeting *meeting = proceedings->meeting;
	const struct interpretation *interpretation = proceedings->interpretation;
	struct gate gate;
	proceedings_gate(proceedings, &gate);

	json_t *json = json_object();
	doc_put(&json, "id", json_string(meeting->id));
	doc_put(&json, "event", json_integer((json_int_t)meeting->event));
	doc_put(&json, "mode", json_string(meeting->mode == MEETING_DIRECT ? "direct" : "floor"));
	doc_put(&json, "open", floor_names(&gate, interpretation));
	doc_put(&json, "visible", names(gate.visible, gate.n_visible));
	doc_put(&json, "warm", names(gate.warm, gate.n_warm));
	if (meeting->loudest > 0)
		doc_put(&json, "loudest", json_integer(meeting->loudest));
	doc_put(&json, "speaker", doc_text_or_null(gate.speaker));
	doc_put(&json, "chair", doc_text_or_null(gate.chair));
	doc_put(&json, "content", doc_text_or_null(gate.content));
	json_t *channels = json_array();
	for (size_t i = 0; i < interpretation->n_channels; i++)
		doc_push(&channels, sfu_channel(interpretation, i));
	doc_put(&json, "channels", channels);
	doc_put(&json, "record", json_boolean(meeting->session[0] != '\0'));
	doc_put(&json, "webcast", json_boolean(meeting->visibility == VISIBILITY_PUBLIC));
	if (meters)
		doc_put(&json, "meters", json_true());
	return json;
}

/* Who may be heard, by name, and rooms, by which some of them are: those who serve the meeting otherwise are not of the record. */
static json_t *recorded_people(const struct meeting *meeting)
{
	json_t *list = json_array();
	for (size_t i = 0; i < meeting->n_participants; i++) {
		const struct participant *participant = &meeting->participants[i];
		if (((ROLE_BIT(ROLE_DELEGATE) | ROLE_BIT(ROLE_ROOM) | ROLES_PRESIDING) &
			    ROLE_BIT(participant->role)) == 0)
			continue;
		json_t *one = json_object();
		doc_put(&one, "id", json_string(participant->id));
		doc_put(&one, "name", json_string(participant->name));
		doc_put(&one, "role", json_string(role_name(participant->role)));
		doc_put_text(&one, "delegation", participant->delegation);
		doc_put_text(&one, "rank", rank_name(participant->rank));
		doc_push(&list, one);
	}
	return list;
}

/* What the conference file says that a record needs. */
static json_t *recorded_about(const struct meeting *meeting)
{
	json_t *about = json_object();
	json_t *agenda = json_array();
	for (size_t i = 0; i < meeting->n_items; i++) {
		json_t *item = json_object();
		doc_put(&item, "id", json_string(meeting->items[i].id));
		doc_put(&item, "title", json_string(meeting->items[i].title));
		doc_push(&agenda, item);
	}
	doc_put(&about, "agenda", agenda);
	json_t *delegations = json_array();
	for (size_t i = 0; i < meeting->n_delegations; i++) {
		const struct delegation *delegation = &meeting->delegations[i];
		json_t *one = json_object();
		doc_put(&one, "id", json_string(delegation->id));
		doc_put(&one, "name", json_string(delegation->country));
		doc_put(&one, "category", json_string(category_name(delegation->category)));
		doc_push(&delegations, one);
	}
	doc_put(&about, "delegations", delegations);
	doc_put(&about, "participants", recorded_people(meeting));
	return about;
}

/* Section 3.3. */
static json_t *recorder_meeting(
	const struct meeting *meeting, const struct node_recording *recording)
{
	json_t *json = json_object();
	doc_put(&json, "id", json_string(meeting->id));
	doc_put(&json, "title", json_string(meeting->title));
	doc_put(&json, "record", json_boolean(recording->record));
	doc_put(&json, "session", json_string(recording->session));
	if (recording->class != VISIBILITY_PUBLIC)
		doc_put(&json, "class", json_string(visibility_name(recording->class)));
	doc_put(&json, "tap", json_string(recording->tap));
	json_t *channels = json_array();
	for (size_t i = 0; i < meeting->n_channels; i++) {
		json_t *channel = json_object();
		doc_put(&channel, "id", json_string(meeting->channels[i].id));
		doc_put(&channel, "language", json_string(meeting->channels[i].id));
		doc_put(&channel, "name", json_string(meeting->channels[i].name));
		doc_push(&channels, channel);
	}
	doc_put(&json, "channels", channels);
	if (recording->record)
		doc_put(&json, "about", recorded_about(meeting));
	return json;
}

static json_t *message(const char *type, int64_t revision)
{
	json_t *json = json_object();
	doc_put(&json, "type", json_string(type));
	doc_put(&json, "revision", json_integer(revision));
	return json;
}

/* A message that carries one unit; takes `unit`. */
static int write_unit(
	const char *type, int64_t revision, const char *key, json_t *unit, struct rs_buf *out)
{
	json_t *json = message(type, revision);
	doc_put(&json, key, unit);
	return doc_append(json, out);
}

int node_write_sfu_meeting(
	int64_t revision, const struct proceedings *proceedings, bool meters, struct rs_buf *out)
{
	return write_unit("meeting", revision, "meeting", sfu_meeting(proceedings, meters), out);
}

int node_write_recorder_meeting(int64_t revision, const struct meeting *meeting,
	const struct node_recording *recording, struct rs_buf *out)
{
	return write_unit(
		"meeting", revision, "meeting", recorder_meeting(meeting, recording), out);
}

int node_write_echo(int64_t revision, const char *meeting, struct rs_buf *out)
{
	json_t *json = json_object();
	doc_put(&json, "id", json_string(meeting));
	doc_put(&json, "event", json_integer(0));
	doc_put(&json, "mode", json_string("direct"));
	doc_put(&json, "open", json_array());
	doc_put(&json, "visible", json_array());
	doc_put(&json, "speaker", json_null());
	doc_put(&json, "chair", json_null());
	doc_put(&json, "content", json_null());
	doc_put(&json, "channels", json_array());
	doc_put(&json, "record", json_false());
	return write_unit("meeting", revision, "meeting", json, out);
}

int node_write_meeting_gone(int64_t revision, const char *meeting, struct rs_buf *out)
{
	return write_unit("meeting-gone", revision, "meeting", json_string(meeting), out);
}

int node_write_peer(int64_t revision, const struct peer_spec *peer, struct rs_buf *out)
{
	return write_unit("peer", revision, "peer", node_peer_json(peer), out);
}

int node_write_peer_gone(int64_t revision, const char *peer, struct rs_buf *out)
{
	return write_unit("peer-gone", revision, "peer", json_string(peer), out);
}

int node_write_event(int64_t revision, const char *meeting, uint64_t event, const char *hash,
	const char *payload, size_t len, struct rs_buf *out)
{
	json_t *json = message("event", revision);
	doc_put(&json, "meeting", json_string(meeting));
	doc_put(&json, "event", json_integer((json_int_t)event));
	doc_put(&json, "hash", json_string(hash));
	doc_put(&json, "payload", json_stringn(payload, len));
	return doc_append(json, out);
}

struct node_state {
	int64_t revision;
	json_t *meetings;
	json_t *peers;
};

int node_state_new(int64_t revision, struct node_state **out_state)
{
	struct node_state *state = rs_zalloc(sizeof(*state));
	if (state == NULL)
		return -ENOMEM;
	state->revision = revision;
	state->meetings = json_array();
	state->peers = json_array();
	*out_state = state;
	return 0;
}

void node_state_add_sfu_meeting(
	struct node_state *state, const struct proceedings *proceedings, bool meters)
{
	doc_push(&state->meetings, sfu_meeting(proceedings, meters));
}

void node_state_add_recorder_meeting(struct node_state *state, const struct meeting *meeting,
	const struct node_recording *recording)
{
	doc_push(&state->meetings, recorder_meeting(meeting, recording));
}

void node_state_add_peer(struct node_state *state, const struct peer_spec *peer)
{
	doc_push(&state->peers, node_peer_json(peer));
}

int node_state_write(struct node_state *state, struct rs_buf *out)
{
	json_t *json = message("state", state->revision);
	doc_put(&json, "meetings", state->meetings);
	doc_put(&json, "peers", state->peers);
	rs_release(state);
	return doc_append(json, out);
}
