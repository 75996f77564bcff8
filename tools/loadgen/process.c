#include "tools/loadgen/process.h"

#include "common/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int read_file(uint32_t pid, const char *name, char *out, size_t cap)
{
	char path[64];
	if (rs_format(path, sizeof(path), "/proc/%" PRIu32 "/%s", pid, name) < 0)
		return -EIO;
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return -EIO;
	const size_t len = fread(out, 1, cap - 1, file);
	(void)fclose(file); /* only read */
	out[len] = '\0';
	return len > 0 ? 0 : -EIO;
}

/* Fields 14 and 15 of proc(5)'s stat, counted from behind the name, which may hold anything. */
static int read_cpu(uint32_t pid, int64_t *out_us)
{
	char text[1024];
	if (read_file(pid, "stat", text, sizeof(text)) < 0)
		return -EIO;
	char *at = strrchr(text, ')');
	int64_t ticks = 0;
	for (int field = 3; at != NULL && field <= 15; field++) {
		at = strchr(at + 1, ' ');
		if (at != NULL && field >= 14)
			ticks += strtoll(at, NULL, 10);
	}
	if (at == NULL)
		return -EIO;
	*out_us = ticks * (1000000 / sysconf(_SC_CLK_TCK));
	return 0;
}

static int read_memory(uint32_t pid, int64_t *out_kib)
{
	static const struct {
		const char *file;
		const char *field;
	} places[] = { { "smaps_rollup", "\nPss:" }, { "status", "\nVmRSS:" } };
	char text[8192];
	for (size_t i = 0; i < RS_ARRAY_LEN(places); i++) {
		const char *at = NULL;
		if (read_file(pid, places[i].file, text, sizeof(text)) == 0)
			at = strstr(text, places[i].field);
		if (at == NULL)
			continue;
		*out_kib = strtoll(at + strlen(places[i].field), NULL, 10);
		return 0;
	}
	return -EIO;
}

int process_read(uint32_t pid, struct process_use *out_use)
{
	struct process_use use;
	if (read_cpu(pid, &use.cpu_us) < 0 || read_memory(pid, &use.memory_kib) < 0)
		return -EIO;
	*out_use = use;
	return 0;
}
