/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The configuration of one vGPU as a user writes it: the table of xl.cfg keys,
 * and functions on it. vgt_keys[] is the only list of keys. The parser, the
 * help, section KEYS of the man page xengt-xl.cfg(5), the argument -xengt of
 * xengt-dm and the xenstore nodes use this list.
 *
 * This code uses only libc.
 */
#ifndef VGT_KEYS_H
#define VGT_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Index into vgt_keys[]; "vgt", then the other keys sorted by name. */
enum vgt_key_id {
    VGT_KEY_VGT,
    VGT_KEY_APERTURE,
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
    VGT_KEY_VIEWER,
    VGT_KEY_WEIGHT,
    VGT_KEY_COUNT
};

enum vgt_kind {
    VGT_KIND_BOOL,      /* 0 or 1 */
    VGT_KIND_INT,       /* min..max, a multiple of step */
    VGT_KIND_NAME,      /* a domain's name, or "" */
    VGT_KIND_PATH,      /* a file in dom0 that can be read */
    VGT_KIND_TYPE,      /* a name of vgt_types[] */
    VGT_KIND_WORD,      /* one of the texts in the key's member `words` */
};

/* The longest value of a key of VGT_KIND_NAME, in bytes. */
#define VGT_NAME_MAX 127

struct vgt_key {
    const char *name;   /* the key's name in xl.cfg */
    enum vgt_kind kind;
    long min, max, step;
    const char *unit;   /* NULL if the value has no unit */
    const char *words[4];   /* the allowed words, up to a NULL */
    const char *def;    /* text about the default, for people */
    const char *spec;   /* the key's name in `-xengt NAME=VALUE,...`; NULL: the
                         * key is not used there */
    const char *node;   /* the key's xenstore node (docs/protocol.md); NULL:
			 * none */
    const char *help;   /* what the key sets, for people */
};

extern const struct vgt_key vgt_keys[VGT_KEY_COUNT];

/* A preset of sizes, for users who do not want to choose each size. */
struct vgt_type {
    const char *name;
    long low_mib, high_mib, fences;
    const char *help;
};

extern const struct vgt_type vgt_types[];
extern const size_t vgt_type_count;
#define VGT_TYPE_DEFAULT "V5_8"

/*
 * The configuration that a user requested. vgt_config_fini() frees its strings.
 */
struct vgt_config {
    bool is_set[VGT_KEY_COUNT];
    long value[VGT_KEY_COUNT];      /* values of keys of VGT_KIND_BOOL and
				     * VGT_KIND_INT; for VGT_KIND_WORD, the
				     * word's index in the member `words` */
    char *text[VGT_KEY_COUNT];      /* values of keys of VGT_KIND_NAME, _PATH and
				     * VGT_KIND_TYPE */
    const char *stage;              /* text of the node `stage`
                                     * (docs/protocol.md), which no key sets;
                                     * NULL: no node */
};

/*
 * Size of a buffer for any error text of the functions of this file, in bytes.
 */
#define VGT_ERR_MAX 512

void vgt_config_init(struct vgt_config *cfg);
void vgt_config_fini(struct vgt_config *cfg);

/* Returns the row of an xl.cfg key, or NULL. */
const struct vgt_key *vgt_key_find(const char *name);
/*
 * Returns true if the name of an xl.cfg key starts with "vgt" or "vgpu", so
 * that the key is meant for xengt.
 */
bool vgt_key_is_ours(const char *name, size_t len);
/*
 * Returns the candidate with the smallest edit distance to name, or NULL if all
 * candidates differ too much from name.
 */
const char *vgt_suggest(const char *name, const char *const *candidates,
                        size_t count);
/*
 * Does the same as vgt_suggest(); the candidates are the names in vgt_keys[].
 * If name begins with the first two words of a key (vgt_low_size begins with
 * "vgt_low" of vgt_low_gm_sz), the function returns this key.
 */
const char *vgt_key_suggest(const char *name);
/*
 * Returns the type with this name, or NULL. The name may begin with the
 * predecessor's prefix "GVTg_" or "i915-GVTg_".
 */
const struct vgt_type *vgt_type_find(const char *name);

/*
 * Write a text that says which values a key allows, such as "a number from 0 to
 * 100 (percent)".
 */
void vgt_key_allowed(const struct vgt_key *key, char *buf, size_t len);

/*
 * Set a key to the value that is written in text. A path must be readable, and
 * becomes absolute. Returns 0; -EINVAL: the value is not allowed; -ENOMEM.
 * After an error cfg is unchanged, and err has one line for the user. For
 * -EINVAL this line has the key's name ('label' if it is not NULL), the value
 * and the allowed values.
 */
int vgt_config_set(struct vgt_config *cfg, const struct vgt_key *key,
                   const char *label, const char *text, char *err,
                   size_t err_len);

/*
 * Set the sizes that are not set yet to the sizes of the type that was set, or
 * of the default type if no type was set.
 */
void vgt_config_resolve(struct vgt_config *cfg);

/*
 * Return the value of xengt-dm's argument -xengt: NAME=VALUE, separated by
 * commas; a comma in a value is doubled. If no key is set, the value is "on".
 * The caller frees the text. Returns NULL if there is no memory.
 */
char *vgt_spec_format(const struct vgt_config *cfg);

/*
 * Call each() for every NAME=VALUE of spec, in order. spec is a value of
 * -xengt; each() gets a value with single commas. "on" is skipped. The walk
 * stops when each() returns a value other than 0; the function returns this
 * value. -EINVAL or -ENOMEM, with a line in err: spec has a wrong form, or
 * there is no memory.
 */
int vgt_spec_walk(const char *spec, char *err, size_t err_len,
                  int (*each)(void *ctx, const char *name, const char *value,
                              char *err, size_t err_len),
                  void *ctx);

/*
 * Set the key that has this name in -xengt. Returns 0; -ENOENT: no key has this
 * name (err is not written); or an error of vgt_config_set() (err has the
 * reason).
 */
int vgt_spec_set(struct vgt_config *cfg, const char *name, const char *value,
                 char *err, size_t err_len);

/*
 * Return the text to write to a key's xenstore node, or NULL if the node must
 * not be written. The result may point to buf.
 */
const char *vgt_config_node_value(const struct vgt_config *cfg,
                                  enum vgt_key_id id, char *buf, size_t len);

/*
 * Print the table vgt_keys[]: as text for people, and as section KEYS of the
 * man page.
 */
void vgt_keys_print(FILE *out);
void vgt_keys_print_roff(FILE *out);

#endif /* VGT_KEYS_H */
