/* tools/loadgen/report.h
 *
 * The result for people, or as one line of JSON.
 */
#ifndef ROSTRUM_TOOLS_LOADGEN_REPORT_H
#define ROSTRUM_TOOLS_LOADGEN_REPORT_H

#include "tools/loadgen/load.h"

/* To stdout, as the options say. */
void report_print(const struct load_options *options, const struct load_result *result);

#endif
