/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests which rights a worker has after it has dropped its privileges: the parent process
 * reads the rights from /proc, and the worker tries system calls. The test needs root,
 * because only root has privileges to drop. The test does not work with a sanitizer, so
 * `make unit` runs it. tests/e2e/confine tests the same on real Xen.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "patience.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt-vgpu/depriv.h"

static char dir[] = "/tmp/test-depriv-XXXXXX";

/* Forks. The child drops its privileges and runs f(). Returns the child's wait status. */
static int run(const struct xengt_depriv_config *cfg, void (*f)(void))
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int r = xengt_depriv(cfg);

		if (r < 0)
			_exit(-r);
		f();
		_exit(0);
	}
	patience_renew();
	assert_int_equal(waitpid(pid, &status, 0), pid);
	patience_end();
	return status;
}

/* ---- what the worker may call ---- */

/* The exit status is the number of the first call that did not behave as expected. */
static int trial;

static void may(bool is_fine)
{
	trial++;
	if (!is_fine)
		_exit(trial);
}

static void may_not(long r)
{
	may(r == -1 && errno == EPERM);
}

/* Checks that the call reached the kernel, which has no such device. */
static void reaches_the_kernel(long r)
{
	may(r == -1 && errno == ENOTTY);
}

static void try_calls(void)
{
	char *page;

	trial = 100;
	may(fcntl(0, F_GETFL) >= 0);
	may_not(fcntl(0, F_SETFL, 0));
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	may(page != MAP_FAILED);
	may(mprotect(page, 4096, PROT_READ) == 0);
	may_not(mprotect(page, 4096, PROT_READ | PROT_EXEC));
	may(munmap(page, 4096) == 0);
	may_not((long)mmap(NULL, 4096, PROT_READ | PROT_EXEC,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	may_not(open("/", O_RDONLY));
	may_not(socket(AF_UNIX, SOCK_STREAM, 0));
	may_not(fork());
	may_not(kill(getpid(), 0));
	may(syscall(SYS_tgkill, getpid(), gettid(), 0) == 0);
	may_not(syscall(SYS_tgkill, 1, 1, 0));
	may_not(chroot("/"));
	may_not(setuid(0));

	/*
	 * ioctls of Xen's devices: those that the device model needs are allowed, and
	 * other hypercalls are not
	 */
	may_not(ioctl(0, 'P' << 8 | 0));
	may_not(ioctl(0, 'P' << 8 | 3));
	reaches_the_kernel(ioctl(0, 'P' << 8 | 4));
	reaches_the_kernel(ioctl(0, 'P' << 8 | 5));
	may_not(ioctl(0, 'P' << 8 | 6));
	reaches_the_kernel(ioctl(0, 'P' << 8 | 7));
	may_not(ioctl(0, 'E' << 8 | 0));
	may_not(ioctl(0, 'E' << 8 | 2));
	reaches_the_kernel(ioctl(0, 'E' << 8 | 3));
	reaches_the_kernel(ioctl(0, 'E' << 8 | 4));
	may_not(ioctl(0, 'E' << 8 | 5));
	reaches_the_kernel(ioctl(0, XENGT_VGPU_IOC_INFO));
	reaches_the_kernel(ioctl(0, XENGT_VGPU_IOC_ZAP));
	may_not(ioctl(0, (XENGT_IOC_MAGIC + 1) << 8));
	may_not(ioctl(0, (XENGT_IOC_MAGIC - 1) << 8));
	may_not(ioctl(0, TCGETS));
}

static void it_may_call_little(void **state)
{
	const struct xengt_depriv_config cfg = { .chroot_dir = dir };
	int status = run(&cfg, try_calls);

	(void)state;
	/* if a call failed, the exit status is 100 plus the number of this call */
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_true(WIFEXITED(status));
}

static void call_forbidden(void)
{
	socket(AF_UNIX, SOCK_STREAM, 0);
}

static void a_forbidden_call_ends_it(void **state)
{
	const struct xengt_depriv_config cfg = { .chroot_dir = dir,
						 .is_seccomp_fatal = true };
	int status = run(&cfg, call_forbidden);

	(void)state;
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

/* ---- what /proc says about the process ---- */

static char text[8192];

static const char *read_proc(pid_t pid, const char *file)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	assert_true(n >= 0);
	text[n] = '\0';
	return text;
}

static void assert_line(const char *name, const char *value)
{
	const char *at = strstr(text, name);

	assert_non_null(at);
	at += strlen(name);
	at += strspn(at, " \t");
	if (strncmp(at, value, strlen(value)))
		print_error("%s is not %s\n", name, value);
	assert_int_equal(strncmp(at, value, strlen(value)), 0);
}

static void assert_link(pid_t pid, const char *file, const char *expected)
{
	char path[64], to[200];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	n = readlink(path, to, sizeof(to) - 1);
	assert_true(n > 0);
	to[n] = '\0';
	assert_string_equal(to, expected);
}

static void assert_limits(pid_t pid)
{
	char expected[64];

	read_proc(pid, "limits");
	assert_line("Max core file size", "0                    0 ");
	assert_line("Max processes", "0                    0 ");
	assert_line("Max open files", "64                   64 ");
	assert_line("Max msgqueue size", "0                    0 ");
	assert_line("Max locked memory", "1048576              1048576 ");
	snprintf(expected, sizeof(expected), "%-20llu %-20llu ",
		 (unsigned long long)XENGT_WORKER_BYTES_MAX,
		 (unsigned long long)XENGT_WORKER_BYTES_MAX);
	assert_line("Max data size", expected);
	snprintf(expected, sizeof(expected), "%-20u %-20u ",
		 XENGT_VGPU_LOG_MAX_BYTES, XENGT_VGPU_LOG_MAX_BYTES);
	assert_line("Max file size", expected);
}

static void it_is_nobody(void **state)
{
	const struct xengt_depriv_config cfg = { .chroot_dir = dir };
	const struct passwd *pw = getpwnam(XENGT_VGPU_USER);
	const unsigned int uid = pw ? pw->pw_uid : XENGT_VGPU_NOBODY;
	const unsigned int gid = pw ? pw->pw_gid : XENGT_VGPU_NOBODY;
	const gid_t groups[] = { 4, 6 };
	char ids[64], c = 0;
	struct stat st;
	int ends[2][2];
	pid_t pid;

	(void)state;
	assert_int_equal(pipe(ends[0]), 0);
	assert_int_equal(pipe(ends[1]), 0);
	pid = fork();
	if (pid == 0) {
		close(ends[1][1]);
		setgroups(2, groups);
		if (xengt_depriv(&cfg) == 0 && write(ends[0][1], "x", 1) == 1)
			(void)!read(ends[1][0], &c, 1);
		_exit(0);
	}
	close(ends[0][1]);
	close(ends[1][0]);
	patience_renew();
	assert_int_equal(read(ends[0][0], &c, 1), 1);
	read_proc(pid, "status");
	snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u\n", uid, uid, uid, uid);
	assert_line("\nUid:", ids);
	snprintf(ids, sizeof(ids), "%u\t%u\t%u\t%u\n", gid, gid, gid, gid);
	assert_line("\nGid:", ids);
	assert_line("\nGroups:", "\n");
	assert_line("\nCapInh:", "0000000000000000");
	assert_line("\nCapPrm:", "0000000000000000");
	assert_line("\nCapEff:", "0000000000000000");
	assert_line("\nCapBnd:", "0000000000000000");
	assert_line("\nCapAmb:", "0000000000000000");
	assert_line("\nNoNewPrivs:", "1");
	assert_line("\nSeccomp:", "2");
	assert_limits(pid);
	assert_link(pid, "root", dir);
	assert_link(pid, "cwd", dir);
	/*
	 * no other process of the worker's user may look into the worker: its files in
	 * /proc belong to root
	 */
	snprintf(ids, sizeof(ids), "/proc/%d/status", (int)pid);
	assert_int_equal(stat(ids, &st), 0);
	assert_int_equal(st.st_uid, 0);
	close(ends[1][1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	patience_end();
	close(ends[0][0]);
}

static void nothing(void)
{
}

/* Which of the four ids the kernel says not to have changed; 0: none. */
static int unchanged;

uid_t __real_getuid(void);
uid_t __real_geteuid(void);
gid_t __real_getgid(void);
gid_t __real_getegid(void);
uid_t __wrap_getuid(void);
uid_t __wrap_geteuid(void);
gid_t __wrap_getgid(void);
gid_t __wrap_getegid(void);

uid_t __wrap_getuid(void)
{
	return unchanged == 1 ? 0 : __real_getuid();
}

uid_t __wrap_geteuid(void)
{
	return unchanged == 2 ? 0 : __real_geteuid();
}

gid_t __wrap_getgid(void)
{
	return unchanged == 3 ? 0 : __real_getgid();
}

gid_t __wrap_getegid(void)
{
	return unchanged == 4 ? 0 : __real_getegid();
}

/*
 * Which function of libcap-ng fails, though it has done what it should (1 to 3); 4: there is no
 * memory for a seccomp filter; 0: none fails.
 */
static int failing;

int __real_capng_change_id(int uid, int gid, capng_flags_t flag);
int __real_capng_get_caps_process(void);
capng_results_t __real_capng_have_capabilities(capng_select_t set);
int __wrap_capng_change_id(int uid, int gid, capng_flags_t flag);
int __wrap_capng_get_caps_process(void);
capng_results_t __wrap_capng_have_capabilities(capng_select_t set);

int __wrap_capng_change_id(int uid, int gid, capng_flags_t flag)
{
	int r = __real_capng_change_id(uid, gid, flag);

	return failing == 1 ? -1 : r;
}

int __wrap_capng_get_caps_process(void)
{
	int r = __real_capng_get_caps_process();

	return failing == 2 ? -1 : r;
}

capng_results_t __wrap_capng_have_capabilities(capng_select_t set)
{
	capng_results_t r = __real_capng_have_capabilities(set);

	return failing == 3 ? CAPNG_PARTIAL : r;
}

scmp_filter_ctx __real_seccomp_init(uint32_t action);
scmp_filter_ctx __wrap_seccomp_init(uint32_t action);
scmp_filter_ctx __wrap_seccomp_init(uint32_t action)
{
	return failing == 4 ? NULL : __real_seccomp_init(action);
}

static void there_is_no_filter(void **state)
{
	const struct xengt_depriv_config cfg = { .chroot_dir = dir };

	(void)state;
	failing = 4;
	assert_int_equal(run(&cfg, nothing), ENOMEM << 8);
	failing = 0;
}

/* A worker whose capabilities nobody knows, or that kept one, does not run. */
static void a_capability_stays(void **state)
{
	const struct xengt_depriv_config cfg = { .chroot_dir = dir };

	(void)state;
	for (failing = 1; failing <= 3; failing++)
		assert_int_equal(run(&cfg, nothing), EPERM << 8);
	failing = 0;
}

/* A worker that kept an id of root does not run. */
static void an_id_does_not_change(void **state)
{
	const struct xengt_depriv_config cfg = { .chroot_dir = dir };

	(void)state;
	for (unchanged = 1; unchanged <= 4; unchanged++)
		assert_int_equal(run(&cfg, nothing), EPERM << 8);
	unchanged = 0;
}

static void it_has_no_empty_root(void **state)
{
	const struct xengt_depriv_config cfg = { .chroot_dir = "/no/such/folder" };

	(void)state;
	assert_int_equal(run(&cfg, nothing), ENOENT << 8);
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_may_call_little),
		cmocka_unit_test(a_forbidden_call_ends_it),
		cmocka_unit_test(it_is_nobody),
		cmocka_unit_test(an_id_does_not_change),
		cmocka_unit_test(a_capability_stays),
		cmocka_unit_test(there_is_no_filter),
		cmocka_unit_test(it_has_no_empty_root),
	};

#ifdef __SANITIZE_ADDRESS__
	puts("the sanitizer needs more memory than a worker may have");
	return 77;
#endif
	if (geteuid() != 0) {
		puts("needs root");
		return 77;
	}
	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
