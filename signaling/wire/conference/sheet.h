/* signaling/wire/conference/sheet.h
 *
 * Rows of a CSV text (RFC 4180) with the lines they begin on, read by libcsv. The separator is the one of comma, semicolon and tab
 * that the first line has most of; a UTF-8 mark is passed over; empty lines are no rows; spaces around unquoted fields go.
 */
#ifndef ROSTRUM_SIGNALING_WIRE_CONFERENCE_SHEET_H
#define ROSTRUM_SIGNALING_WIRE_CONFERENCE_SHEET_H

#include "common/base/mem.h"

#define SHEET_FIELDS_MAX 32

struct sheet_row {
	const char *fields[SHEET_FIELDS_MAX]; /* NUL-terminated UTF-8 */
	size_t n;
	uint32_t line; /* on which it begins, from 1 */
};

struct sheet_error {
	uint32_t line;
	char why[96];
};

/* The row is valid during the call. */
typedef void sheet_row_fn(void *ctx, const struct sheet_row *row);

/* 0; -EBADMSG with *out_error (no UTF-8, a quote where none may be, more than SHEET_FIELDS_MAX fields) after the rows before it;
 * -ENOMEM. */
int sheet_read(const char *text, size_t len, sheet_row_fn *take, void *ctx,
	struct sheet_error *out_error) RS_MUST_USE;

#endif
