/* Fails the system's calls on the database as the control file says: "full"
 * (no room), "write" (input/output error), "sync" (what was written is lost).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

typedef ssize_t (*write_call)(int, const void *, size_t);
typedef ssize_t (*pwrite_call)(int, const void *, size_t, off_t);
typedef int (*sync_call)(int);

/* Whether calls of this kind on this file are to fail; sets errno. */
static int fails(int fd, int is_write) {
    const char *control = getenv("PLACE_TEST_FAULT");
    if (!control) return 0;
    int file = open(control, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    char how[16] = {0};
    ssize_t length = read(file, how, sizeof how - 1);
    close(file);
    if (length <= 0) return 0;

    char link[64], path[4096] = {0};
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof path - 1) <= 0 || !strstr(path, "place.db")) return 0;
    if (is_write && !strcmp(how, "full")) return errno = ENOSPC, 1;
    if (is_write && !strcmp(how, "write")) return errno = EIO, 1;
    if (!is_write && !strcmp(how, "sync")) return errno = EIO, 1;
    return 0;
}

ssize_t write(int fd, const void *bytes, size_t size) {
    write_call real = (write_call)dlsym(RTLD_NEXT, "write");
    return fails(fd, 1) ? -1 : real(fd, bytes, size);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) {
    pwrite_call real = (pwrite_call)dlsym(RTLD_NEXT, "pwrite");
    return fails(fd, 1) ? -1 : real(fd, bytes, size, at);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) {
    pwrite_call real = (pwrite_call)dlsym(RTLD_NEXT, "pwrite64");
    return fails(fd, 1) ? -1 : real(fd, bytes, size, at);
}

int fsync(int fd) {
    sync_call real = (sync_call)dlsym(RTLD_NEXT, "fsync");
    return fails(fd, 0) ? -1 : real(fd);
}

int fdatasync(int fd) {
    sync_call real = (sync_call)dlsym(RTLD_NEXT, "fdatasync");
    return fails(fd, 0) ? -1 : real(fd);
}
