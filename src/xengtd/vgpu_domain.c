/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks with Xen whether this domain can have a vGPU now. Every refusal is one
 * line that says what to do.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/domain_features.h"
#include "domctl.h"
#include "vgpu_make.h"
#include "xengtd.h"

#define VCPUS_MAX	128	/* slots of an ioreq page */

__attribute__((format(printf, 3, 4)))
static int refuse(struct xengt_bvgpu *v, int error, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(v->error, sizeof(v->error), fmt, args);
	va_end(args);
	return error;
}

static const char *name_of(const struct xengt_bvgpu *v)
{
	return v->req.domain;
}

/*
 * A vGPU may be added only while no vCPU can look at the PCI bus: while the
 * domain is paused before its first instruction, or paused by a soft reset
 * before the next kernel.
 */
static int check_stage(struct xengt_bvgpu *v,
		       const struct xengt_domain_info *info)
{
	bool is_soft_reset = v->req.stage == XENGT_STAGE_SOFT_RESET;

	if (is_soft_reset && !info->has_run)
		return refuse(v, -EINVAL, "a guest with a vGPU cannot be restored or migrated: start \"%s\" anew with 'xl create'",
			      name_of(v));
	if ((info->has_run && !is_soft_reset) || !info->is_paused)
		return refuse(v, -EINVAL, "\"%s\" is running already: a vGPU must be there before the guest starts (vgt = 1 in its configuration, or xl create -p)",
			      name_of(v));
	return 0;
}

/*
 * ---- does the domain have a feature of common/domain_features.h? 1, 0 or
 * -errno ----
 */

static int has_POD(struct xengt_bvgpu *v, const struct xengt_domain_info *info)
{
	(void)info;
	return xengt_domctl_has_pod(v->d->domctl, v->domid);
}

static int has_ALTP2M(struct xengt_bvgpu *v,
		      const struct xengt_domain_info *info)
{
	(void)info;
	return xengt_domctl_has_altp2m(v->d->domctl, v->domid);
}

static int has_PAGING(struct xengt_bvgpu *v,
		      const struct xengt_domain_info *info)
{
	(void)v;
	return info->has_paged;
}

static int has_SHARING(struct xengt_bvgpu *v,
		       const struct xengt_domain_info *info)
{
	(void)v;
	return info->has_shared;
}

/* libxenctrl cannot tell whether a domain has these features. */
#define has_NESTED NULL
#define has_PASSTHROUGH NULL
#define has_FLASK NULL
#define has_UEFI NULL

static int check_features(struct xengt_bvgpu *v,
			  const struct xengt_domain_info *info)
{
	static int (*const has[XENGT_FEATURES])(
		struct xengt_bvgpu *vgpu,
		const struct xengt_domain_info *domain) = {
#define ROW(id, name, verdict, keys, front, broker, why, remedy)	       \
		[XENGT_FEATURE_##id] = has_##id,
		XENGT_DOMAIN_FEATURES(ROW)
#undef ROW
	};

	for (int i = 0; i < XENGT_FEATURES; i++) {
		const struct xengt_domain_feature *f = &xengt_domain_features[i];
		int r = has[i] ? has[i](v, info) : 0;

		if (r < 0)
			return refuse(v, r, "cannot ask Xen whether \"%s\" has %s: %s",
				      name_of(v), f->name, strerror(-r));
		if (r > 0 && f->verdict == XENGT_FEATURE_REFUSED)
			return refuse(v, -EINVAL, "\"%s\" has %s and so cannot have a vGPU, because %s: %s",
				      name_of(v), f->name, f->why, f->remedy);
	}
	return 0;
}

int xengt_bvgpu_check_domain(struct xengt_bvgpu *v)
{
	struct xengt_domain_info info;
	int r = xengt_domctl_info(v->d->domctl, v->domid, &info);

	if (r == -ESRCH || (r == 0 && info.is_dying))
		return refuse(v, -ESRCH, "there is no domain %u", v->domid);
	if (r < 0)
		return refuse(v, r, "cannot ask Xen about domain %u: %s",
			      v->domid, strerror(-r));
	memcpy(v->uuid, info.uuid, sizeof(v->uuid));
	if (!info.is_hvm)
		return refuse(v, -EINVAL, "\"%s\" is no HVM domain, and only those can have a vGPU: set type = \"hvm\"",
			      name_of(v));
	if (!info.is_hap)
		return refuse(v, -EINVAL, "\"%s\" runs without hardware assisted paging: remove hap = 0 from its configuration",
			      name_of(v));
	if (info.vcpus > VCPUS_MAX)
		return refuse(v, -EINVAL, "\"%s\" has %u vCPUs: a domain with a vGPU may have %d",
			      name_of(v), info.vcpus, VCPUS_MAX);
	if (info.is_shutdown)
		return refuse(v, -EINVAL, "\"%s\" has shut down: start it anew with a vGPU",
			      name_of(v));
	r = check_stage(v, &info);
	if (r < 0)
		return r;
	return check_features(v, &info);
}
