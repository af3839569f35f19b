// System calls that Swift cannot import: syscall(2) takes any number of arguments.
#ifndef QUAYMASTER_LINUX_H
#define QUAYMASTER_LINUX_H

#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif

/// pidfd_send_signal(2); the descriptor may be that of a process's folder in a proc(5).
static inline long linux_pidfd_send_signal(int descriptor, int signal) {
    return syscall(SYS_pidfd_send_signal, descriptor, signal, (void *)0, 0U);
}

/// fallocate(2) from the beginning with FALLOC_FL_KEEP_SIZE: blocks for bytes to come.
static inline long linux_fallocate_keeping_size(int descriptor, long length) {
    return syscall(SYS_fallocate, descriptor, 1, 0L, length);
}

#endif
