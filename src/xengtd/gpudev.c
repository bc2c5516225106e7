/* SPDX-License-Identifier: GPL-2.0-only */
/* Calls /dev/xengt for the broker. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "xengtd/gpudev.h"
#include "uapi/xengt.h"

static int open_device(const char *device)
{
	int fd = open(device, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == ENOENT || errno == ENODEV || errno == ENXIO)
		return -XENGT_GPUDEV_NO_MODULE;
	return -errno;
}

static int call(int fd, unsigned long request, void *arg)
{
	int r;

	do
		r = ioctl(fd, request, arg);
	while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

static int call_device(const char *device, unsigned long request, void *arg)
{
	int fd = open_device(device), r;

	if (fd < 0)
		return fd;
	r = call(fd, request, arg);
	close(fd);
	return r;
}

int xengt_gpudev_info(const char *device, struct xengt_info *ret_info)
{
	struct xengt_info info = { 0 };
	int r = call_device(device, XENGT_IOC_INFO, &info);

	/*
	 * The ioctl's number contains the size of the struct, so a module with
	 * another struct does not know the number.
	 */
	if (r == -ENOTTY)
		return -EPROTONOSUPPORT;
	if (r < 0)
		return r;
	if (info.abi_version != XENGT_ABI_VERSION)
		return -EPROTONOSUPPORT;
	*ret_info = info;
	return 0;
}

int xengt_gpudev_create(const char *device, struct xengt_create_vgpu *vgpu)
{
	return call_device(device, XENGT_IOC_CREATE_VGPU, vgpu);
}

int xengt_gpudev_set_share(const char *device,
			   const struct xengt_set_share *share)
{
	struct xengt_set_share arg = *share;

	return call_device(device, XENGT_IOC_SET_SHARE, &arg);
}

int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info)
{
	struct xengt_vgpu_info info = { 0 };
	int r = call(vgpu_fd, XENGT_VGPU_IOC_INFO, &info);

	if (r == 0)
		*ret_info = info;
	return r;
}

int xengt_gpudev_zap(int vgpu_fd)
{
	return call(vgpu_fd, XENGT_VGPU_IOC_ZAP, NULL);
}

void xengt_gpudev_explain(int error, char *text, size_t len)
{
	switch (-error) {
	case XENGT_GPUDEV_NO_MODULE:
		snprintf(text, len, "neither xengt.ko nor xengt-i915.ko is loaded: modprobe xengt (package xengt-dkms; if that fails, dmesg says why)");
		break;
	case ENODEV:
		snprintf(text, len, "no GPU is bound: xengt-ctl bind 0000:00:02.0");
		break;
	case EPROTONOSUPPORT:
		snprintf(text, len, "the loaded module is of another version: unload it (rmmod xengt, or rmmod xengt-i915) and load the installed one");
		break;
	default:
		snprintf(text, len, "/dev/xengt: %s (dmesg may say more)",
			 strerror(-error));
		break;
	}
}
