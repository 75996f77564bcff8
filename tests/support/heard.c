#include "tests/support/heard.h"

#include "signaling/proceedings/proceedings.h"
#include "signaling/wire/conference/conference.h"
#include "signaling/wire/event/event.h"
#include "tests/support/examples.h"

#include <stdio.h>
#include <stdlib.h>

struct heard {
	struct rules rules;
	struct proceedings *proceedings;
};

static void must(bool so, const char *what)
{
	if (so)
		return;
	(void)fprintf(stderr, "heard: %s\n", what);
	abort();
}

static const struct rules *profile_of(const void *ctx, const char *name)
{
	(void)name;
	return ctx;
}

static void read_profile(struct heard *heard, const char *profile)
{
	char path[128];
	char error[WIRE_ERROR_LEN];
	size_t len;
	(void)snprintf(path, sizeof(path), "conf/rules/%s.json", profile);
	char *text = examples_read(path, &len);
	must(rules_parse(profile, text, len, &heard->rules, error) == 0, "no such profile");
	free(text);
}

struct heard *heard_new(const char *profile, const char *conference)
{
	struct heard *heard = calloc(1, sizeof(*heard));
	must(heard != NULL, "out of memory");
	read_profile(heard, profile);
	struct conference *parsed = NULL;
	struct faults *faults = NULL;
	const struct conference_reader reader = { .rules = profile_of, .ctx = &heard->rules };
	size_t len;
	char *text = examples_read(conference, &len);
	must(faults_new(&faults) == 0 &&
			conference_parse(&reader, text, len, faults, &parsed) == 0 &&
			proceedings_new(parsed->meetings[0], &heard->proceedings) == 0,
		"no such conference");
	parsed->meetings[0] = NULL; /* the proceedings' now */
	conference_free(parsed);
	faults_free(faults);
	free(text);
	return heard;
}

void heard_free(struct heard *heard)
{
	proceedings_free(heard->proceedings);
	free(heard);
}

/* Too large for many frames of the stack. */
static const struct event *parse(const char *payload)
{
	static struct event event;
	char error[WIRE_ERROR_LEN];
	must(wire_event_parse(payload, strlen(payload), &event, error) == 0, payload);
	return &event;
}

int64_t heard_event_ms(const char *payload)
{
	return parse(payload)->wall_ms;
}

bool heard_take(struct heard *heard, const char *payload)
{
	const struct event *event = parse(payload);
	proceedings_apply(heard->proceedings, event);
	return event->kind == EVENT_FLOOR_GIVEN || event->kind == EVENT_POINT_HEARD ||
	       event->kind == EVENT_MOTION_TAKEN_UP || event->kind == EVENT_MICROPHONE_OPENED;
}

static bool in_session(const struct heard *heard)
{
	return heard->proceedings->meeting->phase == MEETING_IN_SESSION;
}

const char *heard_source(const struct heard *heard, size_t i)
{
	return in_session(heard) ? floor_open(heard->proceedings->floor, i) : NULL;
}

size_t heard_count(const struct heard *heard)
{
	const struct floor *floor = heard->proceedings->floor;
	if (!in_session(heard))
		return 0;
	return floor->n_presiding + (floor->now.holder[0] != '\0' ? 1 : 0);
}
