#include "signaling/service/answer/replies.h"

#include "common/base/map.h"
#include "common/base/text.h"
#include "signaling/broadcast/message.h"

#include <errno.h>

#define KEY_MAX (2 * RS_NAME_MAX + 1)

struct reply {
	char key[KEY_MAX];
	size_t key_len;
	struct message *message;
};

/* A ring of the last replies and an index into it. */
struct replies {
	struct rs_map *by_key;
	size_t max;
	size_t next;
	struct reply ring[];
};

int replies_new(size_t max, struct rs_rand *rand, struct replies **out_replies)
{
	struct replies *replies = rs_zalloc(sizeof(*replies) + max * sizeof(replies->ring[0]));
	if (replies == NULL)
		return -ENOMEM;
	replies->max = max;
	const int err = rs_map_new(max, KEY_MAX, rand, &replies->by_key);
	if (err < 0) {
		replies_free(replies);
		return err;
	}
	*out_replies = replies;
	return 0;
}

struct replies *replies_free(struct replies *replies)
{
	if (replies == NULL)
		return NULL;
	for (size_t i = 0; i < replies->max; i++)
		message_unref(replies->ring[i].message);
	rs_map_free(replies->by_key);
	return rs_release(replies);
}

/* "badge NUL id": neither holds a NUL. */
static size_t make_key(char key[KEY_MAX], const char *badge, const char *id)
{
	const size_t badge_len = strnlen(badge, RS_NAME_MAX);
	const size_t id_len = strnlen(id, RS_NAME_MAX);
	memcpy(key, badge, badge_len);
	key[badge_len] = '\0';
	memcpy(key + badge_len + 1, id, id_len);
	return badge_len + 1 + id_len;
}

struct message *replies_find(const struct replies *replies, const char *badge, const char *id)
{
	char key[KEY_MAX];
	const size_t len = make_key(key, badge, id);
	const struct reply *reply = rs_map_find(replies->by_key, key, len);
	return reply != NULL ? reply->message : NULL;
}

void replies_add(
	struct replies *replies, const char *badge, const char *id, struct message *message)
{
	struct reply *reply = &replies->ring[replies->next];
	if (replies_find(replies, badge, id) != NULL)
		return;
	if (reply->message != NULL) {
		(void)rs_map_remove(replies->by_key, reply->key, reply->key_len);
		message_unref(reply->message);
	}
	reply->key_len = make_key(reply->key, badge, id);
	reply->message = message_ref(message);
	replies->next = (replies->next + 1) % replies->max;
	if (rs_map_add(replies->by_key, reply->key, reply->key_len, reply) < 0)
		reply->message = message_unref(reply->message);
}
