/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts, finds and controls a vGPU's worker process.
 *
 * The broker does not trust the worker. The broker kills a worker that sends an
 * invalid message or closes its connection.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "xengtd/worker.h"
#include "common/text.h"
#include "common/worker_proto.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/child.h"
#include "xengtd/ev.h"
#include "xengtd/peer.h"
#include "xengtd/xengtd.h"

#define MESSAGES_PER_TURN 16

struct xengt_worker {
	struct xengtd *d;
	uint32_t domid;
	struct xengt_worker_events events;
	void *ctx;
	struct xengt_peer peer;
	struct xengt_ev_timer quit_timer;
	bool is_quitting;
	bool is_foreign;
};

void xengt_worker_socket_path(struct xengtd *d, uint32_t domid, char *path,
			      size_t size)
{
	snprintf(path, size, "%s/vgpu-%u.sock", d->opt.run_dir, domid);
}

void xengt_worker_log_path(struct xengtd *d, const char *name, char *path,
			   size_t size)
{
	char file[128];

	xengt_text_file_name(name, file, sizeof(file));
	snprintf(path, size, "%s/vgpu-%s.log", d->opt.log_dir, file);
}

void xengt_worker_free(struct xengt_worker *w)
{
	if (!w)
		return;
	xengt_ev_disarm(w->d->ev, &w->quit_timer);
	xengt_peer_close(&w->peer);
	free(w);
}

pid_t xengt_worker_pid(const struct xengt_worker *w)
{
	return w->peer.pid;
}

void xengt_worker_kill(struct xengt_worker *w)
{
	xengt_peer_disconnect(&w->peer);
	if (w->peer.pidfd >= 0)
		xengt_pidfd_signal(w->peer.pidfd, SIGKILL);
}

static void on_quit_timeout(void *ctx)
{
	struct xengt_worker *w = ctx;

	xengt_warn("domain %u: its vGPU's process did not end in time: killed",
		   w->domid);
	xengt_worker_kill(w);
}

void xengt_worker_quit(struct xengt_worker *w)
{
	if (w->is_quitting)
		return;
	w->is_quitting = true;
	if (w->is_foreign) {
		xengt_pidfd_signal(w->peer.pidfd, SIGTERM);
	} else if (w->peer.fd < 0) {
		xengt_worker_kill(w);
		return;
	}
	xengt_worker_send(w, XENGT_WP_QUIT, 0, 0);
	xengt_ev_arm(w->d->ev, &w->quit_timer, XENGT_WORKER_QUIT_MSEC);
}

void xengt_worker_send(struct xengt_worker *w, enum xengt_wp_type type,
		       uint32_t seq, int status)
{
	struct xengt_wp_msg msg = { .type = type, .seq = seq, .status = status };

	xengt_worker_send_msg(w, &msg, -1);
}

void xengt_worker_send_msg(struct xengt_worker *w, struct xengt_wp_msg *msg,
			   int pass_fd)
{
	int r;

	if (w->peer.fd < 0)
		return;
	r = xengt_wp_send(w->peer.fd, msg, pass_fd);
	if (r == 0 || r == -EPIPE)
		return;		/* the worker is ending; its pidfd will report
				 * the end */
	xengt_err("domain %u: cannot send to its vGPU's process (%s): killed",
		  w->domid, strerror(-r));
	xengt_worker_kill(w);
}

static void on_message(void *ctx, uint32_t events)
{
	struct xengt_worker *w = ctx;

	(void)events;
	for (int i = 0; i < MESSAGES_PER_TURN && w->peer.fd >= 0; i++) {
		struct xengt_wp_msg msg;
		int fd = -1, r = xengt_wp_recv(w->peer.fd, &msg, &fd);

		if (r == 0)
			return;
		if (r == -EPROTONOSUPPORT) {
			w->is_foreign = true;
			xengt_peer_disconnect(&w->peer);
			w->events.is_foreign(w->ctx);
			return;
		}
		if (r < 0) {
			if (r != -EPIPE)
				xengt_err("domain %u: its vGPU's process sent an invalid message (%s): killed",
					  w->domid, strerror(-r));
			/*
			 * Without a connection the broker cannot control the
			 * worker.
			 */
			xengt_worker_kill(w);
			return;
		}
		if (fd >= 0 && msg.type != XENGT_WP_STATE) {
			close(fd);
			fd = -1;
		}
		w->events.message(w->ctx, &msg, fd);
	}
}

static void on_ended(void *ctx, uint32_t events)
{
	struct xengt_worker *w = ctx;

	(void)events;
	/*
	 * Deliver the worker's last messages, such as FAILED, before the event
	 * `ended`.
	 */
	if (w->peer.fd >= 0)
		on_message(w, 0);
	xengt_ev_remove(w->d->ev, &w->peer.exit_io);
	w->events.ended(w->ctx, xengt_child_reap(w->peer.pidfd));
}

static struct xengt_worker *new_worker(struct xengtd *d, uint32_t domid,
				       const struct xengt_worker_events *events,
				       void *ctx)
{
	struct xengt_worker *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->d = d;
	w->domid = domid;
	w->events = *events;
	w->ctx = ctx;
	xengt_peer_init(&w->peer, d->ev, on_ended, on_message, w);
	w->quit_timer = (struct xengt_ev_timer){ .cb = on_quit_timeout,
						 .ctx = w };
	return w;
}

/* ---- starting ---- */

/* Arguments of the worker's command line. */
struct args {
	char text[16][80];
	const char *argv[64];
	size_t n_texts, n;
};

/* Adds an argument. The text must live as long as the arguments. */
static void add(struct args *a, const char *text)
{
	assert(a->n + 1 < XENGT_ARRAY_SIZE(a->argv));
	a->argv[a->n++] = text;
	a->argv[a->n] = NULL;
}

/* Adds an option, and its value, which is copied. */
static void add_option(struct args *a, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
static void add_option(struct args *a, const char *name, const char *fmt, ...)
{
	va_list ap;

	assert(a->n_texts < XENGT_ARRAY_SIZE(a->text));
	va_start(ap, fmt);
	vsnprintf(a->text[a->n_texts], sizeof(a->text[0]), fmt, ap);
	va_end(ap);
	add(a, name);
	add(a, a->text[a->n_texts++]);
}

static void make_args(struct xengtd *d, const struct xengt_worker_config *cfg,
		      const char *chroot_dir, bool is_recorded, struct args *a)
{
	*a = (struct args){ 0 };
	add(a, d->opt.worker);
	add_option(a, "--domid", "%u", cfg->domid);
	add_option(a, "--server-id", "%u", cfg->server_id);
	add_option(a, "--vgpu-fd", "%d", XENGT_WP_FD_VGPU);
	add_option(a, "--broker-fd", "%d", XENGT_WP_FD_BROKER);
	add_option(a, "--listen", "%d", XENGT_WP_FD_LISTEN);
	add_option(a, "--platform", "%s", xengt_platform_name(cfg->platform));
	add_option(a, "--pci", "%04x:%04x:%04x:%02x", cfg->device,
		   cfg->subvendor, cfg->subdevice, cfg->revision);
	add_option(a, "--slot", "%u", cfg->slot);
	add_option(a, "--primary", "%d", cfg->is_primary);
	add_option(a, "--aperture-bytes", "%" PRIu64, cfg->aperture_bytes);
	add_option(a, "--aperture", "%s", cfg->is_aperture_lazy ? "lazy" : "upfront");
	if (cfg->edid_bytes)
		add_option(a, "--edid-fd", "%d", XENGT_WP_FD_EDID);
	if (is_recorded)
		add_option(a, "--record-fd", "%d", XENGT_WP_FD_RECORD);
	add(a, "--chroot");
	add(a, chroot_dir);
	add_option(a, "--seccomp", "%s", d->opt.is_seccomp_fatal ? "kill" : "errno");
	if (d->opt.is_verbose)
		add(a, "--verbose");
}

/*
 * Returns a file with the monitor's EDID, positioned at its start, or -1 if
 * there is no EDID.
 */
static int make_edid_file(const uint8_t *edid, uint32_t len_bytes)
{
	int fd;

	if (!len_bytes)
		return -1;
	fd = memfd_create("edid", MFD_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (pwrite(fd, edid, len_bytes, 0) == len_bytes)
		return fd;
	close(fd);
	return -EIO;
}

/*
 * Returns the file into which the worker records the session. Returns -1 if the
 * session is not to be recorded, or the file cannot be opened.
 */
static int open_record(struct xengtd *d, const char *name)
{
	char path[512], file[128];
	int fd;

	if (!d->opt.record_dir)
		return -1;
	xengt_text_file_name(name, file, sizeof(file));
	snprintf(path, sizeof(path), "%s/%s.session", d->opt.record_dir, file);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		  0600);
	if (fd < 0)
		xengt_warn("cannot record to %s: %s", path, strerror(errno));
	return fd;
}

/* What start() needs. */
struct order {
	struct xengtd *d;
	const struct xengt_worker_config *cfg;
};

static int start(void *ctx, struct xengt_peer *peer, int broker_fd, int listen_fd,
		 int log_fd)
{
	const struct order *order = ctx;
	const struct xengt_worker_config *cfg = order->cfg;
	struct xengtd *d = order->d;
	static const char *const envp[] = { "PATH=/usr/bin:/bin", NULL };
	int edid_fd = make_edid_file(cfg->edid, cfg->edid_bytes);
	int record_fd = open_record(d, cfg->name), r;
	struct xengt_child_fd fds[] = {
		{ cfg->vgpu_fd, XENGT_WP_FD_VGPU },
		{ broker_fd, XENGT_WP_FD_BROKER },
		{ listen_fd, XENGT_WP_FD_LISTEN },
		{ -1, -1 }, { -1, -1 }, { -1, -1 },
	};
	char chroot_dir[256];
	struct args args;
	int n = 3;

	if (cfg->edid_bytes && edid_fd < 0) {
		r = edid_fd;
		goto out;
	}
	if (edid_fd >= 0)
		fds[n++] = (struct xengt_child_fd){ edid_fd, XENGT_WP_FD_EDID };
	if (record_fd >= 0)
		fds[n++] = (struct xengt_child_fd){ record_fd,
						    XENGT_WP_FD_RECORD };
	snprintf(chroot_dir, sizeof(chroot_dir), "%s/empty", d->opt.run_dir);
	make_args(d, cfg, chroot_dir, record_fd >= 0, &args);
	r = xengt_child_start(args.argv, envp, log_fd, fds, &peer->pid,
			      &peer->pidfd);
out:
	if (edid_fd >= 0)
		close(edid_fd);
	if (record_fd >= 0)
		close(record_fd);
	return r;
}

int xengt_worker_start(struct xengtd *d, const struct xengt_worker_config *cfg,
		       const struct xengt_worker_events *events, void *ctx,
		       struct xengt_worker **ret_worker)
{
	struct xengt_worker *w = new_worker(d, cfg->domid, events, ctx);
	struct order order = { d, cfg };
	char path[512], log[512];
	int r;

	if (!w)
		return -ENOMEM;
	xengt_worker_socket_path(d, cfg->domid, path, sizeof(path));
	xengt_worker_log_path(d, cfg->name, log, sizeof(log));
	r = xengt_peer_start(&w->peer, path, log, start, &order);
	if (r < 0) {
		xengt_worker_free(w);
		return r;
	}
	*ret_worker = w;
	return 0;
}

int xengt_worker_send_edid(struct xengt_worker *w, const uint8_t *edid,
			   uint32_t len_bytes)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_SET_EDID };
	int fd = make_edid_file(edid, len_bytes);

	if (fd < 0)
		return fd;
	xengt_worker_send_msg(w, &msg, fd);
	close(fd);
	return 0;
}

/* ---- finding ---- */

int xengt_worker_find(struct xengtd *d, uint32_t domid,
		      const struct xengt_worker_events *events, void *ctx,
		      struct xengt_worker **ret_worker)
{
	struct xengt_worker *w = new_worker(d, domid, events, ctx);
	char path[256];
	int r;

	if (!w)
		return -ENOMEM;
	xengt_worker_socket_path(d, domid, path, sizeof(path));
	r = xengt_peer_find(&w->peer, path);
	if (r < 0) {
		xengt_worker_free(w);
		return r;
	}
	xengt_worker_send(w, XENGT_WP_HELLO, 0, 0);
	*ret_worker = w;
	return 0;
}
