#include "tools/rostrumctl/vault.h"

#include "common/base/time.h"
#include "common/evidence/lines.h"
#include "recorder/archive/seal/seal.h"
#include "recorder/programme/remake.h"
#include "recorder/record/record.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "rostrumctl: %s: %s\n", what, why);
	return 1;
}

static int load_key(const char *path, struct rs_recipient **out_recipient)
{
	struct lines file;
	int err = lines_open(&file, path);
	if (err < 0)
		return complain(path, strerror(-err));
	err = rs_recipient_new_private((const char *)file.data, file.len, out_recipient);
	rs_wipe(file.data, file.len);
	lines_done(&file);
	if (err == -EBADMSG)
		return complain(path, "an unencrypted private key in PEM is expected");
	if (err == -EOPNOTSUPP)
		return complain(
			path, "a key of X25519, or of RSA of 3072 to 8192 bits, is expected");
	return err < 0 ? complain(path, strerror(-err)) : 0;
}

/* What could not be derived where it was recorded; then a bag, as of any archive. */
static int complete(const char *to)
{
	char why[SEAL_WHY_LEN];
	const struct record_making how = { 0 };
	const struct seal_config seal = { .software = "rostrumctl " ROSTRUM_VERSION };
	const struct remake remake = { 0 };
	struct remake_result made;
	int err = programme_remake(to, &remake, &made);
	if (err < 0)
		(void)fprintf(stderr, "rostrumctl: %s: no programme: %s\n", to, strerror(-err));
	err = programme_make_late(to, &remake, &made);
	if (err < 0)
		(void)fprintf(stderr, "rostrumctl: %s: no programme with what arrived late: %s\n",
			to, strerror(-err));
	err = record_make(to, &how);
	if (err < 0)
		(void)fprintf(stderr, "rostrumctl: %s: no record: %s\n", to, strerror(-err));
	err = seal_make(to, &seal, why);
	return err < 0 ? complain(to, why) : 0;
}

int vault_unseal(const char *directory, const char *key, const char *to)
{
	RS_CLEANUP(rs_recipient_freep) struct rs_recipient *recipient = NULL;
	struct unseal_report report;
	char why[UNSEAL_WHY_LEN];
	if (load_key(key, &recipient) != 0)
		return 1;
	if (archive_unseal(directory, to, recipient, &report, why) < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", why);
		return 1;
	}
	(void)printf("%s: %" PRIu64 " files, of which %" PRIu64 " were encrypted; %" PRIu64
		     " meeting events opened, %" PRIu64 " files or events erased\n",
		to, report.files, report.opened, report.events, report.erased);
	return complete(to);
}

int vault_erase(const struct erase_wish *wish)
{
	struct erase_report report;
	char why[UNSEAL_WHY_LEN];
	struct erase_wish now = *wish;
	now.wall_ms = rs_clock_wall_us() / 1000;
	if (archive_erase(&now, &report, why) < 0) {
		(void)fprintf(stderr, "rostrumctl: %s\n", why);
		return 1;
	}
	(void)printf("%s: %" PRIu64 " keys destroyed", wish->directory, report.keys);
	if (wish->copy != NULL)
		(void)printf(", %" PRIu64 " in the second copy", report.copies);
	(void)printf("\n");
	if (report.owed == 0)
		return 0;
	(void)fprintf(stderr, "rostrumctl: %s: %" PRIu64 " keys are owed by the second copy: %s\n",
		wish->directory, report.owed, report.copy);
	return 1;
}
