#include "signaling/wire/beside/listing.h"

#include "signaling/wire/json/doc.h"
#include "signaling/wire/view/view.h"
#include "signaling/wire/view/voting.h"

#define VIEW_TEXT_MAX ((size_t)4 << 20)

int listing_write_meeting(const struct meeting *meeting, const char *conference, struct rs_buf *out)
{
	json_t *line = json_object();
	doc_put(&line, "id", json_string(meeting->id));
	doc_put(&line, "title", json_string(meeting->title));
	doc_put(&line, "conference", json_string(conference));
	doc_put(&line, "state", json_string(meeting_phase_name(meeting->phase)));
	doc_put(&line, "mode", json_string(meeting->mode == MEETING_FLOOR ? "floor" : "direct"));
	doc_put(&line, "rehearsal", json_boolean(meeting->rehearsal));
	doc_put(&line, "sitting", json_integer(meeting->sitting));
	doc_put(&line, "event", json_integer((json_int_t)meeting->event));
	return doc_append(line, out);
}

int listing_write_part(
	const struct proceedings *proceedings, const char *const *members, struct rs_buf *out)
{
	struct rs_buf text;
	rs_buf_init(&text, VIEW_TEXT_MAX);
	int err = view_write(proceedings, &text);
	if (err == 0) {
		RS_CLEANUP(doc_freep)
		json_t *view = doc_read((const char *)rs_buf_data(&text), rs_buf_len(&text));
		json_t *part = json_object();
		for (; *members != NULL; members++) {
			json_t *member = json_object_get(view, *members);
			if (member != NULL)
				doc_put(&part, *members, json_incref(member));
		}
		err = doc_append(part, out);
	}
	rs_buf_done(&text);
	return err;
}

int listing_write_decision(
	const struct voting *voting, uint64_t event, int64_t wall_ms, struct rs_buf *out)
{
	json_t *line = view_decision(voting);
	doc_put(&line, "event", json_integer((json_int_t)event));
	doc_put(&line, "time", json_integer(wall_ms));
	return doc_append(line, out);
}

static json_t *participant_line(const struct participant *participant)
{
	json_t *line = json_object();
	doc_put(&line, "id", json_string(participant->id));
	doc_put(&line, "name", json_string(participant->name));
	doc_put(&line, "role", json_string(role_name(participant->role)));
	doc_put_text(&line, "delegation", participant->delegation);
	doc_put_text(&line, "country", participant->country);
	doc_put(&line, "present", json_boolean(participant->present));
	doc_put(&line, "line", json_string(line_name(participant->line)));
	return line;
}

int listing_write_participants(
	const struct meeting *meeting, size_t offset, size_t limit, struct rs_buf *out)
{
	const size_t total = meeting->n_participants;
	const size_t from = offset < total ? offset : total;
	const size_t to = limit < total - from ? from + limit : total;
	json_t *page = json_object();
	json_t *list = json_array();
	for (size_t i = from; i < to; i++)
		doc_push(&list, participant_line(&meeting->participants[i]));
	doc_put(&page, "participants", list);
	doc_put(&page, "total", json_integer((json_int_t)total));
	if (to < total)
		doc_put(&page, "next", json_integer((json_int_t)to));
	return doc_append(page, out);
}
