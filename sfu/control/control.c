#include "sfu/control/control.h"

#include "common/control/frame.h"
#include "common/log/log.h"
#include "sfu/control/control_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PROTOCOL "rostrum.control.1"

struct control {
	const struct control_port *port;
	void *ctx;
	size_t max_meetings;
	size_t max_peers;
	json_t *about; /* what hello says that never changes */
	json_t *meetings; /* the desired state: id -> text of the document, a tenth of what it takes when read */
	json_t *peers;
	json_t *peers_told; /* id -> the last `peer` report, said again at hello */
	json_t *resting; /* "peer/mid" -> the `layers` report, while not all of them are wanted */
	json_t *flowing; /* "meeting/source/media" -> the `source` report, while it flows */
	json_t *flowing_at; /* the same -> workers at which, bit by worker */
	const json_t *unit; /* being given to the port */
	int64_t revision;
	bool revision_new; /* to be answered by `applied` */
	bool greeted;      /* a message with a revision came on this connection */
	bool open;
	struct rs_buf out;
	struct control_scratch *scratch;
	struct control_counters counters;
};

static json_t *texts_json(const char *const *texts, size_t n)
{
	json_t *array = json_array();
	for (size_t i = 0; i < n; i++)
		(void)json_array_append_new(array, json_string(texts[i]));
	return array;
}

static json_t *workers_json(const struct control_config *config)
{
	json_t *workers = json_array();
	for (size_t i = 0; i < config->n_workers; i++) {
		const struct control_worker *worker = &config->workers[i];
		(void)json_array_append_new(
			workers, json_pack("{s:o, s:o}", "addresses",
					 texts_json(worker->addresses, worker->n), "tcp",
					 texts_json(worker->tcp, worker->n_tcp)));
	}
	return workers;
}

static json_t *about_json(const struct control_config *config)
{
	char fingerprint[DTLS_FINGERPRINT_TEXT_LEN + 16];
	(void)snprintf(fingerprint, sizeof(fingerprint), "sha-256 %s", config->fingerprint);
	json_t *about = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "type", "hello",
		"protocol", PROTOCOL, "kind", "sfu", "node", config->node, "instance",
		config->instance, "fingerprint", fingerprint, "workers", workers_json(config));
	if (about != NULL && config->tap[0] != '\0')
		(void)json_object_set_new(about, "tap", json_string(config->tap));
	return about;
}

int control_new(const struct control_config *config, struct control **out_control)
{
	if (config->n_workers == 0 || config->port == NULL)
		return -EINVAL;
	struct control *control = rs_zalloc(sizeof(*control));
	if (control == NULL)
		return -ENOMEM;
	control->port = config->port;
	control->ctx = config->ctx;
	control->max_meetings = config->meetings;
	control->max_peers = config->peers;
	rs_buf_init(&control->out, CONTROL_OUTPUT_MAX);
	control->scratch = rs_zalloc(sizeof(*control->scratch));
	control->about = about_json(config);
	control->meetings = json_object();
	control->peers = json_object();
	control->peers_told = json_object();
	control->resting = json_object();
	control->flowing = json_object();
	control->flowing_at = json_object();
	if (control->scratch == NULL || control->about == NULL || control->meetings == NULL ||
		control->peers == NULL || control->peers_told == NULL || control->resting == NULL ||
		control->flowing == NULL || control->flowing_at == NULL) {
		control_free(control);
		return -ENOMEM;
	}
	*out_control = control;
	return 0;
}

struct control *control_free(struct control *control)
{
	if (control != NULL) {
		json_decref(control->about);
		json_decref(control->meetings);
		json_decref(control->peers);
		json_decref(control->peers_told);
		json_decref(control->resting);
		json_decref(control->flowing);
		json_decref(control->flowing_at);
		rs_buf_done(&control->out);
		rs_release(control->scratch);
	}
	return rs_release(control);
}

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

/* ---- the connection ---- */

/* The documents of a map, as an array. */
static json_t *documents(json_t *map)
{
	json_t *array = json_array();
	const char *id = NULL;
	json_t *document = NULL;
	json_object_foreach(map, id, document)
	{
		(void)json_array_append_new(array, json_loadb(json_string_value(document),
							   json_string_length(document), 0, NULL));
	}
	return array;
}

static json_t *state_json(struct control *control)
{
	if (control->revision == 0)
		return json_null();
	return json_pack("{s:s, s:I, s:o, s:o}", "type", "state", "revision",
		(json_int_t)control->revision, "meetings", documents(control->meetings), "peers",
		documents(control->peers));
}

static int write_all(struct control *control, json_t *map)
{
	int err = 0;
	const char *id = NULL;
	json_t *report = NULL;
	json_object_foreach(map, id, report)
	{
		if (err == 0)
			err = control_write(&control->out, json_incref(report));
	}
	return err;
}

int control_open(struct control *control)
{
	rs_buf_consume(&control->out, rs_buf_len(&control->out));
	control->open = true;
	control->revision_new = false;
	control->greeted = false;
	json_t *hello = json_copy(control->about);
	if (hello == NULL)
		return -ENOMEM;
	(void)json_object_set_new(hello, "revision", json_integer(control->revision));
	(void)json_object_set_new(hello, "state", state_json(control));
	int err = control_write(&control->out, hello);
	if (err == 0)
		err = write_all(control, control->peers_told);
	if (err == 0)
		err = write_all(control, control->flowing);
	if (err == 0)
		err = write_all(control, control->resting);
	return err;
}

void control_shut(struct control *control)
{
	control->open = false;
	rs_buf_done(&control->out);
}

struct rs_buf *control_output(struct control *control)
{
	return &control->out;
}

/* A report; without a connection it is not wanted. */
static void report(struct control *control, json_t *takes_message)
{
	if (!control->open)
		json_decref(takes_message);
	else if (control_write(&control->out, takes_message) < 0)
		control->counters.reports_dropped++;
}

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

static void meeting_apply(struct control *control, const struct object *object, rs_time now)
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

static void meeting_drop(struct control *control, const char *id, rs_time now)
{
	if (json_object_get(control->meetings, id) == NULL)
		return;
	control->port->meeting_remove(control->ctx, id, now);
	(void)json_object_del(control->meetings, id);
}

static json_t *peer_json(const char *peer, const char *state, const char *reason)
{
	return json_pack("{s:s, s:s, s:s, s:s}", "type", "peer", "peer", peer, "state", state,
		"reason", reason);
}

bool control_is_ready(const struct control *control)
{
	return control->port->ready == NULL || control->port->ready(control->ctx);
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
	report(control, peer_json(peer, "failed", refusal(err)));
}

static void peer_apply(struct control *control, const struct object *object, rs_time now)
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

static void peer_drop(struct control *control, const char *id, rs_time now)
{
	if (json_object_get(control->peers, id) == NULL)
		return;
	control->port->peer_remove(control->ctx, id, now);
	(void)json_object_del(control->peers_told, id);
	forget_resting(control, id);
	(void)json_object_del(control->peers, id);
}

/* ---- messages ---- */

typedef void apply_fn(struct control *control, const struct object *object, rs_time now);
typedef void drop_fn(struct control *control, const char *id, rs_time now);
typedef void parse_fn(const struct object *object, struct control_scratch *scratch);

/* The largest `state` that fits a frame holds fewer. */
#define UNITS_MAX 65535

/* Judges every unit of an array; their ids are the members of the result. */
static json_t *ids_of(
	struct control *control, const struct object *state, const char *key, parse_fn *parse)
{
	json_t *ids = json_object();
	const size_t n = object_array(state, key, UNITS_MAX);
	for (size_t i = 0; i < n && !state->error->failed; i++) {
		const struct object unit = object_at(state, key, i);
		parse(&unit, control->scratch);
		const char *id = object_name(&unit, "id");
		if (json_object_get(ids, id) != NULL)
			object_fail(&unit, "id", "there is another one with this id");
		(void)json_object_set_new(ids, id, json_true());
	}
	return ids;
}

static void drop_others(
	struct control *control, json_t *map, json_t *ids, drop_fn *drop, rs_time now)
{
	const char *id = NULL;
	json_t *document = NULL;
	void *next = NULL;
	json_object_foreach_safe(map, next, id, document)
	{
		if (json_object_get(ids, id) == NULL)
			drop(control, id, now);
	}
}

static void apply_all(struct control *control, const struct object *state, const char *key,
	apply_fn *apply, rs_time now)
{
	const size_t n = object_array(state, key, UNITS_MAX);
	for (size_t i = 0; i < n; i++) {
		const struct object unit = object_at(state, key, i);
		apply(control, &unit, now);
	}
}

static void on_state(struct control *control, const struct object *message, rs_time now)
{
	json_t *meetings = ids_of(control, message, "meetings", control_parse_meeting);
	json_t *peers = ids_of(control, message, "peers", control_parse_peer);
	if (!message->error->failed) {
		drop_others(control, control->peers, peers, peer_drop, now);
		drop_others(control, control->meetings, meetings, meeting_drop, now);
		apply_all(control, message, "meetings", meeting_apply, now);
		apply_all(control, message, "peers", peer_apply, now);
	}
	json_decref(meetings);
	json_decref(peers);
}

static void on_meeting(struct control *control, const struct object *message, rs_time now)
{
	const struct object unit = object_child(message, "meeting");
	control_parse_meeting(&unit, control->scratch);
	if (!message->error->failed)
		meeting_apply(control, &unit, now);
}

static void on_peer(struct control *control, const struct object *message, rs_time now)
{
	const struct object unit = object_child(message, "peer");
	control_parse_peer(&unit, control->scratch);
	if (!message->error->failed)
		peer_apply(control, &unit, now);
}

static void on_meeting_gone(struct control *control, const struct object *message, rs_time now)
{
	const char *id = object_name(message, "meeting");
	if (!message->error->failed)
		meeting_drop(control, id, now);
}

static void on_peer_gone(struct control *control, const struct object *message, rs_time now)
{
	const char *id = object_name(message, "peer");
	if (!message->error->failed)
		peer_drop(control, id, now);
}

static const struct {
	const char *type;
	apply_fn *handle;
} handlers[] = {
	{ "state", on_state },
	{ "meeting", on_meeting },
	{ "meeting-gone", on_meeting_gone },
	{ "peer", on_peer },
	{ "peer-gone", on_peer_gone },
};

static void handle(struct control *control, const struct object *message, rs_time now)
{
	const char *type = object_text(message, "type");
	if (message->error->failed)
		return;
	for (size_t i = 0; i < RS_ARRAY_LEN(handlers); i++) {
		if (strcmp(handlers[i].type, type) != 0)
			continue;
		const int64_t revision = object_int(message, "revision", 1, INT64_MAX);
		if (control->greeted && revision <= control->revision)
			object_fail(message, "revision", "a number above the last is expected");
		if (!message->error->failed)
			handlers[i].handle(control, message, now);
		if (!message->error->failed) {
			control->revision = revision;
			control->revision_new = true;
			control->greeted = true;
		}
		return;
	}
	control->counters.unknown_messages++;
}

int control_recv(struct control *control, const char *json, size_t len, rs_time now,
	char error[CONTROL_ERROR_LEN])
{
	control->counters.messages++;
	json_error_t fault;
	json_t *root = json_loadb(json, len, JSON_REJECT_DUPLICATES, &fault);
	if (root == NULL) {
		(void)snprintf(error, CONTROL_ERROR_LEN, "no JSON: %.150s at octet %d", fault.text,
			fault.position);
		control->counters.bad_messages++;
		return json_error_code(&fault) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	}
	struct object_error judged;
	const struct object message = object_root(root, "message", &judged);
	if (!judged.failed)
		handle(control, &message, now);
	json_decref(root);
	if (!judged.failed)
		return 0;
	(void)snprintf(error, CONTROL_ERROR_LEN, "%s", judged.text);
	control->counters.bad_messages++;
	return -EBADMSG;
}

int control_applied(struct control *control)
{
	if (!control->revision_new || !control->open)
		return 0;
	if (control->port->done != NULL && !control->port->done(control->ctx))
		return 0;
	control->revision_new = false;
	return control_write(&control->out, json_pack("{s:s, s:I}", "type", "applied", "revision",
						    (json_int_t)control->revision));
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
	json_t *message = peer_json(peer, names[state], reason);
	(void)json_object_set(control->peers_told, peer, message);
	report(control, message);
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
	report(control, message);
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
	report(control, message);
}

void control_report_speaking(
	struct control *control, const char *meeting, const char *source, bool speaking)
{
	report(control, json_pack("{s:s, s:s, s:s, s:b}", "type", "speaking", "meeting", meeting,
				"source", source, "speaking", speaking));
}

void control_report_gate(struct control *control, const char *meeting, uint64_t event,
	const char *source, int64_t opened_wall_us, int64_t first_wall_us)
{
	report(control, json_pack("{s:s, s:s, s:I, s:s, s:I, s:I}", "type", "gate", "meeting",
				meeting, "event", (json_int_t)event, "source", source, "opened_us",
				(json_int_t)opened_wall_us, "first_us", (json_int_t)first_wall_us));
}

bool control_is_open(const struct control *control)
{
	return control->open;
}

void control_report_stats(struct control *control, struct control_stats *takes_stats)
{
	report(control, control_stats_take(takes_stats));
}

void control_report_levels(struct control *control, struct control_levels *takes_levels)
{
	json_t *messages = control_levels_take(takes_levels);
	const char *meeting = NULL;
	json_t *message = NULL;
	json_object_foreach(messages, meeting, message)
	{
		report(control, json_incref(message));
	}
	json_decref(messages);
}

const struct control_counters *control_counters(const struct control *control)
{
	return &control->counters;
}
