/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests loop.c and broker.c of the worker. The test plays a broker that answers in time,
 * late or never, dies, or is restarted: the test has both ends of the socket. Made time
 * advances when the loop waits for an event that does not come.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/mman.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/abuse.h"
#include "common/worker_proto.h"
#include "common/worker_questions.h"
#include "core/vgpu.h"
#include "gpu/gpu.h"
#include "hv/hv_xen.h"
#include "loop_rig.h"
#include "made_time.h"
#include "xengt/log.h"
#include "xengt-vgpu/broker.h"
#include "xengt-vgpu/device.h"
#include "xengt-vgpu/loop.h"

#define DOMID	7
#define MSEC	100u		/* time in ms after which the worker gives up waiting for an
				 * answer */

static int gpu_event_fd(struct xengt_gpu *gpu)
{
	(void)gpu;
	return -1;
}

/* ---- a broker ---- */

enum reaction {
	ANSWER,			/* the broker answers with the status below */
	SILENT,
	DIE,			/* the broker dies, and no other broker comes */
	SUCCESSOR,		/* a second broker connects while the first is still connected */
	RETURN,			/* the broker dies and is started again */
	ANSWER_LATE,		/* the broker answers an earlier question instead of this one */
	ASK_FIRST,		/* the broker first asks questions of its own, then answers */
};

static struct {
	int fd;				/* the broker's end of the connection */
	struct sockaddr_un addr;	/* address at which the worker listens */
	socklen_t addr_len;
	enum reaction reactions[8];	/* reactions to the questions, in their
					 * order */
	int status;
	int asked;
	struct xengt_wp_place last;
	uint32_t seqs[8];
} broker;

static struct xengt_loop *loop;
static struct xengt_broker *to_broker;	/* connection of the loop to its broker */
static struct xengt_hv hv;
static struct xengt_gpu_ops gpu_ops = { .event_fd = gpu_event_fd };
static struct xengt_gpu gpu = { &gpu_ops };

static void say(enum xengt_wp_type type, uint32_t seq, int status)
{
	struct xengt_wp_msg msg = { .type = type, .seq = seq, .status = status };

	assert_int_equal(xengt_wp_send(broker.fd, &msg, -1), 0);
}

static void flood_ends(void)
{
	if (device.is_driver_loaded)
		say(XENGT_WP_GET_INFO, 5, 0);
	say(XENGT_WP_QUIT, 0, 0);
}

/* Waits in made time: if no event is there, made time advances by the time limit. */
int __real_epoll_wait(int fd, struct epoll_event *evs, int max, int msec);
int __wrap_epoll_wait(int fd, struct epoll_event *evs, int max, int msec);
int __wrap_epoll_wait(int fd, struct epoll_event *evs, int max, int msec)
{
	int n;

	if (msec > 0 && device.wakes) {
		device.wakes--;
		say(XENGT_WP_PING, 0, 0);
	}
	n = __real_epoll_wait(fd, evs, max, msec > 0 ? 0 : msec);
	if (n == 0 && msec > 0)
		made_ns += (uint64_t)msec * MADE_MSEC;
	return n;
}

static void broker_comes(void)
{
	broker.fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0);
	assert_int_equal(connect(broker.fd, (struct sockaddr *)&broker.addr,
				 broker.addr_len), 0);
}

static void broker_goes(void)
{
	close(broker.fd);
	broker.fd = -1;
}

static void react(const struct xengt_wp_msg *msg)
{
	int n = broker.asked++;

	assert_true(n < 8);
	broker.last = msg->u.place;
	broker.seqs[n] = msg->seq;
	switch (broker.reactions[n]) {
	case ANSWER:
		say(XENGT_WP_PLACED, msg->seq, broker.status);
		break;
	case SILENT:
		break;
	case DIE:
		broker_goes();
		break;
	case SUCCESSOR:
		broker_comes();
		break;
	case RETURN:
		broker_goes();
		broker_comes();
		break;
	case ANSWER_LATE:
		say(XENGT_WP_PLACED, msg->seq - 1, 0);
		break;
	case ASK_FIRST:
		say(XENGT_WP_PING, 77, 0);
		say(XENGT_WP_UNPLUG, 78, 0);
		say(XENGT_WP_HELLO, 79, 0);
		say(XENGT_WP_PLACED, msg->seq, broker.status);
		break;
	}
}

/* Lets the test's broker react as soon as the worker has sent a question. */
int __real_xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd);
int __wrap_xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd);
int __wrap_xengt_wp_send(int fd, struct xengt_wp_msg *msg, int pass_fd)
{
	int r = __real_xengt_wp_send(fd, msg, pass_fd);

	if (r == 0 && fd != broker.fd && msg->type == XENGT_WP_PLACE)
		react(msg);
	if (r == 0 && fd != broker.fd && msg->type == XENGT_WP_INFO)
		device.info = msg->u.info;
	if (r == 0 && fd != broker.fd && msg->type == XENGT_WP_ABUSE) {
		device.told = msg->u.abuse;
		device.tells++;
		if (device.is_throttled) {
			say(XENGT_WP_THROTTLE, 0, 0);
			device.wakes = 1;
		}
	}
	return r;
}

/*
 * Returns the type of the next message from the worker that is not a question, or 0 if there
 * is none.
 */
static uint32_t hear(struct xengt_wp_msg *msg)
{
	int fd = -1;

	while (xengt_wp_recv(broker.fd, msg, &fd) == 1) {
		if (fd >= 0)
			close(fd);
		fd = -1;
		if (msg->type != XENGT_WP_PLACE)
			return msg->type;
	}
	return 0;
}

/* Close the worker's end of the connection. */
static void drop_broker(void)
{
	if (to_broker->cfg.broker_fd >= 0)
		close(to_broker->cfg.broker_fd);
	to_broker->cfg.broker_fd = -1;
}

static int64_t now_msec(void)
{
	return (int64_t)(made_ns / MADE_MSEC);
}

static int setup(void **state)
{
	struct xengt_broker_config cfg = {
		.domid = DOMID, .vgpu_fd = -1, .answer_msec = MSEC,
	};
	int pair[2], pipe_fds[2];

	(void)state;
	memset(&device, 0, sizeof(device));
	device.flood_ends = flood_ends;
	memset(&broker, 0, sizeof(broker));
	if (pipe(pipe_fds) < 0 ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, pair) < 0)
		return -1;
	device.guest_fd = pipe_fds[0];
	device.event_fd = pipe_fds[1];
	cfg.broker_fd = pair[0];
	broker.fd = pair[1];
	/* the kernel chooses an abstract name */
	cfg.listen_fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);
	broker.addr.sun_family = AF_UNIX;
	broker.addr_len = sizeof(broker.addr);
	if (bind(cfg.listen_fd, (struct sockaddr *)&broker.addr,
		 sizeof(sa_family_t)) < 0 || listen(cfg.listen_fd, 4) < 0 ||
	    getsockname(cfg.listen_fd, (struct sockaddr *)&broker.addr,
			&broker.addr_len) < 0)
		return -1;
	if (xengt_loop_create(&cfg, &loop) < 0)
		return -1;
	to_broker = xengt_loop_broker(loop);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (broker.fd >= 0)
		close(broker.fd);
	drop_broker();
	close(to_broker->cfg.listen_fd);
	close(device.guest_fd);
	close(device.event_fd);
	xengt_loop_destroy(loop);
	return 0;
}

static int show(uint64_t first, bool on)
{
	return xengt_broker_map_aperture(to_broker, gfn(first), on);
}

static int give(uint64_t first, bool on)
{
	return xengt_broker_populate(to_broker, gfn(first), 16, on);
}

/* Lets the worker handle all messages that the broker sent. */
static void run(void)
{
	say(XENGT_WP_QUIT, 0, 0);
	to_broker->want_quit = false;
	assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL), 0);
	epoll_ctl(to_broker->epoll_fd, EPOLL_CTL_DEL, device.guest_fd, NULL);
}

/* ---- the tests ---- */

static void it_answers(void **state)
{
	(void)state;
	assert_int_equal(show(0xe0000, true), 0);
	assert_int_equal(broker.last.what, XENGT_WP_PLACE_APERTURE);
	assert_int_equal(broker.last.gfn, 0xe0000);
	assert_int_equal(broker.last.frames, 0);
	assert_int_equal(broker.last.on, 1);
	assert_true(to_broker->has_aperture);
	assert_int_equal(to_broker->aperture_gfn, 0xe0000);
	assert_int_equal(show(0xe0000, false), 0);
	assert_int_equal(broker.last.on, 0);
	assert_false(to_broker->has_aperture);
	assert_int_equal(give(0xf0000, true), 0);
	assert_int_equal(broker.last.what, XENGT_WP_PLACE_RAM);
	assert_int_equal(broker.last.frames, 16);
	assert_int_equal(broker.asked, 3);
	/* no two questions have the same number */
	assert_int_not_equal(broker.seqs[0], broker.seqs[1]);
	assert_int_not_equal(broker.seqs[1], broker.seqs[2]);
}

/* If there is no broker, the worker does not wait for one to map a piece. */
static void pieces(void **state)
{
	(void)state;
	assert_int_equal(xengt_broker_map_piece(to_broker, gfn(0xe0000), 7, true), 0);
	assert_int_equal(broker.last.what, XENGT_WP_PLACE_PIECE);
	assert_int_equal(broker.last.piece, 7);
	assert_true(to_broker->has_aperture);
	drop_broker();
	assert_int_equal(xengt_broker_map_piece(to_broker, gfn(0xe0000), 8, true),
			 -ENOTCONN);
}

static void it_refuses(void **state)
{
	(void)state;
	broker.status = -EPERM;
	assert_int_equal(show(0xe0000, true), -EPERM);
	assert_false(to_broker->has_aperture);
	assert_int_equal(give(0xf0000, true), -EPERM);
	/* the broker answered, so the worker need not remove this RAM later */
	assert_int_equal(to_broker->given_up.frames, 0);
	broker.status = 0;
	assert_int_equal(show(0xe0000, true), 0);
	broker.status = -EIO;
	assert_int_equal(show(0xe0000, false), -EIO);
	assert_true(to_broker->has_aperture);
}

/*
 * There is no broker. A worker that wants RAM does not wait for a broker, because the vCPU
 * would have to wait, too. A worker that wants the aperture waits for a broker.
 */
static void there_is_none(void **state)
{
	int64_t start = now_msec();

	(void)state;
	drop_broker();
	assert_int_equal(give(0xf0000, true), -ENOTCONN);
	assert_int_equal(give(0xf0000, false), -ENOTCONN);
	assert_int_equal(now_msec() - start, 0);
	assert_int_equal(to_broker->given_up.frames, 0);
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	assert_int_equal(now_msec() - start, MSEC);
	assert_false(to_broker->has_aperture);
	assert_int_equal(broker.asked, 0);
	/* if a broker connects in time, the worker asks it */
	broker_goes();
	broker_comes();
	assert_int_equal(show(0xe0000, true), 0);
}

static void it_is_silent(void **state)
{
	int64_t start = now_msec();

	(void)state;
	broker.reactions[0] = SILENT;
	broker.reactions[1] = SILENT;
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	assert_int_equal(now_msec() - start, MSEC);
	assert_false(to_broker->has_aperture);
	assert_int_equal(give(0xf0000, false), -ETIMEDOUT);
	assert_int_equal(to_broker->given_up.frames, 0);
	/* the worker keeps the connection, and asks the next question */
	assert_int_equal(show(0xe0000, true), 0);
	assert_int_equal(broker.asked, 3);
}

static void it_dies(void **state)
{
	(void)state;
	broker.reactions[0] = DIE;
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	assert_int_equal(to_broker->cfg.broker_fd, -1);
	assert_false(to_broker->has_aperture);
	broker_comes();
	broker.reactions[1] = DIE;
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	broker_comes();
	xengt_broker_handle(to_broker, to_broker->cfg.listen_fd);
	broker.reactions[2] = DIE;
	assert_int_equal(give(0xf0000, true), -ENOTCONN);
}

/*
 * A new broker connects while the worker waits for the old broker's answer. The worker asks
 * the new broker again, with another sequence number, and ignores an answer of the old
 * broker.
 */
static void it_is_replaced(void **state)
{
	static const enum reaction ways[] = { SUCCESSOR, RETURN };

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(ways); i++) {
		int old = broker.fd;
		int n = broker.asked;
		char byte;

		broker.reactions[n] = ways[i];
		assert_int_equal(show(0xe0000 + i, true), 0);
		assert_int_equal(broker.asked, n + 2);
		assert_int_not_equal(broker.seqs[n], broker.seqs[n + 1]);
		assert_int_equal(broker.last.gfn, 0xe0000 + i);
		if (ways[i] == RETURN)
			continue;
		/* the old broker reads the question, and then the end of the connection */
		assert_true(recv(old, &byte, 1, 0) > 0);
		assert_int_equal(recv(old, &byte, 1, 0), 0);
		close(old);
	}
}

/*
 * An answer to an earlier question does not answer the present question. But the answer
 * shows that the mapping may have changed.
 */
static void it_answers_another_question(void **state)
{
	(void)state;
	broker.reactions[0] = SILENT;
	broker.reactions[1] = ANSWER_LATE;
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	assert_false(to_broker->has_aperture);
	assert_true(to_broker->want_map_again);
}

/*
 * Before the broker answers, it asks questions itself. If a question of the broker does not
 * need the core, the worker answers at once. The other questions wait until the worker has
 * left the core.
 */
static void it_asks_first(void **state)
{
	struct xengt_wp_msg msg;

	(void)state;
	((struct xengt_device *)to_broker->device)->hv = &hv;
	broker.reactions[0] = ASK_FIRST;
	assert_int_equal(show(0xe0000, true), 0);
	assert_int_equal(hear(&msg), XENGT_WP_PONG);
	assert_int_equal(msg.seq, 77);
	assert_int_equal(hear(&msg), XENGT_WP_STATE);
	assert_int_equal(msg.seq, 79);
	assert_int_equal(msg.u.state.domid, DOMID);
	assert_int_equal(msg.u.state.server_id, 5);
	assert_int_equal(hear(&msg), 0);
	assert_int_equal(device.unplugged + device.mapped_again, 0);
	run();
	assert_int_equal(device.unplugged, 1);
	assert_int_equal(hear(&msg), XENGT_WP_READY);
	assert_true(msg.u.state.has_aperture);
	assert_int_equal(msg.u.state.aperture_gfn, 0xe0000);
	assert_int_equal(hear(&msg), XENGT_WP_UNPLUGGED);
	assert_int_equal(msg.seq, 78);
	/* the device is gone, so the worker repeats no mapping */
	assert_int_equal(device.mapped_again, 0);
}

static void a_late_answer_is_made_good(void **state)
{
	(void)state;
	run();
	assert_int_equal(device.mapped_again, 0);
	assert_int_equal(device.served, 1);
	broker.reactions[0] = SILENT;
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	run();
	assert_int_equal(device.mapped_again, 0);
	say(XENGT_WP_PLACED, broker.seqs[0], 0);
	run();
	assert_int_equal(device.mapped_again, 1);
	run();
	assert_int_equal(device.mapped_again, 1);
	/* a new broker may have changed the mapping of the aperture */
	say(XENGT_WP_HELLO, 1, 0);
	run();
	assert_int_equal(device.mapped_again, 2);
}

/*
 * The worker gave up waiting for RAM, but the broker may place this RAM later. When the late
 * answer comes, the worker first removes the RAM, and only then may ask for more.
 */
static void given_up_ram_is_taken_back(void **state)
{
	(void)state;
	broker.reactions[0] = SILENT;
	assert_int_equal(give(0xf0000, true), -ETIMEDOUT);
	assert_int_equal(give(0xf1000, true), -ENOTCONN);
	assert_int_equal(broker.asked, 1);
	/* meanwhile the worker can have other RAM removed */
	assert_int_equal(give(0xf2000, false), 0);
	/* the first request to remove the RAM gets no answer; the second succeeds */
	say(XENGT_WP_PLACED, broker.seqs[0], 0);
	broker.reactions[2] = SILENT;
	run();
	assert_int_equal(broker.asked, 3);
	assert_int_equal(broker.last.gfn, 0xf0000);
	assert_int_equal(broker.last.on, 0);
	assert_int_equal(give(0xf1000, true), -ENOTCONN);
	say(XENGT_WP_PLACED, broker.seqs[2], 0);
	run();
	assert_int_equal(broker.asked, 4);
	assert_int_equal(broker.last.gfn, 0xf0000);
	assert_int_equal(broker.last.frames, 16);
	assert_int_equal(broker.last.on, 0);
	assert_int_equal(device.mapped_again, 2);
	assert_int_equal(give(0xf1000, true), 0);
}

static void it_ends_us(void **state)
{
	(void)state;
	to_broker->want_quit = false;
	say(XENGT_WP_QUIT, 0, 0);
	assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL), 0);
}

/*
 * The worker drops a peer that sends bad messages, and tells the peer its
 * version.
 */
static void it_talks_nonsense(void **state)
{
	struct xengt_wp_msg msg;

	(void)state;
	broker.reactions[0] = SILENT;
	assert_int_equal(send(broker.fd, "banana", 6, 0), 6);
	assert_int_equal(show(0xe0000, true), -ETIMEDOUT);
	assert_int_equal(to_broker->cfg.broker_fd, -1);
	assert_int_equal(hear(&msg), XENGT_WP_PONG);
	assert_int_equal(msg.version, XENGT_WP_VERSION);
	assert_int_equal(hear(&msg), 0);
}

/*
 * Makes a file like those that come with questions. Returns its descriptor, which the caller
 * closes.
 */
static int new_file(uint32_t len_bytes)
{
	int fd = memfd_create("test", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, len_bytes), 0);
	return fd;
}

/*
 * Each question gets one answer, with the row's type and the question's number.
 * The worker fills a file between two guest requests. If a question lacks its
 * file, the worker does not answer.
 */
static void it_asks_what_there_is(void **state)
{
	(void)state;
	run();
	assert_int_equal(hear(&(struct xengt_wp_msg){ 0 }), XENGT_WP_READY);
	for (uint32_t i = 0; i < XENGT_QUESTIONS; i++) {
		const struct xengt_wp_question *row = &xengt_wp_questions[i];
		struct xengt_wp_msg msg = { .type = row->get, .seq = 100 + i };
		int fd = row->file_bytes ? new_file(row->file_bytes) : -1;

		msg.u.wanted.list = row->list;
		assert_int_equal(xengt_wp_send(broker.fd, &msg, fd), 0);
		if (fd >= 0)
			close(fd);
		xengt_broker_handle(to_broker, to_broker->cfg.broker_fd);
		if (row->file_bytes)
			assert_int_equal(hear(&msg), 0);
		run();
		if (row->answer != XENGT_WP_NONE && !row->file_bytes) {
			assert_int_equal(hear(&msg), row->answer);
			assert_int_equal(msg.seq, 100 + i);
		}
		assert_int_equal(hear(&msg), XENGT_WP_READY);
		if (row->answer != XENGT_WP_NONE && row->file_bytes) {
			assert_int_equal(hear(&msg), row->answer);
			assert_int_equal(msg.seq, 100 + i);
		}
		if (row->file_bytes)
			say(row->get, 200 + i, 0);
		run();
		assert_int_equal(hear(&msg), XENGT_WP_READY);
		assert_int_equal(hear(&msg), 0);
	}
}

/*
 * If two questions with a file come, only the later one is answered, and only
 * once.
 */
static void the_newest_file_counts(void **state)
{
	struct xengt_wp_msg msg = { .type = XENGT_WP_GET_PICTURE };
	int fd = new_file(16);

	(void)state;
	for (msg.seq = 1; msg.seq <= 2; msg.seq++)
		assert_int_equal(xengt_wp_send(broker.fd, &msg, fd), 0);
	close(fd);
	run();
	assert_int_equal(hear(&msg), XENGT_WP_READY);
	assert_int_equal(hear(&msg), XENGT_WP_PICTURE);
	assert_int_equal(msg.seq, 2);
	assert_int_equal(msg.status, -ENODATA);
	run();
	assert_int_equal(hear(&msg), XENGT_WP_READY);
	assert_int_equal(hear(&msg), 0);
}

/* A guest that accesses every register must not fill the log. */
static void unknown_registers_have_a_bound(void **state)
{
	(void)state;
	xengt_log_set_level(XENGT_LOG_WARN);
	device.news = 2 * UNKNOWN_LINES_MAX;
	run();
	assert_int_equal(device.news, 0);
	assert_int_equal(device.lines, UNKNOWN_LINES_MAX);
	assert_int_equal(device.ends, 1);
	xengt_log_set_level(XENGT_LOG_INFO);
}

/*
 * The worker reports abuse once a second. If the broker throttles the guest, the guest's
 * requests wait for a limited time after each report, even if a message wakes the worker meanwhile.
 */
static void a_guest_that_floods(void **state)
{
	enum { TURNS = 40, TURN_MSEC = 100 };

	(void)state;
	for (int is_throttled = 0; is_throttled < 2; is_throttled++) {
		int64_t begin = now_msec(), took;

		device.busy = TURNS;
		device.serve_msec = TURN_MSEC;
		device.is_throttled = is_throttled;
		device.tells = 0;
		memset(&device.counters, 0, sizeof(device.counters));
		to_broker->want_quit = false;
		assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL), 0);
		epoll_ctl(to_broker->epoll_fd, EPOLL_CTL_DEL, device.guest_fd,
			  NULL);
		took = now_msec() - begin;
		assert_int_equal(device.busy, 0);
		assert_int_equal(device.told.row, XENGT_COUNTER_hangs);
		if (!is_throttled) {
			assert_int_equal(took, TURNS * TURN_MSEC);
			assert_in_range(device.tells, TURNS * TURN_MSEC / 1000,
					TURNS * TURN_MSEC / 1000 + 1);
		} else {
			int64_t paused = (int64_t)device.tells *
					 XENGT_ABUSE_PAUSE_MSEC;

			assert_in_range(device.tells, TURNS / 2 - 1, TURNS);
			assert_in_range(took, TURNS * TURN_MSEC + paused -
					      XENGT_ABUSE_PAUSE_MSEC,
					TURNS * TURN_MSEC + paused);
		}
	}
}

/* The worker logs a line when the counter images_other reaches 1, 2, 4 and so on. */
static void images_are_told(void **state)
{
	(void)state;
	device.busy = 1000;
	device.images = 1;
	assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL), 0);
	assert_int_equal(device.counters.images_other, 1000);
	assert_int_equal(device.image_lines, 10);
}

/* The worker reports for how long the driver is active: since the requests by which it loads. */
static void the_drivers_time(void **state)
{
	int64_t before;

	(void)state;
	say(XENGT_WP_GET_INFO, 4, 0);
	run();
	before = now_msec();
	assert_int_equal(device.info.driver, XENGT_DRIVER_NONE);
	to_broker->want_quit = false;
	device.is_driver_loaded = true;
	device.busy = 3;
	device.serve_msec = 5123;
	assert_int_equal(xengt_loop_run(loop, &hv, &gpu, NULL, NULL), 0);
	assert_int_equal(device.info.driver, XENGT_DRIVER_ACTIVE);
	assert_int_equal(device.info.driver_msec, now_msec() - before);
	assert_int_equal(device.info.driver_msec, 15369);
}

static void it_is_told_why(void **state)
{
	struct xengt_wp_msg msg;
	char text[2 * XENGT_WP_TEXT_MAX];

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	xengt_broker_tell_failure(-1, -EIO, text);
	xengt_broker_tell_failure(to_broker->cfg.broker_fd, -EIO, text);
	assert_int_equal(hear(&msg), XENGT_WP_FAILED);
	assert_int_equal(msg.status, -EIO);
	assert_int_equal(strlen(msg.u.text), XENGT_WP_TEXT_MAX - 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_answers),
		TEST(pieces),
		TEST(it_refuses),
		TEST(there_is_none),
		TEST(it_is_silent),
		TEST(it_dies),
		TEST(it_is_replaced),
		TEST(it_answers_another_question),
		TEST(it_asks_first),
		TEST(a_late_answer_is_made_good),
		TEST(given_up_ram_is_taken_back),
		TEST(it_ends_us),
		TEST(it_talks_nonsense),
		TEST(it_asks_what_there_is),
		TEST(the_newest_file_counts),
		TEST(unknown_registers_have_a_bound),
		TEST(a_guest_that_floods),
		TEST(images_are_told),
		TEST(the_drivers_time),
		TEST(it_is_told_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
