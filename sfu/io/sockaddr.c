#include "sfu/io/sockaddr.h"

#include <netinet/in.h>
#include <string.h>

socklen_t sockaddr_of(const struct rs_addr *addr, struct sockaddr_storage *out)
{
	if (addr->family == RS_ADDR_V4) {
		struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons(addr->port) };
		memcpy(&v4.sin_addr, addr->ip, sizeof(v4.sin_addr));
		memcpy(out, &v4, sizeof(v4));
		return sizeof(v4);
	}
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons(addr->port) };
	memcpy(&v6.sin6_addr, addr->ip, sizeof(v6.sin6_addr));
	memcpy(out, &v6, sizeof(v6));
	return sizeof(v6);
}

struct rs_addr sockaddr_read(const struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET) {
		struct sockaddr_in v4;
		uint8_t ip[4];
		memcpy(&v4, addr, sizeof(v4));
		memcpy(ip, &v4.sin_addr, sizeof(ip));
		return rs_addr_v4(ip, ntohs(v4.sin_port));
	}
	struct sockaddr_in6 v6;
	uint8_t ip[16];
	memcpy(&v6, addr, sizeof(v6));
	memcpy(ip, &v6.sin6_addr, sizeof(ip));
	return rs_addr_v6(ip, ntohs(v6.sin6_port));
}
