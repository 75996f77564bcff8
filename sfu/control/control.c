#include "sfu/control/control.h"

#include "common/control/frame.h"
#include "common/log/log.h"
#include "sfu/control/control_priv.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PROTOCOL "rostrum.control.1"

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
	if (err == 0 && control->port->opened != NULL)
		control->port->opened(control->ctx);
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
		drop_others(control, control->peers, peers, desired_peer_drop, now);
		drop_others(control, control->meetings, meetings, desired_meeting_drop, now);
		apply_all(control, message, "meetings", desired_meeting_apply, now);
		apply_all(control, message, "peers", desired_peer_apply, now);
	}
	json_decref(meetings);
	json_decref(peers);
}

static void on_meeting(struct control *control, const struct object *message, rs_time now)
{
	const struct object unit = object_child(message, "meeting");
	control_parse_meeting(&unit, control->scratch);
	if (!message->error->failed)
		desired_meeting_apply(control, &unit, now);
}

static void on_peer(struct control *control, const struct object *message, rs_time now)
{
	const struct object unit = object_child(message, "peer");
	control_parse_peer(&unit, control->scratch);
	if (!message->error->failed)
		desired_peer_apply(control, &unit, now);
}

static void on_meeting_gone(struct control *control, const struct object *message, rs_time now)
{
	const char *id = object_name(message, "meeting");
	if (!message->error->failed)
		desired_meeting_drop(control, id, now);
}

static void on_peer_gone(struct control *control, const struct object *message, rs_time now)
{
	const char *id = object_name(message, "peer");
	if (!message->error->failed)
		desired_peer_drop(control, id, now);
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

bool control_is_open(const struct control *control)
{
	return control->open;
}

bool control_is_ready(const struct control *control)
{
	return control->port->ready == NULL || control->port->ready(control->ctx);
}

const struct control_counters *control_counters(const struct control *control)
{
	return &control->counters;
}
