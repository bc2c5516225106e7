// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: chooses the processor. QEMU and the simulator run alternately,
 * because QEMU waits for the answer to each access. If they run on two
 * processors, each access needs wake-ups from one processor to the other, and
 * takes four times as long as on one processor (docs/gpusim.md).
 *
 * Several simulators on one machine should not choose the same processor. So
 * each simulator locks a file that is named after its processor, and holds the
 * lock until the simulator ends.
 */
#include "gpusim.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_DIR	"/run/lock"

static bool lock_in(const char *dir, int cpu)
{
	char path[256];
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/xengt-gpusim.cpu%d", dir,
			     cpu) >= sizeof(path))
		return false;
	fd = open(path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return false;
	/* keep the descriptor open, so that the lock ends with the process */
	if (!flock(fd, LOCK_EX | LOCK_NB))
		return true;
	close(fd);
	return false;
}

static const char *lock_dir(void)
{
	const char *tmp = getenv("TMPDIR");

	if (!access(LOCK_DIR, W_OK | X_OK))
		return LOCK_DIR;
	return tmp && *tmp ? tmp : "/tmp";
}

static int pin(int cpu)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET((size_t)cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) ? -errno : cpu;
}

/* Bind to the first allowed processor that no other simulator uses. */
static int pin_free(void)
{
	const char *dir = lock_dir();
	cpu_set_t mask;

	if (sched_getaffinity(0, sizeof(mask), &mask))
		return -errno;
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		if (!CPU_ISSET((size_t)cpu, &mask))
			continue;
		if (lock_in(dir, cpu))
			return CPU_COUNT(&mask) > 1 ? pin(cpu) : cpu;
		if (CPU_COUNT(&mask) == 1)
			return cpu;
	}
	return -EBUSY;
}

int gpusim_pin(int cpu)
{
	switch (cpu) {
	case GPUSIM_CPU_ANY:
		return -EBUSY;
	case GPUSIM_CPU_FREE:
		return pin_free();
	default:
		return cpu < CPU_SETSIZE ? pin(cpu) : -EINVAL;
	}
}
