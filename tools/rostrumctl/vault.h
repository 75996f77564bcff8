/* tools/rostrumctl/vault.h
 *
 * rostrumctl archive unseal, erase: an encrypted session opened, or its keys destroyed.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_VAULT_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_VAULT_H

#include "recorder/archive/vault/unseal.h"

/* Make an ordinary archive at `to`, with its record and a bag around it. `key` is the path of the private
 * key. Exit status: 0 or 1. */
int vault_unseal(const char *directory, const char *key, const char *to);
/* Destroy keys; what they are called is in `wish`, all but the time. Exit status: 0; 1: it failed, or the second copy has keys still. */
int vault_erase(const struct erase_wish *wish);

#endif
