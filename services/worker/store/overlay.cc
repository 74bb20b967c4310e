#include <bitset>
#include <functional>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <string_view>
#include <vector>

#include <cstdlib>
#include <cstring>

extern "C" {
#include "store/overlay.h"
}

namespace
{

using std::string_view;

constexpr size_t FIRST_BLOCK_BYTES = 256 * 1024;
constexpr size_t SIEVE_BITS = 1 << 18;

struct held {
    string_view value;
    bool is_deleted = false;
};

using rows = std::pmr::map<string_view, held>;

/* How a key stood before it was put. */
struct step {
    size_t table;
    rows::iterator at;
    held before;
    bool was_there;
};

string_view view_of(struct str s)
{
    return { s.p ? s.p : "", s.n };
}

struct str str_of_view(string_view view)
{
    return str_bytes(view.data(), view.size());
}

void show(struct overlay_row *out, rows::const_iterator at)
{
    *out = { str_of_view(at->first), str_of_view(at->second.value), at->second.is_deleted };
}

/* All maps of a generation live in one growing block: they go at once. */
struct generation {
    std::pmr::monotonic_buffer_resource block{ FIRST_BLOCK_BYTES };
    std::pmr::vector<rows *> tables{ &block };
    std::pmr::vector<step> steps{ &block };
    std::bitset<SIEVE_BITS>
        sieve; /* of all keys: most that are asked for are not here, and it says so without a walk */
};

size_t hole_of(size_t table, string_view key)
{
    return (std::hash<string_view>{}(key) + table) % SIEVE_BITS;
}

generation *generation_new(size_t tables)
{
    auto made = std::make_unique<generation>();
    made->tables.resize(tables, nullptr);
    return made.release();
}

rows &rows_of(generation &now, size_t table)
{
    rows *&at = now.tables[table];
    if (!at)
        at = new (now.block.allocate(sizeof(rows), alignof(rows))) rows(&now.block);
    return *at;
}

string_view copy(generation &now, string_view from)
{
    char *to = static_cast<char *>(now.block.allocate(from.size() + 1, 1));
    std::memcpy(to, from.data(), from.size());
    return { to, from.size() };
}

} // namespace

struct overlay {
    size_t tables;
    generation *now;
    size_t bytes;
};

extern "C" {

struct overlay *overlay_new(size_t tables)
{
    try {
        return new overlay{ tables, generation_new(tables), 0 };
    } catch (const std::bad_alloc &) {
        return nullptr;
    }
}

void overlay_free(struct overlay *overlay)
{
    if (!overlay)
        return;
    delete overlay->now; /* with its block goes what the maps hold: nothing in them has a destructor of its own */
    delete overlay;
}

void overlay_clear(struct overlay *overlay)
{
    generation *next = nullptr;
    try {
        next = generation_new(overlay->tables);
    } catch (const std::bad_alloc &) {
        std::abort(); /* a few hundred bytes: nothing else would go on, either */
    }
    delete overlay->now;
    overlay->now = next;
    overlay->bytes = 0;
}

size_t overlay_bytes(const struct overlay *overlay)
{
    return overlay->bytes;
}

size_t overlay_count(const struct overlay *overlay, size_t table)
{
    const rows *at = overlay->now->tables[table];
    return at ? at->size() : 0;
}

bool overlay_put(struct overlay *overlay, size_t table, struct str key, const struct str *value)
{
    generation &now = *overlay->now;
    try {
        const held next{ value ? copy(now, view_of(*value)) : string_view{}, !value };
        rows &table_rows = rows_of(now, table);
        now.sieve.set(hole_of(table, view_of(key)));
        if (now.steps.size() == now.steps.capacity()) /* first: what comes last must not fail */
            now.steps.reserve(2 * now.steps.size() + 64);
        rows::iterator at = table_rows.lower_bound(view_of(key));
        const bool was_there = at != table_rows.end() && at->first == view_of(key);
        const held before = was_there ? at->second : held{};
        if (was_there)
            at->second = next;
        else
            at = table_rows.emplace_hint(at, copy(now, view_of(key)), next);
        now.steps.push_back({ table, at, before, was_there });
    } catch (const std::bad_alloc &) {
        return false;
    }
    overlay->bytes += key.n + (value ? value->n : 0);
    return true;
}

enum overlay_sight overlay_get(const struct overlay *overlay, size_t table, struct str key, struct str *value)
{
    const rows *table_rows = overlay->now->tables[table];
    if (!table_rows || !overlay->now->sieve[hole_of(table, view_of(key))])
        return OVERLAY_UNKNOWN;
    const auto at = table_rows->find(view_of(key));
    if (at == table_rows->end())
        return OVERLAY_UNKNOWN;
    *value = str_of_view(at->second.value);
    return at->second.is_deleted ? OVERLAY_DELETED : OVERLAY_THERE;
}

bool overlay_next(const struct overlay *overlay, size_t table, struct str key, bool is_inclusive,
                  enum overlay_direction direction, struct overlay_row *out)
{
    const rows *table_rows = overlay->now->tables[table];
    if (!table_rows)
        return false;
    /* up: the first that is not before; down: the one before the first that is behind */
    const bool passes_equal = (direction == OVERLAY_UP) != is_inclusive;
    auto at = passes_equal ? table_rows->upper_bound(view_of(key)) : table_rows->lower_bound(view_of(key));
    if (direction == OVERLAY_DOWN) {
        if (at == table_rows->begin())
            return false;
        --at;
    }
    if (at == table_rows->end())
        return false;
    show(out, at);
    return true;
}

void overlay_keep(struct overlay *overlay)
{
    overlay->now->steps.clear();
}

void overlay_undo(struct overlay *overlay)
{
    generation &now = *overlay->now;
    for (; !now.steps.empty(); now.steps.pop_back()) {
        const step &last = now.steps.back();
        if (last.was_there)
            last.at->second = last.before;
        else
            now.tables[last.table]->erase(last.at);
    }
}

bool overlay_each(const struct overlay *overlay, overlay_each_function *each, void *context)
{
    for (size_t i = 0; i < overlay->tables; i++) {
        const rows *table_rows = overlay->now->tables[i];
        if (!table_rows)
            continue;
        for (auto at = table_rows->begin(); at != table_rows->end(); ++at) {
            struct overlay_row row;
            show(&row, at);
            if (!each(context, i, &row))
                return false;
        }
    }
    return true;
}

} // extern "C"
