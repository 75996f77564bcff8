/* signaling/wire/view/people.h
 *
 * Parts of the view that the conference file alone says: delegations, ranks and seats, the room. They do not change
 * while a page is there. NULL when out of memory, as signaling/wire/json/doc.h has it.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_VIEW_PEOPLE_H
#define ROSTRUM_SIGNALING_WIRE_VIEW_PEOPLE_H

#include "signaling/meeting/meeting.h"
#include "signaling/wire/json/doc.h"

/* {"id", "name"} of the room. */
json_t *view_room(const struct room *room);
/* [{"id", "country", "category"}], in protocol order. */
json_t *view_delegations(const struct meeting *meeting);
/* [{"language", "desks", "into"}]. */
/* Adds category, rank and seat to what is told of a participant, as far as there are. */
void view_put_accreditation(json_t **part, const struct participant *participant);

#endif
