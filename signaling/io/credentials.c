/* HTTP about by what people join: the PIN somebody types, credentials issued and revoked, tokens for the secretariat's own system. */
#include "signaling/io/pins.h"

#include "common/control/object.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Longest life of a token that is asked for. */
#define TOKEN_HOURS_MAX 8760

/* --- Bodies --- */

/* The body as an object, NULL when it is none; an empty one counts as {}. */
static json_t *read_body(const struct request *request)
{
	return rs_buf_len(&request->body) == 0
		       ? json_object()
		       : json_loadb(io_text(&request->body), rs_buf_len(&request->body),
				 JSON_REJECT_DUPLICATES, NULL);
}

/* True when the body was well formed; else it is answered. */
static bool accept_body(struct request *request, const struct object_error *error)
{
	if (error->failed)
		http_refuse(request, HTTP_STATUS_BAD_REQUEST, "malformed", error->text);
	return !error->failed;
}

static int answer_json(struct request *request, json_t *json)
{
	char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
	json_decref(json);
	if (text == NULL)
		return -ENOMEM;
	const int err = rs_buf_append(&request->out, text, strlen(text));
	rs_wipe(text, strlen(text));
	free(text);
	return err;
}

static void answer_secret(struct request *request, int err)
{
	if (err < 0)
		http_refuse_memory(request);
	http_add_header(request, "cache-control:", "no-store");
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

/* --- A token --- */

/* `rehearsal`: where else the bearer may want to go, or NULL. */
static int write_token(struct request *request, const struct claims *claims, const char *rehearsal)
{
	char token[AUTH_TOKEN_LEN];
	char base[HTTP_VALUE_MAX];
	char link[AUTH_TOKEN_LEN + HTTP_VALUE_MAX + 32];
	struct claims signed_claims;
	int err = auth_issue(request->io->config.auth, claims, io_moment().wall_ms / 1000, token);
	/* When it ends is for the issuer to say, and read back. */
	if (err == 0)
		err = auth_verify(request->io->config.auth, token, 0, &signed_claims);
	if (err < 0)
		return err;
	http_base(request, base);
	(void)snprintf(link, sizeof(link), "%s/%s#%s", base, join_page(claims->role), token);
	err = answer_json(request,
		json_pack("{s:s, s:s, s:s, s:s, s:s*, s:s, s:s, s:I}", "token", token, "page",
			join_page(claims->role), "link", link, "meeting", claims->meeting,
			"rehearsal", rehearsal, "badge", claims->badge, "role",
			role_name(claims->role), "expires", (json_int_t)signed_claims.expires_s));
	rs_wipe(token, sizeof(token));
	rs_wipe(link, sizeof(link));
	return err;
}

void credentials_token(struct request *request)
{
	const char *meeting = request->params.name[0];
	const char *badge = request->params.name[1];
	struct object_error error;
	struct claims claims;
	json_t *json = read_body(request);
	const struct object body = object_root(json, "body", &error);
	const int64_t hours = object_int_or(&body, "hours", 1, TOKEN_HOURS_MAX, 0);
	json_decref(json);
	if (!accept_body(request, &error))
		return;
	if (service_badge_named(request->io->service, meeting, badge, &claims) < 0) {
		http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-badge",
			"The meeting has no badge of this name.");
		return;
	}
	if (service_badge_revoked(request->io->service, meeting, badge)) {
		http_refuse(request, HTTP_STATUS_CONFLICT, "badge-revoked",
			"The badge is revoked. Issue a new credential first.");
		return;
	}
	if (hours > 0)
		claims.expires_s = io_moment().wall_ms / 1000 + hours * 3600;
	answer_secret(request, write_token(request, &claims, NULL));
}

/* --- Joining with a PIN --- */

static void give_back(struct pins *pins)
{
	size_t len;
	const char *key = http_address_key(&pins->from, &len);
	rate_give(pins->io->by_guess, key, len, HTTP_GUESS_COST - 1, io_moment().now);
}

static void tried(struct pins *pins)
{
	struct request *request = pins_request(pins);
	struct service_refusal refusal;
	struct claims claims;
	/* Told also when nobody waits any more: what was begun counts as wrong until it ends. */
	const int err = pins->err < 0 ? pins->err
				      : service_try_end(pins->io->service, &pins->attempt,
						pins->items[0].hash, pins->meeting, io_moment(),
						&claims, &refusal);
	if (err == 0)
		give_back(pins);
	if (request != NULL && pins->err < 0)
		http_refuse_memory(request);
	else if (request != NULL && err < 0)
		http_refuse_service(request, &refusal);
	else if (request != NULL)
		answer_secret(
			request, write_token(request, &claims,
					 service_rehearsal_of(request->io->service, &claims)));
	pins_free(pins);
}

/* Wrong ones are counted by link and by address; the address's share is given back when it was right. */
static bool within_guesses(struct request *request)
{
	char after[16];
	size_t len;
	const char *key = http_address_key(&request->from, &len);
	const uint32_t wait =
		rate_take(request->io->by_guess, key, len, HTTP_GUESS_COST, io_moment().now);
	if (wait == 0)
		return true;
	(void)snprintf(after, sizeof(after), "%u", wait);
	http_add_header(request, "retry-after:", after);
	http_refuse(request, STATUS_TOO_MANY_REQUESTS, "too-many",
		"Too many wrong PINs. Please wait a moment before the next try.");
	return false;
}

static bool begin_try(struct request *request, const char *link, struct pins *pins)
{
	struct service_refusal refusal;
	uint32_t wait = 0;
	char after[16];
	if (service_try_begin(
		    request->io->service, link, io_moment(), &pins->attempt, &wait, &refusal) == 0)
		return true;
	give_back(pins); /* nothing was looked at */
	(void)snprintf(after, sizeof(after), "%u", wait);
	http_add_header(request, "retry-after:", after);
	http_refuse_service(request, &refusal);
	return false;
}

static struct pins *read_try(struct request *request, char link[PIN_LINK_LEN + 1])
{
	struct object_error error;
	struct pins *pins = rs_zalloc(sizeof(*pins));
	json_t *json = read_body(request);
	const struct object body = object_root(json, "body", &error);
	const char *typed = object_text(&body, "pin");
	const char *meeting = object_has(&body, "meeting") ? object_name(&body, "meeting") : "";
	/* One that is too long is nobody's. */
	if (!rs_copy_string(link, PIN_LINK_LEN + 1, object_name(&body, "link")))
		link[0] = '\0';
	if (pins != NULL) {
		pins->io = request->io;
		pins->request = request->number;
		pins->from = request->from;
		pins->n = 1;
		(void)rs_set_text(pins->meeting, meeting); /* names fit */
		if (!error.failed && pin_read(typed, strlen(typed), pins->items[0].pin) < 0)
			object_fail(&body, "pin", "six digits are expected");
	}
	json_decref(json);
	if (pins == NULL)
		http_refuse_memory(request);
	else if (!accept_body(request, &error))
		pins = pins_free(pins);
	return pins;
}

void credentials_join(struct request *request)
{
	char link[PIN_LINK_LEN + 1];
	struct pins *pins = read_try(request, link);
	if (pins == NULL)
		return;
	if (!pins_admit(request, true) || !within_guesses(request) ||
		!begin_try(request, link, pins)) {
		pins_free(pins);
		return;
	}
	memcpy(pins->items[0].salt, pins->attempt.salt, PIN_SALT_LEN);
	if (pins_start(pins, tried) < 0)
		http_refuse_memory(request);
}

/* --- Issuing and revoking --- */

/* An admin any conference's, a secretariat that of its meeting. */
static bool is_entitled(struct request *request)
{
	if (request->who.role == ROLE_ADMIN ||
		service_conference_has(
			request->io->service, request->params.name[0], request->who.meeting))
		return true;
	http_refuse(request, HTTP_STATUS_FORBIDDEN, "other-conference",
		"This token is for another conference.");
	return false;
}

static void issued(struct pins *pins)
{
	struct request *request = pins_request(pins);
	struct store_credential list[CREDENTIALS_BATCH_MAX];
	struct service_refusal refusal;
	if (request == NULL || pins->err < 0) {
		/* Who would hear of the PINs is gone. */
		if (request != NULL)
			http_refuse_memory(request);
		pins_free(pins);
		return;
	}
	memset(list, 0, sizeof(list));
	for (size_t i = 0; i < pins->n; i++) {
		const struct pins_item *item = &pins->items[i];
		(void)rs_set_text(list[i].badge, item->badge);
		(void)rs_set_text(list[i].link, item->link);
		memcpy(list[i].salt, item->salt, sizeof(list[i].salt));
		memcpy(list[i].hash, item->hash, sizeof(list[i].hash));
	}
	request->issued = pins; /* its answer tells them, once they are written down */
	if (service_credentials_issue(pins->io->service, pins->request, pins->conference, list,
		    pins->n, io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
	rs_wipe(list, sizeof(list));
}

static struct pins *read_issue(struct request *request)
{
	struct object_error error;
	struct pins *pins = rs_zalloc(sizeof(*pins));
	json_t *json = read_body(request);
	const struct object body = object_root(json, "body", &error);
	const size_t n = object_array(&body, "badges", CREDENTIALS_BATCH_MAX);
	if (n == 0)
		object_fail(&body, "badges", "from 1 to 32 badges are expected");
	for (size_t i = 0; i < n && pins != NULL; i++) {
		struct pins_item *item = &pins->items[i];
		const char *badge = object_text_at(&body, "badges", i);
		if (!rs_name_valid(badge, strlen(badge)))
			object_fail(&body, "badges", "names of badges are expected");
		(void)rs_set_text(item->badge, badge); /* names fit */
		pin_make(request->io->config.rand, item->link, item->pin, item->salt);
	}
	json_decref(json);
	if (pins == NULL) {
		http_refuse_memory(request);
		return NULL;
	}
	pins->io = request->io;
	pins->request = request->number;
	pins->n = n;
	(void)rs_set_text(pins->conference, request->params.name[0]);
	return accept_body(request, &error) ? pins : pins_free(pins);
}

void credentials_issue(struct request *request)
{
	if (!is_entitled(request))
		return;
	struct pins *pins = read_issue(request);
	if (pins == NULL)
		return;
	if (!pins_admit(request, false))
		pins_free(pins);
	else if (pins_start(pins, issued) < 0)
		http_refuse_memory(request);
}

void credentials_revoke(struct request *request)
{
	struct service_refusal refusal;
	if (!is_entitled(request))
		return;
	if (service_credentials_revoke(request->io->service, request->number,
		    request->params.name[0], request->params.name[1], io_moment(), &refusal) < 0)
		http_refuse_service(request, &refusal);
}

void credentials_list(struct request *request)
{
	struct rs_buf *out = &request->out;
	if (!is_entitled(request))
		return;
	int err = rs_buf_printf(out, "{\"conference\":\"%s\",\"badges\":", request->params.name[0]);
	if (err == 0)
		err = service_credentials(request->io->service, request->params.name[0], out);
	if (err == 0)
		err = rs_buf_append(out, "}", 1);
	http_answer_with(
		request, err, "no-such-conference", "There is no conference of this name.");
}
