#include "core/rows.h"

#define X(type, FIELDS) RECORD_TABLE(type, FIELDS);
ROWS(X)
#undef X
