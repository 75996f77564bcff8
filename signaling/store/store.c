#include "signaling/store/store.h"

#include <errno.h>

struct store *store_free(struct store *store)
{
	return store != NULL ? store->ops->free(store) : NULL;
}

int store_load(struct store *store, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	return store->ops->load(store, loader, error);
}

int store_claim(struct store *store, const char *meeting, uint64_t *out_epoch)
{
	return store->ops->claim(store, meeting, out_epoch);
}

int store_append(struct store *store, const struct store_append *append)
{
	if (append->n_events == 0)
		return -EINVAL;
	if (append->n_events > STORE_BATCH_MAX)
		return -E2BIG;
	for (size_t i = 0; i < append->n_events; i++) {
		if (append->events[i].len > STORE_PAYLOAD_MAX)
			return -E2BIG;
	}
	return store->ops->append(store, append);
}

int store_put_conference(
	struct store *store, uint64_t ticket, const struct store_conference *conference)
{
	return store->ops->put_conference(store, ticket, conference);
}

int store_put_credentials(
	struct store *store, uint64_t ticket, const struct store_credential *credentials, size_t n)
{
	if (n == 0)
		return -EINVAL;
	if (n > STORE_BATCH_MAX)
		return -E2BIG;
	return store->ops->put_credentials(store, ticket, credentials, n);
}

int store_put_note(struct store *store, uint64_t ticket, const struct store_note *note)
{
	if (strlen(note->key) > STORE_KEY_MAX || note->len > STORE_NOTE_MAX)
		return -E2BIG;
	return store->ops->put_note(store, ticket, note);
}

int store_read(
	struct store *store, uint64_t ticket, const char *meeting, uint64_t after, size_t max)
{
	return store->ops->read(
		store, ticket, meeting, after, max < STORE_BATCH_MAX ? max : STORE_BATCH_MAX);
}

int store_put_message(struct store *store, uint64_t ticket, const struct store_message *message)
{
	if (message->len > STORE_PAYLOAD_MAX)
		return -E2BIG;
	return store->ops->put_message(store, ticket, message);
}

int store_remove_meeting(
	struct store *store, uint64_t ticket, const char *conference, const char *meeting)
{
	return store->ops->remove_meeting(store, ticket, conference, meeting);
}

int store_poll(struct store *store, struct store_done *out_done)
{
	return store->ops->poll(store, out_done);
}
