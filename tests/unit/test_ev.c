/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the broker's event loop: a callback may add, change and remove anything, and a
 * timer fires once, when its time has come. The test's own epoll_wait() controls the
 * clock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "made_time.h"
#include "xengtd/ev.h"

static struct xengt_ev *ev;
static int longest_msec;		/* the longest wait so far */
static int wait_error;			/* errno of the next wait, and of no later one;
					 * 0: none */

int __real_epoll_wait(int fd, struct epoll_event *e, int count, int msec);
int __wrap_epoll_wait(int fd, struct epoll_event *e, int count, int msec);
int __wrap_epoll_wait(int fd, struct epoll_event *e, int count, int msec)
{
	int r;

	if (wait_error) {
		errno = wait_error;
		wait_error = 0;
		return -1;
	}
	assert_int_equal(count, 1);
	r = __real_epoll_wait(fd, e, count, 0);
	if (r)
		return r;
	/* a wait without a time limit would never end here */
	assert_true(msec >= 0);
	if (msec > longest_msec)
		longest_msec = msec;
	made_ns += (uint64_t)msec * MADE_MSEC;
	return 0;
}

static int setup(void **state)
{
	(void)state;
	longest_msec = 0;
	return xengt_ev_create(&ev);
}

static int teardown(void **state)
{
	(void)state;
	xengt_ev_destroy(ev);
	return 0;
}

/* ---- timers ---- */

struct alarm {
	struct xengt_ev_timer timer;
	int rings, stop_at;
	int64_t rang_at;
};

static void on_alarm(void *ctx)
{
	struct alarm *a = ctx;

	a->rings++;
	a->rang_at = xengt_ev_now_msec();
	if (a->rings == a->stop_at)
		xengt_ev_stop(ev);
}

static void init_alarm(struct alarm *a, int stop_at)
{
	*a = (struct alarm){ .timer = { .cb = on_alarm, .ctx = a },
			     .stop_at = stop_at };
}

static void timers_fire_once_and_in_their_order(void **state)
{
	static const int msecs[] = { 300, 100, 200, 100, 1 };
	const int64_t begin = xengt_ev_now_msec();
	struct alarm alarms[5], end;

	(void)state;
	for (int i = 0; i < 5; i++) {
		init_alarm(&alarms[i], 0);
		xengt_ev_arm(ev, &alarms[i].timer, msecs[i]);
	}
	init_alarm(&end, 1);
	xengt_ev_arm(ev, &end.timer, 1000);
	assert_int_equal(xengt_ev_run(ev), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(alarms[i].rings, 1);
		assert_int_equal(alarms[i].rang_at - begin, msecs[i]);
		assert_false(alarms[i].timer.is_armed);
	}
	assert_int_equal(end.rang_at - begin, 1000);
}

/*
 * If a timer's time passed while the broker did something else, the timer fires at
 * once.
 */
static void a_late_timer_fires_at_once(void **state)
{
	const int64_t begin = xengt_ev_now_msec();
	struct alarm a;

	(void)state;
	init_alarm(&a, 1);
	xengt_ev_arm(ev, &a.timer, 5);
	made_ns += 50 * MADE_MSEC;
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(a.rang_at - begin, 50);
}

static void a_timer_is_armed_again_and_disarmed(void **state)
{
	const int64_t begin = xengt_ev_now_msec();
	struct alarm later, never, end;

	(void)state;
	init_alarm(&later, 0);
	init_alarm(&never, 0);
	init_alarm(&end, 1);
	xengt_ev_disarm(ev, &never.timer);	/* disarm a timer that was never armed */
	xengt_ev_arm(ev, &later.timer, 10);
	xengt_ev_arm(ev, &end.timer, 1000);
	xengt_ev_arm(ev, &never.timer, 20);
	xengt_ev_arm(ev, &later.timer, 500);
	xengt_ev_disarm(ev, &never.timer);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(later.rings, 1);
	assert_int_equal(later.rang_at - begin, 500);
	assert_int_equal(never.rings, 0);
}

/* Three timers are armed; then the second and the first are disarmed. */
static void a_disarmed_timer_does_not_fire(void **state)
{
	struct alarm a[3], end;

	(void)state;
	for (int gone = 0; gone < 3; gone++) {
		xengt_ev_destroy(ev);
		assert_int_equal(xengt_ev_create(&ev), 0);
		for (int i = 0; i < 3; i++) {
			init_alarm(&a[i], 0);
			xengt_ev_arm(ev, &a[i].timer, 10 + i);
		}
		init_alarm(&end, 1);
		xengt_ev_arm(ev, &end.timer, 20);
		xengt_ev_disarm(ev, &a[gone].timer);
		assert_int_equal(xengt_ev_run(ev), 0);
		for (int i = 0; i < 3; i++)
			assert_int_equal(a[i].rings, i != gone);
	}
}

/* The time of a wait must fit into an int, even if the next timer fires much later. */
static void a_timer_may_be_weeks_away(void **state)
{
	const int64_t msec = 50ll * 24 * 3600 * 1000;
	const int64_t begin = xengt_ev_now_msec();
	struct alarm a;

	(void)state;
	init_alarm(&a, 1);
	xengt_ev_arm(ev, &a.timer, msec);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_true(a.rang_at - begin == msec);
	assert_true(longest_msec > 0);
}

static void the_clock_has_two_units(void **state)
{
	const int64_t msec = xengt_ev_now_msec(), usec = xengt_ev_now_usec();

	(void)state;
	assert_true(usec / 1000 == msec);
	made_ns += 2 * MADE_SEC + 3456 * 1000;
	assert_int_equal(xengt_ev_now_usec() - usec, 2003456);
	assert_int_equal(xengt_ev_now_msec() - msec, 2003);
}

/* ---- descriptors ---- */

struct end {
	struct xengt_ev_io io;
	struct end *removes;		/* another watched descriptor, which this one's
					 * callback removes; or NULL */
	uint32_t seen;
	int calls;
};

static void on_event(void *ctx, uint32_t events)
{
	struct end *e = ctx;

	e->seen = events;
	e->calls++;
	if (e->removes)
		xengt_ev_remove(ev, &e->removes->io);
	else
		xengt_ev_stop(ev);
}

static void watch(struct end *e, int fd, uint32_t events)
{
	*e = (struct end){ .io = { .fd = fd, .cb = on_event, .ctx = e } };
	errno = EIO;		/* errno of an earlier call must not count as an error
				 * of this call */
	assert_int_equal(xengt_ev_add(ev, &e->io, events), 0);
}

static struct alarm limit;

static void on_slow_event(void *ctx, uint32_t events)
{
	(void)ctx;
	(void)events;
	made_ns += MADE_SEC;
}

static void on_answer(void *ctx, uint32_t events)
{
	struct end *e = ctx;

	(void)events;
	e->calls++;
	xengt_ev_disarm(ev, &limit.timer);
	xengt_ev_stop(ev);
}

/*
 * Four descriptors are ready. While the broker handles the first one, the time of a limit passes.
 * The last one has the answer for which the limit was set.
 */
static void an_answer_in_time_comes_before_the_limit(void **state)
{
	struct end ends[4], *answer = &ends[3];
	int s[4];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s + 2), 0);
	for (int i = 0; i < 4; i++) {
		watch(&ends[i], s[i], EPOLLOUT);
		ends[i].io.cb = &ends[i] == answer ? on_answer : on_slow_event;
	}
	init_alarm(&limit, 1);
	xengt_ev_arm(ev, &limit.timer, 100);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(answer->calls, 1);
	assert_int_equal(limit.rings, 0);
	for (int i = 0; i < 4; i++)
		close(s[i]);
}

/* Descriptors that are always ready do not keep a timer from firing. */
static void descriptors_do_not_starve_a_timer(void **state)
{
	struct end many[2];
	int s[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	for (int i = 0; i < 2; i++) {
		watch(&many[i], s[i], EPOLLOUT);
		many[i].io.cb = on_slow_event;
	}
	init_alarm(&limit, 1);
	xengt_ev_arm(ev, &limit.timer, 100);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(limit.rings, 1);
	close(s[0]);
	close(s[1]);
}

static void descriptors_tell_what_was_asked(void **state)
{
	struct alarm a;
	struct end e;
	int s[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	watch(&e, s[0], EPOLLIN);
	init_alarm(&a, 1);
	xengt_ev_arm(ev, &a.timer, 10);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(e.calls, 0);		/* no call, because there is nothing to read */
	xengt_ev_change(ev, &e.io, EPOLLOUT);
	xengt_ev_destroy(ev);
	assert_int_equal(xengt_ev_create(&ev), 0);
	watch(&e, s[0], EPOLLIN);
	xengt_ev_change(ev, &e.io, EPOLLOUT);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(e.calls, 1);
	assert_int_equal(e.seen, EPOLLOUT);
	close(s[0]);
	close(s[1]);
}

/* Two descriptors have an event; the first callback removes both descriptors. */
static void a_removed_descriptor_gets_no_event(void **state)
{
	struct end ends[2];
	struct alarm a;
	int s[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, s), 0);
	for (int i = 0; i < 2; i++) {
		watch(&ends[i], s[i], EPOLLOUT);
		ends[i].removes = &ends[!i];
	}
	init_alarm(&a, 1);
	xengt_ev_arm(ev, &a.timer, 0);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(ends[0].calls + ends[1].calls, 1);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(ends[i].io.fd, ends[i].calls ? s[i] : -1);
		xengt_ev_remove(ev, &ends[i].io);
		assert_int_equal(ends[i].io.fd, -1);
		xengt_ev_remove(ev, &ends[i].io);	/* a second removal changes
							 * nothing */
		close(s[i]);
	}
}

static void errors_are_told(void **state)
{
	struct xengt_ev_io closed = { .fd = 1000000, .cb = on_event };
	struct alarm a;

	(void)state;
	assert_int_equal(xengt_ev_add(ev, &closed, EPOLLIN), -EBADF);
	/* a signal does not end the loop; an error of the epoll descriptor ends it */
	wait_error = EINTR;
	init_alarm(&a, 1);
	xengt_ev_arm(ev, &a.timer, 1);
	assert_int_equal(xengt_ev_run(ev), 0);
	assert_int_equal(a.rings, 1);
	xengt_ev_destroy(ev);
	assert_int_equal(xengt_ev_create(&ev), 0);
	wait_error = EBADF;
	assert_int_equal(xengt_ev_run(ev), -EBADF);
	xengt_ev_destroy(NULL);
}

/* The process has used up its descriptors, so epoll cannot be created. */
static void there_is_no_descriptor_for_it(void **state)
{
	struct xengt_ev *none = NULL;
	struct rlimit before, few;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = (struct rlimit){ 3, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	assert_int_equal(xengt_ev_create(&none), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_null(none);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(timers_fire_once_and_in_their_order),
		TEST(a_late_timer_fires_at_once),
		TEST(a_timer_is_armed_again_and_disarmed),
		TEST(a_disarmed_timer_does_not_fire),
		TEST(a_timer_may_be_weeks_away),
		TEST(the_clock_has_two_units),
		TEST(descriptors_tell_what_was_asked),
		TEST(an_answer_in_time_comes_before_the_limit),
		TEST(descriptors_do_not_starve_a_timer),
		TEST(a_removed_descriptor_gets_no_event),
		TEST(errors_are_told),
		TEST(there_is_no_descriptor_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
