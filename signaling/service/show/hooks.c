#include "signaling/service/show/hooks.h"

#include "common/base/hash.h"
#include "common/log/log.h"
#include "signaling/meeting/visibility.h"
#include "signaling/service/answer/problem.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/beside/hook.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/reply.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#define HOOKS_MAX 64
#define HOOKS_PER_MEETING 8
/* Fails so often in a row, in three quarters of an hour: given up. */
#define FAILURES_MAX 16
#define RETRY_FIRST RS_SEC(1)
#define RETRY_MOST RS_SEC(300)
/* Events looked at in one turn, and read at a time. */
#define LOOK_MAX 64
#define READ_MAX 16
#define STATUS_GONE 410
#define BODY_MAX ((size_t)STORE_PAYLOAD_MAX + 512)

/* Something to be written down, and who waits for that. */
enum note_state {
	NOTE_CLEAN,
	NOTE_DIRTY,
	NOTE_UNDER_WAY,
	NOTE_UNDER_WAY_AND_DIRTY,
};

struct hook {
	struct hook *next;
	uint64_t key; /* names this life of it: a changed hook is another */
	char meeting[RS_NAME_MAX + 1];
	char id[RS_NAME_MAX + 1];
	struct hook_spec spec;
	struct hook_progress progress;
	/* the event being told */
	struct message *body; /* NULL = none */
	uint64_t sending;
	bool hidden; /* what the progress says of it once it is taken */
	bool in_flight;
	rs_time retry_at;
	/* older events being read */
	bool reading;
	uint64_t read_ticket;
	enum note_state note;
	uint64_t note_ticket;
	bool removed;     /* forgotten as soon as that is written down */
	uint64_t request; /* to be answered then; 0 = nobody waits */
};

static struct hook *find_id(const struct service *service, const char *meeting, const char *id)
{
	struct hook *hook = service->hooks;
	while (hook != NULL &&
		(hook->removed || strcmp(hook->meeting, meeting) != 0 || strcmp(hook->id, id) != 0))
		hook = hook->next;
	return hook;
}

static struct hook *find_key(const struct service *service, uint64_t key)
{
	struct hook *hook = service->hooks;
	while (hook != NULL && hook->key != key)
		hook = hook->next;
	return hook;
}

static void forget(struct service *service, struct hook *hook)
{
	struct hook **at = &service->hooks;
	while (*at != hook)
		at = &(*at)->next;
	*at = hook->next;
	message_unref(hook->body);
	rs_wipe(&hook->spec, sizeof(hook->spec));
	rs_release(hook);
}

void hooks_free(struct service *service)
{
	while (service->hooks != NULL)
		forget(service, service->hooks);
}

/* --- Writing down --- */

static int write_note(struct service *service, const struct hook *hook, uint64_t ticket)
{
	char key[STORE_KEY_MAX + 1];
	struct rs_buf text;
	rs_buf_init(&text, STORE_NOTE_MAX);
	(void)snprintf(key, sizeof(key), "hook/%s/%s", hook->meeting, hook->id);
	int err = hook->removed ? 0 : hook_note_write(&hook->spec, &hook->progress, &text);
	const struct store_note note = {
		.key = key, .text = (const char *)rs_buf_data(&text), .len = rs_buf_len(&text)
	};
	if (err == 0)
		err = store_put_note(service->config.store, ticket, &note);
	rs_buf_done(&text);
	return err;
}

/* One note of a hook is under way at a time; what changed meanwhile is written afterwards. */
static void pump_note(struct service *service, struct hook *hook, struct moment at)
{
	if (hook->note != NOTE_DIRTY)
		return;
	const uint64_t ticket = service->last_ticket + 1;
	if (write_note(service, hook, ticket) < 0) {
		service_due(service, at.now + STORE_RETRY);
		return;
	}
	service->last_ticket = ticket;
	hook->note = NOTE_UNDER_WAY;
	hook->note_ticket = ticket;
}

static void set_dirty(struct hook *hook)
{
	const bool under_way =
		hook->note == NOTE_UNDER_WAY || hook->note == NOTE_UNDER_WAY_AND_DIRTY;
	hook->note = under_way ? NOTE_UNDER_WAY_AND_DIRTY : NOTE_DIRTY;
}

static void answer(struct service *service, struct hook *hook, bool written)
{
	struct rs_buf out;
	if (hook->request == 0)
		return;
	rs_buf_init(&out, 8192);
	const uint16_t status = written ? 200 : 503;
	const int err = written ? hook_write(hook->id, &hook->spec, &hook->progress, &out)
				: wire_problem_write(status, "store-unavailable",
					  wire_verdict_text(VERDICT_STORE_UNAVAILABLE), &out);
	out_text(service, SERVICE_ANSWER, hook->request, status, err, &out);
	rs_buf_done(&out);
	hook->request = 0;
}

bool hooks_note_done(struct service *service, const struct store_done *done, struct moment at)
{
	struct hook *hook = service->hooks;
	while (hook != NULL && (hook->note < NOTE_UNDER_WAY || hook->note_ticket != done->ticket))
		hook = hook->next;
	if (hook == NULL)
		return false;
	const bool written = done->result == STORE_OK;
	const bool again = !written || hook->note == NOTE_UNDER_WAY_AND_DIRTY;
	hook->note = again ? NOTE_DIRTY : NOTE_CLEAN;
	if (!again || !written)
		answer(service, hook, written);
	if (hook->removed && !again) {
		forget(service, hook);
		return true;
	}
	if (written)
		pump_note(service, hook, at);
	else
		service_due(service, at.now + STORE_RETRY);
	return true;
}

/* --- Telling --- */

static void send(struct service *service, struct hook *hook)
{
	hook->in_flight = true;
	out_push(service, SERVICE_HOOK, hook->key, 0, message_ref(hook->body));
}

/* True when this is the next to be told; else it is of no class of the hook's, and done with. */
static bool take_event(
	struct service *service, struct hook *hook, uint64_t number, const char *json, size_t len)
{
	const struct hook_event event = hook_event_read(json, len);
	const bool hidden = event.changes ? event.hides : hook->progress.hidden;
	struct rs_buf text;
	if (!hook_is_told(&hook->spec, &hook->progress, &event)) {
		hook->progress.delivered = number;
		hook->progress.hidden = hidden;
		return false;
	}
	rs_buf_init(&text, BODY_MAX);
	if (hook_body_write(hook->meeting, event.class, json, len, &text) == 0)
		hook->body = message_new(rs_buf_data(&text), rs_buf_len(&text));
	rs_buf_done(&text);
	hook->sending = number;
	hook->hidden = hidden;
	if (hook->body != NULL)
		send(service, hook);
	return true; /* without memory the next turn tries again */
}

/* From what is kept, or from the store. */
static void look_for_event(
	struct service *service, const struct chamber *chamber, struct hook *hook, struct moment at)
{
	const uint64_t last = chamber->proceedings->meeting->event;
	for (int i = 0; hook->progress.delivered < last; i++) {
		const uint64_t number = hook->progress.delivered + 1;
		const struct broadcast_event *event = broadcast_find(chamber->broadcast, number);
		if (i == LOOK_MAX) {
			service_due(service, at.now + RS_MS(1));
			return;
		}
		if (event == NULL) {
			hook->read_ticket = ++service->last_ticket;
			hook->reading =
				store_read(service->config.store, hook->read_ticket, hook->meeting,
					hook->progress.delivered, READ_MAX) == 0;
			if (!hook->reading)
				service_due(service, at.now + STORE_RETRY);
			return;
		}
		if (take_event(service, hook, number, (const char *)message_text(event->payload),
			    event->payload->len))
			return;
	}
}

static bool is_idle(const struct hook *hook)
{
	return !hook->removed && !hook->in_flight && !hook->reading &&
	       hook->progress.disabled[0] == '\0';
}

static void pump(
	struct service *service, const struct chamber *chamber, struct hook *hook, struct moment at)
{
	const uint64_t before = hook->progress.delivered;
	pump_note(service, hook, at);
	if (!is_idle(hook))
		return;
	if (at.now < hook->retry_at) {
		service_due(service, hook->retry_at);
		return;
	}
	if (hook->body != NULL)
		send(service, hook);
	else
		look_for_event(service, chamber, hook, at);
	/* What was passed over is looked at again after a restart: not worth a note of its own each time. */
	if (hook->progress.delivered >= before + LOOK_MAX)
		set_dirty(hook);
}

void hooks_pump(struct service *service, const struct chamber *chamber, struct moment at)
{
	for (struct hook *hook = service->hooks; hook != NULL; hook = hook->next) {
		if (strcmp(hook->meeting, chamber->proceedings->meeting->id) == 0)
			pump(service, chamber, hook, at);
	}
}

static void pump_one(struct service *service, struct hook *hook, struct moment at)
{
	const struct chamber *chamber = chamber_find(service, hook->meeting);
	if (chamber != NULL)
		pump(service, chamber, hook, at);
}

bool hooks_read_done(struct service *service, const struct store_done *done, struct moment at)
{
	struct hook *hook = service->hooks;
	while (hook != NULL && (!hook->reading || hook->read_ticket != done->ticket))
		hook = hook->next;
	if (hook == NULL)
		return false;
	hook->reading = false;
	if (done->result != STORE_OK || done->n_events == 0) {
		hook->retry_at = at.now + STORE_RETRY;
		service_due(service, hook->retry_at);
		return true;
	}
	for (size_t i = 0; i < done->n_events && is_idle(hook); i++) {
		const struct store_event *event = &done->events[i];
		if (event->number == hook->progress.delivered + 1 &&
			take_event(service, hook, event->number, event->payload, event->len))
			return true;
	}
	pump_one(service, hook, at);
	return true;
}

static rs_time backoff(uint32_t failures)
{
	rs_time wait = RETRY_FIRST;
	for (uint32_t i = 1; i < failures && wait < RETRY_MOST; i++)
		wait *= 2;
	return rs_time_min(wait, RETRY_MOST);
}

static void succeeded(struct service *service, struct hook *hook)
{
	hook->progress.delivered = hook->sending;
	hook->progress.hidden = hook->hidden;
	hook->progress.failures = 0;
	hook->progress.failure[0] = '\0';
	hook->body = message_unref(hook->body);
	hook->retry_at = 0;
	service->counters.hooks_delivered++;
}

static void failed(
	struct service *service, struct hook *hook, unsigned status, const char *why, rs_time now)
{
	struct hook_progress *progress = &hook->progress;
	service->counters.hooks_failed++;
	progress->failures++;
	(void)rs_copy_string(progress->failure, sizeof(progress->failure), why);
	if (status != STATUS_GONE && progress->failures < FAILURES_MAX) {
		hook->retry_at = now + backoff(progress->failures);
		return;
	}
	(void)snprintf(progress->disabled, sizeof(progress->disabled),
		status == STATUS_GONE ? "the receiver said 410: it wants no more"
				      : "failed %u times in a row, last: %.80s",
		progress->failures, why);
	log_warning(LOG_MEETING, hook->meeting, "webhook is given up hook=%s failures=%u", hook->id,
		progress->failures);
}

void service_hook_done(
	struct service *service, uint64_t key, unsigned status, const char *why, struct moment at)
{
	struct hook *hook = find_key(service, key);
	char text[HOOK_WHY_LEN];
	if (hook == NULL || !hook->in_flight)
		return;
	hook->in_flight = false;
	if (status >= 200 && status < 300) {
		succeeded(service, hook);
	} else {
		(void)snprintf(text, sizeof(text), "answered %u", status);
		failed(service, hook, status, status != 0 ? text : why, at.now);
	}
	set_dirty(hook);
	pump_one(service, hook, at);
}

int service_hook_request(
	const struct service *service, uint64_t key, struct moment at, struct service_hook *out)
{
	const struct hook *hook = find_key(service, key);
	uint8_t mac[RS_SHA256_LEN];
	char hex[2 * RS_SHA256_LEN + 1];
	struct rs_buf text;
	if (hook == NULL || hook->body == NULL)
		return -ENOENT;
	rs_buf_init(&text, BODY_MAX + 64);
	const int err = rs_buf_printf(&text, "%" PRId64 ".%" PRIu64 ".%.*s", at.wall_ms / 1000,
		hook->sending, (int)hook->body->len, (const char *)message_text(hook->body));
	if (err == 0)
		rs_hmac_sha256(hook->spec.secret, strlen(hook->spec.secret), rs_buf_data(&text),
			rs_buf_len(&text), mac);
	rs_buf_done(&text);
	if (err < 0)
		return err;
	rs_hex_encode(mac, sizeof(mac), hex);
	(void)rs_set_text(out->url, hook->spec.url);
	(void)snprintf(out->headers[0], SERVICE_HOOK_HEADER_LEN, "Rostrum-Webhook: %s", hook->id);
	(void)snprintf(
		out->headers[1], SERVICE_HOOK_HEADER_LEN, "Rostrum-Event: %" PRIu64, hook->sending);
	(void)snprintf(out->headers[2], SERVICE_HOOK_HEADER_LEN,
		"Rostrum-Signature: t=%" PRId64 ",v1=%s", at.wall_ms / 1000, hex);
	return 0;
}

/* --- From REST --- */

static size_t count(const struct service *service, const char *meeting)
{
	size_t n = 0;
	for (const struct hook *hook = service->hooks; hook != NULL; hook = hook->next)
		n += meeting == NULL || strcmp(hook->meeting, meeting) == 0 ? 1 : 0;
	return n;
}

static struct hook *add(struct service *service, const char *meeting, const char *id)
{
	struct hook *hook = rs_zalloc(sizeof(*hook));
	struct hook **last = &service->hooks;
	if (hook == NULL)
		return NULL;
	while (*last != NULL)
		last = &(*last)->next;
	*last = hook;
	(void)rs_set_text(hook->meeting, meeting);
	(void)rs_set_text(hook->id, id);
	return hook;
}

static void refuse_many(struct service_refusal *refusal)
{
	refuse_request(refusal, 429, "too-many", wire_verdict_text(VERDICT_TOO_MANY));
}

/*
 * Begins after that event. Before whom the meeting sat then is known of its first and its last one; of one between them it is taken
 * to have been before some alone until a change says otherwise, if it ever was afterwards.
 */
static void begin_after(struct hook *hook, const struct meeting *meeting, uint64_t event)
{
	const bool now = !meeting_admits(meeting, NULL);
	hook->progress.delivered = event < meeting->event ? event : meeting->event;
	if (event == 0)
		hook->progress.hidden = false;
	else if (event >= meeting->event)
		hook->progress.hidden = now;
	else
		hook->progress.hidden = now || event < meeting_hidden_until(meeting, NULL).event;
}

/* Whatever was under way is of another life. */
static void begin_anew(struct service *service, struct hook *hook, const struct hook_spec *spec)
{
	hook->key = ++service->last_id;
	hook->spec = *spec;
	hook->body = message_unref(hook->body);
	hook->in_flight = false;
	hook->reading = false;
	hook->retry_at = 0;
	hook->progress.failures = 0;
	hook->progress.disabled[0] = '\0';
	hook->progress.failure[0] = '\0';
}

int service_hook_put(struct service *service, const struct service_order *order, struct moment at,
	struct service_refusal *refusal)
{
	const struct chamber *chamber = chamber_find(service, order->meeting);
	struct hook_spec spec;
	char error[HOOK_ERROR_LEN];
	if (chamber == NULL) {
		refuse_request(refusal, 404, "no-such-meeting", "There is no such meeting.");
		return -ENOENT;
	}
	if (hook_spec_parse(order->json, order->len, &spec, error) < 0) {
		refuse_request(refusal, 400, "malformed", error);
		return -EBADMSG;
	}
	struct hook *hook = find_id(service, order->meeting, order->name);
	const bool fresh = hook == NULL;
	const struct meeting *meeting = chamber->proceedings->meeting;
	if (fresh && count(service, order->meeting) < HOOKS_PER_MEETING &&
		count(service, NULL) < HOOKS_MAX)
		hook = add(service, order->meeting, order->name);
	if (hook == NULL || hook->request != 0) {
		rs_wipe(&spec, sizeof(spec));
		refuse_many(refusal);
		return -E2BIG;
	}
	begin_anew(service, hook, &spec);
	rs_wipe(spec.secret, sizeof(spec.secret));
	if (spec.has_after)
		begin_after(hook, meeting, spec.after);
	else if (fresh)
		begin_after(hook, meeting, meeting->event);
	hook->request = order->request;
	set_dirty(hook);
	pump_one(service, hook, at);
	return 0;
}

int service_hook_delete(struct service *service, uint64_t request, const char *meeting,
	const char *id, struct moment at, struct service_refusal *refusal)
{
	struct hook *hook = find_id(service, meeting, id);
	if (hook == NULL) {
		refuse_request(refusal, 404, "no-such-webhook",
			"There is no webhook of this name in this meeting.");
		return -ENOENT;
	}
	if (hook->request != 0) {
		refuse_many(refusal);
		return -E2BIG;
	}
	hook->removed = true;
	hook->request = request;
	set_dirty(hook);
	pump_note(service, hook, at);
	return 0;
}

void hooks_forget(struct service *service, const char *meeting, struct moment at)
{
	for (struct hook *hook = service->hooks; hook != NULL; hook = hook->next) {
		if (hook->removed || strcmp(hook->meeting, meeting) != 0)
			continue;
		hook->removed = true;
		set_dirty(hook);
		pump_note(service, hook, at);
	}
}

int service_hooks(const struct service *service, const char *meeting, struct rs_buf *out)
{
	const char *comma = "";
	if (chamber_find(service, meeting) == NULL)
		return -ENOENT;
	int err = rs_buf_printf(out, "{\"webhooks\":[");
	for (const struct hook *hook = service->hooks; hook != NULL && err == 0;
		hook = hook->next) {
		if (hook->removed || strcmp(hook->meeting, meeting) != 0)
			continue;
		err = rs_buf_printf(out, "%s", comma);
		if (err == 0)
			err = hook_write(hook->id, &hook->spec, &hook->progress, out);
		comma = ",";
	}
	return err < 0 ? err : rs_buf_append(out, "]}", 2);
}

int service_hook(
	const struct service *service, const char *meeting, const char *id, struct rs_buf *out)
{
	const struct hook *hook = find_id(service, meeting, id);
	return hook != NULL ? hook_write(hook->id, &hook->spec, &hook->progress, out) : -ENOENT;
}

void hooks_count(const struct service *service, size_t *out_all, size_t *out_disabled)
{
	*out_all = 0;
	*out_disabled = 0;
	for (const struct hook *hook = service->hooks; hook != NULL; hook = hook->next) {
		*out_all += 1;
		*out_disabled += hook->progress.disabled[0] != '\0' ? 1 : 0;
	}
}

/* --- At start --- */

int hooks_load(struct service *service, const struct store_note *note, char why[HOOK_ERROR_LEN])
{
	static const char begin[] = "hook/";
	char meeting[RS_NAME_MAX + 1];
	char id[RS_NAME_MAX + 1];
	struct hook_spec spec;
	struct hook_progress progress;
	if (strncmp(note->key, begin, strlen(begin)) != 0)
		return 0; /* somebody else's */
	const char *name = note->key + strlen(begin);
	const char *slash = strchr(name, '/');
	if (slash == NULL ||
		!rs_copy_text(meeting, sizeof(meeting), name, (size_t)(slash - name)) ||
		!rs_set_text(id, slash + 1)) {
		(void)rs_copy_string(why, HOOK_ERROR_LEN, "its key names no meeting");
		return -EBADMSG;
	}
	const int err = hook_note_parse(note->text, note->len, &spec, &progress, why);
	struct hook *hook = err == 0 ? add(service, meeting, id) : NULL;
	if (hook == NULL)
		return err < 0 ? err : -ENOMEM;
	begin_anew(service, hook, &spec);
	hook->progress = progress;
	rs_wipe(&spec, sizeof(spec));
	return 0;
}
