#include "payload.h"

#include "wire/form_json.h"

enum payload_kind payload_kind_of(struct str content_type)
{
    struct str type = str_trim(str_slice(content_type, 0, str_find(content_type, ';')));
    if (str_eq_ascii_case(type, STR("application/x-www-form-urlencoded")))
        return PAYLOAD_FORM;
    return str_eq_ascii_case(type, STR("application/json")) ? PAYLOAD_JSON : PAYLOAD_OTHER;
}

bool payload_decode(struct str query, struct str body, enum payload_kind kind, struct arena *arena, struct payload *out,
                    struct err *err)
{
    *out = (struct payload){ 0 };
    if (!form_decode(query, arena, &out->query, err))
        return false;
    if (kind == PAYLOAD_FORM)
        return form_decode(body, arena, &out->body, err);
    if (kind == PAYLOAD_JSON && !form_from_json(body, arena, &out->body, &out->why)) {
        if (out->why.kind != ERR_INPUT) {
            *err = out->why;
            return false;
        }
        out->is_malformed = true;
    }
    return true;
}
