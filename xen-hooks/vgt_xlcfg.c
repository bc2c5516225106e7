/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * See vgt_xlcfg.h. libxlutil returns the value of a name, but cannot list a config's
 * names; vgt_scan() lists these names. If libxlutil accepts a text, vgt_scan() finds
 * exactly the names that libxlutil finds.
 */
#include "vgt_xlcfg.h"

#include <errno.h>
#include <libxlutil.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/text.h"
#include "vgt_features.h"
#include "vgt_quote.h"
#include "vgt_scan.h"

struct reader {
    const XLU_Config *xlu;
    struct vgt_xlcfg *x;
    char *err;
    size_t err_len;
    bool is_bad;
    const char *first;      /* the first assigned key of xengt other than "vgt"; points
                             * into the text */
    size_t first_len;
};

static void __attribute__((format(printf, 2, 3)))
refuse(struct reader *rd, const char *fmt, ...)
{
    va_list ap;

    if ( rd->is_bad )
        return;
    rd->is_bad = true;
    va_start(ap, fmt);
    vsnprintf(rd->err, rd->err_len, fmt, ap);
    va_end(ap);
}

/* Add to the warning for the user, which stays one line. */
static void __attribute__((format(printf, 2, 3)))
warn(struct reader *rd, const char *fmt, ...)
{
    char *old = rd->x->warning, *text = NULL;
    va_list ap;

    va_start(ap, fmt);
    if ( vasprintf(&text, fmt, ap) < 0 )
        text = NULL;
    va_end(ap);
    if ( !text )
        return;
    if ( !old )
    {
        rd->x->warning = text;
        return;
    }
    if ( asprintf(&rd->x->warning, "%s; %s", old, text) < 0 )
        rd->x->warning = old;
    else
        free(old);
    free(text);
}

/* ---- our keys ---- */

static void unknown_key(struct reader *rd, const char *name)
{
    const char *near = vgt_key_suggest(name);

    if ( near )
        refuse(rd, "unknown key \"%.60s\" in the guest's config; did you mean "
               "\"%s\"?", name, near);
    else
        refuse(rd, "unknown key \"%.60s\" in the guest's config: xengt-xl.cfg(5)"
               " lists the keys", name);
}

/* Refuse an unknown key with a name that starts with "vgt" or "vgpu". */
static bool check_key(void *ctx, const struct vgt_assignment *a)
{
    struct reader *rd = ctx;
    char name[64];

    if ( !vgt_key_is_ours(a->name, a->name_len) )
        return true;
    snprintf(name, sizeof(name), "%.*s", (int)a->name_len, a->name);
    if ( !vgt_key_find(name) )
        unknown_key(rd, name);

    return !rd->is_bad;
}

static bool note_key(void *ctx, const struct vgt_assignment *a)
{
    struct reader *rd = ctx;

    if ( a->name_len > 3 && !strncmp(a->name, "vgt", 3) && !rd->first )
    {
        rd->first = a->name;
        rd->first_len = a->name_len;
    }

    return true;
}

static void read_our_keys(struct reader *rd)
{
    for ( int i = 0; i < VGT_KEY_COUNT && !rd->is_bad; i++ )
    {
        const struct vgt_key *key = &vgt_keys[i];
        const char *text;
        int e = xlu_cfg_get_string(rd->xlu, key->name, &text, 1);

        if ( e == ESRCH )
            continue;
        if ( e )
            refuse(rd, "%s must be a single value, not a list", key->name);
        else if ( vgt_config_set(&rd->x->cfg, key, NULL, text, rd->err,
                                 rd->err_len) )
            rd->is_bad = true;
    }
}

/* ---- the guest ---- */

static bool is_hvm(struct reader *rd, const char **ret_said)
{
    const char *type = vgt_xlu_string(rd->xlu, "type");
    const char *builder = vgt_xlu_string(rd->xlu, "builder");

    *ret_said = type ? type : builder ? builder : "pv, the default";
    if ( !type )
        type = builder;

    /* xl accepts any prefix of "hvm". */
    return type && !strncmp(type, "hvm", strlen(type));
}

static void check_device_model(struct reader *rd)
{
    const char *version = vgt_xlu_string(rd->xlu, "device_model_version");
    const char *qemu = vgt_xlu_string(rd->xlu, "device_model_override");

    if ( vgt_xlu_long(rd->xlu, "device_model_stubdomain_override", 0) )
        refuse(rd, "device_model_stubdomain_override = 1 puts QEMU into a "
               "domain of its own, which vgt = 1 does not support: remove it");
    if ( version && strcmp(version, "qemu-xen") )
        refuse(rd, "vgt = 1 needs device_model_version = \"qemu-xen\", not "
               "\"%.60s\"", version);
    if ( qemu && !xengt_text_is_plain(qemu) )
        refuse(rd, "device_model_override = \"%.200s\" cannot be stored by libxl: "
               "the path must be UTF-8 without control characters", qemu);
    if ( !qemu || !strcmp(qemu, VGT_XENGT_DM) || rd->is_bad )
        return;

    if ( !access(qemu, X_OK) )
    {
        rd->x->qemu = strdup(qemu);
        return;
    }
    /*
     * Configs for xengt's predecessor have the path of the predecessor's
     * patched QEMU.
     */
    if ( strstr(qemu, "/lib/xen/bin/qemu-") )
    {
        warn(rd, "device_model_override = \"%s\" does not exist; the QEMU of this "
             "system is used instead", qemu);
        return;
    }
    refuse(rd, "device_model_override = \"%.200s\" cannot be run: %s", qemu,
           strerror(errno));
}

/* Call check() for each argument that the config gives to QEMU. */
static void for_each_arg(struct reader *rd,
                         void (*check)(struct reader *rd, const char *list,
                                       const char *arg))
{
    static const char *const lists[] = {
        "device_model_args", "device_model_args_hvm"
    };

    for ( size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++ )
    {
        XLU_ConfigList *list;
        int count;

        if ( xlu_cfg_get_list(rd->xlu, lists[i], &list, &count, 1) )
            continue;
        for ( int j = 0; j < count; j++ )
        {
            const char *arg = xlu_cfg_get_listitem(list, j);

            if ( arg )
                check(rd, lists[i], arg);
        }
    }
}

/*
 * Refuse a virtual IOMMU. A virtual IOMMU would translate the guest's DMA addresses,
 * and xengt does not know this translation.
 */
static void check_viommu(struct reader *rd, const char *list, const char *arg)
{
    if ( strstr(arg, "intel-iommu") || strstr(arg, "amd-iommu") ||
         strstr(arg, "virtio-iommu") )
        refuse(rd, "a guest with a virtual IOMMU cannot have a vGPU: "
               "remove \"%.60s\" from %s", arg, list);
}

/*
 * Refuse an argument that puts a device of QEMU into PCI slot 2 of the bus
 * pci.0. In the argument, addr is SLOT or SLOT.FUNCTION in hexadecimal.
 */
static void check_slot(struct reader *rd, const char *list, const char *arg)
{
    const char *addr = strstr(arg, ",addr="), *bus = strstr(arg, ",bus=");
    char *end;

    if ( !addr || (bus && strncmp(bus, ",bus=pci.0", 10)) )
        return;
    addr += strlen(",addr=");
    if ( strtoul(addr, &end, 16) == 2 && end != addr &&
         (!*end || strchr(",.", *end)) )
        refuse(rd, "PCI slot 2 is the vGPU's: give \"%.60s\" in %s another "
               "addr, or none", arg, list);
}

/*
 * Refuse features of common/domain_features.h that the config requests, or warn of
 * them.
 */
static void check_features(struct reader *rd)
{
    const struct xengt_domain_feature *f = xengt_domain_features;
    enum xengt_feature_id i;
    char what[128];

    i = vgt_feature_find(rd->xlu, XENGT_FEATURE_REFUSED, 0, what, sizeof(what));
    if ( i < XENGT_FEATURES )
        refuse(rd, "%s, but a guest with a vGPU cannot have %s, because %s: %s",
               what, f[i].name, f[i].why, f[i].remedy);
    for ( i = 0; !rd->is_bad; i++ )
    {
        i = vgt_feature_find(rd->xlu, XENGT_FEATURE_UNTESTED, i, what,
                             sizeof(what));
        if ( i == XENGT_FEATURES )
            break;
        warn(rd, "%s is untested with vgt = 1: %s", what, f[i].why);
    }
}

/*
 * Refuse a passed-through GPU. gfx_passthru is a word, or a number that means true or
 * false. The word "igd" without a PCI device is allowed: its only effect is
 * that QEMU leaves PCI slot 2 free.
 */
static void check_passthru(struct reader *rd)
{
    const char *kind = vgt_xlu_string(rd->xlu, "gfx_passthru");
    bool has_pci = !xlu_cfg_get_list(rd->xlu, "pci", NULL, NULL, 1);
    long number;

    if ( !xlu_cfg_get_long(rd->xlu, "gfx_passthru", &number, 1) )
        kind = number ? "1" : NULL;
    if ( kind && (has_pci || strcmp(kind, "igd")) )
        refuse(rd, "gfx_passthru and vgt = 1 exclude each other: remove one");
}

static void check_guest(struct reader *rd)
{
    const char *type, *viommu = vgt_xlu_string(rd->xlu, "viommu");
    long vcpus = vgt_xlu_long(rd->xlu, "vcpus", 1);
    long maxvcpus = vgt_xlu_long(rd->xlu, "maxvcpus", vcpus);

    if ( !is_hvm(rd, &type) )
        refuse(rd, "vgt = 1 needs an HVM guest, and this guest is of type "
               "\"%.40s\": set type = \"hvm\"", type);
    if ( !vgt_xlu_long(rd->xlu, "hap", 1) )
        refuse(rd, "vgt = 1 needs hardware-assisted paging: remove hap = 0");
    if ( vcpus > XENGT_DOMAIN_VCPUS_MAX || maxvcpus > XENGT_DOMAIN_VCPUS_MAX )
        refuse(rd, "a guest with a vGPU can have %d vCPUs at most, not %ld",
               XENGT_DOMAIN_VCPUS_MAX, vcpus > maxvcpus ? vcpus : maxvcpus);
    check_device_model(rd);
    if ( (viommu && strcmp(viommu, "none") && strcmp(viommu, "0")) ||
         !xlu_cfg_get_list(rd->xlu, "viommu", NULL, NULL, 1) )
        refuse(rd, "a guest with a virtual IOMMU cannot have a vGPU: remove "
               "viommu");
    for_each_arg(rd, check_viommu);
    for_each_arg(rd, check_slot);
    if ( !vgt_xlu_long(rd->xlu, "xen_platform_pci", 1) )
        refuse(rd, "xen_platform_pci = 0 leaves no PCI slot 2 for the vGPU: "
               "remove xen_platform_pci");
    check_passthru(rd);
    check_features(rd);
}

/* ---- the whole config ---- */

/*
 * Called if libxlutil cannot parse the config. The cause may be an unquoted value of
 * a vgt key: xl's grammar allows no word and no -1 without quotes. Then write a
 * better message than "syntax error".
 */
static bool check_bare_value(void *ctx, const struct vgt_assignment *a)
{
    struct reader *rd = ctx;
    const struct vgt_key *key;
    char name[64], allowed[VGT_ERR_MAX / 2];

    if ( !a->value_len || strchr("0123456789\"'[", *a->value) )
        return true;
    snprintf(name, sizeof(name), "%.*s", (int)a->name_len, a->name);
    key = vgt_key_find(name);
    if ( !key )
        return true;
    vgt_key_allowed(key, allowed, sizeof(allowed));
    refuse(rd, "%s = %.*s (line %u) is not allowed: it must be %s, and in "
           "quotes unless it is digits only", name,
           a->value_len > 60 ? 60 : (int)a->value_len, a->value, a->line,
           allowed);

    return false;
}

static enum vgt_xlcfg_verdict read_guest(struct reader *rd, const char *text,
                                         size_t len)
{
    const char *vgt;
    int e = xlu_cfg_get_string(rd->xlu, "vgt", &vgt, 1);

    vgt_scan(text, len, note_key, rd);
    if ( e == ESRCH && !rd->first )
        return VGT_XLCFG_PASS;
    if ( !e && !strcmp(vgt, "0") )
        return VGT_XLCFG_PASS;

    vgt_scan(text, len, check_key, rd);
    if ( !rd->is_bad )
        read_our_keys(rd);
    if ( rd->is_bad )
        return VGT_XLCFG_BAD;
    if ( !rd->x->cfg.value[VGT_KEY_VGT] )
    {
        if ( e == ESRCH )
            warn(rd, "%.*s has no effect without vgt = 1: the guest gets no "
                 "vGPU", (int)rd->first_len, rd->first);
        return VGT_XLCFG_PASS;
    }

    check_guest(rd);
    if ( rd->is_bad )
        return VGT_XLCFG_BAD;
    vgt_config_resolve(&rd->x->cfg);

    return VGT_XLCFG_VGPU;
}

enum vgt_xlcfg_verdict vgt_xlcfg_read(const char *text, size_t len,
                                      const char *file, struct vgt_xlcfg *ret,
                                      char *err, size_t err_len)
{
    struct reader rd = { .x = ret, .err = err, .err_len = err_len };
    enum vgt_xlcfg_verdict verdict;
    FILE *nowhere = fopen("/dev/null", "w");
    XLU_Config *xlu = nowhere ? xlu_cfg_init(nowhere, file) : NULL;

    memset(ret, 0, sizeof(*ret));
    vgt_config_init(&ret->cfg);
    if ( !xlu || len > 1u << 30 )
    {
        refuse(&rd, "cannot read the guest's config: out of memory");
        verdict = VGT_XLCFG_BAD;
    }
    else if ( xlu_cfg_readdata(xlu, len ? text : "", len) )
    {
        vgt_scan(text, len, check_bare_value, &rd);
        verdict = rd.is_bad ? VGT_XLCFG_BAD : VGT_XLCFG_PASS;
    }
    else
    {
        const char *name;

        rd.xlu = xlu;
        if ( !xlu_cfg_get_string(xlu, "name", &name, 1) )
            ret->name = strdup(name);
        verdict = read_guest(&rd, text, len);
    }

    if ( xlu )
        xlu_cfg_destroy(xlu);
    if ( nowhere )
        fclose(nowhere);

    return verdict;
}

void vgt_xlcfg_fini(struct vgt_xlcfg *x)
{
    vgt_config_fini(&x->cfg);
    free(x->name);
    free(x->qemu);
    free(x->warning);
    memset(x, 0, sizeof(*x));
}

/*
 * Returns the value of the argument -xengt: the vGPU's configuration and, if the config
 * names a QEMU, the path of this QEMU.
 */
static char *spec_of(const struct vgt_xlcfg *x)
{
    char *spec = vgt_spec_format(&x->cfg), *whole = NULL;
    size_t len = 0;
    FILE *out;

    if ( !spec || !x->qemu )
        return spec;
    out = open_memstream(&whole, &len);
    if ( out )
    {
        fprintf(out, "%s,qemu=", spec);
        for ( const char *p = x->qemu; *p; p++ )
            fprintf(out, *p == ',' ? ",," : "%c", *p);
        fclose(out);
    }
    free(spec);

    return whole;
}

char **vgt_xlcfg_lines(const struct vgt_xlcfg *x)
{
    char **lines = calloc(4, sizeof(*lines));
    char *spec = spec_of(x), *quoted = spec ? vgt_quote(spec) : NULL;

    if ( lines && quoted )
    {
        lines[0] = strdup("device_model_override=\"" VGT_XENGT_DM "\"");
        lines[1] = strdup("device_model_version=\"qemu-xen\"");
        if ( asprintf(&lines[2], "device_model_args_hvm+=[\"-xengt\",%s]",
                      quoted) < 0 )
            lines[2] = NULL;
    }
    free(quoted);
    free(spec);
    if ( lines && lines[0] && lines[1] && lines[2] )
        return lines;

    for ( int i = 0; lines && i < 3; i++ )
        free(lines[i]);
    free(lines);

    return NULL;
}
