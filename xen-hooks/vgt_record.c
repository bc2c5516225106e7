/* SPDX-License-Identifier: GPL-2.0-only */
/* See vgt_record.h. */
#include "vgt_record.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * The end of the path of xengt-dm in libxl's JSON, with the closing quote. If
 * the JSON has each '/' as "\/", the needle still matches, because "\/" ends in
 * '/'.
 */
#define NEEDLE "/xengt-dm\""

static enum vgt_record look_at(const char *path)
{
    FILE *file = fopen(path, "re");
    enum vgt_record found = VGT_RECORD_PLAIN;
    char *text = NULL;
    size_t size = 0;
    ssize_t len;
    int error;

    /* ENOENT: the domain has ended between glob() and fopen(). */
    if ( !file && errno == ENOENT )
        return VGT_RECORD_NONE;
    if ( !file )
        return VGT_RECORD_UNKNOWN;
    len = getdelim(&text, &size, '\0', file);
    error = errno;
    if ( len > 0 && memmem(text, len, NEEDLE, strlen(NEEDLE)) )
        found = VGT_RECORD_VGPU;
    else if ( len <= 0 || ferror(file) )
        found = VGT_RECORD_UNKNOWN;
    free(text);
    fclose(file);
    errno = error;

    return found;
}

enum vgt_record vgt_record_look(const char *root, long domid)
{
    enum vgt_record found = VGT_RECORD_NONE;
    char pattern[PATH_MAX], id[24] = "*";
    glob_t paths;
    int r;

    if ( domid != VGT_RECORD_ANY )
        snprintf(id, sizeof(id), "%ld", domid);
    snprintf(pattern, sizeof(pattern),
             "%s/var/lib/xen/userdata-d.%s.*.libxl-json", root, id);
    r = glob(pattern, GLOB_NOSORT | GLOB_ERR, NULL, &paths);
    if ( r == GLOB_NOMATCH )
        return VGT_RECORD_NONE;
    if ( r )
        return VGT_RECORD_UNKNOWN;
    for ( size_t i = 0; i < paths.gl_pathc; i++ )
    {
        enum vgt_record one = look_at(paths.gl_pathv[i]);

        if ( one > found )
            found = one;
    }
    globfree(&paths);

    return found;
}
