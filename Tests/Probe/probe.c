// What entered containers run in tests: it tells how it is confined, and tries what must not work.
//
// It stands under the names of programs that the role `ops` has; name and words choose what it does.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void show(const char *name) {
    char path[64], text[1 << 16];
    snprintf(path, sizeof path, "/proc/self/%s", name);
    int file = open(path, O_RDONLY);
    ssize_t count = file < 0 ? -1 : read(file, text, sizeof text - 1);
    close(file);
    if (count < 0) { printf("%s: %s\n", name, strerror(errno)); return; }
    text[count] = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) printf("%s: %s\n", name, line);
}

static void showLink(const char *name) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/self/%s", name);
    ssize_t count = readlink(path, text, sizeof text - 1);
    text[count < 0 ? 0 : count] = 0;
    printf("%s: %s\n", name, text);
}

// How it is confined, a line each.
static int confinement(void) {
    for (const char *const *name = (const char *const[]){"status", "limits", "cgroup", "oom_score_adj",
             "personality", "attr/current", "coredump_filter", "mountinfo", NULL}; *name; name++)
        show(*name);
    for (const char *const *name = (const char *const[]){"ns/mnt", "ns/pid", "ns/net", "ns/uts", "ns/ipc",
             "ns/user", "ns/cgroup", "ns/time", "cwd", "root", NULL}; *name; name++)
        showLink(*name);
    return 0;
}

// What system calls say to arguments that are all zero; none of these would do harm.
static int calls(void) {
    static const int numbers[] = {
        SYS_mount, SYS_umount2, SYS_ptrace, SYS_keyctl, SYS_add_key, SYS_request_key, SYS_bpf,
        SYS_perf_event_open, SYS_userfaultfd, SYS_open_by_handle_at, SYS_name_to_handle_at,
        SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_swapon, SYS_clock_settime,
        SYS_settimeofday, SYS_mbind, SYS_move_pages, SYS_process_vm_readv, SYS_io_uring_setup,
        SYS_setns, SYS_pivot_root, SYS_quotactl, SYS_fanotify_init, SYS_syslog, SYS_unshare, SYS_chroot,
        SYS_kcmp, SYS_vhangup, SYS_personality, SYS_clone3, 462, 470, 1000, 100000,
    };
    for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        errno = 0;
        syscall(numbers[i], 0, 0, 0, 0, 0, 0);
        printf("%d %d\n", numbers[i], errno);
    }
    return 0;
}

// What was left open, the environment, and the terminal.
static int inheritance(void) {
    char path[64], text[4096];
    for (int number = 0; number < 1024; number++) {
        snprintf(path, sizeof path, "/proc/self/fd/%d", number);
        ssize_t count = readlink(path, text, sizeof text - 1);
        if (count < 0) continue;
        text[count] = 0;
        printf("fd %d %s\n", number, text);
    }
    for (char **variable = environ; *variable; variable++) printf("env %s\n", *variable);
    printf("session %d\n", getsid(0) == getpid());
    int terminal = open("/dev/tty", O_RDWR);
    printf("tty %s\n", terminal < 0 ? strerror(errno) : "open");
    const char *typed = "#typed by the container#";
    int result = 0;
    for (int descriptor = 0; descriptor < 3; descriptor++)
        for (const char *byte = typed; *byte && !(result = ioctl(descriptor, TIOCSTI, byte) ? errno : 0); byte++) {}
    printf("TIOCSTI %s\n", result ? strerror(result) : "typed");
    return 0;
}

// Sixty processes at once.
static int flood(void) {
    int started = 0, refused = 0;
    for (int i = 0; i < 60; i++) {
        pid_t child = fork();
        if (child == 0) { usleep(500000); _exit(0); }
        if (child > 0) started++; else refused++;
    }
    printf("started %d refused %d\n", started, refused);
    while (wait(NULL) > 0) {}
    return 0;
}

static int memory(void) {
    size_t size = 150 << 20;
    char *bytes = malloc(size);
    for (size_t i = 0; i < size; i += 4096) bytes[i] = 1;
    printf("touched %d\n", bytes[size / 2]);
    return 0;
}

// A family that hides: sessions of their own, parents that are gone.
static int hide(int isEnded) {
    for (int i = 0; i < 5; i++) {
        if (fork() == 0) {
            setsid();
            signal(SIGTERM, SIG_IGN);
            signal(SIGINT, SIG_IGN);
            if (fork() != 0) _exit(0);
            for (;;) pause();
        }
        wait(NULL);
    }
    printf("hidden\n");
    fflush(stdout);
    if (isEnded) return 0;
    for (;;) pause();
}

static int dots(void) {
    for (int i = 0; i < 2000; i++) { write(1, ".", 1); usleep(20000); }
    return 0;
}

static int flow(void) {
    static char block[1 << 16];
    memset(block, 'x', sizeof block);
    for (int i = 0; i < 48; i++) {
        for (size_t sent = 0; sent < sizeof block;) {
            ssize_t count = write(1, block + sent, sizeof block - sent);
            if (count < 0) return 1;
            sent += count;
        }
    }
    return 0;
}

int main(int count, char **words) {
    const char *name = strrchr(words[0], '/') ? strrchr(words[0], '/') + 1 : words[0];
    const char *word = count > 1 ? words[1] : "";
    setvbuf(stdout, NULL, _IOFBF, 1 << 16);
    if (!strcmp(name, "nginx")) {
        if (!strcmp(word, "-t")) return confinement();
        if (!strcmp(word, "-T")) return calls();
        if (!strcmp(word, "-v")) return inheritance();
        if (!strcmp(word, "-s")) return hide(0);
    }
    if (!strcmp(name, "redis-cli")) {
        if (!strcmp(word, "ping")) return flood();
        if (!strcmp(word, "dbsize")) return hide(1);
        if (count == 2) return memory();
    }
    if (!strcmp(name, "git")) return !strcmp(word, "status") ? flow() : dots();
    if (!strcmp(name, "php-fpm")) { printf("the image's\n"); return 7; }
    // A first process of a container that takes nobody: what ends stays for ever.
    if (!strcmp(name, "idle")) for (;;) pause();
    return 64;
}
