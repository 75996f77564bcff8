#include "common/evidence/class.h"

#include "common/evidence/lines.h"
#include "common/evidence/names.h"

#include <errno.h>
#include <jansson.h>
#include <string.h>

int class_read(const char *directory, char out_class[CLASS_LEN])
{
	char path[ARCHIVE_PATH_LEN];
	struct lines file;
	json_error_t error;
	int err = names_path(directory, NAMES_SESSION, path);
	if (err == 0)
		err = lines_open(&file, path);
	if (err < 0)
		return err;
	json_t *json =
		json_loadb((const char *)file.data, file.len, JSON_REJECT_DUPLICATES, &error);
	lines_done(&file);
	const json_t *class = json_object_get(json, "class");
	const char *text = class != NULL ? json_string_value(class) : CLASS_PUBLIC;
	const bool good = json_is_object(json) && text != NULL && text[0] != '\0' &&
			  rs_copy_string(out_class, CLASS_LEN, text);
	json_decref(json);
	return good ? 0 : -EBADMSG;
}
