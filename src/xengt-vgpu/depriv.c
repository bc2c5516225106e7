/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives up a worker's or a sharer's rights. If a guest takes over its worker, the worker
 * can still reach only its own domain (by handles that Xen restricts), its vGPU (within
 * the module's rules), its own memory, its log, and the socket to the broker. The broker
 * does not trust a worker's messages.
 *
 * seccomp allows only the listed system calls: those that the programs make in the tests,
 * and those that the C library may make for malloc(), abort() and printing. So code that
 * makes another system call fails already in the tests, before it fails in production.
 */
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "xengt-vgpu/depriv.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengt/types.h"

static int enter_empty_root(const char *dir)
{
	if (chroot(dir) < 0 || chdir("/") < 0)
		return -errno;
	return 0;
}

static int set_limits(void)
{
	static const struct {
		int which;
		rlim_t max;
	} limits[] = {
		{ RLIMIT_CORE, 0 },
		{ RLIMIT_NPROC, 0 },
		{ RLIMIT_NOFILE, 64 },
		{ RLIMIT_FSIZE, XENGT_VGPU_LOG_MAX_BYTES },
		{ RLIMIT_DATA, XENGT_WORKER_BYTES_MAX },
		{ RLIMIT_MSGQUEUE, 0 },
		{ RLIMIT_MEMLOCK, 1 << 20 },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(limits); i++) {
		struct rlimit lim = { limits[i].max, limits[i].max };

		if (setrlimit(limits[i].which, &lim) < 0)
			return -errno;
	}
	/*
	 * When the log has its largest size, a write fails. xengt_begin_daemon() ignores
	 * SIGXFSZ, which would otherwise end the worker.
	 */
	return 0;
}

static int drop_user(uid_t uid, gid_t gid)
{
	capng_clear(CAPNG_SELECT_ALL);
	if (capng_change_id(uid, gid,
			    CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING |
			    CAPNG_CLEAR_AMBIENT) < 0)
		return -EPERM;
	/*
	 * capng_change_id() succeeded; check that user and capabilities really
	 * changed.
	 */
	if (setresuid(0, 0, 0) == 0 || setuid(0) == 0 || getuid() != uid ||
	    geteuid() != uid || getgid() != gid || getegid() != gid)
		return -EPERM;
	if (capng_get_caps_process() < 0 ||
	    capng_have_capabilities(CAPNG_SELECT_BOTH) != CAPNG_NONE)
		return -EPERM;
	return 0;
}

static const int plain_calls[] = {
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(close),
	SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(accept4),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl),
	SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(timerfd_settime),
	SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(sched_yield),
	SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(restart_syscall),
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(lseek),
	SCMP_SYS(sysinfo),	/* qsort() of a large array makes this call */
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

/*
 * A worker's ioctls of Xen's devices, by type and number (Linux's xen/privcmd.h and
 * xen/evtchn.h, which user space cannot include). All ioctls of the vGPU are allowed,
 * because the module checks them.
 */
static const uint64_t worker_ioctls[] = {
	'P' << 8 | 4,	/* PRIVCMD_MMAPBATCH_V2 */
	'P' << 8 | 5,	/* PRIVCMD_DM_OP */
	'P' << 8 | 7,	/* PRIVCMD_MMAP_RESOURCE */
	'E' << 8 | 3,	/* EVTCHN_UNBIND */
	'E' << 8 | 4,	/* EVTCHN_NOTIFY */
	XENGT_IOC_MAGIC << 8 | XENGT_DEPRIV_ALL,
	0
};

static int allow_ioctls(scmp_filter_ctx ctx, const uint64_t *ioctls)
{
	int r = 0;

	for (; *ioctls && r == 0; ioctls++) {
		uint64_t mask = (*ioctls & 0xff) == XENGT_DEPRIV_ALL ? 0xff00 :
								       0xffff;

		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1,
				     SCMP_A1(SCMP_CMP_MASKED_EQ, mask,
					     *ioctls & mask));
	}
	return r;
}

static int allow_rest(scmp_filter_ctx ctx)
{
	static const int no_exec[] = { SCMP_SYS(mmap), SCMP_SYS(mprotect) };
	int r;

	/* No memory may become executable after the start. */
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(no_exec); i++) {
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, no_exec[i], 1,
				     SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
		if (r < 0)
			return r;
	}
	/* abort() calls tgkill(). */
	r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
			     SCMP_A0(SCMP_CMP_EQ, (uint64_t)getpid(), 0));
	if (r < 0)
		return r;
	return seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1,
				SCMP_A1(SCMP_CMP_EQ, F_GETFL, 0));
}

static int limit_calls(bool is_fatal, const uint64_t *ioctls)
{
	scmp_filter_ctx ctx;
	int r = 0;

	ctx = seccomp_init(is_fatal ? SCMP_ACT_KILL_PROCESS :
				      SCMP_ACT_ERRNO(EPERM));
	if (!ctx)
		return -ENOMEM;
	/*
	 * With this attribute the kernel reports each forbidden call in its log
	 * or to auditd.
	 */
	seccomp_attr_set(ctx, SCMP_FLTATR_CTL_LOG, 1);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(plain_calls) && r == 0; i++)
		r = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, plain_calls[i], 0);
	if (r == 0)
		r = allow_ioctls(ctx, ioctls);
	if (r == 0)
		r = allow_rest(ctx);
	if (r == 0)
		r = seccomp_load(ctx);
	seccomp_release(ctx);
	return r;
}

int xengt_depriv(const struct xengt_depriv_config *cfg)
{
	struct passwd *pw = getpwnam(XENGT_VGPU_USER);
	uid_t uid = pw ? pw->pw_uid : XENGT_VGPU_NOBODY;
	gid_t gid = pw ? pw->pw_gid : XENGT_VGPU_NOBODY;
	bool is_fatal = cfg->is_seccomp_fatal;
	int r;

#ifdef __SANITIZE_ADDRESS__
	/* The address sanitizer makes other system calls at the program's end. */
	is_fatal = false;
#endif
	if (!uid || !gid)
		return -EINVAL;
	r = enter_empty_root(cfg->chroot_dir);
	if (r == 0)
		r = set_limits();
	if (r == 0)
		r = drop_user(uid, gid);
	if (r < 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, 0) < 0 ||
	    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = limit_calls(is_fatal, cfg->ioctls ? cfg->ioctls : worker_ioctls);
	if (r < 0)
		return r;
	xengt_debug("runs as uid %u, restricted", (unsigned int)uid);
	return 0;
}
