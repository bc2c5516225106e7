/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the vGPU's configuration from a guest's xl.cfg with libxlutil, xl's own
 * parser.
 */
#ifndef VGT_XLCFG_H
#define VGT_XLCFG_H

#include <stddef.h>

#include "vgt_keys.h"

enum vgt_xlcfg_verdict {
    VGT_XLCFG_PASS,     /* the guest gets no vGPU: run the real xl with the same
                         * command line */
    VGT_XLCFG_VGPU,     /* the guest wants a vGPU; cfg describes it */
    VGT_XLCFG_BAD,      /* the config is refused; err has one line for the
			 * user */
};

struct vgt_xlcfg {
    struct vgt_config cfg;
    char *name;         /* name of the domain; NULL if the config has none */
    char *qemu;         /* device_model_override of the guest's config; NULL if
			 * the config has none */
    char *warning;      /* a warning for the user, one line; NULL: none */
};

/*
 * Read the config text, which has len bytes; file is the config's file name,
 * for messages. The caller must call vgt_xlcfg_fini() after any verdict.
 */
enum vgt_xlcfg_verdict vgt_xlcfg_read(const char *text, size_t len,
                                      const char *file, struct vgt_xlcfg *ret,
                                      char *err, size_t err_len);
void vgt_xlcfg_fini(struct vgt_xlcfg *x);

/* The device model that libxl must run instead of QEMU. */
#define VGT_XENGT_DM "/usr/lib/xengt/xengt-dm"

/*
 * Return the lines to add to the guest's config, as arguments of xl: a list
 * that ends with NULL. The caller frees each line and the list. Returns NULL if
 * there is no memory.
 */
char **vgt_xlcfg_lines(const struct vgt_xlcfg *x);

#endif /* VGT_XLCFG_H */
