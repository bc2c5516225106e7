/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengtd: the broker of xengt. xengtd runs as root in dom0; see xengtd(8) and
 * docs/protocol.md.
 *
 * xengtd creates and ends vGPUs as the requests in xenstore say, makes the few
 * privileged calls that workers need, and answers xengt-ctl's questions. When
 * xengtd ends, the vGPUs continue to work: the next xengtd process connects to
 * their workers.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "common/begin.h"
#include "common/version.h"
#include "uapi/xengt.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/control.h"
#include "xengtd/domctl.h"
#include "xengtd/ev.h"
#include "xengtd/gpudev.h"
#include "xengtd/options.h"
#include "xengtd/store.h"
#include "xengtd/vgpu.h"
#include "xengtd/vgpu_end.h"
#include "xengtd/vgpu_recover.h"
#include "xengtd/vgpu_view.h"
#include "xengtd/xengtd.h"

struct signals {
	struct xengtd *d;
	struct xengt_ev_io io;
};

static void on_signal(void *ctx, uint32_t events)
{
	struct signals *s = ctx;
	struct signalfd_siginfo info;

	(void)events;
	if (read(s->io.fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT ||
	    info.ssi_signo == SIGQUIT) {
		xengt_info("xengtd ends, vGPUs continue: signal %u (%s) from process %u",
			   info.ssi_signo, strsignal(info.ssi_signo),
			   info.ssi_pid);
		xengt_ev_stop(s->d->ev);
		return;
	}
	xengt_log_ratelimited(XENGT_LOG_INFO,
			      "signal %u (%s) from process %u has no effect: xengtd continues",
			      info.ssi_signo, strsignal(info.ssi_signo),
			      info.ssi_pid);
}

/*
 * Block the signals before libxenstore starts its thread, so that the kernel
 * does not deliver signals to that thread.
 */
static int take_signals(struct signals *s)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGQUIT, SIGHUP,
				       SIGUSR1, SIGUSR2 };
	sigset_t mask;

	sigemptyset(&mask);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(signals); i++)
		sigaddset(&mask, signals[i]);
	sigprocmask(SIG_BLOCK, &mask, NULL);
	s->io.fd = signalfd(-1, &mask, SFD_CLOEXEC | SFD_NONBLOCK);
	if (s->io.fd < 0)
		return -errno;
	return xengt_ev_add(s->d->ev, &s->io, EPOLLIN);
}

static int make_dirs(const struct xengt_options *opt)
{
	char empty[256];

	snprintf(empty, sizeof(empty), "%s/empty", opt->run_dir);
	if ((mkdir(opt->run_dir, 0755) < 0 && errno != EEXIST) ||
	    (mkdir(empty, 0755) < 0 && errno != EEXIST)) {
		int r = -errno;

		xengt_err("cannot make %s: %s", empty, strerror(-r));
		return r;
	}
	if (mkdir(opt->log_dir, 0750) < 0 && errno != EEXIST)
		xengt_warn("cannot make %s: %s", opt->log_dir,
			   strerror(errno));
	return 0;
}

/* The kernel drops this lock when the process ends, even by SIGKILL. */
static int take_lock(const struct xengt_options *opt)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/xengtd.lock", opt->run_dir);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int r = -errno;

		if (r == -EWOULDBLOCK)
			xengt_err("another xengtd is running");
		else
			xengt_err("cannot lock %s: %s", path, strerror(-r));
		return r;
	}
	return 0;
}

static int start(struct xengtd *d)
{
	static const struct xengt_store_events store_events = {
		.changed = xengt_bvgpu_look,
		.memory = xengt_bvgpu_follow_memory,
		.released = xengt_bvgpu_check_domains,
		.uncertain = xengt_bvgpu_look_again,
	};
	int r;

	r = xengt_domctl_create(&d->domctl);
	if (r < 0) {
		xengt_err("cannot reach Xen: %s (is this dom0, and are you root?)",
			  strerror(-r));
		return r;
	}
	r = xengt_store_create(d, &store_events, &d->store);
	if (r < 0) {
		xengt_err("cannot reach xenstore: %s (is xenstored running?)",
			  strerror(-r));
		return r;
	}
	r = xengt_control_create(d, &d->control);
	if (r < 0) {
		xengt_err("cannot listen at %s/xengtd.sock: %s",
			  d->opt.run_dir, strerror(-r));
		return r;
	}
	xengt_view_recover(d);
	r = xengt_bvgpu_recover(d);
	if (r < 0)
		xengt_err("cannot look for vGPUs: %s", strerror(-r));
	return r;
}

/* Log which GPU is bound to the module; if there is none, log why. */
static void report_gpu(const struct xengtd *d)
{
	struct xengt_info info;
	char text[256];
	int r = xengt_gpudev_info(d->opt.device, &info);

	if (r < 0) {
		xengt_gpudev_explain(r, text, sizeof(text));
		xengt_warn("%s", text);
		return;
	}
	xengt_info("GPU %04x:%04x at %04x:%02x:%02x.%u: %u MB of CPU-visible and %u MB of other graphics memory are free",
		   info.pci_vendor, info.pci_device, info.pci_segment,
		   info.pci_bus, info.pci_devfn >> 3, info.pci_devfn & 7u,
		   info.low_free_mib, info.high_free_mib);
}

static void finish(struct xengtd *d)
{
	xengt_control_destroy(d->control);
	xengt_bvgpu_forget_all(d);
	xengt_view_forget_all(d);
	xengt_store_destroy(d->store);
	xengt_domctl_destroy(d->domctl);
}

int main(int argc, char **argv)
{
	struct xengtd d = { 0 };
	struct signals signals = {
		.d = &d,
		.io = { .fd = -1, .cb = on_signal, .ctx = &signals },
	};
	int r;

	xengt_begin_daemon();
	r = xengt_options_parse(argc, argv, &d.opt);
	if (r >= 0)
		return r;
	xengt_log_set_prefix("xengtd");
	xengt_log_set_time(true);
	if (d.opt.is_verbose)
		xengt_log_set_level(XENGT_LOG_DEBUG);
	r = make_dirs(&d.opt);
	umask(0027);
	if (r == 0)
		r = take_lock(&d.opt);
	if (r == 0)
		r = xengt_ev_create(&d.ev);
	if (r < 0)
		return 1;
	r = take_signals(&signals);
	if (r == 0)
		r = start(&d);
	if (r == 0) {
		xengt_info("xengtd %s is ready", XENGT_VERSION);
		report_gpu(&d);
		sd_notify(0, "READY=1");
		r = xengt_ev_run(d.ev);
		if (r < 0)
			xengt_err("xengtd cannot continue: %s", strerror(-r));
	}
	finish(&d);
	xengt_ev_destroy(d.ev);
	return r < 0 ? 1 : 0;
}
