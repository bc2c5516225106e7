/* SPDX-License-Identifier: GPL-2.0-only */
/* See vgt_features.h. The keys' meanings are those of xl 4.17 and 4.20. */
#include "vgt_features.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *vgt_xlu_string(const XLU_Config *xlu, const char *name)
{
    const char *text;

    return xlu_cfg_get_string(xlu, name, &text, 1) ? NULL : text;
}

long vgt_xlu_long(const XLU_Config *xlu, const char *name, long def)
{
    long value;

    return xlu_cfg_get_long(xlu, name, &value, 1) ? def : value;
}

/*
 * Returns true if the key's value is one of these words. Then 'what' becomes
 * the assignment as text, such as altp2m = "mixed".
 */
static bool is_word(const XLU_Config *xlu, const char *name,
                    const char *const *words, size_t count, char *what,
                    size_t len)
{
    const char *text = vgt_xlu_string(xlu, name);

    for ( size_t i = 0; text && i < count; i++ )
        if ( !strcmp(text, words[i]) )
        {
            snprintf(what, len, "%s = \"%s\"", name, text);
            return true;
        }

    return false;
}

/*
 * Returns true if the key's value is a number other than 0. Then 'what' becomes
 * the assignment as text, such as nestedhvm = 1.
 */
static bool is_on(const XLU_Config *xlu, const char *name, char *what,
                  size_t len)
{
    long value = vgt_xlu_long(xlu, name, 0);

    if ( value )
        snprintf(what, len, "%s = %ld", name, value);

    return value;
}

#define COUNT(words) (sizeof(words) / sizeof(words[0]))

/*
 * If the config has only one of memory and maxmem, xl uses its value for both.
 */
static bool wants_POD(const XLU_Config *xlu, char *what, size_t len)
{
    long maxmem = vgt_xlu_long(xlu, "maxmem", -1);
    long memory = vgt_xlu_long(xlu, "memory", maxmem);

    if ( maxmem < 0 || maxmem == memory )
        return false;
    snprintf(what, len, "memory = %ld and maxmem = %ld differ", memory, maxmem);

    return true;
}

/* for altp2m, xl accepts a number or a word */
static bool wants_ALTP2M(const XLU_Config *xlu, char *what, size_t len)
{
    static const char *const words[] = { "mixed", "external", "limited" };

    return is_word(xlu, "altp2m", words, COUNT(words), what, len) ||
           is_on(xlu, "altp2m", what, len) ||
           is_on(xlu, "altp2mhvm", what, len);
}

static bool wants_NESTED(const XLU_Config *xlu, char *what, size_t len)
{
    return is_on(xlu, "nestedhvm", what, len);
}

/* An empty list, pci = [], gives the guest no device. */
static bool wants_PASSTHROUGH(const XLU_Config *xlu, char *what, size_t len)
{
    static const char *const words[] = { "enabled", "sync_pt", "share_pt" };
    XLU_ConfigList *list;
    int count;

    if ( !xlu_cfg_get_list(xlu, "pci", &list, &count, 1) && count )
    {
        snprintf(what, len, "pci = [ ... ]");
        return true;
    }

    return is_word(xlu, "passthrough", words, COUNT(words), what, len);
}

static bool wants_FLASK(const XLU_Config *xlu, char *what, size_t len)
{
    const char *text = vgt_xlu_string(xlu, "seclabel");

    if ( text )
        snprintf(what, len, "seclabel = \"%.60s\"", text);

    return text;
}

static bool wants_UEFI(const XLU_Config *xlu, char *what, size_t len)
{
    static const char *const words[] = { "ovmf", "uefi" };

    return is_word(xlu, "firmware", words, COUNT(words), what, len) ||
           is_word(xlu, "bios", words, COUNT(words), what, len);
}

/* No key of xl.cfg requests paging or sharing of the memory. */
#define wants_PAGING NULL
#define wants_SHARING NULL

enum xengt_feature_id
vgt_feature_find(const XLU_Config *xlu, enum xengt_feature_verdict verdict,
                 enum xengt_feature_id from, char *ret_what, size_t len)
{
    static bool (*const wants[XENGT_FEATURES])(const XLU_Config *xlu, char *what,
                                               size_t what_len) = {
#define ROW(id, name, verdict, keys, front, broker, why, remedy) \
        [XENGT_FEATURE_##id] = wants_##id,
        XENGT_DOMAIN_FEATURES(ROW)
#undef ROW
    };

    for ( int i = from; i < XENGT_FEATURES; i++ )
        if ( wants[i] && xengt_domain_features[i].verdict == verdict &&
             wants[i](xlu, ret_what, len) )
            return i;

    return XENGT_FEATURES;
}
