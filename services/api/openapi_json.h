/* openapi_json.h - services/api/openapi.yaml as JSON, inside the program.
 *
 * Promise: it is the file of the same commit: the build writes it anew whenever the YAML changes.
 * Memory:  the program's read-only data.
 * Threads: constants only.
 * Source:  tools/embed_openapi.py writes it from the YAML at build time.
 */
#ifndef PARLEY_API_OPENAPI_JSON_H
#define PARLEY_API_OPENAPI_JSON_H
#include <stddef.h>

extern const char OPENAPI_JSON[];
extern const size_t OPENAPI_JSON_BYTES;

#endif
