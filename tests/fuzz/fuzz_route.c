/* Paths, queries and headers of HTTP: each input is a line of text; what is found in it is a name, a file below the folder, a value
 * that fits. */
#include "signaling/io/route.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define WEBCAST 4

static void match(const char *path)
{
	static const char *const patterns[] = { "/api/v1/meetings/{meeting}/commands/{command}",
		"/whip/*/*", "/join/{link}", "/", "/webcast/*/*/{file}" };
	for (size_t i = 0; i < RS_ARRAY_LEN(patterns); i++) {
		struct route_params params = { .name = { "" } };
		if (!route_match(patterns[i], path, &params))
			continue;
		for (size_t k = 0; k < ROUTE_PARAMS_MAX; k++) {
			const char *name = params.name[k];
			const char *dot = i == WEBCAST && k == 2 ? strchr(name, '.') : NULL;
			const size_t len = dot != NULL ? (size_t)(dot - name) : strlen(name);
			if (name[0] != '\0' && !rs_name_valid(name, len))
				abort();
			if (dot != NULL && !rs_name_valid(dot + 1, strlen(dot + 1)))
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
	const char *media = route_webcast_type("v", text);
	if (media != NULL && strchr(media, '/') == NULL)
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
