// SPDX-License-Identifier: GPL-2.0-only
#include "judge_priv.h"

#include <linux/delay.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <asm/barrier.h>
#include <xen/interface/memory.h>

#define ACK_MS		2000U
#define HAMMER_PASS_MS	30000U
#define DECIDE_ROUNDS	3U
#define SETTLE_ROUNDS	8U

#ifndef XENMEM_maximum_gpfn
#define XENMEM_maximum_gpfn 14
#endif

/* Waits until the simulator has read the new slice table. */
static int wait_for_simulator(void)
{
	u64 want = READ_ONCE(judge.hdr->generation);

	for (unsigned int ms = 0; ms < ACK_MS; ms += 5) {
		if (READ_ONCE(judge.hdr->sim_generation) == want)
			return 0;
		msleep(5);
	}
	return -ETIMEDOUT;
}

/* Parses "ID [MAXGFN]". Without MAXGFN, asks Xen for the domain's highest gfn. */
static int read_domain(const char *args, unsigned int *ret_id,
		       unsigned long *ret_max_gfn)
{
	int n = sscanf(args, "%u %li", ret_id, ret_max_gfn);

	if (n < 1 || *ret_id == 0 || *ret_id >= DOMID_FIRST_RESERVED)
		return -EINVAL;
	if (n == 1) {
		domid_t domid = *ret_id;
		long max = HYPERVISOR_memory_op(XENMEM_maximum_gpfn, &domid);

		if (max < 0)
			return max;
		*ret_max_gfn = max;
	}
	return *ret_max_gfn < GFNS_MAX ? 0 : -E2BIG;
}

static int cmd_domain(const char *args)
{
	unsigned long max_gfn = 0;
	struct judge_domain *d;
	unsigned int id;
	int r = read_domain(args, &id, &max_gfn);

	if (r)
		return r;
	d = judge_domain_find(id);
	if (d && judge.has_m2p && d->n_gfns != max_gfn + 1) {
		judge_domain_forget(d);
		d = NULL;
	}
	if (!d && judge.n_domains == DOMAINS_MAX)
		return -ENOSPC;
	if (!d)
		d = judge_domain_create(id, max_gfn + 1);
	if (!d)
		return -ENOMEM;
	/*
	 * without M2P this module records no frames, and only checks that Xen has pages
	 * of the domain
	 */
	r = judge.has_m2p ? judge_search_all(d) : judge_count_pages(d);
	if (r > 0 || (!r && d->n_frames))
		r = 0;
	else if (!r)
		r = -ESRCH;
	if (r) {
		judge_domain_forget(d);
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
	d = judge_domain_find(id);
	if (!d)
		return -ESRCH;
	judge_domain_forget(d);
	return 0;
}

static int cmd_slice(const char *args)
{
	struct xengt_judge_slice s = { .active = 1 };
	unsigned int slot, domid;
	char word[8];
	u64 gen, scratch = 0;
	int n;

	if (sscanf(args, "%u %7s", &slot, word) != 2 ||
	    slot >= XENGT_JUDGE_SLICES_MAX)
		return -EINVAL;
	if (!strcmp(word, "off"))
		s.active = 0;
	if (s.active) {
		/*
		 * scratch is the bus address that the slice's entries have for the
		 * scratch page
		 */
		n = sscanf(args, "%u %u %lli %lli %lli %lli %lli", &slot, &domid,
			   &s.low_base, &s.low_bytes, &s.high_base,
			   &s.high_bytes, &scratch);
		if (n < 6 || domid >= DOMID_FIRST_RESERVED)
			return -EINVAL;
		s.domid = domid;
		s.scratch_mfn = scratch >> PAGE_SHIFT;
	}
	if ((s.low_base | s.low_bytes | s.high_base | s.high_bytes) &
	    ~PAGE_MASK)
		return -EINVAL;
	if (s.active && !judge_domain_find(domid))
		return -ESRCH;

	gen = judge.hdr->generation & ~1ULL;
	WRITE_ONCE(judge.hdr->generation, gen + 1);
	smp_wmb();	/* the generation is odd before the first change */
	judge.slices[slot] = s;
	smp_wmb();	/* all changes are made before the generation is even again */
	WRITE_ONCE(judge.hdr->generation, gen + 2);
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
	WRITE_ONCE(judge.hdr->hammer, mode);
	return 0;
}

/* Waits until two passes have ended, because the first pass began before the command. */
static int cmd_pass(const char *args)
{
	u64 want = READ_ONCE(judge.hdr->hammer_passes) + 2;

	if (READ_ONCE(judge.hdr->hammer) == XENGT_JUDGE_HAMMER_OFF)
		return -EINVAL;
	for (unsigned int ms = 0; ms < HAMMER_PASS_MS; ms += 5) {
		if (READ_ONCE(judge.hdr->hammer_passes) >= want)
			return 0;
		if (msleep_interruptible(5))
			return -EINTR;
	}
	return -ETIMEDOUT;
}

/*
 * Plays a table that lacks all that guests got: forgets all frames, and finds none until
 * the judge is no longer blind.
 */
static int cmd_blind(const char *args)
{
	struct judge_domain *d;

	if (!judge.has_m2p || (strcmp(args, "on") && strcmp(args, "off")))
		return -EINVAL;
	WRITE_ONCE(judge.is_blind, !strcmp(args, "on"));
	if (judge.is_blind)
		list_for_each_entry(d, &judge.domains, link)
			judge_domain_lose(d);
	return 0;
}

/*
 * Makes one round, and waits until the simulator has decided by this round. There is no
 * limit of time: the thread and the simulator always go on. Returns -EBUSY if the judge is
 * blind, because then no round ends.
 */
static int make_round(void)
{
	u64 round;

	mutex_lock(&judge.lock);
	if (judge.is_blind) {
		mutex_unlock(&judge.lock);
		return -EBUSY;
	}
	round = judge_begin_round();
	mutex_unlock(&judge.lock);
	while (READ_ONCE(judge.hdr->sim_rounds) < round)
		if (msleep_interruptible(5))
			return -EINTR;
	return 0;
}

/*
 * Accesses that are made during this call may be undecided when it ends. An access is
 * undecided for more than one round if the frame changed hands meanwhile.
 */
int judge_settle(void)
{
	u64 oldest, now = READ_ONCE(judge.hdr->round_begun);
	int r;

	for (unsigned int i = 0; i < SETTLE_ROUNDS; i++) {
		oldest = READ_ONCE(judge.hdr->undecided_round);
		if (!judge.has_m2p || !oldest || oldest > now)
			return 0;
		r = make_round();
		if (r)
			return r;
	}
	return -EBUSY;
}

/*
 * The simulator has seen differences between the table and Xen's structures. Waits until
 * the simulator has decided each difference. Guests that work may cause new differences
 * at any time.
 */
static int cmd_decide(const char *args)
{
	int r = 0;

	if (!judge.has_m2p || READ_ONCE(judge.is_prompt))
		return -EINVAL;
	for (unsigned int i = 0; !r && i < DECIDE_ROUNDS &&
	     (READ_ONCE(judge.hdr->undecided) ||
	      READ_ONCE(judge.hdr->undecided_accesses)); i++)
		r = make_round();
	if (r)
		return r;
	return READ_ONCE(judge.hdr->undecided) ? -EBUSY : 0;
}

static int cmd_prompt(const char *args)
{
	struct judge_domain *d;

	if (strcmp(args, "on") && strcmp(args, "off"))
		return -EINVAL;
	list_for_each_entry(d, &judge.domains, link)
		d->pages = judge_count_pages(d);
	WRITE_ONCE(judge.is_prompt, !strcmp(args, "on"));
	return 0;
}

/* Banks have the simulator's numbers: 0 to 3 are the GT interrupt banks. */
static int cmd_irq(const char *args)
{
	unsigned int bank, bits;

	if (sscanf(args, "%u %i", &bank, &bits) != 2)
		return -EINVAL;
	WRITE_ONCE(judge.hdr->irq_bank, bank);
	WRITE_ONCE(judge.hdr->irq_bits, bits);
	smp_wmb();	/* the bank and its bits are stored before the sequence
			 * number */
	WRITE_ONCE(judge.hdr->irq_seq, judge.hdr->irq_seq + 1);
	for (unsigned int ms = 0; ms < ACK_MS; ms += 5) {
		if (READ_ONCE(judge.hdr->irq_seen) == judge.hdr->irq_seq)
			return 0;
		msleep(5);
	}
	return -ETIMEDOUT;
}

static int cmd_reset(const char *args)
{
	int r = judge_settle();

	if (r)
		return r;
	WRITE_ONCE(judge.hdr->base_accesses, READ_ONCE(judge.hdr->accesses));
	WRITE_ONCE(judge.hdr->base_violations,
		   READ_ONCE(judge.hdr->violations));
	WRITE_ONCE(judge.hdr->base_ring_head, READ_ONCE(judge.hdr->ring_head));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(const char *args);
	bool unlocked;			/* true: run the command without judge.lock,
					 * because the command takes long, and changes no
					 * domain */
} commands[] = {
	{ "domain", cmd_domain },
	{ "forget", cmd_forget },
	{ "slice", cmd_slice },
	{ "hammer", cmd_hammer },
	{ "pass", cmd_pass, .unlocked = true },
	{ "blind", cmd_blind },
	{ "decide", cmd_decide, .unlocked = true },
	{ "prompt", cmd_prompt },
	{ "irq", cmd_irq },
	{ "reset", cmd_reset, .unlocked = true },
};

int judge_run_line(char *line)
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
			mutex_lock(&judge.lock);
		r = commands[i].run(args);
		if (!commands[i].unlocked)
			mutex_unlock(&judge.lock);
		if (r)
			pr_warn("%s %s: error %d\n", name, args, r);
		return r;
	}
	pr_warn("unknown command %s\n", name);
	return -EINVAL;
}
