/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxl runs this program instead of QEMU (device_model_override). This program requests
 * the guest's vGPU from xengtd, waits until the vGPU is connected, then executes the
 * real QEMU. QEMU replaces this program in the same process, because libxl watches this
 * process.
 *
 * The options of this program may be repeated or joined by commas (a comma in a value is
 * doubled). All other arguments go to QEMU unchanged:
 *   -xengt NAME=VALUE,...   the names of vgt_keys[] (low, high, fences, ...)
 *                           and qemu=PATH, wait=SECONDS
 * Without -xengt this program requests no vGPU, and only executes QEMU.
 *
 * With the argument -incoming libxl gives QEMU a saved state. There are two cases. After
 * a soft reset (the guest ran kexec, or its kernel crashed and started the crash kernel)
 * the domain is the same as before. The domain still has its vGPU, but the soft reset
 * has disconnected this vGPU from the domain. So this program requests a new vGPU; if
 * the request fails, the guest continues without a vGPU. If libxl restores a domain from
 * an image, the domain is new, and xengtd refuses to give it a vGPU.
 *
 * After a failure this program writes one line "xengt: ..." to stderr (libxl has
 * redirected stderr to /var/log/xen/qemu-dm-NAME.log) and to the file that the
 * environment variable XENGT_REPORT names, if this file exists. The program ends with
 * exit status 1: then `xl create` fails and removes the domain.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "common/begin.h"
#include "common/text.h"
#include "vgt_keys.h"
#include "vgt_store.h"

/* QEMU's path if the guest's config names no QEMU. libxl uses the same path. */
#define QEMU_DEFAULT "/usr/libexec/xen-qemu-system-i386"
#define WAIT_SEC_MAX 50     /* libxl waits 60 s for the device model */
/*
 * In a soft reset the 60 s must suffice for two waits: until the old vGPU has ended,
 * and until the new vGPU is connected.
 */
#define OLD_WAIT_SEC 12
#define NEW_WAIT_SEC 40

struct dm {
    struct vgt_config cfg;
    char *qemu;
    unsigned int wait_sec;
    bool has_spec;
    long domid;
    const char *name;
    bool is_incoming;
    char **argv;            /* QEMU's arguments */
    int argc;
};

static volatile sig_atomic_t is_cancelled;

static void on_signal(int sig)
{
    (void)sig;
    is_cancelled = 1;
}

/* Makes the line printable, and writes the line to stderr and to syslog. */
static void tell(int priority, char *line)
{
    xengt_text_show(line);
    fprintf(stderr, "xengt: %s\n", line);
    openlog("xengt-dm", LOG_PID, LOG_DAEMON);
    syslog(priority, "%s", line);
    closelog();
}

static int __attribute__((format(printf, 1, 2))) fail(const char *fmt, ...)
{
    const char *report = getenv("XENGT_REPORT");
    char line[VGT_ERR_MAX];
    va_list ap;
    int fd;

    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);

    tell(LOG_ERR, line);

    /*
     * Write the report only if the report's file exists: no program reads a report after
     * a reboot of the guest.
     */
    fd = report ? open(report, O_WRONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if ( fd >= 0 )
    {
        dprintf(fd, "%s\n", line);
        close(fd);
    }

    return 1;
}

/*
 * Returns true if the value names a file that does not exist. `xl create` checked
 * that the file exists. So the file was deleted later, and this is a reboot of the
 * guest. Then the guest starts with the built-in monitor.
 */
static bool is_lost_file(const char *name, const char *value)
{
    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
        if ( vgt_keys[i].spec && !strcmp(vgt_keys[i].spec, name) )
            return vgt_keys[i].kind == VGT_KIND_PATH && access(value, F_OK) &&
                   errno == ENOENT;

    return false;
}

static int take_option(void *ctx, const char *name, const char *value,
                       char *err, size_t err_len)
{
    struct dm *dm = ctx;
    char *end;
    int r;

    if ( !strcmp(name, "qemu") )
    {
        free(dm->qemu);
        dm->qemu = strdup(value);
        return dm->qemu ? 0 : -ENOMEM;
    }
    if ( !strcmp(name, "wait") )
    {
        unsigned long sec = strtoul(value, &end, 10);

        if ( end == value || *end || !sec || sec > WAIT_SEC_MAX )
        {
            snprintf(err, err_len, "-xengt: wait = \"%.100s\" is not allowed: "
                     "it must be a number from 1 to %d (seconds)", value,
                     WAIT_SEC_MAX);
            return -EINVAL;
        }
        dm->wait_sec = sec;
        return 0;
    }
    if ( is_lost_file(name, value) )
    {
        fprintf(stderr, "xengt: warning: %s = \"%.200s\" does not exist any more: "
                "the built-in monitor is used\n", name, value);
        return 0;
    }
    r = vgt_spec_set(&dm->cfg, name, value, err, err_len);
    if ( r == -ENOENT )
        snprintf(err, err_len, "-xengt: unknown option \"%.100s\" (see "
                 "xengt-dm(8))", name);

    return r;
}

/*
 * Returns true if this value of a -machine option begins with a machine's name, such
 * as xenfv or xenfv,NAME=VALUE. QEMU combines all -machine options; most of them
 * have only settings and no machine's name.
 */
static bool names_machine(const char *value)
{
    size_t len = strcspn(value, ",=");

    return value[len] != '=' || !strncmp(value, "type=", 5);
}

/*
 * Adds a setting that lets QEMU leave PCI slot 2 free to the -machine option that names
 * the machine. If several options name a machine, QEMU uses the last name. Returns 0,
 * or -EINVAL or -ENOMEM with a reason in err.
 */
static int free_slot_2(struct dm *dm, char *err, size_t err_len)
{
    const char *machine;
    char *changed;
    int at = 0;

    for ( int i = 1; i < dm->argc; i++ )
    {
        if ( (strcmp(dm->argv[i - 1], "-machine") &&
              strcmp(dm->argv[i - 1], "-M")) || *dm->argv[i] == '-' )
            continue;
        if ( strstr(dm->argv[i], "igd-passthru=") )
            return 0;
        if ( names_machine(dm->argv[i]) )
            at = i;
    }
    if ( !at )
    {
        snprintf(err, err_len, "libxl gave no -machine, so PCI slot 2 cannot "
                 "be left to the vGPU");
        return -EINVAL;
    }
    machine = dm->argv[at];
    if ( !strncmp(machine, "type=", 5) )
        machine += 5;
    if ( strncmp(machine, "xenfv", 5) )
    {
        snprintf(err, err_len, "QEMU's machine is \"%.60s\", but only xenfv "
                 "leaves PCI slot 2 to the vGPU: remove xen_platform_pci = 0 "
                 "from the guest's config", machine);
        return -EINVAL;
    }
    if ( asprintf(&changed, "%s,igd-passthru=on", dm->argv[at]) < 0 )
    {
        snprintf(err, err_len, "out of memory");
        return -ENOMEM;
    }
    dm->argv[at] = changed;

    return 0;
}

/*
 * Returns true if the value gives the guest an IOMMU. Each of QEMU's names that
 * contain "iommu" adds an IOMMU, except two: iommu_platform tells a virtio device that
 * an IOMMU translates its addresses, and bypass_iommu excludes a bus from the IOMMU.
 */
static bool names_viommu(const char *value)
{
    static const char except_behind[] = "_platform", except_before[] = "bypass_";
    const size_t before = sizeof(except_before) - 1;

    for ( const char *at = value; (at = strcasestr(at, "iommu")); at++ )
    {
        if ( !strncmp(at + strlen("iommu"), except_behind,
                      sizeof(except_behind) - 1) )
            continue;
        if ( at - value >= (ptrdiff_t)before &&
             !strncmp(at - before, except_before, before) )
            continue;
        return true;
    }

    return false;
}

/*
 * A guest with a virtual IOMMU would write I/O virtual addresses, not guest frames,
 * into its GPU's tables. The machine xenfv of a stock QEMU has no IOMMU unless the
 * guest's config adds one. Returns 0, or -EINVAL with a reason in err: the config adds
 * an IOMMU, or has -readconfig, whose file may add an IOMMU.
 */
static int refuse_viommu(const struct dm *dm, char *err, size_t err_len)
{
    static const char *const options[] = {
        "device", "machine", "M", "global", "set",
    };

    for ( int i = 1; i < dm->argc; i++ )
    {
        const char *option = dm->argv[i - 1];

        option += *option == '-';
        option += *option == '-';
        if ( option == dm->argv[i - 1] )
            continue;
        if ( !strcmp(option, "readconfig") )
        {
            snprintf(err, err_len, "QEMU's -readconfig may add an IOMMU, and the "
                     "guest's GPU does not work behind an IOMMU: give QEMU the "
                     "file's options themselves (device_model_args)");
            return -EINVAL;
        }
        for ( size_t n = 0; n < sizeof(options) / sizeof(options[0]); n++ )
        {
            if ( strcmp(option, options[n]) || !names_viommu(dm->argv[i]) )
                continue;
            snprintf(err, err_len, "the guest has an IOMMU (-%s %.80s), and its "
                     "GPU does not work behind an IOMMU: remove the IOMMU from "
                     "device_model_args in the guest's config", option,
                     dm->argv[i]);
            return -EINVAL;
        }
    }

    return 0;
}

/*
 * Copies all arguments except this program's options to dm->argv, and stores the
 * domain's id, the domain's name, and whether there is -incoming.
 */
static int read_args(struct dm *dm, int argc, char **argv, char *err,
                     size_t err_len)
{
    int r;

    dm->argv = calloc(argc + 1, sizeof(*dm->argv));
    if ( !dm->argv )
    {
        snprintf(err, err_len, "out of memory");
        return -ENOMEM;
    }

    for ( int i = 0; i < argc; i++ )
    {
        const char *next = i + 1 < argc ? argv[i + 1] : NULL;

        if ( !strcmp(argv[i], "-xengt") )
        {
            if ( !next )
            {
                snprintf(err, err_len, "-xengt needs a value");
                return -EINVAL;
            }
            dm->has_spec = true;
            r = vgt_spec_walk(next, err, err_len, take_option, dm);
            if ( r )
                return r;
            i++;
            continue;
        }
        dm->argv[dm->argc++] = argv[i];
        if ( !next )
            continue;
        if ( !strcmp(argv[i], "-xen-domid") )
            dm->domid = strtol(next, NULL, 10);
        else if ( !strcmp(argv[i], "-name") )
            dm->name = next;
        else if ( !strcmp(argv[i], "-incoming") )
            dm->is_incoming = true;
        else
            continue;
        dm->argv[dm->argc++] = argv[++i];
    }

    if ( !dm->has_spec )
        return 0;
    if ( dm->domid <= 0 )
    {
        snprintf(err, err_len, "xengt-dm is run by xl and libvirt, not by "
                 "hand: there is no -xen-domid");
        return -EINVAL;
    }

    r = refuse_viommu(dm, err, err_len);

    return r ? r : free_slot_2(dm, err, err_len);
}

/*
 * Ends the vGPU that the domain had before the soft reset. Returns false if the
 * domain had no vGPU. After an error the function only prints the error: if the old
 * vGPU still exists, the request for the new vGPU fails.
 */
static bool remove_old(struct dm *dm, struct xs_handle *xs)
{
    char err[VGT_ERR_MAX];

    if ( vgt_store_state(xs, dm->domid) == VGT_STATE_NONE )
        return false;
    if ( vgt_store_destroy(xs, dm->domid, OLD_WAIT_SEC, err, sizeof(err)) )
        fprintf(stderr, "xengt: %s\n", err);

    return true;
}

/*
 * Returns 0 if the vGPU is connected, or if the guest continues without a vGPU
 * after a soft reset. Otherwise returns a negative error with a reason in err.
 */
static int create_vgpu(struct dm *dm, char *err, size_t err_len)
{
    static const int signals[] = { SIGTERM, SIGHUP, SIGINT };
    struct sigaction act = { .sa_handler = on_signal }, old[3];
    struct xs_handle *xs = xs_open(0);
    bool has_old = false;
    char line[VGT_ERR_MAX];
    int r;

    if ( !xs )
    {
        snprintf(err, err_len, "cannot reach xenstore: %s", strerror(errno));
        return -EIO;
    }
    for ( int i = 0; i < 3; i++ )
        sigaction(signals[i], &act, &old[i]);
    dm->cfg.stage = dm->is_incoming ? "soft-reset" : "start";
    if ( dm->is_incoming )
    {
        has_old = remove_old(dm, xs);
        if ( dm->wait_sec > NEW_WAIT_SEC )
            dm->wait_sec = NEW_WAIT_SEC;
    }
    r = vgt_store_create(xs, dm->domid, dm->name, &dm->cfg, dm->wait_sec,
                         &is_cancelled, err, err_len);
    for ( int i = 0; i < 3; i++ )
        sigaction(signals[i], &old[i], NULL);
    if ( r && has_old && r != -EINTR )
    {
        /*
         * At the domain's next soft reset, remove_old() learns from these nodes
         * that the domain had a vGPU.
         */
        vgt_store_leave(xs, dm->domid, dm->name, err);
        snprintf(line, sizeof(line), "\"%.60s\" continues without a vGPU after its "
                 "soft reset: %.400s", dm->name, err);
        tell(LOG_WARNING, line);
        r = 0;
    }
    xs_close(xs);

    return r;
}

static void destroy_vgpu(struct dm *dm)
{
    struct xs_handle *xs = xs_open(0);
    char err[VGT_ERR_MAX];

    if ( !xs )
        return;
    if ( vgt_store_destroy(xs, dm->domid, 5, err, sizeof(err)) )
        fprintf(stderr, "xengt: %s\n", err);
    xs_close(xs);
}

int main(int argc, char **argv)
{
    struct dm dm = { .wait_sec = VGT_WAIT_SEC_DEFAULT, .name = "unnamed" };
    char err[VGT_ERR_MAX] = "";
    const char *qemu;

    xengt_begin();
    vgt_config_init(&dm.cfg);
    if ( read_args(&dm, argc, argv, err, sizeof(err)) )
        return fail("%s", err);
    qemu = dm.qemu ? dm.qemu : QEMU_DEFAULT;
    if ( access(qemu, X_OK) )
        return fail("cannot run QEMU: %s: %s: install the package "
                    "qemu-system-xen, or name your QEMU with "
                    "device_model_override", qemu, strerror(errno));
    if ( dm.has_spec )
    {
        vgt_config_resolve(&dm.cfg);
        if ( create_vgpu(&dm, err, sizeof(err)) )
            return fail("%s", err);
    }

    dm.argv[0] = (char *)qemu;
    execv(qemu, dm.argv);
    snprintf(err, sizeof(err), "cannot run QEMU: %s: %s", qemu,
             strerror(errno));
    if ( dm.has_spec )
        destroy_vgpu(&dm);

    return fail("%s", err);
}
