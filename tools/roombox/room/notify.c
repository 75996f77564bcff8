#include "tools/roombox/room/notify.h"

#include "common/base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int notify_send(const char *text)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	if (path == NULL || (path[0] != '/' && path[0] != '@'))
		return -ENOENT;
	const size_t len = strlen(path);
	if (len >= sizeof(to.sun_path))
		return -EIO;
	memcpy(to.sun_path, path, len);
	if (path[0] == '@')
		to.sun_path[0] = '\0'; /* abstract, unix(7) */
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -EIO;
	const socklen_t to_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	const ssize_t sent = sendto(fd, text, strlen(text), MSG_DONTWAIT | MSG_NOSIGNAL,
		(const struct sockaddr *)&to, to_len);
	(void)close(fd); /* the datagram is sent or not */
	return sent < 0 ? -EIO : 0;
}

rs_time notify_interval(void)
{
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t value;
	if (usec == NULL || rs_parse_u64(usec, strlen(usec), INT64_MAX, &value) < 0 || value < 2)
		return RS_TIME_NEVER;
	uint64_t whose;
	if (pid != NULL && (rs_parse_u64(pid, strlen(pid), INT64_MAX, &whose) < 0 ||
				   whose != (uint64_t)getpid()))
		return RS_TIME_NEVER;
	return (rs_time)(value / 2);
}
