#include "base/id.h"

struct id id_make(int64_t time_ms, const uint8_t chance[10])
{
    struct id id;
    uint64_t t = (uint64_t)time_ms;
    for (int i = 0; i < 6; i++)
        id.b[i] = (uint8_t)(t >> (40 - 8 * i));
    memcpy(id.b + 6, chance, 10);
    id.b[6] = (uint8_t)((id.b[6] & 0x0FU) | 0x70U); /* version 7 */
    id.b[8] = (uint8_t)((id.b[8] & 0x3FU) | 0x80U); /* the variant of RFC 9562 */
    return id;
}

int64_t id_time_ms(struct id id)
{
    int64_t t = 0;
    for (int i = 0; i < 6; i++)
        t = (t << 8) | id.b[i];
    return t;
}

static bool has_dash_before(int byte)
{
    return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

struct id_text id_text(struct id id)
{
    static const char HEX[] = "0123456789abcdef";
    struct id_text text;
    char *to = text.c;
    for (int i = 0; i < ID_BYTES; i++) {
        if (has_dash_before(i))
            *to++ = '-';
        *to++ = HEX[id.b[i] >> 4];
        *to++ = HEX[id.b[i] & 0x0FU];
    }
    *to = '\0';
    return text;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

bool id_parse(struct str in, const char *field, struct id *out, struct err *err)
{
    struct id id;
    if (in.n != ID_TEXT_CHARS)
        return err_set(err, ERR_INPUT, field, "must be a UUID of %d characters", ID_TEXT_CHARS);
    const char *at = in.p;
    for (int i = 0; i < ID_BYTES; i++) {
        if (has_dash_before(i) && *at++ != '-')
            return err_set(err, ERR_INPUT, field, "must be a UUID: dashes stand after 8, 12, 16 and 20 digits");
        int high = hex_value(at[0]);
        int low = hex_value(at[1]);
        if (high < 0 || low < 0)
            return err_set(err, ERR_INPUT, field, "must be a UUID: only hexadecimal digits and dashes");
        id.b[i] = (uint8_t)(high * 16 + low);
        at += 2;
    }
    *out = id;
    return true;
}
