#include "common/base/bytes.h"

#include <string.h>

void rs_write_bytes(struct rs_writer *writer, const void *data, size_t len)
{
	uint8_t *room = rs_write_room(writer, len);
	if (room != NULL && len > 0)
		memcpy(room, data, len);
}

void rs_write_zero(struct rs_writer *writer, size_t len)
{
	uint8_t *room = rs_write_room(writer, len);
	if (room != NULL)
		memset(room, 0, len);
}
