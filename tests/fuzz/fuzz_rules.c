/* Rules profiles: reading one and checking one judge alike, whoever checks is told why, and what is right has a schema. */
#include "signaling/wire/conference/conference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *json = (const char *)data;
	char error[WIRE_ERROR_LEN] = "";
	struct rules rules;
	struct rs_buf faults;
	struct rs_buf schema;
	rs_buf_init(&faults, (size_t)1 << 20);
	rs_buf_init(&schema, (size_t)1 << 20);
	const int parsed = rules_parse("p", json, size, &rules, error);
	const int checked = rules_check("p", json, size, &faults);
	if (parsed != checked || (checked == 0) != (rs_buf_len(&faults) == 0) ||
		(parsed == 0) != (error[0] == '\0') || strlen(error) >= sizeof(error))
		abort();
	if (rules_schema(json, size, &schema) != parsed)
		abort();
	rs_buf_done(&schema);
	rs_buf_done(&faults);
	return 0;
}
