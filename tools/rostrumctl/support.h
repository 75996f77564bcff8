/* tools/rostrumctl/support.h
 *
 * `rostrumctl support --out FILE`: one file for whoever helps from afar: what the server says of itself, its configuration without
 * secrets, the ends of its logs.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_SUPPORT_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_SUPPORT_H

/* argv[0] is the command's name. The exit status. */
int support_main(int argc, char **argv);

#endif
