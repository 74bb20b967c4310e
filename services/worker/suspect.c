#include "suspect.h"

#include "io/log.h"
#include "mapped_page.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>

enum { HANDLER_STACK_BYTES = 64 * 1024 };

static const char MAGIC[16] = "parley suspects";

struct page {
    char magic[sizeof MAGIC];
    struct suspect now;          /* kind_n 0: none */
    volatile uint32_t is_killer; /* the process died of it: written by the handler */
    uint32_t n;                  /* ever noted; the place of the next is n % SUSPECTS_MAX */
    struct suspect known[SUSPECTS_MAX];
};

static struct page *page; /* NULL: nothing is noted */
static pthread_t writer;
static volatile sig_atomic_t is_watching;
static char handler_stack[HANDLER_STACK_BYTES];

static const int FAULTS[] = {SIGSEGV, SIGABRT, SIGFPE, SIGILL};
static struct sigaction before[NSIG]; /* what a sanitizer has set up, for one */

static bool is_same(const struct suspect *a, const struct suspect *b)
{
    return a->kind_n == b->kind_n && a->identity_n == b->identity_n && memcmp(a->kind, b->kind, a->kind_n) == 0 &&
           memcmp(a->identity, b->identity, a->identity_n) == 0;
}

struct suspect suspect_of(const char *kind, struct str identity)
{
    struct suspect suspect = {0};
    suspect.kind_n = (uint8_t)min_size(strlen(kind), sizeof suspect.kind);
    suspect.identity_n = (uint8_t)min_size(identity.n, sizeof suspect.identity);
    memcpy(suspect.kind, kind, suspect.kind_n);
    if (suspect.identity_n)
        memcpy(suspect.identity, identity.p, suspect.identity_n);
    return suspect;
}

static struct suspect *find(const struct suspect *suspect)
{
    for (size_t i = 0; page && i < SUSPECTS_MAX; i++)
        if (page->known[i].deaths > 0 && is_same(&page->known[i], suspect))
            return &page->known[i];
    return NULL;
}

bool suspect_is_condemned(const struct suspect *suspect)
{
    const struct suspect *known = page && page->n > 0 ? find(suspect) : NULL;
    return known && known->deaths >= SUSPECT_DEATHS;
}

void suspect_acquit(const struct suspect *suspect)
{
    struct suspect *known = find(suspect);
    if (known)
        known->deaths = 0;
}

struct suspect suspect_enter(const struct suspect *suspect)
{
    struct suspect was = {0};
    if (!page)
        return was;
    was = page->now;
    page->now = *suspect;
    return was;
}

/* --- the last process's end --- */

static void blame(const struct suspect *killer)
{
    struct suspect *known = find(killer);
    if (!known) {
        known = &page->known[page->n++ % SUSPECTS_MAX];
        *known = *killer;
        known->deaths = 0;
    }
    known->deaths++;
    log_event(LOG_ERROR, "worker.killed_by_operation", F_STR("kind", str_bytes(known->kind, known->kind_n)),
              F_INT("deaths", known->deaths));
}

static bool is_sound(const struct page *p)
{
    bool is = memcmp(p->magic, MAGIC, sizeof MAGIC) == 0 && p->now.kind_n <= SUSPECT_KIND_BYTES &&
              p->now.identity_n <= SUSPECT_IDENTITY_BYTES;
    for (size_t i = 0; i < SUSPECTS_MAX; i++)
        is &= p->known[i].kind_n <= SUSPECT_KIND_BYTES && p->known[i].identity_n <= SUSPECT_IDENTITY_BYTES;
    return is;
}

static int map(const char *folder)
{
    void *at;
    int code = mapped_page_open(folder, "suspects.page", sizeof *page, &at);
    page = at;
    return code;
}

void suspects_open(const char *folder)
{
    int code = map(folder);
    if (!page) {
        log_event(LOG_WARN, "worker.no_quarantine", F_STR("because", str_of(strerror(code))));
        return;
    }
    if (!is_sound(page)) {
        memset(page, 0, sizeof *page);
        memcpy(page->magic, MAGIC, sizeof MAGIC);
    }
    if (page->is_killer && page->now.kind_n)
        blame(&page->now);
    page->is_killer = 0;
    page->now = (struct suspect){0};
}

/* --- this one's --- */

/* Only stores to memory; then the signal comes again, for whoever was there before. */
static void on_fault(int signal_number)
{
    if (is_watching && page && pthread_equal(pthread_self(), writer))
        page->is_killer = 1;
    (void)sigaction(signal_number, &before[signal_number], NULL); /* both fail only for a number that is none */
    (void)raise(signal_number);
}

/* Of any thread: the mapped file has no such page any longer, or its disk cannot read it. No operation's fault, and nothing to go on with. */
static void on_lost_page(int signal_number)
{
    static const char SAYS[] =
        "{\"level\":\"error\",\"service\":\"worker\",\"event\":\"worker.page_lost\",\"error_text\":\"a page of the store cannot be "
        "read: its file was cut short while it was open, or its disk fails. Look at the disk; the next start looks at the store\"}\n";
    (void)!write(STDERR_FILENO, SAYS, sizeof SAYS - 1); /* nowhere else to say it */
    (void)sigaction(signal_number, &before[signal_number], NULL); /* as above */
    (void)raise(signal_number);
}

void suspects_watch(void)
{
    const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof handler_stack};
    struct sigaction action = {.sa_handler = on_fault, .sa_flags = SA_ONSTACK};
    if (!page)
        return;
    writer = pthread_self();
    is_watching = 1;
    (void)sigaltstack(&stack, NULL); /* without it a stack that ran over goes unnoted, no more */
    for (size_t i = 0; i < COUNT(FAULTS); i++)
        (void)sigaction(FAULTS[i], &action, &before[FAULTS[i]]); /* as above */
    action.sa_handler = on_lost_page;
    (void)sigaction(SIGBUS, &action, &before[SIGBUS]); /* as above */
}

void suspects_close(void)
{
    for (size_t i = 0; is_watching && i < COUNT(FAULTS); i++)
        (void)sigaction(FAULTS[i], &before[FAULTS[i]], NULL); /* as above */
    if (is_watching)
        (void)sigaction(SIGBUS, &before[SIGBUS], NULL); /* as above */
    is_watching = 0;
    if (page)
        (void)munmap(page, sizeof *page); /* mapped by us */
    page = NULL;
}

void suspects_unwatch(void)
{
    const stack_t none = {.ss_flags = SS_DISABLE};
    is_watching = 0;
    (void)sigaltstack(&none, NULL); /* else whoever looks after the thread's end takes our stack for its own */
}
