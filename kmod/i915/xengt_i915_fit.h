/* SPDX-License-Identifier: GPL-2.0-only */
/* The proof, at load, that the module fits the i915 that is loaded. */
#ifndef XENGT_KMOD_I915_FIT_H
#define XENGT_KMOD_I915_FIT_H

/*
 * Prove that the private headers of i915 with which the module was built have
 * the layouts of the i915 that is loaded. Returns 0; -ENOEXEC after the function
 * has logged why there is no proof. May sleep.
 */
int xengt_i915_fit(void);

#endif /* XENGT_KMOD_I915_FIT_H */
