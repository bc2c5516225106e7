/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Walks the table of domain features (docs/domain-features.md): asks for each feature by
 * each of its keys in a config, and has Xen report each feature to the broker. Whoever looks
 * for the feature (front end or broker) must refuse it, or say that it is untested.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/domain_features.h"
#include "xen-hooks/vgt_xlcfg.h"
#include "xengt/types.h"
#include "xengtd/domctl.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/xengtd.h"

#define HVM "name=\"g\"\ntype=\"hvm\"\nmemory=64\nvgt=1\n"

/* ---- Xen: a domain that has one feature ---- */

static enum xengt_feature_id domain_has;

int xengt_domctl_info(struct xengt_domctl *d, uint32_t domid,
		      struct xengt_domain_info *ret_info)
{
	(void)d;
	(void)domid;
	*ret_info = (struct xengt_domain_info){
		.is_hvm = true, .is_hap = true, .is_paused = true, .vcpus = 1,
		.has_paged = domain_has == XENGT_FEATURE_PAGING,
		.has_shared = domain_has == XENGT_FEATURE_SHARING,
	};
	return 0;
}

int xengt_domctl_has_pod(struct xengt_domctl *d, uint32_t domid)
{
	(void)d;
	(void)domid;
	return domain_has == XENGT_FEATURE_POD;
}

int xengt_domctl_has_altp2m(struct xengt_domctl *d, uint32_t domid)
{
	(void)d;
	(void)domid;
	return domain_has == XENGT_FEATURE_ALTP2M;
}

/* ---- the front end ---- */

/* Lines of a config that ask for a feature by one key. A new key of the table needs a line. */
static const char *const lines[] = {
	"maxmem=128", "altp2m=\"mixed\"", "altp2mhvm=1", "nestedhvm=1", "pci=[\"01:00.0\"]",
	"passthrough=\"enabled\"", "seclabel=\"system_u:system_r:domU_t\"",
	"firmware=\"ovmf\"", "bios=\"ovmf\"",
};

/* Returns the line that assigns this key, or NULL. */
static const char *line_of(const char *key, size_t len)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(lines); i++)
		if (!strncmp(lines[i], key, len) && lines[i][len] == '=')
			return lines[i];
	return NULL;
}

static void has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("no \"%s\" in \"%s\"", part, text ? text : "");
}

static void front_end_knows(const struct xengt_domain_feature *f, const char *line)
{
	char err[VGT_ERR_MAX] = "", text[256];
	enum vgt_xlcfg_verdict verdict;
	struct vgt_xlcfg x;

	snprintf(text, sizeof(text), HVM "%s\n", line);
	verdict = vgt_xlcfg_read(text, strlen(text), "f", &x, err, sizeof(err));
	if (f->verdict == XENGT_FEATURE_REFUSED) {
		assert_int_equal(verdict, VGT_XLCFG_BAD);
		has(err, f->name);
		has(err, f->why);
		has(err, f->remedy);
	} else {
		assert_int_equal(verdict, VGT_XLCFG_VGPU);
		has(x.warning, "untested");
		has(x.warning, f->why);
	}
	vgt_xlcfg_fini(&x);
}

static void each_key(void **state)
{
	size_t used = 0;

	(void)state;
	for (int i = 0; i < XENGT_FEATURES; i++) {
		const struct xengt_domain_feature *f = &xengt_domain_features[i];
		const char *key = f->keys;

		assert_int_equal(*key != '\0', f->is_in_config);
		while (*key) {
			size_t len = strspn(key, "abcdefghijklmnopqrstuvwxyz0123456789_");
			const char *line = line_of(key, len);

			if (!line)
				fail_msg("no line for \"%s\" of \"%s\"", key, f->name);
			front_end_knows(f, line);
			used++;
			key += strcspn(key, ",");
			key += strspn(key, ", ");
		}
	}
	assert_int_equal(used, XENGT_ARRAY_SIZE(lines));
}

static void a_guest_without_any(void **state)
{
	char err[VGT_ERR_MAX] = "";
	struct vgt_xlcfg x;

	(void)state;
	assert_int_equal(vgt_xlcfg_read(HVM, strlen(HVM), "f", &x, err, sizeof(err)),
			 VGT_XLCFG_VGPU);
	assert_null(x.warning);
	vgt_xlcfg_fini(&x);
}

/* ---- the broker ---- */

static void each_feature_that_xen_reports(void **state)
{
	static struct xengtd broker;

	(void)state;
	for (int i = 0; i <= XENGT_FEATURES; i++) {
		struct xengt_bvgpu vgpu = { .d = &broker, .domid = 7 };
		bool is_refused;

		domain_has = i;
		is_refused = xengt_bvgpu_check_domain(&vgpu) < 0;
		assert_int_equal(is_refused, i < XENGT_FEATURES &&
					     xengt_domain_features[i].is_in_xen);
		if (!is_refused)
			continue;
		assert_int_equal(xengt_domain_features[i].verdict, XENGT_FEATURE_REFUSED);
		has(vgpu.error, xengt_domain_features[i].name);
		has(vgpu.error, xengt_domain_features[i].why);
		has(vgpu.error, xengt_domain_features[i].remedy);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key),
		cmocka_unit_test(a_guest_without_any),
		cmocka_unit_test(each_feature_that_xen_reports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
