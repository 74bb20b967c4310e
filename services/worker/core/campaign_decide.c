#include "core/campaign_decide.h"

static void refuse(struct campaign_verdict *out, const char *field, const char *why)
{
    *out = (struct campaign_verdict){ .ruling = CAMPAIGN_REFUSED, .field = field, .refusal = why };
}

static void become(const struct campaign_facts *f, struct campaign_verdict *out, enum campaign_state state)
{
    *out = (struct campaign_verdict){ .ruling = f->state == state ? CAMPAIGN_STAYS : CAMPAIGN_BECOMES, .state = state };
}

static void approve(const struct campaign_facts *f, int64_t revision, struct campaign_verdict *out)
{
    if (f->state == CAMPAIGN_APPROVED || f->state == CAMPAIGN_RUNNING)
        become(f, out, f->state);
    else if (f->state != CAMPAIGN_DRAFT)
        refuse(out, NULL, "only a draft can be approved");
    else if (!f->has_audience)
        refuse(out, NULL, "it has no audience yet, or not all of it");
    else if (revision != f->revision)
        refuse(out, "revision", "it was changed since; look at its preview again");
    else if (!f->is_previewed)
        refuse(out, NULL, "its preview is still being counted; ask again in a moment");
    else if (f->recipients == f->unusable)
        refuse(out, NULL, "nobody would get it");
    else if (f->valid_until > 0 && f->valid_until <= f->now_ms)
        refuse(out, "valid_until", "is over");
    else
        become(f, out, CAMPAIGN_APPROVED);
}

static void pause_it(const struct campaign_facts *f, struct campaign_verdict *out)
{
    bool can = f->state == CAMPAIGN_APPROVED || f->state == CAMPAIGN_RUNNING || f->state == CAMPAIGN_PAUSED;
    if (can)
        become(f, out, CAMPAIGN_PAUSED);
    else
        refuse(out, NULL, "only an approved or running campaign can be paused");
}

static void resume(const struct campaign_facts *f, struct campaign_verdict *out)
{
    if (f->state == CAMPAIGN_PAUSED)
        become(f, out, CAMPAIGN_APPROVED); /* and runs at once, if its time has come */
    else if (f->state == CAMPAIGN_APPROVED || f->state == CAMPAIGN_RUNNING)
        become(f, out, f->state);
    else
        refuse(out, NULL, "only a paused campaign can be resumed");
}

static void cancel(const struct campaign_facts *f, struct campaign_verdict *out)
{
    if (f->state == CAMPAIGN_DONE)
        refuse(out, NULL, "it is done: nothing is left to cancel");
    else
        become(f, out, CAMPAIGN_CANCELLED);
}

static void retry(const struct campaign_facts *f, struct campaign_verdict *out)
{
    if (f->state != CAMPAIGN_DONE) {
        refuse(out, NULL, "only a campaign that is done can be retried");
    } else if (f->failed == 0) {
        refuse(out, NULL, "nobody is left to try again: nothing failed");
    } else {
        become(f, out, CAMPAIGN_RUNNING);
        out->begins_round = true;
    }
}

void campaign_decide(const struct campaign_facts *facts, enum campaign_action action, int64_t revision,
                     struct campaign_verdict *out)
{
    switch (action) {
    case CAMPAIGN_APPROVE: approve(facts, revision, out); return;
    case CAMPAIGN_PAUSE: pause_it(facts, out); return;
    case CAMPAIGN_RESUME: resume(facts, out); return;
    case CAMPAIGN_CANCEL: cancel(facts, out); return;
    case CAMPAIGN_RETRY: retry(facts, out); return;
    }
    refuse(out, "action", "is none of: approve, pause, resume, cancel, retry");
}

bool campaign_is_open(enum campaign_state state)
{
    return state == CAMPAIGN_DRAFT;
}
