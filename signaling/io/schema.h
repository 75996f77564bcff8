/* signaling/io/schema.h
 *
 * The JSON Schema of conference files (conf/schema/conference.json) as text, put in while the program is built.
 */
#ifndef ROSTRUM_SIGNALING_IO_SCHEMA_H
#define ROSTRUM_SIGNALING_IO_SCHEMA_H

#include <stddef.h>
#include <stdint.h>

extern const uint8_t schema_text[];
extern const size_t schema_len;

#endif
