#include "signaling/service/media/tell.h"

#include "signaling/service/state/chamber.h"
#include "signaling/service/state/node.h"
#include "signaling/service/state/session.h"
#include "signaling/service/state/state.h"

void media_tell_meeting(struct service *service, struct chamber *chamber)
{
	struct node *node = node_of_instance(service, chamber->proceedings->meeting->instance);
	if (node == NULL)
		return;
	struct rs_buf out;
	rs_buf_init(&out, NODE_TEXT_MAX);
	node_tell(service, node,
		node_write_sfu_meeting(
			++node->revision, chamber->proceedings, survey_is_on(chamber), &out),
		&out);
	rs_buf_done(&out);
}

void media_leave(struct service *service, struct chamber *chamber)
{
	const struct meeting *meeting = chamber->proceedings->meeting;
	struct node *node = node_of_instance(service, meeting->instance);
	if (node == NULL)
		return;
	struct rs_buf out;
	rs_buf_init(&out, NODE_TEXT_MAX);
	node_tell(
		service, node, node_write_meeting_gone(++node->revision, meeting->id, &out), &out);
	rs_buf_done(&out);
}
