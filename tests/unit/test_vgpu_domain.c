/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests which domains may get a vGPU, by Xen's information about the domain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "xengtd/domctl.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/xengtd.h"

/* ---- Xen ---- */

static const struct xengt_domain_info fresh = {
	.uuid = { 1, 2, 3 },
	.is_hvm = true,
	.is_hap = true,
	.is_paused = true,
	.vcpus = 2,
};

static struct {
	struct xengt_domain_info info;
	int info_error, pod, altp2m;
} xen;

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	(void)d;
	(void)domid;
	*ret_info = xen.info;
	return xen.info_error;
}

int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid)
{
	(void)d;
	(void)domid;
	return xen.pod;
}

int xengt_domctl_has_altp2m(struct xengt_domctl *d, uint32_t domid)
{
	(void)d;
	(void)domid;
	return xen.altp2m;
}

/* ---- the tests ---- */

static struct xengtd broker;
static struct xengt_bvgpu vgpu;

static int setup(void **state)
{
	(void)state;
	memset(&xen, 0, sizeof(xen));
	xen.info = fresh;
	vgpu = (struct xengt_bvgpu){ .d = &broker, .domid = 7 };
	strcpy(vgpu.req.domain, "guest");
	return 0;
}

static void accepted(void)
{
	assert_int_equal(xengt_bvgpu_check_domain(&vgpu), 0);
	assert_string_equal(vgpu.error, "");
}

static void refused(int error, const char *text)
{
	vgpu.error[0] = '\0';
	assert_int_equal(xengt_bvgpu_check_domain(&vgpu), error);
	if (!strstr(vgpu.error, text))
		fail_msg("no \"%s\" in \"%s\"", text, vgpu.error);
}

static void one_that_is_made(void **state)
{
	(void)state;
	accepted();
	assert_memory_equal(vgpu.uuid, fresh.uuid, sizeof(fresh.uuid));
	vgpu.req.stage = XENGT_STAGE_START;
	accepted();
	xen.info.vcpus = 128;
	accepted();
}

static void each_condition(void **state)
{
	static const struct {
		size_t at;		/* offset of a bool in the domain's
					 * info */
		bool value;
		int error;
		const char *text;
	} rows[] = {
#define AT(member) offsetof(struct xengt_domain_info, member)
		{ AT(is_hvm), false, -EINVAL, "no HVM domain" },
		{ AT(is_hap), false, -EINVAL, "remove hap = 0" },
		{ AT(is_paused), false, -EINVAL, "is running already" },
		{ AT(has_run), true, -EINVAL, "is running already" },
		{ AT(is_shutdown), true, -EINVAL, "has shut down" },
		{ AT(is_dying), true, -ESRCH, "there is no domain" },
		{ AT(has_paged), true, -EINVAL, "memory that is paged out" },
		{ AT(has_shared), true, -EINVAL, "memory shared with other" },
#undef AT
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		xen.info = fresh;
		memcpy((char *)&xen.info + rows[i].at, &rows[i].value, 1);
		refused(rows[i].error, rows[i].text);
	}
	xen.info = fresh;
	xen.info.vcpus = 129;
	refused(-EINVAL, "may have 128");
}

/*
 * If Xen does not answer, the request is refused, and the message says that Xen did not
 * answer.
 */
static void xen_does_not_answer(void **state)
{
	(void)state;
	xen.info_error = -EIO;
	refused(-EIO, "cannot ask Xen about domain 7");
	xen.info_error = -ESRCH;
	refused(-ESRCH, "there is no domain 7");
	xen.info_error = 0;
	xen.pod = -EPERM;
	refused(-EPERM, "cannot ask Xen whether \"guest\" has memory populated");
	xen.pod = 1;
	refused(-EINVAL, "set maxmem to the value of memory");
	xen.pod = 0;
	xen.altp2m = -EIO;
	refused(-EIO, "cannot ask Xen whether \"guest\" has alternate views");
	xen.altp2m = 1;
	refused(-EINVAL, "remove altp2m");
}

/*
 * After a soft reset the domain has run before, is paused, and will continue with another
 * kernel.
 */
static void after_a_soft_reset(void **state)
{
	(void)state;
	vgpu.req.stage = XENGT_STAGE_SOFT_RESET;
	xen.info.has_run = true;
	accepted();
	xen.info.is_paused = false;
	refused(-EINVAL, "is running already");
	xen.info.is_paused = true;
	xen.info.is_shutdown = true;
	refused(-EINVAL, "has shut down");
}

/*
 * The request for a restored domain has the stage of a soft reset, too, because libxl
 * passes a saved state to QEMU in both cases.
 */
static void a_restored_one(void **state)
{
	(void)state;
	vgpu.req.stage = XENGT_STAGE_SOFT_RESET;
	refused(-EINVAL, "cannot be restored or migrated");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_that_is_made, setup),
		cmocka_unit_test_setup(each_condition, setup),
		cmocka_unit_test_setup(xen_does_not_answer, setup),
		cmocka_unit_test_setup(after_a_soft_reset, setup),
		cmocka_unit_test_setup(a_restored_one, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
