/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What libxl itself keeps of each domain: the configuration it was created with, a
 * file /var/lib/xen/userdata-d.<domid>.<uuid>.libxl-json for as long as the domain
 * lives. It tells without xengtd whether a domain was created with a vGPU: its
 * device model is xengt-dm then. libc only, for the static xl.
 */
#ifndef VGT_RECORD_H
#define VGT_RECORD_H

enum vgt_record {
    VGT_RECORD_NONE,        /* libxl has no record */
    VGT_RECORD_PLAIN,       /* its device model is not xengt-dm */
    VGT_RECORD_VGPU,        /* its device model is xengt-dm */
    VGT_RECORD_UNKNOWN,     /* the record cannot be read: errno says why */
};

#define VGT_RECORD_ANY -1

/*
 * What the records of a domain say; of VGT_RECORD_ANY domain: the last line of the
 * list above that is true of one. root is a directory before all paths, or "".
 */
enum vgt_record vgt_record_look(const char *root, long domid);

#endif /* VGT_RECORD_H */
