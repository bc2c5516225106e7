/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the broker's use of /dev/xengt: what each error of the module means. The test's own
 * ioctl() imitates the module.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "xengtd/gpudev.h"

/* The next answer of the imitated module, and the arguments of the last call. */
static struct {
	int error;			/* 0: the call succeeds */
	int interruptions;		/* number of calls that fail with EINTR before one
					 * gets this answer */
	uint32_t abi_version;
	int calls;
	int fd;				/* the descriptor of the last call */
	unsigned long request;
} module;

int __wrap_ioctl(int fd, unsigned long request, void *arg);
int __wrap_ioctl(int fd, unsigned long request, void *arg)
{
	module.calls++;
	module.fd = fd;
	module.request = request;
	assert_true(fcntl(fd, F_GETFD) >= 0);
	if (module.interruptions && module.interruptions--) {
		errno = EINTR;
		return -1;
	}
	/* the module may write to the struct before it fails */
	if (request == XENGT_IOC_INFO)
		((struct xengt_info *)arg)->abi_version = module.abi_version;
	else if (request == XENGT_VGPU_IOC_INFO)
		((struct xengt_vgpu_info *)arg)->vgpu_id = 5;
	else if (request == XENGT_IOC_CREATE_VGPU && !module.error)
		((struct xengt_create_vgpu *)arg)->fd = 77;
	if (module.error) {
		errno = module.error;
		return -1;
	}
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&module, 0, sizeof(module));
	module.abi_version = XENGT_ABI_VERSION;
	return 0;
}

static bool is_closed(int fd)
{
	return fcntl(fd, F_GETFD) < 0;
}

static void its_state_is_read(void **state)
{
	struct xengt_info info = { 0 };

	(void)state;
	assert_int_equal(xengt_gpudev_info("/dev/null", &info), 0);
	assert_int_equal(info.abi_version, XENGT_ABI_VERSION);
	/* the broker has closed the device */
	assert_true(is_closed(module.fd));
	module.interruptions = 3;
	module.calls = 0;
	assert_int_equal(xengt_gpudev_info("/dev/null", &info), 0);
	assert_int_equal(module.calls, 4);
}

/* Checks that a call fails with this error, and that the caller's struct keeps its value. */
static void assert_refused(int expected)
{
	struct xengt_info info = { .abi_version = 4711 };

	assert_int_equal(xengt_gpudev_info("/dev/null", &info), expected);
	assert_int_equal(info.abi_version, 4711);
	assert_true(is_closed(module.fd));
}

static void a_module_of_another_version(void **state)
{
	(void)state;
	module.abi_version = XENGT_ABI_VERSION + 1;
	assert_refused(-EPROTONOSUPPORT);
	module.abi_version = XENGT_ABI_VERSION - 1;
	assert_refused(-EPROTONOSUPPORT);
	module.abi_version = XENGT_ABI_VERSION;
	module.error = ENOTTY;
	assert_refused(-EPROTONOSUPPORT);
	module.error = ENODEV;
	assert_refused(-ENODEV);
}

static void no_module(void **state)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char dir[] = "/tmp/test-gpudev-XXXXXX";
	int s = socket(AF_UNIX, SOCK_STREAM, 0);
	struct xengt_info info;

	(void)state;
	assert_int_equal(xengt_gpudev_info("/no/such/device", &info),
			 -XENGT_GPUDEV_NO_MODULE);
	/* open() of a socket fails with ENXIO, as open() of a device without a driver does */
	assert_non_null(mkdtemp(dir));
	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/s", dir);
	assert_int_equal(bind(s, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(xengt_gpudev_info(addr.sun_path, &info),
			 -XENGT_GPUDEV_NO_MODULE);
	close(s);
	unlink(addr.sun_path);
	rmdir(dir);
	assert_int_equal(module.calls, 0);
	/* other errors do not mean that the module is absent */
	assert_int_equal(xengt_gpudev_info("/dev/null/x", &info), -ENOTDIR);
	assert_int_equal(xengt_gpudev_info("/", &info), -EISDIR);
}

static void a_vgpu_is_made(void **state)
{
	struct xengt_create_vgpu vgpu = { .domid = 3, .fd = -1 };

	(void)state;
	module.error = ENOSPC;
	assert_int_equal(xengt_gpudev_create("/dev/null", &vgpu), -ENOSPC);
	assert_true(is_closed(module.fd));
	module.error = 0;
	assert_int_equal(xengt_gpudev_create("/dev/null", &vgpu), 0);
	assert_int_equal(module.request, XENGT_IOC_CREATE_VGPU);
	assert_int_equal(vgpu.fd, 77);
	assert_int_equal(xengt_gpudev_create("/no/such/device", &vgpu),
			 -XENGT_GPUDEV_NO_MODULE);
}

static void a_vgpu_is_asked_and_zapped(void **state)
{
	struct xengt_vgpu_info info = { .vgpu_id = 4711 };

	(void)state;
	module.error = EIO;
	assert_int_equal(xengt_gpudev_vgpu_info(0, &info), -EIO);
	assert_int_equal(info.vgpu_id, 4711);
	assert_int_equal(xengt_gpudev_zap(0), -EIO);
	module.error = 0;
	assert_int_equal(xengt_gpudev_vgpu_info(0, &info), 0);
	assert_int_equal(info.vgpu_id, 5);
	module.interruptions = 1;
	assert_int_equal(xengt_gpudev_zap(0), 0);
	assert_int_equal(module.request, XENGT_VGPU_IOC_ZAP);
	assert_false(is_closed(0));
}

static void the_user_learns_what_to_do(void **state)
{
	static const struct {
		int error;
		const char *hint;
	} cases[] = {
		{ -XENGT_GPUDEV_NO_MODULE, "modprobe xengt" },
		{ -ENODEV, "xengt-ctl bind" },
		{ -EPROTONOSUPPORT, "another version" },
		{ -EIO, "Input/output error" },
	};
	char text[200];

	(void)state;
	for (int i = 0; i < 4; i++) {
		xengt_gpudev_explain(cases[i].error, text, sizeof(text));
		assert_non_null(strstr(text, cases[i].hint));
		assert_null(strchr(text, '\n'));
	}
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(its_state_is_read),
		TEST(a_module_of_another_version),
		TEST(no_module),
		TEST(a_vgpu_is_made),
		TEST(a_vgpu_is_asked_and_zapped),
		TEST(the_user_learns_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
