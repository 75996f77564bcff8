/* The one list of reasons for which anything is refused, and the description of /api/v1. */
#include "common/base/hash.h"
#include "signaling/io/description.h"
#include "signaling/io/io_priv.h"
#include "signaling/io/schema.h"
#include "signaling/wire/json/problem.h"
#include "signaling/wire/message/message.h"

#include <stdio.h>
#include <string.h>

/* Beside those of a meeting's rules (rules/verdict.h). What only WebSockets hear has the status that the same would have here. */
static const struct {
	uint16_t status;
	const char *reason, *text;
} reasons[] = {
	{ 400, "bad-url",
		"Webhooks are sent to http and https addresses, without names and passwords." },
	{ 401, "bad-token", "This token was not issued here, or it is damaged." },
	{ 401, "no-hello", "The page did not say hello in time." },
	{ 401, "no-token", "A token is needed: Authorization: Bearer." },
	{ 401, "token-expired", "This token has expired. Ask the secretariat for a new one." },
	{ 401, "token-invalid", "This join link is not valid. Ask the secretariat for a new one." },
	{ 401, "token-revoked",
		"This join link is no longer valid. Ask the secretariat for a new one." },
	{ 403, "not-a-badge", "This badge is not accredited to the meeting." },
	{ 403, "other-conference", "This token is for another conference." },
	{ 403, "other-meeting", "This token is for another meeting." },
	{ 403, "wrong-pin",
		"This link and PIN do not belong together. Look at both again, or ask the secretariat." },
	{ 404, "no-archive", "This site shows no archive." },
	{ 404, "no-such-badge", "There is no badge of this name." },
	{ 404, "no-such-command", "There is no such command." },
	{ 404, "no-such-conference", "There is no conference of this name." },
	{ 404, "no-such-feed", "There is no such feed." },
	{ 404, "no-such-meeting", "There is no meeting of this name." },
	{ 404, "no-such-node", "There is no media server of this name." },
	{ 404, "no-such-reason", "Nothing is refused for this reason." },
	{ 404, "no-such-webhook", "There is no webhook of this name in this meeting." },
	{ 404, "no-such-recording", "There is no such recording, or none for this token." },
	{ 404, "no-such-session", "There is no such media session (any more)." },
	{ 404, "not-on-air", "This meeting is not webcast now." },
	{ 404, "no-such-speech",
		"There is no such speech in this recording, or nothing of it can be proven." },
	{ 404, "not-found", "There is nothing at this address." },
	{ 405, "method-not-allowed", "This address has other methods." },
	{ 406, "not-acceptable", "The client takes no media type that this has." },
	{ 409, "badge-revoked", "The badge is revoked. Issue a new credential first." },
	{ 409, "conference-exists", "The conference was imported before with other content." },
	{ 409, "joined-elsewhere", "The badge joined from another place." },
	{ 409, "meeting-exists", "Another conference has a meeting of this name." },
	{ 409, "not-a-rehearsal", "This is no rehearsal: what happened in a meeting stays." },
	{ 409, "not-alone", "The rehearsal stands in a conference file with other meetings." },
	{ 409, "speech-too-long",
		"This speech is longer than is given out at once. Ask the secretariat for it." },
	{ 411, "length-required", "Content-Length is needed." },
	{ 412, "other-etag", "The entity tag is another one." },
	{ 413, "too-large", "The body is longer than is taken here." },
	{ 415, "media-type", "The body is of another media type than is taken here." },
	{ 416, "no-such-range", "The document has no such part." },
	{ 428, "etag-required", "If-Match is needed." },
	{ 500, "out-of-memory", "The server is out of memory." },
	{ 500, "unreadable", "The page cannot be read." },
	{ 503, "archive-unavailable", "The archive cannot be read just now. Please try again." },
	{ 503, "not-settled", "The rehearsal cannot be ended yet. Try again." },
	{ 503, "restart", "The server could not go on with this connection." },
	{ 503, "too-much",
		"The search took too long. Please narrow it: a date, a speaker, a rarer word." },
};

/* The i-th of all reasons; false past the end. */
static bool reason_at(size_t i, struct service_refusal *out)
{
	if (service_reason(i, out))
		return true;
	size_t first = 0;
	while (service_reason(first, out))
		first++;
	if (i - first >= RS_ARRAY_LEN(reasons))
		return false;
	out->status = reasons[i - first].status;
	(void)rs_set_text(out->reason, reasons[i - first].reason);
	(void)rs_set_text(out->text, reasons[i - first].text);
	return true;
}

static int write_reason(const struct service_refusal *reason, struct rs_buf *out)
{
	return wire_problem_write(reason->status, reason->reason, reason->text, out);
}

void api_problems(struct request *request)
{
	struct service_refusal reason;
	struct rs_buf *out = &request->out;
	int err = rs_buf_printf(out, "{\"problems\":[");
	for (size_t i = 0; err == 0 && reason_at(i, &reason); i++) {
		err = i > 0 ? rs_buf_printf(out, ",") : 0;
		if (err == 0)
			err = write_reason(&reason, out);
	}
	if (err == 0)
		err = rs_buf_printf(out, "]}");
	if (err < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, "application/json");
}

void api_problem(struct request *request)
{
	struct service_refusal reason;
	for (size_t i = 0; reason_at(i, &reason); i++) {
		if (strcmp(reason.reason, request->params.name[0]) != 0)
			continue;
		if (write_reason(&reason, &request->out) < 0)
			http_refuse_memory(request);
		http_answer(request, HTTP_STATUS_OK, "application/json");
		return;
	}
	http_refuse(request, HTTP_STATUS_NOT_FOUND, "no-such-reason",
		"Nothing is refused for this reason.");
}

/* A text that stays as it is while the program runs, for everybody. */
static void answer_fixed(struct request *request, const uint8_t *text, size_t len, const char *type)
{
	uint8_t hash[RS_SHA256_LEN];
	char hex[2 * RS_SHA256_LEN + 1];
	char tag[24];
	rs_sha256(text, len, hash);
	rs_hex_encode(hash, RS_SHA256_LEN, hex);
	(void)snprintf(tag, sizeof(tag), "\"%.16s\"", hex);
	http_add_header(request, "etag:", tag);
	http_add_header(request, "access-control-allow-origin:", "*");
	if (route_has_tag(request->if_none_match, tag)) {
		http_answer(request, HTTP_STATUS_NOT_MODIFIED, NULL);
		return;
	}
	if (rs_buf_append(&request->out, text, len) < 0)
		http_refuse_memory(request);
	http_answer(request, HTTP_STATUS_OK, type);
}

void api_description(struct request *request)
{
	answer_fixed(request, description_text, description_len, "application/json");
}

void api_schema(struct request *request)
{
	answer_fixed(request, schema_text, schema_len, "application/schema+json");
}
