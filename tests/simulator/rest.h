/* rest.h - Plivo's REST API: messages, and what an operator's tool reads of account, number and application.
 *
 * Promise: Plivo's answers and errors (plivo.md section 5 and 8), in its form.
 * Threads: each handler takes the world's lock itself.
 */
#ifndef PARLEY_SIM_REST_H
#define PARLEY_SIM_REST_H
#include "web.h"

#define REST_APPLICATION_ID "10000000000000001" /* the one application of the account */

bool rest_is_ours(struct str auth_id);

web_handler rest_send, rest_message, rest_messages, rest_media;
web_handler rest_account, rest_number, rest_numbers, rest_number_link, rest_application, rest_applications,
    rest_application_change;
web_handler rest_powerpack, rest_powerpack_numbers, sim_powerpack_put;

/* {"api_id", "meta", "objects"}: what a list answers. Takes `objects` over; next and previous are made of `filters`, a query
 * without limit and offset. */
json_t *rest_list(struct exchange *x, struct str filters, int64_t limit, int64_t offset, int64_t total,
                  json_t *objects);

#endif
