/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a guest's config by libxlutil, and finds the features of
 * common/domain_features.h that the config requests.
 */
#ifndef VGT_FEATURES_H
#define VGT_FEATURES_H

#include <stddef.h>
#include <libxlutil.h>

#include "common/domain_features.h"

/*
 * Returns the text of a key, or NULL if the config does not have the key. The text
 * belongs to xlu.
 */
const char *vgt_xlu_string(const XLU_Config *xlu, const char *name);
/*
 * Returns the value of a key whose value is a number; def if the config does
 * not have the key, or the value is no number.
 */
long vgt_xlu_long(const XLU_Config *xlu, const char *name, long def);
/*
 * Returns the first feature from the number `from` on that has this verdict and that the
 * config requests, or XENGT_FEATURES if there is none. ret_what becomes the config's
 * assignment, such as altp2m = "mixed".
 */
enum xengt_feature_id
vgt_feature_find(const XLU_Config *xlu, enum xengt_feature_verdict verdict,
                 enum xengt_feature_id from, char *ret_what, size_t len);

#endif /* VGT_FEATURES_H */
