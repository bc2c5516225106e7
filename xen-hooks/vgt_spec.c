/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes and parses the value of xengt-dm's argument -xengt:
 * NAME=VALUE,NAME=VALUE. The front end passes a vGPU's configuration in this
 * form through xl and libxl to xengt-dm. libxl stores the argument in libxl's
 * record of the domain. A comma in a value is doubled, as in QEMU's options.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vgt_keys.h"

static void put_value(FILE *out, const char *text)
{
    for ( ; *text; text++ )
    {
        if ( *text == ',' )
            fputc(',', out);
        fputc(*text, out);
    }
}

char *vgt_spec_format(const struct vgt_config *cfg)
{
    char *spec = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&spec, &len);
    bool is_first = true;

    if ( !out )
        return NULL;

    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
    {
        const struct vgt_key *key = &vgt_keys[i];

        /*
         * vgt_config_resolve() has set low, high and fences from vgt_type
         * where the configuration does not set them. So the text leaves
         * vgt_type out.
         */
        if ( !key->spec || !cfg->is_set[i] || key->kind == VGT_KIND_TYPE )
            continue;
        fprintf(out, "%s%s=", is_first ? "" : ",", key->spec);
        is_first = false;
        if ( key->kind == VGT_KIND_PATH || key->kind == VGT_KIND_NAME )
            put_value(out, cfg->text[i]);
        else if ( key->kind == VGT_KIND_WORD )
            put_value(out, key->words[cfg->value[i]]);
        else
            fprintf(out, "%ld", cfg->value[i]);
    }
    if ( is_first )
        fputs("on", out);
    if ( fclose(out) )
    {
        free(spec);
        return NULL;
    }

    return spec;
}

/*
 * Copies one NAME=VALUE, up to a comma that is not doubled, to item. Returns
 * the text after this comma, or NULL if there is no such comma.
 */
static const char *next_item(const char *p, char *item)
{
    for ( ; *p; p++ )
    {
        if ( *p == ',' && *++p != ',' )
        {
            *item = '\0';
            return p;
        }
        *item++ = *p;
    }
    *item = '\0';

    return NULL;
}

int vgt_spec_walk(const char *spec, char *err, size_t err_len,
                  int (*each)(void *ctx, const char *name, const char *value,
                              char *err, size_t err_len),
                  void *ctx)
{
    char *item = malloc(strlen(spec) + 1), *eq;
    int r = 0;

    if ( !item )
    {
        snprintf(err, err_len, "out of memory");
        return -ENOMEM;
    }

    for ( const char *p = spec; p && !r; )
    {
        p = next_item(p, item);
        if ( !*item || !strcmp(item, "on") )
            continue;
        eq = strchr(item, '=');
        if ( !eq )
        {
            snprintf(err, err_len, "-xengt \"%.100s\": \"%.100s\" is not "
                     "NAME=VALUE", spec, item);
            r = -EINVAL;
            break;
        }
        *eq = '\0';
        r = each(ctx, item, eq + 1, err, err_len);
    }
    free(item);

    return r;
}

int vgt_spec_set(struct vgt_config *cfg, const char *name, const char *value,
                 char *err, size_t err_len)
{
    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
        if ( vgt_keys[i].spec && !strcmp(vgt_keys[i].spec, name) )
            return vgt_config_set(cfg, &vgt_keys[i], name, value, err,
                                  err_len);

    return -ENOENT;
}
