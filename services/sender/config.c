#include "config.h"

CONFIG_TABLE(SENDER_CONFIG_TABLE, sender_config, SENDER_CONFIG);
METRICS_DEFINE(SENDER_METRICS_TABLE, SENDER_METRICS);

enum { NAME_MAX_BYTES = 64, URL_MAX_BYTES = 512 };

static const char *const LOG_WORDS[] = { "true", "false", "number_only", "content_only" };

static bool is_log_word(struct str word)
{
    for (size_t i = 0; i < COUNT(LOG_WORDS); i++)
        if (str_is(word, LOG_WORDS[i]))
            return true;
    return false;
}

static bool check_url(struct str url, const char *variable, struct err *err)
{
    if (!str_starts(url, STR("http://")) && !str_starts(url, STR("https://")))
        return err_set(err, ERR_INPUT, variable, "must begin with http:// or https://");
    if (url.n > URL_MAX_BYTES)
        return err_set(err, ERR_INPUT, variable, "is longer than %d bytes", URL_MAX_BYTES);
    for (size_t i = 0; i < url.n; i++)
        if (url.p[i] <= ' ' || url.p[i] > '~' || url.p[i] == '@' || url.p[i] == '?' || url.p[i] == '#')
            return err_set(err, ERR_INPUT, variable, "must be ASCII without blanks, '@', '?' and '#'");
    return true;
}

bool sender_config_check(const void *values, struct err *err)
{
    const struct sender_config *config = values;
    if (!check_url(config->api_base, "PLIVO_API_BASE", err) || !check_url(config->public_url, "PUBLIC_URL", err))
        return false;
    if (!is_log_word(config->plivo_log))
        return err_set(err, ERR_INPUT, "PLIVO_LOG", "must be true, false, number_only or content_only");
    if (config->name.n == 0 || config->name.n > NAME_MAX_BYTES)
        return err_set(err, ERR_INPUT, "SENDER_NAME", "must have 1 to %d characters", NAME_MAX_BYTES);
    for (size_t i = 0; i < config->auth_id.n; i++) /* it stands in a path */
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", config->auth_id.p[i]))
            return err_set(err, ERR_INPUT, "PLIVO_AUTH_ID", "must be letters and digits");
    if (sender_token(config).n == 0)
        return err_set(err, ERR_INPUT, "PLIVO_AUTH_TOKEN", "must begin with the token that sends");
    return true;
}

struct str sender_token(const struct sender_config *config)
{
    struct str rest = secret_reveal(&config->auth_token);
    struct str first;
    return str_next(&rest, ',', &first) ? str_trim(first) : (struct str){ 0 };
}
