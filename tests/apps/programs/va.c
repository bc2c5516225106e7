// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with VA-API (i965-va-driver or intel-media-va-driver): decodes a picture of MPEG-2
 * and one of H.264, and reads a surface back. If the driver supports it, the program also
 * decodes HEVC and VP8, encodes H.264 and JPEG, and scales a surface. The data of the slices is
 * no real video, because the simulator decodes nothing. The program does not check the pixels.
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

/* ---- encoding ---- */

static VAContextID encoder(VAProfile profile, VAEntrypoint entry, int n_attribs)
{
	VAConfigAttrib attribs[] = { { VAConfigAttribRTFormat, VA_RT_FORMAT_YUV420 },
				     { VAConfigAttribRateControl, VA_RC_CQP } };
	VAConfigID config;
	VAContextID c;

	MUST(vaCreateConfig(d, profile, entry, attribs, n_attribs, &config));
	MUST(vaCreateContext(d, config, WIDTH, HEIGHT, VA_PROGRESSIVE, surfaces, 3, &c));
	return c;
}

static void encode(VAContextID c, VABufferID coded, const struct part *parts, int n)
{
	VABufferID buffers[8];
	void *at;

	for (int i = 0; i < n; i++)
		buffers[i] = buffer(c, parts[i].type, parts[i].bytes, parts[i].data);
	render(c, surfaces[0], buffers, n);
	MUST(vaMapBuffer(d, coded, &at));
	MUST(vaUnmapBuffer(d, coded));
	MUST(vaDestroyContext(d, c));
}

/*
 * Encodes H.264 only with the encoder VDENC. Any other encoder needs shaders that Debian's
 * section main does not have.
 */
static void encode_h264(void)
{
	const VAPictureH264 none = { .picture_id = VA_INVALID_ID,
				     .flags = VA_PICTURE_H264_INVALID };
	VAEncSequenceParameterBufferH264 sequence = {
		.level_idc = 10, .intra_period = 1, .intra_idr_period = 1, .ip_period = 1,
		.max_num_ref_frames = 1, .picture_width_in_mbs = WIDTH / 16,
		.picture_height_in_mbs = HEIGHT / 16,
		.seq_fields.bits = { .chroma_format_idc = 1, .frame_mbs_only_flag = 1,
				     .direct_8x8_inference_flag = 1 },
		.time_scale = 900, .num_units_in_tick = 15,
	};
	VAEncPictureParameterBufferH264 picture = {
		.CurrPic.picture_id = surfaces[2], .pic_init_qp = 26,
		.pic_fields.bits = { .idr_pic_flag = 1, .reference_pic_flag = 1 },
	};
	VAEncSliceParameterBufferH264 slice = { .num_macroblocks = WIDTH * HEIGHT / 256,
						.slice_type = 2 };
	const struct part parts[] = {
		PART(VAEncSequenceParameterBufferType, sequence),
		PART(VAEncPictureParameterBufferType, picture),
		PART(VAEncSliceParameterBufferType, slice),
	};
	VAContextID c;

	if (!has(VAProfileH264Main, VAEntrypointEncSliceLP))
		return;
	c = encoder(VAProfileH264Main, VAEntrypointEncSliceLP, 2);
	picture.coded_buf = buffer(c, VAEncCodedBufferType, 65536, NULL);
	for (int i = 0; i < 16; i++)
		picture.ReferenceFrames[i] = none;
	for (int i = 0; i < 32; i++)
		slice.RefPicList0[i] = slice.RefPicList1[i] = none;
	encode(c, picture.coded_buf, parts, 3);
	printf("H.264 encoded\n");
}

static void encode_jpeg(void)
{
	VAEncPictureParameterBufferJPEG picture = {
		.reconstructed_picture = VA_INVALID_SURFACE, .picture_width = WIDTH,
		.picture_height = HEIGHT, .pic_flags.bits = { .huffman = 1 },
		.sample_bit_depth = 8, .num_scan = 1, .num_components = 3,
		.component_id = { 1, 2, 3 }, .quantiser_table_selector = { 0, 1, 1 },
		.quality = 50,
	};
	VAQMatrixBufferJPEG matrix = { .load_lum_quantiser_matrix = 1,
				       .load_chroma_quantiser_matrix = 1 };
	VAHuffmanTableBufferJPEGBaseline huffman = { .load_huffman_table = { 1, 1 } };
	VAEncSliceParameterBufferJPEG slice = {
		.num_components = 3,
		.components = { { 1, 0, 0 }, { 2, 1, 1 }, { 3, 1, 1 } },
	};
	const struct part parts[] = {
		PART(VAEncPictureParameterBufferType, picture),
		PART(VAQMatrixBufferType, matrix),
		PART(VAHuffmanTableBufferType, huffman),
		PART(VAEncSliceParameterBufferType, slice),
	};
	VAContextID c;

	if (!has(VAProfileJPEGBaseline, VAEntrypointEncPicture))
		return;
	memset(matrix.lum_quantiser_matrix, 16, 64);
	memset(matrix.chroma_quantiser_matrix, 16, 64);
	c = encoder(VAProfileJPEGBaseline, VAEntrypointEncPicture, 1);
	picture.coded_buf = buffer(c, VAEncCodedBufferType, 65536, NULL);
	encode(c, picture.coded_buf, parts, 4);
	printf("JPEG encoded\n");
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

/* With an argument, the program encodes, too. */
int main(int argc, char **argv)
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
	if (argc > 1 && !strcmp(argv[1], "encode")) {
		encode_h264();
		encode_jpeg();
	}
	scale();
	read_back();
	MUST(vaTerminate(d));
	printf("ran\n");
	return 0;
}
