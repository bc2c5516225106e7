/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's device file /dev/xengt. */
#ifndef XENGT_KMOD_IOCTL_H
#define XENGT_KMOD_IOCTL_H

int xengt_ioctl_init(void);
void xengt_ioctl_fini(void);

#endif /* XENGT_KMOD_IOCTL_H */
