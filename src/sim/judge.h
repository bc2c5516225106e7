/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the files of the isolation judge only. judge.c keeps the shared memory,
 * judge_owner.c finds the owners of frames, judge_late.c decides about accesses
 * to frames that dom0's table does not have yet, judge_verdict.c judges accesses,
 * judge_part.c knows the commands of dom0's own driver, judge_record.c reports
 * violations, judge_residue.c judges what contexts leave
 * in the hardware, and judge_hammer.c makes accesses of its own.
 *
 * A slot is the index of a vGPU's row in the table of slices. Where functions
 * pass "slot + 1", 0 means the host.
 */
#ifndef XENGT_SIM_JUDGE_H
#define XENGT_SIM_JUDGE_H

#include "sim/engine.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

/* Read a word that dom0 writes. */
#define IN(word)	__atomic_load_n(&(word), __ATOMIC_ACQUIRE)
/*
 * Write a word, or add 1 to a word, that the judge writes. Only the judge
 * writes these words, so no atomic addition is needed.
 */
#define OUT(word, val)	__atomic_store_n(&(word), (val), __ATOMIC_RELEASE)
#define COUNT(word)	OUT(word, (word) + 1)

/* Takes over the slice table if dom0 has finished changing it. */
void sim_judge_sync(struct xengt_sim *sim);
/*
 * judge_verdict.c: returns slot + 1 of the vGPU that owns a context, or 0 if
 * the context belongs to the host.
 */
unsigned int sim_judge_slot_of(const struct xengt_sim *sim, uint64_t desc);
/* A frame that an access reaches. */
struct sim_judge_frame {
	uint64_t bus;			/* number of the frame in bus addresses,
					 * which the GPU's entries have */
	uint64_t mfn;			/* machine frame number */
	uint64_t owner;			/* owner word, see xengt/judge_abi.h */
	bool is_late;			/* dom0's table names no owner; 'owner'
					 * is the word of Xen's structures */
	uint64_t table;			/* the word of dom0's table; 0 if the
					 * judge does not use the table */
	uint64_t xen;			/* the word of Xen's structures, as
					 * owner_xen in xengt/judge_abi.h */
};

/* judge_record.c */
/*
 * Fills *v with the known facts of a violation. slot: slot + 1 of the vGPU that
 * caused the violation. f: the frame, or NULL if no frame is known.
 */
void sim_judge_start(struct xengt_sim *sim, struct xengt_judge_violation *v,
		     unsigned int slot, const struct sim_judge_frame *f,
		     unsigned int flags);
/*
 * Reports a violation to dom0 and the log. a: the engine and the command that
 * made the access; NULL if they are not known.
 */
void sim_judge_record(struct xengt_sim *sim, const struct sim_actor *a,
		      struct xengt_judge_violation *v);

/* judge.c: looks for the host's scratch page again. */
void sim_judge_find_scratch(struct xengt_sim *sim);

/* judge_owner.c */
/*
 * Forgets the results of all comparisons. Returns 0, or -1 if memory is short.
 */
int sim_judge_owner_init(struct sim_judge *j);
void sim_judge_owner_fini(struct sim_judge *j);
/* Returns the word that dom0's table now has for a machine frame. */
uint64_t sim_judge_table_word(const struct sim_judge *j, uint64_t mfn);
/*
 * Finds the word that dom0's table should have for a machine frame, according to
 * Xen's own structures. Returns false if Xen's structures are not known.
 */
bool sim_judge_xen_expects(struct xengt_sim *sim, uint64_t mfn, uint64_t *ret_word);
/*
 * Finds the owner of the frame f->mfn, from the source that dom0 chose
 * (hdr->owners_by). Sets all members but bus and mfn.
 */
void sim_judge_find_owner(struct xengt_sim *sim, struct sim_judge_frame *f);
/*
 * Finds the frame that an access of a bus address will reach. Call this before
 * the access. Returns false if the IOMMU refuses the access: then the access
 * reaches no frame.
 */
bool sim_judge_frame_at(struct xengt_sim *sim, uint64_t bus, bool write,
			struct sim_judge_frame *ret_frame);
/*
 * Compares again the frames about which the table and Xen's structures differed.
 * Call this when dom0 has completed another round of updates of the table.
 */
void sim_judge_compare_again(struct xengt_sim *sim);

/* judge_part.c */
/*
 * Returns true if the command is one of dom0's own driver, in a context that works for a
 * guest, and may reach this page of the GGTT.
 */
bool sim_judge_is_drivers(const struct sim_judge *j, const struct sim_actor *a,
			  uint32_t index);

/* judge_late.c */
/*
 * Forgets all late accesses. Returns 0, or -1 if memory is short.
 */
int sim_judge_late_init(struct sim_judge *j);
void sim_judge_late_fini(struct sim_judge *j);
/*
 * Notes an access that is allowed if dom0's table later confirms what Xen's structures say
 * now (judge_late.c). v, which sim_judge_start() has begun: the violation to report if the
 * table does not confirm it. a: as for sim_judge_record().
 */
void sim_judge_note_late(struct xengt_sim *sim, const struct sim_actor *a,
			 struct xengt_judge_violation *v);
/*
 * Call this at regular intervals. If dom0 has completed another round of updates of
 * the table since the last call, this function compares again the frames about
 * which the table and Xen's structures differed, and decides about late accesses.
 * hdr->sim_rounds then has the number of the round.
 */
void sim_judge_decide(struct xengt_sim *sim);

/*
 * Is the frame the host's scratch page, to which entries outside of all slices point?
 */
static inline bool sim_judge_is_host_scratch(const struct sim_judge *j,
					     const struct sim_judge_frame *f)
{
	return f->bus == j->hdr->scratch_mfn && !f->owner;
}

/*
 * Is the frame the scratch page that dom0 named for a slot? slot: the number of
 * the slot, plus 1.
 */
static inline bool sim_judge_is_own_scratch(const struct sim_judge *j,
					    unsigned int slot,
					    const struct sim_judge_frame *f)
{
	return j->scratch[slot] && f->bus == j->scratch[slot] && !f->owner;
}

#endif /* XENGT_SIM_JUDGE_H */
