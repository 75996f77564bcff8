/* tools/rostrumctl/site.h
 *
 * rostrumctl meeting, token, node: what an administrator does with a running site. `token` works offline,
 * with the site's key; the others ask rostrum-signaling.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_SITE_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_SITE_H

/* argv[0] is the command's name. Each returns the exit status: 0; 1 when it failed (said on stderr); 2 for a wrong command line. */
int site_meeting(int argc, char **argv);
int site_token(int argc, char **argv);
int site_node(int argc, char **argv);

#endif
