/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends a test that hangs (docs/testing.md): if nothing happens for
 * XENGT_TEST_PATIENCE seconds (600 by default), the program ends and fails.
 */
#ifndef XENGT_PATIENCE_H
#define XENGT_PATIENCE_H

/*
 * Call this whenever something has happened, or is about to happen. The time
 * limit begins again.
 */
void patience_renew(void);

/* Call this when the program will not wait for anything any more. */
void patience_end(void);

#endif /* XENGT_PATIENCE_H */
