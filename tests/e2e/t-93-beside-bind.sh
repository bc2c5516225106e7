#!/bin/bash
# long
# budget: 20000
# The package xengt-i915-dkms in dom0 on real Xen, with the kernel's source of Debian: an
# administrator binds the GPU with `xengt-ctl bind --beside`, and xl creates guests; the conformance
# suite of gpu.h runs on this backend; many guests are destroyed, each followed within 1 s by the end
# of the module. BESIDE_CYCLES and BESIDE_GPU in the environment change their number, and the GPU.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest plain <<END
on_crash = "preserve"
END
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
debs=()
for deb in "$B"/deb/xengt_*.deb "$B"/deb/xengt-{dkms,xl,i915-dkms}_*.deb; do
	debs+=(--deb "$deb")
done
e2e_run --gpu "${BESIDE_GPU:-skl}" "${debs[@]}" --put "$B/e2e/drmtest:/root/t/drmtest" \
	--put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
	93-beside-bind.sh "${BESIDE_CYCLES:-200}"
