// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with OpenCL (intel-opencl-icd): writes, fills, copies and reads buffers, runs a
 * kernel with barriers and local memory, and asks how long the kernel ran. The simulator
 * does not compute, so the program does not check the results.
 */
#include <CL/cl.h>
#include <stdio.h>
#include <stdlib.h>

#define BYTES		16384u

static const char *const text =
	"__kernel void turn(__global uint *v, __local uint *s) {\n"
	"	size_t i = get_local_id(0);\n"
	"	s[i] = get_global_id(0);\n"
	"	barrier(CLK_LOCAL_MEM_FENCE);\n"
	"	v[get_global_id(0)] = s[get_local_size(0) - 1 - i];\n"
	"}\n";

static void must(cl_int r, const char *what)
{
	if (r == CL_SUCCESS)
		return;
	printf("%s: %d\n", what, r);
	exit(1);
}

#define MUST(call) must(call, #call)

static cl_kernel make_kernel(cl_context c, cl_device_id dev)
{
	cl_int r;
	cl_program p = clCreateProgramWithSource(c, 1, (const char **)&text, NULL, &r);
	cl_kernel k;

	MUST(r);
	MUST(clBuildProgram(p, 1, &dev, "", NULL, NULL));
	k = clCreateKernel(p, "turn", &r);
	MUST(r);
	return k;
}

static void images(cl_context c, cl_command_queue q)
{
	const cl_image_format format = { CL_RGBA, CL_UNORM_INT8 };
	const cl_image_desc desc = { .image_type = CL_MEM_OBJECT_IMAGE2D, .image_width = 64,
				     .image_height = 64 };
	static const float color[4] = { 0, 1, 0, 1 };
	const size_t zero[3] = { 0 }, size[3] = { 64, 64, 1 };
	static char pixels[64 * 64 * 4];
	cl_int r;
	cl_mem image = clCreateImage(c, CL_MEM_READ_WRITE, &format, &desc, NULL, &r);

	MUST(r);
	MUST(clEnqueueFillImage(q, image, color, zero, size, 0, NULL, NULL));
	MUST(clEnqueueReadImage(q, image, CL_TRUE, zero, size, 0, 0, pixels, 0, NULL, NULL));
}

static void run(cl_context c, cl_device_id dev)
{
	static uint32_t data[BYTES / 4];
	const cl_queue_properties props[] = { CL_QUEUE_PROPERTIES, CL_QUEUE_PROFILING_ENABLE, 0 };
	const size_t global = 1024, local = 16;
	cl_kernel k = make_kernel(c, dev);
	cl_command_queue q;
	cl_mem a, b;
	cl_event e;
	cl_ulong begun;
	cl_int r;

	q = clCreateCommandQueueWithProperties(c, dev, props, &r);
	MUST(r);
	a = clCreateBuffer(c, CL_MEM_READ_WRITE, BYTES, NULL, &r);
	MUST(r);
	b = clCreateBuffer(c, CL_MEM_READ_WRITE, BYTES, NULL, &r);
	MUST(r);
	MUST(clEnqueueWriteBuffer(q, a, CL_TRUE, 0, BYTES, data, 0, NULL, NULL));
	MUST(clEnqueueFillBuffer(q, b, &(cl_uint){ 7 }, 4, 0, BYTES, 0, NULL, NULL));
	MUST(clSetKernelArg(k, 0, sizeof(a), &a));
	MUST(clSetKernelArg(k, 1, local * 4, NULL));
	MUST(clEnqueueNDRangeKernel(q, k, 1, NULL, &global, &local, 0, NULL, &e));
	MUST(clEnqueueCopyBuffer(q, a, b, 0, 0, BYTES, 0, NULL, NULL));
	MUST(clEnqueueReadBuffer(q, b, CL_TRUE, 0, BYTES, data, 0, NULL, NULL));
	images(c, q);
	MUST(clFinish(q));
	MUST(clGetEventProfilingInfo(e, CL_PROFILING_COMMAND_START, sizeof(begun), &begun, NULL));
}

int main(void)
{
	cl_platform_id platform;
	cl_device_id dev;
	char name[100];
	cl_context c;
	cl_int r;

	MUST(clGetPlatformIDs(1, &platform, NULL));
	MUST(clGetDeviceIDs(platform, CL_DEVICE_TYPE_GPU, 1, &dev, NULL));
	MUST(clGetDeviceInfo(dev, CL_DEVICE_NAME, sizeof(name), name, NULL));
	printf("%s\n", name);
	c = clCreateContext(NULL, 1, &dev, NULL, NULL, &r);
	MUST(r);
	run(c, dev);
	printf("ran\n");
	return 0;
}
