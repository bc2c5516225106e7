/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the hotplug script. The broker waits for the end of the script's
 * process, not for the end of its output: programs that the script started in
 * the background may keep the output open for ever.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/script.h"
#include "common/text.h"
#include "xengt/log.h"
#include "xengtd/child.h"
#include "xengtd/ev.h"
#include "xengtd/xengtd.h"

#define KILLED_MSEC	20	/* how long the broker waits for the end of a killed script */

#define OUTPUT_MAX	4096

struct xengt_script {
	struct xengtd *d;
	uint32_t domid;
	char command[16];
	void (*done)(void *ctx, const char *error);
	void *ctx;
	pid_t pid;
	int pidfd, output_fd;
	struct xengt_ev_io exit_io, output_io;
	struct xengt_ev_timer timer;
	/* The last bytes that the script printed. */
	char output[OUTPUT_MAX];
	size_t output_len;
};

static void destroy(struct xengt_script *s)
{
	xengt_ev_disarm(s->d->ev, &s->timer);
	xengt_ev_remove(s->d->ev, &s->exit_io);
	xengt_ev_remove(s->d->ev, &s->output_io);
	if (s->pidfd >= 0)
		close(s->pidfd);
	if (s->output_fd >= 0)
		close(s->output_fd);
	free(s);
}

/*
 * Read a part of the script's output. Returns false if there was no output to
 * read, or if the output is closed.
 */
static bool read_some(struct xengt_script *s)
{
	char buf[1024];
	ssize_t n = read(s->output_fd, buf, sizeof(buf));
	size_t keep;

	if (n <= 0) {
		if (n == 0 || errno != EAGAIN)
			xengt_ev_remove(s->d->ev, &s->output_io);
		return false;
	}
	keep = sizeof(s->output) - 1 - n;
	if (s->output_len > keep) {
		memmove(s->output, s->output + s->output_len - keep, keep);
		s->output_len = keep;
	}
	memcpy(s->output + s->output_len, buf, n);
	s->output_len += n;
	return true;
}

static void on_output(void *ctx, uint32_t events)
{
	(void)events;
	read_some(ctx);
}

static void finish(struct xengt_script *s, const char *error)
{
	void (*done)(void *ctx, const char *error) = s->done;
	void *ctx = s->ctx;

	destroy(s);
	done(ctx, error);
}

static void on_ended(void *ctx, uint32_t events)
{
	struct xengt_script *s = ctx;
	int status = xengt_child_reap(s->pidfd);
	char error[XENGT_ERROR_MAX], how[64];
	const char *said;

	(void)events;
	for (int i = 0; i < 64 && read_some(s); i++)
		;
	if (status == 0) {
		finish(s, NULL);
		return;
	}
	s->output[s->output_len] = '\0';
	said = xengt_text_last_line(s->output);
	xengt_text_clean((char *)said);
	xengt_child_describe(status, how, sizeof(how));
	snprintf(error, sizeof(error), "%s %s failed: %.300s%s(%s)",
		 s->d->opt.hotplug_script, s->command, said, *said ? " " : "",
		 how);
	finish(s, error);
}

static void kill_all(struct xengt_script *s)
{
	/*
	 * Kill the script's whole process group. The broker has not reaped the
	 * script's process yet, so no other process can have this process id.
	 */
	kill(-s->pid, SIGKILL);
	xengt_pidfd_signal(s->pidfd, SIGKILL);
	/*
	 * A killed process normally ends within a few milliseconds. If the
	 * process cannot end, the broker does not wait any longer.
	 */
	poll(&(struct pollfd){ .fd = s->pidfd, .events = POLLIN }, 1, KILLED_MSEC);
	xengt_child_reap(s->pidfd);
}

static void on_timeout(void *ctx)
{
	struct xengt_script *s = ctx;
	char error[XENGT_ERROR_MAX];

	kill_all(s);
	snprintf(error, sizeof(error), "%s %s did not end within %d s",
		 s->d->opt.hotplug_script, s->command,
		 XENGT_SCRIPT_MSEC / 1000);
	finish(s, error);
}

void xengt_script_cancel(struct xengt_script *s)
{
	if (!s)
		return;
	kill_all(s);
	destroy(s);
}

static int start(struct xengt_script *s)
{
	char xenbus_path[64];
	const char *argv[] = { s->d->opt.hotplug_script, s->command, NULL };
	const char *envp[] = {
		"PATH=/usr/sbin:/usr/bin:/sbin:/bin", xenbus_path, NULL
	};
	int out[2], r;

	snprintf(xenbus_path, sizeof(xenbus_path),
		 "XENBUS_PATH=backend/vgt/%u/0", s->domid);
	if (pipe2(out, O_CLOEXEC) < 0)
		return -errno;
	s->output_fd = out[0];
	/*
	 * Only the broker's end of the pipe is non-blocking. The script's end
	 * blocks, so that a write of the script does not fail.
	 */
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	r = xengt_child_start(argv, envp, out[1], NULL, &s->pid, &s->pidfd);
	close(out[1]);
	if (r < 0)
		return r;
	s->exit_io.fd = s->pidfd;
	r = xengt_ev_add(s->d->ev, &s->exit_io, EPOLLIN);
	if (r < 0) {
		kill_all(s);
		return r;
	}
	s->output_io.fd = s->output_fd;
	r = xengt_ev_add(s->d->ev, &s->output_io, EPOLLIN);
	if (r < 0)
		s->output_io.fd = -1;
	xengt_ev_arm(s->d->ev, &s->timer, XENGT_SCRIPT_MSEC);
	return 0;
}

int xengt_script_start(struct xengtd *d, uint32_t domid, const char *command,
		       void (*done)(void *ctx, const char *error), void *ctx,
		       struct xengt_script **ret_script)
{
	struct xengt_script *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->d = d;
	s->domid = domid;
	snprintf(s->command, sizeof(s->command), "%s", command);
	s->done = done;
	s->ctx = ctx;
	s->pidfd = -1;
	s->output_fd = -1;
	s->exit_io = (struct xengt_ev_io){ .fd = -1, .cb = on_ended, .ctx = s };
	s->output_io = (struct xengt_ev_io){ .fd = -1, .cb = on_output,
					     .ctx = s };
	s->timer = (struct xengt_ev_timer){ .cb = on_timeout, .ctx = s };
	r = start(s);
	if (r < 0) {
		destroy(s);
		return r;
	}
	*ret_script = s;
	return 0;
}
