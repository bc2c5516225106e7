/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration of one vGPU as a user writes it: the table of xl.cfg keys,
 * and functions on it. There is no second list: parsing, help, the man page's
 * section, the `-xengt` argument of xengt-dm and the xenstore nodes all go
 * through vgt_keys[].
 *
 * This needs libc only, because the tiny /usr/sbin/xl links against the same
 * library.
 */
#ifndef VGT_KEYS_H
#define VGT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Index into vgt_keys[]; the order is that of the names. */
enum vgt_key_id {
    VGT_KEY_VGT,
    VGT_KEY_CAP,
    VGT_KEY_EDID,
    VGT_KEY_FENCES,
    VGT_KEY_HIGH,
    VGT_KEY_LOW,
    VGT_KEY_MONITOR,
    VGT_KEY_ON_ABUSE,
    VGT_KEY_PRIMARY,
    VGT_KEY_STOP,
    VGT_KEY_TIMEOUT,
    VGT_KEY_TIMESLICE,
    VGT_KEY_TYPE,
    VGT_KEY_WEIGHT,
    VGT_KEY_COUNT
};

enum vgt_kind {
    VGT_KIND_BOOL,      /* 0 or 1 */
    VGT_KIND_INT,       /* min..max, a multiple of step */
    VGT_KIND_PATH,      /* a file in dom0 that can be read */
    VGT_KIND_TYPE,      /* a name of vgt_types[] */
    VGT_KIND_WORD,      /* one of words */
};

struct vgt_key {
    const char *name;   /* in xl.cfg */
    enum vgt_kind kind;
    long min, max, step;
    const char *unit;   /* or NULL */
    const char *words[4];   /* what is allowed; NULL: the end */
    const char *def;    /* the default, for people */
    const char *spec;   /* its name in `-xengt NAME=VALUE,...`; NULL: none */
    const char *node;   /* xenstore node (docs/protocol.md); NULL: none */
    const char *help;   /* one sentence */
};

extern const struct vgt_key vgt_keys[VGT_KEY_COUNT];

/* A preset: sizes for users who do not want to choose them. */
struct vgt_type {
    const char *name;
    long low_mib, high_mib, fences;
    const char *help;
};

extern const struct vgt_type vgt_types[];
extern const size_t vgt_type_count;
#define VGT_TYPE_DEFAULT "V5_8"

/*
 * The configuration that a user asked for. It owns its strings: see
 * vgt_config_fini().
 */
struct vgt_config {
    bool is_set[VGT_KEY_COUNT];
    long value[VGT_KEY_COUNT];      /* VGT_KIND_BOOL, VGT_KIND_INT;
                                     * VGT_KIND_WORD: its number */
    char *text[VGT_KEY_COUNT];      /* VGT_KIND_PATH, VGT_KIND_TYPE */
    const char *stage;              /* of the request, no key: the node `stage`
                                     * (docs/protocol.md); NULL: none */
};

/* Longest message that any function below writes, with its NUL. */
#define VGT_ERR_MAX 512

void vgt_config_init(struct vgt_config *cfg);
void vgt_config_fini(struct vgt_config *cfg);

/* The row of an xl.cfg key, or NULL. */
const struct vgt_key *vgt_key_find(const char *name);
/* Does a key look like one of ours, that is, start with "vgt" or "vgpu"? */
bool vgt_key_is_ours(const char *name, size_t len);
/* The candidate closest to name by edit distance, or NULL if none is near. */
const char *vgt_suggest(const char *name, const char *const *candidates,
                        size_t count);
/* The same among our keys. */
const char *vgt_key_suggest(const char *name);
/* The type of this name; the predecessor's "GVTg_" prefix may be there. */
const struct vgt_type *vgt_type_find(const char *name);

/*
 * Write the values that a key allows, in words: "a number from 0 to 100
 * (percent)".
 */
void vgt_key_allowed(const struct vgt_key *key, char *buf, size_t len);

/*
 * Set a key from text. 0, or -EINVAL with one line in err that names the key
 * (as `label`, NULL: the key's own name), the value and what is allowed. The
 * config is unchanged then. A path is made absolute; it must be readable.
 */
int vgt_config_set(struct vgt_config *cfg, const struct vgt_key *key,
                   const char *label, const char *text, char *err,
                   size_t err_len);

/* Fill sizes that were not given from the type (given or default). */
void vgt_config_resolve(struct vgt_config *cfg);

/*
 * The value of xengt-dm's -xengt argument: NAME=VALUE, comma-separated, a comma
 * in a value doubled; "on" if all values are the defaults. Caller frees; NULL:
 * no memory.
 */
char *vgt_spec_format(const struct vgt_config *cfg);

/*
 * Calls each() for every NAME=VALUE of a spec, in order, with commas undoubled;
 * "on" is skipped. Stops when each() returns something else than 0, and returns
 * that. -EINVAL with a line in err if the text is no such list.
 */
int vgt_spec_walk(const char *spec, char *err, size_t err_len,
                  int (*each)(void *ctx, const char *name, const char *value,
                              char *err, size_t err_len),
                  void *ctx);

/*
 * Set the key that a name of the spec stands for. -ENOENT: no key has this name
 * (the caller may know it). -EINVAL: the value is not allowed, and err has the
 * reason.
 */
int vgt_spec_set(struct vgt_config *cfg, const char *name, const char *value,
                 char *err, size_t err_len);

/* The node's text for a key, or NULL when nothing is to be written. buf is
 * for numbers. */
const char *vgt_config_node_value(const struct vgt_config *cfg,
                                  enum vgt_key_id id, char *buf, size_t len);

/* Print the table for people, and as the man page's section. */
void vgt_keys_print(FILE *out);
void vgt_keys_print_roff(FILE *out);

#endif /* VGT_KEYS_H */
