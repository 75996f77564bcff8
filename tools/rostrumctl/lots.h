/* tools/rostrumctl/lots.h
 *
 * rostrumctl lots: were the lots drawn as was announced? Works out every draw of a recorded session again from what was published
 * then, by signaling/wire/PROTOCOL.md section 3.4 alone; needs no running program.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_LOTS_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_LOTS_H

/* argv[0] is "lots". Returns the exit status: 0; 1 when a draw is wrong or cannot be judged, or the file cannot be read (said on
 * stderr); 2 for a wrong command line. */
int lots_main(int argc, char **argv);

#endif
