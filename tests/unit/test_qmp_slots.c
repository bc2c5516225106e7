/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the parser of QEMU's list of PCI devices, with real lists and with texts that
 * are no such list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "common/qmp_slots.h"

static struct xengt_qmp_slots slots;

static int parse(const char *text)
{
	struct json_object *obj = json_tokener_parse(text);
	int r = xengt_qmp_slots_parse(obj, &slots);

	json_object_put(obj);
	return r;
}

/* The answer of QEMU 7.2, shortened. */
static const char real[] =
"[{\"bus\":0,\"devices\":["
"{\"bus\":0,\"qdev_id\":\"\",\"slot\":0,\"class_info\":{\"class\":1536,"
"\"desc\":\"Host bridge\"},\"id\":{\"device\":4663,\"vendor\":32902},"
"\"function\":0,\"regions\":[]},"
"{\"bus\":0,\"slot\":1,\"class_info\":{\"class\":1537,\"desc\":\"ISA bridge\"},"
"\"id\":{\"device\":28672,\"vendor\":32902},\"function\":0},"
"{\"bus\":0,\"slot\":1,\"class_info\":{\"class\":257,"
"\"desc\":\"IDE controller\"},\"function\":1},"
"{\"bus\":0,\"slot\":2,\"class_info\":{\"class\":65408},"
"\"id\":{\"device\":1,\"vendor\":22611},\"function\":0}]},"
"{\"bus\":1,\"devices\":[{\"slot\":9}]}]";

static void test_real(void **state)
{
	(void)state;
	assert_int_equal(parse(real), 0);
	assert_int_equal(slots.used, 0x7);
	assert_string_equal(slots.what[0], "Host bridge 8086:1237");
	assert_string_equal(slots.what[1], "ISA bridge 8086:7000");
	assert_string_equal(slots.what[2], "PCI device 5853:0001");
}

static void test_nonsense(void **state)
{
	static const char *const bad[] = {
		"{}", "[]", "1", "null", "[1]", "[{}]", "[{\"bus\":0}]",
		"[{\"bus\":0,\"devices\":1}]", "[{\"bus\":0,\"devices\":[1]}]",
		"[{\"bus\":0,\"devices\":[{}]}]",
		"[{\"bus\":0,\"devices\":[{\"slot\":-1}]}]",
		"[{\"bus\":0,\"devices\":[{\"slot\":32}]}]",
		"[{\"bus\":0,\"devices\":[{\"slot\":\"2\"}]}]",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(parse(bad[i]), -EPROTO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_real),
		cmocka_unit_test(test_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
