#include "signaling/service/state/node.h"

#include "signaling/service/service.h"
#include "signaling/service/state/out.h"
#include "signaling/service/state/state.h"

#include <string.h>

struct node *node_of_instance(const struct service *service, const char *instance)
{
	size_t cursor = 0;
	struct node *node;
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL) {
		if (node->greeted && node->kind == NODE_SFU &&
			strcmp(node->instance, instance) == 0)
			return node;
	}
	return NULL;
}

struct node *node_recorder(const struct service *service)
{
	size_t cursor = 0;
	struct node *found = NULL;
	struct node *node;
	/* The one that came first, whatever the order of the walk. */
	while ((node = rs_map_next(service->nodes, &cursor)) != NULL) {
		if (node->greeted && node->kind == NODE_RECORDER &&
			(found == NULL || node->id < found->id))
			found = node;
	}
	return found;
}

void node_tell(struct service *service, struct node *node, int err, struct rs_buf *text)
{
	out_text(service, SERVICE_SEND_NODE, node->id, 0, err, text);
}
