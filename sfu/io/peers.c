#include "sfu/io/peers.h"

#include <errno.h>
#include <string.h>

/* Two user names during an ICE restart. */
#define UFRAGS 2

struct peers {
	struct rs_map *ids;
	struct rs_map *ufrags;
	struct rs_map *paths;
	struct peer **by_index;
	struct peer_out *outs; /* by index */
	size_t most;
};

/* Octets of a path that take part in comparison. */
struct path_key {
	uint8_t octets[sizeof(uint32_t) + sizeof(struct rs_addr)];
};

static struct path_key key_of(const struct ice_path *path)
{
	struct path_key key;
	memcpy(key.octets, &path->local, sizeof(path->local));
	memcpy(key.octets + sizeof(path->local), &path->remote, sizeof(path->remote));
	return key;
}

int peers_new(size_t most, struct rs_rand *rand, struct peers **out_peers)
{
	if (most == 0 || most > UINT16_MAX)
		return -EINVAL;
	struct peers *peers = rs_zalloc(sizeof(*peers));
	if (peers == NULL)
		return -ENOMEM;
	peers->most = most;
	peers->by_index = rs_calloc(most, sizeof(struct peer *));
	peers->outs = rs_calloc(most, sizeof(*peers->outs));
	int err = peers->by_index != NULL && peers->outs != NULL ? 0 : -ENOMEM;
	if (err == 0)
		err = rs_map_new(most, ROUTER_NAME_MAX, rand, &peers->ids);
	if (err == 0)
		err = rs_map_new(UFRAGS * most, ICE_UFRAG_MAX, rand, &peers->ufrags);
	if (err == 0)
		err = rs_map_new(
			ICE_PATHS_MAX * most, sizeof(struct path_key), rand, &peers->paths);
	if (err < 0) {
		peers_free(peers);
		return err;
	}
	*out_peers = peers;
	return 0;
}

struct peer *peer_free(struct peer *peer)
{
	transport_free(peer->transport);
	rs_wipe(peer, sizeof(*peer)); /* it holds passwords */
	return rs_release(peer);
}

struct peers *peers_free(struct peers *peers)
{
	if (peers != NULL) {
		for (size_t i = 0; peers->by_index != NULL && i < peers->most; i++) {
			if (peers->by_index[i] != NULL)
				peer_free(peers->by_index[i]);
		}
		rs_release(peers->by_index);
		rs_release(peers->outs);
		rs_map_free(peers->ids);
		rs_map_free(peers->ufrags);
		rs_map_free(peers->paths);
	}
	return rs_release(peers);
}

/* ---- user names ---- */

static bool listed(const char *ufrag, const char *const *list)
{
	for (size_t i = 0; i < UFRAGS; i++) {
		if (list[i] != NULL && strcmp(ufrag, list[i]) == 0)
			return true;
	}
	return false;
}

static void ufrag_forget(struct peers *peers, struct peer *peer, size_t i)
{
	if (peer->ufrags[i][0] != '\0')
		(void)rs_map_remove(peers->ufrags, peer->ufrags[i], strlen(peer->ufrags[i]));
	peer->ufrags[i][0] = '\0';
}

static int ufrag_remember(struct peers *peers, struct peer *peer, const char *ufrag)
{
	const int err = rs_map_add(peers->ufrags, ufrag, strlen(ufrag), peer);
	if (err < 0)
		return err;
	char *place = peer->ufrags[peer->ufrags[0][0] == '\0' ? 0 : 1];
	memcpy(place, ufrag, strlen(ufrag) + 1); /* ICE keeps to ICE_UFRAG_MAX */
	return 0;
}

int peers_update_ufrags(struct peers *peers, struct peer *peer)
{
	const char *const wanted[UFRAGS] = { transport_ufrag(peer->transport),
		transport_old_ufrag(peer->transport) };
	for (size_t i = 0; i < UFRAGS; i++) {
		if (!listed(peer->ufrags[i], wanted))
			ufrag_forget(peers, peer, i);
	}
	const char *const known[UFRAGS] = { peer->ufrags[0], peer->ufrags[1] };
	for (size_t i = 0; i < UFRAGS; i++) {
		if (wanted[i] == NULL || listed(wanted[i], known))
			continue;
		const int err = ufrag_remember(peers, peer, wanted[i]);
		if (err < 0)
			return err;
	}
	return 0;
}

/* ---- membership ---- */

int peers_add(struct peers *peers, struct peer *peer)
{
	const size_t index = ROUTER_PEER_INDEX(peer->handle);
	if (index >= peers->most)
		return -E2BIG;
	if (peers->by_index[index] != NULL)
		return -EEXIST;
	int err = rs_map_add(peers->ids, peer->id, strlen(peer->id), peer);
	if (err < 0)
		return err;
	err = peers_update_ufrags(peers, peer);
	if (err < 0) {
		(void)rs_map_remove(peers->ids, peer->id, strlen(peer->id));
		return err;
	}
	peers->by_index[index] = peer;
	peers_update_out(peers, peer);
	return 0;
}

void peers_remove(struct peers *peers, struct peer *peer)
{
	for (size_t i = 0; i < UFRAGS; i++)
		ufrag_forget(peers, peer, i);
	while (peer->n_paths > 0)
		peers_path_removed(peers, peer, &peer->paths[peer->n_paths - 1]);
	(void)rs_map_remove(peers->ids, peer->id, strlen(peer->id));
	peers->by_index[ROUTER_PEER_INDEX(peer->handle)] = NULL;
	peers->outs[ROUTER_PEER_INDEX(peer->handle)] = (struct peer_out){ 0 };
	peer_free(peer);
}

struct peer *peers_by_id(const struct peers *peers, const char *id)
{
	return rs_map_find(peers->ids, id, strlen(id));
}

const struct peer_out *peers_out(const struct peers *peers, uint32_t handle)
{
	const size_t index = ROUTER_PEER_INDEX(handle);
	const struct peer_out *out = index < peers->most ? &peers->outs[index] : NULL;
	return out != NULL && out->peer != NULL && out->handle == handle ? out : NULL;
}

void peers_update_out(struct peers *peers, struct peer *peer)
{
	const struct ice_path *path = transport_selected(peer->transport);
	const bool open = path != NULL && transport_is_open(peer->transport);
	peers->outs[ROUTER_PEER_INDEX(peer->handle)] = (struct peer_out){
		.handle = peer->handle,
		.open = open,
		.path = open ? *path : (struct ice_path){ 0 },
		.transport = peer->transport,
		.peer = peer,
	};
}

struct peer *peers_by_ufrag(const struct peers *peers, const char *ufrag, size_t len)
{
	return rs_map_find(peers->ufrags, ufrag, len);
}

struct peer *peers_by_path(const struct peers *peers, const struct ice_path *path)
{
	const struct path_key key = key_of(path);
	return rs_map_find(peers->paths, key.octets, sizeof(key.octets));
}

/* ---- paths ---- */

static void path_unlist(struct peer *peer, const struct ice_path *path)
{
	for (size_t i = 0; i < peer->n_paths; i++) {
		if (ice_path_equal(&peer->paths[i], path)) {
			peer->paths[i] = peer->paths[--peer->n_paths];
			return;
		}
	}
}

void peers_path_removed(struct peers *peers, struct peer *peer, const struct ice_path *path)
{
	const struct path_key key = key_of(path);
	if (rs_map_find(peers->paths, key.octets, sizeof(key.octets)) == peer)
		(void)rs_map_remove(peers->paths, key.octets, sizeof(key.octets));
	path_unlist(peer, path);
}

void peers_path_added(struct peers *peers, struct peer *peer, const struct ice_path *path)
{
	const struct path_key key = key_of(path);
	struct peer *other = rs_map_remove(peers->paths, key.octets, sizeof(key.octets));
	if (other != NULL)
		path_unlist(other, path);
	/* The map holds as many as all peers may list; ICE never has more at once. */
	if (peer->n_paths < ICE_PATHS_MAX &&
		rs_map_add(peers->paths, key.octets, sizeof(key.octets), peer) == 0)
		peer->paths[peer->n_paths++] = *path;
}

struct peer *peers_next(const struct peers *peers, size_t *cursor)
{
	while (*cursor < peers->most) {
		struct peer *peer = peers->by_index[(*cursor)++];
		if (peer != NULL)
			return peer;
	}
	return NULL;
}
