/* A disk with faults, for one process: LD_PRELOADed, it stands between the process and its file operations.
 *
 * Only files below FAULT_ROOT count. FAULT_CONTROL names a file with lines "ERRNO part-of-a-path": while it is there,
 * operations on paths that contain the part fail with that error. FAULT_DIE_AT=n kills the process, by SIGKILL, just
 * before its n-th operation that changes something. FAULT_LOG names a file to which each such operation is written once
 * it is done: kind, path, offset, length, then the bytes of a write. FAULT_CLOCK names a file with seconds to add to the
 * time of day.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int operations;

static int below_root(const char *path) {
    const char *root = getenv("FAULT_ROOT");
    return root && path && strncmp(path, root, strlen(root)) == 0;
}

static const char *path_of(int descriptor, char *buffer, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, buffer, size - 1);
    if (length < 0) return NULL;
    buffer[length] = 0;
    return below_root(buffer) ? buffer : NULL;
}

/* What the control file says of this path: an errno, or 0. */
static int error_for(const char *path) {
    const char *control = getenv("FAULT_CONTROL");
    char text[512], part[256];
    int number, error = 0;
    if (!control || !path) return 0;
    int descriptor = syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return 0;
    ssize_t length = syscall(SYS_read, descriptor, text, sizeof text - 1);
    syscall(SYS_close, descriptor);
    text[length < 0 ? 0 : length] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (sscanf(line, "%d %255s", &number, part) == 2 && strstr(path, part)) error = number;
    return error;
}

/* Before an operation: dies where it is told to; nonzero, with errno set, where the operation is to fail. */
static int fails(const char *path) {
    if (!path) return 0;
    const char *last = getenv("FAULT_DIE_AT");
    if (last && __sync_add_and_fetch(&operations, 1) == atoi(last)) kill(getpid(), SIGKILL);
    int error = error_for(path);
    if (error) errno = error;
    return error;
}

static void note(char kind, const char *path, int64_t offset, const void *data, int64_t length) {
    static int log = -2;
    const char *name = getenv("FAULT_LOG");
    if (!name || !path) return;
    if (log == -2) log = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct timespec now;
    syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
    uint32_t named = strlen(path);
    int64_t kept = data ? length : 0;
    size_t size = 1 + 4 + named + 3 * 8 + kept;
    char *record = malloc(size), *place = record;
    int64_t numbers[3] = {now.tv_sec * 1000000LL + now.tv_nsec / 1000, offset, length};
    *place++ = kind;
    memcpy(place, &named, 4), place += 4;
    memcpy(place, path, named), place += named;
    memcpy(place, numbers, sizeof numbers), place += sizeof numbers;
    if (kept) memcpy(place, data, kept);
    syscall(SYS_write, log, record, size);
    free(record);
}

ssize_t write(int descriptor, const void *data, size_t length) {
    char buffer[4096];
    const char *path = path_of(descriptor, buffer, sizeof buffer);
    if (fails(path)) return -1;
    ssize_t done = syscall(SYS_write, descriptor, data, length);
    if (path && done > 0) note('w', path, lseek(descriptor, 0, SEEK_CUR) - done, data, done);
    return done;
}

ssize_t pwrite64(int descriptor, const void *data, size_t length, off64_t offset) {
    char buffer[4096];
    const char *path = path_of(descriptor, buffer, sizeof buffer);
    if (fails(path)) return -1;
    ssize_t done = syscall(SYS_pwrite64, descriptor, data, length, offset);
    if (done > 0) note('w', path, offset, data, done);
    return done;
}

ssize_t pwrite(int descriptor, const void *data, size_t length, off_t offset) {
    return pwrite64(descriptor, data, length, offset);
}

int ftruncate64(int descriptor, off64_t length) {
    char buffer[4096];
    const char *path = path_of(descriptor, buffer, sizeof buffer);
    if (fails(path)) return -1;
    int done = syscall(SYS_ftruncate, descriptor, length);
    if (!done) note('t', path, 0, NULL, length);
    return done;
}

int ftruncate(int descriptor, off_t length) { return ftruncate64(descriptor, length); }

static int synced(int descriptor, long number) {
    char buffer[4096];
    const char *path = path_of(descriptor, buffer, sizeof buffer);
    if (fails(path)) return -1;
    int done = syscall(number, descriptor);
    if (!done) note('s', path, 0, NULL, 0);
    return done;
}

int fsync(int descriptor) { return synced(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return synced(descriptor, SYS_fdatasync); }

static int opened(int directory, const char *path, int flags, mode_t mode) {
    char resolved[4096];
    if (path[0] != '/' && getcwd(resolved, sizeof resolved)) {
        strncat(resolved, "/", sizeof resolved - strlen(resolved) - 1);
        strncat(resolved, path, sizeof resolved - strlen(resolved) - 1);
    } else
        snprintf(resolved, sizeof resolved, "%s", path);
    int changes = (flags & O_CREAT) && below_root(resolved);
    int is_new = changes && syscall(SYS_faccessat, directory, path, F_OK);
    if (is_new && fails(resolved)) return -1;
    int done = syscall(SYS_openat, directory, path, flags, mode);
    if (done >= 0 && is_new) note('c', resolved, 0, NULL, 0);
    else if (done >= 0 && changes && (flags & O_TRUNC)) note('t', resolved, 0, NULL, 0);
    return done;
}

#define OPENING(name)                                      \
    int name(const char *path, int flags, ...) {           \
        __builtin_va_list rest;                            \
        __builtin_va_start(rest, flags);                   \
        mode_t mode = __builtin_va_arg(rest, int);         \
        __builtin_va_end(rest);                            \
        return opened(AT_FDCWD, path, flags, mode);        \
    }
OPENING(open)
OPENING(open64)

int rename(const char *from, const char *to) {
    if (below_root(to) && fails(to)) return -1;
    int done = syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0);
    if (!done && below_root(to)) note('r', to, 0, from, strlen(from));
    return done;
}

int unlink(const char *path) {
    int counts = below_root(path);
    if (counts && fails(path)) return -1;
    int done = syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!done && counts) note('u', path, 0, NULL, 0);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    int counts = below_root(path);
    if (counts && fails(path)) return -1;
    int done = syscall(SYS_mkdirat, AT_FDCWD, path, mode);
    if (!done && counts) note('m', path, 0, NULL, 0);
    return done;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    const char *name = getenv("FAULT_CLOCK");
    char text[32];
    int done = syscall(SYS_clock_gettime, clock, now);
    if (!name || clock != CLOCK_REALTIME) return done;
    int descriptor = syscall(SYS_openat, AT_FDCWD, name, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return done;
    ssize_t length = syscall(SYS_read, descriptor, text, sizeof text - 1);
    syscall(SYS_close, descriptor);
    text[length < 0 ? 0 : length] = 0;
    now->tv_sec += atol(text);
    return done;
}
