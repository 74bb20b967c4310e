#include "core/health_decide.h"

bool health_is_spam(const struct health_facts *facts)
{
    return facts->reported >= HEALTH_ATTEMPTS_MIN && facts->spam * 100 > facts->reported * HEALTH_SPAM_PERCENT;
}

bool health_is_unwanted(const struct health_facts *facts, enum notice_severity *out)
{
    *out = facts->opted_out * 100 >= facts->reported * HEALTH_OPT_OUT_ALARM_PERCENT ? NOTICE_ALARM : NOTICE_WARNING;
    return facts->reported >= HEALTH_ATTEMPTS_MIN && facts->opted_out * 100 >= facts->reported * HEALTH_OPT_OUT_PERCENT;
}
