#include "signaling/wire/beside/webcast.h"

#include "signaling/wire/json/doc.h"

static json_t *item_part(const struct meeting *meeting)
{
	const struct meeting_item *item = &meeting->items[meeting->item];
	json_t *part = json_object();
	doc_put(&part, "id", json_string(item->id));
	doc_put(&part, "title", json_string(item->title));
	return part;
}

static void put_delegation(
	json_t **part, const struct meeting *meeting, const char *key, const char *id)
{
	const struct delegation *delegation = meeting_find_delegation(meeting, id);
	if (delegation == NULL)
		return;
	json_t *one = json_object();
	doc_put(&one, "id", json_string(delegation->id));
	doc_put(&one, "name", json_string(delegation->country));
	doc_put(part, key, one);
}

/* Delegations speak: by whom is the record's. */
static json_t *speaker_part(
	const struct proceedings *proceedings, const struct participant *participant)
{
	const struct meeting *meeting = proceedings->meeting;
	json_t *part = json_object();
	doc_put(&part, "role", json_string(role_name(participant->role)));
	put_delegation(&part, meeting, "delegation", participant->delegation);
	put_delegation(&part, meeting, "group", proceedings->floor->now.called.group);
	doc_put_text(&part, "language", proceedings->interpretation->language);
	return part;
}

static void put_proceedings(json_t **json, const struct proceedings *proceedings)
{
	const struct meeting *meeting = proceedings->meeting;
	const struct participant *speaker = meeting_find(meeting, proceedings->floor->now.holder);
	if (meeting->item < meeting->n_items)
		doc_put(json, "item", item_part(meeting));
	if (speaker != NULL)
		doc_put(json, "speaker", speaker_part(proceedings, speaker));
}

int webcast_write(const struct proceedings *proceedings, struct rs_buf *out)
{
	const struct meeting *meeting = proceedings->meeting;
	json_t *json = json_object();
	doc_put(&json, "webcast", json_string(meeting->id));
	doc_put(&json, "visibility", json_string(visibility_name(meeting->visibility)));
	doc_put(&json, "on", json_boolean(meeting->webcast));
	if (meeting->visibility == VISIBILITY_PUBLIC) {
		doc_put(&json, "title", json_string(meeting->title));
		doc_put(&json, "state", json_string(meeting_phase_name(meeting->phase)));
		doc_patch_int(&json, "until", meeting->until_ms, false);
		if (meeting->rehearsal)
			doc_put(&json, "rehearsal", json_true());
	}
	if (meeting->webcast)
		put_proceedings(&json, proceedings);
	return doc_append(json, out);
}
