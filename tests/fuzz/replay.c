/* Runs a fuzz target over files: replay FILE|FOLDER ... A crash or a failed assertion is the failure; the last name printed
 * is the input. At least one file must be found: an empty corpus proves nothing. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MAX = 1 << 20 };

static int inputs;

static int replay_file(const char *path)
{
    static uint8_t data[INPUT_BYTES_MAX];
    FILE *f = fopen(path, "re");
    if (!f) {
        perror(path);
        return 1;
    }
    size_t n = fread(data, 1, sizeof data, f);
    (void)fclose(f);   /* only read from */
    (void)printf("%s\n", path);
    (void)fflush(stdout);   /* before a crash can swallow it */
    /* An exact copy on the heap, so that AddressSanitizer sees a read past the end. */
    uint8_t *copy = malloc(n ? n : 1);
    if (!copy)
        return 1;
    memcpy(copy, data, n);
    (void)LLVMFuzzerTestOneInput(copy, n);   /* always 0: what is wrong aborts */
    free(copy);
    inputs++;
    return 0;
}

static int replay_folder(const char *folder)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, NULL, alphasort);
    int failed = n < 0;
    for (int i = 0; i < n; i++) {
        char path[PATH_MAX];
        struct stat info;
        if (snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name) < (int)sizeof path &&
            stat(path, &info) == 0 && S_ISREG(info.st_mode))
            failed |= replay_file(path);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        struct stat info;
        if (stat(argv[i], &info) == 0 && S_ISDIR(info.st_mode))
            failed |= replay_folder(argv[i]);
        else
            failed |= replay_file(argv[i]);
    }
    (void)printf("%d inputs\n", inputs);
    return failed || inputs == 0;
}
