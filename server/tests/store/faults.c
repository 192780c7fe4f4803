/* Fails the system's calls on the database as the control file says: "full"
 * (no room), "write" and "read" (input/output errors), "sync" (what was written
 * is lost). A number behind it says which call is the first to fail, counted
 * from when the control file came to say so; of syncs that one alone fails.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

typedef ssize_t (*write_call)(int, const void *, size_t);
typedef ssize_t (*pwrite_call)(int, const void *, size_t, off_t);
typedef int (*sync_call)(int);

enum kind { READ, WRITE, SYNC };

static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static char present[32];
static long calls;

/* Which call of its kind this is, from 0, since the control file says this. */
static long count(const char *text) {
    pthread_mutex_lock(&counting);
    if (strcmp(text, present)) {
        strcpy(present, text);
        calls = 0;
    }
    long number = calls++;
    pthread_mutex_unlock(&counting);
    return number;
}

/* Whether calls of this kind on this file are to fail; sets errno. */
static int fails(int fd, enum kind kind) {
    const char *control = getenv("PLACE_TEST_FAULT");
    if (!control) return 0;
    int file = open(control, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char text[32] = {0}, how[16] = {0};
    ssize_t length = syscall(SYS_read, file, text, sizeof text - 1);
    close(file);
    long first = 0;
    if (length <= 0 || sscanf(text, "%15s %ld", how, &first) < 1) return 0;

    char link[64], path[4096] = {0};
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) <= 0 || !strstr(path, "place.db")) return 0;
    int error = !strcmp(how, "full") ? ENOSPC : EIO;
    int is_meant = kind == READ    ? !strcmp(how, "read")
                   : kind == SYNC  ? !strcmp(how, "sync")
                                   : !strcmp(how, "full") || !strcmp(how, "write");
    if (!is_meant) return 0;
    long number = count(text);
    int is_one_alone = kind == SYNC && strchr(text, ' ');
    if (is_one_alone ? number != first : number < first) return 0;
    /* Says so, in case the program does not. */
    char told[4096];
    snprintf(told, sizeof told, "%s.failed", control);
    close(open(told, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    errno = error;
    return 1;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    write_call real = (write_call)dlsym(RTLD_NEXT, "write");
    return fails(fd, WRITE) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    pwrite_call real = (pwrite_call)dlsym(RTLD_NEXT, "pwrite");
    return fails(fd, WRITE) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) {
    pwrite_call real = (pwrite_call)dlsym(RTLD_NEXT, "pwrite64");
    return fails(fd, WRITE) ? -1 : real(fd, bytes, size, at);
}

ssize_t read(int fd, void *bytes, size_t size) {
    return fails(fd, READ) ? -1 : syscall(SYS_read, fd, bytes, size);
}

ssize_t pread(int fd, void *bytes, size_t size, off_t at) {
    return fails(fd, READ) ? -1 : syscall(SYS_pread64, fd, bytes, size, at);
}

ssize_t pread64(int fd, void *bytes, size_t size, off_t at) {
    return fails(fd, READ) ? -1 : syscall(SYS_pread64, fd, bytes, size, at);
}

int fsync(int fd) {
    sync_call real = (sync_call)dlsym(RTLD_NEXT, "fsync");
    return fails(fd, SYNC) ? -1 : real(fd);
}

int fdatasync(int fd) {
    sync_call real = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
    return fails(fd, SYNC) ? -1 : real(fd);
}
