/* check.h - whether a store is whole: every row can be read, and every row and its directories lead to each other.
 *
 * Promise: K1 whatever is in the store is looked at once, in one transaction: a directory against its records, records against their
 *             directories, the conversations' chains of messages, the ledger's hashes, the outbox and open attempts against the messages,
 *             the events without a gap, the tenants' counters.
 *          K2 a store that the worker's own operations made has no finding; nothing is changed, damage ends no process.
 * Units:   a finding is one line: table, ids, what is wrong. No telephone number and no text of a message stands in it.
 * Memory:  bounded: one row and what it leads to; `report`'s line is borrowed for the call.
 * Threads: as the transaction. A long read keeps the pages of its time from being used again: the store grows meanwhile.
 */
#ifndef PARLEY_CHECK_H
#define PARLEY_CHECK_H
#include "store/entities.h"

typedef void check_report(void *context, const char *line);

struct check_summary {
    int64_t rows;
    int64_t findings;
};

/* False: the store itself failed (*err), so that the check is not complete. */
MUST_USE bool check_run(struct txn *txn, check_report *report, void *context, struct check_summary *out,
                        struct err *err);

/* Whether the table's rows are looked at: a test wants all of them. */
bool check_knows(enum table table);

#endif
