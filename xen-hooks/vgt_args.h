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
     * the name or id of the domain in a well-formed save, migrate, suspend or
     * remus; the pointer points into argv. NULL for other commands
     */
    const char *moved_domain;
    bool reads_config;          /* the command is a well-formed create,
                                 * config-update or restore, and text is set */
    bool is_restore;
    bool is_create;
    bool is_dry_run;
    bool is_foreground;         /* create -F: xl waits for the guest */
    const char *config_file;    /* points into argv */
    char *text;                 /* the file's text, followed by the extra lines,
                                 * as xl joins them */
    size_t text_len;
};

/*
 * Fill ret from argv; the function does not change argv. For commands that
 * struct vgt_args does not name, no member of ret is set. If xl would stop with
 * an error, such as a wrong option or an unreadable file, reads_config is false
 * and moved_domain is NULL. Returns 0 or -ENOMEM. The caller must call
 * vgt_args_fini(), also after an error.
 */
int vgt_args_read(int argc, char *const argv[], struct vgt_args *ret);
void vgt_args_fini(struct vgt_args *args);

/* ---- functions by which xl-stub and xengt-xl run the real xl ---- */

/*
 * Removes --xengt-root=DIR from argv, an option for tests, which must be the
 * first argument. Returns DIR, or "" if argv does not have the option. The
 * front end puts DIR before each path that it uses. The real xl does not know
 * this option.
 */
const char *vgt_args_take_root(int *argc, char **argv);

/*
 * Execute the real xl. Returns only on failure, after an error message of one
 * line on stderr; the result is the exit status that the caller must use.
 */
int vgt_exec_real_xl(const char *root, char *const argv[]);

/*
 * VGT_REAL_XL is a link with the name xl to Debian's wrapper script, because
 * this script runs the program that has the same name as the link.
 */
#define VGT_REAL_XL "/usr/lib/xengt/real/xl"
#define VGT_XENGT_XL "/usr/lib/xengt/xengt-xl"

#endif /* VGT_ARGS_H */
