/* tools/rostrumctl/conference.h
 *
 * rostrumctl conference, rehearsal: what is made of a conference file, by a running rostrum-signaling.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_CONFERENCE_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_CONFERENCE_H

/* argv[0] is the command's name. Each returns the exit status: 0; 1 when it failed (said on stderr); 2 for a wrong command line. */
int conference_main(int argc, char **argv);
int rehearsal_main(int argc, char **argv);

#endif
