#include "tests/support/fake_store.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define RECORDS_MAX 20000
#define DONES_MAX 64

struct record {
	char meeting[RS_NAME_MAX + 1];
	struct store_event event;
	char badge[RS_NAME_MAX + 1]; /* of the command whose last event it is; empty = none */
	char id[RS_NAME_MAX + 1];
	char *reply;
	size_t reply_len;
};

struct kept_conference {
	char id[RS_NAME_MAX + 1];
	char epoch[RS_NAME_MAX + 1];
	char *json;
	size_t len;
};

struct kept_message {
	char meeting[RS_NAME_MAX + 1];
	uint64_t number;
	char *text;
	size_t len;
};

struct kept_note {
	char key[STORE_KEY_MAX + 1];
	char *text;
	size_t len;
};

struct fake_store {
	struct store store; /* must be first */
	struct record *records;
	size_t n_records, records_cap; /* grown: a fuzz target makes a store an input */
	struct kept_conference conferences[8];
	size_t n_conferences;
	struct store_credential credentials[64];
	size_t n_credentials;
	struct kept_message messages[256];
	size_t n_messages;
	struct kept_note notes[256];
	size_t n_notes;
	struct store_done dones[DONES_MAX];
	struct store_event events[DONES_MAX][STORE_BATCH_MAX];
	size_t first, n_dones;
	uint64_t epochs;
	bool held;
	enum store_result result;
};

/* The test's own memory: not counted, not failed. */
static char *copy(const char *text, size_t len)
{
	char *out = calloc(1, len + 1);
	if (out == NULL)
		abort();
	if (len > 0)
		memcpy(out, text, len);
	return out;
}

static struct fake_store *fake_of(struct store *store)
{
	return (struct fake_store *)store;
}

size_t fake_store_count(const struct fake_store *fake, const char *meeting)
{
	size_t n = 0;
	for (size_t i = 0; i < fake->n_records; i++)
		n += strcmp(fake->records[i].meeting, meeting) == 0 ? 1 : 0;
	return n;
}

static const struct record *find(
	const struct fake_store *fake, const char *meeting, uint64_t number)
{
	for (size_t i = 0; i < fake->n_records; i++)
		if (strcmp(fake->records[i].meeting, meeting) == 0 &&
			fake->records[i].event.number == number)
			return &fake->records[i];
	return NULL;
}

const char *fake_store_payload(const struct fake_store *fake, const char *meeting, uint64_t number)
{
	const struct record *record = find(fake, meeting, number);
	return record != NULL ? record->event.payload : NULL;
}

static void grow(struct fake_store *fake)
{
	const size_t cap = fake->records_cap > 0 ? 2 * fake->records_cap : 64;
	struct record *records = realloc(fake->records, cap * sizeof(*records));
	if (records == NULL)
		abort();
	fake->records = records;
	fake->records_cap = cap;
}

static struct record *add(
	struct fake_store *fake, const char *meeting, const char *payload, size_t len)
{
	assert(fake->n_records < RECORDS_MAX);
	if (fake->n_records == fake->records_cap)
		grow(fake);
	const uint64_t number = fake_store_count(fake, meeting) + 1;
	struct record *record = &fake->records[fake->n_records++];
	*record = (struct record){ .reply = NULL };
	(void)rs_set_text(record->meeting, meeting);
	record->event =
		(struct store_event){ .number = number, .payload = copy(payload, len), .len = len };
	record->event.hash[0] = (uint8_t)number;
	return record;
}

void fake_store_plant(struct fake_store *fake, const char *meeting, const char *payload)
{
	(void)add(fake, meeting, payload, strlen(payload));
}

static struct store_done *push(struct fake_store *fake, size_t *out_slot)
{
	assert(fake->n_dones < DONES_MAX);
	*out_slot = (fake->first + fake->n_dones++) % DONES_MAX;
	return &fake->dones[*out_slot];
}

static const struct record *find_command(
	const struct fake_store *fake, const char *meeting, const struct store_command *command)
{
	for (size_t i = 0; i < fake->n_records; i++)
		if (strcmp(fake->records[i].meeting, meeting) == 0 &&
			strcmp(fake->records[i].badge, command->badge) == 0 &&
			strcmp(fake->records[i].id, command->id) == 0)
			return &fake->records[i];
	return NULL;
}

static void write_all(struct fake_store *fake, const struct store_append *append)
{
	struct record *record = NULL;
	for (size_t i = 0; i < append->n_events; i++)
		record = add(
			fake, append->meeting, append->events[i].payload, append->events[i].len);
	if (append->command == NULL)
		return;
	(void)rs_set_text(record->badge, append->command->badge);
	(void)rs_set_text(record->id, append->command->id);
	record->reply = copy(append->command->reply, append->command->reply_len);
	record->reply_len = append->command->reply_len;
}

/* Asked again after an unknown outcome: exactly these were written. */
static bool was_done(const struct fake_store *fake, const struct store_append *append)
{
	for (size_t i = 0; i < append->n_events; i++) {
		const struct record *record = find(fake, append->meeting, append->expect + 1 + i);
		if (record == NULL || record->event.len != append->events[i].len ||
			memcmp(record->event.payload, append->events[i].payload,
				record->event.len) != 0)
			return false;
	}
	return true;
}

static int fake_append(struct store *store, const struct store_append *append)
{
	struct fake_store *fake = fake_of(store);
	size_t slot;
	struct store_done *done = push(fake, &slot);
	*done = (struct store_done){
		.kind = STORE_DONE_APPEND, .ticket = append->ticket, .result = fake->result
	};
	const bool repeated = was_done(fake, append);
	const struct record *used = append->command != NULL
					    ? find_command(fake, append->meeting, append->command)
					    : NULL;
	if (!repeated && used != NULL) {
		done->result = STORE_CONFLICT;
		done->reply = used->reply;
		done->reply_len = used->reply_len;
	} else if (!repeated && append->expect != fake_store_count(fake, append->meeting)) {
		done->result = STORE_CONFLICT;
	}
	done->why = done->result != STORE_OK ? "the test says so" : NULL;
	if (!repeated && (done->result == STORE_OK || done->result == STORE_UNKNOWN))
		write_all(fake, append);
	if (done->result != STORE_OK)
		return 0;
	for (size_t i = 0; i < append->n_events; i++) {
		const struct record *record = find(fake, append->meeting, append->expect + 1 + i);
		assert(record != NULL);
		fake->events[slot][i] = record->event;
	}
	done->events = fake->events[slot];
	done->n_events = append->n_events;
	return 0;
}

static int fake_put_conference(
	struct store *store, uint64_t ticket, const struct store_conference *conference)
{
	struct fake_store *fake = fake_of(store);
	size_t slot;
	*push(fake, &slot) = (struct store_done){ .kind = STORE_DONE_CONFERENCE,
		.ticket = ticket,
		.result = fake->result,
		.why = "the test says so" };
	if (fake->result != STORE_OK)
		return 0;
	assert(fake->n_conferences < RS_ARRAY_LEN(fake->conferences));
	struct kept_conference *kept = &fake->conferences[fake->n_conferences++];
	(void)rs_set_text(kept->id, conference->id);
	(void)rs_set_text(kept->epoch, conference->epoch);
	kept->json = copy(conference->json, conference->len);
	kept->len = conference->len;
	return 0;
}

static void keep_credential(struct fake_store *fake, const struct store_credential *credential)
{
	size_t i = 0;
	while (i < fake->n_credentials &&
		(strcmp(fake->credentials[i].conference, credential->conference) != 0 ||
			strcmp(fake->credentials[i].badge, credential->badge) != 0))
		i++;
	assert(i < RS_ARRAY_LEN(fake->credentials));
	fake->credentials[i] = *credential;
	fake->n_credentials += i == fake->n_credentials;
}

static int fake_put_credentials(
	struct store *store, uint64_t ticket, const struct store_credential *credentials, size_t n)
{
	struct fake_store *fake = fake_of(store);
	size_t slot;
	*push(fake, &slot) = (struct store_done){ .kind = STORE_DONE_CREDENTIALS,
		.ticket = ticket,
		.result = fake->result,
		.why = "the test says so" };
	for (size_t i = 0; i < n && fake->result == STORE_OK; i++)
		keep_credential(fake, &credentials[i]);
	return 0;
}

static void keep_note(struct fake_store *fake, const struct store_note *note)
{
	size_t i = 0;
	while (i < fake->n_notes && strcmp(fake->notes[i].key, note->key) != 0)
		i++;
	assert(i < RS_ARRAY_LEN(fake->notes));
	if (i == fake->n_notes)
		fake->n_notes++;
	free(fake->notes[i].text);
	(void)rs_set_text(fake->notes[i].key, note->key);
	fake->notes[i].text = copy(note->text, note->len);
	fake->notes[i].len = note->len;
}

static int fake_put_note(struct store *store, uint64_t ticket, const struct store_note *note)
{
	struct fake_store *fake = fake_of(store);
	size_t slot;
	*push(fake, &slot) = (struct store_done){ .kind = STORE_DONE_NOTE,
		.ticket = ticket,
		.result = fake->result,
		.why = "the test says so" };
	if (fake->result == STORE_OK)
		keep_note(fake, note);
	return 0;
}

static int fake_read(
	struct store *store, uint64_t ticket, const char *meeting, uint64_t after, size_t max)
{
	struct fake_store *fake = fake_of(store);
	size_t slot;
	struct store_done *done = push(fake, &slot);
	*done = (struct store_done){
		.kind = STORE_DONE_READ, .ticket = ticket, .result = STORE_OK
	};
	const struct record *record;
	while (done->n_events < max &&
		(record = find(fake, meeting, after + 1 + done->n_events)) != NULL)
		fake->events[slot][done->n_events++] = record->event;
	done->events = fake->events[slot];
	return 0;
}

static void forget_message(struct fake_store *fake, size_t i)
{
	free(fake->messages[i].text);
	fake->messages[i] = fake->messages[--fake->n_messages];
}

static int fake_put_message(
	struct store *store, uint64_t ticket, const struct store_message *message)
{
	struct fake_store *fake = fake_of(store);
	size_t slot;
	*push(fake, &slot) = (struct store_done){
		.kind = STORE_DONE_MESSAGE, .ticket = ticket, .result = fake->result
	};
	if (fake->result != STORE_OK && fake->result != STORE_UNKNOWN)
		return 0;
	for (size_t i = fake->n_messages; i > 0; i--) {
		const struct kept_message *kept = &fake->messages[i - 1];
		if (strcmp(kept->meeting, message->meeting) == 0 &&
			(kept->number == message->number || kept->number <= message->keep_after))
			forget_message(fake, i - 1);
	}
	if (message->len == 0)
		return 0;
	assert(fake->n_messages < RS_ARRAY_LEN(fake->messages));
	struct kept_message *kept = &fake->messages[fake->n_messages++];
	(void)rs_set_text(kept->meeting, message->meeting);
	kept->number = message->number;
	kept->text = copy(message->text, message->len);
	kept->len = message->len;
	return 0;
}

/* The n-th of so many goes, the rest keep their order. */
static void take_out(void *list, size_t *n, size_t size, size_t i)
{
	char *at = (char *)list + i * size;
	memmove(at, at + size, (--*n - i) * size);
}

static void forget_meeting(struct fake_store *fake, const char *meeting)
{
	for (size_t i = fake->n_records; i > 0; i--) {
		struct record *record = &fake->records[i - 1];
		if (strcmp(record->meeting, meeting) != 0)
			continue;
		free((void *)(uintptr_t)record->event.payload);
		free(record->reply);
		take_out(fake->records, &fake->n_records, sizeof(*record), i - 1);
	}
	for (size_t i = fake->n_messages; i > 0; i--) {
		if (strcmp(fake->messages[i - 1].meeting, meeting) == 0)
			forget_message(fake, i - 1);
	}
}

static int fake_remove_meeting(
	struct store *store, uint64_t ticket, const char *conference, const char *meeting)
{
	struct fake_store *fake = fake_of(store);
	size_t slot;
	*push(fake, &slot) = (struct store_done){ .kind = STORE_DONE_REMOVAL,
		.ticket = ticket,
		.result = fake->result,
		.why = "the test says so" };
	if (fake->result != STORE_OK)
		return 0;
	forget_meeting(fake, meeting);
	for (size_t i = fake->n_conferences; i > 0; i--) {
		if (strcmp(fake->conferences[i - 1].id, conference) != 0)
			continue;
		free(fake->conferences[i - 1].json);
		take_out(fake->conferences, &fake->n_conferences, sizeof(fake->conferences[0]),
			i - 1);
	}
	return 0;
}

size_t fake_store_messages(const struct fake_store *fake)
{
	return fake->n_messages;
}

static int fake_poll(struct store *store, struct store_done *out_done)
{
	struct fake_store *fake = fake_of(store);
	if (fake->held || fake->n_dones == 0)
		return 0;
	*out_done = fake->dones[fake->first];
	fake->first = (fake->first + 1) % DONES_MAX;
	fake->n_dones--;
	return 1;
}

static int fake_load(
	struct store *store, const struct store_loader *loader, char error[STORE_ERROR_LEN])
{
	const struct fake_store *fake = fake_of(store);
	int err = 0;
	error[0] = '\0';
	for (size_t i = 0; i < fake->n_conferences && err == 0; i++) {
		const struct kept_conference *kept = &fake->conferences[i];
		const struct store_conference conference = { kept->id, kept->epoch, kept->json,
			kept->len };
		err = loader->conference(loader->ctx, &conference);
	}
	for (size_t i = 0; i < fake->n_credentials && err == 0 && loader->credential != NULL; i++)
		err = loader->credential(loader->ctx, &fake->credentials[i]);
	for (size_t i = 0; i < fake->n_messages && err == 0; i++) {
		const struct kept_message *kept = &fake->messages[i];
		const struct store_message message = { .meeting = kept->meeting,
			.number = kept->number,
			.text = kept->text,
			.len = kept->len };
		err = loader->message(loader->ctx, &message);
	}
	for (size_t i = 0; i < fake->n_records && err == 0; i++)
		err = loader->event(loader->ctx, fake->records[i].meeting, &fake->records[i].event);
	for (size_t i = 0; i < fake->n_records && err == 0; i++) {
		const struct record *record = &fake->records[i];
		const struct store_command command = { record->badge, record->id, record->reply,
			record->reply_len };
		if (record->badge[0] != '\0')
			err = loader->command(loader->ctx, record->meeting, &command);
	}
	for (size_t i = 0; i < fake->n_notes && err == 0 && loader->note != NULL; i++) {
		const struct store_note note = { fake->notes[i].key, fake->notes[i].text,
			fake->notes[i].len };
		if (note.len > 0)
			err = loader->note(loader->ctx, &note);
	}
	return err;
}

static int fake_claim(struct store *store, const char *meeting, uint64_t *out_epoch)
{
	(void)meeting; /* one owner for all */
	*out_epoch = ++fake_of(store)->epochs;
	return 0;
}

static struct store *fake_free(struct store *store)
{
	(void)store; /* fake_store_free() does it */
	return NULL;
}

static const struct store_ops fake_ops = {
	.free = fake_free,
	.load = fake_load,
	.claim = fake_claim,
	.append = fake_append,
	.put_conference = fake_put_conference,
	.put_credentials = fake_put_credentials,
	.put_note = fake_put_note,
	.read = fake_read,
	.put_message = fake_put_message,
	.remove_meeting = fake_remove_meeting,
	.poll = fake_poll,
};

struct fake_store *fake_store_new(void)
{
	struct fake_store *fake = calloc(1, sizeof(*fake));
	if (fake == NULL)
		abort();
	fake->store.ops = &fake_ops;
	return fake;
}

struct fake_store *fake_store_free(struct fake_store *fake)
{
	for (size_t i = 0; i < fake->n_records; i++) {
		free((void *)(uintptr_t)fake->records[i].event.payload);
		free(fake->records[i].reply);
	}
	for (size_t i = 0; i < fake->n_conferences; i++)
		free(fake->conferences[i].json);
	for (size_t i = 0; i < fake->n_messages; i++)
		free(fake->messages[i].text);
	for (size_t i = 0; i < fake->n_notes; i++)
		free(fake->notes[i].text);
	free(fake->records);
	free(fake);
	return NULL;
}

struct store *fake_store_port(struct fake_store *fake)
{
	return &fake->store;
}

void fake_store_hold(struct fake_store *fake, bool held)
{
	fake->held = held;
}

bool fake_store_pending(const struct fake_store *fake)
{
	return !fake->held && fake->n_dones > 0;
}

void fake_store_fail(struct fake_store *fake, enum store_result result)
{
	fake->result = result;
}
