/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Handles the worker's link to the broker.
 *
 * At any time the broker may die, and a new broker may connect. If the broker
 * dies while the worker waits for an answer, the worker sends its question to
 * the new broker. The worker reads messages only from the broker that connected
 * last.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "xengt-vgpu/broker.h"
#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "hv/hv_xen.h"
#include "xengt-vgpu/questions.h"
#include "xengt/counters.h"
#include "xengt/log.h"

#define BROKER_ANSWER_MSEC	5000

static int64_t now_msec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

static int watch_fd(const struct xengt_broker *b, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.fd = fd };

	if (fd >= 0 && epoll_ctl(b->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0)
		return -errno;
	return 0;
}

int xengt_broker_init(struct xengt_broker *b,
		      const struct xengt_broker_config *cfg, int epoll_fd,
		      const struct xengt_device *device)
{
	int r;

	*b = (struct xengt_broker){
		.cfg = *cfg,
		.device = device,
		.epoll_fd = epoll_fd,
	};
	for (size_t i = 0; i < XENGT_QUESTIONS; i++)
		b->files[i].fd = -1;
	if (!cfg->answer_msec)
		b->cfg.answer_msec = BROKER_ANSWER_MSEC;
	r = watch_fd(b, cfg->broker_fd);
	return r < 0 ? r : watch_fd(b, cfg->listen_fd);
}

void xengt_broker_fini(struct xengt_broker *b)
{
	for (size_t i = 0; b->device && i < XENGT_QUESTIONS; i++)
		if (b->files[i].fd >= 0)
			close(b->files[i].fd);
}

static void drop_broker(struct xengt_broker *b)
{
	if (b->cfg.broker_fd < 0)
		return;
	close(b->cfg.broker_fd);
	b->cfg.broker_fd = -1;
}

static void send_msg(struct xengt_broker *b, struct xengt_wp_msg *msg,
		     int pass_fd)
{
	int r;

	if (b->cfg.broker_fd < 0)
		return;
	r = xengt_wp_send(b->cfg.broker_fd, msg, pass_fd);
	if (r == 0)
		return;
	xengt_warn("cannot send to the broker: %s", strerror(-r));
	drop_broker(b);
}

void xengt_broker_send_simple(struct xengt_broker *b, enum xengt_wp_type type,
			      uint32_t seq, int status)
{
	struct xengt_wp_msg msg = { .type = type, .seq = seq, .status = status };

	send_msg(b, &msg, -1);
}

void xengt_broker_send_state(struct xengt_broker *b, enum xengt_wp_type type,
			     uint32_t seq, int pass_fd)
{
	struct xengt_wp_msg msg = {
		.type = type,
		.seq = seq,
		.u.state = {
			.domid = b->cfg.domid,
			.server_id = xengt_hv_xen_server_id(b->device->hv),
			.vcpus = xengt_hv_xen_vcpus(b->device->hv),
			.is_unplugged = b->device->is_unplugged,
			.is_dead = b->device->is_dead,
			.has_aperture = b->has_aperture,
			.aperture_gfn = b->aperture_gfn,
		},
	};

	send_msg(b, &msg, pass_fd);
}

void xengt_broker_send_abuse(struct xengt_broker *b, enum xengt_counter row,
			     uint64_t count)
{
	struct xengt_wp_msg msg = {
		.type = XENGT_WP_ABUSE,
		.u.abuse = { .row = row, .count = count },
	};

	send_msg(b, &msg, -1);
}

/* fd: the file that came with the message, or -1. The caller owns the file. */
static void answer(struct xengt_broker *b, const struct xengt_wp_question *row,
		   const struct xengt_wp_msg *ask, int fd)
{
	struct xengt_wp_msg msg = { .type = row->answer, .seq = ask->seq };

	xengt_question_answer(b->device, row, ask, fd, &msg);
	if (row->answer != XENGT_WP_NONE)
		send_msg(b, &msg, -1);
}

void xengt_broker_answer_files(struct xengt_broker *b)
{
	for (size_t i = 0; i < XENGT_QUESTIONS; i++) {
		const struct xengt_wp_question *row = &xengt_wp_questions[i];
		const struct xengt_wp_msg ask = {
			.type = row->get,
			.seq = b->files[i].seq,
		};

		if (b->files[i].fd < 0)
			continue;
		answer(b, row, &ask, b->files[i].fd);
		close(b->files[i].fd);
		b->files[i].fd = -1;
	}
}

static void accept_broker(struct xengt_broker *b)
{
	int fd = accept4(b->cfg.listen_fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0)
		return;
	drop_broker(b);
	if (watch_fd(b, fd) < 0) {
		close(fd);
		return;
	}
	b->cfg.broker_fd = fd;
	xengt_info("a new broker has connected");
}

static void handle_question(struct xengt_broker *b,
			    const struct xengt_wp_msg *msg)
{
	const struct xengt_wp_question *row = xengt_wp_question_of(msg->type);

	if (!row)
		xengt_warn("the broker sent a message of type %u", msg->type);
	else if (row->file_bytes)
		b->files[row - xengt_wp_questions].seq = msg->seq;
	else
		answer(b, row, msg, -1);
}

/*
 * Handles one message. This function also runs while the core waits for an
 * answer (ask_to_place()), so the function must not change the core. The
 * function answers the questions that only read the core. For all other
 * messages it sets flags; the loop later does what a flag says.
 */
static void handle_msg(struct xengt_broker *b, const struct xengt_wp_msg *msg)
{
	switch (msg->type) {
	case XENGT_WP_HELLO:
		xengt_broker_send_state(b, XENGT_WP_STATE, msg->seq,
					b->cfg.vgpu_fd);
		b->want_map_again = true;
		break;
	case XENGT_WP_PING:
		xengt_broker_send_simple(b, XENGT_WP_PONG, msg->seq, 0);
		break;
	case XENGT_WP_UNPLUG:
		b->want_unplug = true;
		b->unplug_seq = msg->seq;
		break;
	case XENGT_WP_QUIT:
		b->want_quit = true;
		break;
	case XENGT_WP_THROTTLE:
		b->want_pause = true;
		break;
	case XENGT_WP_PLACED:	/* the worker had stopped waiting for this
				 * answer */
		b->want_map_again = true;
		break;
	default:
		handle_question(b, msg);
		break;
	}
}

/*
 * Store the file that came with a question, until the loop answers the
 * question. A newer file for the same row of worker_questions.h replaces an
 * older one. If the message's row has no file, close the file.
 */
static void keep_fd(struct xengt_broker *b, const struct xengt_wp_msg *msg,
		    int fd)
{
	const struct xengt_wp_question *row = xengt_wp_question_of(msg->type);
	int *place = row && row->file_bytes ?
		&b->files[row - xengt_wp_questions].fd : NULL;

	if (place && *place >= 0)
		close(*place);
	if (place)
		*place = fd;
	else if (fd >= 0)
		close(fd);
}

/*
 * Receive a message. Returns 1: *ret_msg is the message; 0: no message has
 * arrived; -EPIPE: no broker is connected (any more).
 */
static int next_msg(struct xengt_broker *b, struct xengt_wp_msg *ret_msg)
{
	int fd = -1, r;

	if (b->cfg.broker_fd < 0)
		return -EPIPE;
	r = xengt_wp_recv(b->cfg.broker_fd, ret_msg, &fd);
	if (r == 1)
		keep_fd(b, ret_msg, fd);
	if (r >= 0)
		return r;
	if (r == -EPIPE) {
		xengt_info("the broker has ended; the vGPU continues without a broker");
	} else {
		xengt_err("the broker's message is not valid: %s", strerror(-r));
		/*
		 * A broker of another version learns the worker's version from
		 * this message. Then the broker sends no more messages to the
		 * worker.
		 */
		xengt_broker_send_simple(b, XENGT_WP_PONG, 0, 0);
	}
	drop_broker(b);
	return -EPIPE;
}

static void handle_broker(struct xengt_broker *b)
{
	struct xengt_wp_msg msg;

	for (int i = 0; i < 16 && next_msg(b, &msg) > 0; i++)
		handle_msg(b, &msg);
}

/*
 * Wait for a message of the broker or for a new broker; 0 or -ETIMEDOUT. If the deadline has
 * passed, the function still looks once: the worker may have had no processor meanwhile.
 */
static int wait_broker(struct xengt_broker *b, int64_t deadline)
{
	bool has_broker = b->cfg.broker_fd >= 0;
	struct pollfd fds[2] = {
		{ .fd = b->cfg.listen_fd, .events = POLLIN },
		{ .fd = b->cfg.broker_fd, .events = POLLIN },
	};
	int64_t left = deadline - now_msec();
	int n;

	if (!has_broker && b->cfg.listen_fd < 0)
		return -ETIMEDOUT;
	n = poll(fds, 2, left > 0 ? left : 0);
	if (n < 0 && errno != EINTR)
		return -errno;
	if (n <= 0 && left <= 0)
		return -ETIMEDOUT;
	if (fds[0].revents)
		accept_broker(b);
	return 0;
}

/*
 * Wait for the answer PLACED to the message b->seq. Returns 1: *ret_status is
 * the answer's status; 0: the broker is gone, so the caller must send the
 * message to the next broker; -ETIMEDOUT: the deadline has passed.
 */
static int wait_answer(struct xengt_broker *b, int64_t deadline,
		       int *ret_status)
{
	int fd = b->cfg.broker_fd;

	while (b->cfg.broker_fd == fd) {
		struct xengt_wp_msg msg;
		int r = next_msg(b, &msg);

		if (r < 0)
			return 0;
		if (r == 0) {
			r = wait_broker(b, deadline);
			if (r < 0)
				return r;
			continue;
		}
		if (msg.type == XENGT_WP_PLACED && msg.seq == b->seq) {
			*ret_status = msg.status;
			return 1;
		}
		handle_msg(b, &msg);
	}
	return 0;
}

/*
 * Send a request to place memory to the connected broker; if the broker dies
 * before it answers, to the next broker; and so on until a broker answers or
 * the deadline passes. Returns the answer's status; -ETIMEDOUT: the deadline
 * passed; -ENOTCONN: no broker is connected, and is_worth_it is false: do not
 * wait for a broker.
 */
static int ask_to_place(struct xengt_broker *b,
			const struct xengt_wp_place *place, bool is_worth_it)
{
	int64_t deadline = now_msec() + b->cfg.answer_msec;
	int status = 0, r;

	do {
		struct xengt_wp_msg msg = {
			.type = XENGT_WP_PLACE,
			.seq = ++b->seq,
			.u.place = *place,
		};

		if (b->cfg.broker_fd < 0 && !is_worth_it)
			return -ENOTCONN;
		if (b->cfg.broker_fd >= 0) {
			send_msg(b, &msg, -1);
			r = wait_answer(b, deadline, &status);
		} else {
			r = wait_broker(b, deadline);
		}
	} while (r == 0);
	return r < 0 ? r : status;
}

int xengt_broker_map_aperture(void *ctx, gfn_t first, bool on)
{
	const struct xengt_wp_place place = {
		.what = XENGT_WP_PLACE_APERTURE,
		.gfn = gfn_x(first),
		.on = on,
	};
	struct xengt_broker *b = ctx;
	int r;

	r = ask_to_place(b, &place, true);
	if (r == -ETIMEDOUT)
		xengt_log_ratelimited(XENGT_LOG_ERR, "no broker answered: the aperture stays %smapped",
				      on ? "un" : "");
	if (r < 0)
		return r;
	b->has_aperture = on;
	b->aperture_gfn = on ? gfn_x(first) : 0;
	return 0;
}

int xengt_broker_map_piece(void *ctx, gfn_t first, uint32_t piece, bool on)
{
	const struct xengt_wp_place place = {
		.what = XENGT_WP_PLACE_PIECE,
		.gfn = gfn_x(first),
		.piece = piece,
		.on = on,
	};
	struct xengt_broker *b = ctx;
	/*
	 * Without the mapping the guest's accesses trap, which is only slower. So do
	 * not let a vCPU wait until a broker connects.
	 */
	int r = ask_to_place(b, &place, false);

	if (r == 0 && on) {
		b->has_aperture = true;
		b->aperture_gfn = gfn_x(first);
	}
	return r;
}

int xengt_broker_populate(void *ctx, gfn_t first, uint32_t frames, bool on)
{
	const struct xengt_wp_place place = {
		.what = XENGT_WP_PLACE_RAM,
		.gfn = gfn_x(first),
		.frames = frames,
		.on = on,
	};
	struct xengt_broker *b = ctx;
	int r;

	if (on && b->given_up.frames)
		return -ENOTCONN;
	/*
	 * Without this RAM the guest's accesses trap: they are slower, but
	 * work. So do not let a vCPU wait until a broker connects.
	 */
	r = ask_to_place(b, &place, false);
	if (on && r == -ETIMEDOUT)
		b->given_up = place;
	if (r < 0)
		xengt_log_ratelimited(XENGT_LOG_WARN, "%u pages of RAM behind BAR0 %s: %s",
				      frames, on ? "cannot be placed" : "cannot be removed",
				      strerror(-r));
	return r;
}

void xengt_broker_tell_failure(int broker_fd, int error, const char *text)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_FAILED, .status = error };

	if (broker_fd < 0)
		return;
	snprintf(msg.u.text, sizeof(msg.u.text), "%s", text);
	xengt_wp_send(broker_fd, &msg, -1);
}


bool xengt_broker_handle(struct xengt_broker *b, int fd)
{
	if (fd == b->cfg.listen_fd)
		accept_broker(b);
	else if (fd == b->cfg.broker_fd)
		handle_broker(b);
	else
		return false;
	return true;
}

void xengt_broker_take_back(struct xengt_broker *b)
{
	struct xengt_wp_place place = b->given_up;

	place.on = false;
	if (place.frames && ask_to_place(b, &place, false) == 0)
		b->given_up.frames = 0;
}
