/* tests/support/client_hello.h
 *
 * What browsers really send first: ClientHellos captured from an offer with one microphone, each in
 * two datagrams for its post-quantum key share.
 * Chromium 156.0.8078.79 (Debian 12), Firefox 153.7.0esr (Debian 12), November 2026.
 */
#ifndef ROSTRUM_TESTS_SUPPORT_CLIENT_HELLO_H
#define ROSTRUM_TESTS_SUPPORT_CLIENT_HELLO_H

#include <stdint.h>

extern const uint8_t client_hello_chromium_1[1200];
extern const uint8_t client_hello_chromium_2[263];
extern const uint8_t client_hello_firefox_1[1408];
extern const uint8_t client_hello_firefox_2[103];

#endif
