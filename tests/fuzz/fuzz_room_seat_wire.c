/* What an adapter sends to the seats' API: a message, and, as the same octets, the path of a request. Refused, or the name of a seat. */
#include "tools/roombox/seats/seat_wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct seat_key key;
	enum seat_route_kind kind;
	char seat[SEATS_NAME_MAX + 1];
	char path[256];
	if (size <= SEAT_WIRE_TAKEN_MAX && seat_key_read((const char *)data, size, &key) == 0 &&
		(key.seat[0] == '\0' || strlen(key.seat) > SEATS_NAME_MAX ||
			!rs_utf8_valid(key.seat, strlen(key.seat))))
		abort();
	(void)rs_copy_text(path, sizeof(path), (const char *)data, size); /* longer ones are cut */
	if (seat_route_find(path, &kind, seat) < 0)
		return 0;
	if (kind >= SEAT_ROUTES || (seat_routes[kind].behind != NULL) != (seat[0] != '\0'))
		abort();
	return 0;
}
