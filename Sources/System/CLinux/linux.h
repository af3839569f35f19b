// System calls and constants that Swift cannot import: syscall(2), prctl(2) and ptrace(2) take any
// number of arguments, and some calls have no function in glibc. Functions are inline: there is no C
// to compile. Each returns what the system call does; -1 leaves the reason in errno.
#ifndef QUAYMASTER_LINUX_H
#define QUAYMASTER_LINUX_H

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
#ifndef SYS_clone3
#define SYS_clone3 435
#endif

/// linux/sched.h; glibc's sched.h shows these to _GNU_SOURCE alone.
static const unsigned LINUX_CLONE_NEWTIME = 0x00000080;
static const unsigned LINUX_CLONE_PARENT = 0x00008000;
static const unsigned LINUX_CLONE_NEWNS = 0x00020000;
static const unsigned LINUX_CLONE_NEWCGROUP = 0x02000000;
static const unsigned LINUX_CLONE_NEWUTS = 0x04000000;
static const unsigned LINUX_CLONE_NEWIPC = 0x08000000;
static const unsigned LINUX_CLONE_NEWUSER = 0x10000000;
static const unsigned LINUX_CLONE_NEWPID = 0x20000000;
static const unsigned LINUX_CLONE_NEWNET = 0x40000000;

/// asm-generic/fcntl.h, linux/fcntl.h and linux/memfd.h, whose structures are glibc's too.
static const int LINUX_O_CLOEXEC = 02000000;
static const int LINUX_O_PATH = 010000000;
static const int LINUX_AT_EMPTY_PATH = 0x1000;
static const int LINUX_F_ADD_SEALS = 1033;
static const int LINUX_F_SEAL_ALL = 0x0001 | 0x0002 | 0x0004 | 0x0008;
static const unsigned LINUX_MFD_CLOEXEC = 0x0001;
static const unsigned LINUX_MFD_ALLOW_SEALING = 0x0002;
static const unsigned LINUX_MFD_EXEC = 0x0010;
static const unsigned LINUX_CLOSE_RANGE_CLOEXEC = 4;

/// linux/magic.h.
static const uint64_t LINUX_CGROUP2_SUPER_MAGIC = 0x63677270;

/// linux/ptrace.h.
static const long LINUX_PTRACE_DETACH = 17;
static const long LINUX_PTRACE_SEIZE = 0x4206;
static const long LINUX_PTRACE_INTERRUPT = 0x4207;
static const long LINUX_PTRACE_SECCOMP_GET_FILTER = 0x420c;
static const long LINUX_PTRACE_SECCOMP_GET_METADATA = 0x420d;

/// linux/seccomp.h as unsigned numbers of 32 bits.
static const uint32_t LINUX_SECCOMP_RET_ACTION_FULL = 0xffff0000U;
static const uint32_t LINUX_SECCOMP_RET_USER_NOTIF = 0x7fc00000U;
static const uint32_t LINUX_SECCOMP_RET_ALLOW = 0x7fff0000U;
static const uint32_t LINUX_SECCOMP_RET_LOG = 0x7ffc0000U;
static const uint32_t LINUX_SECCOMP_RET_KILL_PROCESS = 0x80000000U;

/// The architecture whose system calls this program makes (linux/audit.h).
#if defined(__x86_64__)
static const uint32_t LINUX_AUDIT_ARCH = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
static const uint32_t LINUX_AUDIT_ARCH = AUDIT_ARCH_AARCH64;
#endif

/// pidfd_send_signal(2); the descriptor may be that of a process's folder in a proc(5).
static inline long linux_pidfd_send_signal(int descriptor, int signal) {
    return syscall(SYS_pidfd_send_signal, descriptor, signal, (void *)0, 0U);
}

/// pidfd_open(2); the descriptor closes on exec.
static inline int linux_pidfd_open(int pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0U);
}

/// setns(2); with a pidfd and several CLONE_NEW flags all namespaces are joined at once.
static inline int linux_setns(int descriptor, unsigned flags) {
    return (int)syscall(SYS_setns, descriptor, flags);
}

/// clone(2) as fork(2) does it, but the new process is a sibling: its parent is the caller's.
static inline int linux_fork_sibling(void) {
    return (int)syscall(SYS_clone, (unsigned long)(LINUX_CLONE_PARENT | SIGCHLD), 0UL, 0UL, 0UL, 0UL);
}

/// clone3(2) as fork(2) does it, but the new process begins in the cgroup of version 2 whose folder is
/// open (CLONE_INTO_CGROUP): nothing is moved. For programs of one thread.
static inline int linux_fork_into_cgroup(int folder) {
    // struct clone_args of linux/sched.h up to its member cgroup: flags, pidfd, child_tid, parent_tid,
    // exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup.
    uint64_t arguments[11] = {0x200000000ULL, 0, 0, 0, SIGCHLD, 0, 0, 0, 0, 0, (uint64_t)folder};
    return (int)syscall(SYS_clone3, arguments, sizeof arguments);
}

/// The magic number of the file system that a path is on (statfs(2)); 0, with the reason in errno, when
/// that fails.
static inline uint64_t linux_file_system(const char *path) {
    struct statfs status;
    return statfs(path, &status) == 0 ? (uint64_t)status.f_type : 0;
}

/// openat2(2).
static inline int linux_openat2(int folder, const char *path, uint64_t flags, uint64_t resolve) {
    struct open_how how = {.flags = flags, .mode = 0, .resolve = resolve};
    return (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
}

/// fork(2), for programs of one thread.
static inline int linux_fork(void) { return fork(); }

/// pipe2(2), whose ends close on exec.
static inline int linux_pipe(int ends[2]) {
    return (int)syscall(SYS_pipe2, ends, LINUX_O_CLOEXEC);
}

/// accept4(2); the connection closes on exec.
static inline int linux_accept(int listener) {
    return (int)syscall(SYS_accept4, listener, (void *)0, (void *)0, LINUX_O_CLOEXEC);
}

/// The other end of a terminal of /dev/ptmx, unlocked (ioctl_tty(2)); it closes on exec.
static inline int linux_terminal_peer(int master) {
    int unlocked = 0;
    if (syscall(SYS_ioctl, master, 0x40045431 /* TIOCSPTLCK */, &unlocked) != 0) return -1;
    return (int)syscall(SYS_ioctl, master, 0x5441 /* TIOCGPTPEER */,
                        02 | 0400 /* O_RDWR, O_NOCTTY */ | LINUX_O_CLOEXEC);
}

/// rt_sigaction(2) to SIG_DFL, also for the two signals that glibc keeps to itself.
static inline int linux_default_signal(int signal) {
    unsigned long action[4] = {0, 0, 0, 0};
    return (int)syscall(SYS_rt_sigaction, signal, action, (void *)0, 8UL);
}

/// execveat(2).
static inline int linux_execveat(int folder, const char *path, char *const arguments[],
                                 char *const environment[], int flags) {
    return (int)syscall(SYS_execveat, folder, path, arguments, environment, flags);
}

/// close_range(2).
static inline int linux_close_range(unsigned first, unsigned last, unsigned flags) {
    return (int)syscall(SYS_close_range, first, last, flags);
}

/// capset(2) of the calling thread, by masks of 64 bits.
static inline int linux_capset(uint64_t effective, uint64_t permitted, uint64_t inheritable) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    struct __user_cap_data_struct data[2] = {
        {(uint32_t)effective, (uint32_t)permitted, (uint32_t)inheritable},
        {(uint32_t)(effective >> 32), (uint32_t)(permitted >> 32), (uint32_t)(inheritable >> 32)},
    };
    return (int)syscall(SYS_capset, &header, data);
}

/// prctl(2).
static inline int linux_prctl(int option, unsigned long first, unsigned long second) {
    return (int)syscall(SYS_prctl, option, first, second, 0UL, 0UL);
}

/// seccomp(2), SECCOMP_SET_MODE_FILTER.
static inline int linux_seccomp_install(const struct sock_filter *instructions, uint16_t count,
                                        uint32_t flags) {
    struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)instructions};
    return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

/// keyctl(2), KEYCTL_JOIN_SESSION_KEYRING: a new session keyring without a name.
static inline long linux_new_session_keyring(void) {
    return syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, (void *)0, 0UL, 0UL, 0UL);
}

/// memfd_create(2).
static inline int linux_memfd_create(const char *name, unsigned flags) {
    return (int)syscall(SYS_memfd_create, name, flags);
}

/// ptrace(2) as the kernel has it.
static inline long linux_ptrace(long request, int pid, void *address, void *data) {
    return syscall(SYS_ptrace, request, (long)pid, address, data);
}

/// PTRACE_SECCOMP_GET_METADATA: the flags of the filter of that number.
static inline long linux_seccomp_flags(int pid, uint64_t number, uint64_t *flags) {
    struct { uint64_t filter_off, flags; } metadata = {number, 0};
    long result = syscall(SYS_ptrace, LINUX_PTRACE_SECCOMP_GET_METADATA, (long)pid,
                          sizeof metadata, &metadata);
    *flags = metadata.flags;
    return result;
}

/// personality(2).
static inline int linux_personality(unsigned long persona) {
    return (int)syscall(SYS_personality, persona);
}

/// prlimit(2) of the calling process: sets, and reads what was.
static inline int linux_prlimit(int resource, const struct rlimit *new, struct rlimit *old) {
    return (int)syscall(SYS_prlimit64, 0, resource, new, old);
}

/// getdents64(2).
static inline long linux_getdents64(int folder, void *buffer, unsigned long size) {
    return syscall(SYS_getdents64, folder, buffer, size);
}

/// setresuid(2), setresgid(2) and setgroups(2) of the calling thread.
static inline int linux_setresuid(uint32_t user) {
    return (int)syscall(SYS_setresuid, user, user, user);
}

/// setresgid(2) of the calling thread.
static inline int linux_setresgid(uint32_t group) {
    return (int)syscall(SYS_setresgid, group, group, group);
}

/// setgroups(2) of the calling thread.
static inline int linux_setgroups(unsigned long count, const uint32_t *groups) {
    return (int)syscall(SYS_setgroups, count, groups);
}

/// fallocate(2) from the beginning with FALLOC_FL_KEEP_SIZE: blocks for bytes to come.
static inline long linux_fallocate_keeping_size(int descriptor, long length) {
    return syscall(SYS_fallocate, descriptor, 1, 0L, length);
}

#endif
