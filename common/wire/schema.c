#include "wire/schema.h"

#define X(type, FIELDS) RECORD_TABLE(type, FIELDS);
RECORDS(X)
#undef X

static const struct operation_row ROWS[] = {
#define X(name, kind, asks, answers) [OP_##name] = {#name, OPERATION_##kind, &asks##_record, &answers##_record},
    OPERATIONS(X)
#undef X
};

const struct operation_row *operation_row(enum operation operation)
{
    assert((size_t)operation < COUNT(ROWS));
    return &ROWS[operation];
}

bool operation_find(struct str name, enum operation *out)
{
    for (size_t i = 0; i < COUNT(ROWS); i++)
        if (str_is(name, ROWS[i].name)) {
            *out = (enum operation)i;
            return true;
        }
    return false;
}
