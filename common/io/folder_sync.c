#include "io/folder_sync.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int folder_sync(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int code = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0)
        (void)close(fd); /* only synced */
    return code;
}
