/* tools/rostrumctl/repair.h
 *
 * rostrumctl archive repair: a session that was cut off and never gone on with is closed and sealed, and what failed at
 * its close, as a time stamp, is done again.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_REPAIR_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_REPAIR_H

#define REPAIR_USAGE                                                                                                                    \
	"       rostrumctl archive repair DIR [--key-file SECRET.pem] [--tsa URL [--tsa-ca FILE]] [--config FILE] [--force] [--json]\n" \
	"                          closes and seals what a killed recorder left, and does again what failed at a close; the key is\n"   \
	"                          the recorder's (archive.key), else unsigned; --config: key and authority of a recorder.json\n"

/* Runs the verb argv[1] if it is this one: exit status 0 (sealed now, or was), 1 (refused, failed, or an authority gave no time stamp), 2 for a wrong
 * command line (nothing printed). -1: another verb. */
int repair_main(int argc, char **argv);

#endif
