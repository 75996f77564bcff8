#include "common/evidence/vault_format.h"
#include "recorder/closing/closing_priv.h"
#include "recorder/programme/remake.h"
#include "recorder/record/record.h"

#include <inttypes.h>
#include <stdio.h>

static int hold(void *ctx)
{
	return closing_hold(ctx);
}

static void release(void *ctx)
{
	closing_release(ctx);
}

/* What is derived is derived from the words. */
static int say_sealed(char why[CLOSING_WHY_LEN])
{
	(void)rs_copy_string(
		why, CLOSING_WHY_LEN, "encrypted: made once it is unsealed"); /* fits */
	return 0;
}

static bool called_off(void *ctx)
{
	return closing_called_off(ctx);
}

/* A programme that lacks something is better than none. */
static int make(struct closing *closing, const char *directory,
	int (*how_to)(
		const char *directory, const struct remake *how, struct remake_result *out_result),
	char why[CLOSING_WHY_LEN])
{
	const struct remake how = {
		.hold = hold, .release = release, .called_off = called_off, .ctx = closing
	};
	struct remake_result result = { .unreadable = 0 };
	const int err = how_to(directory, &how, &result);
	if (err == 0 && result.unreadable > 0)
		(void)snprintf(why, CLOSING_WHY_LEN, "%" PRIu64 " segments could not be read",
			result.unreadable); /* fits */
	return err;
}

/* Written while the meeting ran; else made now. */
static int programme(struct closing *closing, const char *directory, char why[CLOSING_WHY_LEN])
{
	if (vault_is_used(directory))
		return say_sealed(why);
	const int err = programme_is_current(directory)
				? 0
				: make(closing, directory, programme_remake, why);
	/* Also where the whole could not be made: they hold nothing that is not in the archive. */
	const int held = hold(closing);
	if (held == 0) {
		programme_drop_parts(directory);
		release(closing);
	}
	return err < 0 ? err : held; /* the error says it */
}

/* Beside it, with what rooms delivered after an outage. */
static int late(struct closing *closing, const char *directory, char why[CLOSING_WHY_LEN])
{
	if (vault_is_used(directory))
		return say_sealed(why);
	if (programme_late_is_current(directory))
		return 0;
	return make(closing, directory, programme_make_late, why);
}

static int record(struct closing *closing, const char *directory, char why[CLOSING_WHY_LEN])
{
	const struct record_making how = { .hold = hold, .release = release, .ctx = closing };
	if (vault_is_used(directory))
		return say_sealed(why);
	return record_make(directory, &how);
}

static int stamp(
	void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out, char why[SEAL_WHY_LEN])
{
	const struct closing_config *config = &((const struct closing *)ctx)->config;
	return config->stamp(config->ctx, sha512, out, why);
}

static int seal(struct closing *closing, const char *directory, char why[CLOSING_WHY_LEN])
{
	const struct closing_config *config = &closing->config;
	const struct seal_config how = { .software = config->software,
		.signer = config->signer,
		.stamp = config->stamp != NULL ? stamp : NULL,
		.hold = hold,
		.release = release,
		.ctx = closing };
	return seal_make(directory, &how, why);
}

/* What is derived comes before the seal, which covers it. */
static const struct closing_step steps[] = {
	{ "programme", programme },
	{ "late", late },
	{ "record", record },
	{ "seal", seal },
};

const struct closing_step *closing_steps(size_t *out_n)
{
	*out_n = RS_ARRAY_LEN(steps);
	return steps;
}
