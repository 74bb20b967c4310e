/* A form body, read as a message and as a report. What is read keeps every promise of plivo_wire.h. */
#include "plivo/plivo_wire.h"

#include "domain/keywords.h"
#include "wire/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_address(struct str address)
{
    assert(address.n > 0 && address.n <= ADDRESS_BYTES_MAX + 1 && str_is_utf8(address));
    struct phone phone;
    struct err err;
    if (address_kind_of(address) == ADDRESS_PHONE)
        assert(phone_parse(address, "from", &phone, &err));
    assert(plivo_address(address).n > 0);
}

static void check_inbound(const struct plivo_inbound *in)
{
    check_address(in->from);
    check_address(in->to);
    assert(address_kind_of(in->to) != ADDRESS_LETTERS);
    assert(in->uuid.n > 0 && in->uuid.n <= PLIVO_UUID_MAX_BYTES);
    assert(str_is_set(in->text) && str_is_utf8(in->text) && in->type.n > 0 && in->media_n <= PLIVO_MEDIA_MAX);
    for (size_t i = 0; i < in->media_n; i++)
        assert(in->media_urls[i].n > 0 && str_is_utf8(in->media_urls[i]));
    if (keyword_of(in->text, false) == KEYWORD_STOP)
        assert(may_be_opt_out(in->text, in->intent));
}

static void check_report(const struct plivo_report *in)
{
    check_address(in->from);
    check_address(in->to);
    assert(in->message_uuid.n > 0 && in->message_uuid.n <= PLIVO_UUID_MAX_BYTES && in->status_word.n > 0);
    assert(in->sequence >= 0 && in->units >= 0 && in->error_code >= 0);
    assert(!str_is_set(in->total_amount) || plivo_is_amount(in->total_amount));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct form form;
    struct err err;
    struct plivo_inbound inbound;
    struct plivo_report report;
    arena_init(&arena, 512 * 1024);
    if (form_decode(str_bytes(data, size), &arena, &form, &err)) {
        if (plivo_inbound_read(form.pairs, form.n, &arena, &inbound, &err))
            check_inbound(&inbound);
        if (plivo_report_read(form.pairs, form.n, &arena, &report, &err))
            check_report(&report);
    }
    arena_release(&arena);
    return 0;
}
