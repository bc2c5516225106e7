/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See vgt_args.h. The option strings are those of xl 4.17 (main, create, config-update,
 * save, migrate, remus, restore) and 4.20 (suspend). If a command line has an option
 * that only a later xl knows, this file does not parse the command line, and the real
 * xl gets the command line unchanged.
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

/*
 * Append a config file's text to args->text. -EINVAL: the file cannot be read, so xl
 * would refuse the file, too.
 */
static int append_file(struct vgt_args *args, const char *path)
{
    char buf[8192];
    struct stat st;
    ssize_t got;
    int fd, r = 0;

    /* For xl the name /dev/null means "no file". */
    if ( !strcmp(path, "/dev/null") )
        return 0;

    /*
     * Check the file type before opening. If this function read bytes from a FIFO, xl
     * could not read them any more.
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

/*
 * Parse the options of create and config-update. Returns false if xl would stop
 * with an error or print its help.
 */
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

    optind = 0;     /* 0 also resets glibc's internal state */
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
 * Parse the words after the options. A word with "=" is an extra config line; another
 * word is the config file, if no config file is known yet. Writes the lines to
 * *ret_extra, which the caller frees. -EINVAL: xl would stop with an error.
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

/* Parse restore [CONFIG] IMAGE. A command line without CONFIG is left to xl. */
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
 * The commands that save or move a domain's state, or suspend the domain. The form of
 * these commands is COMMAND DOMAIN; most commands have a file or a host after DOMAIN.
 * docs/xl-verbs.md says why the front end refuses these commands.
 */
static const struct move {
    const char *command;
    size_t min_len;     /* length of the shortest abbreviation that xl accepts */
    int words;          /* smallest number of words after the options */
    const char *shorts;
    struct option longs[4];
} moves[] = {
    { "save", 2, 2, "hcpD", { { "help", 0, NULL, 'h' } } },
    /*
     * xl accepts no abbreviation of "migrate", because "migrate-receive" begins with the
     * same letters.
     */
    { "migrate", 7, 2, "hFC:s:epD",
      { { "debug", 0, NULL, 1 }, { "live", 0, NULL, 2 },
        { "help", 0, NULL, 'h' } } },
    /*
     * in xl 4.20 "suspend" lets the guest suspend itself, and "resume" lets the
     * guest continue
     */
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
     * getopt() changes the order of the words in its array, so give it a copy
     * of argv.
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
        /* the first word is the domain */
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
        fprintf(stderr, "xengt: %s is this front end itself: reinstall "
                "the packages xengt-xl and xen-utils-common\n", path);
        return 127;
    }
    execv(path, argv);
    fprintf(stderr, "xengt: cannot run the real xl (%s): %s\n", path,
            strerror(errno));

    return 126;
}
