/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels with which the module works: Debian's 6.1, 6.12
 * and the newest backport. No other file tests the kernel's version.
 */
#ifndef XENGT_KMOD_I915_SERIES_H
#define XENGT_KMOD_I915_SERIES_H

#include <linux/module.h>
#include <linux/version.h>

/* Linux 6.13 made the name of a namespace a string. */
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
#define XENGT_I915_IMPORT()	MODULE_IMPORT_NS(I915_GVT)
#else
#define XENGT_I915_IMPORT()	MODULE_IMPORT_NS("I915_GVT")
#endif

#endif /* XENGT_KMOD_I915_SERIES_H */
