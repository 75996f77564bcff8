#include "signaling/service/show/decided.h"

#include "signaling/service/people/admission.h"
#include "signaling/service/service.h"
#include "signaling/service/state/chamber.h"
#include "signaling/service/state/state.h"
#include "signaling/wire/beside/listing.h"

#include <errno.h>
#include <inttypes.h>

#define DECIDED_MAX 256
#define DECIDED_TEXT_MAX ((size_t)1 << 18)

struct decided {
	uint32_t number;
	uint64_t event; /* of its proclamation */
	int64_t wall_ms;
	enum visibility visibility; /* before whom, at most, the meeting sat for it */
	struct message *text;
};

struct decisions {
	struct decided list[DECIDED_MAX]; /* a ring, by number of proclamation */
	size_t n;                         /* ever */
};

struct decisions *decided_free(struct decisions *decisions)
{
	if (decisions == NULL)
		return NULL;
	for (size_t i = 0; i < DECIDED_MAX; i++)
		message_unref(decisions->list[i].text);
	return rs_release(decisions);
}

/* Its machine; one that is no longer before the meeting stands as it ended. NULL when there is none. */
static const struct voting *find_voting(const struct proceedings *proceedings, uint32_t decision)
{
	for (size_t i = 0; i < RS_ARRAY_LEN(proceedings->votings); i++) {
		if (proceedings->votings[i]->now.number == decision)
			return proceedings->votings[i];
	}
	return NULL;
}

static struct decided *find(struct decisions *decisions, uint32_t decision)
{
	for (size_t i = 0; i < DECIDED_MAX; i++) {
		if (decisions->list[i].text != NULL && decisions->list[i].number == decision)
			return &decisions->list[i];
	}
	return NULL;
}

/* The one of this proclamation; the oldest makes way. */
static struct decided *add(
	struct decisions *decisions, const struct event *event, const struct meeting *meeting)
{
	struct decided *decided = &decisions->list[decisions->n++ % DECIDED_MAX];
	message_unref(decided->text);
	*decided = (struct decided){ .number = event->decision,
		.event = event->number,
		.wall_ms = event->wall_ms,
		.visibility = meeting->visibility };
	return decided;
}

static struct message *write(const struct decided *decided, const struct voting *voting)
{
	struct rs_buf text;
	rs_buf_init(&text, DECIDED_TEXT_MAX);
	const int err = listing_write_decision(voting, decided->event, decided->wall_ms, &text);
	struct message *message =
		err == 0 ? message_new(rs_buf_data(&text), rs_buf_len(&text)) : NULL;
	rs_buf_done(&text);
	return message;
}

int decided_follow(struct chamber *chamber, const struct event *event)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	const bool proclaimed = event->kind == EVENT_DECISION_PROCLAIMED;
	if (!proclaimed && event->kind != EVENT_INTENT_STATED)
		return 0;
	if (chamber->decisions == NULL)
		chamber->decisions = rs_zalloc(sizeof(*chamber->decisions));
	if (chamber->decisions == NULL)
		return -ENOMEM;
	const struct voting *voting = find_voting(chamber->proceedings, event->decision);
	struct decided *decided = proclaimed ? add(chamber->decisions, event, meeting)
					     : find(chamber->decisions, event->decision);
	if (voting == NULL || decided == NULL)
		return 0;
	struct message *text = write(decided, voting);
	if (text == NULL)
		return -ENOMEM;
	message_unref(decided->text);
	decided->text = text;
	/* A statement of intent that is made in private is told to nobody else. */
	if (meeting->visibility > decided->visibility)
		decided->visibility = meeting->visibility;
	return 0;
}

int service_decisions(
	const struct service *service, const struct service_page *page, struct rs_buf *out)
{
	const struct chamber *chamber = chamber_find(service, page->meeting);
	if (chamber == NULL)
		return -ENOENT;
	const struct decisions *decisions = chamber->decisions;
	const size_t n = decisions != NULL ? decisions->n : 0;
	uint64_t last = 0;
	size_t left = page->limit;
	bool more = false;
	int err = rs_buf_printf(out, "{\"decisions\":[");
	for (size_t i = n > DECIDED_MAX ? n - DECIDED_MAX : 0; i < n && err == 0; i++) {
		const struct decided *decided = &decisions->list[i % DECIDED_MAX];
		if (decided->text == NULL || decided->event <= page->after ||
			!admission_may_have(chamber, page->who, decided->visibility))
			continue;
		more = left == 0;
		if (more)
			break;
		left--;
		err = last != 0 ? rs_buf_append(out, ",", 1) : 0;
		if (err == 0)
			err = rs_buf_append(out, message_text(decided->text), decided->text->len);
		last = decided->event;
	}
	if (err == 0)
		err = rs_buf_append(out, "]", 1);
	if (err == 0 && more)
		err = rs_buf_printf(out, ",\"next\":%" PRIu64, last);
	return err < 0 ? err : rs_buf_append(out, "}", 1);
}
