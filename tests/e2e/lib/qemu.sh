# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The QEMU of the machine that runs Xen: Debian's, but for two instructions
# (docs/design/011).
#
# 1. VMRUN, when it has an interrupt to inject (helper_vmrun, SVM_EVTINJ_TYPE_INTR),
#    delivers it and leaves its vector behind in exception_index, as if an exception were
#    still to be raised. If the emulator is asked to leave its loop before anything sets
#    the field anew (by another thread's kick, or because a clock that counts
#    instructions has a timer due) it raises the exception: the guest gets the same
#    interrupt again at once, with interrupts disabled. The store becomes a no-op.
# 2. PAUSE leaves the emulator's loop, so that another processor may run (do_pause). Here
#    there is no other, and where clocks count instructions a guest's processor that
#    spins until its turn is over takes a thousand times as long. It goes on at once.

# Each with the instructions around it:
#   movzbl %r12b,%esi; mov %r13d,ERROR(%rbx); mov %esi,INDEX(%rbx); movl $0,IS_INT(%rbx);
#   movq $-1,NEXT(%rbx); ...; mov $1,%edx; mov %rbx,%rdi; call do_interrupt_x86_hardirq
#   sub $8,%rsp; sub $ENV,%rdi; movl $EXCP_INTERRUPT,INDEX(%rdi); call cpu_loop_exit
# shellcheck disable=SC2016	# perl's own $
QEMU_MEND='
	local $/;
	binmode STDIN;
	binmode STDOUT;
	my $text = <STDIN>;
	my $vmrun = $text =~ s/(\x41\x0f\xb6\xf4\x44\x89\xab.{4})\x89\xb3.{4}
		(\xc7\x83.{4}\0{4}\x48\xc7\x83.{4}\xff{4}\xf6\x05.{4}\x02\x0f\x85.{4}
		\xba\x01\0\0\0\x48\x89\xdf\xe8)/$1\x66\x0f\x1f\x44\0\0$2/gsx;
	my $pause = $text =~ s/(\x48\x83\xec\x08\x48\x81\xef.{4}\xc7\x87.{4})
		\0\0\x01\0(\xe8)/$1\xff\xff\xff\xff$2/gsx;
	print $text;
	exit($vmrun == 1 && $pause == 1 ? 0 : 1);
'

# qemu_mended: its path in the cache, by the content of Debian's. XENBOX_QEMU: another one,
# taken as it is.
qemu_mended()
{
	local stock dir
	if [ "${XENBOX_QEMU:-}" ]; then
		echo "$XENBOX_QEMU"
		return
	fi
	stock=$(command -v qemu-system-x86_64)
	dir=$CACHE/qemu/$(hash_files "$stock" "$HERE/lib/qemu.sh")
	if [ ! -x "$dir/qemu-system-x86_64" ]; then
		mkdir -p "$dir"
		perl -e "$QEMU_MEND" <"$stock" >"$dir/new.$$" ||
			die "$stock is not the QEMU that lib/qemu.sh mends; XENBOX_QEMU=$stock takes it as it is"
		chmod 755 "$dir/new.$$"
		mv "$dir/new.$$" "$dir/qemu-system-x86_64"
	fi
	echo "$dir/qemu-system-x86_64"
}
