/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * This program is installed as /usr/sbin/xl, in front of the real xl. The program uses
 * only libc, so that xl works even if the rest of xengt is broken. If the guest's config
 * has no key that starts with "vgt", this program executes the real xl with the same
 * command line. If the config has such a key, this program executes xengt-xl. If xengt-xl
 * is missing, this program fails with a message, so that no guest starts without the vGPU
 * that its config requests.
 *
 * If any guest may have a vGPU, this program also executes xengt-xl for the commands that
 * save or migrate a guest. xengt-xl refuses these commands for a guest with a vGPU,
 * because Xen would not save the vGPU's state.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common/begin.h"
#include "vgt_args.h"
#include "vgt_record.h"
#include "vgt_scan.h"

/*
 * Check that the program can be started: only a start shows whether a library is
 * missing.
 */
static bool can_start(const char *path)
{
    pid_t pid = fork();
    int status;

    if ( !pid )
    {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        execl(path, path, "--xengt-self-test", (char *)NULL);
        _exit(127);
    }
    if ( pid < 0 )
        return false;
    while ( waitpid(pid, &status, 0) < 0 )
        if ( errno != EINTR )
            return false;

    return WIFEXITED(status) && !WEXITSTATUS(status);
}

/*
 * Returns true if a guest may have a vGPU. libxl's record of a guest shows whether the
 * guest was created with a vGPU; xengtd has a file for each vGPU. If a record cannot
 * be read, its guest may have a vGPU.
 */
static bool may_be_any_vgpu(const char *root)
{
    char pattern[PATH_MAX];
    glob_t found;
    int r;

    if ( vgt_record_look(root, VGT_RECORD_ANY) >= VGT_RECORD_VGPU )
        return true;
    snprintf(pattern, sizeof(pattern), "%s/run/xengt/vgpu-*", root);
    r = glob(pattern, GLOB_NOSORT, NULL, &found);
    if ( !r )
        globfree(&found);

    return r != GLOB_NOMATCH;
}

static int cannot_start(const char *path, bool is_moved)
{
    if ( is_moved )
        fprintf(stderr, "xengt: %s is missing or does not start, so xl cannot "
                "find out whether this guest has a vGPU, whose state would be lost: "
                "reinstall the package xengt-xl (log: run %s by hand)\n", path,
                path);
    else
        fprintf(stderr, "xengt: %s is missing or does not start: reinstall the "
                "package xengt-xl, or remove the vgt lines from the config "
                "(log: run %s by hand)\n", path, path);

    return 1;
}

int main(int argc, char **argv)
{
    const char *root;
    char path[PATH_MAX], root_option[PATH_MAX];
    struct vgt_args args;
    bool has_vgt = false, is_moved = false;
    char **next;

    xengt_begin();
    root = vgt_args_take_root(&argc, argv);
    if ( !vgt_args_read(argc, argv, &args) )
    {
        has_vgt = args.reads_config &&
                  vgt_scan_has_vgt(args.text, args.text_len);
        is_moved = args.moved_domain && may_be_any_vgpu(root);
    }
    vgt_args_fini(&args);
    if ( !has_vgt && !is_moved )
        return vgt_exec_real_xl(root, argv);

    snprintf(path, sizeof(path), "%s%s", root, VGT_XENGT_XL);
    if ( !can_start(path) )
        return cannot_start(path, is_moved);
    next = calloc(argc + 2, sizeof(*next));
    if ( !next )
        return 1;
    next[0] = argv[0];
    memcpy(&next[1], &argv[1], argc * sizeof(*next));
    if ( *root )
    {
        snprintf(root_option, sizeof(root_option), "--xengt-root=%s", root);
        memcpy(&next[2], &argv[1], argc * sizeof(*next));
        next[1] = root_option;
    }
    execv(path, next);
    fprintf(stderr, "xengt: cannot run %s: %s\n", path, strerror(errno));

    return 1;
}
