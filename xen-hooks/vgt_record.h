/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * libxl's own record of each domain: the configuration with which it was
 * created, in the file /var/lib/xen/userdata-d.<domid>.<uuid>.libxl-json, as
 * long as the domain lives. The record says without xengtd whether a domain was
 * created with a vGPU: then its device model is xengt-dm. libc only, for the
 * static xl.
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
 * Read the records of a domain. For VGT_RECORD_ANY, which means all domains,
 * returns the last value of the list above that is true for one of them. root
 * is a directory that is put before all paths, or "".
 */
enum vgt_record vgt_record_look(const char *root, long domid);

#endif /* VGT_RECORD_H */
