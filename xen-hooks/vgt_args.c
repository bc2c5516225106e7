/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See vgt_args.h. Option strings are those of xl 4.17 (main, create,
 * config-update, save, migrate, remus, restore) and 4.20 (suspend); a command line with an option
 * that a later xl has added is not understood here, and the real xl gets it as
 * it is.
 */
#include "vgt_args.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CONFIG_MAX_BYTES (1u << 30)

static bool is_command(const char *word, const char *name, size_t min_len)
{
    size_t len = strlen(word);

    return len >= min_len && !strncmp(word, name, len);
}

static int append(struct vgt_args *args, const char *data, size_t len)
{
    char *text = realloc(args->text, args->text_len + len + 1);

    if ( !text )
        return -ENOMEM;
    args->text = text;
    memcpy(text + args->text_len, data, len);
    args->text_len += len;
    text[args->text_len] = '\0';

    return 0;
}

/* -EINVAL: xl would refuse the file for the same reason. */
static int append_file(struct vgt_args *args, const char *path)
{
    char buf[8192];
    struct stat st;
    ssize_t got;
    int fd, r = 0;

    /* xl's way to say "no file". */
    if ( !strcmp(path, "/dev/null") )
        return 0;

    /*
     * Check the file type before opening: reading a FIFO would take away what
     * xl wants to read.
     */
    if ( stat(path, &st) || !S_ISREG(st.st_mode) ||
         st.st_size > CONFIG_MAX_BYTES )
        return -EINVAL;
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if ( fd < 0 )
        return -EINVAL;
    while ( !r && (got = read(fd, buf, sizeof(buf))) )
        r = got < 0 ? -EINVAL : append(args, buf, got);
    close(fd);

    return r;
}

/* Options of create and config-update. False: xl would stop. */
static bool read_options(int argc, char **argv, struct vgt_args *args)
{
    static const struct option create_opts[] = {
        { "defconfig", 1, NULL, 'f' }, { "dryrun", 0, NULL, 'n' },
        { "ignore-global-affinity-masks", 0, NULL, 'i' },
        { "quiet", 0, NULL, 'q' }, { "vncviewer", 0, NULL, 'V' },
        { "vncviewer-autopass", 0, NULL, 'A' }, { "help", 0, NULL, 'h' },
        { NULL, 0, NULL, 0 }
    };
    static const struct option update_opts[] = {
        { "defconfig", 1, NULL, 'f' }, { "help", 0, NULL, 'h' },
        { NULL, 0, NULL, 0 }
    };
    const struct option *opts = args->is_create ? create_opts : update_opts;
    const char *shorts = args->is_create ? "hAFVcdef:inpq" : "hdqf:";
    int opt;

    optind = 0;     /* getopt starts anew, glibc's internal state included */
    opterr = 0;
    while ( (opt = getopt_long(argc, argv, shorts, opts, NULL)) != -1 )
    {
        if ( opt == '?' || opt == 'h' )
            return false;
        if ( opt == 'n' )
            args->is_dry_run = true;
        if ( opt == 'F' )
            args->is_foreground = true;
        if ( opt == 'f' )
            args->config_file = optarg;
    }

    return true;
}

/*
 * The words behind the options: lines of config, and the file if there is none yet.
 * Writes the lines to *ret_extra, which the caller frees. -EINVAL: xl would stop.
 */
static int read_words(int argc, char **argv, struct vgt_args *args,
                      char **ret_extra, size_t *ret_len)
{
    FILE *lines = open_memstream(ret_extra, ret_len);
    int r = 0;

    if ( !lines )
        return -ENOMEM;
    for ( ; optind < argc; optind++ )
    {
        if ( strchr(argv[optind], '=') )
            fprintf(lines, "%s\n", argv[optind]);
        else if ( !args->config_file )
            args->config_file = argv[optind];
        else
            r = -EINVAL;
    }
    if ( fclose(lines) )
        r = -ENOMEM;

    return !r && !args->config_file ? -EINVAL : r;
}

static int read_command(int argc, char **argv, struct vgt_args *args)
{
    char *extra = NULL;
    size_t extra_len = 0;
    int r;

    if ( argv[1] && argv[1][0] != '-' && !strchr(argv[1], '=') )
    {
        args->config_file = argv[1];
        argc--;
        argv++;
    }
    if ( !read_options(argc, argv, args) )
        return 0;

    r = read_words(argc, argv, args, &extra, &extra_len);
    if ( !r )
        r = append_file(args, args->config_file);
    if ( !r && extra_len )
    {
        r = append(args, "\n", 1);
        if ( !r )
            r = append(args, extra, extra_len);
        if ( !r )
            r = append(args, "\n", 1);
    }
    free(extra);
    args->reads_config = !r;

    return r == -ENOMEM ? r : 0;
}

/* restore [CONFIG] IMAGE: the config stands before the image's own. */
static int read_restore(int argc, char **argv, struct vgt_args *args)
{
    static const struct option opts[] = {
        { "vncviewer", 0, NULL, 'V' }, { "vncviewer-autopass", 0, NULL, 'A' },
        { "help", 0, NULL, 'h' }, { NULL, 0, NULL, 0 }
    };
    int opt, r;

    optind = 0;
    opterr = 0;
    while ( (opt = getopt_long(argc, argv, "hFcpdeVA", opts, NULL)) != -1 )
        if ( opt == '?' || opt == 'h' )
            return 0;
    if ( argc - optind != 2 )
        return 0;
    args->config_file = argv[optind];
    r = append_file(args, args->config_file);
    args->is_restore = args->reads_config = !r;

    return r == -ENOMEM ? r : 0;
}

/*
 * The commands that save or move a domain's state, or stop it for that: COMMAND DOMAIN,
 * for most with a file or a host. docs/xl-verbs.md says why.
 */
static const struct move {
    const char *command;
    size_t min_len;     /* of the shortest abbreviation that xl accepts */
    int words;          /* behind the options */
    const char *shorts;
    struct option longs[4];
} moves[] = {
    { "save", 2, 2, "hcpD", { { "help", 0, NULL, 'h' } } },
    /*
     * Accept only the whole word: "migrate" is also the beginning of another
     * command's name.
     */
    { "migrate", 7, 2, "hFC:s:epD",
      { { "debug", 0, NULL, 1 }, { "live", 0, NULL, 2 },
        { "help", 0, NULL, 'h' } } },
    /* xl 4.20 lets the guest suspend itself in place, and resumes it. */
    { "suspend", 2, 1, "h", { { "help", 0, NULL, 'h' } } },
    { "remus", 3, 2, "hFbundi:s:N:ecp",
      { { "userspace-colo-proxy", 0, NULL, 'p' }, { "help", 0, NULL, 'h' } } },
};

static const struct move *find_move(const char *word)
{
    for ( size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++ )
        if ( is_command(word, moves[i].command, moves[i].min_len) )
            return &moves[i];

    return NULL;
}

static void read_move(int argc, char **argv, const struct move *move,
                      struct vgt_args *args)
{
    int opt;

    optind = 0;
    opterr = 0;
    while ( (opt = getopt_long(argc, argv, move->shorts, move->longs,
                               NULL)) != -1 )
        if ( opt == '?' || opt == 'h' )
            return;
    if ( argc - optind >= move->words )
        args->moved_domain = argv[optind];
}

int vgt_args_read(int argc, char *const argv[], struct vgt_args *ret)
{
    /*
     * getopt changes the order of the words that it reads, so give it a copy.
     */
    char **copy = calloc(argc + 1, sizeof(*copy)), **args = copy;
    const struct move *move;
    int opt, r = 0;

    memset(ret, 0, sizeof(*ret));
    if ( !copy )
        return -ENOMEM;
    memcpy(copy, argv, argc * sizeof(*copy));

    optind = 0;
    opterr = 0;
    while ( (opt = getopt(argc, args, "+vftTN")) != -1 )
    {
        if ( opt == '?' )
            goto out;
        if ( opt == 'N' )
            ret->is_dry_run = true;
    }
    args += optind;
    argc -= optind;
    if ( !argc )
        goto out;

    move = find_move(args[0]);
    if ( move )
    {
        read_move(argc, args, move, ret);
        goto out;
    }
    if ( is_command(args[0], "restore", 4) )
    {
        r = read_restore(argc, args, ret);
        goto out;
    }
    ret->is_create = is_command(args[0], "create", 2);
    if ( !ret->is_create )
    {
        if ( !is_command(args[0], "config-update", 4) || argc < 2 )
            goto out;
        /* Its first word is the domain. */
        args++;
        argc--;
    }
    r = read_command(argc, args, ret);

 out:
    free(copy);

    return r;
}

void vgt_args_fini(struct vgt_args *args)
{
    free(args->text);
    memset(args, 0, sizeof(*args));
}

const char *vgt_args_take_root(int *argc, char **argv)
{
    static const char option[] = "--xengt-root=";
    const char *root;

    if ( *argc < 2 || strncmp(argv[1], option, sizeof(option) - 1) )
        return "";
    root = argv[1] + sizeof(option) - 1;
    memmove(&argv[1], &argv[2], (*argc - 1) * sizeof(*argv));
    --*argc;

    return root;
}

static bool is_same_file(const char *path, const struct stat *other)
{
    struct stat st;

    return !stat(path, &st) && st.st_dev == other->st_dev &&
           st.st_ino == other->st_ino;
}

int vgt_exec_real_xl(const char *root, char *const argv[])
{
    char path[PATH_MAX], front[PATH_MAX];
    struct stat real;

    snprintf(path, sizeof(path), "%s%s", root, VGT_REAL_XL);
    snprintf(front, sizeof(front), "%s/usr/sbin/xl", root);
    if ( stat(path, &real) )
    {
        fprintf(stderr, "xengt: the real xl is missing (%s: %s): reinstall "
                "the package xen-utils-common\n", path, strerror(errno));
        return 127;
    }
    if ( is_same_file("/proc/self/exe", &real) || is_same_file(front, &real) )
    {
        fprintf(stderr, "xengt: %s leads back to this front end: reinstall "
                "the packages xengt-xl and xen-utils-common\n", path);
        return 127;
    }
    execv(path, argv);
    fprintf(stderr, "xengt: cannot run the real xl (%s): %s\n", path,
            strerror(errno));

    return 126;
}
