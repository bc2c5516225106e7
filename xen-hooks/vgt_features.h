/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds features of common/domain_features.h that a guest's config asks for. */
#ifndef VGT_FEATURES_H
#define VGT_FEATURES_H

#include <stddef.h>
#include <libxlutil.h>

#include "common/domain_features.h"

/*
 * Returns the first feature with this verdict that the config asks for, or NULL.
 * *ret_what gets the config's assignment, such as altp2m = "mixed".
 */
const struct xengt_domain_feature *
vgt_feature_find(const XLU_Config *xlu, enum xengt_feature_verdict verdict,
                 char *ret_what, size_t len);

#endif /* VGT_FEATURES_H */
