#include "signaling/wire/technician/errands.h"

#include "signaling/wire/json/doc.h"

#include <errno.h>

int errands_write_request(const struct errands *errands, enum errand errand, const char *seat,
	bool numbered, struct rs_buf *out)
{
	const struct errand_entry *entry = &errands->entries[errand];
	const bool on = entry->state != ERRAND_NONE;
	json_t *json = json_object();
	doc_put(&json, "type", json_string("technician"));
	doc_put(&json, "do", json_string(errand_name(errand)));
	if (on && numbered)
		doc_put(&json, "number", json_integer(entry->number));
	if (seat != NULL)
		doc_put(&json, "seat", json_string(seat));
	if (on && errand == ERRAND_TELL)
		doc_put(&json, "text", json_string(errands->text));
	if (errand == ERRAND_SIGNAL)
		doc_put(&json, "signal", json_string(test_signal_name(entry->signal)));
	doc_put(&json, "until", on ? json_integer(entry->until_ms) : json_null());
	return doc_append(json, out);
}

static json_t *state_of(const struct errand_entry *entry, enum errand errand)
{
	json_t *json = json_object();
	doc_put(&json, "do", json_string(errand_name(errand)));
	doc_put(&json, "state", json_string(errand_state_name(entry->state)));
	doc_put(&json, "at", json_integer(entry->at_ms));
	doc_put(&json, "until", json_integer(entry->until_ms));
	if (errand == ERRAND_SIGNAL)
		doc_put(&json, "signal", json_string(test_signal_name(entry->signal)));
	doc_put_text(&json, "why", entry->why);
	return json;
}

int errands_write_states(const struct errands *errands, struct rs_buf *out)
{
	json_t *json = json_array();
	for (size_t i = 0; i < ERRAND_COUNT; i++) {
		if (errands_is_on(errands, (enum errand)i))
			doc_push(&json, state_of(&errands->entries[i], (enum errand)i));
	}
	return doc_append(json, out);
}
