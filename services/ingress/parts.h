/* parts.h - the start of each part of ingress: what it gets of the configuration.
 *
 * Promise: a part sees the fields that it needs, not the whole. `config` is a struct ingress_config.
 * Threads: the main one.
 */
#ifndef PARLEY_INGRESS_PARTS_H
#define PARLEY_INGRESS_PARTS_H
#include "base/err.h"

MUST_USE bool ingress_start_tenants(const void *config, struct err *err);
MUST_USE bool ingress_start_peers(const void *config, struct err *err);
MUST_USE bool ingress_start_spool(const void *config, struct err *err);
MUST_USE bool ingress_start_acks(const void *config, struct err *err);
MUST_USE bool ingress_start_outcomes(const void *config, struct err *err);
MUST_USE bool ingress_start_relay(const void *config, struct err *err);
MUST_USE bool ingress_start_forgetting(const void *config, struct err *err);
MUST_USE bool ingress_start_webhooks(const void *config, struct err *err);

#endif
