/* signaling/io/description.h
 *
 * The OpenAPI 3.1 description of /api/v1 as one JSON text, put together from openapi/ while the program is built.
 */
#ifndef ROSTRUM_SIGNALING_IO_DESCRIPTION_H
#define ROSTRUM_SIGNALING_IO_DESCRIPTION_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t description_text[];
extern const size_t description_len;

#endif
