/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef XENGT_VERSION_H
#define XENGT_VERSION_H

#define XENGT_VERSION	"0.1.0"

#endif /* XENGT_VERSION_H */
