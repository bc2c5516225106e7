// SPDX-License-Identifier: GPL-2.0-only
/*
 * A program with Vulkan (Mesa's anv on Skylake, hasvk on Broadwell): fills and copies
 * buffers, clears, copies and scales images, dispatches, draws, and asks for timestamps and
 * for numbers of samples. The simulator does not draw, so the program does not check the
 * pixels.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vulkan.h>

#include "vulkan.comp.h"
#include "vulkan.frag.h"
#include "vulkan.vert.h"

#define SIZE		64u
#define BYTES		16384u
#define COUNT(a)	((uint32_t)(sizeof(a) / sizeof((a)[0])))

static VkPhysicalDevice gpu;
static VkDevice dev;
static VkQueue queue;
static VkCommandBuffer cmd;
static VkBuffer buffers[2];
static VkDeviceMemory memory[2];
static VkImage images[2];
static VkImageView view;
static VkQueryPool times, samples;

static void must(VkResult r, const char *what)
{
	if (r == VK_SUCCESS)
		return;
	printf("%s: %d\n", what, r);
	exit(1);
}

#define MUST(call) must(call, #call)

/* ---- device and memory ---- */

static void find_gpu(VkInstance instance)
{
	VkPhysicalDevice all[8];
	uint32_t n = COUNT(all);
	VkPhysicalDeviceProperties p;

	MUST(vkEnumeratePhysicalDevices(instance, &n, all));
	for (uint32_t i = 0; i < n; i++) {
		vkGetPhysicalDeviceProperties(all[i], &p);
		if (p.vendorID != 0x8086)
			continue;
		gpu = all[i];
		printf("%s\n", p.deviceName);
	}
	if (!gpu) {
		printf("no GPU\n");
		exit(1);
	}
}

static void begin(void)
{
	static const float priority = 1;
	const VkApplicationInfo app = { .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
					.apiVersion = VK_API_VERSION_1_1 };
	const VkInstanceCreateInfo instance_info = {
		.sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO, .pApplicationInfo = &app,
	};
	const VkDeviceQueueCreateInfo queue_info = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueCount = 1,
		.pQueuePriorities = &priority,
	};
	const VkDeviceCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO, .queueCreateInfoCount = 1,
		.pQueueCreateInfos = &queue_info,
	};
	VkInstance instance;

	MUST(vkCreateInstance(&instance_info, NULL, &instance));
	find_gpu(instance);
	MUST(vkCreateDevice(gpu, &info, NULL, &dev));
	vkGetDeviceQueue(dev, 0, 0, &queue);
}

static VkDeviceMemory get_memory(const VkMemoryRequirements *want)
{
	VkMemoryAllocateInfo info = { .sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
				      .allocationSize = want->size };
	VkDeviceMemory m;

	while (!(want->memoryTypeBits & 1u << info.memoryTypeIndex))
		info.memoryTypeIndex++;
	MUST(vkAllocateMemory(dev, &info, NULL, &m));
	return m;
}

static void make_buffer(uint32_t i)
{
	const VkBufferCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = BYTES,
		.usage = VK_BUFFER_USAGE_STORAGE_BUFFER_BIT | VK_BUFFER_USAGE_TRANSFER_SRC_BIT |
			VK_BUFFER_USAGE_TRANSFER_DST_BIT | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT |
			VK_BUFFER_USAGE_INDEX_BUFFER_BIT,
	};
	VkMemoryRequirements want;

	MUST(vkCreateBuffer(dev, &info, NULL, &buffers[i]));
	vkGetBufferMemoryRequirements(dev, buffers[i], &want);
	memory[i] = get_memory(&want);
	MUST(vkBindBufferMemory(dev, buffers[i], memory[i], 0));
}

static void make_image(uint32_t i)
{
	const VkImageCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO, .imageType = VK_IMAGE_TYPE_2D,
		.format = VK_FORMAT_R8G8B8A8_UNORM, .extent = { SIZE, SIZE, 1 },
		.mipLevels = 1, .arrayLayers = 1, .samples = VK_SAMPLE_COUNT_1_BIT,
		.tiling = VK_IMAGE_TILING_OPTIMAL,
		.usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_TRANSFER_SRC_BIT |
			VK_IMAGE_USAGE_TRANSFER_DST_BIT,
	};
	VkMemoryRequirements want;

	MUST(vkCreateImage(dev, &info, NULL, &images[i]));
	vkGetImageMemoryRequirements(dev, images[i], &want);
	MUST(vkBindImageMemory(dev, images[i], get_memory(&want), 0));
}

static void make_view(void)
{
	const VkImageViewCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO, .image = images[0],
		.viewType = VK_IMAGE_VIEW_TYPE_2D, .format = VK_FORMAT_R8G8B8A8_UNORM,
		.subresourceRange = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1 },
	};

	MUST(vkCreateImageView(dev, &info, NULL, &view));
}

static VkQueryPool make_queries(VkQueryType type)
{
	const VkQueryPoolCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO, .queryType = type,
		.queryCount = 2,
	};
	VkQueryPool pool;

	MUST(vkCreateQueryPool(dev, &info, NULL, &pool));
	return pool;
}

/* ---- pipelines ---- */

static VkPipelineShaderStageCreateInfo stage(VkShaderStageFlagBits which,
					     const uint32_t *code, size_t bytes)
{
	const VkShaderModuleCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_SHADER_MODULE_CREATE_INFO, .codeSize = bytes,
		.pCode = code,
	};
	VkPipelineShaderStageCreateInfo s = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_SHADER_STAGE_CREATE_INFO, .stage = which,
		.pName = "main",
	};

	MUST(vkCreateShaderModule(dev, &info, NULL, &s.module));
	return s;
}

static VkDescriptorSet make_set(VkDescriptorSetLayout layout)
{
	const VkDescriptorPoolSize size = { VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, 1 };
	const VkDescriptorPoolCreateInfo pool_info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO, .maxSets = 1,
		.poolSizeCount = 1, .pPoolSizes = &size,
	};
	VkDescriptorSetAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
		.descriptorSetCount = 1, .pSetLayouts = &layout,
	};
	const VkDescriptorBufferInfo buffer = { buffers[0], 0, VK_WHOLE_SIZE };
	VkWriteDescriptorSet write = {
		.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET, .descriptorCount = 1,
		.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, .pBufferInfo = &buffer,
	};

	MUST(vkCreateDescriptorPool(dev, &pool_info, NULL, &info.descriptorPool));
	MUST(vkAllocateDescriptorSets(dev, &info, &write.dstSet));
	vkUpdateDescriptorSets(dev, 1, &write, 0, NULL);
	return write.dstSet;
}

static void dispatch(void)
{
	const VkDescriptorSetLayoutBinding binding = {
		.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER, .descriptorCount = 1,
		.stageFlags = VK_SHADER_STAGE_COMPUTE_BIT,
	};
	const VkDescriptorSetLayoutCreateInfo set_info = {
		.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
		.bindingCount = 1, .pBindings = &binding,
	};
	VkDescriptorSetLayout layout;
	const VkPipelineLayoutCreateInfo layout_info = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO, .setLayoutCount = 1,
		.pSetLayouts = &layout,
	};
	VkComputePipelineCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMPUTE_PIPELINE_CREATE_INFO,
		.stage = stage(VK_SHADER_STAGE_COMPUTE_BIT, comp, sizeof(comp)),
	};
	VkDescriptorSet set;
	VkPipeline pipeline;

	MUST(vkCreateDescriptorSetLayout(dev, &set_info, NULL, &layout));
	MUST(vkCreatePipelineLayout(dev, &layout_info, NULL, &info.layout));
	MUST(vkCreateComputePipelines(dev, NULL, 1, &info, NULL, &pipeline));
	set = make_set(layout);
	vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline);
	vkCmdBindDescriptorSets(cmd, VK_PIPELINE_BIND_POINT_COMPUTE, info.layout, 0, 1, &set, 0,
				NULL);
	vkCmdDispatch(cmd, 16, 1, 1);
	vkCmdDispatchIndirect(cmd, buffers[1], 0);
}

static VkRenderPass make_pass(void)
{
	const VkAttachmentDescription color = {
		.format = VK_FORMAT_R8G8B8A8_UNORM, .samples = VK_SAMPLE_COUNT_1_BIT,
		.loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR, .storeOp = VK_ATTACHMENT_STORE_OP_STORE,
		.initialLayout = VK_IMAGE_LAYOUT_UNDEFINED,
		.finalLayout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL,
	};
	const VkAttachmentReference ref = { 0, VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL };
	const VkSubpassDescription sub = { .colorAttachmentCount = 1,
					   .pColorAttachments = &ref };
	const VkRenderPassCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_RENDER_PASS_CREATE_INFO, .attachmentCount = 1,
		.pAttachments = &color, .subpassCount = 1, .pSubpasses = &sub,
	};
	VkRenderPass pass;

	MUST(vkCreateRenderPass(dev, &info, NULL, &pass));
	return pass;
}

static VkPipeline make_pipeline(VkRenderPass pass)
{
	const VkPipelineShaderStageCreateInfo stages[] = {
		stage(VK_SHADER_STAGE_VERTEX_BIT, vert, sizeof(vert)),
		stage(VK_SHADER_STAGE_FRAGMENT_BIT, frag, sizeof(frag)),
	};
	const VkPipelineVertexInputStateCreateInfo vertices = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_VERTEX_INPUT_STATE_CREATE_INFO };
	const VkPipelineInputAssemblyStateCreateInfo assembly = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_INPUT_ASSEMBLY_STATE_CREATE_INFO,
		.topology = VK_PRIMITIVE_TOPOLOGY_TRIANGLE_STRIP };
	const VkViewport port = { 0, 0, SIZE, SIZE, 0, 1 };
	const VkRect2D scissor = { { 0, 0 }, { SIZE, SIZE } };
	const VkPipelineViewportStateCreateInfo viewport = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_VIEWPORT_STATE_CREATE_INFO,
		.viewportCount = 1, .pViewports = &port, .scissorCount = 1,
		.pScissors = &scissor };
	const VkPipelineRasterizationStateCreateInfo raster = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_RASTERIZATION_STATE_CREATE_INFO,
		.lineWidth = 1 };
	const VkPipelineMultisampleStateCreateInfo multisample = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_MULTISAMPLE_STATE_CREATE_INFO,
		.rasterizationSamples = VK_SAMPLE_COUNT_1_BIT };
	const VkPipelineColorBlendAttachmentState blend = { .blendEnable = VK_TRUE,
							    .colorWriteMask = 0xf };
	const VkPipelineColorBlendStateCreateInfo blends = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_COLOR_BLEND_STATE_CREATE_INFO,
		.attachmentCount = 1, .pAttachments = &blend };
	const VkPipelineLayoutCreateInfo layout = {
		.sType = VK_STRUCTURE_TYPE_PIPELINE_LAYOUT_CREATE_INFO };
	VkGraphicsPipelineCreateInfo info = {
		.sType = VK_STRUCTURE_TYPE_GRAPHICS_PIPELINE_CREATE_INFO, .stageCount = 2,
		.pStages = stages, .pVertexInputState = &vertices,
		.pInputAssemblyState = &assembly, .pViewportState = &viewport,
		.pRasterizationState = &raster, .pMultisampleState = &multisample,
		.pColorBlendState = &blends, .renderPass = pass };
	VkPipeline pipeline;

	MUST(vkCreatePipelineLayout(dev, &layout, NULL, &info.layout));
	MUST(vkCreateGraphicsPipelines(dev, NULL, 1, &info, NULL, &pipeline));
	return pipeline;
}

static void draw(void)
{
	VkRenderPass pass = make_pass();
	const VkFramebufferCreateInfo frame_info = {
		.sType = VK_STRUCTURE_TYPE_FRAMEBUFFER_CREATE_INFO, .renderPass = pass,
		.attachmentCount = 1, .pAttachments = &view, .width = SIZE, .height = SIZE,
		.layers = 1,
	};
	const VkClearValue clear = { .color.float32 = { 0, 1, 0, 1 } };
	VkRenderPassBeginInfo info = {
		.sType = VK_STRUCTURE_TYPE_RENDER_PASS_BEGIN_INFO, .renderPass = pass,
		.renderArea.extent = { SIZE, SIZE }, .clearValueCount = 1,
		.pClearValues = &clear,
	};

	MUST(vkCreateFramebuffer(dev, &frame_info, NULL, &info.framebuffer));
	vkCmdBeginRenderPass(cmd, &info, VK_SUBPASS_CONTENTS_INLINE);
	vkCmdBindPipeline(cmd, VK_PIPELINE_BIND_POINT_GRAPHICS, make_pipeline(pass));
	vkCmdBeginQuery(cmd, samples, 0, 0);
	vkCmdDraw(cmd, 4, 2, 0, 0);
	vkCmdDrawIndirect(cmd, buffers[1], 0, 2, 16);
	vkCmdBindIndexBuffer(cmd, buffers[1], 0, VK_INDEX_TYPE_UINT16);
	vkCmdDrawIndexed(cmd, 4, 1, 0, 0, 0);
	vkCmdEndQuery(cmd, samples, 0);
	vkCmdEndRenderPass(cmd);
}

/* ---- the work ---- */

static void transfer(void)
{
	const VkImageSubresourceRange all = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 1, 0, 1 };
	const VkImageSubresourceLayers layers = { VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1 };
	const VkBufferCopy copy = { 0, 0, BYTES };
	const VkBufferImageCopy out = { .imageSubresource = layers,
					.imageExtent = { SIZE, SIZE, 1 } };
	const VkClearColorValue color = { .float32 = { 1, 1, 0, 1 } };
	const VkImageBlit blit = {
		.srcSubresource = layers, .srcOffsets = { { 0 }, { SIZE, SIZE, 1 } },
		.dstSubresource = layers, .dstOffsets = { { 0 }, { SIZE / 2, SIZE / 2, 1 } },
	};

	vkCmdFillBuffer(cmd, buffers[1], 0, BYTES, 1);
	vkCmdUpdateBuffer(cmd, buffers[1], 256, 16, "0123456789abcde");
	vkCmdCopyBuffer(cmd, buffers[1], buffers[0], 1, &copy);
	vkCmdClearColorImage(cmd, images[1], VK_IMAGE_LAYOUT_GENERAL, &color, 1, &all);
	vkCmdBlitImage(cmd, images[0], VK_IMAGE_LAYOUT_GENERAL, images[1],
		       VK_IMAGE_LAYOUT_GENERAL, 1, &blit, VK_FILTER_LINEAR);
	vkCmdCopyImageToBuffer(cmd, images[1], VK_IMAGE_LAYOUT_GENERAL, buffers[0], 1, &out);
}

static void record(void)
{
	const VkMemoryBarrier barrier = { .sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER,
					  .srcAccessMask = VK_ACCESS_MEMORY_WRITE_BIT,
					  .dstAccessMask = VK_ACCESS_MEMORY_READ_BIT };

	vkCmdResetQueryPool(cmd, times, 0, 2);
	vkCmdResetQueryPool(cmd, samples, 0, 2);
	vkCmdWriteTimestamp(cmd, VK_PIPELINE_STAGE_TOP_OF_PIPE_BIT, times, 0);
	transfer();
	vkCmdPipelineBarrier(cmd, VK_PIPELINE_STAGE_ALL_COMMANDS_BIT,
			     VK_PIPELINE_STAGE_ALL_COMMANDS_BIT, 0, 1, &barrier, 0, NULL, 0,
			     NULL);
	dispatch();
	draw();
	vkCmdWriteTimestamp(cmd, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, times, 1);
	vkCmdCopyQueryPoolResults(cmd, times, 0, 2, buffers[0], 0, 8,
				  VK_QUERY_RESULT_64_BIT | VK_QUERY_RESULT_WAIT_BIT);
}

static void run(void)
{
	const VkCommandPoolCreateInfo pool_info = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO };
	VkCommandBufferAllocateInfo info = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
		.commandBufferCount = 1 };
	const VkCommandBufferBeginInfo begin_info = {
		.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO };
	const VkFenceCreateInfo fence_info = { .sType = VK_STRUCTURE_TYPE_FENCE_CREATE_INFO };
	VkSubmitInfo submit = { .sType = VK_STRUCTURE_TYPE_SUBMIT_INFO,
				.commandBufferCount = 1, .pCommandBuffers = &cmd };
	uint64_t ticks[2];
	VkFence fence;

	MUST(vkCreateCommandPool(dev, &pool_info, NULL, &info.commandPool));
	MUST(vkAllocateCommandBuffers(dev, &info, &cmd));
	MUST(vkCreateFence(dev, &fence_info, NULL, &fence));
	MUST(vkBeginCommandBuffer(cmd, &begin_info));
	record();
	MUST(vkEndCommandBuffer(cmd));
	MUST(vkQueueSubmit(queue, 1, &submit, fence));
	MUST(vkWaitForFences(dev, 1, &fence, VK_TRUE, UINT64_MAX));
	MUST(vkGetQueryPoolResults(dev, times, 0, 2, sizeof(ticks), ticks, 8,
				   VK_QUERY_RESULT_64_BIT));
	if (ticks[1] <= ticks[0]) {
		printf("no time passed\n");
		exit(1);
	}
	MUST(vkDeviceWaitIdle(dev));
}

int main(void)
{
	begin();
	for (uint32_t i = 0; i < 2; i++) {
		make_buffer(i);
		make_image(i);
	}
	make_view();
	times = make_queries(VK_QUERY_TYPE_TIMESTAMP);
	samples = make_queries(VK_QUERY_TYPE_OCCLUSION);
	run();
	printf("ran\n");
	return 0;
}
