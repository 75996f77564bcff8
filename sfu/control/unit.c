#include "sfu/control/unit.h"

#include "sfu/control/control_priv.h"

#include <errno.h>
#include <string.h>

struct control_reader {
	json_t *document;
	struct control_scratch scratch;
};

int control_reader_new(struct control_reader **out_reader)
{
	struct control_reader *reader = rs_zalloc(sizeof(*reader));
	if (reader == NULL)
		return -ENOMEM;
	*out_reader = reader;
	return 0;
}

struct control_reader *control_reader_free(struct control_reader *reader)
{
	if (reader != NULL)
		json_decref(reader->document);
	return rs_release(reader);
}

typedef void parse_fn(const struct object *object, struct control_scratch *scratch);

static int read_unit(
	struct control_reader *reader, const char *text, const char *what, parse_fn *parse)
{
	json_error_t fault;
	json_decref(reader->document);
	reader->document = json_loads(text, JSON_REJECT_DUPLICATES, &fault);
	if (reader->document == NULL)
		return json_error_code(&fault) == json_error_out_of_memory ? -ENOMEM : -EBADMSG;
	struct object_error judged;
	const struct object object = object_root(reader->document, what, &judged);
	if (!judged.failed)
		parse(&object, &reader->scratch);
	return judged.failed ? -EBADMSG : 0;
}

int control_read_meeting(
	struct control_reader *reader, const char *text, const struct router_meeting **out_meeting)
{
	const int err = read_unit(reader, text, "meeting", control_parse_meeting);
	if (err == 0)
		*out_meeting = &reader->scratch.meeting;
	return err;
}

int control_read_peer(
	struct control_reader *reader, const char *text, const struct control_peer **out_peer)
{
	const int err = read_unit(reader, text, "peer", control_parse_peer);
	if (err == 0)
		*out_peer = &reader->scratch.peer;
	return err;
}
