/* audit.h - who changed what: an entry beside each change that people make.
 *
 * Promise: the entry stands in the transaction of the change. It names each field that differs, with its value before and after;
 *          when none differs, there is no entry. What is sent as a message stands in it as its length and SHA-256, never in words;
 *          which wording it was can be proved by whoever has it.
 * Memory:  texts are borrowed for the call.
 * Threads: the writer's.
 */
#ifndef PARLEY_AUDIT_H
#define PARLEY_AUDIT_H
#include "domain/campaign_words.h"
#include "store/entities.h"

/* clang-format off */
/* What the audit shows of a change of consent: evidence and address stay with the ledger's entry, where an erasure finds them. */
#define CONSENT_SAID(X, S) \
    X(S, ENUM, consent,          consent) \
    X(S, STR,  source,           _)  /* its word */ \
    X(S, STR,  scope,            _)  /* unset: all that the tenant sends */ \
    X(S, INT,  ledger_entry,     _)
/* And of whom a campaign goes to. */
#define AUDIENCE_CHOSEN(X, S) \
    X(S, ENUM, audience,         audience_kind) \
    X(S, INT,  revision,         _) \
    X(S, INT,  recipients,       _) \
    X(S, BOOL, is_complete,      _)
/* clang-format on */
RECORD_STRUCT(consent_said, CONSENT_SAID)
RECORD_STRUCT(audience_chosen, AUDIENCE_CHOSEN)

/* `before` and `after` are objects of `record`, as people see them. `action`: "settings.update" …; subject as a notice's, or unset.
 * What begins or ends has an empty object before or after it. */
MUST_USE bool audit_change(struct txn *txn, int64_t tenant, const char *action, struct str subject,
                           const struct record *record, const void *before, const void *after, struct err *err);
/* An entry with its changes already as JSON ({field: {from, to}}). */
MUST_USE bool audit_add(struct txn *txn, int64_t tenant, const char *action, struct str subject, struct str changes,
                        struct err *err);

/* The wording of a message as the audit says it: "34 bytes, sha256 <hex>". Unset for none, and when memory is out. */
struct str audit_wording(struct txn *txn, struct str text);

#endif
