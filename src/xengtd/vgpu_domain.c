/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks, by calls to Xen, whether this domain can have a vGPU now. Each error
 * text is one line that says what the administrator can do.
 */
#include <errno.h>
#include <string.h>

#include "common/domain_features.h"
#include "common/vgt_request.h"
#include "xengtd/domctl.h"
#include "xengtd/vgpu_make.h"
#include "xengtd/vgpu_refuse.h"
#include "xengtd/xengtd.h"

/*
 * A vGPU may be added only while no vCPU can read the PCI bus: while the domain
 * is paused before its first instruction, or while a soft reset has paused it
 * before the next kernel starts.
 */
static int check_stage(struct xengt_bvgpu *v,
		       const struct xengt_domain_info *info)
{
	bool is_soft_reset = v->req.stage == XENGT_STAGE_SOFT_RESET;

	if (is_soft_reset && !info->has_run)
		return xengt_bvgpu_refuse(v, -EINVAL, "a guest with a vGPU cannot be restored or migrated: start \"%s\" anew with 'xl create'",
			      v->req.domain);
	if ((info->has_run && !is_soft_reset) || !info->is_paused)
		return xengt_bvgpu_refuse(v, -EINVAL, "\"%s\" is running already: a vGPU must exist before the guest starts (vgt = 1 in its configuration, or xl create -p)",
			      v->req.domain);
	return 0;
}

/*
 * ---- has_<id>() for the features of common/domain_features.h; they return 1:
 * the domain has the feature; 0: the domain does not have the feature; or
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

/* libxenctrl has no call that reports whether a domain has one of the features below. */
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
			return xengt_bvgpu_refuse(v, r, "cannot ask Xen whether \"%s\" has %s: %s",
				      v->req.domain, f->name, strerror(-r));
		if (r > 0 && f->verdict == XENGT_FEATURE_REFUSED)
			return xengt_bvgpu_refuse(v, -EINVAL, "\"%s\" has %s and so cannot have a vGPU, because %s: %s",
				      v->req.domain, f->name, f->why, f->remedy);
	}
	return 0;
}

int xengt_bvgpu_check_domain(struct xengt_bvgpu *v)
{
	struct xengt_domain_info info;
	int r = xengt_domctl_info(v->d->domctl, v->domid, &info);

	if (r == -ESRCH || (r == 0 && info.is_dying))
		return xengt_bvgpu_refuse(v, -ESRCH, "there is no domain %u", v->domid);
	if (r < 0)
		return xengt_bvgpu_refuse(v, r, "cannot ask Xen about domain %u: %s",
			      v->domid, strerror(-r));
	memcpy(v->uuid, info.uuid, sizeof(v->uuid));
	if (!info.is_hvm)
		return xengt_bvgpu_refuse(v, -EINVAL, "\"%s\" is no HVM domain; a vGPU needs an HVM domain: set type = \"hvm\"",
			      v->req.domain);
	if (!info.is_hap)
		return xengt_bvgpu_refuse(v, -EINVAL, "\"%s\" runs without hardware assisted paging: remove hap = 0 from its configuration",
			      v->req.domain);
	if (info.vcpus > XENGT_DOMAIN_VCPUS_MAX)
		return xengt_bvgpu_refuse(v, -EINVAL, "\"%s\" has %u vCPUs: a domain with a vGPU may have %d",
			      v->req.domain, info.vcpus, XENGT_DOMAIN_VCPUS_MAX);
	if (info.is_shutdown)
		return xengt_bvgpu_refuse(v, -EINVAL, "\"%s\" has shut down: start it anew with a vGPU",
			      v->req.domain);
	r = check_stage(v, &info);
	if (r < 0)
		return r;
	return check_features(v, &info);
}
