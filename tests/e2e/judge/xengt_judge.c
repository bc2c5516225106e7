// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt_judge: tells the simulated GPU whose each machine frame is.
 *
 * Test equipment for dom0, never installed; it shares no code with the module
 * under test.  It finds the ivshmem device that shows the judge's memory
 * (xengt/judge_abi.h) and fills the owner table of the domains it is told
 * about.  Neither Xen nor dom0 exports ownership, so:
 *
 * - Xen's machine-to-phys table gives, for a machine frame, the guest frame it
 *   is, but not of whom.  Every (mfn, gfn) found there is a candidate.
 * - A candidate is confirmed by mapping (domain, gfn) into an own page table
 *   entry, reading the machine frame out of the entry, and taking the mapping
 *   away at once.  No guest frame is held beyond one batch, so a dead domain
 *   does not linger because of us.
 *
 * A thread looks at the machine-to-phys table every 50 ms.  A recorded frame
 * that is not its guest frame any more in two passes running belongs to nobody
 * (or to the domain at another place, if a mapping says so).  Some recorded
 * frames are confirmed again in each pass, which also notices a domain's end.
 * A slice of the whole table is searched for new frames in each pass, so that
 * a whole search takes some seconds; "refresh" does one at once.
 *
 * Commands, a line each, written to /dev/xengt-judge; the write returns when it
 * is done, with an error if it could not be:
 *
 *	domain ID [MAXGFN]	record a domain's frames
 *	forget ID		its frames are nobody's; its slices stay
 *	slice SLOT DOMID LOWBASE LOWBYTES HIGHBASE HIGHBYTES
 *	slice SLOT off
 *	hammer on|write|off
 *	pass			wait for a whole pass of the hammer
 *	refresh			search for new frames now
 *	prompt on|off		no grace: look every millisecond, see look_at_once()
 *	irq BANK BITS		the GPU raises an interrupt, for drivers' tests
 *	reset			count from zero
 *
 * Reading gives counters, domains, slices and violations as text.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/delay.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/math64.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include <asm/pgtable.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>
#include <xen/interface/memory.h>
#include <xen/interface/xen.h>
#include <xen/xen.h>

#include <xengt/judge_abi.h>

#define BATCH		512U
#define PASS_MS		50U
#define PROMPT_US	1000U
#define CONFIRM		32U		/* frames confirmed again per pass */
#define SEARCH		16384U		/* mfns searched per pass */
#define DOMAINS_MAX	16U
#define GFNS_MAX	(4UL << 20)	/* a guest up to 16 GiB */
#define CHUNK		512U		/* gfns per counter of recorded ones */
#define ACK_MS		2000U
#define HAMMER_PASS_MS	30000U

#ifndef XENMEM_maximum_gpfn
#define XENMEM_maximum_gpfn 14
#endif

/* dom->mfn[gfn] */
#define NO_FRAME	(~0U)
#define MISSED_ONCE	BIT(31)
#define MFN_MASK	(BIT(31) - 1)

struct judge_domain {
	struct list_head link;
	domid_t id;
	unsigned long n_gfns;
	unsigned long n_frames;
	unsigned long confirm_at;	/* next gfn to confirm */
	long pages;			/* as Xen counts them, if is_prompt */
	u64 dropped;			/* frames that became nobody's */
	u32 *mfn;			/* by gfn */
	u16 *chunk;			/* recorded gfns per CHUNK */
};

/* The tools to ask Xen about a batch of guest frames. */
struct prober {
	struct page *pages[BATCH];
	pte_t *ptes[BATCH];
	u64 pte_maddr[BATCH];
	struct mmu_update updates[BATCH];
	struct multicall_entry calls[BATCH];
	/* in: */
	unsigned long gfns[BATCH];
	unsigned int n;
	/* out: an mfn or a negative errno */
	long result[BATCH];
};

static DEFINE_MUTEX(lock);		/* all below */
static LIST_HEAD(domains);
static unsigned int n_domains;
static struct prober *prober;
static unsigned long search_at;
static bool is_prompt;
static u64 passes, pass_ns;		/* of the thread: number, last one's time */

static struct pci_dev *pdev;
static void *shm;
static struct xengt_judge_hdr *hdr;
static struct xengt_judge_slice *slices;
static struct xengt_judge_violation *ring;
static u64 *owners;
static struct task_struct *thread;

/* --- asking Xen ---------------------------------------------------------- */

/* ~0: none.  Holes in the machine's memory have no table and fault. */
static unsigned long m2p(unsigned long mfn)
{
	unsigned long gfn;

	if (mfn >= machine_to_phys_nr ||
	    xen_safe_read_ulong(&machine_to_phys_mapping[mfn], &gfn))
		return ~0UL;
	return gfn;
}

static bool is_dom0s(unsigned long mfn, unsigned long pfn)
{
	return pfn < xen_max_p2m_pfn && __pfn_to_mfn(pfn) == mfn;
}

static int prober_create(void)
{
	unsigned int level;
	int r;

	prober = kvzalloc(sizeof(*prober), GFP_KERNEL);
	if (!prober)
		return -ENOMEM;
	r = xen_alloc_unpopulated_pages(BATCH, prober->pages);
	if (r) {
		kvfree(prober);
		prober = NULL;
		return r;
	}
	for (unsigned int i = 0; i < BATCH; i++) {
		void *va = page_address(prober->pages[i]);
		pte_t *pte = lookup_address((unsigned long)va, &level);

		if (!pte || level != PG_LEVEL_4K || pte->pte) {
			pr_err("page %u has no empty 4K entry\n", i);
			xen_free_unpopulated_pages(BATCH, prober->pages);
			kvfree(prober);
			prober = NULL;
			return -EOPNOTSUPP;
		}
		prober->ptes[i] = pte;
		prober->pte_maddr[i] = arbitrary_virt_to_machine(pte).maddr;
	}
	return 0;
}

static void prober_destroy(void)
{
	if (!prober)
		return;
	xen_free_unpopulated_pages(BATCH, prober->pages);
	kvfree(prober);
	prober = NULL;
}

static void fill_calls(domid_t domid)
{
	for (unsigned int i = 0; i < prober->n; i++) {
		struct multicall_entry *c = &prober->calls[i];

		memset(c, 0, sizeof(*c));
		c->op = __HYPERVISOR_mmu_update;
		c->args[0] = (unsigned long)&prober->updates[i];
		c->args[1] = 1;
		c->args[3] = domid;
	}
}

/* Asks for prober->gfns[0..n) of a domain; leaves nothing mapped. */
static void probe(domid_t domid)
{
	struct mmuext_op flush = { .cmd = MMUEXT_TLB_FLUSH_ALL };
	int r;

	for (unsigned int i = 0; i < prober->n; i++) {
		prober->updates[i].ptr = prober->pte_maddr[i] |
			MMU_NORMAL_PT_UPDATE;
		prober->updates[i].val = ((u64)prober->gfns[i] << PAGE_SHIFT) |
			_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_NX;
	}
	fill_calls(domid);
	r = HYPERVISOR_multicall(prober->calls, prober->n);
	for (unsigned int i = 0; i < prober->n; i++) {
		u64 raw = READ_ONCE(prober->ptes[i]->pte);

		if (r)
			prober->result[i] = r;
		else if (prober->calls[i].result)
			prober->result[i] = prober->calls[i].result;
		else
			prober->result[i] = (raw & XEN_PTE_MFN_MASK) >>
				PAGE_SHIFT;
		prober->updates[i].val = 0;
	}
	fill_calls(DOMID_SELF);
	r = HYPERVISOR_multicall(prober->calls, prober->n);
	for (unsigned int i = 0; i < prober->n; i++)
		if (WARN_ON_ONCE(r || prober->calls[i].result ||
				 prober->ptes[i]->pte))
			pr_err("cannot unmap: %d\n", r);
	if (HYPERVISOR_mmuext_op(&flush, 1, NULL, DOMID_SELF))
		pr_err_once("cannot flush the TLB\n");
}

/* --- the table ----------------------------------------------------------- */

static u32 frame_at(const struct judge_domain *d, unsigned long gfn)
{
	return d->mfn[gfn] == NO_FRAME ? NO_FRAME : d->mfn[gfn] & MFN_MASK;
}

static void unrecord(struct judge_domain *d, unsigned long gfn)
{
	u32 mfn = frame_at(d, gfn);

	if (mfn == NO_FRAME)
		return;
	/* someone else's by now? then leave it */
	if (READ_ONCE(owners[mfn]) == XENGT_JUDGE_OWNER(d->id, gfn))
		WRITE_ONCE(owners[mfn], 0);
	d->mfn[gfn] = NO_FRAME;
	d->chunk[gfn / CHUNK]--;
	d->n_frames--;
}

static void record(struct judge_domain *d, unsigned long gfn, unsigned long mfn)
{
	if (mfn >= XENGT_JUDGE_OWNERS_MAX || m2p(mfn) != gfn)
		return;
	if (d->mfn[gfn] == mfn &&
	    READ_ONCE(owners[mfn]) == XENGT_JUDGE_OWNER(d->id, gfn))
		return;
	unrecord(d, gfn);
	d->mfn[gfn] = mfn;
	d->chunk[gfn / CHUNK]++;
	d->n_frames++;
	WRITE_ONCE(owners[mfn], XENGT_JUDGE_OWNER(d->id, gfn));
}

static void domain_destroy(struct judge_domain *d)
{
	for (unsigned long g = 0; d->mfn && d->chunk && g < d->n_gfns; g++)
		unrecord(d, g);
	vfree(d->mfn);
	vfree(d->chunk);
	kfree(d);
}

static void domain_forget(struct judge_domain *d)
{
	list_del(&d->link);
	n_domains--;
	domain_destroy(d);
}

static struct judge_domain *domain_find(domid_t id)
{
	struct judge_domain *d;

	list_for_each_entry(d, &domains, link)
		if (d->id == id)
			return d;
	return NULL;
}

static struct judge_domain *domain_create(domid_t id, unsigned long n_gfns)
{
	struct judge_domain *d = kzalloc(sizeof(*d), GFP_KERNEL);
	unsigned long n_chunks = DIV_ROUND_UP(n_gfns, CHUNK);

	if (!d)
		return NULL;
	d->id = id;
	d->n_gfns = n_gfns;
	d->mfn = vmalloc(array_size(n_gfns, sizeof(*d->mfn)));
	d->chunk = vzalloc(array_size(n_chunks, sizeof(*d->chunk)));
	if (!d->mfn || !d->chunk) {
		domain_destroy(d);
		return NULL;
	}
	memset(d->mfn, 0xff, n_gfns * sizeof(*d->mfn));
	list_add_tail(&d->link, &domains);
	n_domains++;
	return d;
}

/* Asks for the batch and records what is right.  -ESRCH: no such domain. */
static int take_batch(struct judge_domain *d)
{
	bool is_gone = false;

	if (!prober->n)
		return 0;
	probe(d->id);
	for (unsigned int i = 0; i < prober->n; i++) {
		if (prober->result[i] >= 0)
			record(d, prober->gfns[i], prober->result[i]);
		is_gone |= prober->result[i] == -ESRCH;
	}
	prober->n = 0;
	return is_gone ? -ESRCH : 0;
}

/*
 * Look for frames of a domain among machine frames [*at, *at + count) that are
 * not known to be its or dom0's.  *at ends at the machine's end or further on.
 */
static int search(struct judge_domain *d, unsigned long *at,
		  unsigned long count)
{
	unsigned long end = min_t(unsigned long, machine_to_phys_nr,
				  XENGT_JUDGE_OWNERS_MAX);
	unsigned long mfn = *at;
	int r = 0;

	prober->n = 0;
	for (; mfn < end && count && !r; mfn++, count--) {
		unsigned long gfn;

		if (xen_safe_read_ulong(&machine_to_phys_mapping[mfn], &gfn)) {
			/* no page of the table here: on to the next one */
			mfn |= PAGE_SIZE / sizeof(long) - 1;
			continue;
		}
		if (gfn >= d->n_gfns || is_dom0s(mfn, gfn) ||
		    frame_at(d, gfn) == mfn ||
		    (frame_at(d, gfn) != NO_FRAME &&
		     m2p(frame_at(d, gfn)) == gfn))
			continue;
		prober->gfns[prober->n++] = gfn;
		if (prober->n == BATCH) {
			r = take_batch(d);
			cond_resched();
		}
	}
	if (!r)
		r = take_batch(d);
	*at = mfn < end ? mfn : 0;
	return r;
}

static int search_all(struct judge_domain *d)
{
	unsigned long at = 0;
	int r;

	do {
		r = search(d, &at, 1UL << 18);
		cond_resched();
	} while (!r && at);
	return r;
}

/* --- the thread ---------------------------------------------------------- */

/* M2P says that this frame is elsewhere: is it still the domain's? */
static void follow(struct judge_domain *d, unsigned long mfn)
{
	unsigned long gfn = m2p(mfn);

	if (gfn >= d->n_gfns)
		return;
	prober->gfns[0] = gfn;
	prober->n = 1;
	(void)take_batch(d);
}

static void check_frame(struct judge_domain *d, unsigned long gfn)
{
	u32 mfn = frame_at(d, gfn);

	if (m2p(mfn) == gfn) {
		d->mfn[gfn] = mfn;
	} else if (!(d->mfn[gfn] & MISSED_ONCE)) {
		d->mfn[gfn] |= MISSED_ONCE;
	} else {
		unrecord(d, gfn);
		d->dropped++;
		follow(d, mfn);
	}
}

static void check_all(struct judge_domain *d)
{
	for (unsigned long c = 0; c * CHUNK < d->n_gfns; c++) {
		unsigned long end = min((c + 1) * CHUNK, d->n_gfns);

		if (!d->chunk[c])
			continue;
		for (unsigned long g = c * CHUNK; g < end; g++)
			if (d->mfn[g] != NO_FRAME)
				check_frame(d, g);
	}
}

/*
 * Ask Xen again about some recorded frames: M2P alone would not notice that a
 * frame went to another domain at the same place.  -ESRCH: the domain is gone.
 */
static int confirm_some(struct judge_domain *d)
{
	unsigned long g = d->confirm_at, left = d->n_gfns;
	bool is_gone = false;

	prober->n = 0;
	while (left && prober->n < CONFIRM) {
		if (g >= d->n_gfns)
			g = 0;
		if (!d->chunk[g / CHUNK]) {
			unsigned long skip = CHUNK - g % CHUNK;

			left -= min(left, skip);
			g += skip;
			continue;
		}
		if (d->mfn[g] != NO_FRAME)
			prober->gfns[prober->n++] = g;
		g++;
		left--;
	}
	d->confirm_at = g;
	/* nothing recorded: any frame will do to see if the domain lives */
	if (!prober->n)
		prober->gfns[prober->n++] = 0;
	probe(d->id);
	for (unsigned int i = 0; i < prober->n; i++) {
		u32 known = frame_at(d, prober->gfns[i]);

		is_gone |= prober->result[i] == -ESRCH;
		if (known != NO_FRAME && prober->result[i] != known &&
		    m2p(known) == prober->gfns[i]) {
			unrecord(d, prober->gfns[i]);
			d->dropped++;
		}
	}
	prober->n = 0;
	return is_gone ? -ESRCH : 0;
}

/* -ESRCH: no such domain. */
static long count_pages(const struct judge_domain *d)
{
	domid_t domid = d->id;

	return HYPERVISOR_memory_op(XENMEM_current_reservation, &domid);
}

/*
 * Without grace, for a test that knows what happens meanwhile. A frame that was
 * ballooned out, or whose domain dies, but that somebody holds is still one of
 * its domain's pages as Xen counts them, and nobody can be given it. When that
 * number changes, Xen has got pages back: from then on all those that M2P does
 * not call the domain's are nobody's. So what is let go while an entry or a
 * translation names it shows. That all of them were let go, and not some, is for
 * the test to see to.
 */
static int look_at_once(struct judge_domain *d)
{
	long pages = count_pages(d);

	if (pages < 0)
		return pages;
	if (pages == d->pages)
		return 0;
	d->pages = pages;
	for (unsigned long g = 0; g < d->n_gfns; g++)
		if (d->mfn[g] != NO_FRAME && m2p(frame_at(d, g)) != g) {
			unrecord(d, g);
			d->dropped++;
		}
	return 0;
}

static int look_at(struct judge_domain *d, unsigned long *at)
{
	int r;

	if (is_prompt)
		return look_at_once(d);
	r = confirm_some(d);
	if (r)
		return r;
	check_all(d);
	return search(d, at, SEARCH);
}

static void one_pass(void)
{
	unsigned long next = search_at;
	struct judge_domain *d, *tmp;

	list_for_each_entry_safe(d, tmp, &domains, link) {
		unsigned long at = search_at;

		if (look_at(d, &at) == -ESRCH) {
			pr_info("domain %u is gone\n", d->id);
			domain_forget(d);
			continue;
		}
		next = at;
	}
	search_at = next;
}

static int thread_main(void *unused)
{
	while (!kthread_should_stop()) {
		ktime_t begun;

		mutex_lock(&lock);
		begun = ktime_get();
		one_pass();
		pass_ns = ktime_to_ns(ktime_sub(ktime_get(), begun));
		passes++;
		mutex_unlock(&lock);
		if (READ_ONCE(is_prompt))
			usleep_range(PROMPT_US, 2 * PROMPT_US);
		else
			msleep_interruptible(PASS_MS);
	}
	return 0;
}

/* --- commands ------------------------------------------------------------ */

/* Until the simulator has taken over the slice table. */
static int wait_for_simulator(void)
{
	u64 want = READ_ONCE(hdr->generation);

	for (unsigned int ms = 0; ms < ACK_MS; ms += 5) {
		if (READ_ONCE(hdr->sim_generation) == want)
			return 0;
		msleep(5);
	}
	return -ETIMEDOUT;
}

static int cmd_domain(const char *args)
{
	unsigned long max_gfn = 0;
	struct judge_domain *d;
	unsigned int id;
	int n, r;

	n = sscanf(args, "%u %li", &id, &max_gfn);
	if (n < 1 || id == 0 || id >= DOMID_FIRST_RESERVED)
		return -EINVAL;
	if (n == 1) {
		domid_t domid = id;
		long max = HYPERVISOR_memory_op(XENMEM_maximum_gpfn, &domid);

		if (max < 0)
			return max;
		max_gfn = max;
	}
	if (max_gfn >= GFNS_MAX)
		return -E2BIG;
	d = domain_find(id);
	if (d && d->n_gfns != max_gfn + 1) {
		domain_forget(d);
		d = NULL;
	}
	if (!d && n_domains == DOMAINS_MAX)
		return -ENOSPC;
	if (!d)
		d = domain_create(id, max_gfn + 1);
	if (!d)
		return -ENOMEM;
	r = search_all(d);
	if (!r && !d->n_frames)
		r = -ESRCH;
	if (r) {
		domain_forget(d);
		return r;
	}
	pr_info("domain %u: %lu frames\n", id, d->n_frames);
	return 0;
}

static int cmd_forget(const char *args)
{
	struct judge_domain *d;
	unsigned int id;

	if (sscanf(args, "%u", &id) != 1)
		return -EINVAL;
	d = domain_find(id);
	if (!d)
		return -ESRCH;
	domain_forget(d);
	return 0;
}

static int cmd_slice(const char *args)
{
	struct xengt_judge_slice s = { .active = 1 };
	unsigned int slot, domid;
	char word[8];
	u64 gen;

	if (sscanf(args, "%u %7s", &slot, word) != 2 ||
	    slot >= XENGT_JUDGE_SLICES_MAX)
		return -EINVAL;
	if (!strcmp(word, "off"))
		s.active = 0;
	else if (sscanf(args, "%u %u %lli %lli %lli %lli", &slot, &domid,
			&s.low_base, &s.low_bytes, &s.high_base,
			&s.high_bytes) != 6 || domid >= DOMID_FIRST_RESERVED)
		return -EINVAL;
	else
		s.domid = domid;
	if ((s.low_base | s.low_bytes | s.high_base | s.high_bytes) &
	    ~PAGE_MASK)
		return -EINVAL;
	if (s.active && !domain_find(domid))
		return -ESRCH;

	gen = hdr->generation & ~1ULL;
	WRITE_ONCE(hdr->generation, gen + 1);
	smp_wmb();	/* odd before the first change */
	slices[slot] = s;
	smp_wmb();	/* all changes before even */
	WRITE_ONCE(hdr->generation, gen + 2);
	return wait_for_simulator();
}

static int cmd_hammer(const char *args)
{
	u64 mode;

	if (!strcmp(args, "off"))
		mode = XENGT_JUDGE_HAMMER_OFF;
	else if (!strcmp(args, "on") || !strcmp(args, "read"))
		mode = XENGT_JUDGE_HAMMER_READ;
	else if (!strcmp(args, "write"))
		mode = XENGT_JUDGE_HAMMER_WRITE;
	else
		return -EINVAL;
	WRITE_ONCE(hdr->hammer, mode);
	return 0;
}

/* The one under way does not count: it had begun before. */
static int cmd_pass(const char *args)
{
	u64 want = READ_ONCE(hdr->hammer_passes) + 2;

	if (READ_ONCE(hdr->hammer) == XENGT_JUDGE_HAMMER_OFF)
		return -EINVAL;
	for (unsigned int ms = 0; ms < HAMMER_PASS_MS; ms += 5) {
		if (READ_ONCE(hdr->hammer_passes) >= want)
			return 0;
		if (msleep_interruptible(5))
			return -EINTR;
	}
	return -ETIMEDOUT;
}

static int cmd_refresh(const char *args)
{
	struct judge_domain *d, *tmp;

	list_for_each_entry_safe(d, tmp, &domains, link)
		if (search_all(d) == -ESRCH)
			domain_forget(d);
	return 0;
}

static int cmd_prompt(const char *args)
{
	struct judge_domain *d;

	if (strcmp(args, "on") && strcmp(args, "off"))
		return -EINVAL;
	list_for_each_entry(d, &domains, link)
		d->pages = count_pages(d);
	WRITE_ONCE(is_prompt, !strcmp(args, "on"));
	return 0;
}

/* Banks are numbered as in the simulator: 0 to 3 are the GT ones. */
static int cmd_irq(const char *args)
{
	unsigned int bank, bits;

	if (sscanf(args, "%u %i", &bank, &bits) != 2)
		return -EINVAL;
	WRITE_ONCE(hdr->irq_bank, bank);
	WRITE_ONCE(hdr->irq_bits, bits);
	smp_wmb();	/* what before whether */
	WRITE_ONCE(hdr->irq_seq, hdr->irq_seq + 1);
	for (unsigned int ms = 0; ms < ACK_MS; ms += 5) {
		if (READ_ONCE(hdr->irq_seen) == hdr->irq_seq)
			return 0;
		msleep(5);
	}
	return -ETIMEDOUT;
}

static int cmd_reset(const char *args)
{
	WRITE_ONCE(hdr->base_accesses, READ_ONCE(hdr->accesses));
	WRITE_ONCE(hdr->base_violations, READ_ONCE(hdr->violations));
	WRITE_ONCE(hdr->base_ring_head, READ_ONCE(hdr->ring_head));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const char *args);
	bool unlocked;			/* takes long and touches no domain */
} commands[] = {
	{ "domain", cmd_domain },
	{ "forget", cmd_forget },
	{ "slice", cmd_slice },
	{ "hammer", cmd_hammer },
	{ "pass", cmd_pass, .unlocked = true },
	{ "refresh", cmd_refresh },
	{ "prompt", cmd_prompt },
	{ "irq", cmd_irq },
	{ "reset", cmd_reset },
};

static int run_line(char *line)
{
	char *args, *name = strim(line);
	int r;

	if (!*name)
		return 0;
	args = name;
	strsep(&args, " \t");
	args = args ? skip_spaces(args) : "";
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(name, commands[i].name))
			continue;
		if (!commands[i].unlocked)
			mutex_lock(&lock);
		r = commands[i].run(args);
		if (!commands[i].unlocked)
			mutex_unlock(&lock);
		if (r)
			pr_warn("%s %s: error %d\n", name, args, r);
		return r;
	}
	pr_warn("unknown command %s\n", name);
	return -EINVAL;
}

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
		r = run_line(line);
	kfree(buf);
	return r ? r : len;
}

static const char *const hammer_names[] = { "off", "read", "write" };

static const struct {
	unsigned int flag;
	const char *name;
} flag_names[] = {
	{ XENGT_JUDGE_V_STALE, "stale" },
	{ XENGT_JUDGE_V_HAMMER, "hammer" },
	{ XENGT_JUDGE_V_PPGTT, "ppgtt" },
	{ XENGT_JUDGE_V_TABLE, "table" },
	{ XENGT_JUDGE_V_OUTSIDE, "outside" },
	{ XENGT_JUDGE_V_COMMAND, "command" },
	{ XENGT_JUDGE_V_RESIDUE, "residue" },
};

/* Who did it, and by which way. */
static void show_actor(struct seq_file *m,
		       const struct xengt_judge_violation *v)
{
	static const char *const engines[] = { "rcs", "vcs", "vecs", "bcs" };

	if (v->engine >= ARRAY_SIZE(engines))
		return;
	seq_printf(m, " engine %s context 0x%llx instruction 0x%x at 0x%llx address 0x%llx",
		   engines[v->engine], v->desc, v->command, v->command_addr,
		   v->addr);
	if (v->flags & XENGT_JUDGE_V_TABLE)
		seq_printf(m, " level %u", v->level);
	for (unsigned int i = 0; i < min_t(unsigned int, v->n_tables, 4); i++)
		seq_printf(m, "%s0x%llx", i ? " " : " path ", v->table[i]);
}

static void show_violation(struct seq_file *m, u64 seq)
{
	u64 i = (seq - 1) % XENGT_JUDGE_RING_MAX;
	struct xengt_judge_violation v = ring[i];

	smp_rmb();	/* the copy before the second look at seq */
	if (v.seq != seq || READ_ONCE(ring[i].seq) != seq)
		return;
	seq_printf(m, "%s seq %llu times %llu slot %d index 0x%llx mfn 0x%llx expected %u ",
		   seq == READ_ONCE(hdr->ring_head) ? "last" : "violation",
		   v.seq, v.count, v.slot, v.ggtt_index, v.mfn,
		   v.domid_expected);
	if (v.owner_found)
		seq_printf(m, "found %llu gfn 0x%llx",
			   XENGT_JUDGE_OWNER_DOMID(v.owner_found),
			   v.owner_found & XENGT_JUDGE_OWNER_GFN_MASK);
	else
		seq_puts(m, "found nobody");
	seq_puts(m, v.flags & XENGT_JUDGE_V_WRITE ? " write" : " read");
	for (unsigned int f = 0; f < ARRAY_SIZE(flag_names); f++)
		if (v.flags & flag_names[f].flag)
			seq_printf(m, " %s", flag_names[f].name);
	show_actor(m, &v);
	seq_putc(m, '\n');
}

static int judge_show(struct seq_file *m, void *unused)
{
	u64 mode = min_t(u64, READ_ONCE(hdr->hammer), 2);
	u64 head = READ_ONCE(hdr->ring_head);
	u64 first = READ_ONCE(hdr->base_ring_head);
	struct judge_domain *d;

	mutex_lock(&lock);
	seq_printf(m, "accesses %llu\n",
		   READ_ONCE(hdr->accesses) - hdr->base_accesses);
	seq_printf(m, "violations %llu\n",
		   READ_ONCE(hdr->violations) - hdr->base_violations);
	seq_printf(m, "scratch_accesses %llu\n", hdr->scratch_accesses);
	seq_printf(m, "other_accesses %llu\n", hdr->other_accesses);
	seq_printf(m, "context_accesses %llu\n", hdr->context_accesses);
	seq_printf(m, "ppgtt_accesses %llu\n", hdr->ppgtt_accesses);
	seq_printf(m, "table_accesses %llu\n", hdr->table_accesses);
	seq_printf(m, "hammer %s\n", hammer_names[mode]);
	seq_printf(m, "hammer_accesses %llu\n", hdr->hammer_accesses);
	seq_printf(m, "hammer_passes %llu\n", hdr->hammer_passes);
	seq_printf(m, "hammer_live %llu\n", hdr->hammer_live);
	seq_printf(m, "scratch_mfn 0x%llx\n", hdr->scratch_mfn);
	seq_printf(m, "scratch_entries %llu\n", hdr->scratch_entries);
	seq_printf(m, "slice_overlaps %llu\n", hdr->slice_overlaps);
	seq_printf(m, "ggtt_flushes %llu\n", hdr->ggtt_flushes);
	seq_printf(m, "heartbeat %llu\n", hdr->heartbeat);
	seq_printf(m, "passes %llu\n", passes);
	seq_printf(m, "pass_us %llu\n", div_u64(pass_ns, NSEC_PER_USEC));
	list_for_each_entry(d, &domains, link)
		seq_printf(m, "domain %u gfns 0x%lx frames %lu dropped %llu\n",
			   d->id, d->n_gfns, d->n_frames, d->dropped);
	for (unsigned int i = 0; i < XENGT_JUDGE_SLICES_MAX; i++)
		if (slices[i].active)
			seq_printf(m, "slice %u domain %llu low 0x%llx 0x%llx high 0x%llx 0x%llx\n",
				   i, slices[i].domid, slices[i].low_base,
				   slices[i].low_bytes, slices[i].high_base,
				   slices[i].high_bytes);
	if (head - first > XENGT_JUDGE_RING_MAX)
		first = head - XENGT_JUDGE_RING_MAX;
	for (u64 seq = first + 1; seq <= head; seq++)
		show_violation(m, seq);
	mutex_unlock(&lock);
	return 0;
}

static int judge_open(struct inode *inode, struct file *file)
{
	file->private_data = NULL;	/* misc_open() put our device there */
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

/* --- life ---------------------------------------------------------------- */

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
		hdr = shm;
		if (shm && hdr->magic == XENGT_JUDGE_MAGIC &&
		    hdr->version == XENGT_JUDGE_VERSION) {
			pci_dev_put(p);
			slices = shm + XENGT_JUDGE_SLICES_OFF;
			ring = shm + XENGT_JUDGE_RING_OFF;
			owners = shm + XENGT_JUDGE_OWNERS_OFF;
			return 0;
		}
		shm_close();
	}
	pr_err("no ivshmem device with a judge's memory\n");
	return -ENODEV;
}

/* An earlier instance may have left things behind. */
static void shm_clear(void)
{
	WRITE_ONCE(hdr->hammer, XENGT_JUDGE_HAMMER_OFF);
	WRITE_ONCE(hdr->generation, (hdr->generation & ~1ULL) + 1);
	smp_wmb();	/* odd before the first change */
	memset(slices, 0, XENGT_JUDGE_SLICES_MAX * sizeof(*slices));
	smp_wmb();	/* all changes before even */
	WRITE_ONCE(hdr->generation, hdr->generation + 1);
	memset(owners, 0, XENGT_JUDGE_OWNERS_MAX * sizeof(*owners));
}

static int __init judge_init(void)
{
	int r;

	BUILD_BUG_ON(sizeof(struct xengt_judge_hdr) > PAGE_SIZE);
	BUILD_BUG_ON(XENGT_JUDGE_OWNERS_MAX >= MISSED_ONCE);
	if (!xen_initial_domain() || !xen_pv_domain()) {
		pr_err("only for a PV dom0\n");
		return -ENODEV;
	}
	r = shm_open();
	if (r)
		return r;
	shm_clear();
	r = prober_create();
	if (r)
		goto fail_shm;
	thread = kthread_run(thread_main, NULL, "xengt-judge");
	if (IS_ERR(thread)) {
		r = PTR_ERR(thread);
		goto fail_prober;
	}
	r = misc_register(&judge_misc);
	if (r)
		goto fail_thread;
	pr_info("machine frames 0x%lx\n", machine_to_phys_nr);
	return 0;

fail_thread:
	kthread_stop(thread);
fail_prober:
	prober_destroy();
fail_shm:
	shm_close();
	return r;
}

static void __exit judge_exit(void)
{
	struct judge_domain *d, *tmp;

	misc_deregister(&judge_misc);
	kthread_stop(thread);
	list_for_each_entry_safe(d, tmp, &domains, link)
		domain_forget(d);
	shm_clear();
	prober_destroy();
	shm_close();
}

module_init(judge_init);
module_exit(judge_exit);
MODULE_DESCRIPTION("Isolation judge of xengt's tests, dom0's side");
MODULE_LICENSE("GPL");
