/* signaling/wire/technician/precall.h
 *
 * What a test before a call found (PROTOCOL.md section 3.10), as text: from a page, to and from the store, to those who help.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_TECHNICIAN_PRECALL_H
#define ROSTRUM_SIGNALING_WIRE_TECHNICIAN_PRECALL_H

#include "common/base/buf.h"
#include "signaling/technician/precall.h"

#define PRECALL_ERROR_LEN 192
/* What is found is no longer than that as text, names of devices escaped. */
#define PRECALL_TEXT_MAX ((size_t)3072)

/* As a page reports it, or as noted (then with its time, which a page's own word for is not taken). Names of devices are cut to what
 * fits, and without characters that could not be shown. 0, or -EBADMSG with `error` set. */
int precall_parse(const char *json, size_t len, struct precall *out_precall,
	char error[PRECALL_ERROR_LEN]) RS_MUST_USE;
/* What precall_parse() reads back as the same, `time` included. 0, -E2BIG or -ENOMEM, as the next ones. */
int precall_note_write(const struct precall *precall, struct rs_buf *out) RS_MUST_USE;
/* {"verdict", "time", "reasons": [["no-udp", "poor"], ...]}: for those who watch three hundred. */
int precall_write_brief(const struct precall *precall, struct rs_buf *out) RS_MUST_USE;
/* The same with "participant" and what was found: "found". */
int precall_write_whole(
	const char *badge, const struct precall *precall, struct rs_buf *out) RS_MUST_USE;

#endif
