/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Serves the control socket. The socket has many clients, and the broker never
 * blocks on a client. The broker answers the questions of a client one after
 * another: it reads the next question only after it has written the answer.
 * Lines and answers have limits in length. If there are too many clients, the
 * broker closes the connection that has been idle for the longest time.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "xengtd/control.h"
#include "common/control_proto.h"
#include "uapi/xengt.h"
#include "xengt/log.h"
#include "xengtd/answer.h"
#include "xengtd/bvgpu.h"
#include "xengtd/ev.h"
#include "xengtd/gpudev.h"
#include "xengtd/vgpu_ask.h"
#include "xengtd/vgpu_find.h"
#include "xengtd/waits.h"
#include "xengtd/xengtd.h"

struct client {
	struct client *next;
	struct xengt_control *control;
	int fd;
	struct xengt_ev_io io;
	struct xengt_ev_timer timer;
	int64_t last_msec;
	char *in;			/* XENGT_CONTROL_LINE_MAX bytes */
	size_t in_len;
	char *out;			/* the answer that is being sent; NULL:
					 * none */
	size_t out_len, out_sent;
	bool is_ended;			/* the client has closed its sending
					 * side */
	bool is_skipping;		/* skip the rest of a line that was
					 * too long */
	/*
	 * the broker's question to the worker, for a command that needs the
	 * worker
	 */
	struct xengt_worker_question question;
	bool is_waiting;
	uint32_t domid;
	struct xengt_answer answer;	/* answer.fd stays open until the
					 * client's next command */
};

struct xengt_control {
	struct xengtd *d;
	struct xengt_ev_io io;
	struct client *clients;
	unsigned int count;
	char path[108];
};

static void serve(struct client *c);

static void drop_file(struct client *c)
{
	if (c->answer.fd >= 0)
		close(c->answer.fd);
	c->answer.fd = -1;
}

static void destroy_client(struct client *c)
{
	struct xengtd *d = c->control->d;
	struct client **p = &c->control->clients;

	while (*p != c)
		p = &(*p)->next;
	*p = c->next;
	c->control->count--;
	xengt_bvgpu_cancel(&c->question);
	json_object_put(c->answer.data);
	drop_file(c);
	xengt_ev_disarm(d->ev, &c->timer);
	xengt_ev_remove(d->ev, &c->io);
	close(c->fd);
	free(c->in);
	free(c->out);
	free(c);
}

/* ---- answers ---- */

static void answer(struct client *c, char *line)
{
	c->out = line;
	c->out_len = line ? strlen(line) : 0;
	c->out_sent = 0;
	if (!line)
		c->is_ended = true;
}

static void answer_resources(struct client *c)
{
	struct xengt_info gpu;
	char text[256];
	int r = xengt_gpudev_info(c->control->d->opt.device, &gpu);

	if (r < 0) {
		xengt_gpudev_explain(r, text, sizeof(text));
		answer(c, xengt_control_error(r == -ENODEV ? "no-gpu" :
					      "no-module", text));
		return;
	}
	answer(c, xengt_control_ok(xengt_json_resources(&gpu)));
}

static void answer_list(struct client *c)
{
	struct json_object *data = json_object_new_array();

	xengt_bvgpu_refresh_names(c->control->d);
	for (struct xengt_bvgpu *v = c->control->d->vgpus; v; v = v->next)
		json_object_array_add(data, xengt_json_info(v));
	answer(c, xengt_control_ok(data));
}

static void answer_no_vgpu(struct client *c, const char *vgpu)
{
	char *why = xengt_bvgpu_why_ended(c->control->d, vgpu);
	char text[1024];

	if (why)
		snprintf(text, sizeof(text), "the vGPU of \"%s\" has ended: %s",
			 vgpu, why);
	else
		snprintf(text, sizeof(text), "no vGPU for domain \"%s\"; xengt-ctl list shows the vGPUs",
			 vgpu);
	free(why);
	answer(c, xengt_control_error("no-such-vgpu", text));
}

/* ---- questions to the worker ---- */

/*
 * Makes a memory file of this size. Seals forbid to change the size, so a
 * client can map the file safely.
 */
static int make_file(uint32_t bytes)
{
	int fd = memfd_create("answer", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	int r;

	if (fd < 0)
		return -errno;
	if (ftruncate(fd, bytes) == 0 &&
	    fcntl(fd, F_ADD_SEALS,
		  F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

static void on_worker_answer(void *ctx, int error,
			     const struct xengt_wp_msg *msg);

static int ask_worker(struct client *c, struct xengt_bvgpu *v)
{
	const struct xengt_wp_question *row = c->answer.row;
	int r;

	if (row->file_bytes && c->answer.fd < 0) {
		r = make_file(row->file_bytes);
		if (r < 0)
			return r;
		c->answer.fd = r;
	}
	c->question.done = on_worker_answer;
	c->question.ctx = c;
	c->question.fd = c->answer.fd;
	r = xengt_bvgpu_ask(v, &c->question, &c->answer.ask, row->answer);
	c->is_waiting = r == 0;
	return r;
}

static void on_worker_answer(void *ctx, int error,
			     const struct xengt_wp_msg *msg)
{
	struct client *c = ctx;
	struct xengt_bvgpu *v = xengt_bvgpu_of_domain(c->control->d, c->domid);

	c->is_waiting = false;
	if (error)
		answer(c, xengt_answer_silent(&c->answer, error));
	else if (!xengt_answer_add(&c->answer, v, msg) || ask_worker(c, v) < 0)
		answer(c, xengt_answer_line(&c->answer));
	else
		return;
	serve(c);
}

static void answer_vgpu(struct client *c,
			const struct xengt_control_question *q)
{
	struct xengt_bvgpu *v;
	int r;

	xengt_bvgpu_refresh_names(c->control->d);
	v = xengt_bvgpu_find(c->control->d, q->vgpu);
	if (!v) {
		answer_no_vgpu(c, q->vgpu);
		return;
	}
	c->domid = v->domid;
	xengt_answer_begin(&c->answer, q->row, v);
	r = ask_worker(c, v);
	if (r < 0)
		answer(c, xengt_answer_silent(&c->answer, r));
}

static void handle_line(struct client *c, const char *line, size_t len)
{
	struct xengt_control_question q;
	const char *code;
	char err[256];

	drop_file(c);
	if (xengt_control_parse(line, len, &q, &code, err, sizeof(err)) < 0) {
		answer(c, xengt_control_error(code, err));
		return;
	}
	switch (q.cmd) {
	case XENGT_CONTROL_PING:
		answer(c, xengt_control_ok(xengt_json_ping()));
		break;
	case XENGT_CONTROL_RESOURCES:
		answer_resources(c);
		break;
	case XENGT_CONTROL_VIEWS:
		answer(c, xengt_control_ok(xengt_json_views(c->control->d)));
		break;
	case XENGT_CONTROL_LIST:
		answer_list(c);
		break;
	default:
		answer_vgpu(c, &q);
		break;
	}
}

/* ---- bytes ---- */

/* Returns false if the connection to the client has ended. */
static bool write_out(struct client *c)
{
	ssize_t n;

	n = send(c->fd, c->out + c->out_sent, c->out_len - c->out_sent,
		 MSG_DONTWAIT | MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR)
		return false;
	if (n > 0) {
		c->out_sent += n;
		c->last_msec = xengt_ev_now_msec();
	}
	if (c->out_sent == c->out_len) {
		free(c->out);
		c->out = NULL;
	}
	return true;
}

/*
 * Handle the first line of the buffer, and remove the line. Returns false if
 * the buffer has no whole line.
 */
static bool take_line(struct client *c)
{
	char *end = memchr(c->in, '\n', c->in_len);
	size_t used;

	if (!end) {
		if (c->in_len < XENGT_CONTROL_LINE_MAX)
			return false;
		if (!c->is_skipping)
			answer(c, xengt_control_error("bad-request",
						      "the line is longer than 64 KiB"));
		c->is_skipping = true;
		c->in_len = 0;
		return true;
	}
	used = end + 1 - c->in;
	if (c->is_skipping)
		c->is_skipping = false;
	else
		handle_line(c, c->in, used - 1);
	memmove(c->in, c->in + used, c->in_len - used);
	c->in_len -= used;
	return true;
}

/*
 * Set the events of this client for which the loop waits, and the time limit.
 */
static void wait_for_client(struct client *c)
{
	struct xengtd *d = c->control->d;
	/*
	 * The client's time limit runs while the client has sent input that is not
	 * handled yet, while the broker skips the rest of a line that is too long,
	 * or while the client has not read its whole answer. The time limit does
	 * not run while the client only waits for the worker's answer.
	 */
	bool is_stuck = c->out || c->in_len || c->is_skipping;
	bool may_ask = !c->out && !c->is_waiting && !c->is_ended;

	if (is_stuck && !c->timer.is_armed)
		xengt_ev_arm(d->ev, &c->timer, IDLE_MSEC);
	else if (!is_stuck)
		xengt_ev_disarm(d->ev, &c->timer);
	xengt_ev_change(d->ev, &c->io,
			(c->out ? EPOLLOUT : 0) | (may_ask ? EPOLLIN : 0));
}

/*
 * Write as much of the answer as the socket accepts without blocking, then
 * handle the next lines. The function may free the client.
 */
static void serve(struct client *c)
{
	do {
		if (c->out && !write_out(c)) {
			destroy_client(c);
			return;
		}
	} while (!c->out && !c->is_waiting && take_line(c));

	if (c->is_ended && !c->out && !c->is_waiting) {
		destroy_client(c);
		return;
	}
	wait_for_client(c);
}

static void on_client(void *ctx, uint32_t events)
{
	struct client *c = ctx;
	ssize_t n;

	if (events & EPOLLIN && c->in_len < XENGT_CONTROL_LINE_MAX) {
		n = recv(c->fd, c->in + c->in_len,
			 XENGT_CONTROL_LINE_MAX - c->in_len, MSG_DONTWAIT);
		if (n > 0) {
			c->in_len += n;
			c->last_msec = xengt_ev_now_msec();
		} else if (n == 0) {
			c->is_ended = true;
		} else if (errno != EAGAIN && errno != EINTR) {
			destroy_client(c);
			return;
		}
	} else if (events & (EPOLLERR | EPOLLHUP) && !(events & EPOLLIN)) {
		/*
		 * The client has closed the connection, so no answer is needed.
		 */
		destroy_client(c);
		return;
	}
	serve(c);
}

static void on_client_timer(void *ctx)
{
	struct client *c = ctx;
	int64_t idle = xengt_ev_now_msec() - c->last_msec;

	if (idle >= IDLE_MSEC)
		destroy_client(c);
	else
		xengt_ev_arm(c->control->d->ev, &c->timer, IDLE_MSEC - idle);
}

static void drop_oldest(struct xengt_control *control)
{
	struct client *oldest = control->clients;

	for (struct client *c = oldest; c; c = c->next)
		if (c->last_msec < oldest->last_msec)
			oldest = c;
	if (oldest)
		destroy_client(oldest);
}

static void on_connect(void *ctx, uint32_t events)
{
	struct xengt_control *control = ctx;
	struct client *c;
	int fd;

	(void)events;
	fd = accept4(control->io.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	if (control->count >= CLIENTS_MAX)
		drop_oldest(control);
	c = calloc(1, sizeof(*c));
	if (c)
		c->in = malloc(XENGT_CONTROL_LINE_MAX);
	if (!c || !c->in) {
		free(c);
		close(fd);
		return;
	}
	c->control = control;
	c->fd = fd;
	c->answer.fd = -1;
	c->last_msec = xengt_ev_now_msec();
	c->timer = (struct xengt_ev_timer){ .cb = on_client_timer, .ctx = c };
	c->io = (struct xengt_ev_io){ .fd = fd, .cb = on_client, .ctx = c };
	c->next = control->clients;
	control->clients = c;
	control->count++;
	if (xengt_ev_add(control->d->ev, &c->io, EPOLLIN) < 0) {
		c->io.fd = -1;
		destroy_client(c);
	}
}

/*
 * Returns true if an xengtd listens at this address. If an xengtd has ended,
 * its socket remains, but refuses connections.
 */
static bool is_answered(const struct sockaddr_un *addr)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	bool is_there;

	if (fd < 0)
		return false;
	is_there = connect(fd, (const struct sockaddr *)addr,
			   sizeof(*addr)) == 0 || errno == EAGAIN;
	close(fd);
	return is_there;
}

static int start_listening(struct xengt_control *c)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	mode_t mask;
	int r;

	snprintf(c->path, sizeof(c->path), "%s/xengtd.sock",
		 c->d->opt.run_dir);
	strcpy(addr.sun_path, c->path);
	if (is_answered(&addr))
		return -EADDRINUSE;
	unlink(c->path);
	c->io.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			  0);
	if (c->io.fd < 0)
		return -errno;
	mask = umask(0177);
	r = bind(c->io.fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ?
		-errno : 0;
	umask(mask);
	if (r < 0)
		return r;
	return listen(c->io.fd, 16) < 0 ? -errno : 0;
}

int xengt_control_create(struct xengtd *d, struct xengt_control **ret_control)
{
	struct xengt_control *c = calloc(1, sizeof(*c));
	int r;

	if (!c)
		return -ENOMEM;
	c->d = d;
	c->io = (struct xengt_ev_io){ .fd = -1, .cb = on_connect, .ctx = c };
	r = start_listening(c);
	if (r == 0)
		r = xengt_ev_add(d->ev, &c->io, EPOLLIN);
	if (r < 0) {
		if (c->io.fd >= 0)
			close(c->io.fd);
		free(c);
		return r;
	}
	*ret_control = c;
	return 0;
}

void xengt_control_destroy(struct xengt_control *c)
{
	int fd;

	if (!c)
		return;
	while (c->clients)
		destroy_client(c->clients);
	fd = c->io.fd;
	xengt_ev_remove(c->d->ev, &c->io);
	close(fd);
	unlink(c->path);
	free(c);
}
