/* Stands between a program and the system and notes, in order, everything that
 * the program does to the files below PLACE_TEST_ROOT: what a power cut at any
 * moment could have left on the disk is made from these notes.
 *
 * A record is five numbers of 8 bytes (kind, offset, lengths of two names and of
 * the bytes) and then those. A write is noted before it is done, a sync after:
 * at no moment do the notes promise more than the disk.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { CREATE = 1, WRITE, TRUNCATE, SYNC, SYNC_FOLDER, RENAME, LINK, UNLINK, FOLDER };

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static int notes = -1;

#define REAL(name, type, ...) ((type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name))

/* One at a time, also among processes. */
static void begin(void) {
    pthread_mutex_lock(&order);
    if (notes < 0) {
        const char *path = getenv("PLACE_TEST_NOTES");
        notes = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        if (notes < 0) abort();
    }
    if (flock(notes, LOCK_EX)) abort();
}

static void end(void) {
    int error = errno;
    flock(notes, LOCK_UN);
    pthread_mutex_unlock(&order);
    errno = error;
}

static void note(uint64_t kind, uint64_t offset, const char *name, const char *other,
                 const void *bytes, uint64_t size) {
    uint64_t head[5] = {kind, offset, strlen(name), other ? strlen(other) : 0, size};
    struct iovec parts[4] = {{head, sizeof head},
                             {(void *)name, head[2]},
                             {(void *)other, head[3]},
                             {(void *)bytes, size}};
    ssize_t all = sizeof head + head[2] + head[3] + size;
    if (syscall(SYS_writev, notes, parts, 4) != all) abort();
}

/* Whether a path concerns us; the memory beside the log does not outlive anybody. */
static int is_ours(const char *path) {
    const char *root = getenv("PLACE_TEST_ROOT");
    size_t length = root ? strlen(root) : 0, end = strlen(path);
    if (!length || strncmp(path, root, length) || path[length] != '/') return 0;
    return end < 4 || strcmp(path + end - 4, "-shm");
}

static int name_of(int fd, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return is_ours(path);
}

static int open_noted(const char *name, int folder, const char *path, int flags, mode_t mode) {
    int (*real)(int, const char *, int, ...) =
        (int (*)(int, const char *, int, ...))dlsym(RTLD_NEXT, name);
    if (!(flags & (O_CREAT | O_TRUNC)) || !is_ours(path)) return real(folder, path, flags, mode);
    begin();
    int was_there = !faccessat(folder, path, F_OK, 0);
    int fd = real(folder, path, flags, mode);
    if (fd >= 0 && !was_there) note(CREATE, 0, path, 0, 0, 0);
    if (fd >= 0 && was_there && (flags & O_TRUNC)) note(TRUNCATE, 0, path, 0, 0, 0);
    end();
    return fd;
}

#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { \
    va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { MODE return open_noted("openat", AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return open_noted("openat64", AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE return open_noted("openat", folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE return open_noted("openat64", folder, path, flags, mode); }

static ssize_t pwrite_noted(const char *call, int fd, const void *bytes, size_t size, off_t at) {
    char path[4096];
    ssize_t (*real)(int, const void *, size_t, off_t) = REAL(call, ssize_t, int, const void *, size_t, off_t);
    if (!name_of(fd, path, sizeof path)) return real(fd, bytes, size, at);
    begin();
    note(WRITE, at, path, 0, bytes, size);
    ssize_t done = real(fd, bytes, size, at);
    if (done != (ssize_t)size) abort();
    end();
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at) { return pwrite_noted("pwrite", fd, bytes, size, at); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t at) { return pwrite_noted("pwrite64", fd, bytes, size, at); }

ssize_t write(int fd, const void *bytes, size_t size) {
    char path[4096];
    if (!name_of(fd, path, sizeof path)) return syscall(SYS_write, fd, bytes, size);
    begin();
    int end_of_file = fcntl(fd, F_GETFL) & O_APPEND;
    note(WRITE, lseek(fd, 0, end_of_file ? SEEK_END : SEEK_CUR), path, 0, bytes, size);
    ssize_t done = syscall(SYS_write, fd, bytes, size);
    if (done != (ssize_t)size) abort();
    end();
    return done;
}

/* Programs fall back to read and write. */
ssize_t copy_file_range(int a, off64_t *b, int c, off64_t *d, size_t e, unsigned f) {
    (void)a, (void)b, (void)c, (void)d, (void)e, (void)f;
    errno = ENOSYS;
    return -1;
}

static int truncate_noted(const char *call, int fd, off_t size) {
    char path[4096];
    int (*real)(int, off_t) = REAL(call, int, int, off_t);
    if (!name_of(fd, path, sizeof path)) return real(fd, size);
    begin();
    note(TRUNCATE, size, path, 0, 0, 0);
    int result = real(fd, size);
    if (result) abort();
    end();
    return result;
}

int ftruncate(int fd, off_t size) { return truncate_noted("ftruncate", fd, size); }
int ftruncate64(int fd, off_t size) { return truncate_noted("ftruncate64", fd, size); }

static int sync_noted(const char *call, int fd) {
    char path[4096] = {0};
    struct stat about;
    int (*real)(int) = REAL(call, int, int);
    const char *root = getenv("PLACE_TEST_ROOT");
    int is_root = !name_of(fd, path, sizeof path) && root && !strcmp(path, root);
    if (!is_root && !is_ours(path)) return real(fd);
    begin();
    int result = real(fd);
    if (!result && !fstat(fd, &about)) note(S_ISDIR(about.st_mode) ? SYNC_FOLDER : SYNC, 0, path, 0, 0, 0);
    end();
    return result;
}

int fsync(int fd) { return sync_noted("fsync", fd); }
int fdatasync(int fd) { return sync_noted("fdatasync", fd); }

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = REAL("rename", int, const char *, const char *);
    if (!is_ours(to)) return real(from, to);
    begin();
    int result = real(from, to);
    if (!result) note(RENAME, 0, from, to, 0, 0);
    end();
    return result;
}

int linkat(int a, const char *from, int b, const char *to, int flags) {
    int (*real)(int, const char *, int, const char *, int) =
        REAL("linkat", int, int, const char *, int, const char *, int);
    if (!is_ours(to)) return real(a, from, b, to, flags);
    begin();
    int result = real(a, from, b, to, flags);
    if (!result) note(LINK, 0, from, to, 0, 0);
    end();
    return result;
}

int unlink(const char *path) {
    int (*real)(const char *) = REAL("unlink", int, const char *);
    if (!is_ours(path)) return real(path);
    begin();
    int result = real(path);
    if (!result) note(UNLINK, 0, path, 0, 0, 0);
    end();
    return result;
}

int mkdir(const char *path, mode_t mode) {
    int (*real)(const char *, mode_t) = REAL("mkdir", int, const char *, mode_t);
    if (!is_ours(path)) return real(path, mode);
    begin();
    int result = real(path, mode);
    if (!result) note(FOLDER, 0, path, 0, 0, 0);
    end();
    return result;
}
