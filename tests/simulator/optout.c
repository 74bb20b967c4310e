#include "optout.h"
#include "domain/keywords.h"
#include "plivo/plivo_words.h"

const char *optout_intent(struct str text)
{
    switch (keyword_of_plivo(text)) {
    case KEYWORD_STOP:
        return PLIVO_INTENT_OPT_OUT;
    case KEYWORD_START:
        return PLIVO_INTENT_OPT_IN;
    case KEYWORD_HELP:
        return PLIVO_INTENT_HELP;
    case KEYWORD_NONE:
        break;
    }
    return "";
}

static struct optout *find(struct optouts *optouts, const struct sim_address *number, const struct sim_address *person)
{
    for (size_t i = 0; i < optouts->n; i++)
        if (strcmp(optouts->v[i].person.text, person->text) == 0 &&
            strcmp(optouts->v[i].number.text, number->text) == 0)
            return &optouts->v[i];
    return NULL;
}

static void drop(struct optouts *optouts, struct optout *one)
{
    size_t behind = optouts->n - (size_t)(one - optouts->v) - 1;
    memmove(one, one + 1, behind * sizeof *one); /* keeps the order: the oldest stays first */
    optouts->n--;
}

const char *optout_react(struct optouts *optouts, const struct sim_address *number, const struct sim_address *person,
                         const char *intent, int64_t now_us)
{
    struct optout *known = find(optouts, number, person);
    if (strcmp(intent, PLIVO_INTENT_HELP) == 0)
        return "Reply STOP to unsubscribe. Msg & data rates may apply.";
    if (strcmp(intent, PLIVO_INTENT_OPT_IN) == 0 && known) {
        drop(optouts, known);
        return "You have been re-subscribed and will receive messages from this number again. Reply STOP to unsubscribe.";
    }
    if (strcmp(intent, PLIVO_INTENT_OPT_OUT) != 0 || known)
        return NULL;
    if (optouts->n == OPTOUTS_MAX)
        drop(optouts, &optouts->v[0]);
    optouts->v[optouts->n++] = (struct optout){ *number, *person, now_us, false };
    return "You have been unsubscribed and will not receive any more messages from this number. Reply START to subscribe.";
}

bool optout_blocks(struct optouts *optouts, const struct sim_address *number, const struct sim_address *person,
                   bool has_grace, int64_t now_us)
{
    struct optout *known = find(optouts, number, person);
    if (!known)
        return false;
    if (!has_grace || known->is_grace_used || now_us - known->at_us > OPTOUT_GRACE_US)
        return true;
    known->is_grace_used = true;
    return false;
}
