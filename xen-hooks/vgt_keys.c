/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The table of xl.cfg keys: see vgt_keys.h. The keys have the names and
 * meanings that they had in xengt's predecessor XenGT, so that the
 * predecessor's configs work unchanged. Sizes are in MiB; messages and manuals
 * call the unit MB, as the predecessor did.
 */
#include "vgt_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/text.h"
#include "uapi/xengt.h"

/* TEXT_OF(macro) is the macro's value as a string. */
#define TEXT_OF(macro) TEXT(macro)
#define TEXT(value) #value

/* On Gen8 and Gen9 the aperture and the whole GGTT have at most 4 GiB each. */
#define GM_MAX_MIB 4096
#define LOW_MIN_MIB 8

/* clang-format off */
const struct vgt_key vgt_keys[VGT_KEY_COUNT] = {
    [VGT_KEY_VGT] = { .name = "vgt", .kind = VGT_KIND_BOOL,
        .min = 0, .max = 1, .step = 1, .def = "0",
        .help = "1: give the guest a virtual Intel GPU at 00:02.0." },
    [VGT_KEY_APERTURE] = { .name = "vgt_aperture", .kind = VGT_KIND_WORD,
        .words = { "lazy", "upfront" }, .def = "upfront",
        .spec = "aperture", .node = "aperture",
        .help = "When the graphics memory that the CPU sees is mapped into the "
                "guest: each 2 MB of it when the guest first touches them, or "
                "all of it when the guest's firmware places it." },
    [VGT_KEY_CAP] = { .name = "vgt_cap", .kind = VGT_KIND_INT,
        .min = 0, .max = XENGT_SHARE_CAP_MAX, .step = 1, .unit = "percent",
        .def = "0", .spec = "cap", .node = "cap",
        .help = "The largest part of each engine's time that the guest may use; "
                "0: no limit." },
    [VGT_KEY_EDID] = { .name = "vgt_edid", .kind = VGT_KIND_PATH,
        .def = "a built-in EDID, at most 1920x1200", .spec = "edid", .node = "edid",
        .help = "File with the EDID of the virtual monitor, 128 or 256 bytes." },
    [VGT_KEY_FENCES] = { .name = "vgt_fence_sz", .kind = VGT_KIND_INT,
        .min = 0, .max = 32, .step = 1, .def = "4",
        .spec = "fences", .node = "fences",
        .help = "Number of fence registers." },
    [VGT_KEY_HIGH] = { .name = "vgt_high_gm_sz", .kind = VGT_KIND_INT,
        .min = 0, .max = GM_MAX_MIB, .step = XENGT_SLICE_ALIGN_MIB,
        .unit = "MB", .def = "the type's", .spec = "high", .node = "high-mib",
        .help = "Graphics memory that the CPU does not see." },
    [VGT_KEY_LOW] = { .name = "vgt_low_gm_sz", .kind = VGT_KIND_INT,
        .min = LOW_MIN_MIB, .max = GM_MAX_MIB, .step = XENGT_SLICE_ALIGN_MIB,
        .unit = "MB", .def = "the type's", .spec = "low", .node = "low-mib",
        .help = "Graphics memory that the CPU sees through the aperture." },
    [VGT_KEY_MONITOR] = { .name = "vgt_monitor_config_file",
        .kind = VGT_KIND_PATH, .def = "none",
        .spec = "monitor", .node = "monitor-config",
        .help = "A file with an EDID, used if vgt_edid is not set; XenGT's own "
                "file format is not supported." },
    [VGT_KEY_ON_ABUSE] = { .name = "vgt_on_abuse", .kind = VGT_KIND_WORD,
        .words = { "log", "throttle", "stop" }, .def = "log",
        .spec = "on-abuse", .node = "on-abuse",
        .help = "The reaction if the guest often does what no working driver does. "
                "log: only log it; throttle: also slow the guest down; stop: end "
                "the guest's vGPU." },
    [VGT_KEY_PRIMARY] = { .name = "vgt_primary", .kind = VGT_KIND_INT,
        .min = -1, .max = 1, .step = 1, .def = "-1",
        .spec = "primary", .node = "primary",
        .help = "1: the GPU is a VGA controller (PCI class 0300), 0: another "
                "display controller (0380), -1: the default, which is 1." },
    [VGT_KEY_STOP] = { .name = "vgt_stop", .kind = VGT_KIND_INT,
        .min = 0, .max = XENGT_SHARE_STOP_MAX, .step = 1, .def = TEXT_OF(XENGT_SHARE_STOP),
        .spec = "stop", .node = "stop",
        .help = "If the guest hangs the GPU more than this number of times, its "
                "vGPU ends; every two minutes one hang is no longer counted; 0: no limit." },
    [VGT_KEY_TIMEOUT] = { .name = "vgt_timeout", .kind = VGT_KIND_INT,
        .min = XENGT_SHARE_TIMEOUT_MS_MIN, .max = XENGT_SHARE_TIMEOUT_MS_MAX,
        .step = 1, .unit = "ms", .def = TEXT_OF(XENGT_SHARE_TIMEOUT_MS),
        .spec = "timeout", .node = "timeout",
        .help = "How long the guest's work may stay on an engine after the end of "
                "the guest's turn, while another guest waits; then xengt ends the "
                "work." },
    [VGT_KEY_TIMESLICE] = { .name = "vgt_timeslice", .kind = VGT_KIND_INT,
        .min = 1, .max = XENGT_SHARE_SLICE_MS_MAX, .step = 1, .unit = "ms",
        .def = TEXT_OF(XENGT_SHARE_SLICE_MS), .spec = "timeslice", .node = "timeslice",
        .help = "Length of the guest's turn on an engine while another guest "
                "waits." },
    [VGT_KEY_TYPE] = { .name = "vgt_type", .kind = VGT_KIND_TYPE,
        .def = VGT_TYPE_DEFAULT, .spec = "type",
        .help = "Preset of the sizes; a size key overrides the preset's size." },
    [VGT_KEY_VIEWER] = { .name = "vgt_viewer", .kind = VGT_KIND_NAME,
        .def = "none", .spec = "viewer", .node = "viewer",
        .help = "The domain that may see the guest's monitor (xengt-view)." },
    [VGT_KEY_WEIGHT] = { .name = "vgt_weight", .kind = VGT_KIND_INT,
        .min = 1, .max = XENGT_SHARE_WEIGHT_MAX, .step = 1, .def = TEXT_OF(XENGT_SHARE_WEIGHT),
        .spec = "weight", .node = "weight",
        .help = "The guest's share of each engine's time relative to other guests." },
};

/*
 * In the predecessor's names, V4 is for Gen8 and V5 for Gen9. The number after
 * "_" says how many vGPUs of this type one GPU could have.
 */
const struct vgt_type vgt_types[] = {
    { "small",   16,   48, 4, "a desktop at 1024x768" },
    { "medium",  32,  128, 4, "a desktop at 1920x1080" },
    { "V4_8",    64,  384, 4, "the predecessor's smallest type, named for Gen8" },
    { "V4_4",   128,  512, 4, "" },
    { "V4_2",   256, 1024, 4, "" },
    { "V4_1",   512, 2048, 4, "" },
    { "V5_8",    64,  384, 4, "the default" },
    { "V5_4",   128,  512, 4, "" },
    { "V5_2",   256, 1024, 4, "" },
    { "V5_1",   512, 2048, 4, "" },
};
/* clang-format on */
const size_t vgt_type_count = sizeof(vgt_types) / sizeof(vgt_types[0]);

void vgt_config_init(struct vgt_config *cfg)
{
    memset(cfg, 0, sizeof(*cfg));
}

void vgt_config_fini(struct vgt_config *cfg)
{
    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
        free(cfg->text[i]);
    vgt_config_init(cfg);
}

const struct vgt_key *vgt_key_find(const char *name)
{
    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
        if ( !strcmp(vgt_keys[i].name, name) )
            return &vgt_keys[i];

    return NULL;
}

bool vgt_key_is_ours(const char *name, size_t len)
{
    return (len >= 3 && !strncmp(name, "vgt", 3)) ||
           (len >= 4 && !strncmp(name, "vgpu", 4));
}

/*
 * Computes the Damerau-Levenshtein distance (a swap of two neighbouring
 * characters is one error). The function stores only three rows of the
 * algorithm's table.
 */
static unsigned int edit_distance(const char *a, const char *b)
{
    unsigned int row[3][64];
    size_t la = strlen(a), lb = strlen(b);

    if ( la >= 63 || lb >= 63 )
        return UINT_MAX;

    for ( size_t j = 0; j <= lb; j++ )
        row[0][j] = j;

    for ( size_t i = 1; i <= la; i++ )
    {
        unsigned int *cur = row[i % 3], *up = row[(i + 2) % 3];
        const unsigned int *up2 = row[(i + 1) % 3];

        cur[0] = i;
        for ( size_t j = 1; j <= lb; j++ )
        {
            unsigned int best = up[j - 1] + (a[i - 1] != b[j - 1]);

            if ( up[j] + 1 < best )
                best = up[j] + 1;
            if ( cur[j - 1] + 1 < best )
                best = cur[j - 1] + 1;
            if ( i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
                 a[i - 2] == b[j - 1] && up2[j - 2] + 1 < best )
                best = up2[j - 2] + 1;
            cur[j] = best;
        }
    }

    return row[la % 3][lb];
}

const char *vgt_suggest(const char *name, const char *const *candidates,
                        size_t count)
{
    const char *best = NULL;
    unsigned int best_distance = UINT_MAX;

    for ( size_t i = 0; i < count; i++ )
    {
        unsigned int d = edit_distance(name, candidates[i]);

        if ( d < best_distance )
        {
            best_distance = d;
            best = candidates[i];
        }
    }

    /* If the distance is larger, the name is probably no misspelt candidate. */
    return best && best_distance <= 1 + strlen(name) / 4 ? best : NULL;
}

const char *vgt_key_suggest(const char *name)
{
    const char *names[VGT_KEY_COUNT];
    size_t count = 0;

    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
        names[count++] = vgt_keys[i].name;

    /*
     * First look for a key whose first two words (such as "vgt_low") are the
     * beginning of the name: this finds the key for names such as vgt_low,
     * vgt_fences or vgt_high_size.
     */
    for ( size_t i = 1; i < count; i++ )
    {
        size_t stem = strcspn(names[i] + 4, "_") + 4;

        if ( strlen(name) >= stem && !strncmp(name, names[i], stem) )
            return names[i];
    }

    const char *best = vgt_suggest(name, names, count);

    if ( best )
        return best;

    return !strncmp(name, "vgpu", 4) && !strchr(name, '_') ? "vgt" : NULL;
}

const struct vgt_type *vgt_type_find(const char *name)
{
    if ( !strncmp(name, "GVTg_", 5) )
        name += 5;
    else if ( !strncmp(name, "i915-GVTg_", 10) )
        name += 10;

    for ( size_t i = 0; i < vgt_type_count; i++ )
        if ( !strcmp(vgt_types[i].name, name) )
            return &vgt_types[i];

    return NULL;
}

static void type_names(char *buf, size_t len)
{
    size_t used = 0;

    for ( size_t i = 0; i < vgt_type_count && used < len; i++ )
        used += snprintf(buf + used, len - used, "%s%s", i ? ", " : "",
                         vgt_types[i].name);
}

static void words(const struct vgt_key *key, char *buf, size_t len)
{
    size_t used = 0;

    for ( size_t i = 0; key->words[i] && used < len; i++ )
        used += snprintf(buf + used, len - used, "%s%s",
                         !i ? "" : key->words[i + 1] ? ", " : " or ",
                         key->words[i]);
}

static void allowed_numbers(const struct vgt_key *key, char *buf, size_t len)
{
    char multiple[48] = "";

    if ( key->max - key->min < 3 )
    {
        size_t used = 0;

        for ( long v = key->min; v <= key->max && used < len; v++ )
            used += snprintf(buf + used, len - used, "%s%ld",
                             v == key->min ? "" : v == key->max ? " or " : ", ",
                             v);
        return;
    }
    if ( key->step > 1 )
        snprintf(multiple, sizeof(multiple), ", a multiple of %ld", key->step);
    snprintf(buf, len, "a number from %ld to %ld%s%s%s%s", key->min, key->max,
             key->unit ? " (" : "", key->unit ? key->unit : "",
             key->unit ? ")" : "", multiple);
}

void vgt_key_allowed(const struct vgt_key *key, char *buf, size_t len)
{
    char names[256];

    switch ( key->kind )
    {
    case VGT_KIND_BOOL:
        snprintf(buf, len, "0 or 1");
        return;

    case VGT_KIND_INT:
        allowed_numbers(key, buf, len);
        return;

    case VGT_KIND_NAME:
        snprintf(buf, len, "the name of a domain other than dom0, at most %d "
                 "bytes; empty: no domain", VGT_NAME_MAX);
        return;

    case VGT_KIND_PATH:
        snprintf(buf, len, "a file in dom0 that can be read");
        return;

    case VGT_KIND_WORD:
        words(key, buf, len);
        return;

    case VGT_KIND_TYPE:
        type_names(names, sizeof(names));
        snprintf(buf, len, "one of %s", names);
        return;
    }
}

static int set_bad(const struct vgt_key *key, const char *label,
                   const char *text, char *err, size_t err_len)
{
    char allowed[VGT_ERR_MAX / 2];
    const char *near = NULL;

    vgt_key_allowed(key, allowed, sizeof(allowed));
    if ( key->kind == VGT_KIND_TYPE )
    {
        const char *names[32];

        for ( size_t i = 0; i < vgt_type_count; i++ )
            names[i] = vgt_types[i].name;
        near = vgt_suggest(text, names, vgt_type_count);
    }
    snprintf(err, err_len, "%s = \"%.100s\" is not allowed: it must be %s%s%s%s",
             label ? label : key->name, text, allowed,
             near ? "; did you mean " : "", near ? near : "", near ? "?" : "");

    return -EINVAL;
}

static int set_path(struct vgt_config *cfg, const struct vgt_key *key,
                    const char *label, const char *text, char *err,
                    size_t err_len)
{
    enum vgt_key_id id = key - vgt_keys;
    char *path = realpath(text, NULL);
    struct stat st;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;

    /* libxl stores the path in a JSON file. */
    if ( path && !xengt_text_is_plain(path) )
    {
        snprintf(err, err_len, "%s = \"%.200s\" cannot be stored by libxl: its "
                 "full path must be UTF-8 without control characters; rename "
                 "the file", label ? label : key->name, text);
        if ( fd >= 0 )
            close(fd);
        free(path);
        return -EINVAL;
    }
    if ( fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) )
    {
        snprintf(err, err_len, "%s = \"%.200s\" cannot be read: %s; it must "
                 "be a file in dom0", label ? label : key->name, text,
                 fd < 0 ? strerror(errno) : "not a plain file");
        if ( fd >= 0 )
            close(fd);
        free(path);
        return -EINVAL;
    }
    close(fd);

    free(cfg->text[id]);
    cfg->text[id] = path;
    cfg->is_set[id] = true;

    return 0;
}

/*
 * Returns the index of the word among the key's words, or -1 if the key does
 * not allow the word.
 */
static long word_number(const struct vgt_key *key, const char *text)
{
    for ( long i = 0; key->words[i]; i++ )
        if ( !strcmp(text, key->words[i]) )
            return i;

    return -1;
}

/* Returns false if the key does not allow this number. */
static bool read_number(const struct vgt_key *key, const char *text,
                        long *ret_value)
{
    char *end;

    errno = 0;
    *ret_value = strtol(text, &end, 0);

    return !errno && end != text && !*end && *ret_value >= key->min &&
           *ret_value <= key->max && !(*ret_value % key->step);
}

/* libxl stores the name in a JSON file. */
static bool is_viewer_name(const char *text)
{
    return strlen(text) <= VGT_NAME_MAX && xengt_text_is_plain(text) &&
           strcmp(text, "Domain-0");
}

static int set_text(struct vgt_config *cfg, enum vgt_key_id id,
                    const char *text, char *err, size_t err_len)
{
    char *copy = strdup(text);

    if ( !copy )
    {
        snprintf(err, err_len, "out of memory");
        return -ENOMEM;
    }
    free(cfg->text[id]);
    cfg->text[id] = copy;
    cfg->is_set[id] = true;

    return 0;
}

int vgt_config_set(struct vgt_config *cfg, const struct vgt_key *key,
                   const char *label, const char *text, char *err,
                   size_t err_len)
{
    enum vgt_key_id id = key - vgt_keys;
    long value;

    switch ( key->kind )
    {
    case VGT_KIND_BOOL:
    case VGT_KIND_INT:
        if ( !read_number(key, text, &value) )
            return set_bad(key, label, text, err, err_len);
        cfg->value[id] = value;
        cfg->is_set[id] = true;
        return 0;

    case VGT_KIND_WORD:
        value = word_number(key, text);
        if ( value < 0 )
            return set_bad(key, label, text, err, err_len);
        cfg->value[id] = value;
        cfg->is_set[id] = true;
        return 0;

    case VGT_KIND_PATH:
        return set_path(cfg, key, label, text, err, err_len);

    case VGT_KIND_NAME:
        if ( !is_viewer_name(text) )
            return set_bad(key, label, text, err, err_len);
        return set_text(cfg, id, text, err, err_len);

    case VGT_KIND_TYPE:
        if ( !vgt_type_find(text) )
            return set_bad(key, label, text, err, err_len);
        return set_text(cfg, id, vgt_type_find(text)->name, err, err_len);
    }

    return -EINVAL;
}

static void set_default(struct vgt_config *cfg, enum vgt_key_id id, long value)
{
    if ( cfg->is_set[id] )
        return;
    cfg->value[id] = value;
    cfg->is_set[id] = true;
}

void vgt_config_resolve(struct vgt_config *cfg)
{
    const char *name = cfg->is_set[VGT_KEY_TYPE] ? cfg->text[VGT_KEY_TYPE]
                                                 : VGT_TYPE_DEFAULT;
    const struct vgt_type *type = vgt_type_find(name);

    set_default(cfg, VGT_KEY_LOW, type->low_mib);
    set_default(cfg, VGT_KEY_HIGH, type->high_mib);
    set_default(cfg, VGT_KEY_FENCES, type->fences);
}

const char *vgt_config_node_value(const struct vgt_config *cfg,
                                  enum vgt_key_id id, char *buf, size_t len)
{
    const struct vgt_key *key = &vgt_keys[id];

    if ( !key->node || !cfg->is_set[id] )
        return NULL;
    if ( key->kind == VGT_KIND_PATH || key->kind == VGT_KIND_NAME )
        return cfg->text[id];
    if ( key->kind == VGT_KIND_WORD )
        return key->words[cfg->value[id]];
    /* The value -1 means the default. An absent node has the same meaning. */
    if ( cfg->value[id] < 0 )
        return NULL;
    snprintf(buf, len, "%ld", cfg->value[id]);

    return buf;
}

void vgt_keys_print(FILE *out)
{
    char allowed[VGT_ERR_MAX / 2];

    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
    {
        vgt_key_allowed(&vgt_keys[i], allowed, sizeof(allowed));
        fprintf(out, "  %-24s %s\n  %-24s %s; default: %s\n", vgt_keys[i].name,
                vgt_keys[i].help, "", allowed, vgt_keys[i].def);
    }
}

/*
 * Print text with "\-" for each '-', because roff prints a plain '-' as a
 * hyphen.
 */
static void roff(FILE *out, const char *text)
{
    for ( ; *text; text++ )
        fprintf(out, *text == '-' ? "\\-" : "%c", *text);
}

void vgt_keys_print_roff(FILE *out)
{
    char allowed[VGT_ERR_MAX / 2];

    for ( int i = 0; i < VGT_KEY_COUNT; i++ )
    {
        const struct vgt_key *key = &vgt_keys[i];

        vgt_key_allowed(key, allowed, sizeof(allowed));
        fprintf(out, ".TP\n.B %s\n", key->name);
        roff(out, key->help);
        fprintf(out, "\nAllowed: ");
        roff(out, allowed);
        fprintf(out, ".\nDefault: ");
        roff(out, key->def);
        fprintf(out, ".\n");
    }
}
