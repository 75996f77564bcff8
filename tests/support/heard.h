/* tests/support/heard.h
 *
 * Who is heard in a meeting, by signaling's own machines: fed with the meeting's events as they are stored. Aborts on events
 * that are none.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_HEARD_H
#define ROSTRUM_TESTS_SUPPORT_HEARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heard;

/* The first meeting of a conference file under a profile of conf/rules. */
struct heard *heard_new(const char *profile, const char *conference);
void heard_free(struct heard *heard);
/* When an event happened, wall clock. */
int64_t heard_event_ms(const char *payload);
/* It happens. Whether it gives the floor, or opens a microphone. */
bool heard_take(struct heard *heard, const char *payload);
/* The i-th participant that is heard: the holder of the floor, then presiding officers. NULL behind the last. */
const char *heard_source(const struct heard *heard, size_t i);
/* How many; a presiding officer who holds the floor as well counts twice. */
size_t heard_count(const struct heard *heard);

#endif
