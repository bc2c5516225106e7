/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The xl front end for guests with a vGPU. /usr/sbin/xl (xl-stub.c) executes this program
 * with xl's command line if the guest's config has a key that starts with "vgt", or if
 * the command saves or migrates a guest.
 *
 * This program checks the keys, the guest's config, and whether the GPU has enough free
 * resources for the vGPU. Then this program runs the real xl with three more config
 * lines. xl and libxl store these lines with the domain, so that a reboot of the guest
 * uses them, too. If `create` fails, the last line that this program prints is "xengt:
 * ..." with the reason that xengt-dm reported in this run.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/begin.h"
#include "common/text.h"
#include "vgt_args.h"
#include "vgt_client.h"
#include "vgt_record.h"
#include "vgt_store.h"
#include "vgt_xlcfg.h"

#define LOG_SELF "/var/log/xengt/xl.log"
#define LOG_DAEMON "/var/log/xengt/xengtd.log"

static const char *root = "";

static void rooted(char *buf, size_t len, const char *path)
{
    snprintf(buf, len, "%s%s", root, path);
}

/* ---- messages ---- */

/*
 * Append the line, which reports a failure, and the time to LOG_SELF. A domain may not
 * exist yet when xl fails, and then it has no log of its own. Returns false if LOG_SELF
 * cannot be written.
 */
static bool log_refusal(const char *line)
{
    char path[PATH_MAX], stamp[32];
    time_t now = time(NULL);
    struct tm tm;
    FILE *log;

    rooted(path, sizeof(path), LOG_SELF);
    log = fopen(path, "ae");
    if ( !log )
        return false;
    strftime(stamp, sizeof(stamp), "%F %T", localtime_r(&now, &tm));
    fprintf(log, "%s %s\n", stamp, line);

    return !fclose(log);
}

/*
 * Print the final line, which reports a failure, and append it to LOG_SELF. log: the log
 * that has more about the failure; NULL: no such log, so the line names LOG_SELF.
 */
static int __attribute__((format(printf, 2, 3)))
fail(const char *log, const char *fmt, ...)
{
    char line[VGT_ERR_MAX], shown[PATH_MAX];
    bool is_logged;
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);

    /* The text contains names of files and guests, so make it printable. */
    xengt_text_show(line);
    is_logged = log_refusal(line);
    if ( !log && is_logged )
        log = LOG_SELF;
    fflush(stdout);
    if ( !log || strstr(line, "(log: ") )
        fprintf(stderr, "xengt: %s\n", line);
    else
    {
        snprintf(shown, sizeof(shown), "%s", log);
        xengt_text_show(shown);
        fprintf(stderr, "xengt: %s (log: %s)\n", line, shown);
    }

    return 1;
}

/* ---- checks before the domain is created ---- */

struct need {
    const char *what, *unit;
    enum vgt_key_id id;
    const char *total, *largest;    /* names of members of xengtd's answer to
				     * the command `resources` */
};

/* clang-format off */
static const struct need needs[] = {
    { "CPU-visible graphics memory in one piece", " MB", VGT_KEY_LOW,
      "low_total_mib", "low_largest_mib" },
    { "graphics memory in one piece", " MB", VGT_KEY_HIGH,
      "high_total_mib", "high_largest_mib" },
    { "fence registers in one row", "", VGT_KEY_FENCES, "fences_total",
      "fences_largest" },
};
/* clang-format on */
#define NEED_COUNT (sizeof(needs) / sizeof(needs[0]))

/*
 * Returns the first resource that does not suffice, or NULL if all suffice. If
 * is_of_total is true, a resource does not suffice if the config needs more
 * than the GPU has in total; otherwise, if the config needs more than is free
 * in one piece.
 */
static const struct need *find_short(const struct vgt_config *cfg,
                                     struct json_object *data,
                                     bool is_of_total)
{
    for ( size_t i = 0; i < NEED_COUNT; i++ )
    {
        long most = vgt_json_long(data, is_of_total ? needs[i].total
                                                    : needs[i].largest, -1);

        if ( most >= 0 && cfg->value[needs[i].id] > most )
            return &needs[i];
    }

    return NULL;
}

/*
 * Returns true if some vGPU is ending. In this case xengtd waits for the resources
 * that this vGPU still has.
 */
static bool is_one_ending(const char *socket_path)
{
    char err[VGT_ERR_MAX];
    struct json_object *list;
    bool is_ending = false;

    if ( vgt_client_ask(socket_path, "list", NULL, &list, err, sizeof(err)) )
        return false;
    if ( json_object_is_type(list, json_type_array) )
        for ( size_t i = 0; i < json_object_array_length(list); i++ )
            if ( !strcmp(vgt_json_string(json_object_array_get_idx(list, i),
                                         "state", ""), "stopping") )
                is_ending = true;
    json_object_put(list);

    return is_ending;
}

static int too_much(const struct vgt_config *cfg, const struct need *need,
                    struct json_object *data, bool is_of_total)
{
    const char *key = vgt_keys[need->id].name;
    long most = vgt_json_long(data, is_of_total ? need->total : need->largest,
                              0);

    if ( is_of_total )
        return fail(LOG_DAEMON, "%s = %ld can never be free: the GPU has %ld%s "
                    "for all guests; lower %s", key, cfg->value[need->id],
                    most, need->unit, key);

    return fail(LOG_DAEMON, "%s = %ld is more than the GPU has free, which is "
                "%ld%s of %s: stop another guest ('xengt-ctl list') or lower "
                "%s", key, cfg->value[need->id], most, need->unit, need->what,
                key);
}

#define SHORT_TRIES 5
#define SHORT_WAIT_USEC 400000

static int check_system(const struct vgt_config *cfg)
{
    char path[PATH_MAX], err[VGT_ERR_MAX];
    struct json_object *data;
    const struct need *need;
    bool is_of_total = false;
    int r;

    rooted(path, sizeof(path), "/dev/xengt");
    if ( access(path, F_OK) )
        return fail(LOG_DAEMON, "the kernel module is not loaded (%s is "
                    "missing): run 'modprobe xengt'; if there is no such "
                    "module, install xengt-dkms and the running kernel's "
                    "headers", path);

    rooted(path, sizeof(path), VGT_SOCKET);
    for ( int tries = 0; ; tries++ )
    {
        r = vgt_client_ask(path, "resources", NULL, &data, err, sizeof(err));
        if ( r )
            return fail(LOG_DAEMON, "%s", err);
        need = find_short(cfg, data, true);
        is_of_total = need;
        if ( !need )
            need = find_short(cfg, data, false);
        /* Try again: the vGPU of a guest that was just destroyed may still exist. */
        if ( !need || is_of_total || tries == SHORT_TRIES )
            break;
        json_object_put(data);
        usleep(SHORT_WAIT_USEC);
    }
    if ( need && (is_of_total || !is_one_ending(path)) )
        r = too_much(cfg, need, data, is_of_total);
    json_object_put(data);

    return r;
}

/* ---- running the real xl ---- */

static volatile sig_atomic_t child;

/*
 * Sends the signal to xl, too, if a process sent it to this program (si_code <= 0). A
 * signal of the terminal is sent to the whole process group, so xl gets such a signal
 * anyway.
 */
static void forward(int sig, siginfo_t *info, void *ctx)
{
    (void)ctx;
    if ( child > 0 && info->si_code <= 0 )
        kill(child, sig);
}

static const int signals[] = { SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1,
                               SIGUSR2 };
#define SIGNAL_COUNT (sizeof(signals) / sizeof(signals[0]))

/* Runs the real xl and waits for it. Returns its wait status, or -errno. */
static int run_xl(char *const argv[])
{
    struct sigaction act = { .sa_sigaction = forward,
                             .sa_flags = SA_SIGINFO | SA_RESTART };
    struct sigaction old[SIGNAL_COUNT];
    sigset_t block, before;
    int status;

    sigemptyset(&block);
    for ( size_t i = 0; i < SIGNAL_COUNT; i++ )
        sigaddset(&block, signals[i]);
    sigprocmask(SIG_BLOCK, &block, &before);
    for ( size_t i = 0; i < SIGNAL_COUNT; i++ )
    {
        sigaction(signals[i], NULL, &old[i]);
        if ( old[i].sa_handler != SIG_IGN )
            sigaction(signals[i], &act, NULL);
    }

    fflush(NULL);
    child = fork();
    if ( !child )
    {
        for ( size_t i = 0; i < SIGNAL_COUNT; i++ )
            sigaction(signals[i], &old[i], NULL);
        sigprocmask(SIG_SETMASK, &before, NULL);
        _exit(vgt_exec_real_xl(root, argv));
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if ( child < 0 )
        return -errno;
    while ( waitpid(child, &status, 0) < 0 )
        if ( errno != EINTR )
            return -errno;

    return status;
}

/*
 * Create the file to which xengt-dm writes its error, and set the environment variable
 * XENGT_REPORT to the file's name. The function fills the file with as many bytes as a
 * line can have, so that xengt-dm can write its line even if /run becomes full.
 */
static bool open_report(char *path, size_t len)
{
    char room[VGT_ERR_MAX];
    bool has_room;
    int fd;

    unsetenv("XENGT_REPORT");
    rooted(path, len, "/run/xengt");
    mkdir(path, 0755);
    rooted(path, len, "/run/xengt/report.XXXXXX");
    fd = mkostemp(path, O_CLOEXEC);
    if ( fd < 0 )
        return false;
    memset(room, '\n', sizeof(room));
    has_room = write(fd, room, sizeof(room)) == sizeof(room);
    close(fd);
    if ( has_room && !setenv("XENGT_REPORT", path, 1) )
        return true;
    unlink(path);

    return false;
}

static bool read_report(const char *path, char *line, size_t len)
{
    FILE *report = fopen(path, "re");
    bool has_line = report && fgets(line, len, report) && *line != '\n';

    if ( has_line )
        line[strcspn(line, "\n")] = '\0';
    if ( report )
        fclose(report);

    return has_line;
}

/*
 * Read the last line of the device model's log. libxl writes a new log at each start of
 * a device model. Returns false if the log is older than this run, or cannot be read.
 */
static bool read_last_words(const char *log, time_t since, char *line,
                            size_t len)
{
    FILE *f = fopen(log, "re");
    char text[VGT_ERR_MAX / 2];
    struct stat st;
    bool is_new;

    if ( !f )
        return false;
    is_new = !fstat(fileno(f), &st) && st.st_mtime >= since;
    /* Read only the end of a long log. */
    if ( is_new && st.st_size > 8192 )
        fseek(f, -8192, SEEK_END);
    while ( is_new && fgets(text, sizeof(text), f) )
    {
        text[strcspn(text, "\n")] = '\0';
        if ( *text )
            snprintf(line, len, "%s", text);
    }
    fclose(f);

    return is_new;
}

/*
 * Print why xl failed. line: xengt-dm's report; "": there is no report. words: the last
 * line of the device model's log, which xengt-dm or QEMU wrote. log: the name of the
 * device model's log, or NULL if it is not from this run.
 */
static void explain(bool has_report, const char *line, const char *log,
                    const char *words)
{
    static const char own[] = "xengt: ";

    if ( *line )
        fail(log, "%s", line);
    else if ( !strncmp(words, own, strlen(own)) )
        fail(log, "%s", words + strlen(own));
    else if ( !has_report )
        fail(log, "xl could not create the guest (see above); whether the "
             "vGPU is the cause is not known, because nothing can be written "
             "to %s/run/xengt",
             root);
    else
        fail(log, "xl could not create the guest (see above), though not "
             "because of the vGPU%s%s",
             *words ? "; the last line of QEMU's log: " : "", words);
}

static int end_as(int status)
{
    int sig = WTERMSIG(status);

    if ( !WIFSIGNALED(status) )
        return WEXITSTATUS(status);
    signal(sig, SIG_DFL);
    raise(sig);

    return 128 + sig;
}

static int create(char *const argv[], const struct vgt_args *args,
                  const struct vgt_xlcfg *x)
{
    char report[PATH_MAX], line[VGT_ERR_MAX / 2] = "", words[VGT_ERR_MAX / 2] = "";
    char log[PATH_MAX], path[PATH_MAX];
    bool has_report = open_report(report, sizeof(report)), has_log;
    const char *name = x->name ? x->name : "NAME";
    time_t since = time(NULL);
    int status = run_xl(argv);

    if ( has_report && !read_report(report, line, sizeof(line)) )
        *line = '\0';
    if ( has_report )
        unlink(report);
    if ( status < 0 )
        return fail(NULL, "cannot run the real xl: %s", strerror(-status));
    if ( WIFEXITED(status) && !WEXITSTATUS(status) )
        return 0;

    snprintf(log, sizeof(log), "/var/log/xen/qemu-dm-%s.log", name);
    rooted(path, sizeof(path), log);
    has_log = read_last_words(path, since, words, sizeof(words));
    if ( *line || !WIFSIGNALED(status) )
        explain(has_report, line, has_log ? log : NULL, words);
    /*
     * With -F xl runs until the guest ends. So a signal probably came after the
     * creation, and left no incomplete guest.
     */
    else if ( !args->is_foreground )
        fail(NULL, "xl was ended by a signal (%s) and may have left an "
             "incomplete guest: 'xl destroy %s' removes it",
             strsignal(WTERMSIG(status)), name);

    return end_as(status);
}

/*
 * Returns a new argument list: argv, followed by the three lines. Returns NULL if
 * there is no memory.
 */
static char **extend(int argc, char **argv, char **lines)
{
    char **all = calloc(argc + 4, sizeof(*all));

    if ( !all )
        return NULL;
    memcpy(all, argv, argc * sizeof(*all));
    for ( int i = 0; i < 3; i++ )
        all[argc + i] = lines[i];

    return all;
}

static int with_vgpu(int argc, char **argv, const struct vgt_args *args,
                     const struct vgt_xlcfg *x)
{
    char **lines = vgt_xlcfg_lines(x);
    char **all = lines ? extend(argc, argv, lines) : NULL;

    if ( !all )
        return fail(NULL, "out of memory");
    if ( args->is_dry_run || !args->is_create )
        return vgt_exec_real_xl(root, all);
    if ( check_system(&x->cfg) )
        return 1;

    return create(all, args, x);
}

/*
 * Returns 1 if the domain has a vGPU, or was created with a vGPU: then a saved image of
 * the domain could not be restored. Returns 0 if the domain has no vGPU. Returns -errno
 * if libxl's record or xenstore cannot be read. The function works without xengtd.
 */
static int is_ours(struct xs_handle *xs, unsigned int domid)
{
    enum vgt_record record = vgt_record_look(root, domid);
    enum vgt_state state;

    if ( record == VGT_RECORD_VGPU )
        return 1;
    if ( record == VGT_RECORD_UNKNOWN )
        return errno ? -errno : -EIO;
    state = vgt_store_state(xs, domid);
    if ( state == VGT_STATE_UNKNOWN )
        return -errno;

    return state != VGT_STATE_NONE && state != VGT_STATE_CLOSED;
}

/*
 * Handles save, migrate, remus and suspend: refuses these commands for a guest with a
 * vGPU, because the vGPU's state would be lost.
 */
static int move(char **argv, const char *domain)
{
    struct xs_handle *xs = xs_open(0);
    int domid = xs ? vgt_store_find_domain(xs, domain, NULL) : -errno;
    int r = domid < 0 ? domid : is_ours(xs, domid);

    if ( xs )
        xs_close(xs);
    /* If there is no such domain, the real xl prints this error. */
    if ( !r || (xs && domid == -ENOENT) )
        return vgt_exec_real_xl(root, argv);
    if ( r > 0 )
        return fail(LOG_SELF, "\"%s\" has a vGPU, whose state cannot be saved "
                    "or migrated: shut the guest down instead", domain);

    return fail(LOG_SELF, "cannot find out whether \"%s\" has a vGPU (%s: %s); "
                "the vGPU's state would be lost, so nothing was done", domain,
                xs ? "xenstore, libxl's record" :
                "cannot reach xenstore", strerror(-r));
}

int main(int argc, char **argv)
{
    char err[VGT_ERR_MAX] = "";
    enum vgt_xlcfg_verdict verdict;
    struct vgt_xlcfg x;
    struct vgt_args args;
    int r;

    xengt_begin();
    root = vgt_args_take_root(&argc, argv);
    if ( argc == 2 && !strcmp(argv[1], "--xengt-self-test") )
        return 0;
    r = vgt_args_read(argc, argv, &args);
    if ( r )
        return fail(NULL, "cannot read the guest's config: %s", strerror(-r));
    if ( args.moved_domain )
        return move(argv, args.moved_domain);
    if ( !args.reads_config )
        return vgt_exec_real_xl(root, argv);

    verdict = vgt_xlcfg_read(args.text, args.text_len, args.config_file, &x,
                             err, sizeof(err));
    if ( x.warning )
        fprintf(stderr, "xengt-xl: warning: %s\n", x.warning);
    switch ( verdict )
    {
    case VGT_XLCFG_PASS:
        r = vgt_exec_real_xl(root, argv);
        break;

    case VGT_XLCFG_VGPU:
        if ( args.is_restore )
            r = fail(NULL, "a guest with a vGPU cannot be restored, because no "
                     "image contains a vGPU's state: start the guest anew with "
                     "'xl create', or remove vgt = 1 from %s", args.config_file);
        else
            r = with_vgpu(argc, argv, &args, &x);
        break;

    case VGT_XLCFG_BAD:
        r = fail(NULL, "%s", err);
        break;
    }

    vgt_xlcfg_fini(&x);
    vgt_args_fini(&args);

    return r;
}
