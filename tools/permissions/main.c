/* Prints signaling/wire/PERMISSIONS.md. */
#include "tools/permissions/permissions.h"

#include <stdio.h>

int main(void)
{
	struct rs_buf page;
	rs_buf_init(&page, (size_t)1 << 20);
	const bool done =
		permissions_page(&page) == 0 &&
		fwrite(rs_buf_data(&page), 1, rs_buf_len(&page), stdout) == rs_buf_len(&page) &&
		fflush(stdout) == 0;
	rs_buf_done(&page);
	return done ? 0 : 1;
}
