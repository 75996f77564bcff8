/* tools/rostrumctl/custody.h
 *
 * rostrumctl archive hold, release, retention, unseal, erase: what may go from the archives, when, and what must stay.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_CUSTODY_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_CUSTODY_H

#define CUSTODY_USAGE                                                                                                                 \
	"       rostrumctl archive hold DIR --reason TEXT      nothing is deleted from it\n"                                          \
	"       rostrumctl archive release DIR --reason TEXT [--hold N]\n"                                                            \
	"       rostrumctl archive retention ROOT --schedule FILE [--also COPY] [--dry-run] [--json]\n"                               \
	"       rostrumctl archive erase DIR [--track T] [--also COPY]    destroys its keys: what they open is lost\n"                \
	"                          these four: [--by NAME] [--key SECRET.pem] who puts it down, and signs; [--config FILE] key and\n" \
	"                          second copy are those of a recorder.json\n"                                                        \
	"       rostrumctl archive unseal DIR --key PRIVATE.pem --to DIR2  an encrypted session as an ordinary one\n"

/* Runs the verb argv[1] if it is one of these: its exit status as archive_main() has it, 2 for a wrong command
 * line (nothing printed). -1: another verb. */
int custody_main(int argc, char **argv);

#endif
