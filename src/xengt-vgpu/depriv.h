/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives up the worker's rights. The worker does this before it reads the first
 * byte that the guest wrote.
 */
#ifndef XENGT_VGPU_DEPRIV_H
#define XENGT_VGPU_DEPRIV_H

#include <stdbool.h>

#define XENGT_VGPU_USER		"_xengt-vgpu"
#define XENGT_VGPU_NOBODY	65534	/* uid and gid if the user does not
					 * exist */
#define XENGT_VGPU_LOG_MAX_BYTES (32u << 20)

struct xengt_depriv_config {
	const char *chroot_dir;		/* an empty directory */
	/*
	 * A system call that is not allowed ends the process (true), or fails
	 * with EPERM (false).
	 */
	bool is_seccomp_fatal;
};

/*
 * Change root directory and user, drop capabilities, limit resources and system
 * calls; this cannot be undone. The caller must have opened and restricted
 * Xen's handles before this call. 0 or -errno; after an error the process has
 * given up only some of its rights and must end.
 */
int xengt_depriv(const struct xengt_depriv_config *cfg);

#endif /* XENGT_VGPU_DEPRIV_H */
