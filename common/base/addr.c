#include "common/base/addr.h"

#include "common/base/text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

struct rs_addr rs_addr_v4(const uint8_t ip[4], uint16_t port)
{
	struct rs_addr addr = { .port = port, .family = RS_ADDR_V4 };
	memcpy(addr.ip, ip, 4);
	return addr;
}

struct rs_addr rs_addr_v6(const uint8_t ip[16], uint16_t port)
{
	static const uint8_t mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	if (memcmp(ip, mapped, sizeof(mapped)) == 0)
		return rs_addr_v4(ip + 12, port);
	struct rs_addr addr = { .port = port, .family = RS_ADDR_V6 };
	memcpy(addr.ip, ip, 16);
	return addr;
}

bool rs_addr_equal(const struct rs_addr *a, const struct rs_addr *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool rs_addr_is_any(const struct rs_addr *addr)
{
	static const uint8_t zero[16];
	return addr->family != RS_ADDR_NONE && memcmp(addr->ip, zero, sizeof(zero)) == 0;
}

bool rs_addr_is_loopback(const struct rs_addr *addr)
{
	static const uint8_t loopback6[16] = { [15] = 1 };
	if (addr->family == RS_ADDR_V4)
		return addr->ip[0] == 127;
	return addr->family == RS_ADDR_V6 && memcmp(addr->ip, loopback6, sizeof(loopback6)) == 0;
}

int rs_addr_parse_ip(const char *text, size_t len, uint16_t port, struct rs_addr *out_addr)
{
	char literal[RS_ADDR_TEXT_LEN];
	uint8_t ip[16];
	if (!rs_copy_text(literal, sizeof(literal), text, len))
		return -EBADMSG;
	if (inet_pton(AF_INET, literal, ip) == 1) {
		*out_addr = rs_addr_v4(ip, port);
		return 0;
	}
	if (inet_pton(AF_INET6, literal, ip) == 1) {
		*out_addr = rs_addr_v6(ip, port);
		return 0;
	}
	return -EBADMSG;
}

int rs_addr_parse(const char *text, size_t len, struct rs_addr *out_addr)
{
	size_t colon = len;
	while (colon > 0 && text[colon - 1] != ':')
		colon--;
	if (colon == 0)
		return -EBADMSG;

	uint16_t port;
	if (rs_parse_u16(text + colon, len - colon, UINT16_MAX, &port) < 0)
		return -EBADMSG;
	const char *host = text;
	size_t host_len = colon - 1;
	if (host_len >= 2 && host[0] == '[' && host[host_len - 1] == ']') {
		host++;
		host_len -= 2;
	} else if (memchr(host, ':', host_len) != NULL) {
		return -EBADMSG; /* an IPv6 literal needs its brackets */
	}
	return rs_addr_parse_ip(host, host_len, port, out_addr);
}

void rs_addr_format_ip(const struct rs_addr *addr, char out[RS_ADDR_TEXT_LEN])
{
	const int family = addr->family == RS_ADDR_V6 ? AF_INET6 : AF_INET;
	if (inet_ntop(family, addr->ip, out, RS_ADDR_TEXT_LEN) == NULL)
		out[0] = '\0';
}

void rs_addr_format(const struct rs_addr *addr, char out[RS_ADDR_TEXT_LEN])
{
	char ip[RS_ADDR_TEXT_LEN];
	rs_addr_format_ip(addr, ip);
	const bool v6 = addr->family == RS_ADDR_V6;
	(void)snprintf(out, RS_ADDR_TEXT_LEN, "%s%.45s%s:%u", v6 ? "[" : "", ip, v6 ? "]" : "",
		(unsigned)addr->port);
}
