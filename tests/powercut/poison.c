/* poison.c - a fault in the midst of an operation: an LD_PRELOAD layer that makes one text deadly for the process that stores it.
 *
 * Promise: a row that holds PARLEY_POISON, on its way into the store's journal (its sum is made row by row), ends the process by SIGSEGV;
 *          all else goes through untouched, and so does the one row that keeps what was put aside: it tells its deaths.
 * Threads: any.
 */
#include <dlfcn.h>
#include <openssl/evp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

int EVP_DigestUpdate(EVP_MD_CTX *context, const void *data, size_t n)
{
    static __typeof__(&EVP_DigestUpdate) real;
    const char *poison = getenv("PARLEY_POISON");
    if (poison && data && memmem(data, n, poison, strlen(poison)) && !memmem(data, n, "deaths", 6))
        (void)raise(SIGSEGV); /* does not come back */
    if (!real)
        real = (__typeof__(&EVP_DigestUpdate))dlsym(RTLD_NEXT, "EVP_DigestUpdate");
    return real(context, data, n);
}
