/* media_address.h - which addresses a media fetch may connect to: those that anyone on the internet could reach, no others.
 *
 * Promise: loopback, private, shared, link-local, multicast, documentation, benchmark and reserved ranges are refused, and every way to
 *          write an IPv4 address inside an IPv6 one. The decision is made on the address that is connected to, after the name was
 *          resolved, so that a name whose answer changes gains nothing. Source: IANA's special-purpose registries (RFC 6890).
 * Threads: pure; call from any.
 */
#ifndef PARLEY_API_MEDIA_ADDRESS_H
#define PARLEY_API_MEDIA_ADDRESS_H
#include "base/base.h"
#include <sys/socket.h>

/* `address` is an AF_INET or AF_INET6 address of at least `bytes`; of any other family: false. */
bool media_address_is_public(const struct sockaddr *address, size_t bytes);

#endif
