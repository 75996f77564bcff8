#include "common/evidence/files.h"
#include "recorder/archive/files/digests.h"
#include "recorder/archive/seal/seal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A rolled file that was not touched for so long has been given up by the writer. */
#define REST_S 30
/* Files hashed in one call: somebody else may want the thread. */
#define AT_ONCE 16

struct prepare {
	const char *directory;
	json_t *known; /* paths in the list */
	uint8_t *chunk;
	int list; /* appended to */
	unsigned hashed;
};

/* Whether the segment after this one has been begun: "KEN.002.a" after "KEN.001.a". */
static bool has_next(DIR *dir, const char *file, size_t stem)
{
	char next[NAMES_FILE_LEN];
	uint32_t number;
	const size_t name = strcspn(file, ".");
	const char *digits = file + name + 1;
	return rs_parse_u32(digits, strcspn(digits, "."), 999999, &number) == 0 &&
	       rs_format(next, sizeof(next), "%.*s.%03" PRIu32 ".%c.idx.jsonl", (int)name, file,
		       number + 1, file[stem - 1]) == 0 &&
	       faccessat(dirfd(dir), next, F_OK, 0) == 0;
}

static bool is_finished(DIR *dir, const char *file)
{
	struct stat st;
	size_t stem;
	return names_segment_parse(file, &stem) && has_next(dir, file, stem) &&
	       fstatat(dirfd(dir), file, &st, 0) == 0 && time(NULL) - st.st_mtime >= REST_S;
}

static int add(struct prepare *prepare, const char *relative)
{
	char path[ARCHIVE_PATH_LEN];
	char hex[DIGESTS_HEX_LEN];
	struct rs_buf line;
	uint64_t len;
	int err = rs_format(path, sizeof(path), "%s/%s", prepare->directory, relative);
	if (err == 0)
		err = digests_of_file(path, prepare->chunk, hex, &len);
	if (err < 0)
		return err;
	rs_buf_init(&line, 2 * ARCHIVE_PATH_LEN);
	err = digests_write(&line, hex, relative);
	const ssize_t n =
		err == 0 ? write(prepare->list, rs_buf_data(&line), rs_buf_len(&line)) : 0;
	if (n < 0)
		err = -errno;
	else if (err == 0 && (size_t)n < rs_buf_len(&line))
		err = -ENOSPC; /* the torn line is passed over by who reads it */
	rs_buf_done(&line);
	prepare->hashed++;
	return err;
}

static int prepare_folder(struct prepare *prepare, enum names_place folder)
{
	char path[ARCHIVE_PATH_LEN];
	int err = names_path(prepare->directory, folder, path);
	DIR *dir = err == 0 ? opendir(path) : NULL;
	if (dir == NULL)
		return err < 0 ? err : -errno;
	const struct dirent *entry;
	while (err == 0 && prepare->hashed < AT_ONCE && (entry = readdir(dir)) != NULL) {
		char relative[ARCHIVE_PATH_LEN];
		if (!is_finished(dir, entry->d_name) ||
			rs_format(relative, sizeof(relative), "%s/%s", names_place(folder),
				entry->d_name) < 0 ||
			json_object_get(prepare->known, relative) != NULL)
			continue;
		err = add(prepare, relative);
	}
	(void)closedir(dir); /* read only */
	return err;
}

static int load_known(struct prepare *prepare, const char *path)
{
	struct lines file;
	prepare->known = json_object();
	if (prepare->known == NULL)
		return -ENOMEM;
	const int err = lines_open(&file, path);
	if (err < 0)
		return err == -ENOENT ? 0 : err;
	struct line line;
	while (lines_next(&file, &line) == 1) {
		struct digests_line digest;
		if (digests_read(&line, &digest) == 0)
			(void)json_object_set_new(prepare->known, digest.path,
				json_true()); /* else it is hashed again */
	}
	lines_done(&file);
	return 0;
}

int seal_prepare(const char *directory, bool *out_done)
{
	struct prepare prepare = { .directory = directory, .list = -1 };
	char path[ARCHIVE_PATH_LEN];
	int err = names_path(directory, NAMES_FINISHED, path);
	if (err == 0)
		err = load_known(&prepare, path);
	prepare.chunk = rs_zalloc(DIGESTS_CHUNK);
	if (err == 0 && prepare.chunk == NULL)
		err = -ENOMEM;
	if (err == 0) {
		prepare.list = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
		err = prepare.list < 0 ? -errno : 0;
	}
	if (err == 0)
		err = prepare_folder(&prepare, NAMES_TRACKS);
	if (err == 0)
		err = prepare_folder(&prepare, NAMES_CHANNELS);
	if (prepare.list >= 0 && close(prepare.list) < 0 && err == 0)
		err = -errno;
	json_decref(prepare.known);
	rs_release(prepare.chunk);
	*out_done = prepare.hashed < AT_ONCE;
	return err;
}
