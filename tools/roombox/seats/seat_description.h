/* tools/roombox/seats/seat_description.h
 *
 * The description of the seats' API (seat_api.json, OpenAPI 3.1) as text, put in while the box is built.
 */
#ifndef ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_DESCRIPTION_H
#define ROSTRUM_TOOLS_ROOMBOX_SEATS_SEAT_DESCRIPTION_H

#include <stddef.h>

/* ASCII without a NUL at its end. */
extern const char seat_api_description[];
extern const size_t seat_api_description_len;

#endif
