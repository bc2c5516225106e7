/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one guest can make its device model allocate, in one place. (Registers
 * and the view of the GGTT have the size that the admin gave the vGPU.)
 */
#ifndef XENGT_CORE_LIMITS_H
#define XENGT_CORE_LIMITS_H

/* Shadows of page tables, a little over 4 or 5 KiB each, and as many protected
 * pages at most. Some below XENGT_PPGTT_TABLES_MAX: the module needs tables for
 * 32-bit roots and 2 MiB entries, too. */
#define XENGT_SHADOWS_MAX	8000
/* Roots that are known at a time. */
#define XENGT_ROOTS_MAX		512

#endif /* XENGT_CORE_LIMITS_H */
