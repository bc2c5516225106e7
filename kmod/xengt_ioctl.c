// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: /dev/xengt and the vGPU's file
 *
 * include/uapi/xengt.h describes the ABI. This file copies and checks the
 * arguments from user space, and holds no lock while it accesses user memory
 * (see xengt_gpu.h). The code copies each struct once, and then uses only the
 * copy.
 */
#include <linux/anon_inodes.h>
#include <linux/compat.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "boundary/bnd_hw.h"
#include "boundary/part.h"
#include "uapi/xengt.h"
#include "xengt_gpu.h"
#include "xengt_ioctl.h"
#include "xengt_vgpu.h"
#include "xengt_vgpu_ops.h"

/*
 * A GGTT_WRITE or PPGTT_WRITE of at most this many entries allocates no memory.
 */
#define ENTRIES_ON_STACK	16
/* One read() returns at most this many events. */
#define EVENTS_ON_STACK		8

/* ---- the vGPU's file ---- */

/*
 * Copy the entries at uptr to 'few' or to allocated memory. The function also
 * checks that *scratched can be written, before an entry changes.
 */
static u64 *get_entries(u64 uptr, u32 count, u64 *few, u32 __user *scratched)
{
	u64 *entries = few;

	if (count > ENTRIES_ON_STACK) {
		entries = kmalloc_array(count, sizeof(*entries), GFP_KERNEL);
		if (!entries)
			return ERR_PTR(-ENOMEM);
	}
	if (!copy_from_user(entries, u64_to_user_ptr(uptr),
			    count * sizeof(*entries)) &&
	    !put_user(0, scratched))
		return entries;
	if (entries != few)
		kfree(entries);
	return ERR_PTR(-EFAULT);
}

static long vgpu_ggtt_write(struct xengt_kvgpu *vgpu,
			    struct xengt_vgpu_ggtt_write __user *uarg)
{
	u64 few[ENTRIES_ON_STACK], *entries;
	struct xengt_vgpu_ggtt_write arg;
	u32 scratched = 0;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags || !arg.count || arg.count > XENGT_GGTT_WRITE_MAX)
		return -EINVAL;
	entries = get_entries(arg.entries, arg.count, few, &uarg->scratched);
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	r = xengt_kvgpu_write(vgpu, arg.first, entries, arg.count, &scratched);
	if (!r && scratched && put_user(scratched, &uarg->scratched))
		r = -EFAULT;
	if (entries != few)
		kfree(entries);
	return r;
}

static long vgpu_ppgtt_create(struct xengt_kvgpu *vgpu,
			      struct xengt_vgpu_ppgtt_create __user *uarg)
{
	struct xengt_vgpu_ppgtt_create arg;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.pad)
		return -EINVAL;
	r = xengt_kvgpu_ppgtt_create(vgpu, arg.level, arg.flags, &arg.id);
	if (!r && put_user(arg.id, &uarg->id)) {
		xengt_kvgpu_ppgtt_destroy(vgpu, arg.id);
		r = -EFAULT;
	}
	return r;
}

static long vgpu_ppgtt_destroy(struct xengt_kvgpu *vgpu,
			       struct xengt_vgpu_ppgtt_destroy __user *uarg)
{
	struct xengt_vgpu_ppgtt_destroy arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags)
		return -EINVAL;
	return xengt_kvgpu_ppgtt_destroy(vgpu, arg.id);
}

static long vgpu_ppgtt_write(struct xengt_kvgpu *vgpu,
			     struct xengt_vgpu_ppgtt_write __user *uarg)
{
	u64 few[ENTRIES_ON_STACK], *entries;
	struct xengt_vgpu_ppgtt_write arg;
	u32 scratched = 0;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags || arg.pad || !arg.count)
		return -EINVAL;
	if (arg.count > XENGT_PPGTT_ENTRIES)
		return -ERANGE;
	entries = get_entries(arg.entries, arg.count, few, &uarg->scratched);
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	r = xengt_kvgpu_ppgtt_write(vgpu, arg.id, arg.first, entries, arg.count,
				    &scratched);
	if (!r && scratched && put_user(scratched, &uarg->scratched))
		r = -EFAULT;
	if (entries != few)
		kfree(entries);
	return r;
}

static long vgpu_revalidate(struct xengt_kvgpu *vgpu,
			    struct xengt_vgpu_revalidate __user *uarg)
{
	struct xengt_vgpu_revalidate arg;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags || arg.pad)
		return -EINVAL;
	r = xengt_kvgpu_revalidate(vgpu, &arg.dropped, &arg.resolved);
	if (r)
		return r;
	return copy_to_user(uarg, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static long vgpu_submit(struct xengt_kvgpu *vgpu,
			struct xengt_vgpu_submit __user *uarg)
{
	struct xengt_vgpu_submit arg;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	/* check, before anything runs, that the struct can be written */
	if (put_user(0, &uarg->refused) || put_user(0, &uarg->image))
		return -EFAULT;
	r = xengt_kvgpu_submit(vgpu, &arg);
	if ((r == -EBADMSG || (!r && arg.image)) &&
	    copy_to_user(uarg, &arg, sizeof(arg)))
		return -EFAULT;
	return r;
}

static long vgpu_engine_reset(struct xengt_kvgpu *vgpu,
			      struct xengt_vgpu_engine_reset __user *uarg)
{
	struct xengt_vgpu_engine_reset arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags)
		return -EINVAL;
	return xengt_kvgpu_engine_reset(vgpu, arg.mask);
}

static long vgpu_timestamp(struct xengt_kvgpu *vgpu,
			   struct xengt_vgpu_timestamp __user *uarg)
{
	struct xengt_vgpu_timestamp arg;
	long r;

	r = xengt_kvgpu_timestamp(vgpu, &arg.ticks);
	if (r)
		return r;
	return copy_to_user(uarg, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static long vgpu_own_frames(struct xengt_kvgpu *vgpu,
			    struct xengt_vgpu_own_frames __user *uarg)
{
	struct xengt_vgpu_own_frames arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags)
		return -EINVAL;
	return xengt_kvgpu_own_frames(vgpu, arg.first, arg.count);
}

static long vgpu_fence(struct xengt_kvgpu *vgpu,
		       struct xengt_vgpu_fence __user *uarg)
{
	struct xengt_vgpu_fence arg;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags)
		return -EINVAL;
	return xengt_kvgpu_fence(vgpu, arg.index, arg.value);
}

static long vgpu_aperture(struct xengt_kvgpu *vgpu,
			  struct xengt_vgpu_aperture __user *uarg)
{
	struct xengt_vgpu_aperture arg;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	/* check, before anything is stored, that the answer can be written */
	if (put_user(arg.piece_bytes, &uarg->piece_bytes))
		return -EFAULT;
	r = xengt_kvgpu_aperture(vgpu, &arg);
	if (r)
		return r;
	return copy_to_user(uarg, &arg, sizeof(arg)) ? -EFAULT : 0;
}

static long vgpu_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	struct xengt_kvgpu *vgpu = file->private_data;
	void __user *uarg = (void __user *)arg;
	struct xengt_vgpu_info info;

	switch (cmd) {
	case XENGT_VGPU_IOC_INFO:
		xengt_kvgpu_info(vgpu, &info);
		return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
	case XENGT_VGPU_IOC_GGTT_WRITE:
		return vgpu_ggtt_write(vgpu, uarg);
	case XENGT_VGPU_IOC_REVALIDATE:
		return vgpu_revalidate(vgpu, uarg);
	case XENGT_VGPU_IOC_PPGTT_CREATE:
		return vgpu_ppgtt_create(vgpu, uarg);
	case XENGT_VGPU_IOC_PPGTT_DESTROY:
		return vgpu_ppgtt_destroy(vgpu, uarg);
	case XENGT_VGPU_IOC_PPGTT_WRITE:
		return vgpu_ppgtt_write(vgpu, uarg);
	case XENGT_VGPU_IOC_SUBMIT:
		return vgpu_submit(vgpu, uarg);
	case XENGT_VGPU_IOC_ENGINE_RESET:
		return vgpu_engine_reset(vgpu, uarg);
	case XENGT_VGPU_IOC_TIMESTAMP:
		return vgpu_timestamp(vgpu, uarg);
	case XENGT_VGPU_IOC_OWN_FRAMES:
		return vgpu_own_frames(vgpu, uarg);
	case XENGT_VGPU_IOC_FENCE:
		return vgpu_fence(vgpu, uarg);
	case XENGT_VGPU_IOC_APERTURE:
		return vgpu_aperture(vgpu, uarg);
	case XENGT_VGPU_IOC_ZAP:
		xengt_kvgpu_zap(vgpu, XENGT_VGPU_ZAPPED);
		return 0;
	default:
		return -ENOTTY;
	}
}

static ssize_t vgpu_read(struct file *file, char __user *buf, size_t len,
			 loff_t *ppos)
{
	struct xengt_kvgpu *vgpu = file->private_data;
	struct xengt_event events[EVENTS_ON_STACK];
	u32 max = min_t(size_t, len / sizeof(events[0]), EVENTS_ON_STACK), n;
	int r;

	if (!max)
		return -EINVAL;
	while (!(n = xengt_kvgpu_take_events(vgpu, events, max))) {
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		r = wait_event_interruptible(vgpu->wait,
					     xengt_kvgpu_has_events(vgpu));
		if (r)
			return r;
	}
	/*
	 * if the buffer cannot be written, the events are lost
	 */
	if (copy_to_user(buf, events, n * sizeof(events[0])))
		return -EFAULT;
	return n * sizeof(events[0]);
}

static __poll_t vgpu_poll(struct file *file, poll_table *wait)
{
	struct xengt_kvgpu *vgpu = file->private_data;

	poll_wait(file, &vgpu->wait, wait);
	return xengt_kvgpu_has_events(vgpu) ? EPOLLIN | EPOLLRDNORM : 0;
}

static int vgpu_release(struct inode *inode, struct file *file)
{
	xengt_kvgpu_destroy(file->private_data);
	return 0;
}

static const struct file_operations vgpu_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vgpu_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.read = vgpu_read,
	.poll = vgpu_poll,
	.release = vgpu_release,
	.llseek = noop_llseek,
};

/* ---- /dev/xengt ---- */

static long dev_get_info(struct xengt_info __user *uarg)
{
	struct xengt_gpu *gpu = xengt_gpu_get();
	struct xengt_part_info part;
	struct xengt_kvgpu *vgpu;
	struct xengt_info info;
	struct pci_dev *pdev;

	if (!gpu)
		return -ENODEV;
	pdev = gpu->pdev;
	info = (struct xengt_info){
		.abi_version = XENGT_ABI_VERSION,
		.platform = gpu->platform->id,
		.pci_vendor = pdev->vendor,
		.pci_device = pdev->device,
		.pci_subvendor = pdev->subsystem_vendor,
		.pci_subdevice = pdev->subsystem_device,
		.pci_segment = pci_domain_nr(pdev->bus),
		.pci_bus = pdev->bus->number,
		.pci_devfn = pdev->devfn,
		.pci_revision = pdev->revision,
		.aperture_phys = pci_resource_start(pdev, 2),
		.aperture_bytes = pci_resource_len(pdev, 2),
		.ggtt_bytes = (u64)gpu->ggtt_entries << PAGE_SHIFT,
		.way = gpu->way,
		.backend = gpu->hw.is_shared ? XENGT_BACKEND_I915 :
					       XENGT_BACKEND_ALONE,
	};

	xengt_hw_health_tell(&gpu->health, &info);
	mutex_lock(&gpu->lock);
	xengt_part_query(&gpu->part, &part);
	list_for_each_entry(vgpu, &gpu->vgpus, link)
		info.vgpu_count++;
	mutex_unlock(&gpu->lock);
	xengt_gpu_put(gpu);

	info.low_total_mib = part.low.total_mib;
	info.low_free_mib = part.low.free_mib;
	info.low_largest_mib = part.low.largest_mib;
	info.high_total_mib = part.high.total_mib;
	info.high_free_mib = part.high.free_mib;
	info.high_largest_mib = part.high.largest_mib;
	info.fences_total = part.fences_total;
	info.fences_free = part.fences_free;
	info.fences_largest = part.fences_largest;
	return copy_to_user(uarg, &info, sizeof(info)) ? -EFAULT : 0;
}

/*
 * Make the vGPU's file and return its file descriptor to user space. The
 * function takes ownership of vgpu, even if it fails.
 */
static long install_vgpu(struct xengt_kvgpu *vgpu,
			 struct xengt_create_vgpu *arg,
			 struct xengt_create_vgpu __user *uarg)
{
	struct file *file;
	int fd;

	fd = get_unused_fd_flags(O_CLOEXEC);
	if (fd < 0) {
		xengt_kvgpu_destroy(vgpu);
		return fd;
	}
	file = anon_inode_getfile("[xengt-vgpu]", &vgpu_fops, vgpu, O_RDWR);
	if (IS_ERR(file)) {
		put_unused_fd(fd);
		xengt_kvgpu_destroy(vgpu);
		return PTR_ERR(file);
	}
	/* from here on the file owns the vGPU */
	arg->fd = fd;
	arg->vgpu_id = vgpu->bnd.rec.id;
	if (copy_to_user(uarg, arg, sizeof(*arg))) {
		put_unused_fd(fd);
		fput(file);
		return -EFAULT;
	}
	fd_install(fd, file);
	return 0;
}

static long dev_create_vgpu(struct xengt_create_vgpu __user *uarg)
{
	struct xengt_create_vgpu arg;
	struct xengt_kvgpu *vgpu;
	struct xengt_gpu *gpu;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	if (arg.flags || !arg.domid || arg.domid >= DOMID_FIRST_RESERVED ||
	    (arg.low_base_mib && (arg.high_mib || arg.fences)))
		return -EINVAL;

	gpu = xengt_gpu_get();
	if (!gpu)
		return -ENODEV;
	r = xengt_kvgpu_create(gpu, &arg, &vgpu);
	xengt_gpu_put(gpu);
	return r ?: install_vgpu(vgpu, &arg, uarg);
}

static long dev_set_share(struct xengt_set_share __user *uarg)
{
	struct xengt_set_share arg;
	struct xengt_gpu *gpu;
	long r;

	if (copy_from_user(&arg, uarg, sizeof(arg)))
		return -EFAULT;
	gpu = xengt_gpu_get();
	if (!gpu)
		return -ENODEV;
	r = xengt_kvgpu_set_share(gpu, &arg);
	xengt_gpu_put(gpu);
	return r;
}

static long dev_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *uarg = (void __user *)arg;

	switch (cmd) {
	case XENGT_IOC_INFO:
		return dev_get_info(uarg);
	case XENGT_IOC_CREATE_VGPU:
		return dev_create_vgpu(uarg);
	case XENGT_IOC_SET_SHARE:
		return dev_set_share(uarg);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = dev_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice xengt_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = XENGT_DEV_NAME,
	.fops = &dev_fops,
	.mode = 0600,
};

int xengt_ioctl_init(void)
{
	/*
	 * the structs must have the same layout for 32-bit and for 64-bit user
	 * space
	 */
	BUILD_BUG_ON(sizeof(struct xengt_info) != 120);
	BUILD_BUG_ON(sizeof(struct xengt_create_vgpu) != 32);
	BUILD_BUG_ON(sizeof(struct xengt_set_share) != 32);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_info) != 192);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_ggtt_write) != 24);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_revalidate) != 24);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_ppgtt_create) != 16);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_ppgtt_destroy) != 8);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_ppgtt_write) != 32);
	BUILD_BUG_ON(sizeof(struct xengt_event) != 24);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_submit) != 56);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_engine_reset) != 8);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_timestamp) != 8);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_own_frames) != 16);
	BUILD_BUG_ON(sizeof(struct xengt_vgpu_fence) != 16);
	return misc_register(&xengt_dev);
}

void xengt_ioctl_fini(void)
{
	misc_deregister(&xengt_dev);
}
