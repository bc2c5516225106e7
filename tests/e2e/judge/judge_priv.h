/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Declarations for all files of xengt_judge: judge_xen.c asks Xen about frames,
 * judge_table.c keeps the table of owners, judge_cmd.c carries out commands,
 * judge_show.c prints the state, judge_part.c follows the work that xengt-i915.ko gives to
 * i915, and judge_main.c is the module with its thread.
 */
#ifndef JUDGE_PRIV_H
#define JUDGE_PRIV_H

#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bits.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include <asm/xen/hypercall.h>
#include <xen/interface/xen.h>

#include <xengt/judge_abi.h>

#define BATCH		512U
#define DOMAINS_MAX	16U
#define GFNS_MAX	(4UL << 20)	/* number of gfns of a guest of 16 GiB, the largest */

/* the value of dom->mfn[gfn] if no frame is recorded for gfn */
#define NO_FRAME	(~0U)
#define MISSED_ONCE	BIT(31)
#define MFN_MASK	(BIT(31) - 1)

struct judge_domain {
	struct list_head link;
	domid_t id;
	unsigned long n_gfns;
	unsigned long n_frames;
	unsigned long confirm_at;	/* next gfn to confirm */
	long pages;			/* number of the domain's pages by Xen's count; used
					 * only if is_prompt */
	u64 dropped;			/* number of frames that were removed from
					 * the table */
	u32 *mfn;			/* the recorded mfn of each gfn */
	u16 *chunk;			/* number of recorded gfns in each CHUNK */
};

/*
 * Page table entries and buffers for asking Xen about a batch of guest frames.
 */
struct prober {
	struct page *pages[BATCH];
	pte_t *ptes[BATCH];
	u64 pte_maddr[BATCH];
	struct mmu_update updates[BATCH];
	struct multicall_entry calls[BATCH];
	/* in: */
	unsigned long gfns[BATCH];
	unsigned int n;
	/* out: for each gfn an mfn or a negative errno */
	long result[BATCH];
};

struct seq_file;

/* The state of the judge, which exists only once. */
struct judge {
	bool has_m2p;			/* true: this dom0 is PV; the value never changes */
	struct mutex lock;		/* guards all members below */
	struct list_head domains;
	unsigned int n_domains;
	struct prober *prober;
	bool is_prompt;
	bool is_blind;			/* the thread makes no passes */
	bool is_hurried;		/* the present round searches more frames in each
					 * pass */
	u64 passes, pass_ns;		/* number of the thread's passes; how long the last one
					 * took */
	/* the memory that the simulator shows */
	struct xengt_judge_hdr *hdr;
	struct xengt_judge_slice *slices;
	struct xengt_judge_part *parts;
	struct xengt_judge_violation *ring;
	u32 *changed;
	u64 *owners;
};

extern struct judge judge;

/* ---- judge_xen.c ---- */

/* Returns the guest frame number that M2P has for a machine frame, or ~0 if M2P has none. */
unsigned long judge_m2p(unsigned long mfn);
bool judge_is_dom0s(unsigned long mfn, unsigned long pfn);
/* Makes judge.prober. Returns 0 or -errno. */
int judge_prober_create(void);
void judge_prober_destroy(void);
/* Asks Xen for the frames at prober->gfns[0..n) of a domain; leaves nothing mapped. */
void judge_probe(domid_t domid);
/*
 * Returns the number of pages that Xen counts as the domain's, or -ESRCH if there is no such
 * domain.
 */
long judge_count_pages(const struct judge_domain *d);

/* ---- judge_table.c ---- */

struct judge_domain *judge_domain_find(domid_t id);
/*
 * Add a domain without frames to the list. Returns NULL if there is no memory. Without an M2P table no
 * frame is recorded, and n_gfns is ignored.
 */
struct judge_domain *judge_domain_create(domid_t id, unsigned long n_gfns);
void judge_domain_forget(struct judge_domain *d);
/* Removes all the domain's frames from the table. */
void judge_domain_lose(struct judge_domain *d);
/* Searches all machine frames for the domain's. Returns -ESRCH if there is no such domain. */
int judge_search_all(struct judge_domain *d);
/* Does one pass of the thread, over all domains. */
void judge_pass(void);
/*
 * Begins a new round, whose passes search more frames than usual. Returns the round's
 * number; hdr->rounds has this number or a higher one when the round, or a round that
 * began later, is complete.
 */
u64 judge_begin_round(void);

/* ---- judge_cmd.c ---- */

/*
 * Waits until the simulator has decided about each access before this call. Call this
 * without judge.lock. Returns 0, -EINTR, or -EBUSY if the judge is blind or guests' frames
 * change all the time.
 */
int judge_settle(void);

/* Carries out a command line; the function writes to 'line'. Returns 0 or -errno. */
int judge_run_line(char *line);

/* ---- judge_part.c ---- */

/*
 * From now on tell the simulator each part that xengt-i915.ko gives to i915, whenever that
 * module is loaded. Returns 0 or -errno.
 */
int judge_parts_init(void);
void judge_parts_fini(void);

/* ---- judge_show.c ---- */

/* Prints the text that a read of the device returns. */
int judge_show(struct seq_file *m, void *unused);

#endif /* JUDGE_PRIV_H */
