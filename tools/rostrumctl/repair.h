/* tools/rostrumctl/repair.h
 *
 * rostrumctl archive repair: a session that was cut off and never gone on with is closed and sealed.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_REPAIR_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_REPAIR_H

#define REPAIR_USAGE                                                                                                \
	"       rostrumctl archive repair DIR [--key-file SECRET.pem] [--force] [--json]   closes and seals what\n" \
	"                          a killed recorder left; the key is the recorder's (archive.key), else unsigned\n"

/* Runs the verb argv[1] if it is this one: exit status 0 (sealed now, or was), 1 (refused or failed), 2 for a wrong
 * command line (nothing printed). -1: another verb. */
int repair_main(int argc, char **argv);

#endif
