/* A number as somebody may type it. What is taken is E.164 and is taken again; nothing of a refused one is repeated. */
#include "domain/address.h"
#include "domain/phone_plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str raw = str_bytes(data, size);
    struct phone phone, again;
    struct phone_plan plan;
    struct err err;
    bool is_valid, is_valid_again;
    if (phone_parse(raw, "to", &phone, &err)) {
        assert(str_eq(phone_str(&phone), raw) && address_kind_of(raw) == ADDRESS_PHONE);
        phone_plan_describe(&phone, &plan);
        assert(strlen(plan.national) > 0);
    }
    if (!phone_plan_parse(raw, "to", &phone, &is_valid, &err)) {
        assert(err.kind == ERR_INPUT && strlen(err.text) > 0);
        return 0;
    }
    assert(phone_parse(phone_str(&phone), "to", &again, &err) && phone_eq(&phone, &again));
    assert(phone_plan_parse(phone_str(&phone), "to", &again, &is_valid_again, &err));
    assert(phone_eq(&phone, &again) && is_valid == is_valid_again);
    phone_plan_describe(&phone, &plan);
    assert(plan.is_valid == is_valid);
    return 0;
}
