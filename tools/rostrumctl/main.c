/* tools/rostrumctl/main.c
 *
 * rostrumctl: the administrator's command line. One table of commands, each with a file of its own.
 */
#include "common/base/mem.h"
#include "tools/rostrumctl/archive.h"
#include "tools/rostrumctl/badges.h"
#include "tools/rostrumctl/conference.h"
#include "tools/rostrumctl/lots.h"
#include "tools/rostrumctl/rules.h"
#include "tools/rostrumctl/site.h"
#include "tools/rostrumctl/support.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *name;
	const char *meaning;
	int (*run)(int argc, char **argv); /* argv[0] is the command's name */
} commands[] = {
	{ "conference", "import a conference file", conference_main },
	{ "rehearsal", "make a rehearsal of a conference file's meeting; clear it",
		rehearsal_main },
	{ "badges", "list badges; give them links and PINs, to print or as CSV; revoke",
		badges_main },
	{ "meeting", "open or close a meeting", site_meeting },
	{ "token", "make a join token", site_token },
	{ "node", "list media servers and recorders; drain one; a participant's packets as CSV",
		site_node },
	{ "rules", "check a rules profile; the schema of profiles", rules_main },
	{ "lots", "work out again what was drawn by lot in a recorded session", lots_main },
	{ "support",
		"figures, configuration without secrets and logs in one file, for whoever helps",
		support_main },
	{ "archive", "list, verify and export recorded sessions", archive_main },
};

static void print_usage(FILE *out)
{
	(void)fprintf(out, "usage: rostrumctl COMMAND ...\n");
	for (size_t i = 0; i < RS_ARRAY_LEN(commands); i++)
		(void)fprintf(out, "  %-12s %s\n", commands[i].name, commands[i].meaning);
}

/* Options may stand before the command, too: the command's word is brought to the front. */
static void bring_forward(int argc, char **argv)
{
	int at = 1;
	while (at < argc && argv[at][0] == '-')
		at += strcmp(argv[at], "--json") == 0 ? 1 : 2; /* the others have a value */
	if (at >= argc)
		return;
	char *word = argv[at];
	for (; at > 1; at--)
		argv[at] = argv[at - 1];
	argv[1] = word;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "--help") == 0) {
		print_usage(stdout);
		return 0;
	}
	if (argc == 2 && strcmp(argv[1], "--version") == 0) {
		(void)printf("rostrumctl %s\n", ROSTRUM_VERSION);
		return 0;
	}
	bring_forward(argc, argv);
	for (size_t i = 0; argc >= 2 && i < RS_ARRAY_LEN(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argc - 1, argv + 1);
	print_usage(stderr);
	return 2;
}
