/* tools/rostrumctl/archive.h
 *
 * rostrumctl archive: list, verify and export what a recorder wrote. Works on directories; needs no
 * running program.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_ARCHIVE_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_ARCHIVE_H

/* argv[0] is "archive". Returns the exit status: 0; 1 when an archive has problems or something
 * cannot be read or written (said on stderr); 2 for a wrong command line. */
int archive_main(int argc, char **argv);

#endif
