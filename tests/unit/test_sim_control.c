// SPDX-License-Identifier: GPL-2.0-only
/* Tests the control socket of xengt-gpusim, and the pictures that xengt-gpusim writes. */
#include "made_time.h"
#include "sim_machine.h"
#include "tools/gpusim.h"

#include <png.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

struct rig {
	struct machine *m;
	struct gpusim s;
	char dir[32];
	char path[64];
};

static int peer(struct rig *r)
{
	struct sockaddr_un sa = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(sa.sun_path, r->path);
	assert_return_code(connect(fd, (void *)&sa, sizeof(sa)), 0);
	return fd;
}

/* Serves the control socket until three calls in a row report that no work is left. */
static void serve(struct rig *r)
{
	unsigned int turns = 0;

	for (int quiet = 0; quiet < 3; turns++)
		quiet = gpusim_control_service(&r->s) ? 0 : quiet + 1;
	assert_true(turns < 1000);
}

static void ask(struct rig *r, int fd, const char *line, const char *want)
{
	char buf[4096];
	ssize_t n;

	assert_int_equal(send(fd, line, strlen(line), 0), strlen(line));
	serve(r);
	n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	buf[n] = '\0';
	assert_string_equal(buf, want);
}

static int setup(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	assert_non_null(r);
	r->m = machine_create("skl", false);
	r->s.sim = r->m->sim;
	strcpy(r->dir, "/tmp/test-control.XXXXXX");
	assert_non_null(mkdtemp(r->dir));
	snprintf(r->path, sizeof(r->path), "%s/control", r->dir);
	assert_int_equal(gpusim_control_open(&r->s, r->path), 0);
	*state = r;
	return 0;
}

static int end(void **state)
{
	struct rig *r = *state;

	gpusim_control_close(&r->s);
	machine_destroy(r->m);
	/* each test removes its files, so the directory is empty */
	assert_return_code(rmdir(r->dir), 0);
	free(r);
	return 0;
}

/*
 * Show a picture of 200x100 at 270 MHz on port B. All pixels have different
 * colours.
 */
static void show(struct machine *m)
{
	static const uint32_t regs[][2] = {
		{ 0x46010, 0x80000000 }, { 0x6c058, 1 << 1 },
		{ 0x6c05c, 0x000e8000 }, { 0x46140, 2U << 29 },
		{ 0x60400, 0x90000000 }, { 0x60000, 299U << 16 | 199 },
		{ 0x6000c, 149U << 16 | 99 }, { 0x6001c, 199U << 16 | 99 },
		{ 0x70180, 0x84000000 }, { 0x70188, 1024 / 64 },
		{ 0x70190, 99U << 16 | 199 }, { 0x7019c, 0x100000 },
		{ 0x70008, 0x80000000 },
	};

	for (uint32_t i = 0; i < 32; i++)
		set_pte(m, 0x100 + i, PTE(RAM_MFN + i));
	for (uint32_t i = 0; i < 32 * 1024; i++)
		((uint32_t *)(void *)m->ram)[i] = i * 37;
	for (size_t i = 0; i < sizeof(regs) / sizeof(regs[0]); i++)
		wr(m, regs[i][0], regs[i][1]);
}

static void test_screenshot(void **state)
{
	static uint8_t want[200 * 100 * 3], got[200 * 100 * 3];
	struct rig *r = *state;
	png_image image = { .version = PNG_IMAGE_VERSION };
	char file[64], line[128];
	int fd = peer(r);

	snprintf(file, sizeof(file), "%s/a picture.png", r->dir);
	snprintf(line, sizeof(line), "screenshot A %s\n", file);
	ask(r, fd, line, "error pipe A is off\n");
	show(r->m);
	ask(r, fd, line, "ok\n");
	assert_true(png_image_begin_read_from_file(&image, file));
	assert_int_equal(image.width, 200);
	assert_int_equal(image.height, 100);
	image.format = PNG_FORMAT_RGB;
	assert_true(png_image_finish_read(&image, NULL, got, 0, NULL));
	assert_int_equal(xengt_sim_picture(r->s.sim, 0, want, sizeof(want)), 0);
	assert_memory_equal(got, want, sizeof(want));
	assert_int_equal(want[5], 37);
	assert_return_code(unlink(file), 0);
	/* errors: no such directory; a pipe that is off; no such pipe; too few words */
	snprintf(line, sizeof(line), "screenshot A %s/no/x.png\n", r->dir);
	ask(r, fd, line, "error No such file or directory\n");
	ask(r, fd, "screenshot B /tmp/x\n", "error pipe B is off\n");
	ask(r, fd, "screenshot D /tmp/x\n",
	    "error usage: screenshot A|B|C FILE\n");
	ask(r, fd, "screenshot A\n", "error usage: screenshot A|B|C FILE\n");
	close(fd);
	serve(r);
}

/*
 * If a peer disconnects before the picture is complete, no file of the picture is left.
 */
static void test_unfinished(void **state)
{
	struct rig *r = *state;
	char line[128];
	int fd = peer(r);

	show(r->m);
	snprintf(line, sizeof(line), "screenshot A %s/x.png\n", r->dir);
	assert_true(send(fd, line, strlen(line), 0) > 0);
	assert_true(gpusim_control_service(&r->s));
	gpusim_control_close(&r->s);
	close(fd);
}

static void test_monitor(void **state)
{
	struct rig *r = *state;
	int fd = peer(r);

	assert_int_equal(rd(r->m, REG_SDE_ISR), 0x00600000);
	ask(r, fd, "monitor 1 off\n", "ok\n");
	assert_int_equal(rd(r->m, REG_SDE_ISR), 0x00200000);
	/*
	 * first two lines at once; then lines with a missing word, a wrong word, an
	 * unknown command
	 */
	ask(r, fd, "monitor 0 off\nmonitor 1 on\n", "ok\nok\n");
	assert_int_equal(rd(r->m, REG_SDE_ISR), 0x00400000);
	ask(r, fd, "monitor 0\n", "error usage: monitor 0|1 on|off\n");
	ask(r, fd, "monitor 0 maybe\n", "error usage: monitor 0|1 on|off\n");
	ask(r, fd, "monitor 2 on\n", "error no monitor 2\n");
	ask(r, fd, "monitor / on\n", "error no monitor /\n");
	ask(r, fd, "\n", "error the commands are screenshot, monitor, stats and set\n");
	ask(r, fd, "  monitors 1 on\n",
	    "error the commands are screenshot, monitor, stats and set\n");
	close(fd);
	serve(r);
}

static void test_stats(void **state)
{
	struct rig *r = *state;
	int fd = peer(r);
	char buf[4096];
	ssize_t n;

	(void)rd(r->m, RCS);
	assert_int_equal(send(fd, "stats\n", 6, 0), 6);
	serve(r);
	n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	buf[n] = '\0';
	assert_non_null(strstr(buf, "\nmmio_reads 1\n"));
	assert_non_null(strstr(buf, "\nresets 0\nok\n"));
	close(fd);
	serve(r);
}

/*
 * These lines are sent one after the other. Each line changes only the option that the
 * line names.
 */
static const struct {
	const char *line;
	struct xengt_sim_exec_opts want;
} settings[] = {
	{ "set strict none\n", { .cost_percent = 100 } },
	{ "set ignore-preempt rcs\n",
	  { .cost_percent = 100, .ignore_preempt = 1 } },
	{ "set lose-irq bcs,vcs\n",
	  { .cost_percent = 100, .ignore_preempt = 1,
	    .lose_irq = 10 } },
	{ "set ignore-preempt all\n",
	  { .cost_percent = 100, .ignore_preempt = 15,
	    .lose_irq = 10 } },
	{ "set lose-irq none\n",
	  { .cost_percent = 100, .ignore_preempt = 15 } },
	{ "set blt-hole closed\n",
	  { .cost_percent = 100, .ignore_preempt = 15,
	    .no_blt_hole = true } },
	{ "set cost 250\n",
	  { .cost_percent = 250, .ignore_preempt = 15,
	    .no_blt_hole = true } },
	{ "set blt-hole open\n",
	  { .cost_percent = 250, .ignore_preempt = 15 } },
	{ "set ignore-preempt vecs\n",
	  { .cost_percent = 250, .ignore_preempt = 4 } },
	{ "set strict images\n",
	  { .cost_percent = 250, .ignore_preempt = 4,
	    .strict = XENGT_SIM_STRICT_IMAGES } },
	{ "set strict bytes,residue\n",
	  { .cost_percent = 250, .ignore_preempt = 4,
	    .strict = XENGT_SIM_STRICT_BYTES |
		      XENGT_SIM_STRICT_RESIDUE } },
	{ "set strict none\n",
	  { .cost_percent = 250, .ignore_preempt = 4 } },
};

static const char *const not_settings[][2] = {
	{ "set\n", "error usage: set NAME VALUE\n" },
	{ "set cost\n", "error usage: set NAME VALUE\n" },
	{ "set color red\n", "error no such name: color\n" },
	{ "set cost -1\n", "error no such value: -1\n" },
	{ "set cost 1000001\n", "error no such value: 1000001\n" },
	{ "set cost 1x\n", "error no such value: 1x\n" },
	{ "set lose-irq xcs\n", "error no such value: xcs\n" },
	{ "set lose-irq rcs,\n", "error no such value: rcs,\n" },
	{ "set lose-irq rc\n", "error no such value: rc\n" },
	{ "set blt-hole shut\n", "error no such value: shut\n" },
	{ "set strict image\n", "error no such value: image\n" },
};

/* The simulator refuses an endless line, and then serves the next waiting peer. */
static void test_set(void **state)
{
	struct xengt_sim_exec_opts got;
	struct rig *r = *state;
	int fd = peer(r);

	for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		const struct xengt_sim_exec_opts *want = &settings[i].want;

		ask(r, fd, settings[i].line, "ok\n");
		xengt_sim_get_exec(r->s.sim, &got);
		assert_int_equal(got.cost_percent, want->cost_percent);
		assert_int_equal(got.ignore_preempt, want->ignore_preempt);
		assert_int_equal(got.lose_irq, want->lose_irq);
		assert_int_equal(got.no_blt_hole, want->no_blt_hole);
		assert_int_equal(got.strict, want->strict);
	}
	for (size_t i = 0; i < sizeof(not_settings) / sizeof(not_settings[0]);
	     i++)
		ask(r, fd, not_settings[i][0], not_settings[i][1]);
	xengt_sim_get_exec(r->s.sim, &got);
	assert_int_equal(got.cost_percent, 250);
	assert_int_equal(got.lose_irq, 0);
	r->s.record = stderr;
	ask(r, fd, "set cost 100\n", "error a recorded session cannot be changed by set\n");
	r->s.record = NULL;
	close(fd);
	serve(r);
}

static void test_set_what_sticks(void **state)
{
	struct xengt_sim_exec_opts got;
	struct rig *r = *state;
	int fd = peer(r);

	ask(r, fd, "set stick-tlb rcs,bcs\n", "ok\n");
	ask(r, fd, "set stick-reset vcs\n", "ok\n");
	ask(r, fd, "set stick-full-reset on\n", "ok\n");
	xengt_sim_get_exec(r->s.sim, &got);
	assert_int_equal(got.stick_tlb, 9);
	assert_int_equal(got.stick_reset, 2);
	assert_true(got.stick_full_reset);
	ask(r, fd, "set stick-full-reset off\n", "ok\n");
	ask(r, fd, "set stick-full-reset rcs\n", "error no such value: rcs\n");
	xengt_sim_get_exec(r->s.sim, &got);
	assert_false(got.stick_full_reset);
	close(fd);
	serve(r);
}

static void test_bounds(void **state)
{
	static char big[5000];
	struct rig *r = *state;
	int fd = peer(r), other = peer(r);
	char buf[4096];
	ssize_t n;

	memset(big, 'x', sizeof(big));
	assert_int_equal(send(fd, big, sizeof(big), 0), sizeof(big));
	serve(r);
	n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);
	assert_true(n > 0);
	assert_memory_equal(buf, "error line too long\n", 20);
	assert_int_equal(send(other, "monitor 0 on\n", 13, 0), 13);
	serve(r);
	assert_int_equal(recv(other, buf, sizeof(buf), MSG_DONTWAIT), -1);
	close(fd);
	serve(r);
	assert_int_equal(recv(other, buf, sizeof(buf), MSG_DONTWAIT), 3);
	close(other);
	serve(r);
	/* the simulator does not execute a line without its newline */
	fd = peer(r);
	assert_int_equal(send(fd, "monitor 0 off", 13, 0), 13);
	close(fd);
	serve(r);
	assert_int_equal(rd(r->m, REG_SDE_ISR), 0x00600000);
}

/* A peer that is silent for ten seconds is dropped. */
static void test_silent_peer(void **state)
{
	struct rig *r = *state;
	int fd = peer(r), other = peer(r);
	char buf[4096];

	ask(r, fd, "monitor 0 on\n", "ok\n");
	assert_int_equal(send(fd, "monitor", 7, 0), 7);
	assert_int_equal(send(other, "monitor 0 on\n", 13, 0), 13);
	serve(r);
	made_ns += 10 * MADE_SEC;
	serve(r);
	assert_int_equal(recv(other, buf, sizeof(buf), MSG_DONTWAIT), -1);
	assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), -1);
	made_ns++;
	serve(r);
	assert_int_equal(recv(fd, buf, sizeof(buf), MSG_DONTWAIT), 0);
	assert_int_equal(recv(other, buf, sizeof(buf), MSG_DONTWAIT), 3);
	close(fd);
	close(other);
	serve(r);
}

/* The simulator replaces the socket of an earlier run, but not a regular file. */
static void test_open(void **state)
{
	struct rig *r = *state;
	struct gpusim other = { .sim = r->m->sim };
	char file[64];
	FILE *f;

	assert_int_equal(gpusim_control_open(&other, r->path), 0);
	gpusim_control_close(&other);
	snprintf(file, sizeof(file), "%s/file", r->dir);
	f = fopen(file, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(gpusim_control_open(&other, file), -EADDRINUSE);
	assert_null(other.control);
	assert_return_code(unlink(file), 0);
	assert_false(gpusim_control_service(&other));
	gpusim_control_close(&other);
}

#define T(t) cmocka_unit_test_setup_teardown(t, setup, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(test_screenshot), T(test_unfinished), T(test_monitor),
		T(test_stats), T(test_set), T(test_set_what_sticks),
		T(test_bounds), T(test_silent_peer),
		T(test_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
