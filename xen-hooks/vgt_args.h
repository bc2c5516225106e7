/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parses xl's command line as xl 4.17 does: the command, the config file and
 * the extra config lines. Uses only libc.
 */
#ifndef VGT_ARGS_H
#define VGT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

struct vgt_args {
    /*
     * the domain, if this is a well-formed save, migrate, suspend or remus;
     * points into argv
     */
    const char *moved_domain;
    bool reads_config;          /* this is a well-formed create, config-update
                                 * or restore */
    bool is_restore;
    bool is_create;
    bool is_dry_run;
    bool is_foreground;         /* create -F: xl waits for the guest */
    const char *config_file;    /* points into argv */
    char *text;                 /* the file's text and the extra lines, joined
                                 * as xl does */
    size_t text_len;
};

/*
 * Fill ret from argv, which is not changed. Nothing is set for a command that
 * the struct does not name, and nothing is set if xl would stop with an error,
 * such as a wrong option or an unreadable file. 0 or -ENOMEM. The caller calls
 * vgt_args_fini(), also after an error.
 */
int vgt_args_read(int argc, char *const argv[], struct vgt_args *ret);
void vgt_args_fini(struct vgt_args *args);

/* ---- what xl-stub and xengt-xl need to run the real xl ---- */

/*
 * Removes the test option --xengt-root=DIR, which must be the first argument,
 * from argv. Returns DIR, which the front end puts before each path that it
 * uses, or "". The real xl has no such option.
 */
const char *vgt_args_take_root(int *argc, char **argv);

/*
 * Execute the real xl. Returns only on failure, after one line on stderr; the
 * result is the exit status for the caller to use.
 */
int vgt_exec_real_xl(const char *root, char *const argv[]);

/*
 * VGT_REAL_XL is a link with the name xl, because Debian's wrapper script runs
 * the program whose name it was called by.
 */
#define VGT_REAL_XL "/usr/lib/xengt/real/xl"
#define VGT_XENGT_XL "/usr/lib/xengt/xengt-xl"

#endif /* VGT_ARGS_H */
