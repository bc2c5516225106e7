/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the questions about the machine's IOMMU that xengt-gpusim sends to QEMU
 * (tools/gpusim_qtest.c). The test answers as QEMU's qtest socket does: in order, together
 * with the answers to interrupts.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "tools/gpusim.h"

#define RID		0x0010

static struct gpusim s;
static int qemu;			/* QEMU's end of the socket */

static int setup(void **state)
{
	int ends[2];

	(void)state;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		return -1;
	memset(&s, 0, sizeof(s));
	s.qtest_fd = ends[0];
	s.rid = RID;
	s.log = stderr;
	qemu = ends[1];
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	if (s.qtest_fd >= 0)
		close(s.qtest_fd);
	if (qemu >= 0)
		close(qemu);
	return 0;
}

static void qemu_says(const char *text)
{
	assert_int_equal(write(qemu, text, strlen(text)), strlen(text));
}

static void qemu_heard(const char *text)
{
	char buf[256];
	ssize_t n = recv(qemu, buf, sizeof(buf) - 1, MSG_DONTWAIT);

	assert_true(n > 0);
	buf[n] = '\0';
	assert_string_equal(buf, text);
}

#define QUESTION	"readl 0xfed9001c\nreadq 0xfed90020\n" \
			"readq 0xfed90090\nreadq 0xfed90088\n"
#define ANSWERS		"OK 0x00000000c6000000\nOK 0x000000007f5de000\n" \
			"OK 0x000000007f5d8002\nOK 0x0000000000000420\n"

static void is_what_qemu_said(void)
{
	struct xengt_sim_unit unit = { 0 };

	assert_int_equal(gpusim_qtest_iommu(&s, &unit), 0);
	assert_int_equal(unit.gsts, 0xc6000000);
	assert_int_equal(unit.rtaddr, 0x7f5de000);
	assert_int_equal(unit.iqa, 0x7f5d8002);
	assert_int_equal(unit.iqt, 0x420);
	assert_int_equal(unit.rid, RID);
}

static void the_unit_is_asked_and_answers(void **state)
{
	(void)state;
	qemu_says(ANSWERS);
	is_what_qemu_said();
	qemu_heard(QUESTION);
	/* the second question gets an answer, too */
	qemu_says(ANSWERS);
	is_what_qemu_said();
}

static void answers_to_interrupts_are_others(void **state)
{
	(void)state;
	gpusim_qtest_msi(&s, 0xfee0100c, 0x41d8);
	qemu_says("K\nOK\nIRQ raise 3\nFAIL Unknown command 'x'\n");
	qemu_says("a line that is much longer than any that QEMU gives, so long that no buffer has it\n");
	qemu_says(ANSWERS "OK\n");
	is_what_qemu_said();
	qemu_heard("writel 0xfee0100c 0x41d8\n" QUESTION);
}

static void half_an_answer_is_none(void **state)
{
	struct xengt_sim_unit unit = { .gsts = 7 };

	(void)state;
	qemu_says("OK 0x00000000c6000000\nOK 0x0000");
	close(qemu);
	qemu = -1;
	assert_true(gpusim_qtest_iommu(&s, &unit) < 0);
	assert_int_equal(unit.gsts, 7);
	/*
	 * the connection is closed, so a late answer cannot become the answer to the next
	 * question
	 */
	assert_int_equal(s.qtest_fd, -1);
	assert_true(gpusim_qtest_iommu(&s, &unit) < 0);
	assert_int_equal(unit.gsts, 7);
}

#define TEST(f)	cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_unit_is_asked_and_answers),
		TEST(answers_to_interrupts_are_others),
		TEST(half_an_answer_is_none),
	};

	return cmocka_run_group_tests_name("sim_qtest", tests, NULL, NULL);
}
