#include "signaling/service/entry/nodes.h"

#include "common/log/log.h"
#include "signaling/service/media/following.h"
#include "signaling/service/media/layers.h"
#include "signaling/service/media/peer_state.h"
#include "signaling/service/people/presence.h"
#include "signaling/service/record/account.h"
#include "signaling/service/record/archive.h"
#include "signaling/service/record/disk.h"
#include "signaling/service/record/late.h"
#include "signaling/service/service.h"
#include "signaling/service/state/above.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/peer.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"
#include "signaling/service/technician/look.h"
#include "signaling/service/technician/measure.h"
#include "signaling/service/technician/meters.h"
#include "signaling/service/technician/technician.h"

#include <errno.h>
#include <stdio.h>

static struct node *node_find(const struct service *service, uint64_t id)
{
	return rs_map_find(service->nodes, &id, sizeof(id));
}

static struct node *node_free(struct node *node)
{
	rs_release(node->workers);
	figures_free(node->figures);
	return rs_release(node);
}

void node_free_all(struct service *service)
{
	size_t cursor = 0;
	struct node *node;
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL)
		node_free(node);
	rs_map_free(service->nodes);
}

int service_node_open(struct service *service, struct moment at, uint64_t *out_node)
{
	(void)at; /* a silent node costs nothing */
	struct node *node = rs_zalloc(sizeof(*node));
	if (node == NULL)
		return -ENOMEM;
	node->id = ++service->last_id;
	if (rs_map_add(service->nodes, &node->id, sizeof(node->id), node) < 0) {
		node_free(node);
		return -E2BIG;
	}
	*out_node = node->id;
	return 0;
}

static void pump_all(struct service *service, struct moment at)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL; chamber = chamber->next)
		chamber_pump(service, chamber, at);
}

static void sfu_gone(struct service *service, const struct node *node, struct moment at)
{
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (strcmp(chamber->proceedings->meeting->instance, node->instance) == 0)
			chamber->media_lost_at = at.now;
	}
}

void service_node_closed(struct service *service, uint64_t id, struct moment at)
{
	struct node *node = node_find(service, id);
	if (node == NULL)
		return;
	const bool was_recorder = node == node_recorder(service);
	(void)rs_map_remove(service->nodes, &node->id, sizeof(node->id));
	if (node->greeted)
		log_warning(LOG_CONTROL, node->name, "node is gone instance=%s", node->instance);
	if (node->greeted && node->kind == NODE_SFU) {
		sfu_gone(service, node, at);
		layers_node_gone(service, node);
	}
	if (was_recorder) {
		account_gone(service);
		archive_gone(service);
		disk_gone(service);
		late_gone(service);
	}
	node_free(node);
	technician_nodes(service, at);
	peer_answer_followed(service);
	pump_all(service, at);
}

/* --- media servers --- */

/* Everything a media server is to do; whatever else it has, it drops. */
static void tell_state(struct service *service, struct node *node)
{
	struct node_state *state = NULL;
	struct rs_buf out;
	rs_buf_init(&out, NODE_TEXT_MAX);
	int err = node_state_new(++node->revision, &state);
	for (struct chamber *chamber = service->chambers; err == 0 && chamber != NULL;
		chamber = chamber->next) {
		if (strcmp(chamber->proceedings->meeting->instance, node->instance) == 0)
			node_state_add_sfu_meeting(
				state, chamber->proceedings, survey_is_on(chamber));
	}
	size_t cursor = 0;
	struct peer *peer;
	while (err == 0 && (peer = rs_map_next(service->peers, &cursor)) != NULL) {
		if (strcmp(peer->instance, node->instance) != 0 || peer->use == PEER_ECHO)
			continue; /* a test of a line that broke is begun anew */
		peer->told = node->revision;
		node_state_add_peer(state, &peer->spec);
	}
	if (err == 0)
		err = node_state_write(state, &out);
	node_tell(service, node, err, &out);
	rs_buf_done(&out);
}

static int read_workers(
	struct node *node, const struct node_message *message, char error[SERVICE_ERROR_LEN])
{
	char why[WIRE_ERROR_LEN] = "";
	node->workers = rs_calloc(message->n_workers, sizeof(*node->workers));
	if (node->workers == NULL)
		return -ENOMEM;
	node->n_workers = message->n_workers;
	for (size_t i = 0; i < node->n_workers; i++) {
		if (node_hello_worker(message, i, &node->workers[i], why) < 0) {
			(void)rs_copy_text(error, SERVICE_ERROR_LEN, why, strlen(why));
			return -EBADMSG;
		}
	}
	return 0;
}

/* True the first time this instance says hello to this process. */
static bool first_seen(struct service *service, const char *instance)
{
	for (size_t i = 0; i < INSTANCES_SEEN; i++) {
		if (strcmp(service->seen[i], instance) == 0)
			return false;
	}
	(void)rs_set_text(service->seen[service->n_seen % INSTANCES_SEEN], instance);
	service->n_seen++;
	return true;
}

static int hello_sfu(struct service *service, struct node *node, const struct node_message *message,
	char error[SERVICE_ERROR_LEN])
{
	const int err = read_workers(node, message, error);
	if (err < 0)
		return err;
	(void)rs_set_text(node->tap, message->tap);
	node->greeted = true;
	if (first_seen(service, node->instance))
		peer_take_back(service, node, message);
	tell_state(service, node);
	return 0;
}

int service_drain(struct service *service, const char *name, bool drain, struct moment at)
{
	size_t cursor = 0;
	struct node *node;
	struct node *found = NULL;
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL) {
		if (node->greeted && node->kind == NODE_SFU && strcmp(node->name, name) == 0)
			found = node;
	}
	if (found == NULL)
		return -ENOENT;
	if (found->draining == drain)
		return -EALREADY;
	found->draining = drain;
	log_info(
		LOG_CONTROL, name, drain ? "media server is drained" : "media server serves again");
	for (struct chamber *chamber = service->chambers; chamber != NULL; chamber = chamber->next)
		chamber_pump(service, chamber, at);
	return 0;
}

/* --- what nodes say --- */

typedef int handle_fn(struct service *service, struct node *node,
	const struct node_message *message, struct moment at, char error[SERVICE_ERROR_LEN]);

static int on_hello(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	if (node->greeted) {
		(void)snprintf(error, SERVICE_ERROR_LEN, "hello was said twice");
		return -EPROTO;
	}
	node->kind = message->node_kind;
	node->revision = message->revision;
	(void)rs_set_text(node->name, message->node);
	(void)rs_set_text(node->instance, message->instance);
	if (node->kind == NODE_SFU) {
		const int err = hello_sfu(service, node, message, error);
		if (err < 0)
			return err;
	} else {
		node->greeted = true;
		archive_hello(service, node, message);
	}
	log_info(LOG_CONTROL, node->name, "node is here instance=%s", node->instance);
	pump_all(service, at);
	technician_nodes(service, at);
	return 0;
}

static int on_applied(struct service *service, struct node *node,
	const struct node_message *message, struct moment at, char error[SERVICE_ERROR_LEN])
{
	node->applied = message->revision;
	peer_answer_followed(service);
	return 0;
}

static int on_peer(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	peer_report(service, message, at);
	return 0;
}

static int on_layers(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	layers_report(service, node, message);
	return 0;
}

/* Flow is shown by measured levels. */
static int on_nothing(struct service *service, struct node *node,
	const struct node_message *message, struct moment at, char error[SERVICE_ERROR_LEN])
{
	return 0;
}

/* What a recorder finished, with its index, may be shown. */
static int on_archived(struct service *service, struct node *node,
	const struct node_message *message, struct moment at, char error[SERVICE_ERROR_LEN])
{
	if (message->sealed)
		out_push(service, SERVICE_ARCHIVED, 0, 0, NULL);
	return 0;
}

static int on_gate(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	struct gate_report *gate = &service->gates[service->n_gates++ % GATES_KEPT];
	*gate = (struct gate_report){
		.event = message->event,
		.opened_us = message->opened_us,
		.first_us = message->first_us,
	};
	(void)rs_set_text(gate->meeting, message->meeting);
	(void)rs_set_text(gate->source, message->source);
	return 0;
}

static int on_speaking(struct service *service, struct node *node,
	const struct node_message *message, struct moment at, char error[SERVICE_ERROR_LEN])
{
	measure_speaking(service, message, at);
	return 0;
}

static int on_levels(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	meters_take(service, message);
	return 0;
}

static int on_stats(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	struct figures *figures = NULL;
	if (figures_new(message, &figures) == 0) { /* else the last ones stay */
		figures_free(node->figures);
		node->figures = figures;
	}
	measure_stats(service, message, at);
	technician_second(service, node, at);
	look_stats(service, message);
	for (struct chamber *chamber = service->chambers; chamber != NULL;
		chamber = chamber->next) {
		if (presence_speaker_changed(chamber) || presence_desk_changed(chamber, at))
			chamber_pump(service, chamber, at);
	}
	return 0;
}

static int on_recording(struct service *service, struct node *node,
	const struct node_message *message, struct moment at, char error[SERVICE_ERROR_LEN])
{
	struct chamber *chamber = chamber_find(service, message->meeting);
	if (chamber == NULL || node != node_recorder(service))
		return 0;
	struct archive *archive = &chamber->archive;
	/* Of a session that ended, nobody needs to know. */
	if (strcmp(archive->session, chamber->proceedings->meeting->session) != 0)
		return 0;
	archive->reported = true;
	archive->report = message->recording;
	(void)rs_set_text(archive->reason, message->reason); /* cut between characters later */
	account_take(service, chamber, &message->account);
	if (message->recording == NODE_RECORDING_FAILED) {
		log_error(LOG_ARCHIVE, message->meeting, "recording failed reason=%s",
			message->reason);
	}
	chamber_pump(service, chamber, at);
	return 0;
}

static int on_disk(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	if (node == node_recorder(service))
		disk_take(service, message);
	return 0;
}

static int on_late(struct service *service, struct node *node, const struct node_message *message,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	if (node == node_recorder(service))
		late_take(service, message, at);
	return 0;
}

static handle_fn *const handlers[] = {
	[NODE_HELLO] = on_hello,
	[NODE_APPLIED] = on_applied,
	[NODE_PEER] = on_peer,
	[NODE_LAYERS] = on_layers,
	[NODE_SOURCE] = on_nothing,
	[NODE_GATE] = on_gate,
	[NODE_SPEAKING] = on_speaking,
	[NODE_LEVELS] = on_levels,
	[NODE_STATS] = on_stats,
	[NODE_RECORDING] = on_recording,
	[NODE_ARCHIVED] = on_archived,
	[NODE_DISK] = on_disk,
	[NODE_LATE] = on_late,
	[NODE_OTHER] = on_nothing,
};

static int handle_message(struct service *service, struct node *node,
	const struct node_message *message, struct moment at, char error[SERVICE_ERROR_LEN])
{
	if (!node->greeted && message->kind != NODE_HELLO) {
		(void)snprintf(error, SERVICE_ERROR_LEN, "the first message must be hello");
		return -EPROTO;
	}
	return handlers[message->kind](service, node, message, at, error);
}

int service_node_recv(struct service *service, uint64_t id, const char *text, size_t len,
	struct moment at, char error[SERVICE_ERROR_LEN])
{
	struct node *node = node_find(service, id);
	if (node == NULL)
		return 0;
	struct node_message message;
	char why[WIRE_ERROR_LEN] = "";
	int err = node_message_parse(text, len, &message, why);
	if (err < 0) {
		(void)rs_copy_text(error, SERVICE_ERROR_LEN, why, strlen(why));
	} else {
		err = handle_message(service, node, &message, at, error);
	}
	node_message_done(&message);
	return err;
}
