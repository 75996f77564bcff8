/* tests/fuzz/replay.c
 *
 * Stands in for libFuzzer's main() in ordinary builds: runs the target once over each file of the
 * corpus folders named on the command line. Fails when a folder is missing or empty.
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (file == NULL)
		return -errno;
	static uint8_t data[1 << 20];
	const size_t size = fread(data, 1, sizeof(data), file);
	(void)fclose(file); /* read only */

	/* An exact heap block, so that the sanitizer sees one octet too many. */
	uint8_t *exact = malloc(size > 0 ? size : 1);
	if (exact == NULL)
		return -ENOMEM;
	memcpy(exact, data, size);
	(void)LLVMFuzzerTestOneInput(exact, size); /* judges by abort() */
	free(exact);
	return 0;
}

static int replay_folder(const char *folder)
{
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return -errno;
	int replayed = 0;
	const struct dirent *entry;
	while ((entry = readdir(dir)) != NULL) {
		char path[4096];
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
		if (replay_file(path) == 0)
			replayed++;
	}
	(void)closedir(dir);
	return replayed;
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const int replayed = replay_folder(argv[i]);
		if (replayed <= 0) {
			(void)fprintf(stderr, "%s: no corpus replayed\n", argv[i]);
			return 1;
		}
		(void)printf("%s: %d inputs replayed\n", argv[i], replayed);
	}
	return argc > 1 ? 0 : 1;
}
