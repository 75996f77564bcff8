/* tools/rostrumctl/badges.h
 *
 * rostrumctl badges: by what the people of a conference join. PINs are told once, when they are issued: as CSV, or as a sheet to
 * be printed and cut.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_BADGES_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_BADGES_H

#include <jansson.h>

#include <stdbool.h>
#include <stdio.h>

/* argv[0] is the command's name. Returns the exit status: 0; 1 when it failed (said on stderr); 2 for a wrong command line. */
int badges_main(int argc, char **argv);

/* badges_sheet.c: one slip for each of `issued` ({"badge", "name", "country", "role", "link", "pin"}), as an HTML page that prints on A4
 * without one being torn apart. False when the file could not be written. */
bool badges_write_sheet(FILE *file, const char *conference, const json_t *issued);
/* The same as CSV (RFC 4180), with names on top. */
bool badges_write_csv(FILE *file, const json_t *issued);

#endif
