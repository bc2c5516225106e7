/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the isolation judge: judge.c keeps the shared memory, judge_verdict.c
 * judges, judge_hammer.c has the hammer.
 */
#ifndef XENGT_SIM_JUDGE_H
#define XENGT_SIM_JUDGE_H

#include "sim_priv.h"

#include "xengt/judge_abi.h"

/* Words that dom0 writes. */
#define IN(word)	__atomic_load_n(&(word), __ATOMIC_ACQUIRE)
/* Words that the judge writes: one writer, so no atomic addition. */
#define OUT(word, val)	__atomic_store_n(&(word), (val), __ATOMIC_RELEASE)
#define COUNT(word)	OUT(word, (word) + 1)

/* Takes over the slice table if dom0 has finished changing it. */
void sim_judge_sync(struct xengt_sim *sim);
/* Looks for the scratch page again. */
void sim_judge_find_scratch(struct xengt_sim *sim);

static inline uint64_t sim_judge_owner(const struct sim_judge *j, uint64_t mfn)
{
	return mfn < XENGT_JUDGE_OWNERS_MAX ? IN(j->owners[mfn]) : 0;
}

static inline bool sim_judge_is_scratch(const struct sim_judge *j, uint64_t mfn)
{
	return mfn == j->hdr->scratch_mfn && !sim_judge_owner(j, mfn);
}

#endif /* XENGT_SIM_JUDGE_H */
