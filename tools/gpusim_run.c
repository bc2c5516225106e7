// SPDX-License-Identifier: GPL-2.0-only
/* xengt-gpusim: creates a simulator, runs it, and ends it. */
#include "gpusim.h"
#include "xengt/judge_abi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

volatile sig_atomic_t gpusim_want_stats;

static void on_usr1(int sig)
{
	(void)sig;
	gpusim_want_stats = 1;
}

static uint64_t sim_clock(void *opaque)
{
	(void)opaque;
	return gpusim_now_ns();
}

void *gpusim_open_judge(const char *path)
{
	void *shm;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, XENGT_JUDGE_FILE_BYTES)) {
		close(fd);
		return NULL;
	}
	shm = mmap(NULL, XENGT_JUDGE_FILE_BYTES, PROT_READ | PROT_WRITE,
		   MAP_SHARED, fd, 0);
	close(fd);
	if (shm == MAP_FAILED)
		return NULL;
	(void)xengt_sim_judge_format(shm, XENGT_JUDGE_FILE_BYTES);
	return shm;
}

/*
 * Set the options of s->sim's engines, and attach judge, recording and control
 * socket. Returns 0 or the exit status.
 */
static int attach_parts(struct gpusim *s, const struct gpusim_options *o,
			const struct xengt_sim_config *config, void *shm)
{
	if (o->has_exec)
		xengt_sim_set_exec(s->sim, &o->exec);
	if (shm && xengt_sim_judge_attach(s->sim, shm, XENGT_JUDGE_FILE_BYTES))
		return gpusim_setup_failed("judge");
	if (o->record) {
		errno = -gpusim_record_start(s, o->record, config);
		if (errno)
			return gpusim_setup_failed(o->record);
	}
	if (o->control) {
		errno = -gpusim_control_open(s, o->control);
		if (errno)
			return gpusim_setup_failed(o->control);
	}
	return 0;
}

static void say_hello(struct gpusim *s, const struct gpusim_options *o,
		      bool has_judge)
{
	gpusim_say(s, XENGT_SIM_LOG_INFO, "%s 8086:%04x, TLB %s, judge %s",
		   xengt_sim_platform_title(o->platform),
		   xengt_sim_platform_device_id(o->platform),
		   o->has_tlb ? "on" : "off", has_judge ? "on" : "off");
	if (o->cpu >= 0)
		gpusim_say(s, XENGT_SIM_LOG_INFO, "on processor %d", o->cpu);
}

int gpusim_run(const struct gpusim_options *o, int fd, FILE *log, void *shm)
{
	const struct xengt_sim_ops ops = {
		.msi = gpusim_qtest_msi,
		.log = gpusim_log_line,
		.iommu = o->has_iommu ? gpusim_qtest_iommu : NULL,
		.data_at = gpusim_data_at,
		/*
		 * NULL: the time is virtual, so that a replay can repeat the
		 * same times
		 */
		.now_ns = o->record ? NULL : sim_clock,
	};
	struct gpusim *s = calloc(1, sizeof(*s));
	struct xengt_sim_config config = {
		.platform = o->platform,
		.ops = &ops,
		.opaque = s,
		.no_tlb = !o->has_tlb,
		.gtt_mib = o->gtt_mib,
	};
	struct sigaction sa = { .sa_handler = on_usr1 };
	int r;

	if (!s)
		return gpusim_setup_failed("memory");
	s->fd = fd;
	s->log = log;
	s->qtest_fd = -1;
	s->qtest_path = o->qtest;
	s->counts_path = o->counts;
	s->timeout_ms = -1;
	s->rid = o->rid;
	s->sim = xengt_sim_create(&config);
	if (!s->sim)
		return gpusim_setup_failed("simulator");
	r = attach_parts(s, o, &config, shm);
	if (r)
		return r;
	sigaction(SIGUSR1, &sa, NULL);
	say_hello(s, o, shm);
	r = gpusim_serve(s);
	if (r)
		gpusim_say(s, XENGT_SIM_LOG_ERR, "QEMU's socket: %s",
			   strerror(-r));
	gpusim_control_close(s);
	gpusim_record_end(s);
	gpusim_log_stats(s);
	gpusim_write_counts(s);
	xengt_sim_destroy(s->sim);
	free(s);
	return r ? EXIT_PROTOCOL : 0;
}
