/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's files in debugfs. Errors are ignored, because the kernel may have no debugfs.
 */
#ifndef XENGT_KMOD_DEBUGFS_H
#define XENGT_KMOD_DEBUGFS_H

void xengt_debugfs_init(void);
void xengt_debugfs_fini(void);

#endif /* XENGT_KMOD_DEBUGFS_H */
