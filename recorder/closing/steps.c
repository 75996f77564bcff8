#include "recorder/closing/closing_priv.h"
#include "recorder/record/record.h"

static int hold(void *ctx)
{
	return closing_hold(ctx);
}

static void release(void *ctx)
{
	closing_release(ctx);
}

static int record(struct closing *closing, const char *directory, char why[CLOSING_WHY_LEN])
{
	const struct record_making how = { .hold = hold, .release = release, .ctx = closing };
	(void)why; /* the error says it */
	return record_make(directory, &how);
}

static int stamp(
	void *ctx, const uint8_t sha512[RS_SHA512_LEN], struct rs_buf *out, char why[SEAL_WHY_LEN])
{
	const struct closing_config *config = closing_config(ctx);
	return config->stamp(config->ctx, sha512, out, why);
}

static int seal(struct closing *closing, const char *directory, char why[CLOSING_WHY_LEN])
{
	const struct closing_config *config = closing_config(closing);
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
	{ "record", record },
	{ "seal", seal },
};

const struct closing_step *closing_steps(size_t *out_n)
{
	*out_n = RS_ARRAY_LEN(steps);
	return steps;
}
