/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Giving everything up before the first byte of the guest is read.
 */
#ifndef XENGT_VGPU_DEPRIV_H
#define XENGT_VGPU_DEPRIV_H

#include <stdbool.h>

#define XENGT_VGPU_USER		"_xengt-vgpu"
#define XENGT_VGPU_NOBODY	65534	/* when there is no such user */
#define XENGT_VGPU_LOG_MAX_BYTES (32u << 20)
#define XENGT_VGPU_HEAP_MAX_BYTES (512ull << 20)

struct xengt_depriv_config {
	const char *chroot_dir;		/* an empty directory */
	/* A call outside the list: end the process, or else fail with EPERM. */
	bool is_seccomp_fatal;
};

/*
 * For good: root directory, user, capabilities, resource limits, system calls.
 * Xen's handles must be open and restricted already. 0 or -errno; after an
 * error the process is in no defined state and must end.
 */
int xengt_depriv(const struct xengt_depriv_config *cfg);

#endif /* XENGT_VGPU_DEPRIV_H */
