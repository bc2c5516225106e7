/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xl's command line as xl 4.17 reads it: the command, the config file and the
 * extra config lines. libc only.
 */
#ifndef VGT_ARGS_H
#define VGT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

struct vgt_args {
    /* save, migrate, remus, well-formed: the domain, pointing into argv */
    const char *moved_domain;
    bool reads_config;          /* create, config-update or restore, well-formed */
    bool is_restore;
    bool is_create;
    bool is_dry_run;
    bool is_foreground;         /* create -F: xl waits for the guest */
    const char *config_file;    /* points into argv */
    char *text;                 /* file and extra lines, as xl joins them */
    size_t text_len;
};

/*
 * Fill ret from argv, which is not changed. For every other command nothing is
 * set, and neither if xl itself would stop: for a wrong option, a missing file,
 * a file that cannot be read. 0, or -ENOMEM. Call vgt_args_fini() in any case.
 */
int vgt_args_read(int argc, char *const argv[], struct vgt_args *ret);
void vgt_args_fini(struct vgt_args *args);

/* ---- what both front-end programs need for the real xl ---- */

/*
 * Test option, first on the command line: --xengt-root=DIR puts DIR before
 * every path that the front end uses. Real xl knows no such option. Removes it
 * from argv and returns DIR, or "".
 */
const char *vgt_args_take_root(int *argc, char **argv);

/*
 * Replace this process by the real xl. Returns only on failure, after one line
 * on stderr; the value is the exit status to use.
 */
int vgt_exec_real_xl(const char *root, char *const argv[]);

/*
 * A link with the name xl, because the wrapper behind it chooses what to run by
 * the name with which it was called.
 */
#define VGT_REAL_XL "/usr/lib/xengt/real/xl"
#define VGT_XENGT_XL "/usr/lib/xengt/xengt-xl"

#endif /* VGT_ARGS_H */
