// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the life of a vGPU: zap, kill, close, events. This file also tests /dev/xengt when
 * no GPU is bound.
 */
#include "kmod_test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void zap(uint32_t domid)
{
	struct xengt_vgpu_revalidate v = { 0 };
	uint64_t e[] = { PTE(RAM_GFN), PTE(RAM_GFN + 1), PTE(0x90000) };
	int fd = make_ok(domid, 16, 48), second;
	uint32_t low = low_page(fd), high = high_page(fd), free_mib;
	struct xengt_event ev[2];
	struct xengt_vgpu_info i;

	put(fd, low, e, 3, NULL);
	put(fd, high, e, 3, NULL);
	ok(!has_event(fd), "no event");
	fcntl(fd, F_SETFL, O_NONBLOCK);
	ok(read(fd, ev, sizeof(ev)) < 0 && errno == EAGAIN,
	   "read without an event");
	ok_is(call(fd, XENGT_VGPU_IOC_ZAP, NULL), 0, "zap");
	ok(all_scratch(low, 8) && all_scratch(high, 8), "... all entries point to scratch");
	i = info_of(fd);
	ok(i.state == XENGT_VGPU_ZAPPED && i.frames_held == 0 &&
	   i.frames_released == 2, "... nothing is held");
	ok_is(put(fd, low, e, 3, NULL), -ESTALE, "... write");
	ok_is(call(fd, XENGT_VGPU_IOC_REVALIDATE, &v), -ESTALE,
	      "... revalidate");
	ok_is(put(fd, 0, e, 3, NULL), -ERANGE, "... a wrong write");
	ok(has_event(fd), "... event");
	ok(read(fd, ev, 7) < 0 && errno == EINVAL, "read of 7 bytes");
	ok(read(fd, ev, 0) < 0 && errno == EINVAL, "read of nothing");
	ok(read(fd, ev, sizeof(ev)) == sizeof(ev[0]) &&
	   ev[0].type == XENGT_EVENT_ZAPPED &&
	   ev[0].value == XENGT_VGPU_ZAPPED, "read says zapped");
	ok(!has_event(fd) && read(fd, ev, sizeof(ev)) < 0 && errno == EAGAIN,
	   "... once");
	ok_is(call(fd, XENGT_VGPU_IOC_ZAP, NULL), 0, "zap again");
	ok(!has_event(fd), "... without an event");
	ok_is(put(fd, low, e, 3, NULL), -ESTALE, "... still dead");

	free_mib = gpu_info().low_free_mib;
	second = make_ok(domid, 16, 48);
	ok(low_page(second) != low, "another vGPU gets other slices");
	close(fd);
	ok_is(gpu_info().low_free_mib, free_mib, "... and the closed vGPU's slices are free again");
	close(second);
}

static void last_close(uint32_t domid)
{
	uint64_t e = PTE(RAM_GFN);
	int fd = make_ok(domid, 16, 0), copy = dup(fd);
	uint32_t low = low_page(fd);

	put(fd, low, &e, 1, NULL);
	close(fd);
	ok(is_mapped(low) && info_of(copy).frames_held == 1,
	   "close of one of two fds changes nothing");
	close(copy);
	ok(is_scratch(low) && gpu_info().vgpu_count == 0,
	   "close of the last fd zaps the vGPU");
}

static void killed(uint32_t domid)
{
	uint64_t e = PTE(RAM_GFN);
	int fd = make_ok(domid, 16, 0), to[2], status;
	uint32_t low = low_page(fd);
	pid_t pid;
	char c;

	/* fork a worker that has a copy of the fd */
	pid = fork();
	if (!pid) {
		put(fd, low, &e, 1, NULL);
		kill(getpid(), SIGKILL);
	}
	waitpid(pid, &status, 0);
	ok(WIFSIGNALED(status) && is_mapped(low), "worker killed: the entries still point to RAM");
	ok_is(call(fd, XENGT_VGPU_IOC_ZAP, NULL), 0, "... a zap by the other fd works");
	ok(is_scratch(low), "... the entry points to scratch");
	close(fd);

	/* fork a process that has the only fd of a vGPU */
	need(!pipe(to), "pipe");
	pid = fork();
	if (!pid) {
		fd = make_ok(domid, 16, 0);
		put(fd, low_page(fd), &e, 1, NULL);
		if (write(to[1], "x", 1) == 1)
			pause();
		_exit(1);
	}
	need(read(to[0], &c, 1) == 1, "child");
	ok(is_mapped(low), "the child's entry points to RAM");
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	ok(is_scratch(low), "only holder killed: the entry points to scratch");
	ok_is(gpu_info().vgpu_count, 0, "... and no vGPU is left");
}

static void cycles(uint32_t domid)
{
	struct xengt_info before = gpu_info(), after;
	uint64_t e[] = { PTE(RAM_GFN), PTE(RAM_GFN + 1) };
	int i, fd;

	for (i = 0; i < 200; i++) {
		if (make(domid, 16, 48, 1, &fd))
			break;
		put(fd, low_page(fd), e, 2, NULL);
		close(fd);
	}
	after = gpu_info();
	ok(i == 200 && !memcmp(&before, &after, sizeof(after)),
	   "200 vGPUs made and closed, and nothing is missing");
}

int test_life(uint32_t domid, uint32_t other)
{
	(void)other;
	zap(domid);
	last_close(domid);
	killed(domid);
	cycles(domid);
	return done();
}

int test_unbound(uint32_t domid)
{
	struct xengt_info i;
	int fd;

	ok_is(call(dev, XENGT_IOC_INFO, &i), -ENODEV, "info without a GPU");
	ok_is(make(domid, 16, 48, 1, &fd), -ENODEV, "create without a GPU");
	ok_is(make(0, 16, 48, 1, &fd), -EINVAL, "create for dom0 without a GPU");
	return done();
}
