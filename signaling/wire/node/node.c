#include "signaling/wire/node/node.h"

#include "common/control/object.h"
#include "signaling/wire/json/doc.h"
#include "signaling/wire/node/disk.h"
#include "signaling/wire/node/late.h"

#include <errno.h>

#define PEERS_MAX 65536
#define SOURCES_MAX 65536
#define RECORDINGS_MAX 4096

typedef void parse_fn(const struct object *object, struct node_message *message);

/* Index of a word in a list; fails when it is none of them. */
static size_t word_of(
	const struct object *object, const char *key, const char *const *words, size_t n)
{
	const char *text = object_text(object, key);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
	}
	object_fail(object, key, "not one of the words of the protocol");
	return 0;
}

static void parse_hello_sfu(const struct object *object, struct node_message *message)
{
	message->fingerprint = object_text(object, "fingerprint");
	message->tap = object_text_or(object, "tap", "");
	message->n_workers = object_array(object, "workers", NODE_WORKERS_MAX);
	if (message->n_workers == 0)
		object_fail(object, "workers", "one worker at least is expected");
	if (strlen(message->tap) > NODE_PATH_MAX)
		object_fail(object, "tap", "the path is too long");
	if (strlen(message->fingerprint) > PEER_FINGERPRINT_MAX)
		object_fail(object, "fingerprint", "the text is too long");
	if (!object_has(object, "state"))
		return;
	const struct object state = object_child(object, "state");
	message->n_peers = object_array(&state, "peers", PEERS_MAX);
}

static void parse_hello(const struct object *object, struct node_message *message)
{
	static const char *const kinds[] = { "sfu", "recorder" };

	if (strcmp(object_text(object, "protocol"), "rostrum.control.1") != 0)
		object_fail(object, "protocol", "rostrum.control.1 is expected");
	message->node_kind = (enum node_kind)word_of(object, "kind", kinds, RS_ARRAY_LEN(kinds));
	message->node = object_name(object, "node");
	message->instance = object_name(object, "instance");
	message->revision = object_int(object, "revision", 0, DOC_INT_MAX);
	if (message->node_kind == NODE_SFU) {
		parse_hello_sfu(object, message);
	} else {
		message->n_recordings = object_array(object, "recordings", RECORDINGS_MAX);
	}
}

static void parse_applied(const struct object *object, struct node_message *message)
{
	message->revision = object_int(object, "revision", 0, DOC_INT_MAX);
}

static void parse_peer(const struct object *object, struct node_message *message)
{
	static const char *const states[] = { "connecting", "connected", "disconnected", "failed" };
	message->peer = object_name(object, "peer");
	message->state =
		(enum node_peer_state)word_of(object, "state", states, RS_ARRAY_LEN(states));
	message->reason = object_text_or(object, "reason", "");
}

static void parse_layers(const struct object *object, struct node_message *message)
{
	message->peer = object_name(object, "peer");
	message->mid = object_text(object, "mid");
	message->of = (size_t)object_int(object, "of", 1, PEER_RIDS_MAX);
	message->wanted = (size_t)object_int(object, "wanted", 1, PEER_RIDS_MAX);
}

static void parse_source(const struct object *object, struct node_message *message)
{
	message->meeting = object_name(object, "meeting");
	message->source = object_name(object, "source");
	message->media = object_text(object, "media");
	message->flowing = object_bool(object, "flowing");
}

static void parse_gate(const struct object *object, struct node_message *message)
{
	message->meeting = object_name(object, "meeting");
	message->event = (uint64_t)object_int(object, "event", 0, DOC_INT_MAX);
	message->source = object_name(object, "source");
	message->opened_us = object_int(object, "opened_us", 0, DOC_INT_MAX);
	message->first_us = object_int(object, "first_us", 0, DOC_INT_MAX);
}

static void parse_speaking(const struct object *object, struct node_message *message)
{
	message->meeting = object_name(object, "meeting");
	message->source = object_name(object, "source");
	message->speaking = object_bool(object, "speaking");
}

/* One list each of names, levels and peaks, of the same length. */
static void parse_levels(const struct object *object, struct node_message *message)
{
	message->meeting = object_name(object, "meeting");
	message->n_sources = object_array(object, "sources", SOURCES_MAX);
	if (object_array(object, "levels", SOURCES_MAX) != message->n_sources ||
		object_array(object, "peaks", SOURCES_MAX) != message->n_sources)
		object_fail(object, "sources", "as many levels and peaks are expected");
	for (size_t i = 0; i < message->n_sources && !object->error->failed; i++) {
		(void)object_text_at(object, "sources", i);
		(void)object_int_at(object, "levels", i, -127, 0);
		(void)object_int_at(object, "peaks", i, -127, 0);
	}
}

static void parse_stats(const struct object *object, struct node_message *message)
{
	message->n_peers = object_array(object, "peers", PEERS_MAX);
	message->n_sources = object_array(object, "sources", SOURCES_MAX);
	if (object_has(object, "watched"))
		message->n_watched = object_array(object, "watched", PEERS_MAX);
}

static void parse_recording(const struct object *object, struct node_message *message)
{
	static const char *const states[] = { "recording", "stopped", "failed" };
	message->meeting = object_name(object, "meeting");
	message->recording =
		(enum node_recording_state)word_of(object, "state", states, RS_ARRAY_LEN(states));
	message->reason = object_text_or(object, "reason", "");
	if (!object_has(object, "account"))
		return;
	const struct object account = object_child(object, "account");
	message->account = (struct node_account){ .known = true,
		.missing = object_int(&account, "missing", 0, DOC_INT_MAX),
		.breaks = object_int(&account, "breaks", 0, DOC_INT_MAX) };
}

static void parse_archived(const struct object *object, struct node_message *message)
{
	message->meeting = object_name(object, "meeting");
	message->event = (uint64_t)object_int(object, "last_event", 0, DOC_INT_MAX);
	message->sealed = object_bool_or(object, "sealed", false);
}

static void parse_disk(const struct object *object, struct node_message *message)
{
	(void)message; /* read by disk_write() */
	disk_judge(object);
}

static void parse_late(const struct object *object, struct node_message *message)
{
	message->meeting = object_name(object, "meeting");
	late_judge(object); /* read by late_answer_read() */
}

static void parse_other(const struct object *object, struct node_message *message)
{
	(void)object; /* unknown types have no members we know */
	(void)message;
}

static const struct {
	const char *type;
	parse_fn *parse;
} messages[] = {
	[NODE_HELLO] = { "hello", parse_hello },
	[NODE_APPLIED] = { "applied", parse_applied },
	[NODE_PEER] = { "peer", parse_peer },
	[NODE_LAYERS] = { "layers", parse_layers },
	[NODE_SOURCE] = { "source", parse_source },
	[NODE_GATE] = { "gate", parse_gate },
	[NODE_SPEAKING] = { "speaking", parse_speaking },
	[NODE_LEVELS] = { "levels", parse_levels },
	[NODE_STATS] = { "stats", parse_stats },
	[NODE_RECORDING] = { "recording", parse_recording },
	[NODE_ARCHIVED] = { "archived", parse_archived },
	[NODE_DISK] = { "disk", parse_disk },
	[NODE_LATE] = { "late", parse_late },
	[NODE_OTHER] = { "", parse_other },
};

static int fail(const struct object_error *failure, char error[WIRE_ERROR_LEN])
{
	(void)rs_copy_text(error, WIRE_ERROR_LEN, failure->text, strlen(failure->text));
	return -EBADMSG;
}

int node_message_parse(
	const char *text, size_t len, struct node_message *out_message, char error[WIRE_ERROR_LEN])
{
	*out_message = (struct node_message){ .kind = NODE_HELLO };
	json_t *root = doc_read(text, len);
	out_message->json = root;

	struct object_error failure;
	const struct object object = object_root(root, "message", &failure);
	const char *type = object_text(&object, "type");
	while (out_message->kind != NODE_OTHER &&
		strcmp(type, messages[out_message->kind].type) != 0)
		out_message->kind++;
	if (!failure.failed)
		messages[out_message->kind].parse(&object, out_message);
	return failure.failed ? fail(&failure, error) : 0;
}

void node_message_done(struct node_message *message)
{
	json_decref(message->json);
	message->json = NULL;
}

/* The texts of a list that may be absent; returns how many. */
static size_t read_addresses(
	const struct object *worker, const char *key, char out[][PEER_ADDRESS_MAX + 1])
{
	const size_t n = object_array(worker, key, PEER_ADDRESSES_MAX);
	for (size_t i = 0; i < n; i++) {
		const char *address = object_text_at(worker, key, i);
		if (!rs_set_text(out[i], address))
			object_fail(worker, key, "an address is too long");
	}
	return n;
}

int node_hello_worker(const struct node_message *message, size_t i, struct peer_node *node,
	char error[WIRE_ERROR_LEN])
{
	struct object_error failure;
	const struct object root = object_root(message->json, "hello", &failure);
	const struct object worker = object_at(&root, "workers", i);
	node->n_addresses = read_addresses(&worker, "addresses", node->addresses);
	node->n_tcp = object_has(&worker, "tcp") ? read_addresses(&worker, "tcp", node->tcp) : 0;
	(void)rs_set_text(node->fingerprint, message->fingerprint); /* its length was checked */
	return failure.failed ? fail(&failure, error) : 0;
}

const char *node_hello_recording(
	const struct node_message *message, size_t i, uint64_t *out_last_event)
{
	struct object_error failure;
	const struct object root = object_root(message->json, "hello", &failure);
	const struct object recording = object_at(&root, "recordings", i);
	*out_last_event = (uint64_t)object_int(&recording, "last_event", 0, DOC_INT_MAX);
	return object_text(&recording, "meeting");
}

void node_stats_peer(
	const struct node_message *message, size_t i, struct node_peer_stats *out_stats)
{
	struct object_error failure;
	const struct object root = object_root(message->json, "stats", &failure);
	const struct object peer = object_at(&root, "peers", i);
	*out_stats = (struct node_peer_stats){
		.peer = object_text(&peer, "peer"),
		.rx_packets = object_int_or(&peer, "rx_packets", 0, DOC_INT_MAX, 0),
		.rx_lost = object_int_or(&peer, "rx_lost", -DOC_INT_MAX, DOC_INT_MAX, 0),
		.rtt_ms = object_int_or(&peer, "rtt_ms", -1, INT32_MAX, -1),
		.rx_octets = object_int_or(&peer, "rx_octets", 0, DOC_INT_MAX, 0),
		.tx_octets = object_int_or(&peer, "tx_octets", 0, DOC_INT_MAX, 0),
		.idle_ms = object_int_or(&peer, "idle_ms", 0, DOC_INT_MAX, -1),
	};
	if (!object_has(&peer, "line"))
		return;
	const struct object line = object_child(&peer, "line");
	out_stats->estimate_bps = object_int_or(&line, "estimate_bps", 0, DOC_INT_MAX, 0);
	out_stats->queue_ms = object_int_or(&line, "queue_ms", 0, INT32_MAX, 0);
	out_stats->own_loss_permille = object_int_or(&line, "own_loss_permille", 0, 1000, 0);
}

const char *node_stats_watched(const struct node_message *message, size_t i)
{
	struct object_error failure;
	const struct object root = object_root(message->json, "stats", &failure);
	const struct object peer = object_at(&root, "watched", i);
	return object_text(&peer, "peer");
}

void node_stats_source(
	const struct node_message *message, size_t i, struct node_source_stats *out_stats)
{
	struct object_error failure;
	const struct object root = object_root(message->json, "stats", &failure);
	const struct object source = object_at(&root, "sources", i);
	*out_stats = (struct node_source_stats){
		.meeting = object_text(&source, "meeting"),
		.source = object_text(&source, "source"),
		.media = object_text(&source, "media"),
		.packets = object_int_or(&source, "packets", 0, DOC_INT_MAX, 0),
		.level_dbov = object_int_or(&source, "level_dbov", -127, 0, -127),
		.speaking = object_bool_or(&source, "speaking", false),
		.audio_khz = object_int_or(&source, "audio_khz", 0, 24, 0),
		.fit = object_text_or(&source, "fit", "unknown"),
		.clipping_permille = object_int_or(&source, "clipping_permille", 0, 1000, 0),
		.loss_permille = object_int_or(&source, "loss_permille", 0, 1000, 0),
		.jitter_ms = object_int_or(&source, "jitter_ms", 0, INT32_MAX, 0),
	};
}

struct node_level node_level(const struct node_message *message, size_t i)
{
	struct object_error failure;
	const struct object root = object_root(message->json, "levels", &failure);
	return (struct node_level){
		.source = object_text_at(&root, "sources", i),
		.level = (int)object_int_at(&root, "levels", i, -127, 0),
		.peak = (int)object_int_at(&root, "peaks", i, -127, 0),
	};
}
