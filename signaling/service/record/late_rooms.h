/* signaling/service/record/late_rooms.h
 *
 * When each room of a meeting was open, for as long as what it kept may still come.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_ROOMS_H
#define ROSTRUM_SIGNALING_SERVICE_RECORD_LATE_ROOMS_H

#include <stdint.h>

struct chamber;
struct late_desk;

struct late_desk *late_free(struct late_desk *desk);
/* An event was applied, and the gate may have moved. */
void late_follow(struct chamber *chamber, int64_t wall_ms);

#endif
