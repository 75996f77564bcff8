/* Paths, queries and headers of HTTP: each input is a line of text; what is found in it is a name, a file below the folder, a value
 * that fits. */
#include "signaling/io/route.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void match(const char *path)
{
	static const char *const patterns[] = { "/api/v1/meetings/{meeting}/commands/{command}",
		"/whip/*/*", "/join/{link}", "/" };
	for (size_t i = 0; i < RS_ARRAY_LEN(patterns); i++) {
		struct route_params params = { .name = { "" } };
		if (!route_match(patterns[i], path, &params))
			continue;
		for (size_t k = 0; k < ROUTE_PARAMS_MAX; k++) {
			const char *name = params.name[k];
			if (name[0] != '\0' && !rs_name_valid(name, strlen(name)))
				abort();
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char file[ROUTE_FILE_MAX];
	char value[16] = "";
	char *text = malloc(size + 1);
	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	match(text);
	if (route_file(text, file) == 0 &&
		(file[0] == '/' || file[0] == '.' || strstr(file, "/.") != NULL ||
			strstr(file, "//") != NULL || route_content_type(file) == NULL))
		abort();
	(void)route_query(text, "after", value, sizeof(value)); /* cut or not: it ends */
	if (strlen(value) >= sizeof(value) || strchr(value, '&') != NULL)
		abort();
	if (route_type_is(text, "application/json") && !route_accepts(text, "application/json"))
		abort();
	if (route_has_tag(text, "\"e.1\"") && strstr(text, "\"e.1\"") == NULL)
		abort();
	free(text);
	return 0;
}
