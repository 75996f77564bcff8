/* tests/support/oom.h
 *
 * Allocation sweep: a case is run again with its 0th, 1st, 2nd … allocation failing until it gets
 * through; each failure must come back as -ENOMEM and leak nothing.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_OOM_H
#define ROSTRUM_TESTS_SUPPORT_OOM_H

/* Builds, uses and frees what is tested; 0 or the negative errno it met. */
typedef int oom_case(void *ctx);

/* Fails the running cmocka case by assertion. */
void check_oom(oom_case *run, void *ctx);

#endif
