/* A peer as JSON, both ways: section 3.2 of common/control/PROTOCOL.md. */
#include "common/control/object.h"
#include "signaling/wire/json/doc.h"
#include "signaling/wire/node/node.h"
#include "signaling/wire/node/node_priv.h"

#include <errno.h>

static const char *const media_words[] = { "microphone", "camera", "content" };
static const char *const kind_words[] = { "audio", "video" };
static const char *const mix_words[] = { "rank", "loudest", "others" };

static json_t *write_ext(const struct peer_ext *ext)
{
	const struct {
		const char *key;
		uint8_t id;
	} ids[] = {
		{ "mid", ext->mid },
		{ "rid", ext->rid },
		{ "repaired_rid", ext->repaired_rid },
		{ "level", ext->level },
		{ "twcc", ext->twcc },
		{ "abs_capture", ext->abs_capture },
	};
	json_t *json = json_object();
	for (size_t i = 0; i < RS_ARRAY_LEN(ids); i++) {
		if (ids[i].id != 0)
			doc_put(&json, ids[i].key, json_integer(ids[i].id));
	}
	return json;
}

static json_t *write_send(const struct peer_send *send)
{
	json_t *json = json_object();
	doc_put(&json, "mid", json_string(send->mid));
	doc_put(&json, "kind", json_string(kind_words[send->kind]));
	doc_put(&json, "source", json_string(send->source));
	doc_put(&json, "media", json_string(media_words[send->media]));
	doc_put(&json, "csrc", json_integer(send->csrc));
	doc_put(&json, "codec", json_string(send->codec));
	doc_put(&json, "pt", json_integer(send->pt));
	if (send->rtx_pt != 0)
		doc_put(&json, "rtx_pt", json_integer(send->rtx_pt));
	if (send->red_pt != 0)
		doc_put(&json, "red_pt", json_integer(send->red_pt));
	json_t *ssrcs = json_array();
	for (size_t i = 0; i < send->n_ssrcs; i++)
		doc_push(&ssrcs, json_integer(send->ssrcs[i]));
	doc_put(&json, "ssrcs", ssrcs);
	json_t *rids = json_array();
	for (size_t i = 0; i < send->n_rids; i++)
		doc_push(&rids, json_string(send->rids[i]));
	doc_put(&json, "rids", rids);
	doc_put(&json, "ext", write_ext(&send->ext));
	return json;
}

static json_t *write_payload(const struct peer_payload *payload)
{
	json_t *json = json_object();
	doc_put(&json, "codec", json_string(payload->codec));
	doc_put(&json, "pt", json_integer(payload->pt));
	if (payload->rtx_pt != 0)
		doc_put(&json, "rtx_pt", json_integer(payload->rtx_pt));
	return json;
}

static json_t *write_recv(const struct peer_recv *recv)
{
	json_t *json = json_object();
	doc_put(&json, "mid", json_string(recv->mid));
	doc_put(&json, "kind", json_string(kind_words[recv->kind]));
	doc_put(&json, "ssrc", json_integer(recv->ssrc));
	if (recv->rtx_ssrc != 0)
		doc_put(&json, "rtx_ssrc", json_integer(recv->rtx_ssrc));
	doc_put(&json, "codec", json_string(recv->codec));
	doc_put(&json, "pt", json_integer(recv->pt));
	if (recv->rtx_pt != 0)
		doc_put(&json, "rtx_pt", json_integer(recv->rtx_pt));
	if (recv->red_pt != 0)
		doc_put(&json, "red_pt", json_integer(recv->red_pt));
	json_t *also = json_array();
	for (size_t i = 0; i < recv->n_also; i++)
		doc_push(&also, write_payload(&recv->also[i]));
	if (recv->n_also > 0)
		doc_put(&json, "also", also);
	else
		json_decref(also);
	doc_put(&json, "nack", json_boolean(recv->nack));
	doc_put(&json, "ext", write_ext(&recv->ext));
	doc_put(&json, "feed", json_string(recv->feed));
	doc_put(&json, "rank", json_integer(recv->rank));
	doc_put(&json, "mix", json_string(mix_words[recv->mix]));
	if (recv->max_height != 0)
		doc_put(&json, "max_height", json_integer(recv->max_height));
	if (recv->priority != 0)
		doc_put(&json, "priority", json_integer(recv->priority));
	if (recv->paused)
		doc_put(&json, "paused", json_true());
	return json;
}

json_t *node_peer_json(const struct peer_spec *peer)
{
	json_t *json = json_object();
	doc_put(&json, "id", json_string(peer->id));
	doc_put(&json, "meeting", json_string(peer->meeting));
	doc_put(&json, "worker", json_integer(peer->worker));
	json_t *ice = json_object();
	doc_put(&ice, "ufrag", json_string(peer->ufrag));
	doc_put(&ice, "pwd", json_string(peer->pwd));
	doc_put(&ice, "remote_ufrag", json_string(peer->remote_ufrag));
	doc_put(&ice, "remote_pwd", json_string(peer->remote_pwd));
	doc_put(&json, "ice", ice);
	json_t *dtls = json_object();
	doc_put(&dtls, "setup", json_string("passive"));
	doc_put(&dtls, "fingerprint", json_string(peer->fingerprint));
	doc_put(&json, "dtls", dtls);
	json_t *send = json_array();
	for (size_t i = 0; i < peer->n_send; i++)
		doc_push(&send, write_send(&peer->send[i]));
	doc_put(&json, "send", send);
	json_t *recv = json_array();
	for (size_t i = 0; i < peer->n_recv; i++)
		doc_push(&recv, write_recv(&peer->recv[i]));
	doc_put(&json, "recv", recv);
	if (peer->watch)
		doc_put(&json, "watch", json_true());
	if (peer->webcast)
		doc_put(&json, "webcast", json_true());
	return json;
}

static size_t word_or(
	const struct object *object, const char *key, const char *const *words, size_t n)
{
	const char *text = object_text_or(object, key, words[0]);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(text, words[i]) == 0)
			return i;
	}
	object_fail(object, key, "not one of the words of the protocol");
	return 0;
}

static void copy_text(
	const struct object *object, const char *key, const char *text, char *out, size_t cap)
{
	if (!rs_copy_text(out, cap, text, strlen(text)))
		object_fail(object, key, "the text is too long");
}

#define READ_TEXT(object, key, array) \
	copy_text((object), (key), object_text((object), (key)), (array), sizeof(array))

static void read_ext(const struct object *section, struct peer_ext *ext)
{
	if (!object_has(section, "ext"))
		return;
	const struct object object = object_child(section, "ext");
	*ext = (struct peer_ext){
		.mid = (uint8_t)object_int_or(&object, "mid", 0, UINT8_MAX, 0),
		.rid = (uint8_t)object_int_or(&object, "rid", 0, UINT8_MAX, 0),
		.repaired_rid = (uint8_t)object_int_or(&object, "repaired_rid", 0, UINT8_MAX, 0),
		.level = (uint8_t)object_int_or(&object, "level", 0, UINT8_MAX, 0),
		.twcc = (uint8_t)object_int_or(&object, "twcc", 0, UINT8_MAX, 0),
		.abs_capture = (uint8_t)object_int_or(&object, "abs_capture", 0, UINT8_MAX, 0),
	};
}

static void read_send(const struct object *object, struct peer_send *send)
{
	READ_TEXT(object, "mid", send->mid);
	send->kind = (enum peer_kind)word_or(object, "kind", kind_words, RS_ARRAY_LEN(kind_words));
	send->media =
		(enum peer_media)word_or(object, "media", media_words, RS_ARRAY_LEN(media_words));
	READ_TEXT(object, "source", send->source);
	READ_TEXT(object, "codec", send->codec);
	send->csrc = (uint32_t)object_int(object, "csrc", 0, UINT32_MAX);
	send->pt = (uint8_t)object_int(object, "pt", 0, 127);
	send->rtx_pt = (uint8_t)object_int_or(object, "rtx_pt", 0, 127, 0);
	send->red_pt = (uint8_t)object_int_or(object, "red_pt", 0, 127, 0);
	send->n_ssrcs = object_array(object, "ssrcs", PEER_SSRCS_MAX);
	for (size_t i = 0; i < send->n_ssrcs; i++)
		send->ssrcs[i] = (uint32_t)object_int_at(object, "ssrcs", i, 0, UINT32_MAX);
	send->n_rids = object_array(object, "rids", PEER_RIDS_MAX);
	for (size_t i = 0; i < send->n_rids; i++) {
		copy_text(object, "rids", object_text_at(object, "rids", i), send->rids[i],
			sizeof(send->rids[i]));
	}
	read_ext(object, &send->ext);
}

static void read_recv(const struct object *object, struct peer_recv *recv)
{
	READ_TEXT(object, "mid", recv->mid);
	recv->kind = (enum peer_kind)word_or(object, "kind", kind_words, RS_ARRAY_LEN(kind_words));
	recv->ssrc = (uint32_t)object_int(object, "ssrc", 0, UINT32_MAX);
	recv->rtx_ssrc = (uint32_t)object_int_or(object, "rtx_ssrc", 0, UINT32_MAX, 0);
	READ_TEXT(object, "codec", recv->codec);
	recv->pt = (uint8_t)object_int(object, "pt", 0, 127);
	recv->rtx_pt = (uint8_t)object_int_or(object, "rtx_pt", 0, 127, 0);
	recv->red_pt = (uint8_t)object_int_or(object, "red_pt", 0, 127, 0);
	recv->nack = object_bool_or(object, "nack", false);
	copy_text(
		object, "feed", object_text_or(object, "feed", ""), recv->feed, sizeof(recv->feed));
	recv->rank = (uint32_t)object_int_or(object, "rank", 0, UINT16_MAX, 0);
	recv->mix = (enum peer_mix)word_or(object, "mix", mix_words, RS_ARRAY_LEN(mix_words));
	recv->max_height = (uint32_t)object_int_or(object, "max_height", 0, UINT16_MAX, 0);
	recv->priority = (uint32_t)object_int_or(object, "priority", 0, UINT8_MAX, 0);
	recv->paused = object_bool_or(object, "paused", false);
	recv->n_also = object_array(object, "also", PEER_ALSO_MAX);
	for (size_t i = 0; i < recv->n_also; i++) {
		const struct object at = object_at(object, "also", i);
		READ_TEXT(&at, "codec", recv->also[i].codec);
		recv->also[i].pt = (uint8_t)object_int(&at, "pt", 0, 127);
		recv->also[i].rtx_pt = (uint8_t)object_int_or(&at, "rtx_pt", 0, 127, 0);
	}
	read_ext(object, &recv->ext);
}

int node_hello_peer(const struct node_message *message, size_t i, struct peer_spec *out_peer,
	char error[WIRE_ERROR_LEN])
{
	struct object_error failure;
	const struct object root = object_root(message->json, "hello", &failure);
	const struct object state = object_child(&root, "state");
	const struct object object = object_at(&state, "peers", i);
	const struct object ice = object_child(&object, "ice");
	const struct object dtls = object_child(&object, "dtls");

	*out_peer = (struct peer_spec){
		.webcast = object_bool_or(&object, "webcast", false),
		.worker = (uint32_t)object_int_or(&object, "worker", 0, NODE_WORKERS_MAX - 1, 0),
		.n_send = object_array(&object, "send", PEER_SEND_MAX),
		.n_recv = object_array(&object, "recv", PEER_RECV_MAX),
	};
	(void)rs_set_text(out_peer->id, object_name(&object, "id"));
	(void)rs_set_text(out_peer->meeting, object_name(&object, "meeting"));
	READ_TEXT(&ice, "ufrag", out_peer->ufrag);
	READ_TEXT(&ice, "pwd", out_peer->pwd);
	READ_TEXT(&ice, "remote_ufrag", out_peer->remote_ufrag);
	READ_TEXT(&ice, "remote_pwd", out_peer->remote_pwd);
	READ_TEXT(&dtls, "fingerprint", out_peer->fingerprint);
	for (size_t s = 0; s < out_peer->n_send; s++) {
		const struct object section = object_at(&object, "send", s);
		read_send(&section, &out_peer->send[s]);
	}
	for (size_t s = 0; s < out_peer->n_recv; s++) {
		const struct object section = object_at(&object, "recv", s);
		read_recv(&section, &out_peer->recv[s]);
	}
	if (!failure.failed)
		return 0;
	(void)rs_copy_text(error, WIRE_ERROR_LEN, failure.text, strlen(failure.text));
	return -EBADMSG;
}
