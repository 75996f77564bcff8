/* tools/rostrumctl/vault.h
 *
 * rostrumctl archive unseal, erase: an encrypted session opened, or its keys destroyed.
 */
#ifndef ROSTRUM_TOOLS_ROSTRUMCTL_VAULT_H
#define ROSTRUM_TOOLS_ROSTRUMCTL_VAULT_H

/* Make an ordinary archive at `to`, with its record and a bag around it. `key` is the path of the private
 * key. Exit status: 0 or 1. */
int vault_unseal(const char *directory, const char *key, const char *to);
/* Destroy the keys of `what` (archive_erase()), NULL = all. Exit status: 0 or 1. */
int vault_erase(const char *directory, const char *what, const char *by);

#endif
