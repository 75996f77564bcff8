/* What a page says its test found, and what is noted of it: what is read can be noted, and is read back with the same verdict. */
#include "signaling/wire/technician/precall.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_back(const struct precall *precall)
{
	struct precall again;
	char error[PRECALL_ERROR_LEN];
	struct rs_buf note;
	rs_buf_init(&note, PRECALL_TEXT_MAX);
	if (precall_note_write(precall, &note) < 0 ||
		precall_parse((const char *)rs_buf_data(&note), rs_buf_len(&note), &again, error) <
			0 ||
		precall_verdict(precall) != precall_verdict(&again) ||
		strcmp(precall->camera_name, again.camera_name) != 0 ||
		strcmp(precall->microphone_name, again.microphone_name) != 0 ||
		precall->wall_ms != again.wall_ms)
		abort();
	rs_buf_done(&note);
	rs_buf_init(&note, PRECALL_TEXT_MAX);
	if (precall_write_whole("KEN", precall, &note) < 0)
		abort();
	rs_buf_done(&note);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct precall precall;
	char error[PRECALL_ERROR_LEN];
	if (precall_parse((const char *)data, size, &precall, error) == 0)
		read_back(&precall);
	return 0;
}
