/* bus_folder.h - the folder of an ipc:// endpoint; bus_server.c and bus_events.c alone use it.
 *
 * Promise: a socket can be bound there afterwards; a folder that is there already is fine.
 * Threads: call from any.
 */
#ifndef PARLEY_BUS_FOLDER_H
#define PARLEY_BUS_FOLDER_H
#include "base/err.h"

/* Makes it, private to us. True for an endpoint of another kind. False: *err names RUN_DIR. */
MUST_USE bool bus_folder_make(const char *endpoint, struct err *err);

#endif
