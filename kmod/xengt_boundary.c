// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the boundary, in the module
 *
 * The code that decides what the GPU may reach is built from the same files
 * into user space, where it is tested and fuzzed. It is included rather than
 * listed in Kbuild so that no object files land outside of this folder.
 */
#include "../src/boundary/audit.c"
#include "../src/boundary/audit_regs.c"
#include "../src/boundary/audit_table.c"
#include "../src/boundary/gtt.c"
#include "../src/boundary/part.c"
