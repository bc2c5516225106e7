// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt_judge: tells the simulated GPU which domain owns each machine frame.
 *
 * This module is test equipment for dom0 and is never installed. The judge shares no code
 * with the module under test. xengt_judge finds the ivshmem device that shows the judge's
 * memory (xengt/judge_abi.h) and fills its table with the owners of frames, for the
 * domains that commands name. Neither Xen nor dom0 exports the owners of frames, so:
 *
 * - Xen's machine-to-phys table gives the guest frame number of a machine frame, but not
 *   its domain. Every pair (mfn, gfn) in this table is a candidate.
 * - A candidate is confirmed by mapping (domain, gfn) into a page table entry of
 *   the judge, reading the machine frame out of the entry, and removing the
 *   mapping at once. The judge maps at most 512 frames at a time, and removes these
 *   mappings before it maps others. So no mapping keeps a dead domain in existence.
 *
 * A PVH dom0 has no machine-to-phys table. Under a PVH dom0 the simulator reads the owners
 * from Xen's structures in machine memory; this module only passes commands on and shows
 * counts.
 *
 * A thread reads the machine-to-phys table every 50 ms. If in two passes in a row a
 * recorded frame does not have the recorded guest frame number, the judge drops the
 * frame's owner. If a mapping shows that the same domain has the frame at another guest
 * frame number, the judge changes the record instead. Each pass also confirms some
 * recorded frames again, which shows when a domain has ended, and searches 16384 machine
 * frames for new frames. So a search of the whole machine takes some seconds. The passes of one such search are a round. The simulator
 * does not yet judge an access to a frame that this module has not found, but that is the
 * vGPU's by Xen's own structures: the round that begins after the access decides. If there
 * are such accesses, opening /dev/xengt-judge for reading, and the commands "reset" and
 * "decide", begin a new round, which searches faster, and wait for its end.
 *
 * Commands, a line each, written to /dev/xengt-judge; the write returns when
 * the command is done, or with an error:
 *
 *	domain ID [MAXGFN]	record a domain's frames
 *	forget ID		the domain's frames have no owner now; its slices stay
 *	slice SLOT DOMID LOWBASE LOWBYTES HIGHBASE HIGHBYTES [SCRATCH]
 *	slice SLOT off
 *	hammer on|write|off	the simulator accesses all live entries, all the time
 *	pass			wait for a whole pass of the hammer
 *	blind on|off		forget all frames, and find none until "off"
 *	decide			wait until it is decided whether the records that differ
 *				from Xen's own structures are only late
 *	prompt on|off		no second pass: look every millisecond (judge_table.c)
 *	irq BANK BITS		the GPU raises an interrupt, for drivers' tests
 *	reset			count from zero
 *
 * A read of /dev/xengt-judge gives counters, domains, slices and violations as text. The
 * counters contain each access before the read.
 */
#include "judge_priv.h"

#include <linux/delay.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/xen/page.h>
#include <xen/xen.h>

#define PASS_MS		50U
#define PROMPT_US	1000U

struct judge judge = {
	.lock = __MUTEX_INITIALIZER(judge.lock),
	.domains = LIST_HEAD_INIT(judge.domains),
};

static struct pci_dev *pdev;
static void *shm;
static struct task_struct *thread;

static int thread_main(void *unused)
{
	while (!kthread_should_stop()) {
		ktime_t begun;

		mutex_lock(&judge.lock);
		begun = ktime_get();
		if (!judge.is_blind)
			judge_pass();
		judge.pass_ns = ktime_to_ns(ktime_sub(ktime_get(), begun));
		judge.passes++;
		mutex_unlock(&judge.lock);
		if (READ_ONCE(judge.is_prompt))
			usleep_range(PROMPT_US, 2 * PROMPT_US);
		else
			msleep_interruptible(PASS_MS);
	}
	return 0;
}

/* ---- the device ---- */

static ssize_t judge_write(struct file *file, const char __user *ubuf,
			   size_t len, loff_t *pos)
{
	char *buf, *rest, *line;
	int r = 0;

	if (len > PAGE_SIZE)
		return -E2BIG;
	buf = memdup_user_nul(ubuf, len);
	if (IS_ERR(buf))
		return PTR_ERR(buf);
	rest = buf;
	while (!r && (line = strsep(&rest, "\n")))
		r = judge_run_line(line);
	kfree(buf);
	return r ? r : len;
}

/*
 * A reader must see the verdict on each access before the read, so opening the device for
 * reading waits until the simulator has decided. No test has to wait for that.
 */
static int judge_open(struct inode *inode, struct file *file)
{
	int r = file->f_mode & FMODE_READ ? judge_settle() : 0;

	if (r)
		return r;
	file->private_data = NULL;	/* misc_open() set it to our device */
	return single_open(file, judge_show, NULL);
}

static const struct file_operations judge_fops = {
	.owner = THIS_MODULE,
	.open = judge_open,
	.read = seq_read,
	.write = judge_write,
	.llseek = seq_lseek,
	.release = single_release,
};

static struct miscdevice judge_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "xengt-judge",
	.fops = &judge_fops,
	.mode = 0600,
};

/* ---- start and end ---- */

static void shm_close(void)
{
	if (shm)
		memunmap(shm);
	shm = NULL;
	if (pdev) {
		pci_disable_device(pdev);
		pci_dev_put(pdev);
	}
	pdev = NULL;
}

static int shm_open(void)
{
	struct pci_dev *p = NULL;

	while ((p = pci_get_device(0x1af4, 0x1110, p))) {
		if (pci_resource_len(p, 2) != XENGT_JUDGE_FILE_BYTES ||
		    pci_enable_device(p))
			continue;
		pdev = pci_dev_get(p);
		shm = memremap(pci_resource_start(p, 2),
			       XENGT_JUDGE_FILE_BYTES, MEMREMAP_WB);
		judge.hdr = shm;
		if (shm && judge.hdr->magic == XENGT_JUDGE_MAGIC &&
		    judge.hdr->version == XENGT_JUDGE_VERSION) {
			pci_dev_put(p);
			judge.slices = shm + XENGT_JUDGE_SLICES_OFF;
			judge.parts = shm + XENGT_JUDGE_PARTS_OFF;
			judge.ring = shm + XENGT_JUDGE_RING_OFF;
			judge.changed = shm + XENGT_JUDGE_CHANGED_OFF;
			judge.owners = shm + XENGT_JUDGE_OWNERS_OFF;
			return 0;
		}
		shm_close();
	}
	pr_err("no ivshmem device with a judge's memory\n");
	return -ENODEV;
}

/* Clears what an earlier load of this module may have left in the memory. */
static void shm_clear(void)
{
	WRITE_ONCE(judge.hdr->hammer, XENGT_JUDGE_HAMMER_OFF);
	WRITE_ONCE(judge.hdr->generation,
		   (judge.hdr->generation & ~1ULL) + 1);
	smp_wmb();	/* the generation is odd before the first change */
	memset(judge.slices, 0, XENGT_JUDGE_SLICES_MAX * sizeof(*judge.slices));
	smp_wmb();	/* all changes are made before the generation is even again */
	WRITE_ONCE(judge.hdr->generation, judge.hdr->generation + 1);
	memset(judge.parts, 0, XENGT_JUDGE_PARTS_MAX * sizeof(*judge.parts));
	memset(judge.owners, 0,
	       XENGT_JUDGE_OWNERS_MAX * sizeof(*judge.owners));
	memset(judge.changed, 0,
	       XENGT_JUDGE_OWNERS_MAX * sizeof(*judge.changed));
}

static int __init judge_init(void)
{
	int r;

	BUILD_BUG_ON(sizeof(struct xengt_judge_hdr) > PAGE_SIZE);
	BUILD_BUG_ON(XENGT_JUDGE_OWNERS_MAX >= MISSED_ONCE);
	if (!xen_initial_domain()) {
		pr_err("only for dom0\n");
		return -ENODEV;
	}
	judge.has_m2p = xen_pv_domain();
	r = shm_open();
	if (r)
		return r;
	shm_clear();
	WRITE_ONCE(judge.hdr->owners_by, judge.has_m2p ? XENGT_JUDGE_BY_TABLE :
							 XENGT_JUDGE_BY_XEN);
	r = judge.has_m2p ? judge_prober_create() : 0;
	if (r)
		goto fail_shm;
	thread = kthread_run(thread_main, NULL, "xengt-judge");
	if (IS_ERR(thread)) {
		r = PTR_ERR(thread);
		goto fail_prober;
	}
	r = judge_parts_init();
	if (r)
		goto fail_thread;
	r = misc_register(&judge_misc);
	if (r)
		goto fail_parts;
	if (judge.has_m2p)
		pr_info("machine frames 0x%lx\n", machine_to_phys_nr);
	else
		pr_info("the simulator tells the owners of frames\n");
	return 0;

fail_parts:
	judge_parts_fini();
fail_thread:
	kthread_stop(thread);
fail_prober:
	judge_prober_destroy();
fail_shm:
	shm_close();
	return r;
}

static void __exit judge_exit(void)
{
	struct judge_domain *d, *tmp;

	misc_deregister(&judge_misc);
	judge_parts_fini();
	kthread_stop(thread);
	list_for_each_entry_safe(d, tmp, &judge.domains, link)
		judge_domain_forget(d);
	shm_clear();
	judge_prober_destroy();
	shm_close();
}

module_init(judge_init);
module_exit(judge_exit);
MODULE_DESCRIPTION("Isolation judge of xengt's tests, dom0's side");
MODULE_LICENSE("GPL");
