/* common/base/addr.h
 *
 * A transport address (IPv4 or IPv6 and port) without socket headers, exact to compare and cheap
 * to hash. IPv4-mapped IPv6 addresses are turned into IPv4 by rs_addr_v6().
 */
#ifndef ROSTRUM_COMMON_BASE_ADDR_H
#define ROSTRUM_COMMON_BASE_ADDR_H

#include "common/base/mem.h"

enum rs_addr_family {
	RS_ADDR_NONE = 0,
	RS_ADDR_V4 = 4,
	RS_ADDR_V6 = 6,
};

/* All octets take part in comparison: unused ones are zero. */
struct rs_addr {
	uint8_t ip[16]; /* network order; the first 4 for IPv4 */
	uint16_t port;  /* host order */
	uint8_t family; /* enum rs_addr_family */
	uint8_t zero;
};

struct rs_addr rs_addr_v4(const uint8_t ip[4], uint16_t port);
struct rs_addr rs_addr_v6(const uint8_t ip[16], uint16_t port);
bool rs_addr_equal(const struct rs_addr *a, const struct rs_addr *b);
bool rs_addr_is_any(const struct rs_addr *addr);
bool rs_addr_is_loopback(const struct rs_addr *addr);
/* An address literal without port, "192.0.2.1" or "2001:db8::1" (no brackets). 0 or -EBADMSG. */
int rs_addr_parse_ip(
	const char *text, size_t len, uint16_t port, struct rs_addr *out_addr) RS_MUST_USE;
/* "192.0.2.1:80", "[2001:db8::1]:80". 0 or -EBADMSG. */
int rs_addr_parse(const char *text, size_t len, struct rs_addr *out_addr) RS_MUST_USE;

#define RS_ADDR_TEXT_LEN 56
/* With port, in the form rs_addr_parse() takes. */
void rs_addr_format(const struct rs_addr *addr, char out[RS_ADDR_TEXT_LEN]);
/* Address only. */
void rs_addr_format_ip(const struct rs_addr *addr, char out[RS_ADDR_TEXT_LEN]);

#endif
