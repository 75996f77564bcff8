#include "signaling/wire/view/people.h"

#include "signaling/wire/view/view.h"

json_t *view_room(const struct room *room)
{
	json_t *part = json_object();
	doc_put(&part, "id", json_string(room->id));
	doc_put(&part, "name", json_string(room->name));
	return part;
}

json_t *view_delegations(const struct meeting *meeting)
{
	json_t *part = json_array();
	for (size_t i = 0; i < meeting->n_delegations; i++) {
		const struct delegation *delegation = &meeting->delegations[i];
		json_t *object = json_object();
		doc_put(&object, "id", json_string(delegation->id));
		doc_put(&object, "country", json_string(delegation->country));
		doc_put(&object, "category", json_string(category_name(delegation->category)));
		if (delegation->without_vote)
			doc_put(&object, "may_vote", json_false());
		doc_put_text(&object, "reason", delegation->reason);
		doc_push(&part, object);
	}
	return part;
}

void view_put_accreditation(json_t **part, const struct participant *participant)
{
	if (participant->delegation[0] != '\0')
		doc_put(part, "category", json_string(category_name(participant->category)));
	doc_put_text(part, "rank", rank_name(participant->rank));
	doc_put_text(part, "level", participant->level);
	doc_put_text(part, "seat", participant->seat);
}

int view_write_badge(const struct participant *participant, const char *state, struct rs_buf *out)
{
	json_t *part = json_object();
	doc_put(&part, "badge", json_string(participant->id));
	doc_put(&part, "name", json_string(participant->name));
	doc_put(&part, "role", json_string(role_name(participant->role)));
	doc_put_text(&part, "delegation", participant->delegation);
	doc_put_text(&part, "country", participant->country);
	doc_put_text(&part, "rank", rank_name(participant->rank));
	doc_put(&part, "state", json_string(state));
	return doc_append(part, out);
}
