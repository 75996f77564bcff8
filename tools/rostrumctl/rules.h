/* tools/rostrumctl/rules.h
 *
 * Rules profiles, judged as the server judges them, without a server.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_RULES_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_RULES_H

/* "rules check FILE": everything that is wrong with it, a line each, and 1; nothing and 0 when it is right. "rules schema FILE":
 * the JSON Schema of profiles. 2 when misused. */
int rules_main(int argc, char **argv);

#endif
