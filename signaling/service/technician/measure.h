/* signaling/service/technician/measure.h
 *
 * What media servers measure, told to pages about once a second: levels of sources, quality of lines. Not kept, not numbered; only
 * what changed is told.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_MEASURE_H
#define ROSTRUM_SIGNALING_SERVICE_TECHNICIAN_MEASURE_H

#include "signaling/service/service.h"

struct chamber;
struct node_message;
struct person;
struct service;
struct session;
struct wire_message;

void measure_stats(struct service *service, const struct node_message *message, struct moment at);
/* An interpreter's page says how old what is heard there is. */
void measure_hears(struct service *service, struct session *session,
	const struct wire_message *message, struct rs_buf *out, int *err);
/* Told to pages at once: a frame lights up with the first words. */
void measure_speaking(
	struct service *service, const struct node_message *message, struct moment at);
/* Append the part `measured` as an object's text. 0, -E2BIG, -ENOMEM. */
int measure_write(const struct chamber *chamber, struct rs_buf *out) RS_MUST_USE;
void measure_init(struct person *person);
/* The parts as members of one object, of one person. 0, -E2BIG, -ENOMEM. */
int measure_person_write(const struct person *person, struct rs_buf *out) RS_MUST_USE;

#endif
