// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: do the private headers fit the i915 that is loaded?
 *
 * The build has proven that i915's private headers fit the i915 of the kernel for
 * which the module is built (headers-fit). But another i915 may be loaded: of
 * another build of the same version, or with a module that was loaded by force.
 * So the module makes the proof itself when it is loaded, however it is loaded:
 *
 *   BTF         The kernel shows the BTF of each module in /sys/kernel/btf, in the
 *               form in which the compiler described this very module. All structs
 *               and constants of the private headers that the module uses are
 *               compared with the BTF of i915.
 *   checksums   Without BTF, the kernel's own check must do: if the kernel has
 *               checksums (CONFIG_MODVERSIONS), it compares those of the
 *               functions that the module imports, unless an administrator has
 *               loaded the module by force.
 *
 * The module is not loaded if the BTF differs, or if there is neither proof.
 */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/panic.h>
#include <linux/vmalloc.h>

#include "i915_drv.h"
#include "gem/i915_gem_context_types.h"
#include "gt/intel_context.h"
#include "gt/intel_engine.h"
#include "gt/intel_execlists_submission.h"
#include "gt/intel_ggtt_fencing.h"
#include "gt/intel_gt.h"
#include "gt/intel_lrc.h"
#include "gt/intel_ring.h"
#include "i915_gem_gtt.h"
#include "i915_request.h"
#include "intel_gvt.h"

#include "xengt_btf.h"
#include "xengt_i915_fit.h"

#define STRUCT(s)	{ .type = #s, .value = sizeof(struct s) },
#define MEMBER(s, m)	{ .type = #s, .member = #m, .value = offsetof(struct s, m) },
#define CONSTANT(c)	{ .member = #c, .value = (c) }

static const struct xengt_btf_fact facts[] = {
	/* a list of STRUCT() and MEMBER(), which the build makes: check-btf --list */
#include "layout.h"
	CONSTANT(RCS0),
	CONSTANT(BCS0),
	CONSTANT(VCS0),
	CONSTANT(VECS0),
	CONSTANT(INTEL_CONTEXT_SCHEDULE_IN),
	CONSTANT(I915_FENCE_FLAG_ACTIVE),
	CONSTANT(I915_FENCE_FLAG_SENTINEL),
	CONSTANT(FORCEWAKE_ALL),
};

/*
 * Reads all bytes of a file. (Not by kernel_read_file(): the security modules of newer
 * kernels warn about a file whose purpose they do not know.)
 */
static int read_all(struct file *file, u8 *data, size_t bytes)
{
	loff_t at = 0;
	ssize_t n;

	while (at < bytes) {
		n = kernel_read(file, data + at, bytes - at, &at);
		if (n <= 0)
			return n ? n : -EIO;
	}
	return 0;
}

/* Reads a file of /sys/kernel/btf, which the caller frees (vfree). */
static int read_btf(const char *name, struct xengt_btf_file *ret_file)
{
	struct file *file;
	char path[64];
	u8 *data = NULL;
	size_t bytes;
	int r;

	snprintf(path, sizeof(path), "/sys/kernel/btf/%s", name);
	file = filp_open(path, O_RDONLY, 0);
	r = PTR_ERR_OR_ZERO(file);
	if (r)
		goto out;
	bytes = i_size_read(file_inode(file));
	data = vmalloc(bytes ?: 1);
	r = data ? read_all(file, data, bytes) : -ENOMEM;
	fput(file);
out:
	if (r) {
		pr_notice("xengt-i915: %s cannot be read: %d\n", path, r);
		vfree(data);
		return r;
	}
	*ret_file = (struct xengt_btf_file){ .data = data, .bytes = bytes };
	return 0;
}

/* Returns 0: equal; -ENOEXEC: it differs, see the log; other errors: there is no answer. */
static int compare_btf(void)
{
	struct xengt_btf_file kernel = { 0 }, i915 = { 0 };
	char text[160] = "";
	int r = read_btf("vmlinux", &kernel);

	if (!r)
		r = read_btf("i915", &i915);
	if (!r) {
		r = xengt_btf_compare(&kernel, &i915, facts, ARRAY_SIZE(facts),
				      text, sizeof(text));
		if (r)
			pr_err("xengt-i915: the BTF of the i915 that is loaded, compared with the headers of this module: %s\n",
			       text);
	}
	vfree(kernel.data);
	vfree(i915.data);
	return r;
}

/* Returns NULL if the kernel has compared the checksums; the reason if it has not. */
static const char *no_checksums(void)
{
	if (!IS_ENABLED(CONFIG_MODVERSIONS))
		return "this kernel has no checksums of its functions (CONFIG_MODVERSIONS)";
	if (test_bit(TAINT_FORCED_MODULE, &THIS_MODULE->taints))
		return "the module was loaded by force, without the kernel's comparison of the checksums";
	return NULL;
}

int xengt_i915_fit(void)
{
	const char *reason;
	int r;

#ifdef XENGT_FAULT_FIT_UNCHECKED
	return 0;
#endif
	r = compare_btf();
	if (!r) {
		pr_info("xengt-i915: %zu layouts and constants are those of the i915 that is loaded\n",
			ARRAY_SIZE(facts));
		return 0;
	}
	if (r == -ENOEXEC) {
		pr_err("xengt-i915: the module does not fit the i915 that is loaded: build it again, with the source of this very kernel (package linux-source)\n");
		return r;
	}
	reason = no_checksums();
	if (!reason) {
		pr_info("xengt-i915: only checksums prove that the module fits the i915 that is loaded, because the BTF of i915 is not there\n");
		return 0;
	}
	pr_err("xengt-i915: nothing proves that the module fits the i915 that is loaded: the BTF of i915 is not there, and %s\n",
	       reason);
	return -ENOEXEC;
}
