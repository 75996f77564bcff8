/* The answer to an import: what the service says, with a token and a join link for every badge of the conference's
 * main meeting (its first in floor mode) and what a sound check needs in its rehearsal. */
#include "signaling/io/io_priv.h"

#include "common/control/object.h"
#include "signaling/service/credentials.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LINK_MAX (AUTH_TOKEN_LEN + HTTP_VALUE_MAX + 32)

struct join {
	struct request *request;
	const json_t *meetings; /* ids, as the service answered */
	char base[HTTP_VALUE_MAX];
	const char *main;      /* id of the meeting the tokens are for */
	const char *rehearsal; /* or NULL */
	json_t *tokens;
	json_t *links;
	int err; /* sticks */
};

const char *join_page(enum role role)
{
	static const char *const pages[ROLE_COUNT] = {
		[ROLE_SECRETARIAT] = "podium",
		[ROLE_CHAIR] = "podium",
		[ROLE_DELEGATE] = "delegate",
		[ROLE_INTERPRETER] = "interpreter",
		[ROLE_TECHNICIAN] = "technician",
		[ROLE_VIEWER] = "delegate",
		[ROLE_ROOM] = "delegate",
		[ROLE_CAPTIONER] = "captioner",
		[ROLE_ADMIN] = "podium",
	};
	return pages[role];
}

static const char *meeting_at(const struct join *join, size_t i)
{
	return json_string_value(json_array_get(join->meetings, i));
}

static void choose_meetings(struct join *join)
{
	const size_t n = json_array_size(join->meetings);
	for (size_t i = 0; i < n; i++) {
		const char *meeting = meeting_at(join, i);
		if (meeting == NULL)
			continue;
		if (join->main == NULL && service_has_floor(join->request->io->service, meeting))
			join->main = meeting;
		if (join->rehearsal == NULL &&
			service_is_rehearsal(join->request->io->service, meeting))
			join->rehearsal = meeting;
	}
	if (join->main == NULL)
		join->main = meeting_at(join, 0);
}

/* A technician works in every meeting of the conference. */
static void add_other_meetings(const struct join *join, struct claims *claims)
{
	const size_t n = json_array_size(join->meetings);
	for (size_t i = 0; i < n && claims->n_also < CLAIMS_MEETINGS_MAX - 1; i++) {
		const char *meeting = meeting_at(join, i);
		if (meeting != NULL && strcmp(meeting, claims->meeting) != 0)
			(void)rs_copy_text(claims->also[claims->n_also++], RS_NAME_MAX + 1, meeting,
				strlen(meeting)); /* names fit */
	}
}

static bool issue(struct join *join, struct claims *claims, char token[AUTH_TOKEN_LEN])
{
	if (service_badge_revoked(join->request->io->service, claims->meeting, claims->badge))
		return false; /* it gets a new credential, not a token */
	if (claims->role == ROLE_TECHNICIAN)
		add_other_meetings(join, claims);
	const int err = auth_issue(
		join->request->io->config.auth, claims, io_moment().wall_ms / 1000, token);
	if (err < 0)
		join->err = err;
	return err == 0;
}

static void check(struct join *join, int failed)
{
	if (failed != 0)
		join->err = -ENOMEM;
}

/* Token and link of one badge under `key` of both lists; `group` is a member of them, or NULL. */
static void put(struct join *join, struct claims *claims, const char *group, const char *key)
{
	char token[AUTH_TOKEN_LEN];
	char link[LINK_MAX];
	if (!issue(join, claims, token))
		return;
	(void)snprintf(link, sizeof(link), "%s/%s#%s", join->base, join_page(claims->role), token);
	json_t *tokens = group != NULL ? json_object_get(join->tokens, group) : join->tokens;
	json_t *links = group != NULL ? json_object_get(join->links, group) : join->links;
	if (json_object_get(tokens, key) != NULL)
		return; /* the first of a role stands for it */
	check(join, json_object_set_new(tokens, key, json_string(token)));
	check(join, json_object_set_new(links, key, json_string(link)));
}

/* Desks of a language are a list, in the order of the file. */
static void put_interpreter(struct join *join, struct claims *claims)
{
	const char *language = claims->languages[0];
	char token[AUTH_TOKEN_LEN];
	char link[LINK_MAX];
	json_t *tokens = json_object_get(join->tokens, "interpreters");
	json_t *links = json_object_get(join->links, "interpreters");
	if (!issue(join, claims, token))
		return;
	(void)snprintf(link, sizeof(link), "%s/%s#%s", join->base, join_page(claims->role), token);
	if (json_object_get(tokens, language) == NULL) {
		check(join, json_object_set_new(tokens, language, json_array()));
		check(join, json_object_set_new(links, language, json_array()));
	}
	check(join, json_array_append_new(json_object_get(tokens, language), json_string(token)));
	check(join, json_array_append_new(json_object_get(links, language), json_string(link)));
}

static void put_badge(struct join *join, struct claims *claims)
{
	switch (claims->role) {
	case ROLE_DELEGATE:
		put(join, claims, "delegates", claims->badge);
		return;
	case ROLE_INTERPRETER:
		put_interpreter(join, claims);
		return;
	case ROLE_CAPTIONER:
		put(join, claims, "captioners", claims->badge);
		return;
	case ROLE_SECRETARIAT:
	case ROLE_CHAIR:
	case ROLE_TECHNICIAN:
	case ROLE_VIEWER:
	case ROLE_ROOM:
		put(join, claims, NULL, role_name(claims->role));
		return;
	case ROLE_ADMIN:
	case ROLE_COUNT:
		return;
	}
}

static void put_badges(struct join *join)
{
	struct claims claims;
	for (size_t i = 0; join->err == 0 && join->main != NULL &&
			   service_badge(join->request->io->service, join->main, i, &claims) == 0;
		i++)
		put_badge(join, &claims);
}

/* The token of the meeting's first badge with this role, or NULL. */
static json_t *token_of_role(struct join *join, const char *meeting, enum role role)
{
	struct claims claims;
	char token[AUTH_TOKEN_LEN];
	for (size_t i = 0; service_badge(join->request->io->service, meeting, i, &claims) == 0;
		i++) {
		if (claims.role == role)
			return issue(join, &claims, token) ? json_string(token) : NULL;
	}
	return NULL;
}

static json_t *rehearsal(struct join *join)
{
	static const enum role roles[] = { ROLE_TECHNICIAN, ROLE_VIEWER };
	json_t *tokens = json_object();
	for (size_t i = 0; i < RS_ARRAY_LEN(roles) && join->rehearsal != NULL; i++) {
		json_t *token = token_of_role(join, join->rehearsal, roles[i]);
		if (token != NULL)
			check(join, json_object_set_new(tokens, role_name(roles[i]), token));
	}
	return tokens;
}

static json_t *groups(void)
{
	return json_pack("{s:{}, s:{}, s:{}}", "delegates", "interpreters", "captioners");
}

int join_write(struct request *request, const char *imported, size_t len)
{
	json_t *root = json_loadb(imported, len, 0, NULL);
	struct join join = {
		.request = request,
		.meetings = json_object_get(root, "meetings"),
		.tokens = groups(),
		.links = groups(),
	};
	http_base(request, join.base);
	choose_meetings(&join);
	put_badges(&join);
	check(&join, json_object_set_new(root, "base", json_string(join.base)));
	check(&join, json_object_set_new(
			     root, "meeting", json_string(join.main != NULL ? join.main : "")));
	check(&join, json_object_set_new(root, "tokens", join.tokens));
	check(&join, json_object_set_new(root, "links", join.links));
	check(&join, json_object_set_new(root, "rehearsal", rehearsal(&join)));
	char *text = join.err == 0 ? json_dumps(root, JSON_COMPACT) : NULL;
	json_decref(root);
	if (text == NULL)
		return -ENOMEM;
	const int err = rs_buf_append(&request->out, text, strlen(text));
	free(text);
	return err;
}
