/* Where sound and pictures come from and go to, as the configuration has it: refused with a reason, or whole. */
#include "common/base/text.h"
#include "tools/roombox/media/spec.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct spec_key keys[] = { { "hz", 20, 20000, 1000 }, { "level", -90, 0, -20 } };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[1024];
	char why[SPEC_WHY_LEN] = "";
	struct spec spec;
	int32_t values[RS_ARRAY_LEN(keys)];
	(void)rs_copy_text(text, sizeof(text), (const char *)data, size); /* longer ones are cut */
	if (spec_parse(text, &spec, why) < 0) {
		if (why[0] == '\0')
			abort();
		return 0;
	}
	if (spec.kind >= SPEC_KINDS || (spec.kind == SPEC_NULL) != (spec.name[0] == '\0') ||
		spec.n_numbers > SPEC_NUMBERS_MAX)
		abort();
	if (spec_numbers(&spec, keys, RS_ARRAY_LEN(keys), values, why) < 0) {
		if (why[0] == '\0')
			abort();
		return 0;
	}
	for (size_t i = 0; i < RS_ARRAY_LEN(keys); i++) {
		if (values[i] < keys[i].min || values[i] > keys[i].max)
			abort();
	}
	return 0;
}
