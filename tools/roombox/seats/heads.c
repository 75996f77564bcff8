#include "tools/roombox/seats/heads.h"

#include "common/log/log.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Datagrams of one camera that are read at a time: none keeps the others waiting. */
#define READS_MAX 8U

struct head {
	char camera[RS_NAME_MAX + 1];
	int fd;
	struct visca visca;
};

struct heads {
	size_t n;
	struct head heads[HEADS_MAX];
};

/* --- Birth and death --- */

/* Connected, so that the kernel drops what others send. */
static int open_socket(const struct rs_addr *addr)
{
	struct sockaddr_storage to = { .ss_family = AF_UNSPEC };
	socklen_t len = sizeof(struct sockaddr_in);
	if (addr->family == RS_ADDR_V4) {
		struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(addr->port) };
		memcpy(&in.sin_addr, addr->ip, sizeof(in.sin_addr));
		memcpy(&to, &in, sizeof(in));
	} else {
		struct sockaddr_in6 in = { .sin6_family = AF_INET6,
			.sin6_port = htons(addr->port) };
		memcpy(&in.sin6_addr, addr->ip, sizeof(in.sin6_addr));
		memcpy(&to, &in, sizeof(in));
		len = sizeof(in);
	}
	const int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -EIO;
	if (connect(fd, (const struct sockaddr *)&to, len) == 0)
		return fd;
	(void)close(fd); /* nothing was sent by it */
	return -EIO;
}

int heads_new(const struct heads_camera *cameras, size_t n, rs_time now, struct heads **out_heads)
{
	if (n > HEADS_MAX)
		return -E2BIG;
	struct heads *heads = rs_zalloc(sizeof(*heads));
	if (heads == NULL)
		return -ENOMEM;
	int err = 0;
	for (size_t i = 0; i < n && err == 0; i++) {
		struct head *head = &heads->heads[i];
		visca_init(&head->visca, now);
		head->fd = open_socket(&cameras[i].address);
		if (head->fd < 0)
			err = head->fd;
		else
			heads->n++;
		if (err == 0 && !rs_set_text(head->camera, cameras[i].camera))
			err = -EINVAL;
	}
	if (err < 0) {
		heads_free(heads);
		return err;
	}
	*out_heads = heads;
	return 0;
}

struct heads *heads_free(struct heads *heads)
{
	for (size_t i = 0; heads != NULL && i < heads->n; i++)
		(void)close(heads->heads[i].fd); /* datagrams: nothing is lost */
	return rs_release(heads);
}

/* --- Its work --- */

bool heads_recall(struct heads *heads, const char *camera, int preset, rs_time now)
{
	for (size_t i = 0; i < heads->n; i++) {
		if (strcmp(heads->heads[i].camera, camera) != 0)
			continue;
		visca_recall(&heads->heads[i].visca, preset, now);
		return true;
	}
	return false;
}

static void read_answers(struct head *head, rs_time now)
{
	uint8_t data[2 * VISCA_PACKET_MAX];
	for (size_t i = 0; i < READS_MAX; i++) {
		const ssize_t len = recv(head->fd, data, sizeof(data), 0);
		/* That nobody listens there is known soon enough by silence. */
		if (len < 0 && errno != ECONNREFUSED)
			return;
		if (len > 0)
			(void)visca_recv(&head->visca, data, (size_t)len, now); /* or dropped */
	}
}

/* True: what became of a preset. */
static bool work_off(struct head *head, const struct visca_output *out)
{
	switch (out->kind) {
	case VISCA_SEND:
		(void)send(head->fd, out->data, out->len, MSG_NOSIGNAL); /* it is sent again */
		break;
	case VISCA_RECALLED:
		return true;
	case VISCA_FAILED:
		log_warning(LOG_MEDIA, head->camera, "camera was not turned preset=%d code=0x%02x",
			out->preset, out->code);
		return true;
	case VISCA_HERE:
		log_info(LOG_MEDIA, head->camera, "camera answers");
		break;
	case VISCA_AWAY:
		log_warning(LOG_MEDIA, head->camera, "camera does not answer");
		break;
	case VISCA_POWER:
		if (out->on)
			log_info(LOG_MEDIA, head->camera, "camera is on");
		else
			log_warning(LOG_MEDIA, head->camera, "camera is in standby");
		break;
	}
	return false;
}

int heads_poll(struct heads *heads, rs_time now, const char **out_camera_view, int *out_preset)
{
	for (size_t i = 0; i < heads->n; i++) {
		struct head *head = &heads->heads[i];
		struct visca_output out;
		read_answers(head, now);
		while (visca_poll(&head->visca, now, &out) == 1) {
			if (!work_off(head, &out))
				continue;
			*out_camera_view = head->camera;
			*out_preset = out.preset;
			return 1;
		}
	}
	return 0;
}
