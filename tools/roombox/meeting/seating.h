/* tools/roombox/meeting/seating.h
 *
 * What a box needs of the meeting's view (signaling/wire/PROTOCOL.md section 3): who sits where, who waits for the floor and who is heard. Fed
 * with views and patches, it tells the seats that are otherwise than they were told last. A machine without I/O; what else the view has
 * is forgotten at once. Not thread safe.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_MEETING_SEATING_H
#define ROSTRUM_TOOLS_ROOMBOX_MEETING_SEATING_H

#include "tools/roombox/meeting/meeting.h"

#include <jansson.h>

struct seating;

/* Nobody sits anywhere. 0 or -ENOMEM. */
int seating_new(struct seating **out_seating) RS_MUST_USE;
/* NULL is fine. Returns NULL. */
struct seating *seating_free(struct seating *seating);

/* The whole view, or a patch of one (tools/client/patch.h). What is not of the expected type is as if it were not there. Seats beyond
 * SEATS_MAX are not followed. 0, -EBADMSG or -ENOMEM: then a view must follow. */
int seating_view(struct seating *seating, const json_t *view) RS_MUST_USE;
int seating_patch(struct seating *seating, const json_t *patch) RS_MUST_USE;

/* One seat that is otherwise than it was last told, or new; 1, or 0 = none. A seat that nobody has any more is told once, without a badge. */
int seating_changed(struct seating *seating, struct meeting_seat *out_seat);

/* The meeting hears this room: the microphone of its badge or of somebody who sits in it is open, and what is heard counts as proceedings,
 * as it does neither in a rehearsal nor behind open doors. */
bool seating_is_heard(const struct seating *seating, const char *badge);

/* What a key does at this moment, as the name of a command and the entry it is about (0 = none): NULL = nothing, or nobody sits there.
 * Pressed: asks for the floor; a presiding officer's microphone opens. Released: the speech ends, the microphone closes, or what waits
 * longest is withdrawn. */
const char *seating_press(const struct seating *seating, const char *seat);
const char *seating_release(const struct seating *seating, const char *seat, uint32_t *out_entry);

#endif
