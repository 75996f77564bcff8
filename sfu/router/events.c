/* The ring of what router_poll() tells. */
#include "sfu/router/router_priv.h"

bool event_push(struct router *router, const struct router_event *event)
{
	/* Bindings come in crowds at a change of floor; they may not crowd out what is said once. */
	const size_t most = event->kind == ROUTER_EVENT_SLOT ? EVENTS_MAX / 2 : EVENTS_MAX;

	if (router->n_events >= most) {
		router->counters.events_dropped++;
		return false;
	}
	router->events[(router->event_first + router->n_events++) % EVENTS_MAX] = *event;
	return true;
}

int router_poll(struct router *router, struct router_event *out_event)
{
	if (router->n_events == 0)
		return 0;
	*out_event = router->events[router->event_first];
	router->event_first = (router->event_first + 1) % EVENTS_MAX;
	router->n_events--;
	return 1;
}
