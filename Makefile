# SPDX-License-Identifier: GPL-2.0-only
#
# This Makefile builds and tests everything. `make help` lists the targets.
#
# The Makefile finds sources by their names. So a new .c file in a component's
# folder, a new test_*.c in tests/unit, or a new fuzz_*.c in tests/fuzz needs no
# line in the Makefile.

# B is the build directory. If B is an absolute path below this folder, make it
# relative, so that each target has only one name: system tests use absolute paths.
B	?= build
override B := $(patsubst $(CURDIR)/%,%,$(B))
# make's default for CC is cc, another name of gcc. Use gcc instead: if CC changed from
# one name to the other, make would build everything again.
ifeq ($(origin CC),default)
CC	:= gcc
endif
# ccache finds objects by the content of their sources. So builds with planted
# faults (tests/faults) and builds in other clones share most objects. `make
# CCACHE=` builds without ccache.
CCACHE	?= $(shell command -v ccache 2>/dev/null)
export CCACHE_NOHASHDIR := 1
# SAN=1 builds with ASAN and UBSAN. FAULT=name plants a fault that a test must find
# (see docs/testing.md).
SAN	?=
FAULT	?=

WARN	:= -Wall -Wextra -Wshadow -Wmissing-prototypes -Wimplicit-fallthrough=5 \
	   -Wtype-limits -Wstrict-prototypes -Wvla -Werror
ifneq ($(findstring clang,$(CC)),)
# libseccomp's macros leave fields of initialisers out. clang warns about this; gcc does
# not, because the macros are in a system header.
WARN	:= $(subst -Wimplicit-fallthrough=5,-Wimplicit-fallthrough,$(WARN)) \
	   -Wno-missing-field-initializers
endif
OPT	?= -O2 -g
CFLAGS	:= -std=gnu11 $(OPT) $(WARN) -D_GNU_SOURCE -Iinclude -Isrc \
	   -fno-strict-aliasing -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
LDFLAGS	:= -pie -Wl,-z,relro,-z,now
ifneq ($(SAN),)
CFLAGS	:= $(filter-out -D_FORTIFY_SOURCE=2,$(CFLAGS)) -DXENGT_TYPED \
	   -fsanitize=address,undefined -fno-sanitize-recover=undefined \
	   -fno-omit-frame-pointer
LDFLAGS	+= -fsanitize=address,undefined
endif
ifneq ($(FAULT),)
CFLAGS	+= -DXENGT_FAULT_$(FAULT)
endif
CFLAGS	+= $(EXTRA_CFLAGS)

comma	:= ,

# ---- libraries: name -> sources ----
LIBS	:= common core boundary hw hv hvxen gpu session sim hooks gpusim
SRC_common   := $(wildcard src/common/*.c)
SRC_core     := $(wildcard src/core/*.c src/core/regs/*.c)
SRC_boundary := $(wildcard src/boundary/*.c)
SRC_hw	     := $(wildcard src/hw/*.c)
SRC_hvxen    := $(wildcard src/hv/hv_xen*.c)
SRC_hv	     := $(filter-out $(SRC_hvxen),$(wildcard src/hv/*.c))
SRC_gpu	     := $(wildcard src/gpu/*.c)
SRC_session  := $(wildcard src/session/*.c)
SRC_sim	     := $(wildcard src/sim/*.c)
SRC_hooks    := $(wildcard xen-hooks/vgt_*.c)
SRC_gpusim   := $(wildcard tools/gpusim_*.c)

# ---- programs: name -> sources, our libraries, system libraries ----
BINS	:= xengtd xengt-vgpu xengt-share xengt-view xengt-ctl xengt-gpusim xengt-replay xengt-dm xengt-xl
SRC_xengtd	:= $(wildcard src/xengtd/*.c)
LIB_xengtd	:= hvxen hw common
SYS_xengtd	:= -lxenctrl -lxenstore -lxendevicemodel -lxenforeignmemory -lxenevtchn \
		   -lxentoolcore -lxentoollog -ljson-c -lsystemd
SRC_xengt-vgpu	:= $(wildcard src/xengt-vgpu/*.c)
LIB_xengt-vgpu	:= session core hvxen hv gpu sim boundary hw common
SYS_xengt-vgpu	:= -lxendevicemodel -lxenforeignmemory -lxenevtchn -lxentoolcore \
		   -lxentoollog -lseccomp -lcap-ng
SRC_xengt-share	:= $(wildcard src/xengt-share/*.c) src/xengt-vgpu/depriv.c
LIB_xengt-share	:= common
SYS_xengt-share	:= -lxengnttab -lxenevtchn -lseccomp -lcap-ng
SRC_xengt-view	:= $(wildcard src/xengt-view/*.c)
LIB_xengt-view	:= common
SYS_xengt-view	:= -lxengnttab -lxenevtchn -lxenstore -lpng
SRC_xengt-ctl	:= $(wildcard tools/xengt-ctl.c tools/ctl*.c tools/cmd_*.c)
LIB_xengt-ctl	:= hooks hw common
SYS_xengt-ctl	:= -ljson-c -lxenstore -lpng
SRC_xengt-gpusim := $(wildcard tools/xengt-gpusim.c)
LIB_xengt-gpusim := gpusim sim common
SYS_xengt-gpusim := -lpng
SRC_xengt-replay := $(wildcard tools/xengt-replay.c tools/replay_*.c)
LIB_xengt-replay := session core hv sim hw common
SRC_xengt-dm	:= $(wildcard xen-hooks/xengt-dm.c)
LIB_xengt-dm	:= hooks common
SYS_xengt-dm	:= -lxenstore -ljson-c
SRC_xengt-xl	:= $(wildcard xen-hooks/xengt-xl.c)
LIB_xengt-xl	:= hooks common
SYS_xengt-xl	:= -lxlutil -lxenstore -ljson-c

# The order of linking: each library comes before the libraries that it calls.
ALL_LIBS := session core hv gpu gpusim sim boundary hw hooks common

UNIT	:= $(patsubst tests/unit/%.c,$(B)/unit/%,$(wildcard tests/unit/test_*.c))
CONF	:= $(patsubst tests/conformance/%.c,$(B)/conformance/%,$(wildcard tests/conformance/test_*.c))
BENCH	:= $(patsubst tests/bench/%.c,$(B)/bench/%,$(wildcard tests/bench/bench_*.c tests/bench/count_*.c))
FUZZ	:= $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))

define archive
@mkdir -p $(@D)
@rm -f $@
@ar rcsD $@ $^
endef

define lib_rule
OBJ_$(1) := $$(patsubst %.c,$(B)/obj/%.o,$$(SRC_$(1)))
$(B)/lib/libxengt-$(1).a: $$(OBJ_$(1))
	$$(archive)
endef

define bin_rule
OBJ_$(1) := $$(patsubst %.c,$(B)/obj/%.o,$$(SRC_$(1)))
$(B)/bin/$(1): $$(OBJ_$(1)) $$(patsubst %,$(B)/lib/libxengt-%.a,$$(LIB_$(1)))
	@mkdir -p $$(@D)
	@echo "  LD      $$@"
	@$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(SYS_$(1))
endef

all: $(foreach b,$(BINS),$(if $(SRC_$(b)),$(B)/bin/$(b)))

$(foreach l,$(LIBS),$(eval $(call lib_rule,$(l))))
$(foreach b,$(BINS),$(eval $(call bin_rule,$(b))))

# If FAULT, SAN, CC or other flags change, make builds everything in $(B) again.
FLAGS_USED := $(CC) $(CFLAGS) $(LDFLAGS)
$(B)/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS_USED)' | cmp -s - $@ || echo '$(FLAGS_USED)' > $@
FORCE:

$(B)/obj/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CCACHE) $(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

TEST_LIBS := $(patsubst %,$(B)/lib/libxengt-%.a,$(ALL_LIBS))
TEST_SYS  := -lcmocka -ljson-c -lxenstore -lxlutil -lpng -lpthread -lseccomp -lcap-ng

# In each test, the oracle checks that engines read only audited commands
# (tests/oracle/oracle.h). The linker redirects the calls of these functions to the
# oracle.
ORACLE_SRC  := $(wildcard tests/oracle/*.c)
ORACLE_WRAP := $(addprefix -Wl$(comma)--wrap=,xengt_audit_run xengt_submit \
	xengt_exec_reset xengt_exec_next_event xengt_exec_fini xengt_sched_irq \
	xengt_sched_tick xengt_context_guest_read xengt_context_ppgtt_read \
	$(addprefix xengt_aperture_,place take forget access end))
ORACLE_LIB  := $(B)/lib/libxengt-oracle.a
$(B)/obj/tests/oracle/%.o: CFLAGS += -Itests
$(ORACLE_LIB): $(patsubst %.c,$(B)/obj/%.o,$(ORACLE_SRC))
	$(archive)
# Rigs are code that several tests use: tests/unit/NAME.c and NAME.h,
# tests/bench/rig_NAME.c, and tests/NAME.c for tests of several folders. The linker adds
# a rig to each test that calls the rig. No two rigs may define the same name.
RIG_LIB := $(B)/lib/libxengt-rigs.a
# These rigs define functions that files of the programs also define. Only the tests in
# the next lines are linked with these rigs.
DOUBLES := bvgpu_rig control_rig control_unreached loop_rig made_loop store_loop xen_rig
$(B)/unit/test_loop $(B)/unit/test_loop_events $(B)/unit/test_loop_link: $(B)/obj/tests/unit/loop_rig.o
$(B)/unit/test_hv_xen: $(B)/obj/tests/unit/xen_rig.o
$(B)/unit/test_bvgpu $(B)/unit/test_bvgpu_errors $(B)/unit/test_bvgpu_held \
	$(B)/unit/test_bvgpu_recover $(B)/unit/test_bvgpu_trust: $(B)/obj/tests/unit/bvgpu_rig.o
$(B)/unit/test_xenstore $(B)/unit/test_xenstore_nodes: $(B)/obj/tests/unit/store_loop.o
$(B)/unit/test_qmp $(B)/unit/test_script $(B)/unit/test_sharer $(B)/unit/test_worker: $(B)/obj/tests/unit/made_loop.o
$(B)/unit/test_control_answers $(B)/unit/test_control_clients $(B)/unit/test_control_faults: \
	$(B)/obj/tests/unit/control_rig.o $(B)/obj/tests/unit/control_unreached.o
RIG_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(filter-out tests/unit/test_% $(DOUBLES:%=tests/unit/%.c), \
	$(wildcard tests/*.c tests/unit/*.c tests/bench/rig_*.c)))
$(RIG_OBJ) $(DOUBLES:%=$(B)/obj/tests/unit/%.o): CFLAGS += -Itests -I.
$(RIG_LIB): $(RIG_OBJ)
	@twice=$$(nm -g --defined-only $^ | awk 'NF == 3 { print $$3 }' | sort | uniq -d); \
	[ -z "$$twice" ] || { echo "in two rigs: $$twice"; false; }
	$(archive)
# test_vgpu_nomem makes single memory allocations fail in these files of the
# core.
NOMEM_OBJ := $(patsubst %,$(B)/obj/nomem/%.o,ggtt mmio regs vgpu)
$(B)/obj/nomem/%.o: src/core/%.c $(B)/.flags
	@mkdir -p $(@D)
	@echo "  CC      $< (failing_alloc.h)"
	@$(CC) $(CFLAGS) -include tests/unit/failing_alloc.h -MMD -MP -c -o $@ $<
$(B)/unit/test_vgpu_nomem: $(NOMEM_OBJ)

# A library of all files of xengtd, xengt-vgpu, xengt-share and xengt-view except their main.c. The linker adds the
# files that a test needs from this library. A function that the test defines replaces the
# programs' function with the same name.
PARTS_SRC := $(sort $(filter-out %/main.c,$(SRC_xengtd) $(SRC_xengt-vgpu) $(SRC_xengt-share) \
	$(SRC_xengt-view)) $(SRC_hvxen))
PARTS_LIB := $(B)/lib/libxengt-parts.a
$(PARTS_LIB): $(patsubst %.c,$(B)/obj/%.o,$(PARTS_SRC))
	$(archive)

# Each call of one of these functions in the test's program goes to the test's own
# __wrap_NAME().
WRAP_test_audit_recorded := sim_cmd_cost_ns sim_cmd_find sim_reset_write_gdrst \
			    sim_vm_access
WRAP_test_child		:= fork
WRAP_test_control_faults := accept4 calloc malloc memfd_create recv send
WRAP_test_depriv	:= capng_change_id capng_get_caps_process capng_have_capabilities \
			   getegid geteuid getgid getuid seccomp_init
WRAP_test_ev		:= clock_gettime epoll_wait
WRAP_test_gpudev	:= ioctl
WRAP_test_gntlimit	:= read
WRAP_test_hv_xen	:= nanosleep
WRAP_test_keep_slices	:= xengt_room_read
WRAP_test_log		:= clock_gettime
WRAP_test_loop		:= clock_gettime epoll_wait poll xengt_log xengt_wp_send
WRAP_test_loop_events	:= calloc clock_gettime epoll_create1 epoll_ctl epoll_wait \
			   signalfd sigprocmask timerfd_create timerfd_settime \
			   xengt_log xengt_log_site
WRAP_test_loop_link	:= accept4 clock_gettime epoll_ctl poll xengt_log xengt_log_site \
			   xengt_wp_send
WRAP_test_persist	:= xengt_log
WRAP_test_qmp		:= calloc connect recv
WRAP_test_ram		:= xengt_log
WRAP_test_sharer	:= xengt_log
WRAP_test_sim_control	:= clock_gettime
WRAP_test_sim_proxy	:= clock_gettime xengt_sim_idle
WRAP_test_track		:= calloc
WRAP_test_vgpu_make	:= xengt_log xengt_room_read
WRAP_test_vgt_client	:= clock_gettime poll
WRAP_test_vgt_store	:= clock_gettime poll
WRAP_test_worker	:= calloc memfd_create pwrite
WRAP_test_xenstore_nodes := calloc xengt_log

LOOKED_ON := $(ORACLE_WRAP) -Wl,--start-group $(RIG_LIB) $(PARTS_LIB) $(TEST_LIBS) $(ORACLE_LIB) -Wl,--end-group

$(B)/obj/tests/unit/test_%.o: CFLAGS += -Itests -I.
$(B)/unit/%: $(B)/obj/tests/unit/%.o $(RIG_LIB) $(PARTS_LIB) $(TEST_LIBS) $(ORACLE_LIB)
	@mkdir -p $(@D)
	@echo "  TEST    $(@F)"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(addprefix -Wl$(comma)--wrap=,$(WRAP_$(@F))) $(LOOKED_ON) $(TEST_SYS)

# Tests that have cases not only in test_NAME.c, but also in NAME_*.c.
$(B)/conformance/test_gpu: $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/conformance/gpu_*.c))
$(B)/conformance/test_hv: $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/conformance/hv_*.c))
$(B)/obj/tests/conformance/%.o: CFLAGS += -Itests -I.

# The conformance suites test the fake implementation and, on a machine with
# Xen, also the real implementation.
$(B)/conformance/%: $(B)/obj/tests/conformance/%.o $(RIG_LIB) $(PARTS_LIB) $(TEST_LIBS) $(ORACLE_LIB)
	@mkdir -p $(@D)
	@echo "  TEST    $(@F)"
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $(filter %.o,$^) \
		$(LOOKED_ON) $(TEST_SYS) \
		-lxendevicemodel -lxenforeignmemory -lxenevtchn -lxentoolcore -lxentoollog -lxenctrl

$(B)/bench/%: tests/bench/%.c $(RIG_LIB) $(TEST_LIBS)
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -Itests -I. -MMD -MP $(LDFLAGS) -o $@ $< $(RIG_LIB) $(TEST_LIBS) $(TEST_SYS)

# Libraries that tests/cli/run-cli and tests/slow/run preload (LD_PRELOAD).
$(B)/%.so: tests/%.c $(B)/.flags
	@mkdir -p $(@D)
	@echo "  TEST    $<"
	@$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -shared -fPIC -o $@ $<

# The stand-in for the DRM device and its programs (tests/apps/README.md). A preloaded
# library needs objects that are compiled with -fPIC, and exports only the functions of libc
# that it replaces.
APPS_SRC := $(wildcard tests/apps/*.c) $(SRC_core) $(SRC_hv) $(SRC_gpu) $(SRC_sim) \
	$(SRC_boundary) $(SRC_hw) $(ORACLE_SRC)
APPS_WRAP := sim_cmd_find sim_cmd_reg_read sim_cmd_reg_write sim_engine_stop
APPS_CFLAGS := $(filter-out -fPIE -D_FORTIFY_SOURCE=2,$(CFLAGS)) -fPIC -Itests \
	-I/usr/include/libdrm
$(B)/apps/obj/%.o: %.c $(B)/.flags
	@mkdir -p $(@D)
	@$(CCACHE) $(CC) $(APPS_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/apps/standin.so: $(APPS_SRC:%.c=$(B)/apps/obj/%.o) tests/apps/standin.map
	@echo "  LD      $@"
	@$(CC) -shared -o $@ $(filter %.o,$^) -Wl,--version-script=tests/apps/standin.map \
		-Wl,-z,defs $(ORACLE_WRAP) $(addprefix -Wl$(comma)--wrap=,$(APPS_WRAP)) \
		-lpthread -ldl
APPS := $(patsubst tests/apps/programs/%.c,$(B)/apps/%,$(wildcard tests/apps/programs/*.c))
FLAGS_APP_store := -ldrm
FLAGS_APP_wrong := -ldrm
FLAGS_APP_contexts := -lEGL -lGLESv2
FLAGS_APP_gles := -lEGL -lGLESv2
FLAGS_APP_gl := -DGL_GLEXT_PROTOTYPES=1 -lEGL -lOpenGL
FLAGS_APP_opencl := -DCL_TARGET_OPENCL_VERSION=200 -lOpenCL
FLAGS_APP_va := -lva -lva-drm
FLAGS_APP_vulkan := -lvulkan
# The shaders of the Vulkan program, compiled to headers with arrays of numbers.
$(B)/apps/vulkan: $(addprefix $(B)/apps/vulkan.,comp.h frag.h vert.h)
$(B)/apps/%.h: tests/apps/programs/%
	@mkdir -p $(@D)
	@glslangValidator -V --quiet --vn $(subst .,,$(suffix $*)) -o $@ $<
$(B)/apps/%: tests/apps/programs/%.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -I/usr/include/libdrm -I$(B)/apps -o $@ $< $(FLAGS_APP_$*)
bin-apps: $(B)/apps/standin.so $(APPS)

# Fuzz targets are always built with the sanitizers and with libFuzzer, in
# $(B)/fuzz.
FUZZ_SRC := $(SRC_session) $(SRC_core) $(SRC_hv) $(SRC_gpu) $(SRC_sim) $(SRC_boundary) $(SRC_hw) $(SRC_hooks) $(SRC_common)
# Rigs of fuzz targets: tests/fuzz/rig_NAME.c, and tests/NAME.c, which other tests use, too.
FUZZ_RIG := $(wildcard tests/*.c tests/fuzz/rig_*.c)
FUZZ_OBJ := $(patsubst %.c,$(B)/fuzz/obj/%.o,$(FUZZ_SRC) $(ORACLE_SRC) $(FUZZ_RIG))
$(B)/fuzz/obj/tests/%.o: FUZZ_CFLAGS += -Itests
FUZZ_CFLAGS := -std=gnu11 -O1 -g -D_GNU_SOURCE -DXENGT_TYPED -Iinclude -Isrc \
	-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined \
	$(if $(FAULT),-DXENGT_FAULT_$(FAULT))
$(B)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	@$(CCACHE) clang $(FUZZ_CFLAGS) -MMD -MP -c -o $@ $<
$(B)/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(FUZZ_OBJ)
	@mkdir -p $(@D)
	@echo "  FUZZ    $<"
	@clang $(subst fuzzer-no-link,fuzzer,$(FUZZ_CFLAGS)) -I. -Itests -MMD -MP -o $@ $(filter %.c %.o,$^) \
		$(ORACLE_WRAP) -ljson-c -lxenstore -lxlutil -lpthread

# Without this line make would delete these objects, because only pattern rules
# name them.
TEST_OBJ := $(patsubst %.c,$(B)/obj/%.o,$(wildcard tests/unit/test_*.c tests/conformance/test_*.c))
.SECONDARY: $(FUZZ_OBJ) $(TEST_OBJ)

-include $(shell find $(B)/obj $(B)/unit $(B)/conformance $(B)/bench $(B)/fuzz $(B)/apps/obj -name '*.d' -type f 2>/dev/null)

.PHONY: FORCE all help deps demo check check-long unit bench sim-shell kmod kmod-sparse deb install clean \
	bin-apps bin-unit bin-conformance bin-bench bin-fuzz lint
.DEFAULT_GOAL := all

bin-unit: $(UNIT)
bin-conformance: $(CONF)
bin-bench: $(BENCH)
bin-fuzz: $(FUZZ)

help:
	@echo "make            build everything that runs on this machine"
	@echo "make demo       show a vGPU in a real guest on real Xen, as a transcript"
	@echo "make check      run all tests (T=pattern: the tests that match)"
	@echo "make unit       run the quick tests: under a minute, no root, no Xen"
	@echo "make sim-shell  boot Debian's i915 on the simulated GPU, to a prompt"
	@echo "make bench      measure what single operations cost, as JSON"
	@echo "make kmod       build the kernel module, for the newest installed headers"
	@echo "make deb        build the Debian packages, in build/deb"
	@echo "make install    install the programs below DESTDIR"
	@echo "make deps       install the packages that these commands need (apt-get)"

deps:
	@scripts/deps.sh build module deb machine bench lint

unit:
	@scripts/deps.sh build lint
	@tests/run unit

check:
	@tests/run all $(if $(T),-t '$(T)')

check-long:
	@tests/run long

demo:
	@tests/e2e/demo

# Boots Debian with its i915 on the simulated GPU and shows a shell prompt. GPU=bdw and
# GPU=kbl choose another GPU. At the socket $(B)/sim-control a program can request
# screenshots.
sim-shell:
	@scripts/deps.sh build machine
	@tests/e2e/native --shell $(if $(GPU),--gpu $(GPU)) \
		--gpusim-arg --control --gpusim-arg $(B)/sim-control

bench:
	@scripts/deps.sh build bench
	@tests/bench/run

# The kernel for which the module is built: KVER, or the newest kernel whose headers are
# installed.
KVER ?= $(shell ls -d /lib/modules/*/build /usr/src/linux-headers-*-amd64 2>/dev/null | \
	sed -n 's,^/lib/modules/\(.*\)/build$$,\1,p;s,^/usr/src/linux-headers-,,p' | sort -V | tail -n 1)
KDIR ?= $(if $(wildcard /lib/modules/$(KVER)/build),/lib/modules/$(KVER)/build,/usr/src/linux-headers-$(KVER))
kmod:
	@scripts/deps.sh build module
	$(MAKE) -C $(KDIR) M=$(CURDIR)/kmod $(if $(FAULT),KCFLAGS=-DXENGT_FAULT_$(FAULT)) modules

kmod-sparse:
	$(MAKE) -C $(KDIR) M=$(CURDIR)/kmod C=2 CHECK=sparse modules

deb:
	@scripts/deps.sh build deb
	@scripts/make-deb.sh $(B)/deb

DESTDIR ?=
install: all
	@scripts/install.sh "$(B)" "$(DESTDIR)"

clean:
	rm -rf $(B)
	[ ! -d $(KDIR) ] || $(MAKE) -C $(KDIR) M=$(CURDIR)/kmod clean

# ---- programs that the system tests copy into dom0 and guests ----
# The system tests request files of $(B) by their absolute paths. This rule makes such a
# file by its relative path.
$(CURDIR)/$(B)/%: $(B)/% ; @:

.PHONY: judge guest-programs dom0-programs
# Guest programs: name -> sources. The guest programs are linked statically, so
# that they run in any small guest; build-guest adds the libraries of pngcmp and
# keepview.
GUEST_PROGRAMS := gputool gpuexec drmtest kmstest
GUEST_gputool := gputool.c gpulib.c
GUEST_gpuexec := gpuexec.c gpulib.c
GUEST_drmtest := drm*.c
GUEST_kmstest := kms*.c
guest-programs: $(GUEST_PROGRAMS:%=$(B)/e2e/%) $(B)/e2e/pngcmp $(B)/e2e/keepview
dom0-programs: $(B)/e2e/put/confine-probe $(B)/e2e/put/grant-page $(B)/e2e/put/test_hv $(B)/e2e/put/test_gpu
# In dom0 the conformance suites test the real implementation. dom0 does not have
# libcmocka, so this rule copies libcmocka to the folder of the suites.
$(B)/e2e/put/test_%: $(B)/conformance/test_%
	@mkdir -p $(@D)
	@cp $< $@
	@cp -L "$$(ldd $< | sed -n 's/.*libcmocka.* => \(.*\) (.*/\1/p')" $(@D)/
$(B)/e2e/put/grant-page: tests/e2e/grant/grant-page.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -o $@ $< -lxengnttab
$(B)/e2e/put/confine-probe: tests/e2e/confine/confine-probe.c src/xengt-vgpu/depriv.c \
		$(B)/lib/libxengt-common.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ -lxendevicemodel -lxenforeignmemory \
		-lxenevtchn -lxentoolcore -lseccomp -lcap-ng
GUEST_DIR := tests/e2e/guest
define guest_rule
$(B)/e2e/$(1): $(wildcard $(addprefix $(GUEST_DIR)/,$(GUEST_$(1)) *.h))
	@mkdir -p $$(@D)
	@$$(CC) -std=gnu11 -O2 $$(WARN) -D_GNU_SOURCE -static -o $$@ $$(filter %.c,$$^)
endef
$(foreach p,$(GUEST_PROGRAMS),$(eval $(call guest_rule,$(p))))

# The hostile guest's kernel (tests/e2e/hostile/kernel.h). xenbox wants a bzImage: 1 KiB with
# the setup header's size, its magic and the memory that the kernel needs (16 MiB), then the
# compressed ELF file.
HOSTILE_SRC := $(wildcard tests/e2e/hostile/*.c tests/hostile_*.c) tests/e2e/hostile/start.S
$(B)/e2e/hostile/kernel.elf: $(HOSTILE_SRC) $(wildcard tests/e2e/hostile/*.[hl]* tests/hostile_*.h)
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 $(WARN) -Itests -ffreestanding -fno-pic -fno-stack-protector \
		-fno-asynchronous-unwind-tables -mgeneral-regs-only -mno-red-zone -nostdlib \
		-static -Wl,-T,tests/e2e/hostile/kernel.lds,--build-id=none,--no-warn-rwx-segments \
		-o $@ $(HOSTILE_SRC)
$(B)/e2e/hostile/kernel: $(B)/e2e/hostile/kernel.elf
	@echo none > $(@D)/initrd
	@{ head -c 513 /dev/zero; printf '\142HdrS'; head -c 90 /dev/zero; \
		printf '\0\0\0\1'; head -c 412 /dev/zero; xz -c $<; } > $@

$(B)/e2e/pngcmp: tests/e2e/kms/pngcmp.c
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -o $@ $< -lpng
$(B)/e2e/keepview: tests/e2e/view/keepview.c include/xengt/view_abi.h
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 $(WARN) -D_GNU_SOURCE -Iinclude -o $@ $< -lxengnttab -lxenevtchn \
		-lxenstore

# Builds the judge's kernel module. The build uses a folder of its own, so that it writes
# no files into the folder of the sources. The rule always uses the headers of dom0's
# kernel, even if this machine also has headers of another kernel. tests/e2e/kasan.sh names
# another kernel and other folders.
JUDGE_SRC := $(wildcard tests/e2e/judge/*) include/xengt/judge_abi.h
JUDGE_HEADERS ?= $$(tests/e2e/kmod/headers-for bookworm)
JUDGE_DIR ?= $(B)/e2e/judge
JUDGE_PUT ?= $(B)/e2e/put
judge:
	@mkdir -p $(JUDGE_DIR) $(JUDGE_PUT)
	@headers=$(JUDGE_HEADERS) && \
	key=$$( (echo $$headers; cat $(JUDGE_SRC)) | sha256sum) && \
	if [ "$$key" != "$$(cat $(JUDGE_DIR)/.key 2>/dev/null)" ]; then \
		cp $(JUDGE_SRC) $(JUDGE_DIR)/ && \
		$(MAKE) -s -C $$headers M=$(abspath $(JUDGE_DIR)) \
			KCFLAGS=-I$(CURDIR)/include modules && \
		cp $(JUDGE_DIR)/xengt_judge.ko $(JUDGE_PUT)/ && \
		echo "$$key" > $(JUDGE_DIR)/.key; \
	fi
