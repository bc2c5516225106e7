/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives up the rights of a worker (xengt-vgpu) or a sharer (xengt-share). The worker
 * does this before it reads the first byte that the guest wrote.
 */
#ifndef XENGT_VGPU_DEPRIV_H
#define XENGT_VGPU_DEPRIV_H

#include <stdbool.h>
#include <stdint.h>

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
	/*
	 * The allowed ioctls, each with the device's type in bits 15:8 and the number
	 * in bits 7:0; XENGT_DEPRIV_ALL instead of a number allows all ioctls of the
	 * type. The list ends with 0. NULL: the ioctls that a vGPU's worker needs.
	 */
	const uint64_t *ioctls;
};

#define XENGT_DEPRIV_ALL	0xff

/*
 * Change root directory and user, drop capabilities, limit resources and system
 * calls; this cannot be undone. The caller must have opened and restricted
 * Xen's handles before this call. 0 or -errno; after an error the process has
 * given up only some of its rights and must end.
 */
int xengt_depriv(const struct xengt_depriv_config *cfg);

#endif /* XENGT_VGPU_DEPRIV_H */
