#include "faults.h"

enum fault_kind { FAULT_CHANCE, FAULT_NUMBER, FAULT_SWITCH, FAULT_WORD };

static const struct {
    const char *name;
    enum fault_kind kind;
    double fallback, min, max;
} TABLE[] = {
#define X(enumerator, name, kind, fallback, min, max, help) { name, kind, fallback, min, max },
    FAULTS(X)
#undef X
};

const char *const fault_finals[FINAL_COUNT] = { "delivered", "undelivered", "failed", "rejected" };

void faults_init(struct faults *faults)
{
    *faults = (struct faults){ 0 };
    for (size_t i = 0; i < FAULT_COUNT; i++)
        faults->value[i] = TABLE[i].fallback;
}

static bool read_word(const json_t *value, const char *name, double *out, struct err *err)
{
    for (size_t i = 0; json_is_string(value) && i < FINAL_COUNT; i++)
        if (strcmp(json_string_value(value), fault_finals[i]) == 0) {
            *out = (double)i;
            return true;
        }
    return err_set(err, ERR_INPUT, name, "must be delivered, undelivered, failed or rejected");
}

static bool read_value(size_t fault, const json_t *value, double *out, struct err *err)
{
    const char *name = TABLE[fault].name;
    switch (TABLE[fault].kind) {
    case FAULT_WORD:
        return read_word(value, name, out, err);
    case FAULT_SWITCH:
        if (!json_is_boolean(value))
            return err_set(err, ERR_INPUT, name, "must be true or false");
        *out = json_is_true(value) ? 1 : 0;
        return true;
    case FAULT_CHANCE:
    case FAULT_NUMBER:
        break;
    }
    double number = json_is_number(value) ? json_number_value(value) : -1;
    if (TABLE[fault].kind == FAULT_CHANCE && json_is_boolean(value))
        number = json_is_true(value) ? 1 : 0;
    if (!(number >= TABLE[fault].min && number <= TABLE[fault].max))
        return err_set(err, ERR_INPUT, name, "must be a number from %g to %g", TABLE[fault].min, TABLE[fault].max);
    *out = number;
    return true;
}

bool faults_read(const json_t *body, struct faults *out, struct err *err)
{
    struct faults read;
    faults_init(&read);
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)body, name, value)
    {
        size_t i = 0;
        while (i < FAULT_COUNT && strcmp(TABLE[i].name, name) != 0)
            i++;
        if (i == FAULT_COUNT)
            return err_set(err, ERR_INPUT, name, "there is no such fault");
        if (!read_value(i, value, &read.value[i], err))
            return false;
        read.is_set[i] = true;
    }
    *out = read;
    return true;
}

static json_t *value_json(size_t fault, double value)
{
    switch (TABLE[fault].kind) {
    case FAULT_WORD:
        return json_string(fault_finals[(size_t)value]);
    case FAULT_SWITCH:
        return json_boolean(value > 0);
    case FAULT_CHANCE:
    case FAULT_NUMBER:
        break;
    }
    bool is_whole = value >= -1e15 && value <= 1e15 && value == (double)(int64_t)value;
    return is_whole ? json_integer((int64_t)value) : json_real(value);
}

json_t *faults_json(const struct faults *faults)
{
    json_t *object = json_object();
    for (size_t i = 0; i < FAULT_COUNT; i++)
        if (faults->is_set[i])
            json_object_set_new(object, TABLE[i].name, value_json(i, faults->value[i]));
    return object;
}

/* splitmix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014. */
static uint64_t dice_next(struct dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

bool dice_roll(struct dice *dice, double probability)
{
    if (probability <= 0)
        return false;
    if (probability >= 1)
        return true;
    return (double)(dice_next(dice) >> 11) * 0x1p-53 < probability;
}
