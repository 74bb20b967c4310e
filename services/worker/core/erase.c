#include "core/erase.h"

static const struct str GONE = {0};

static const struct str *theirs(const struct message_row *row)
{
    return row->direction == INBOUND ? &row->from : &row->to;
}

void erase_content(struct message_row *row, int64_t now_ms)
{
    row->text = GONE;
    row->media.n = 0;
    for (size_t i = 0; i < row->attempts.n; i++)
        row->attempts.v[i].reason = row->attempts.v[i].held_for_person = GONE; /* Plivo's words may name the number */
    if (row->erased_at == 0)
        row->erased_at = now_ms;
}

void erase_message(struct message_row *row, int64_t now_ms)
{
    erase_content(row, now_ms);
    *(row->direction == INBOUND ? &row->from : &row->to) = GONE;
}

bool message_is_erased(const struct message_row *row)
{
    return theirs(row)->n == 0;
}

void erase_conversation(struct conversation_row *row)
{
    row->address = row->assignee = GONE;
    row->labels.n = 0;
    row->unread = 0;
    row->snooze_until = 0;
    row->status = CONVERSATION_CLOSED;
}

void erase_contact(struct contact_row *row, int64_t now_ms)
{
    row->address = row->name = row->attributes = row->time_zone = GONE;
    row->erased_at = now_ms;
    row->updated_at = now_ms;
}

bool erased_covers(const struct erased_row *tombstone, int64_t received_at)
{
    return received_at <= tombstone->at;
}

void erase_ledger(struct ledger_row *row)
{
    row->address = row->evidence = row->salt = GONE;
}
