// SPDX-License-Identifier: GPL-2.0-only
/* As xengt_boundary.c; a file of its own, for names that are static there. */
#include "../src/boundary/ppgtt.c"
#include "../src/boundary/ppgtt_leaf.c"
