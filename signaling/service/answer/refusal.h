/* signaling/service/answer/refusal.h
 *
 * What people are told when the rules refuse: a sentence, with the figures where it turns on figures.
 */
#ifndef ROSTRUM_SIGNALING_SERVICE_ANSWER_REFUSAL_H
#define ROSTRUM_SIGNALING_SERVICE_ANSWER_REFUSAL_H

#include "signaling/proceedings/proceedings.h"
#include "signaling/service/service.h"

struct chamber;

/* For people: a sentence of its own, or `text` filled with one that has the figures. */
const char *refusal_text(const struct chamber *chamber, enum command_kind kind,
	enum verdict verdict, char text[SERVICE_ERROR_LEN]);

#endif
