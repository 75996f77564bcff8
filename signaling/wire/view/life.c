#include "signaling/wire/view/life.h"

#include "signaling/meeting/quorum.h"
#include "signaling/wire/json/doc.h"

void life_put_meeting(json_t **part, const struct meeting *meeting, bool patch)
{
	doc_put(part, "visibility", json_string(visibility_name(meeting->visibility)));
	doc_put(part, "webcast", json_boolean(meeting->webcast));
	doc_patch_int(part, "until", meeting->until_ms, patch);
	doc_patch_text(part, "checking", meeting->checking, patch);
}

json_t *life_quorum_part(const struct meeting *meeting, bool patch)
{
	struct quorum quorum;
	json_t *part = json_object();
	meeting_quorum(meeting, &quorum);
	doc_put(&part, "authorised", json_integer(quorum.authorised));
	doc_put(&part, "present", json_integer(quorum.present));
	doc_patch_int(&part, "to_open", quorum.to_open, patch);
	doc_patch_int(&part, "to_decide", quorum.to_decide, patch);
	return part;
}
