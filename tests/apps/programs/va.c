// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with VA-API (i965-va-driver or intel-media-va-driver): decodes a picture of
 * MPEG-2 and one of H.264, if the driver can also one of HEVC and one of VP8, scales a
 * surface if the driver can, reads a surface back. The slices' data is no video, because the
 * simulator decodes nothing; so the program does not check the pixels.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <va/va.h>
#include <va/va_drm.h>
#include <va/va_vpp.h>

#define WIDTH		128
#define HEIGHT		96

static VADisplay d;
static VASurfaceID surfaces[3];

static void must(VAStatus s, const char *what)
{
	if (s == VA_STATUS_SUCCESS)
		return;
	printf("%s: %s\n", what, vaErrorStr(s));
	exit(1);
}

#define MUST(call) must(call, #call)

static VABufferID buffer(VAContextID c, VABufferType type, size_t bytes, void *data)
{
	VABufferID id;

	MUST(vaCreateBuffer(d, c, type, (unsigned int)bytes, 1, data, &id));
	return id;
}

#define BUFFER(c, type, what) buffer(c, type, sizeof(what), &(what))

static void render(VAContextID c, VASurfaceID to, VABufferID *buffers, int n)
{
	MUST(vaBeginPicture(d, c, to));
	MUST(vaRenderPicture(d, c, buffers, n));
	MUST(vaEndPicture(d, c));
	MUST(vaSyncSurface(d, to));
}

static bool has(VAProfile profile, VAEntrypoint want)
{
	VAEntrypoint all[32];
	int n = 0;

	if (vaQueryConfigEntrypoints(d, profile, all, &n))
		return false;
	for (int i = 0; i < n; i++)
		if (all[i] == want)
			return true;
	return false;
}

static VAContextID context(VAProfile profile, VAEntrypoint entry)
{
	VAConfigAttrib format = { VAConfigAttribRTFormat, VA_RT_FORMAT_YUV420 };
	VAConfigID config;
	VAContextID c;

	MUST(vaCreateConfig(d, profile, entry, &format, 1, &config));
	MUST(vaCreateContext(d, config, WIDTH, HEIGHT, VA_PROGRESSIVE, surfaces, 3, &c));
	return c;
}

/* ---- the work ---- */

static void mpeg2(void)
{
	static unsigned char data[512] = { 0, 0, 1, 1, 0x12 };
	VAContextID c = context(VAProfileMPEG2Main, VAEntrypointVLD);
	VAPictureParameterBufferMPEG2 picture = {
		.horizontal_size = WIDTH, .vertical_size = HEIGHT,
		.forward_reference_picture = VA_INVALID_ID,
		.backward_reference_picture = VA_INVALID_ID,
		.picture_coding_type = 1, .f_code = 0xffff,
		.picture_coding_extension.bits = { .picture_structure = 3,
						   .frame_pred_frame_dct = 1,
						   .progressive_frame = 1,
						   .is_first_field = 1 },
	};
	VAIQMatrixBufferMPEG2 matrix = { .load_intra_quantiser_matrix = 1 };
	VASliceParameterBufferMPEG2 slice = {
		.slice_data_size = sizeof(data), .macroblock_offset = 38,
		.quantiser_scale_code = 2,
	};
	VABufferID buffers[4];

	memset(matrix.intra_quantiser_matrix, 8, 64);
	buffers[0] = BUFFER(c, VAPictureParameterBufferType, picture);
	buffers[1] = BUFFER(c, VAIQMatrixBufferType, matrix);
	buffers[2] = BUFFER(c, VASliceParameterBufferType, slice);
	buffers[3] = buffer(c, VASliceDataBufferType, sizeof(data), data);
	render(c, surfaces[0], buffers, 4);
	MUST(vaDestroyContext(d, c));
}

static void h264(void)
{
	static unsigned char data[512] = { 0x65, 0x88, 0x84 };
	VAContextID c = context(VAProfileH264ConstrainedBaseline, VAEntrypointVLD);
	VAPictureParameterBufferH264 picture = {
		.CurrPic.picture_id = surfaces[1],
		.picture_width_in_mbs_minus1 = WIDTH / 16 - 1,
		.picture_height_in_mbs_minus1 = HEIGHT / 16 - 1,
		.num_ref_frames = 1,
		.seq_fields.bits = { .chroma_format_idc = 1, .frame_mbs_only_flag = 1 },
		.pic_fields.bits = { .reference_pic_flag = 1 },
	};
	VAIQMatrixBufferH264 matrix;
	VASliceParameterBufferH264 slice = {
		.slice_data_size = sizeof(data), .slice_data_bit_offset = 24, .slice_type = 2,
	};
	VABufferID buffers[4];

	for (int i = 0; i < 16; i++)
		picture.ReferenceFrames[i] = (VAPictureH264){ .picture_id = VA_INVALID_ID,
			.flags = VA_PICTURE_H264_INVALID };
	for (int i = 0; i < 32; i++)
		slice.RefPicList0[i] = slice.RefPicList1[i] = picture.ReferenceFrames[0];
	memset(&matrix, 16, sizeof(matrix));
	buffers[0] = BUFFER(c, VAPictureParameterBufferType, picture);
	buffers[1] = BUFFER(c, VAIQMatrixBufferType, matrix);
	buffers[2] = BUFFER(c, VASliceParameterBufferType, slice);
	buffers[3] = buffer(c, VASliceDataBufferType, sizeof(data), data);
	render(c, surfaces[1], buffers, 4);
	MUST(vaDestroyContext(d, c));
}

struct part {
	VABufferType type;
	void *data;
	size_t bytes;
};

#define PART(type, what)	{ type, &(what), sizeof(what) }

/* Decodes a picture; returns false if the driver cannot decode this profile. */
static bool decode(VAProfile profile, const struct part *parts, int n)
{
	static unsigned char data[512] = { 0x26, 0x01, 0xaf };
	VABufferID buffers[8];
	VAContextID c;

	if (!has(profile, VAEntrypointVLD))
		return false;
	c = context(profile, VAEntrypointVLD);
	for (int i = 0; i < n; i++)
		buffers[i] = buffer(c, parts[i].type, parts[i].bytes, parts[i].data);
	buffers[n] = buffer(c, VASliceDataBufferType, sizeof(data), data);
	render(c, surfaces[1], buffers, n + 1);
	MUST(vaDestroyContext(d, c));
	return true;
}

static void hevc(void)
{
	VAPictureParameterBufferHEVC picture = {
		.CurrPic.picture_id = surfaces[1], .pic_width_in_luma_samples = WIDTH,
		.pic_height_in_luma_samples = HEIGHT,
		.pic_fields.bits = { .chroma_format_idc = 1 },
		.log2_min_luma_coding_block_size_minus3 = 0,
		.log2_diff_max_min_luma_coding_block_size = 1,
		.log2_diff_max_min_transform_block_size = 2,
		.slice_parsing_fields.bits = { .RapPicFlag = 1, .IdrPicFlag = 1,
					       .IntraPicFlag = 1 },
	};
	VASliceParameterBufferHEVC slice = {
		.slice_data_size = 512, .slice_data_byte_offset = 3,
		.LongSliceFlags.fields = { .LastSliceOfPic = 1, .slice_type = 2 },
	};
	const struct part parts[] = {
		PART(VAPictureParameterBufferType, picture),
		PART(VASliceParameterBufferType, slice),
	};

	for (int i = 0; i < 15; i++)
		picture.ReferenceFrames[i] = (VAPictureHEVC){ .picture_id = VA_INVALID_ID,
			.flags = VA_PICTURE_HEVC_INVALID };
	memset(slice.RefPicList, 0xff, sizeof(slice.RefPicList));
	if (decode(VAProfileHEVCMain, parts, 2))
		printf("HEVC\n");
}

static void vp8(void)
{
	VAPictureParameterBufferVP8 picture = {
		.frame_width = WIDTH, .frame_height = HEIGHT,
		.last_ref_frame = VA_INVALID_SURFACE, .golden_ref_frame = VA_INVALID_SURFACE,
		.alt_ref_frame = VA_INVALID_SURFACE, .out_of_loop_frame = VA_INVALID_SURFACE,
		.bool_coder_ctx = { .range = 255 },
	};
	VASliceParameterBufferVP8 slice = {
		.slice_data_size = 512, .macroblock_offset = 80, .num_of_partitions = 2,
		.partition_size = { 100, 200 },
	};
	static VAProbabilityDataBufferVP8 probability;
	static VAIQMatrixBufferVP8 matrix;
	const struct part parts[] = {
		PART(VAPictureParameterBufferType, picture),
		PART(VAProbabilityBufferType, probability),
		PART(VAIQMatrixBufferType, matrix),
		PART(VASliceParameterBufferType, slice),
	};

	if (decode(VAProfileVP8Version0_3, parts, 4))
		printf("VP8\n");
}

static void scale(void)
{
	VAContextID c;
	VAProcPipelineParameterBuffer pipe = { .surface = surfaces[0] };
	const VARectangle half = { 0, 0, WIDTH / 2, HEIGHT / 2 };
	VABufferID b;

	if (!has(VAProfileNone, VAEntrypointVideoProc))
		return;
	c = context(VAProfileNone, VAEntrypointVideoProc);
	pipe.output_region = &half;
	b = BUFFER(c, VAProcPipelineParameterBufferType, pipe);
	render(c, surfaces[2], &b, 1);
	MUST(vaDestroyContext(d, c));
	printf("scaled\n");
}

static void read_back(void)
{
	VAImage image;
	void *at;

	MUST(vaDeriveImage(d, surfaces[0], &image));
	MUST(vaMapBuffer(d, image.buf, &at));
	MUST(vaUnmapBuffer(d, image.buf));
	MUST(vaDestroyImage(d, image.image_id));
}

int main(void)
{
	int fd = open("/dev/dri/renderD128", O_RDWR | O_CLOEXEC), major, minor;

	d = vaGetDisplayDRM(fd);
	if (fd < 0 || !d)
		return 1;
	MUST(vaInitialize(d, &major, &minor));
	printf("%s\n", vaQueryVendorString(d));
	MUST(vaCreateSurfaces(d, VA_RT_FORMAT_YUV420, WIDTH, HEIGHT, surfaces, 3, NULL, 0));
	mpeg2();
	h264();
	hevc();
	vp8();
	scale();
	read_back();
	MUST(vaTerminate(d));
	printf("ran\n");
	return 0;
}
