#include "mapped_page.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

int mapped_page_open(const char *folder, const char *name, size_t bytes, void **out)
{
    char path[PATH_MAX];
    *out = NULL;
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
        return ENAMETOOLONG;
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int code = posix_fallocate(fd, 0, (off_t)bytes); /* a hole would be a SIGBUS on a full disk */
    void *at = code == 0 ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    if (code == 0 && at == MAP_FAILED)
        code = errno;
    (void)close(fd); /* the mapping stays */
    *out = code == 0 ? at : NULL;
    return code;
}
