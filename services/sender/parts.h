/* parts.h - the sender's parts as the skeleton starts, drains and stops them.
 *
 * Promise: each part stands on those above it. Draining goes from the bottom: first nobody asks for sends any more, then
 *          the calls in flight end, then their outcomes are brought home.
 * Threads: the functions are called by the main thread; ready() by the admin's.
 */
#ifndef PARLEY_SENDER_PARTS_H
#define PARLEY_SENDER_PARTS_H
#include "io/service.h"

/*   worker: the bus to the worker, and what is in hand */
bool worker_start(const void *config, struct err *err);
bool worker_ready(struct err *why);
void worker_stop(void);
/*   reports */
bool reports_part_start(const void *config, struct err *err);
void reports_part_stop(void);
/*   outcomes */
bool outcomes_part_start(const void *config, struct err *err);
void outcomes_part_drain(int64_t deadline_boot_ms);
void outcomes_part_stop(void);
/*   reconcile */
bool reconcile_part_start(const void *config, struct err *err);
void reconcile_part_stop(void);
/*   calls */
bool calls_part_start(const void *config, struct err *err);
void calls_part_drain(int64_t deadline_boot_ms);
void calls_part_stop(void);
/*   pull */
bool pull_part_start(const void *config, struct err *err);
void pull_part_drain(int64_t deadline_boot_ms);
void pull_part_stop(void);

#endif
